"""SubjectCategory, Subject, Permit, Exclusion, Complaint, Violation."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.codes.models import Code
from registries.fields import TOKEN, SealedPhoneField, SealedTextField
from registries.people.models import Unit


class SubjectCategory(models.Model):
    """旅馆业, 典当业…: decides which matters apply and how a result may be published."""

    class Publicity(models.TextChoices):
        BY_NAME = "name", _("published by name")
        COUNTS = "counts", _("published as counts only")

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    publicity = models.CharField(
        _("publicity"), max_length=6, choices=Publicity.choices, default=Publicity.BY_NAME
    )
    active = models.BooleanField(_("in use"), default=True)

    PROTECTED: ClassVar = ("code", "name", "publicity", "active")

    class Meta:
        verbose_name = _("subject category")
        verbose_name_plural = _("subject categories")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Subject(models.Model):
    """检查对象. ``key`` is its registry key for ever; ``uscc`` the 统一社会信用代码 where it has one.

    ``unit`` answers for it (分级负责), ``station`` looks after it on the spot. ``search`` is what searches look into
    (``searching.py``). A duplicate that was merged stays, points to the survivor, and is in nobody's scope;
    ``merge_terms`` of it: ``fields`` exchanged with the survivor, ``status`` before, ``version`` of the survivor after.
    """

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        INDIVIDUAL = "individual", _("individual business")
        INSTITUTION = "institution", _("institution")
        SOCIAL = "social", _("social organisation")
        SITE = "site", _("site")
        EVENT = "event", _("event")
        PERSON = "person", _("natural person")

    class Grade(models.TextChoices):
        A = "A", _("A (low risk)")
        B = "B", _("B (normal)")
        C = "C", _("C (raised)")
        D = "D", _("D (high risk)")

    class Status(models.TextChoices):
        ACTIVE = "active", _("in operation")
        CLOSED = "closed", pgettext_lazy("status of a subject", "closed")
        DEREGISTERED = "deregistered", _("deregistered")
        REVOKED = "revoked", _("licence revoked")
        MOVED = "moved", _("moved away")
        MERGED = "merged", _("merged into another entry")

    key = models.CharField(_("registry key"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120, db_index=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, null=True, blank=True, unique=True)
    old_number = models.CharField(_("old registration number"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    categories = models.ManyToManyField(SubjectCategory, related_name="subjects", verbose_name=_("categories"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("responsible unit"))
    station = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("station or squad on the spot")
    )
    town = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+", verbose_name=_("township"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact = SealedTextField(_("person in charge"), blank=True)
    phone = SealedPhoneField(_("phone"), blank=True)
    risk_grade = models.CharField(_("risk grade"), max_length=1, choices=Grade.choices, default=Grade.B)
    graded_on = models.DateField(_("graded on"), null=True, blank=True)
    grade_source = models.CharField(_("source of the grade"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    status_since = models.DateField(_("status since"), null=True, blank=True)
    status_reason = models.CharField(_("reason of the status"), max_length=200, blank=True)
    verified_on = models.DateField(_("verified on"))
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    merge_terms = models.JSONField(default=dict, blank=True, editable=False)
    search = models.CharField(max_length=600, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "key",
        "name",
        "uscc",
        "kind",
        "unit",
        "station",
        "town",
        "address",
        "risk_grade",
        "status",
        "status_since",
        "verified_on",
        "merged_into",
        "categories",
    )

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ("key",)
        indexes: ClassVar = [
            models.Index(fields=["unit", "status"], name="subject_unit_status"),
            models.Index(fields=["status", "verified_on", "unit"], name="subject_freshness"),
            models.Index(fields=["key", "status", "search"], name="subject_search"),  # a search reads this alone
            models.Index(Substr("phone", 1, TOKEN), name="subject_phone"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | Q(~Q(status="merged"), merged_into__isnull=True),
                name="merged_subject_says_into_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """What names it to the public: the 统一社会信用代码, or the registry key."""
        return self.uscc or self.key


class Permit(models.Model):
    """许可证 of a subject; it may have several. Ended by hand with day and reason, never deleted."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="permits", verbose_name=_("subject"))
    name = models.CharField(_("name of the permit"), max_length=80)
    number = models.CharField(_("permit number"), max_length=60)
    issuer = models.CharField(_("issued by"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    long_term = models.BooleanField(_("long-term"), default=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PROTECTED: ClassVar = (
        "subject",
        "name",
        "number",
        "issuer",
        "issued_on",
        "valid_from",
        "valid_until",
        "long_term",
        "ended_on",
        "ended_because",
    )

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        ordering = ("subject", "name", "number")
        indexes: ClassVar = [models.Index(fields=["name", "number"], name="permit_name_number")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "name", "number"], name="permit_once_per_subject"),
            models.CheckConstraint(
                condition=Q(long_term=False) | Q(valid_until__isnull=True), name="long_term_permit_has_no_end"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="permit_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Exclusion(models.Model):
    """不在检查范围: lawfully out of scope, with basis and dates (guideline 三.4)."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="exclusions", verbose_name=_("subject"))
    basis = models.CharField(pgettext_lazy("of an exclusion", "legal basis"), max_length=200)
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PROTECTED: ClassVar = ("subject", "basis", "reason", "starts_on", "ends_on")

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        ordering = ("subject", "starts_on")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "basis", "starts_on"], name="exclusion_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="exclusion_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.basis


class Complaint(models.Model):
    """投诉举报: a signal, and the one routine ground for an ad-hoc case. ``upheld`` is None while it is looked into."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("subject"))
    received_on = models.DateField(_("received on"))
    channel = models.CharField(_("channel"), max_length=40)
    content = models.TextField(_("what is complained of"))
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision = models.CharField(_("what was found"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PROTECTED: ClassVar = ("subject", "received_on", "channel", "content", "upheld", "decided_on", "decision")

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ("-received_on", "id")

    def __str__(self) -> str:
        return f"{self.received_on} {self.channel}"


class Violation(models.Model):
    """严重违法违规记录: a signal, until it is withdrawn (the decision was lifted, or it belonged to another)."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="violations", verbose_name=_("subject"))
    found_on = models.DateField(_("date"))
    facts = models.TextField(_("facts"))
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    serious = models.BooleanField(_("serious"), default=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_because = models.CharField(_("withdrawn because"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PROTECTED: ClassVar = ("subject", "found_on", "facts", "document_number", "serious", "withdrawn_on", "withdrawn_because")

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering = ("-found_on", "id")

    def __str__(self) -> str:
        return f"{self.found_on} {self.document_number}"
