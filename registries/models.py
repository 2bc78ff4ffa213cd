"""The registries' tables, gathered from their rooms."""

from registries.campaigns.models import Campaign
from registries.codes.models import Code, Serial
from registries.comparisons.models import Comparison, Difference
from registries.imports.models import Import, ImportRow
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.ledger.models import Checkpoint, CheckpointDelivery, LedgerEntry, LedgerPayload, RefusalTally
from registries.lists.models import ChosenColumns, SavedSearch
from registries.matters.models import ChecklistItem, Edition, LegalBasis, Matter, MatterRevision
from registries.people.models import Unit, User
from registries.selfchecks.models import SelfCheck
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, SubjectCategory, Violation

__all__ = [
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
    "Exclusion",
    "Import",
    "ImportRow",
    "Inspector",
    "LedgerEntry",
    "LedgerPayload",
    "LegalBasis",
    "Matter",
    "MatterRevision",
    "Permit",
    "Recusal",
    "RefusalTally",
    "SavedSearch",
    "SelfCheck",
    "Serial",
    "Subject",
    "SubjectCategory",
    "Unit",
    "User",
    "Violation",
]
