"""The admin pages of the registries floor, gathered from its rooms (importing a room's admin registers it)."""

from registries.inspectors.admin import InspectorAdmin
from registries.ledger.admin import CheckpointAdmin, LedgerEntryAdmin
from registries.matters.admin import EditionAdmin, MatterRevisionAdmin
from registries.subjects.admin import SubjectAdmin

__all__ = ["CheckpointAdmin", "EditionAdmin", "InspectorAdmin", "LedgerEntryAdmin", "MatterRevisionAdmin", "SubjectAdmin"]
