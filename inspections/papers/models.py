"""DocumentNumber, Notice, Letter (an order or letter of a case) and Bundle (many documents as one PDF)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case
from inspections.draws.models import Draw
from inspections.papers.states import BundleState, Kind, Service, Sheet
from registries.fields import SealedTextField
from registries.imports.sealed import SealedBytesField, SealedJSONField
from registries.people.models import Unit


class DocumentNumber(models.Model):
    """文号: the n-th document of a kind under a unit's word in a year. Never deleted; a void one stays with its reason.

    The word is the unit's at that time: a unit whose word changes begins a new series, as its numbers look different.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="document_numbers", verbose_name=_("unit"))
    word = models.CharField(_("document word"), max_length=24)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("serial"))
    text = models.CharField(_("document number"), max_length=60, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="document_numbers", verbose_name=_("case"))
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by"))
    taken_at = models.DateTimeField(_("taken"))
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voided by")
    )
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    void_because = models.CharField(_("void because"), max_length=200, blank=True)

    PROTECTED: ClassVar = ("unit", "word", "kind", "year", "serial", "text", "case", "taken_by", "voided_by", "voided_at", "void_because")

    class Meta:
        verbose_name = _("document number")
        verbose_name_plural = _("document numbers")
        ordering = ("-year", "word", "kind", "serial")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word", "year", "kind", "serial"], name="document_serial_once"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_because="")
                | Q(Q(voided_at__isnull=False, voided_by__isnull=False), ~Q(void_because="")),
                name="void_number_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def summary(self) -> str:
        """What the history of the case says of it: the number, and why it is void."""
        return f"{self.text}: {self.void_because}" if self.voided_at else self.text


class Notice(models.Model):
    """行政检查通知书 of one case. ``facts`` is all that stands on it, frozen when it is made; it is printed from nothing else.

    ``token`` is the secret part of its public address, found by ``token_digest``; that page is empty until ``served_at``.
    """

    number = models.OneToOneField(DocumentNumber, on_delete=models.PROTECT, related_name="notice", verbose_name=_("document number"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices", verbose_name=_("case"))
    token = SealedTextField(editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    facts = SealedJSONField(editable=False, default=dict)
    facts_digest = models.CharField(max_length=64, editable=False)
    first_day = models.DateField(_("visit from"))
    last_day = models.DateField(_("visit until"))
    service = models.CharField(_("handed over"), max_length=10, choices=Service.choices, blank=True)
    served_on = models.DateField(_("handed over on"), null=True, blank=True)
    served_to = SealedTextField(_("received by"), blank=True)
    witness = SealedTextField(_("witness"), blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    served_at = models.DateTimeField(_("recorded"), null=True, blank=True)

    PROTECTED: ClassVar = ("number", "case", "token_digest", "facts_digest", "first_day", "last_day", "service", "served_on", "served_at")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="notice_days_in_order"),
            models.CheckConstraint(
                condition=Q(service="", served_on__isnull=True, served_at__isnull=True, served_by__isnull=True)
                | Q(~Q(service=""), Q(served_on__isnull=False, served_at__isnull=False, served_by__isnull=False)),
                name="served_notice_says_when_and_how",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def summary(self) -> str:
        """What the history of the case says of it."""
        return self.number.text


class Letter(models.Model):
    """An order or letter that was issued for a case. ``facts`` is all that stands on it, frozen with its number; printed from nothing else."""

    number = models.OneToOneField(DocumentNumber, on_delete=models.PROTECT, related_name="letter", verbose_name=_("document number"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters", verbose_name=_("case"))
    facts = SealedJSONField(editable=False, default=dict)
    facts_digest = models.CharField(max_length=64, editable=False)

    PROTECTED: ClassVar = ("number", "case", "facts_digest")

    class Meta:
        verbose_name = _("order or letter")
        verbose_name_plural = _("orders and letters")
        ordering = ("case", "pk")

    def __str__(self) -> str:
        return str(self.number)


class Bundle(models.Model):
    """Many documents as one PDF, printed by the worker. Its progress stands here; the PDF is encrypted and kept for a week."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="bundles", verbose_name=_("draw"))
    sheet = models.CharField(_("document"), max_length=10, choices=Sheet.choices)
    items = models.JSONField(default=list, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=BundleState.choices, default=BundleState.WAITING)
    done = models.PositiveIntegerField(_("documents done"), default=0)
    total = models.PositiveIntegerField(_("documents"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(_("what is wrong"), blank=True)
    pdf = SealedBytesField(editable=False, default=b"")
    sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    progressed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("draw", "sheet", "asked_by", "sha256")

    class Meta:
        verbose_name = _("documents printed together")
        verbose_name_plural = _("documents printed together")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.get_sheet_display()} × {self.total}"
