"""The invariants of the inspections floor, gathered from its rooms (loaded with the app)."""

from inspections.cases.invariants import cases
from inspections.draws.invariants import draws, open_orders
from inspections.followups.invariants import followups

__all__ = ["cases", "draws", "followups", "open_orders"]
