"""What a visit leaves behind beside the answers: photos and scans, the inspected person's signature, and what has arrived from phones."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case, Record
from inspections.cases.states import Acknowledged, PhotoKind
from registries.fields import SealedTextField
from registries.matters.models import ChecklistItem


class Photo(models.Model):
    """现场照片: a photo of one checklist item or of the whole visit, or the scan of a paper form.

    The bytes stand outside the database, sealed, under ``sha256`` (``photos.py``). ``sent_sha256`` is the digest of what was
    sent, before it was encoded again: the phone knows it, and signatures are bound to it. Never deleted; withdrawn at most.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos", verbose_name=_("case"))
    round = models.PositiveSmallIntegerField(_("round"))
    item = models.ForeignKey(
        ChecklistItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checklist item")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=PhotoKind.choices, default=PhotoKind.PHOTO)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sent_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    position_kept = models.BooleanField(_("kept as evidence, with place and time of the camera"), default=False)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    kept_at = models.DateTimeField(_("kept"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    PROTECTED: ClassVar = (
        "case", "round", "item", "kind", "content_type", "size", "sent_sha256", "sha256", "position_kept", "kept_by", "kept_at",
        "withdrawn_by", "withdrawn_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("case", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawn_photo_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sha256[:12]}"

    @property
    def summary(self) -> str:
        """What the history of the case says of it: its item, or that it is of the whole visit."""
        return self.item.title if self.item is not None else self.get_kind_display()


class Acknowledgement(models.Model):
    """The inspected person's side of a record: signed, or why not and who witnessed it. Bound to what was shown; append-only.

    A record that is taken back and changed has another content, and asks for a new one.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="acknowledgements")
    kind = models.CharField(_("kind"), max_length=8, choices=Acknowledged.choices)
    name = models.CharField(_("name and post"), max_length=80, blank=True)
    witness = models.CharField(_("witness"), max_length=80, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    drawn = SealedTextField(blank=True, default="")
    drawn_sha256 = models.CharField(max_length=64, blank=True)
    content_hash = models.CharField(max_length=64)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("noted"))

    PROTECTED: ClassVar = ("record", "kind", "name", "witness", "remark", "drawn_sha256", "content_hash", "noted_by", "noted_at")

    class Meta:
        verbose_name = _("signature of the inspected")
        verbose_name_plural = _("signatures of the inspected")
        ordering = ("record", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(Q(kind="drawn"), ~Q(name=""), ~Q(drawn_sha256=""))
                | Q(Q(kind="paper"), ~Q(name=""))
                | Q(Q(kind__in=["refused", "absent"]), ~Q(witness="")),
                name="acknowledgement_is_signed_or_witnessed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.kind}"


class Arrival(models.Model):
    """A message of a phone that has arrived, by the key the phone gave it: the same message does nothing a second time."""

    key = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="arrivals")
    kind = models.CharField(max_length=12)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.key
