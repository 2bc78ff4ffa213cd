"""The lines of a draw's history as rows (draw protocol 1, §6), and who is in place after them. Nothing here writes.

How a line comes about is pure: ``history.py``. The files stand in ``after.py``; the command that writes the rows stands with
the cases, which change with them.
"""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inspections.draws.files import HistoryLine
from inspections.draws.models import Draw, DrawnEntry, RosterInspector
from inspections.draws.states import DrawState, Mode, Reason, Replaced


class HistoryRow(models.Model):
    """One line of a draw's history: who left the place of a winner, who stepped in, and why. Append-only.

    The history belongs to one result (``correction``, as in ``DrawnEntry``) and ends with it.

    ``winner`` is the place, named by who was drawn for it. No ``…_in``: nobody is left (`-` in the file).
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="history")
    correction = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("who is replaced"), max_length=9, choices=Replaced.choices)
    winner = models.ForeignKey(DrawnEntry, on_delete=models.PROTECT, related_name="history", verbose_name=_("place of"))
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    subject_out = models.ForeignKey(DrawnEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="left_by")
    subject_in = models.OneToOneField(DrawnEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="came_by")
    inspector_out = models.ForeignKey(RosterInspector, on_delete=models.PROTECT, null=True, blank=True, related_name="left_by")
    inspector_in = models.ForeignKey(RosterInspector, on_delete=models.PROTECT, null=True, blank=True, related_name="came_by")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))
    evidence_digest = models.CharField(_("digest of the evidence"), max_length=64)

    PROTECTED: ClassVar = (
        "draw", "correction", "number", "kind", "winner", "position", "subject_out", "subject_in", "inspector_out", "inspector_in", "reason",
        "decided_by", "decided_at", "evidence_digest",
    )  # fmt: skip

    class Meta:
        verbose_name = _("line of the history")
        verbose_name_plural = _("lines of the history")
        ordering = ("draw", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "correction", "number"], name="history_number_once_per_draw"),
            models.UniqueConstraint(
                fields=["subject_out"], condition=Q(subject_out__isnull=False), name="subject_leaves_a_draw_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="subject",
                    position__isnull=True,
                    subject_out__isnull=False,
                    inspector_out__isnull=True,
                    inspector_in__isnull=True,
                    reason__in=["gone", "out-of-scope"],
                )
                | Q(
                    kind="inspector",
                    position__isnull=False,
                    subject_out__isnull=True,
                    subject_in__isnull=True,
                    inspector_out__isnull=False,
                    reason__in=["recused", "absent", "does-not-fit"],
                ),
                name="history_line_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.number}"

    @property
    def line(self) -> HistoryLine:
        """The line as the file has it."""
        subject = self.kind == Replaced.SUBJECT
        gone = self.subject_out.entry.code if self.subject_out else self.inspector_out.code if self.inspector_out else ""
        came = (self.subject_in.entry.code if self.subject_in else None) if subject else (
            self.inspector_in.code if self.inspector_in else None
        )
        return HistoryLine(self.number, self.kind, self.winner.entry.code, self.position, gone, came, self.reason)


def history_of(draw: Draw) -> QuerySet[HistoryRow]:
    """The lines of the result that stands, in order."""
    return HistoryRow.objects.filter(draw=draw, correction=draw.corrections).order_by("number")


def ever_drawn(draw: Draw) -> QuerySet[DrawnEntry]:
    """Whoever ever had a place: the winners, and the reserves that stepped in; of struck results too."""
    return DrawnEntry.with_struck.filter(Q(kind=DrawnEntry.Kind.WINNER) | Q(came_by__isnull=False), draw=draw)


def in_place() -> QuerySet[DrawnEntry]:
    """Those of every result whose visit stands: winners and reserves that stepped in, without those replaced.

    An order that draws teams alone draws nobody anew: its winners stand in another draw's result.
    """
    return DrawnEntry.objects.filter(
        Q(kind=DrawnEntry.Kind.WINNER) | Q(came_by__isnull=False), draw__state=DrawState.DRAWN, left_by__isnull=True
    ).exclude(draw__mode=Mode.TEAMS)


def meant_to_be_visited() -> QuerySet[DrawnEntry]:
    """Those of :func:`in_place`, and whoever a struck result sent a team to that had begun: a visit is a visit."""
    begun = DrawnEntry.with_struck.filter(correction__lt=F("draw__corrections"), case__isnull=False).exclude(case__state="called-off")
    return DrawnEntry.with_struck.filter(Q(pk__in=in_place().values("pk")) | Q(pk__in=begun.values("pk")))


def reserves_left(draw: Draw, stratum: str) -> int:
    """How many reserves of a stratum have not stepped in yet."""
    return DrawnEntry.objects.filter(
        draw=draw, entry__stratum=stratum, kind=DrawnEntry.Kind.RESERVE, came_by__isnull=True
    ).count()


class Replacements(NamedTuple):
    """How many lines of a draw's history there are by kind and reason, and of how many places; all in counts."""

    subjects: dict[str, int]
    inspectors: dict[str, int]
    winners: int
    positions: int

    @property
    def subjects_out(self) -> int:
        """Subjects replaced."""
        return sum(self.subjects.values())

    @property
    def inspectors_out(self) -> int:
        """Positions replaced."""
        return sum(self.inspectors.values())

    @property
    def subject_rate(self) -> float:
        """Subjects replaced per subject drawn."""
        return self.subjects_out / self.winners if self.winners else 0.0

    @property
    def inspector_rate(self) -> float:
        """Positions replaced per position drawn."""
        return self.inspectors_out / self.positions if self.positions else 0.0


def counts_of(draw: Draw, lines: Iterable[HistoryRow] | None = None) -> Replacements:
    """The replacements of a draw in numbers: kind → reason → lines, winners and positions drawn. ``lines``: all, if at hand."""
    counted: dict[str, Counter[str]] = {Replaced.SUBJECT: Counter(), Replaced.INSPECTOR: Counter()}
    for line in history_of(draw).order_by("number") if lines is None else lines:
        counted[line.kind][line.reason] += 1
    winners = draw.drawn.filter(kind=DrawnEntry.Kind.WINNER)
    drawn = winners.aggregate(winners=models.Count("pk", distinct=True), places=models.Count("team"))
    return Replacements(dict(counted[Replaced.SUBJECT]), dict(counted[Replaced.INSPECTOR]), drawn["winners"], drawn["places"])
