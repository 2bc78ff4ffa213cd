"""Comparison (one list compared on a day) and Difference (one holder who is missing, gone or differs)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.people.models import Unit
from registries.subjects.models import Subject, SubjectCategory


class Comparison(models.Model):
    """A list of permit holders held against the entries of one category, as both stood on the day. It never changes."""

    category = models.ForeignKey(SubjectCategory, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entries of the unit")
    )
    source = models.CharField(_("where the list is from"), max_length=120)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(_("counts"), default=dict)
    compared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    compared_at = models.DateTimeField(_("compared"))

    PROTECTED: ClassVar = ("category", "unit", "source", "file_name", "sha256", "counts", "compared_by", "compared_at")

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.source


class Difference(models.Model):
    """One line of a comparison that does not agree. ``listed`` is what the list says, ``number`` its row there."""

    class Kind(models.TextChoices):
        MISSING = "missing", _("missing from the registry")
        GONE = "gone", _("not in the list")
        DIFFERS = "differs", _("differs")

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    number = models.PositiveIntegerField(_("row"), null=True, blank=True)
    listed = models.JSONField(_("as listed"), default=dict)
    fields = models.JSONField(_("what differs"), default=list)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("comparison", "kind", "number", "id")
        indexes: ClassVar = [models.Index(fields=["comparison", "kind"], name="difference_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.listed.get('name', '')}"
