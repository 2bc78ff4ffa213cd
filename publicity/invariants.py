"""The invariants of the publicity floor, gathered from its rooms (loaded with the app)."""

from publicity.disclosures.invariants import disclosures

__all__ = ["disclosures"]
