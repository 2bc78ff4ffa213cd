"""The admin pages of the inspections floor, gathered from its rooms (importing a room's admin registers it)."""

from inspections.adhoc.admin import AdhocRequestAdmin
from inspections.cases.admin import CaseAdmin, RecordAdmin, ReplacementAdmin, ReviewAdmin
from inspections.cases.strike_admin import StrikeAdmin
from inspections.draws.admin import DrawAdmin
from inspections.followups.admin import FollowUpAdmin
from inspections.plans.admin import PlanAdmin

__all__ = [
    "AdhocRequestAdmin",
    "CaseAdmin",
    "DrawAdmin",
    "FollowUpAdmin",
    "PlanAdmin",
    "RecordAdmin",
    "ReplacementAdmin",
    "ReviewAdmin",
    "StrikeAdmin",
]
