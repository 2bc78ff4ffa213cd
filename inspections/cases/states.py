"""The states of a case and its moves, and the choices of a record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.draws.states import Reason
from registries.ledger.sentences import Sentence, say


class CaseState(models.TextChoices):
    """assigned → on-site → recorded → reviewed; a return sends it back to the site team. Disclosure stands apart.

    A case whose subject is replaced, or whose draw is struck, before the visit is called off, for good. One that is joined is
    visited together with another case of its subject (joining.py), which carries the record and the disclosure.
    """

    ASSIGNED = "assigned", _("assigned")
    ON_SITE = "on-site", _("being recorded")
    RECORDED = "recorded", _("waiting for review")
    REVIEWED = "reviewed", _("reviewed")
    CLOSED = "closed", _("closed")
    CALLED_OFF = "called-off", _("called off")
    JOINED = "joined", _("visited together")


NO_VISIT = (CaseState.CALLED_OFF.value, CaseState.JOINED.value)
"""States of a case that has no visit of its own."""

MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "begin": (("assigned",), "on-site"),
    "save": (("on-site",), "on-site"),
    "submit": (("on-site",), "on-site"),
    "take_back": (("on-site",), "on-site"),
    "sign": (("on-site",), "recorded"),
    "accept": (("recorded",), "reviewed"),
    "return": (("recorded",), "on-site"),
    "release": (("reviewed",), "reviewed"),
    "close": (("reviewed",), "closed"),
    "call_off": (("assigned",), "called-off"),
    "strike": (("assigned",), "called-off"),
    "change_team": (("assigned",), "assigned"),
    "join": (("assigned",), "joined"),
    "separate": (("joined",), "assigned"),
}
"""Move → (allowed from, to); ``sign`` leads to recorded with the last signature only."""

TOO_EARLY: dict[str, Sentence] = {
    "begin": say("The visit has begun already."),
    "save": say("Begin the visit first."),
    "submit": say("Begin the visit first."),
    "take_back": say("Begin the visit first."),
    "sign": say("Begin the visit first."),
    "accept": say("This case is not waiting for a review."),
    "return": say("This case is not waiting for a review."),
    "release": say("Only a reviewed case can be released for disclosure."),
    "close": say("Only a reviewed case can be closed."),
    "call_off": say("The visit has begun: nobody is replaced any more. What the team found goes into the record."),
    "strike": say("The visit has begun: it stands."),
    "change_team": say("The visit has begun: nobody is replaced any more. What the team found goes into the record."),
    "join": say("The visit has begun: it stands alone."),
    "separate": say("This case is not visited together with another."),
}
JOINED = say("This case is visited together with another of the same subject: everything is done there.")
CALLED_OFF = say("This case was called off: its subject was replaced, or the result that drew it was struck.")
JOINED_ELSEWHERE, SEPARATED = "joined", "separated"
"""Why an assignment ended: its inspector goes on the case that this one is joined to; that case left the visit again."""
STRUCK = "struck"
"""Why a case is called off whose draw was computed again (draw protocol 1, §3); no line of a history says so."""
CALLED_OFF_BECAUSE = (*Reason.choices, (STRUCK, _("the result that drew it was struck")))
SIGNED_ALREADY = say("The record is signed by all and can no longer be changed.")


def why_not(state: str, move: str) -> Sentence | None:
    """Why a case in ``state`` cannot make this move, or None."""
    if state in MOVES[move][0]:
        return None
    if state == CaseState.CALLED_OFF:
        return CALLED_OFF
    if state == CaseState.JOINED:
        return JOINED
    record_moves = ("save", "submit", "take_back", "sign")
    return SIGNED_ALREADY if move in record_moves and state != CaseState.ASSIGNED else TOO_EARLY[move]


class Stage(models.TextChoices):
    """Where a case stands in the work queue: its state, told apart by its record and its disclosure. Derived, not stored."""

    UNTOUCHED = "untouched", _("not begun")
    BEGUN = "begun", _("being filled in")
    RETURNED = "returned", _("to be completed")
    TO_SIGN = "to-sign", _("waiting for signatures")
    IN_REVIEW = "in-review", _("waiting for review")
    TO_PUBLISH = "to-publish", _("waiting for disclosure")
    PUBLISHED = "published", _("disclosed")
    CALLED_OFF = "called-off", _("called off")
    JOINED = "joined", _("visited together")


class CaseKind(models.TextChoices):
    """How the case came to be."""

    RANDOM = "random", _("double random")
    ADHOC = "adhoc", _("ad-hoc")
    RECHECK = "recheck", _("re-check")


class Asked(models.TextChoices):
    """Where a request for a replacement stands."""

    WAITING = "waiting", _("waiting for a supervisor")
    ACCEPTED = "accepted", _("accepted: replaced")
    REFUSED = "refused", _("refused")


class Answer(models.TextChoices):
    """The four answers to a checklist item."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_CHECKED = "not-checked", _("not checked")
    GAP = "gap", _("reasonable gap")


class PhotoKind(models.TextChoices):
    """What a picture of a visit shows."""

    PHOTO = "photo", _("photo")
    SCAN = "scan", _("scan of the paper form")


class Acknowledged(models.TextChoices):
    """How the inspected person stands to the record."""

    DRAWN = "drawn", _("signs here, on this screen")
    PAPER = "paper", _("has signed the paper form")
    REFUSED = "refused", _("refuses to sign")
    ABSENT = "absent", _("is not there to sign")


class Way(models.TextChoices):
    """How an inspector has signed, always by the own account."""

    PASSWORD = "password", _("confirmed by password")
    DRAWN = "drawn", _("drawn by hand")


class Decision(models.TextChoices):
    """What a reviewer says."""

    ACCEPT = "accept", _("accepted")
    RETURN = "return", _("returned")
