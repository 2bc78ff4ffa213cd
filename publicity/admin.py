"""The admin pages of the publicity floor, gathered from its rooms (importing a room's admin registers it)."""

from publicity.corrections.admin import ProposalAdmin
from publicity.disclosures.admin import DisclosureAdmin, HoldAdmin

__all__ = ["DisclosureAdmin", "HoldAdmin", "ProposalAdmin"]
