"""An order: what is drawn, for whom, under which rules and in which state; and its secret, kept apart from it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.adhoc.models import AdhocRequest
from inspections.draws.states import DrawState, Mode, SlipRule, Stratify, VoidKind
from inspections.plans.models import PlanItem
from registries.codes.models import Code
from registries.fields import SealedTextField
from registries.inspectors.models import InspectorGroup
from registries.matters.models import MatterRevision
from registries.people.models import Unit
from registries.subjects.models import SubjectCategory


class Draw(models.Model):
    """抽查任务, 抽取: one order, one roster, one seed, one result. ``number`` is given at the commitment, without gaps."""

    number = models.CharField(_("number"), max_length=48, null=True, blank=True, unique=True)
    plan_item = models.ForeignKey(
        PlanItem, on_delete=models.PROTECT, null=True, blank=True, related_name="draws", verbose_name=_("plan item")
    )
    request = models.ForeignKey(
        AdhocRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="draws", verbose_name=_("ad-hoc request")
    )
    matter = models.ForeignKey(MatterRevision, on_delete=models.PROTECT, related_name="+", verbose_name=_("lead matter"))
    joint_matters = models.ManyToManyField(MatterRevision, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="draws", verbose_name=_("unit"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.LOT)
    staffs = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="staffing", verbose_name=_("draw it finds teams for")
    )
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    state = models.CharField(_("state"), max_length=10, choices=DrawState.choices, default=DrawState.PREPARING)
    # what the clerk chooses
    categories = models.ManyToManyField(SubjectCategory, blank=True, related_name="+", verbose_name=_("categories"))
    towns = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("townships"))
    grades = models.CharField(_("risk grades"), max_length=4, default="ABCD")
    stratify = models.CharField(_("strata"), max_length=8, choices=Stratify.choices, default=Stratify.GRADE)
    merged_strata = models.JSONField(_("merged strata"), default=dict, blank=True)
    slip_rule = models.CharField(_("slip rule"), max_length=5, choices=SlipRule.choices, default=SlipRule.GRADE)
    quotas = models.JSONField(_("quotas"), default=dict)
    reserves = models.PositiveSmallIntegerField(_("reserves per stratum"), default=5)
    team_size = models.PositiveSmallIntegerField(
        _("inspectors per visit"), default=2, validators=[MinValueValidator(2), MaxValueValidator(9)]
    )
    inspector_units = models.ManyToManyField(Unit, related_name="+", verbose_name=_("inspectors from"))
    inspector_groups = models.ManyToManyField(InspectorGroup, blank=True, related_name="+", verbose_name=_("groups of inspectors"))
    planned = models.DateTimeField(_("planned moment"), null=True, blank=True)
    preview = models.JSONField(_("preview as last saved"), default=dict)
    # who, when
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    committed_at = models.DateTimeField(_("committed"), null=True, blank=True)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    returned_because = models.TextField(_("returned because"), blank=True)
    voided_at = models.DateTimeField(_("voided"), null=True, blank=True)
    void_kind = models.CharField(_("kind of void"), max_length=20, blank=True, choices=VoidKind.choices)
    void_reason = models.TextField(_("reason of the void"), blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    keeps_roster = models.BooleanField(_("roster and quotas of the order it replaces"), default=False)
    # what was submitted and committed
    roster_digest = models.CharField(_("digest of the roster as submitted"), max_length=64, blank=True)
    scope_counts = models.JSONField(_("in scope and left out"), default=dict)
    cells_hide_roster = models.BooleanField(_("roster waits until the visits are over"), default=False)
    order_hash = models.CharField(_("hash of the order"), max_length=64, blank=True)
    commitment = models.CharField(_("commitment"), max_length=64, blank=True)
    result_hash = models.CharField(_("hash of the result"), max_length=64, blank=True)
    corrections = models.PositiveSmallIntegerField(_("results struck"), default=0)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "number",
        "plan_item",
        "request",
        "matter",
        "unit",
        "mode",
        "staffs",
        "replaces",
        "state",
        "merged_strata",
        "quotas",
        "reserves",
        "team_size",
        "planned",
        "prepared_by",
        "approved_by",
        "committed_at",
        "drawn_at",
        "voided_at",
        "void_kind",
        "roster_digest",
        "scope_counts",
        "keeps_roster",
        "cells_hide_roster",
        "order_hash",
        "commitment",
        "result_hash",
        "corrections",
    )

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="draw_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "submitted"])
                | (
                    Q(number__isnull=False, approved_by__isnull=False, committed_at__isnull=False)
                    & ~Q(order_hash="")
                    & ~Q(commitment="")
                ),
                name="committed_draw_is_approved_and_hashed",
            ),
            models.CheckConstraint(
                condition=~Q(state="drawn") | (Q(drawn_at__isnull=False) & ~Q(result_hash="")),
                name="drawn_draw_has_its_result",
            ),
            models.CheckConstraint(
                condition=Q(team_size__gte=2, team_size__lte=9), name="draw_team_of_two_to_nine"
            ),
            models.CheckConstraint(
                condition=~Q(state="voided")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_kind="") & ~Q(void_reason="")),
                name="voided_draw_says_why",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(replaces__isnull=False), name="one_successor_per_voided_draw"
            ),
            models.UniqueConstraint(
                fields=["plan_item"], condition=Q(state="committed"), name="one_open_order_per_plan_item"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(mode="adhoc") & ~Q(state="voided"), name="one_order_per_request"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="committed"), name="one_open_order_per_request"
            ),
            models.CheckConstraint(
                condition=Q(mode="lot", plan_item__isnull=False, request__isnull=True, staffs__isnull=True)
                | Q(mode="adhoc", plan_item__isnull=True, request__isnull=False, staffs__isnull=True)
                | (Q(mode="teams", staffs__isnull=False) & (Q(plan_item__isnull=True) ^ Q(request__isnull=True))),
                name="draw_mode_says_what_it_is_for",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    @property
    def plan(self) -> PlanItem | AdhocRequest:
        """What the order names as its plan: an item of the year's plan or, for an ad-hoc case, the approved request."""
        plan = self.plan_item or self.request
        assert plan is not None  # noqa: S101  (a constraint of the database)
        return plan

    @property
    def mode_text(self) -> str:
        """The mode as the order spells it: ``lot``, ``adhoc``, or ``teams:`` and the draw whose winners it staffs."""
        return f"{self.mode}:{self.staffs.number}" if self.staffs is not None else self.mode


class DrawSecret(models.Model):
    """The secret of a committed order, apart from it, so that pages never load it; and the auditor's sealed copy.

    ``secret`` opens with a key of this server; ``auditor_copy`` (base64 of a NaCl sealed box, empty where no auditor's key is
    set) with the auditor's private key only, which stands on no server.
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="kept_secret")
    secret = SealedTextField(_("secret"))
    auditor_copy = models.TextField(_("the auditor's sealed copy of the secret"), blank=True)

    PROTECTED: ClassVar = ("draw", "auditor_copy")

    class Meta:
        verbose_name = _("secret of a draw")
        verbose_name_plural = _("secrets of draws")

    def __str__(self) -> str:
        return f"{self.draw_id}"
