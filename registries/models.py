"""The registries' tables, gathered from their rooms."""

from registries.attempts.models import Attempt
from registries.campaigns.models import Campaign
from registries.codes.models import Code, Serial
from registries.comparisons.models import Comparison, Difference
from registries.heartbeats.models import Heartbeat
from registries.holidays.models import HolidayDay, HolidayYear
from registries.imports.models import Import, ImportRow
from registries.inspectors.models import Assistant, Certificate, Inspector, InspectorGroup, Leave, Recusal, Training
from registries.keys.models import KeyRotation
from registries.ledger.models import Checkpoint, CheckpointDelivery, LedgerEntry, LedgerPayload, RefusalTally
from registries.lists.models import ChosenColumns, SavedSearch
from registries.matters.models import (
    ChecklistItem,
    Edition,
    EditionPaper,
    LegalBasis,
    Material,
    Matter,
    MatterRevision,
    Outcome,
)
from registries.people.factors.models import Factor, RecoveryCode
from registries.people.models import Alarm, BreakGlass, PasswordReset, PastPassword, Session, SignInTries, Unit, User
from registries.selfchecks.models import SelfCheck
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, SubjectCategory, Violation

__all__ = [
    "Alarm",
    "Assistant",
    "Attempt",
    "BreakGlass",
    "Campaign",
    "Certificate",
    "ChecklistItem",
    "Checkpoint",
    "CheckpointDelivery",
    "ChosenColumns",
    "Code",
    "Comparison",
    "Complaint",
    "Difference",
    "Edition",
    "EditionPaper",
    "Exclusion",
    "Factor",
    "Heartbeat",
    "HolidayDay",
    "HolidayYear",
    "Import",
    "ImportRow",
    "Inspector",
    "InspectorGroup",
    "KeyRotation",
    "Leave",
    "LedgerEntry",
    "LedgerPayload",
    "LegalBasis",
    "Material",
    "Matter",
    "MatterRevision",
    "Outcome",
    "PasswordReset",
    "PastPassword",
    "Permit",
    "RecoveryCode",
    "Recusal",
    "RefusalTally",
    "SavedSearch",
    "SelfCheck",
    "Serial",
    "Session",
    "SignInTries",
    "Subject",
    "SubjectCategory",
    "Training",
    "Unit",
    "User",
    "Violation",
]
