"""Inspector with what belongs to it (Certificate, Recusal, Leave), InspectorGroup, Training, Assistant."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from registries.codes.models import Code
from registries.fields import TOKEN, SealedIdField, SealedPhoneField, SealedTextField
from registries.matters.models import Matter
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

    class Education(models.TextChoices):
        SECONDARY = "secondary", _("secondary school")
        COLLEGE = "college", _("junior college")
        BACHELOR = "bachelor", _("bachelor")
        MASTER = "master", _("master")
        DOCTOR = "doctor", _("doctor")

    class Duty(models.TextChoices):
        BUREAU = "bureau", _("leader of the bureau")
        HEAD = "head", _("head of a brigade or section")
        DEPUTY = "deputy", _("deputy head of a brigade or section")
        STATION = "station", _("head of a station")
        STATION_DEPUTY = "station-deputy", _("deputy head of a station")
        OFFICER = "officer", _("officer")

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        STATION = "station", _("station")

    number = models.CharField(_("staff number"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=40)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices)
    post = models.CharField(_("post"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inspectors", verbose_name=_("unit"))
    duty = models.CharField(_("duty class"), max_length=16, choices=Duty.choices, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    in_post_since = models.DateField(_("in this post since"), null=True, blank=True)
    education = models.CharField(_("education"), max_length=10, choices=Education.choices, blank=True)
    major = models.CharField(_("major"), max_length=60, blank=True)
    title = models.CharField(_("professional title"), max_length=40, blank=True)
    matters = models.ManyToManyField(
        Matter, blank=True, related_name="+", verbose_name=_("matters the inspector enforces"), help_text=_("None ticked: all of them.")
    )
    specialties = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("specialties"))
    fields = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("enforcement fields"))
    experts = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("expert types"))
    may_lead = models.BooleanField(_("may lead"), default=False)
    most_open_cases = models.PositiveSmallIntegerField(_("most open cases"), default=6, validators=[MinValueValidator(1)])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    status_because = models.CharField(_("reason of the status"), max_length=200, blank=True)
    status_since = models.DateField(_("status since"), null=True, blank=True)
    phone = SealedPhoneField(_("phone"), blank=True)
    id_number = SealedIdField(_("ID number"), blank=True)
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inspector",
        verbose_name=_("account"),
    )
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("number", "name", "unit", "post", "may_lead", "most_open_cases", "status", "matters", "fields", "specialties", "experts", "user")

    class Meta:
        verbose_name = _("inspector")
        verbose_name_plural = _("inspectors")
        ordering = ("number",)
        indexes: ClassVar = [
            models.Index(Substr("phone", 1, TOKEN), name="inspector_phone"),
            models.Index(Substr("id_number", 1, TOKEN), name="inspector_id_number"),
        ]

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
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=200, blank=True)

    PROTECTED: ClassVar = ("inspector", "kind", "number", "valid_from", "valid_until", "ended_on")

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

    @property
    def last_day(self) -> dt.date:
        """The last day on which it is valid: its own, or the day before it was withdrawn."""
        return self.valid_until if self.ended_on is None else min(self.valid_until, self.ended_on - dt.timedelta(days=1))


class Recusal(models.Model):
    """回避: a declared conflict between an inspector and a subject, or whatever is registered under a name or code."""

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="recusals")
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="recusals", null=True, blank=True, verbose_name=_("subject")
    )
    organisation = models.CharField(_("name or credit code"), max_length=120, blank=True)
    relation = models.CharField(_("relation"), max_length=80)
    relative = SealedTextField(_("relative"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=200, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"), null=True, blank=True)

    PROTECTED: ClassVar = ("inspector", "subject", "organisation", "relation", "starts_on", "ends_on")

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ("inspector", "subject")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspector", "subject", "starts_on"], name="recusal_once"),
            models.UniqueConstraint(
                fields=["inspector", "organisation", "starts_on"], condition=~Q(organisation=""), name="recusal_of_a_name_once"
            ),
            models.CheckConstraint(
                condition=Q(subject__isnull=False, organisation="") | (Q(subject__isnull=True) & ~Q(organisation="")),
                name="recusal_of_a_subject_or_a_name",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="recusal_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} – {self.subject or self.organisation}"


class Leave(models.Model):
    """A time when an inspector is away and is not drawn, both days included."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("annual leave")
        SICK = "sick", _("sick leave")
        PARENTAL = "parental", _("parental leave")
        STUDY = "study", _("away for training")
        SECONDED = "seconded", _("seconded elsewhere")
        OTHER = "other", _("other leave")

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)

    PROTECTED: ClassVar = ("inspector", "kind", "starts_on", "ends_on")

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ("inspector", "starts_on")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="leave_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.inspector} {self.starts_on}–{self.ends_on}"


class InspectorGroup(models.Model):
    """A permanent group (检查小组) with its leader: a filter when a draw is prepared. Its assistants (辅警) are never drawn."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    leader = models.ForeignKey(
        Inspector, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )
    members = models.ManyToManyField(Inspector, related_name="groups", verbose_name=_("members"))
    assistants = models.ManyToManyField("registries.Assistant", blank=True, related_name="groups", verbose_name=_("assistants"))
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("name", "unit", "leader", "members", "assistants", "active")

    class Meta:
        verbose_name = _("group of inspectors")
        verbose_name_plural = _("groups of inspectors")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Training(models.Model):
    """A training session and who attended it (guideline 五.3)."""

    held_on = models.DateField(_("day"))
    topic = models.CharField(_("topic"), max_length=120)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(Decimal("0.5"))])
    place = models.CharField(_("place"), max_length=80, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    attended = models.ManyToManyField(Inspector, blank=True, related_name="trainings", verbose_name=_("attended"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("held_on", "topic", "hours", "unit", "attended")

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"


class Assistant(models.Model):
    """辅警: named on a case as an assistant, never counted towards its team."""

    number = models.CharField(_("staff number"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assistants", verbose_name=_("unit"))
    phone = SealedPhoneField(_("phone"), blank=True)
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)
    active = models.BooleanField(_("in service"), default=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("number", "name", "unit", "active")

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        ordering = ("number",)
        indexes: ClassVar = [models.Index(Substr("phone", 1, TOKEN), name="assistant_phone")]

    def __str__(self) -> str:
        return self.name
