"""The publicity tables, gathered from their rooms."""

from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.opendata.models import Snapshot, SnapshotFile, SnapshotPart

__all__ = ["Disclosure", "DisclosureVersion", "Removal", "Snapshot", "SnapshotFile", "SnapshotPart"]
