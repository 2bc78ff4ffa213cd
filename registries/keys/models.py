"""KeyRotation: one moving of everything that is sealed to the key that writes."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyRotation(models.Model):
    """From its begin to its end the database lets a sealed value be stored anew in rows that are never changed (``triggers.py``).

    ``done`` counts per column what was moved, written in the very transaction that moved it. One is open at a time.
    """

    key_name = models.CharField(_("key"), max_length=32)
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    done = models.JSONField(default=dict)

    PROTECTED: ClassVar = ("key_name", "started_at", "finished_at")

    class Meta:
        verbose_name = _("key rotation")
        verbose_name_plural = _("key rotations")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(finished_at__isnull=True), name="one_open_rotation"),
        ]

    def __str__(self) -> str:
        return f"{self.key_name} {self.started_at:%Y-%m-%d %H:%M}"
