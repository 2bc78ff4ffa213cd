"""The ledger's tables: entries (hashes and general actions), payloads apart, checkpoints, refusals being gathered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerEntry(models.Model):
    """One link of the chain (draw protocol 1, §7). Append-only: the database refuses UPDATE and DELETE."""

    seq = models.PositiveBigIntegerField(_("number"), primary_key=True)
    time = models.CharField(_("time"), max_length=32)
    action = models.CharField(_("action"), max_length=64)
    payload_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, unique=True)
    entry_hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ("-seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class LedgerPayload(models.Model):
    """What an entry says, salted; apart from it, so that what the law wants deleted can be deleted.

    ``body`` holds the very text that was hashed. The other columns repeat parts of it, for look-ups only.
    """

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    body = models.TextField()
    verb = models.CharField(_("what"), max_length=80, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    object_kind = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    public = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ledger payload")
        verbose_name_plural = _("ledger payloads")
        indexes: ClassVar = [models.Index(fields=["object_kind", "object_id"], name="payload_object")]

    def __str__(self) -> str:
        return self.verb


class Checkpoint(models.Model):
    """The head of the chain at a moment, in the four lines that go to the keepers."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="checkpoint")
    time = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ("-entry",)

    def __str__(self) -> str:
        return self.text


class CheckpointDelivery(models.Model):
    """A checkpoint that left the house to one keeper."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="deliveries")
    keeper = models.EmailField()
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("checkpoint delivery")
        verbose_name_plural = _("checkpoint deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checkpoint", "keeper"], name="checkpoint_once_per_keeper")
        ]

    def __str__(self) -> str:
        return self.keeper


class RefusalTally(models.Model):
    """Refusals of one person and command within one minute: the first is an entry, the rest are counted here
    until the sweep writes their number as one more entry."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=80)
    minute = models.CharField(max_length=16)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("refusal tally")
        verbose_name_plural = _("refusal tallies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["actor", "verb", "minute"], name="refusals_once_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.verb} × {self.count}"
