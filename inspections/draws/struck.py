"""A value found wrong after the draw (draw protocol 1, §3): the report that waits for a supervisor, and the results it struck.

Two people type the right value (``commands/reporting.py``); a supervisor strikes the result or refuses. What follows for the
cases stands with them (``cases/striking.py``). Nothing here writes.
"""

import copy
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inspections.draws.models import Draw, DrawCertificate, DrawFile, SeedSource, SourceEntry
from inspections.draws.states import Correction, Reported


class Strike(models.Model):
    """What two people say of a value that a result was drawn from, and what a supervisor decided; never changed then.

    ``correction``: the result it made, 1 for the second; ``result_hash``: that of the result it struck. Both only where struck.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="strikes", verbose_name=_("draw"))
    source = models.ForeignKey(SeedSource, on_delete=models.PROTECT, related_name="strikes", verbose_name=_("source"))
    entry = models.OneToOneField(SourceEntry, on_delete=models.PROTECT, related_name="+")
    wrong = models.CharField(_("value drawn from"), max_length=1000)
    right = models.CharField(_("right value"), max_length=1000)
    reason = models.CharField(_("reason of the correction"), max_length=12, choices=Correction.choices)
    reported_at = models.DateTimeField(_("two people agreed"))
    state = models.CharField(_("state"), max_length=10, choices=Reported.choices, default=Reported.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    refused_because = models.TextField(_("refused because"), blank=True)
    correction = models.PositiveSmallIntegerField(_("number of the strike"), null=True, blank=True)
    result_hash = models.CharField(_("hash of the struck result"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "draw", "source", "entry", "wrong", "right", "reason", "reported_at", "state", "decided_by", "decided_at",
        "refused_because", "correction", "result_hash",
    )  # fmt: skip

    class Meta:
        verbose_name = _("report of a wrong value")
        verbose_name_plural = _("reports of wrong values")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw"], condition=Q(state="waiting"), name="one_waiting_report_per_draw"),
            models.UniqueConstraint(
                fields=["draw", "correction"], condition=Q(correction__isnull=False), name="one_strike_per_correction"
            ),
            models.CheckConstraint(
                condition=Q(Q(state="waiting"), Q(decided_by__isnull=True, decided_at__isnull=True))
                | Q(~Q(state="waiting"), Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="decided_report_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(Q(state="struck"), Q(correction__isnull=False), ~Q(result_hash=""))
                | Q(~Q(state="struck"), Q(correction__isnull=True), Q(result_hash="")),
                name="struck_result_is_named",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refused_because=""), name="refused_report_says_why"),
            models.CheckConstraint(condition=~Q(wrong=F("right")), name="right_value_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.source}"


def strikes_of(draw: Draw) -> QuerySet[Strike]:
    """The strikes of a draw's results, the first one first."""
    return Strike.objects.filter(draw=draw, state=Reported.STRUCK).select_related("source", "decided_by").order_by("correction")


def waiting() -> QuerySet[Strike]:
    """Reports that wait for a supervisor, the oldest first."""
    return Strike.objects.filter(state=Reported.WAITING).select_related("draw__matter__matter", "source").order_by("reported_at", "pk")


def entries_of_round(source: SeedSource) -> list[SourceEntry]:
    """What was typed since the value was settled or a report about it was decided, the oldest first."""
    last = Strike.objects.filter(source=source).order_by("-entry_id").values_list("entry_id", flat=True).first()
    correction = source.corrections + 1 if source.value else 0
    return list(source.entries.filter(correction=correction, pk__gt=last or 0).order_by("pk"))


def as_it_stood(draw: Draw, strike: Strike) -> Draw:
    """The draw at the result that this strike struck, for reading its files, lines and certificate. Never to be saved."""
    assert strike.correction is not None  # noqa: S101  (a constraint of the database)
    was = copy.copy(draw)
    was.corrections, was.result_hash = strike.correction - 1, strike.result_hash
    return was


def results_of(draw: Draw) -> list[Draw]:
    """The draw at each of its results, struck ones first in their order, and as it stands."""
    return [*(as_it_stood(draw, strike) for strike in strikes_of(draw)), draw]


def certificate_name(draw: Draw, *, struck: bool) -> str:
    """What a certificate is called when it is saved; that of a struck result says so."""
    return f"draw-{draw.number}-struck-{draw.corrections + 1}.pdf" if struck else f"draw-{draw.number}.pdf"


class Struck(NamedTuple):
    """A struck result as pages show it: the strike, the draw as it stood, its files, its certificate (without the PDF)."""

    strike: Strike
    draw: Draw
    files: list[DrawFile]
    certificate: DrawCertificate | None


def struck_results(draw: Any) -> list[Struck]:
    """Every result of a draw that was struck, the first one first; nothing where none was. Three queries."""
    if not draw.corrections:
        return []
    files = list(DrawFile.objects.filter(draw=draw, name__in=("reveal.txt", "result.txt")).order_by("name"))
    issued = {one.correction: one for one in DrawCertificate.objects.filter(draw=draw).defer("pdf")}
    found = []
    for strike in strikes_of(draw):
        was = as_it_stood(draw, strike)
        mine = [file for file in files if file.correction == was.corrections]
        found.append(Struck(strike, was, mine, issued.get(was.corrections)))
    return found
