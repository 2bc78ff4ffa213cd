"""The rules the database keeps for what is public."""

from typing import Any

from publicity.corrections import standing as corrections
from publicity.disclosures.models import COPIED
from registries import triggers
from registries.triggers import Trigger

_TABLE = "publicity_disclosure"
_KEPT = ("public_id", "case_id", "due_on", "published_at")
_WITHOUT_VERSION = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in COPIED)
_VERSION = "SELECT 1 FROM publicity_disclosureversion AS v WHERE v.disclosure_id = NEW.id AND v.number = NEW.version"

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
    *corrections.TRIGGERS,
)


def set_up(using: str, **_: Any) -> None:
    """Make the triggers again after every migration."""
    if using == "default":
        triggers.make(TRIGGERS, using)
