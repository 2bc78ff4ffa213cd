"""The publicity tables, gathered from their rooms."""

from publicity.corrections.models import Objection, Proposal, Statement
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import Duty, Hold, PenaltyDisclosure
from publicity.opendata.models import Snapshot, SnapshotFile, SnapshotPart

__all__ = [
    "Disclosure", "DisclosureVersion", "Duty", "Hold", "Objection", "PenaltyDisclosure", "Proposal", "Removal", "Snapshot", "SnapshotFile",
    "SnapshotPart", "Statement",
]  # fmt: skip
