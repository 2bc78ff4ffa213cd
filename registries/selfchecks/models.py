"""SelfCheck: one run, asked for, begun, finished with what it found."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SelfCheck(models.Model):
    """One run over all invariants. Asked for by the timer or the auditor; once finished the database keeps it as it is.

    ``findings`` holds ``[check, msgid, values, warning]`` each, so that a reader sees them in the own language;
    ``entries`` is how long the ledger was. ``started_at`` and ``attempts`` let a sweep find a run that died.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    entries = models.PositiveBigIntegerField(_("ledger entries"), default=0)
    wrong = models.PositiveIntegerField(_("findings"), default=0)
    late = models.PositiveIntegerField(_("warnings"), default=0)
    findings = models.JSONField(default=list)

    PROTECTED: ClassVar = ("asked_by", "asked_at", "finished_at", "entries", "wrong", "late", "findings")

    class Meta:
        verbose_name = _("self-check")
        verbose_name_plural = _("self-checks")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
