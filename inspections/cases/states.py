"""The states of a case and its moves, and the choices of a record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """assigned → on-site → recorded → reviewed; a return sends it back to the site team. Disclosure stands apart."""

    ASSIGNED = "assigned", _("assigned")
    ON_SITE = "on-site", _("being recorded")
    RECORDED = "recorded", _("waiting for review")
    REVIEWED = "reviewed", _("reviewed")
    CLOSED = "closed", _("closed")


MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "begin": (("assigned",), "on-site"),
    "save": (("on-site",), "on-site"),
    "submit": (("on-site",), "on-site"),
    "sign": (("on-site",), "recorded"),
    "accept": (("recorded",), "reviewed"),
    "return": (("recorded",), "on-site"),
    "close": (("reviewed",), "closed"),
}
"""Move → (allowed from, to); ``sign`` leads to recorded with the last signature only."""


class CaseKind(models.TextChoices):
    """How the case came to be."""

    RANDOM = "random", _("double random")
    ADHOC = "adhoc", _("ad-hoc")
    RECHECK = "recheck", _("re-check")


class Answer(models.TextChoices):
    """The four answers to a checklist item."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_CHECKED = "not-checked", _("not checked")
    GAP = "gap", _("reasonable gap")


class Decision(models.TextChoices):
    """What a reviewer says."""

    ACCEPT = "accept", _("accepted")
    RETURN = "return", _("returned")
