"""What is kept as bytes: the files of the bundle, the certificate; and the shards of a roster being hashed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.draws.models.order import Draw


class DrawFile(models.Model):
    """A file of the bundle (draw protocol 1, §1), kept for ever. Its bytes are its parts, in order. Append-only.

    ``correction``: 0 for the files of the order and the first result, n for those of the result that the n-th strike made.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=20)
    correction = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    PROTECTED: ClassVar = ("draw", "name", "correction", "sha256", "size")

    class Meta:
        verbose_name = _("draw file")
        verbose_name_plural = _("draw files")
        constraints: ClassVar = [models.UniqueConstraint(fields=["draw", "name", "correction"], name="file_once_per_draw")]

    def __str__(self) -> str:
        return self.name


class DrawFilePart(models.Model):
    """Whole lines of a file of the bundle, at most a few MiB; written before the file's row, which closes it. Append-only."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    correction = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name = _("part of a draw file")
        verbose_name_plural = _("parts of draw files")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "name", "correction", "position"], name="part_once_per_draw_file")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.position}"


class DrawCertificate(models.Model):
    """抽取见证书 of a result, the one that stands or a struck one: the PDF and its hash. Append-only."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="certificates")
    correction = models.PositiveSmallIntegerField(default=0)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("issued"))

    PROTECTED: ClassVar = ("draw", "correction", "sha256", "issued_at")

    class Meta:
        verbose_name = _("draw certificate")
        verbose_name_plural = _("draw certificates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "correction"], name="certificate_once_per_result")
        ]

    def __str__(self) -> str:
        return self.sha256


class DrawShard(models.Model):
    """A run of parts of a large roster whose slips one worker hashes. Work in progress, not business: see ``shards.py``."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="shards")
    position = models.PositiveIntegerField()
    first_part = models.PositiveIntegerField()
    last_part = models.PositiveIntegerField()
    mark = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    read = models.CharField(max_length=64, blank=True)
    slips = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("shard of a draw")
        verbose_name_plural = _("shards of a draw")
        ordering = ("draw", "position")
        constraints: ClassVar = [models.UniqueConstraint(fields=["draw", "position"], name="shard_once_per_draw")]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.position}"
