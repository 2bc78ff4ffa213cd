"""The states of a draw and its moves. Guards, buttons and tests read this table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DrawState(models.TextChoices):
    """preparing → submitted → committed → drawn; a committed order may be voided, a result never."""

    PREPARING = "preparing", _("preparing")
    SUBMITTED = "submitted", _("submitted for approval")
    COMMITTED = "committed", _("committed, waiting for its sources")
    DRAWN = "drawn", _("drawn")
    VOIDED = "voided", _("voided")


MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "change": (("preparing",), "preparing"),
    "submit": (("preparing",), "submitted"),
    "return": (("submitted",), "preparing"),
    "approve": (("submitted",), "committed"),
    "enter_source": (("committed",), "committed"),
    "correct_source": (("committed",), "committed"),
    "audit": (("committed",), "committed"),
    "read_sealed_copy": (("committed",), "committed"),
    "give_secret": (("committed",), "committed"),
    "run": (("committed",), "drawn"),
    "report_value": (("drawn",), "drawn"),
    "strike": (("drawn",), "drawn"),
    "void": (("committed",), "voided"),
    "lapse": (("submitted",), "preparing"),
    "succeed": (("voided",), "voided"),
}
"""Move → (allowed from, to)."""


class Mode(models.TextChoices):
    """What an order draws (draw protocol 1, §2)."""

    LOT = "lot", _("subjects and teams by lot")
    ADHOC = "adhoc", _("ad-hoc: teams by lot")
    TEAMS = "teams", _("teams for another draw")


class Stratify(models.TextChoices):
    """By what the roster is parted into strata, each with its own quota."""

    NONE = "none", _("no strata")
    GRADE = "grade", _("risk grade")
    TOWN = "town", _("township")
    CATEGORY = "category", _("category")


class SlipRule(models.TextChoices):
    """How many slips an entry has."""

    EQUAL = "equal", _("one slip each")
    GRADE = "grade", _("by risk grade")
    FULL = "full", _("by grade, complaints, violations and years without a visit")


class Correction(models.TextChoices):
    """Why a settled source value is corrected, before the draw or after it; a closed list, public with the correction."""

    MISTYPED = "mistyped", _("typed wrong by both")
    ANNOUNCED = "announced", _("the source corrected its announcement")
    OTHER_ISSUE = "other-issue", _("read from another issue or round")


class Reported(models.TextChoices):
    """Where the report of a wrong value stands that a result was drawn from (draw protocol 1, §3)."""

    WAITING = "waiting", _("waiting for a supervisor")
    STRUCK = "struck", _("accepted: the result is struck")
    REFUSED = "refused", _("refused")


class VoidKind(models.TextChoices):
    """Why an order is voided (draw protocol 1, §3); a closed list, counted in public."""

    MISTAKE = "mistake", _("mistake found in time")
    SOURCE_FAILED = "source-failed", _("source failed")
    SERVER_FAILED = "server-failed", _("server failed")


class Replaced(models.TextChoices):
    """What is replaced after a draw (draw protocol 1, §6)."""

    SUBJECT = "subject", _("subject")
    INSPECTOR = "inspector", _("inspector")


class Reason(models.TextChoices):
    """Why somebody drawn is replaced; closed lists, counted in public. ``does-not-fit`` only follows from another line."""

    GONE = "gone", _("gone: closed, moved away or not to be found")
    OUT_OF_SCOPE = "out-of-scope", _("out of scope")
    RECUSED = "recused", _("recused: a conflict with the subject")
    ABSENT = "absent", _("absent: cannot come")
    DOES_NOT_FIT = "does-not-fit", _("does not suit the reserve that stepped in")


REASONS: dict[str, tuple[str, ...]] = {"subject": ("gone", "out-of-scope"), "inspector": ("recused", "absent")}
"""What is replaced → the reasons somebody may give."""
