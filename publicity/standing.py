"""The rules the database keeps for what is public."""

from typing import Any

from registries import triggers
from registries.triggers import Trigger

TRIGGERS: tuple[Trigger, ...] = (*triggers.append_only("publicity_disclosure"),)


def set_up(using: str, **_: Any) -> None:
    """Make the triggers again after every migration."""
    if using == "default":
        triggers.make(TRIGGERS, using)
