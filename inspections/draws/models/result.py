"""What came out: winners, reserves and teams of each result, the struck ones behind ``with_struck``."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from inspections.draws.models.order import Draw
from inspections.draws.models.roster import RosterEntry, RosterInspector


class StandingEntries(models.Manager["DrawnEntry"]):
    """Those of the results that stand; whoever must see struck ones too asks ``with_struck``."""

    def get_queryset(self) -> models.QuerySet["DrawnEntry"]:
        """Of each draw its newest result."""
        return super().get_queryset().filter(correction=F("draw__corrections"))


class StandingPlaces(models.Manager["TeamPlace"]):
    """The same of the teams."""

    def get_queryset(self) -> models.QuerySet["TeamPlace"]:
        """Of each draw those of its newest result."""
        return super().get_queryset().filter(drawn__correction=F("drawn__draw__corrections"))


class DrawnEntry(models.Model):
    """A winner or reserve, as the result has it. Append-only.

    ``correction`` is the result it stands in, as in :class:`DrawFile`. ``objects`` gives the results that stand alone.
    """

    class Kind(models.TextChoices):
        WINNER = "W", _("winner")
        RESERVE = "R", _("reserve")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="drawn")
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="drawn")
    correction = models.PositiveSmallIntegerField(default=0)
    rank = models.PositiveIntegerField(_("rank"))
    kind = models.CharField(_("kind"), max_length=1, choices=Kind.choices)
    slip = models.PositiveSmallIntegerField(_("winning slip"))
    ticket = models.CharField(_("ticket"), max_length=64)

    objects = StandingEntries()
    with_struck = models.Manager["DrawnEntry"]()

    class Meta:
        verbose_name = _("drawn entry")
        verbose_name_plural = _("drawn entries")
        ordering = ("draw", "ticket")
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "correction"], name="entry_once_per_result")]

    def __str__(self) -> str:
        return f"{self.kind}{self.rank}"


class TeamPlace(models.Model):
    """One position of a winner's team, as the result has it. Append-only. ``objects`` gives the results that stand alone."""

    drawn = models.ForeignKey(DrawnEntry, on_delete=models.PROTECT, related_name="team")
    position = models.PositiveSmallIntegerField(_("position"))
    inspector = models.ForeignKey(RosterInspector, on_delete=models.PROTECT, related_name="places")

    objects = StandingPlaces()
    with_struck = models.Manager["TeamPlace"]()

    class Meta:
        verbose_name = _("team place")
        verbose_name_plural = _("team places")
        ordering = ("drawn", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["drawn", "position"], name="position_once_per_team"),
            models.UniqueConstraint(fields=["drawn", "inspector"], name="inspector_once_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"
