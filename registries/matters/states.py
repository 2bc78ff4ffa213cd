"""The states of an edition and its moves; how a matter stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence, say


class EditionState(models.TextChoices):
    """Preparing until submitted; published is for ever."""

    PREPARING = "preparing", _("preparing")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")


class Standing(models.TextChoices):
    """Where a matter stands, as the list is filtered by it."""

    IN_FORCE = "in-force", _("in force")
    UNPUBLISHED = "unpublished", _("not published yet")
    LAPSING = "lapsing", _("a basis lapses soon")
    LAPSED = "lapsed", _("a basis lapsed")
    RETIRED = "retired", _("retired")


MOVES: dict[str, tuple[str, str]] = {
    "prepare": ("preparing", "preparing"),
    "submit": ("preparing", "submitted"),
    "return": ("submitted", "preparing"),
    "approve": ("submitted", "published"),
}
"""Move → (from, to)."""


def why_not(state: str, move: str) -> Sentence | None:
    """Why an edition in this state cannot make this move, or None."""
    needed, _to = MOVES[move]
    if state == needed:
        return None
    return say("The edition is %(state)s, so this cannot be done now.", state=EditionState(state).label)
