"""The rules the database keeps for what is public."""

from typing import Any

from publicity.corrections import standing as corrections
from publicity.disclosures import index
from publicity.disclosures.models import COPIED, Disclosure
from registries import triggers
from registries.keys import rotating
from registries.triggers import Trigger

_TABLE = "publicity_disclosure"
_KEPT = ("public_id", "case_id", "due_on", "published_at")
_WITHOUT_VERSION = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in COPIED)
_VERSION = "SELECT 1 FROM publicity_disclosureversion AS v WHERE v.disclosure_id = NEW.id AND v.number = NEW.version"

_PENALTY = (
    "public_id", "followup_id", "named", "subject_name", "subject_code", "category_name", "unit_name", "number", "decided_on", "penalty",
    "published_at", "shown_until",
)  # fmt: skip

TRIGGERS: tuple[Trigger, ...] = (
    triggers.append_only(_TABLE)[1],
    Trigger(
        f"{_TABLE}_kept",
        _TABLE,
        "UPDATE",
        " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _KEPT),
        "a disclosure keeps its address and days",
    ),
    Trigger(
        f"{_TABLE}_by_version",
        _TABLE,
        "UPDATE",
        f"({_WITHOUT_VERSION} OR NEW.version <> OLD.version) AND (NEW.version <= OLD.version OR NOT EXISTS ({_VERSION}))",
        "a disclosure changes by a new version only",
    ),
    Trigger(
        f"{_TABLE}_stays_down",
        _TABLE,
        "UPDATE",
        "OLD.removed_at IS NOT NULL AND (NEW.removed_at IS NULL OR NEW.removed_at <> OLD.removed_at OR NEW.version <> OLD.version)",
        "what was taken down stays down",
    ),
    *triggers.append_only("publicity_disclosureversion"),
    *triggers.append_only("publicity_removal"),
    triggers.append_only("publicity_duty")[1],
    triggers.append_only("publicity_hold")[1],
    Trigger(
        "publicity_hold_stands",
        "publicity_hold",
        "UPDATE",
        "OLD.lifted_at IS NOT NULL OR OLD.state = 'refused' OR NEW.case_id <> OLD.case_id OR NEW.until <> OLD.until "
        "OR NEW.basis <> OLD.basis OR NEW.reason <> OLD.reason OR NEW.asked_by_id <> OLD.asked_by_id "
        "OR (OLD.state = 'granted' AND (NEW.state <> 'granted' OR NEW.decided_by_id <> OLD.decided_by_id))",
        "a hold is decided once and can only be lifted",
    ),
    triggers.append_only("publicity_penaltydisclosure")[1],
    Trigger(
        "publicity_penaltydisclosure_stands",
        "publicity_penaltydisclosure",
        "UPDATE",
        "OLD.removed_at IS NOT NULL OR " + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _PENALTY),
        "a disclosed penalty is never changed",
    ),
    *corrections.TRIGGERS,
)


def set_up(using: str, **_: Any) -> None:
    """Make the triggers again after every migration, and what searches read."""
    if using == "default":
        triggers.make(TRIGGERS, using)
        if index.set_up(using):
            fill_terms()
        rotating.index_missing("publicity")


def fill_terms() -> None:
    """Give results that were published before there were terms theirs; does nothing mostly."""
    for older in Disclosure.objects.filter(terms="").iterator():
        older.save(update_fields=["terms"])
