"""Attempt: a piece of work that a worker has in hand, or did not come back from. Operational; only its release stands in the ledger."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """``begun`` runs of this work in a row did not end: the process died, or one has it in hand now. A run that ends takes its row away.

    ``work`` is the name of a task, ``object_id`` the row that it works on (0 where it works on everything).
    """

    work = models.CharField(_("work"), max_length=60)
    object_id = models.PositiveBigIntegerField(_("row"))
    begun = models.PositiveSmallIntegerField(_("attempts"), default=1)
    began_at = models.DateTimeField(_("last attempt"))

    class Meta:
        verbose_name = _("work that broke off")
        verbose_name_plural = _("work that broke off")
        ordering = ("began_at", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["work", "object_id"], name="one_attempt_per_work")]

    def __str__(self) -> str:
        return f"{self.work} {self.object_id}"
