"""Draw, its announced sources, its roster as submitted, its published files, and what came out."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.adhoc.models import AdhocRequest
from inspections.draws.states import Correction, DrawState, Mode, SlipRule, Stratify, VoidKind
from inspections.plans.models import PlanItem
from registries.codes.models import Code
from registries.fields import SealedTextField
from registries.imports.sealed import SealedBytesField
from registries.inspectors.models import Inspector, InspectorGroup
from registries.matters.models import MatterRevision
from registries.people.models import Unit
from registries.subjects.models import Subject, SubjectCategory


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


class SeedSource(models.Model):
    """One announced source of the seed, in the order of the order file."""

    class Kind(models.TextChoices):
        WITNESS = "witness", _("before witnesses")
        PUBLIC = "public", _("public lottery or beacon")

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    game = models.CharField(_("source"), max_length=20)
    what = models.CharField(_("what exactly"), max_length=200)
    moment = models.DateTimeField(_("known at"))
    form = models.CharField(_("form"), max_length=60)
    value = models.CharField(_("value"), max_length=1000, blank=True)
    settled_at = models.DateTimeField(_("two people agreed"), null=True, blank=True)
    corrections = models.PositiveSmallIntegerField(_("corrections"), default=0)

    PROTECTED: ClassVar = ("draw", "position", "kind", "what", "moment", "form", "value", "corrections")

    class Meta:
        verbose_name = _("seed source")
        verbose_name_plural = _("seed sources")
        ordering = ("draw", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "position"], name="source_position_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.what


class SourceEntry(models.Model):
    """What one person typed as the value of a source. Two different people must agree. Append-only.

    ``correction`` counts the rounds: 0 for the first value, n for the n-th correction of the settled one, with its reason.
    """

    source = models.ForeignKey(SeedSource, on_delete=models.PROTECT, related_name="entries")
    value = models.CharField(_("value"), max_length=1000)
    evidence = models.CharField(_("evidence"), max_length=300)
    correction = models.PositiveSmallIntegerField(_("correction"), default=0)
    reason = models.CharField(_("reason of the correction"), max_length=12, blank=True, choices=Correction.choices)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    PROTECTED: ClassVar = ("source", "value", "evidence", "correction", "reason", "entered_by", "entered_at")
    UNTOLD: ClassVar = ("value", "evidence")  # a supervisor types values too, and must read the announcement, not the ledger

    class Meta:
        verbose_name = _("source entry")
        verbose_name_plural = _("source entries")
        ordering = ("source", "id")

    def __str__(self) -> str:
        return self.value


class SourceEvidence(models.Model):
    """The photo, scan or PDF that came with an entry, encrypted; its hash stands in the ledger. Append-only."""

    entry = models.OneToOneField(SourceEntry, on_delete=models.PROTECT, related_name="file")
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("type of file"), max_length=20)
    size = models.PositiveIntegerField(_("size in bytes"))
    body = SealedBytesField(_("content"))
    sha256 = models.CharField(max_length=64)

    PROTECTED: ClassVar = ("entry", "name", "kind", "size", "sha256")

    class Meta:
        verbose_name = _("evidence of a source")
        verbose_name_plural = _("evidence of sources")

    def __str__(self) -> str:
        return self.name


class RosterEntry(models.Model):
    """待抽名单 as submitted: name and key as they will be published, and, from the commitment on, nonce and code."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="roster")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="roster_entries")
    public_id = models.CharField(max_length=32)
    name = models.CharField(_("name"), max_length=120)
    stratum = models.CharField(_("stratum"), max_length=32)
    slips = models.PositiveSmallIntegerField(_("slips"))
    slips_why = models.JSONField(_("why so many slips"), default=dict)
    tags = models.CharField(_("needs"), max_length=300)
    nonce = models.CharField(max_length=32, blank=True)
    code = models.CharField(_("code"), max_length=32, blank=True, db_index=True)

    class Meta:
        verbose_name = _("roster entry")
        verbose_name_plural = _("roster")
        ordering = ("draw", "stratum", "public_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "subject"], name="subject_once_per_roster"),
            models.UniqueConstraint(fields=["draw", "public_id"], name="public_id_once_per_roster"),
            models.UniqueConstraint(fields=["draw", "code"], condition=~Q(code=""), name="code_once_per_roster"),
        ]

    def __str__(self) -> str:
        return self.name


