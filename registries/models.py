"""The registries' tables, gathered from their rooms."""

from registries.codes.models import Code, Serial
from registries.imports.models import Import, ImportRow
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.ledger.models import Checkpoint, CheckpointDelivery, LedgerEntry, LedgerPayload, RefusalTally
from registries.matters.models import ChecklistItem, Edition, LegalBasis, Matter, MatterRevision
from registries.people.models import Unit, User
from registries.selfchecks.models import SelfCheck
from registries.subjects.models import Complaint, Exclusion, Subject, SubjectCategory, Violation

__all__ = [
    "Certificate",
    "ChecklistItem",
    "Checkpoint",
    "CheckpointDelivery",
    "Code",
    "Complaint",
    "Edition",
    "Exclusion",
    "Import",
    "ImportRow",
    "Inspector",
    "LedgerEntry",
    "LedgerPayload",
    "LegalBasis",
    "Matter",
    "MatterRevision",
    "Recusal",
    "RefusalTally",
    "SelfCheck",
    "Serial",
    "Subject",
    "SubjectCategory",
    "Unit",
    "User",
    "Violation",
]
