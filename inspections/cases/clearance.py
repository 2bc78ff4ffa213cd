"""清查: a person looked through the free text of a record before it is published; what was left, what is starred out, and who reads it.

The signed record is never rewritten: a clearance names places in it, and only stars them out in the copy that is published.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.cases.models import Case, Record
from registries import clock
from registries.ledger.change import created, refuse
from registries.ledger.sentences import Sentence, say
from registries.people.models import User
from registries.scanning import doubts, finds, places_of, starred

Span = tuple[int, int]


class Clearance(models.Model):
    """One look through the findings of a record. Append-only; places that were starred out once stay so.

    ``left`` and ``stars`` are places, ``[[start, end], …]``: doubts found harmless one by one, and what else is starred out.
    ``reason`` says why, where more was starred out than the scan had found. No word of the text is repeated here.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clearances", verbose_name=gettext_lazy("case"))
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="clearances", verbose_name=gettext_lazy("record"))
    left = models.JSONField(gettext_lazy("left as they are"), default=list)
    stars = models.JSONField(gettext_lazy("starred out"), default=list)
    reason = models.CharField(gettext_lazy("reason"), max_length=300, blank=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=gettext_lazy("cleared by"))
    cleared_at = models.DateTimeField(gettext_lazy("cleared"))

    PROTECTED: ClassVar = ("case", "record", "left", "stars", "reason", "cleared_by", "cleared_at")

    class Meta:
        verbose_name = gettext_lazy("clearance of a text")
        verbose_name_plural = gettext_lazy("clearances of texts")
        ordering = ("case", "id")

    def __str__(self) -> str:
        return f"{self.case_id}/{self.record_id}"

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        told = _("text looked through: %(left)d places left as they are, %(stars)d starred out") % {"left": len(self.left), "stars": len(self.stars)}
        return f"{told} ({self.reason})" if self.reason else told


class Looked(NamedTuple):
    """What a person says who looked through a text: the tick; of the doubts those left and those starred out; further wordings."""

    ticked: bool = False
    left: Sequence[Span] = ()
    hidden: Sequence[Span] = ()
    wordings: Sequence[str] = ()
    reason: str = ""


class Standing(NamedTuple):
    """What is known of a text: doubts that somebody left as they are, and places that somebody starred out."""

    left: frozenset[Span] = frozenset()
    stars: frozenset[Span] = frozenset()
    looked: bool = False


def standing(record: Record) -> Standing:
    """What every clearance of this record's text adds up to."""
    left: set[Span] = set()
    stars: set[Span] = set()
    rows = list(record.clearances.order_by("pk"))
    for row in rows:
        left |= {(start, end) for start, end in row.left}
        stars |= {(start, end) for start, end in row.stars}
    return Standing(frozenset(left - stars), frozenset(stars), bool(rows))


def spans_out(text: str, known: Standing) -> list[Span]:
    """The places of ``text`` that are starred out: sure finds, doubts that nobody left, and what somebody added."""
    return sorted({one.span for one in finds(text) if one.sure or one.span not in known.left} | known.stars)


def public_findings(record: Record) -> str:
    """The findings as they may be published; what nobody looked at is starred out wherever there is a doubt."""
    return starred(record.findings, spans_out(record.findings, standing(record)))


def why_not_clear(text: str, known: Standing, looked: Looked) -> Sentence | None:
    """Every doubt is decided on, once; further wordings stand in the text and come with a reason; and the tick is set."""
    if not text.strip():
        return None
    if not looked.ticked:
        return say("Look through the text for names and other private matters, and tick that you did.")
    open_ones = {one.span for one in doubts(text)} - known.left - known.stars
    if open_ones - set(looked.left) - set(looked.hidden) or set(looked.left) & set(looked.hidden):
        return say("Decide on every marked place whether it stays or is starred out.")
    missing = next((one for one in looked.wordings if next(places_of(text, one), None) is None), None)
    if missing is not None:
        return say("These words do not stand in the text: %(words)s", words=missing)
    if looked.wordings and not looked.reason.strip():
        return say("Say why more is starred out.")
    return None


def cleared(case: Case, record: Record, actor: User, looked: Looked | None) -> tuple[Clearance, ...]:
    """Keep what somebody saw to in this record's text (a step of review and release); nothing where there is no text."""
    text = record.findings
    known = standing(record)
    looked = looked or Looked()
    refuse(why_not_clear(text, known, looked))
    if not text.strip():
        return ()
    offered = {one.span for one in doubts(text)} - known.stars
    more = {span for wording in looked.wordings for span in places_of(text, wording)}
    stars = (offered & set(looked.hidden)) | more
    made = Clearance(
        case=case,
        record=record,
        left=sorted(offered & set(looked.left) - stars),
        stars=sorted(stars),
        reason=looked.reason.strip(),
        cleared_by=actor,
        cleared_at=clock.now(),
    )
    created(made)
    return (made,)

