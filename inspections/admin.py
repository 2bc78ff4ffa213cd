"""The admin pages of the inspections floor, gathered from its rooms (importing a room's admin registers it)."""

from inspections.draws.admin import DrawAdmin
from inspections.plans.admin import PlanAdmin

__all__ = ["DrawAdmin", "PlanAdmin"]