class RosterOmission(models.Model):
    """A subject in the matter's scope that was left out of the roster, and the reason."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="omissions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=32)
    stratum = models.CharField(_("stratum"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("omission")
        verbose_name_plural = _("omissions")
        ordering = ("draw", "reason", "subject")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "subject"], name="omission_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.reason


class RosterInspector(models.Model):
    """An inspector as submitted, and from the commitment on blinded."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="inspectors")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    may_lead = models.BooleanField()
    open_cases = models.PositiveIntegerField()
    most_open_cases = models.PositiveIntegerField()
    tags = models.CharField(max_length=600)
    nonce = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=32, blank=True, db_index=True)

    class Meta:
        verbose_name = _("inspector in the draw")
        verbose_name_plural = _("inspectors in the draw")
        ordering = ("draw", "public_id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "inspector"], name="inspector_once_per_draw")
        ]

    def __str__(self) -> str:
        return self.name


class RosterRecusal(models.Model):
    """A conflict as it stood at submission."""

    entry = models.ForeignKey(RosterEntry, on_delete=models.CASCADE, related_name="recusals")
    inspector = models.ForeignKey(RosterInspector, on_delete=models.CASCADE, related_name="recusals")

    class Meta:
        verbose_name = _("recusal in the draw")
        verbose_name_plural = _("recusals in the draw")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "inspector"], name="roster_recusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.inspector_id}"


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


class StandingEntries(models.Manager["DrawnEntry"]):
    """Those of the results that stand; whoever must see struck ones too asks ``with_struck``."""

    def get_queryset(self) -> models.QuerySet["DrawnEntry"]:
        """Of each draw its newest result."""
        return super().get_queryset().filter(correction=F("draw__corrections"))


class StandingPlaces(models.Manager["TeamPlace"]):
    """The same of the teams."""

    def get_queryset(self) -> models.QuerySet["TeamPlace"]:
        """Of each draw those of its newest result."""
        return super().get_queryset().filter(drawn__correction=F("drawn__draw__corrections"))


class DrawnEntry(models.Model):
    """A winner or reserve, as the result has it. Append-only.

    ``correction`` is the result it stands in, as in :class:`DrawFile`. ``objects`` gives the results that stand alone.
    """

    class Kind(models.TextChoices):
        WINNER = "W", _("winner")
        RESERVE = "R", _("reserve")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="drawn")
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, related_name="drawn")
    correction = models.PositiveSmallIntegerField(default=0)
    rank = models.PositiveIntegerField(_("rank"))
    kind = models.CharField(_("kind"), max_length=1, choices=Kind.choices)
    slip = models.PositiveSmallIntegerField(_("winning slip"))
    ticket = models.CharField(_("ticket"), max_length=64)

    objects = StandingEntries()
    with_struck = models.Manager["DrawnEntry"]()

    class Meta:
        verbose_name = _("drawn entry")
        verbose_name_plural = _("drawn entries")
        ordering = ("draw", "ticket")
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "correction"], name="entry_once_per_result")]

    def __str__(self) -> str:
        return f"{self.kind}{self.rank}"


class TeamPlace(models.Model):
    """One position of a winner's team, as the result has it. Append-only. ``objects`` gives the results that stand alone."""

    drawn = models.ForeignKey(DrawnEntry, on_delete=models.PROTECT, related_name="team")
    position = models.PositiveSmallIntegerField(_("position"))
    inspector = models.ForeignKey(RosterInspector, on_delete=models.PROTECT, related_name="places")

    objects = StandingPlaces()
    with_struck = models.Manager["TeamPlace"]()

    class Meta:
        verbose_name = _("team place")
        verbose_name_plural = _("team places")
        ordering = ("drawn", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["drawn", "position"], name="position_once_per_team"),
            models.UniqueConstraint(fields=["drawn", "inspector"], name="inspector_once_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


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


class RosterAudit(models.Model):
    """What the auditor found who opened every entry of the committed roster before the first source (§1). Append-only.

    ``counts`` are the entries per kind of finding, as :class:`inspections.draws.audit.Audit` names them; ``findings`` the
    sentences as ``[msgid, values]``, without names.
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="audit")
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audited_at = models.DateTimeField(_("checked"))
    agrees = models.BooleanField(_("agrees with the registry"))
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    PROTECTED: ClassVar = ("draw", "auditor", "audited_at", "agrees", "counts", "findings")

    class Meta:
        verbose_name = _("check of the roster")
        verbose_name_plural = _("checks of rosters")

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.agrees}"
