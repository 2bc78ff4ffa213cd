"""The states of a plan and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence, say


class PlanState(models.TextChoices):
    """A plan is prepared, submitted, then approved by another, which publishes it."""

    PREPARING = "preparing", _("preparing")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")


MOVES: dict[str, tuple[str, str]] = {
    "change": ("preparing", "preparing"),
    "submit": ("preparing", "submitted"),
    "return": ("submitted", "preparing"),
    "approve": ("submitted", "published"),
}
"""Move → (from, to)."""


def why_not(state: str, move: str) -> Sentence | None:
    """Why a plan in this state cannot make this move, or None."""
    needed, _to = MOVES[move]
    if state == needed:
        return None
    return say("The plan is %(state)s, so this cannot be done now.", state=PlanState(state).label)
