"""The inspections' tables, gathered from their rooms."""

from inspections.adhoc.models import AdhocRequest
from inspections.cases.evidence import Acknowledgement, Arrival, Photo
from inspections.cases.models import (
    Assignment,
    Case,
    CaseMatter,
    Record,
    RecordAnswer,
    Replacement,
    Review,
    Signature,
)
from inspections.cases.secrecy import SecrecyCheck
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawFile,
    DrawFilePart,
    DrawnEntry,
    DrawSecret,
    DrawShard,
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
from inspections.draws.replaced import HistoryRow
from inspections.draws.struck import Strike
from inspections.followups.models import Extension, FollowUp, Recheck
from inspections.messages.models import CalendarAddress, Digest, Message
from inspections.papers.models import Bundle, DocumentNumber, Letter, Notice
from inspections.plans.models import HandedList, HandedSubject, Plan, PlanFile, PlanItem, TaskReport

__all__ = [
    "Acknowledgement",
    "AdhocRequest",
    "Arrival",
    "Assignment",
    "Bundle",
    "CalendarAddress",
    "Case",
    "CaseMatter",
    "Digest",
    "DocumentNumber",
    "Draw",
    "DrawCertificate",
    "DrawFile",
    "DrawFilePart",
    "DrawSecret",
    "DrawShard",
    "DrawnEntry",
    "Extension",
    "FollowUp",
    "HandedList",
    "HandedSubject",
    "HistoryRow",
    "Letter",
    "Message",
    "Notice",
    "Photo",
    "Plan",
    "PlanFile",
    "PlanItem",
    "Recheck",
    "Record",
    "RecordAnswer",
    "Replacement",
    "Review",
    "RosterAudit",
    "RosterEntry",
    "RosterInspector",
    "RosterOmission",
    "RosterRecusal",
    "SecrecyCheck",
    "SeedSource",
    "Signature",
    "SourceEntry",
    "SourceEvidence",
    "Strike",
    "TaskReport",
    "TeamPlace",
]
