"""Plan and PlanItem."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.plans.states import PlanState
from registries.matters.models import Matter
from registries.people.models import Unit


class Plan(models.Model):
    """The year's plan, approved by another than who prepared it, numbered and published."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.CharField(_("document number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("prepared by unit"))
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.PREPARING)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    returned_because = models.TextField(_("returned because"), blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("year", "number", "title", "unit", "state", "prepared_by", "approved_by", "published_at")

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
        ]

    def __str__(self) -> str:
        return self.title


class PlanItem(models.Model):
    """Matter(s) × responsible unit × ratio or number × months × source."""

    class Source(models.TextChoices):
        NATIONAL = "national", _("national task")
        PROVINCIAL = "provincial", _("provincial task")
        MUNICIPAL = "municipal", _("municipal task")
        COUNTY = "county", _("county task")
        ROUTINE = "routine", _("routine supervision")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(_("item"), max_length=32, unique=True)
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
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """``item@revision``, as the draw protocol names a plan."""
        return f"{self.code}@{self.revision}"
