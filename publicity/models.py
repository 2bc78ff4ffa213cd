"""The publicity tables, gathered from their rooms."""

from publicity.corrections.models import Objection, Proposal, Statement
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal

__all__ = ["Disclosure", "DisclosureVersion", "Objection", "Proposal", "Removal", "Statement"]
