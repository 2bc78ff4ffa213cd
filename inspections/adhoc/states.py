"""The states of an ad-hoc request, its moves, and the closed list of grounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.ledger.sentences import Sentence, say


class RequestState(models.TextChoices):
    """Asked for, then decided once. ``barred``: the subject is excluded by law; only the attempt is kept."""

    SUBMITTED = "submitted", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("not approved")
    BARRED = "barred", _("attempt on an excluded subject")


DECIDED: dict[str, Sentence] = {
    "approved": say("This request is approved already."),
    "returned": say("This request was refused; ask again with better grounds."),
    "barred": say("This subject is lawfully out of scope: it may not be inspected, by any route."),
}


class Ground(models.TextChoices):
    """Why a subject may be inspected outside the plan (domain.md §1.9): a closed list. Which count towards the caps: ``COUNTING``."""

    COMPLAINT = "complaint", _("complaint or report")
    UPPER_LEVEL = "upper-level", _("assigned by a higher authority")
    ASSISTANCE = "assistance", _("assistance to another authority")
    SUPERVISION = "supervision", _("supervision of an inspection")
    CLUE = "clue", _("clue from off-site supervision")
    MEDIA = "media", _("exposure in the media")
    RECTIFICATION = "rectification", _("re-check of a rectification")
    OWN_REQUEST = "own-request", _("the subject asked for it")
    LICENCE = "licence", _("site check for a licence")
    EMERGENCY = "emergency", _("emergency provided for by law")
    SPECIAL = "special", _("special inspection with its approval")


COUNTING: tuple[str, ...] = (Ground.SPECIAL.value,)
"""Grounds whose visits count towards the yearly cap. The ten others are exempt by the list of exempt inspections (domain.md §1.9);
a special inspection is not on it, so that campaigns cannot go round the cap."""


def why_not_decide(state: str) -> Sentence | None:
    """Why a request in this state cannot be decided (any more), or None."""
    return DECIDED.get(state)
