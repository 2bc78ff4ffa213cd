"""The invariants of the inspections floor, gathered from its rooms (loaded with the app)."""

from inspections.cases.invariants import cases
from inspections.draws.invariants import draws, open_orders

__all__ = ["cases", "draws", "open_orders"]
