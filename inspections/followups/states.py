"""The kinds and states of a follow-up, and its moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence, say


class Kind(models.TextChoices):
    """What follows from a visit (guideline 三.6)."""

    RECTIFICATION = "rectification", _("rectification order")
    PENALTY = "penalty", _("penalty case")
    TRANSFER = "transfer", _("transfer to another authority")
    CRIME = "crime", _("criminal transfer")
    WAIVER = "waiver", _("nothing follows: waived")


class State(models.TextChoices):
    """Open, then settled once: done; not put right at the re-check; or, of a suspected crime, decided against."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    FAILED = "failed", _("not put right")
    DROPPED = "dropped", _("no transfer")


TONES = {State.OPEN: "wait", State.DONE: "good", State.FAILED: "bad", State.DROPPED: "neutral"}

MOVES: dict[str, tuple[str, ...]] = {
    "issue": ("rectification", "transfer", "crime"),
    "extend": ("rectification",),
    "recheck": ("rectification",),
    "conclude": ("rectification",),
    "penalise": ("penalty",),
    "send": ("transfer", "crime"),
    "receive": ("transfer",),
    "decide": ("crime",),
}
"""Move → the kinds of follow-up that make it. All start from open."""

SETTLED = say("This follow-up is settled already.")
WRONG_KIND = say("This follow-up has no such step.")


def why_not(kind: str, state: str, move: str) -> Sentence | None:
    """Why a follow-up of this kind and state cannot make this move, or None."""
    if kind not in MOVES[move]:
        return WRONG_KIND
    return None if state == State.OPEN else SETTLED
