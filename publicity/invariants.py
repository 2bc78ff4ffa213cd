"""The invariants of the publicity floor, gathered from its rooms (loaded with the app)."""

from publicity.disclosures.invariants import disclosure_versions, disclosures, penalties

__all__ = ["disclosure_versions", "disclosures", "penalties"]
