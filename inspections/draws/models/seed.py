"""The announced sources of the seed, what two people typed as their values, and the evidence that came with it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.draws.models.order import Draw
from inspections.draws.states import Correction
from registries.imports.sealed import SealedBytesField


class SeedSource(models.Model):
    """One announced source of the seed, in the order of the order file."""

    class Kind(models.TextChoices):
        WITNESS = "witness", _("before witnesses")
        PUBLIC = "public", _("public lottery or beacon")

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    game = models.CharField(_("source"), max_length=20)
    what = models.CharField(_("what exactly"), max_length=200)
    moment = models.DateTimeField(_("known at"))
    form = models.CharField(_("form"), max_length=60)
    value = models.CharField(_("value"), max_length=1000, blank=True)
    settled_at = models.DateTimeField(_("two people agreed"), null=True, blank=True)
    corrections = models.PositiveSmallIntegerField(_("corrections"), default=0)

    PROTECTED: ClassVar = ("draw", "position", "kind", "what", "moment", "form", "value", "corrections")

    class Meta:
        verbose_name = _("seed source")
        verbose_name_plural = _("seed sources")
        ordering = ("draw", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "position"], name="source_position_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.what


class SourceEntry(models.Model):
    """What one person typed as the value of a source. Two different people must agree. Append-only.

    ``correction`` counts the rounds: 0 for the first value, n for the n-th correction of the settled one, with its reason.
    """

    source = models.ForeignKey(SeedSource, on_delete=models.PROTECT, related_name="entries")
    value = models.CharField(_("value"), max_length=1000)
    evidence = models.CharField(_("evidence"), max_length=300)
    correction = models.PositiveSmallIntegerField(_("correction"), default=0)
    reason = models.CharField(_("reason of the correction"), max_length=12, blank=True, choices=Correction.choices)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    PROTECTED: ClassVar = ("source", "value", "evidence", "correction", "reason", "entered_by", "entered_at")
    UNTOLD: ClassVar = ("value", "evidence")  # a supervisor types values too, and must read the announcement, not the ledger

    class Meta:
        verbose_name = _("source entry")
        verbose_name_plural = _("source entries")
        ordering = ("source", "id")

    def __str__(self) -> str:
        return self.value


class SourceEvidence(models.Model):
    """The photo, scan or PDF that came with an entry, encrypted; its hash stands in the ledger. Append-only."""

    entry = models.OneToOneField(SourceEntry, on_delete=models.PROTECT, related_name="file")
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("type of file"), max_length=20)
    size = models.PositiveIntegerField(_("size in bytes"))
    body = SealedBytesField(_("content"))
    sha256 = models.CharField(max_length=64)

    PROTECTED: ClassVar = ("entry", "name", "kind", "size", "sha256")

    class Meta:
        verbose_name = _("evidence of a source")
        verbose_name_plural = _("evidence of sources")

    def __str__(self) -> str:
        return self.name
