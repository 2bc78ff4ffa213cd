"""Plan with its amendments, PlanItem, and of a task from above its report and the subjects it hands down."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.plans.states import PlanState
from registries.imports.sealed import SealedBytesField
from registries.matters.models import Matter
from registries.people.models import Unit
from registries.subjects.models import Subject


class Plan(models.Model):
    """The year's plan: looked at by the legal review, approved by yet another, numbered and published; then it is never edited.

    An amendment is a plan of its own that names the one it ``replaces``, with all items, numbered and published like the first.
    In force is the newest published of such a chain; ``amendment`` counts from 0, the plan as first published. One that was begun
    and ``dropped`` stays, with the reason, outside the chain.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.CharField(_("document number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("prepared by unit"))
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.PREPARING)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legally reviewed by")
    )
    reviewed_at = models.DateTimeField(_("legally reviewed"), null=True, blank=True)
    review_remark = models.CharField(_("remark of the legal review"), max_length=500, blank=True)
    returned_because = models.TextField(_("returned because"), blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("amends")
    )
    amendment = models.PositiveSmallIntegerField(_("amendment"), default=0)
    amended_because = models.CharField(_("amended because"), max_length=500, blank=True)
    dropped_because = models.CharField(_("dropped because"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "year", "number", "title", "unit", "state", "prepared_by", "reviewed_by", "approved_by", "published_at", "replaces", "amendment",
        "amended_because", "dropped_because",
    )  # fmt: skip

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("-year", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="plan_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | (Q(approved_by__isnull=False, published_at__isnull=False) & ~Q(number="")),
                name="published_plan_is_approved_and_numbered",
            ),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="plan_number_once"),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(replaces__isnull=False) & ~Q(state="dropped"), name="one_amendment_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | Q(Q(replaces__isnull=False), ~Q(dropped_because="")), name="dropped_amendment_says_why"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, amendment=0) | Q(Q(replaces__isnull=False, amendment__gt=0), ~Q(amended_because="")),
                name="amendment_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | (~Q(reviewed_by=F("prepared_by")) & (Q(approved_by__isnull=True) | ~Q(reviewed_by=F("approved_by")))),
                name="plan_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanItem(models.Model):
    """Matter(s) × responsible unit × ratio or number × months × source; of a task from above also what it prescribes.

    The ``code`` stays through all amendments, so that draws of an older version count; ``revision`` rises when an amendment changes
    what the item says. ``handed_down``: the task names the subjects, so none are drawn (their teams are).
    """

    class Source(models.TextChoices):
        NATIONAL = "national", _("national task")
        PROVINCIAL = "provincial", _("provincial task")
        MUNICIPAL = "municipal", _("municipal task")
        COUNTY = "county", _("county task")
        ROUTINE = "routine", _("routine supervision")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(_("item"), max_length=32, db_index=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", verbose_name=_("lead matter"))
    joint_matters = models.ManyToManyField(Matter, blank=True, related_name="+", verbose_name=_("joint matters"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible unit"))
    source = models.CharField(_("source"), max_length=12, choices=Source.choices, default=Source.ROUTINE)
    ratio_percent = models.DecimalField(
        _("ratio (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    number = models.PositiveIntegerField(_("number of subjects"), null=True, blank=True)
    first_month = models.PositiveSmallIntegerField(_("from month"), validators=[MinValueValidator(1), MaxValueValidator(12)])
    last_month = models.PositiveSmallIntegerField(_("to month"), validators=[MinValueValidator(1), MaxValueValidator(12)])
    document_number = models.CharField(_("document number of the task"), max_length=60, blank=True)
    prescribed_percent = models.DecimalField(
        _("prescribed ratio (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    report_due = models.DateField(_("report due"), null=True, blank=True)
    handed_down = models.BooleanField(_("the task names the subjects"), default=False)

    PROTECTED: ClassVar = (
        "plan",
        "code",
        "revision",
        "matter",
        "unit",
        "source",
        "ratio_percent",
        "number",
        "first_month",
        "last_month",
        "prescribed_percent",
        "report_due",
        "handed_down",
    )

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        ordering = ("plan", "code")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ratio_percent__isnull=False, number__isnull=True)
                | Q(ratio_percent__isnull=True, number__isnull=False),
                name="plan_item_has_ratio_or_number",
            ),
            models.CheckConstraint(
                condition=Q(first_month__gte=1, last_month__lte=12, last_month__gte=F("first_month")),
                name="plan_item_months_in_order",
            ),
            models.UniqueConstraint(fields=["plan", "code"], name="item_once_per_plan"),
            models.CheckConstraint(
                condition=~Q(source="routine") | Q(prescribed_percent__isnull=True, report_due__isnull=True, handed_down=False),
                name="routine_item_has_no_task",
            ),
            models.CheckConstraint(
                condition=Q(prescribed_percent__isnull=True)
                | Q(ratio_percent__isnull=True)
                | Q(ratio_percent__gte=F("prescribed_percent")),
                name="item_keeps_the_prescribed_ratio",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """``item@revision``, as the draw protocol names a plan."""
        return f"{self.code}@{self.revision}"


class PlanFile(models.Model):
    """附件: a file that goes with a plan, kept as it came. Put in and taken out while the plan is prepared."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="files", verbose_name=_("plan"))
    file_name = models.CharField(_("file"), max_length=200)
    file = SealedBytesField(editable=False)
    sha256 = models.CharField(max_length=64)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(_("kept"))

    PROTECTED: ClassVar = ("plan", "file_name", "sha256", "kept_by", "kept_at")

    class Meta:
        verbose_name = _("file of a plan")
        verbose_name_plural = _("files of plans")
        ordering = ("plan", "id")

    def __str__(self) -> str:
        return self.file_name


class TaskReport(models.Model):
    """What was reported to the authority that gave a task: the file as sent, when, and by whom it was kept. Append-only."""

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="reports", verbose_name=_("item"))
    reported_on = models.DateField(_("reported on"))
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    file = SealedBytesField(editable=False)
    sha256 = models.CharField(max_length=64)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("recorded"))

    PROTECTED: ClassVar = ("item", "reported_on", "remark", "file_name", "sha256", "reported_by", "reported_at")

    class Meta:
        verbose_name = _("report of a task")
        verbose_name_plural = _("reports of tasks")
        ordering = ("item", "id")

    def __str__(self) -> str:
        return self.file_name


class HandedList(models.Model):
    """A file of subjects that a task from above names. ``unknown``: its lines that nobody in the registry answers to. Append-only."""

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="lists", verbose_name=_("item"))
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField(_("lines"))
    unknown = models.JSONField(_("not in the registry"), default=list)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("imported"))

    PROTECTED: ClassVar = ("item", "file_name", "sha256", "lines", "unknown", "imported_by", "imported_at")

    class Meta:
        verbose_name = _("list handed down")
        verbose_name_plural = _("lists handed down")
        ordering = ("item", "id")

    def __str__(self) -> str:
        return self.file_name


class HandedSubject(models.Model):
    """A subject of a list handed down. It is inspected by order, not by lot: only its team is drawn. Append-only."""

    handed = models.ForeignKey(HandedList, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("list"))
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("subject"))
    line = models.PositiveIntegerField(_("line"))

    PROTECTED: ClassVar = ("handed", "subject", "line")

    class Meta:
        verbose_name = _("subject handed down")
        verbose_name_plural = _("subjects handed down")
        ordering = ("handed", "line")
        constraints: ClassVar = [models.UniqueConstraint(fields=["handed", "subject"], name="handed_subject_once_per_list")]

    def __str__(self) -> str:
        return f"{self.handed_id}/{self.line}"
