"""The publicity tables, gathered from their rooms."""

from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal

__all__ = ["Disclosure", "DisclosureVersion", "Removal"]
