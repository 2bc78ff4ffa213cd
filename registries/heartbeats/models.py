"""Heartbeat: when a process was last seen at work. Operational; it stands in no ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row a process: ``worker`` (it did a task that the timer sent), ``beat`` (it ticked), ``sweep`` (the second trigger ran), ``backup`` (the last one was made)."""

    name = models.CharField(_("process"), max_length=16, primary_key=True)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
