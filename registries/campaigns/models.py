"""Campaign: one yearly review. What is left is read from the registry, never counted here; the end keeps how it ended."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Campaign(models.Model):
    """年度更新: entries in operation last confirmed before ``since`` are to be confirmed or corrected until ``due_on``.

    ``outcome``, kept at the end: unit (primary key as text) → [entries, confirmed].
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    since = models.DateField(_("confirmed since"))
    due_on = models.DateField(_("to be done by"))
    note = models.CharField(_("note to the units"), max_length=500, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField(_("started on"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_note = models.CharField(_("why it ended"), max_length=500, blank=True)
    outcome = models.JSONField(_("outcome"), default=dict)

    PROTECTED: ClassVar = ("year", "since", "due_on", "note", "started_by", "started_on", "ended_by", "ended_on", "end_note", "outcome")

    class Meta:
        verbose_name = _("yearly review")
        verbose_name_plural = _("yearly reviews")
        ordering = ("-year",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True) | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="ended_campaign_says_by_whom",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("started_on")), name="campaign_has_time"),
        ]

    def __str__(self) -> str:
        return str(self.year)
