"""The states of a plan and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence, say


class PlanState(models.TextChoices):
    """Prepared, looked at by the legal review, decided by a supervisor; approving publishes it. An amendment goes the same way, or is dropped."""

    PREPARING = "preparing", _("preparing")
    REVIEW = "review", _("in legal review")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")
    DROPPED = "dropped", _("dropped")


MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "change": (("preparing",), "preparing"),
    "submit": (("preparing",), "review"),
    "review": (("review",), "submitted"),
    "return": (("review", "submitted"), "preparing"),
    "approve": (("submitted",), "published"),
    "drop": (("preparing", "review", "submitted"), "dropped"),
    "attach": (("preparing",), "preparing"),
    "amend": (("published",), "published"),
    "report": (("published",), "published"),
    "list": (("published",), "published"),
}
"""Move → (allowed from, to)."""


def why_not(state: str, move: str) -> Sentence | None:
    """Why a plan in this state cannot make this move, or None."""
    if state in MOVES[move][0]:
        return None
    return say("The plan is %(state)s, so this cannot be done now.", state=PlanState(state).label)
