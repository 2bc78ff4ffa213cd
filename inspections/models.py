"""The inspections' tables, gathered from their rooms."""

from inspections.cases.models import Assignment, Case, CaseMatter, Record, RecordAnswer, Review, Signature
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawFile,
    DrawnEntry,
    RosterAudit,
    RosterEntry,
    RosterInspector,
    RosterOmission,
    RosterRecusal,
    SeedSource,
    SourceEntry,
    SourceEvidence,
    TeamPlace,
)
from inspections.plans.models import Plan, PlanItem

__all__ = [
    "Assignment",
    "Case",
    "CaseMatter",
    "Draw",
    "DrawCertificate",
    "DrawFile",
    "DrawnEntry",
    "Plan",
    "PlanItem",
    "Record",
    "RecordAnswer",
    "Review",
    "RosterAudit",
    "RosterEntry",
    "RosterInspector",
    "RosterOmission",
    "RosterRecusal",
    "SeedSource",
    "Signature",
    "SourceEntry",
    "SourceEvidence",
    "TeamPlace",
]
