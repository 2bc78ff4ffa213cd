"""Inspector, Certificate, Recusal."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registries.codes.models import Code
from registries.fields import SealedTextField
from registries.people.models import Unit
from registries.subjects.models import Subject


class Inspector(models.Model):
    """执法检查人员; never an auxiliary (辅警), who is an assistant on a case."""

    class Sex(models.TextChoices):
        MALE = "m", _("male")
        FEMALE = "f", _("female")

    class Status(models.TextChoices):
        ACTIVE = "active", _("on duty")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    number = models.CharField(_("staff number"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=40)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices)
    post = models.CharField(_("post"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inspectors", verbose_name=_("unit"))
    specialties = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("specialties"))
    fields = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("enforcement fields"))
    may_lead = models.BooleanField(_("may lead"), default=False)
    most_open_cases = models.PositiveSmallIntegerField(_("most open cases"), default=6, validators=[MinValueValidator(1)])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    phone = SealedTextField(_("phone"), blank=True)
    id_number = SealedTextField(_("ID number"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inspector",
        verbose_name=_("account"),
    )
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("number", "name", "unit", "post", "may_lead", "most_open_cases", "status", "user")

    class Meta:
        verbose_name = _("inspector")
        verbose_name_plural = _("inspectors")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """人民警察证 or 行政执法证, with its validity."""

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("number"), max_length=40)
    issuer = models.CharField(_("issuer"), max_length=80, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))

    PROTECTED: ClassVar = ("inspector", "kind", "number", "valid_from", "valid_until")

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ("inspector", "valid_until")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="certificate_number_once_per_kind"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="certificate_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Recusal(models.Model):
    """回避: a declared conflict between an inspector and a subject."""

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="recusals")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="recusals")
    relation = models.CharField(_("relation"), max_length=80)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    PROTECTED: ClassVar = ("inspector", "subject", "relation", "starts_on", "ends_on")

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ("inspector", "subject")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspector", "subject", "starts_on"], name="recusal_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="recusal_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} – {self.subject}"
