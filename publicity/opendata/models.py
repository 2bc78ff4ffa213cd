"""Snapshot: what all open data were at a moment, as files kept in parts, the same on every web host.

Nothing here is public by itself: every byte was made from published rows, and may be made again.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """All files of one moment. ``mark`` says what was public then; while it does not change, nothing is made again."""

    made_at = models.DateTimeField(_("made"))
    mark = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("snapshot of the open data")
        verbose_name_plural = _("snapshots of the open data")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class SnapshotFile(models.Model):
    """One file of a snapshot. Its bytes stand under their hash, so equal files of several snapshots are kept once.

    ``made_at`` is when these bytes were first made. ``closed_at``: they hold a result that was taken down since, and are gone.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="files")
    dataset = models.CharField(max_length=20)
    form = models.CharField(max_length=4)
    rows = models.PositiveIntegerField(_("rows"))
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of a snapshot")
        verbose_name_plural = _("files of a snapshot")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "dataset", "form"], name="file_once_per_snapshot")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """``results.csv``."""
        return f"{self.dataset}.{self.form}"


class SnapshotPart(models.Model):
    """A few MiB of the bytes that have this hash."""

    sha256 = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints: ClassVar = [models.UniqueConstraint(fields=["sha256", "position"], name="part_once_per_hash")]

    def __str__(self) -> str:
        return f"{self.sha256[:8]}/{self.position}"
