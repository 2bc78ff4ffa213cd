"""Case, its matters and team, the record with its answers and signatures, and the reviews."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.states import CALLED_OFF_BECAUSE, Answer, Asked, CaseKind, CaseState, Decision, Way
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.states import Reason, Replaced
from registries.codes.models import Code
from registries.fields import SealedTextField
from registries.imports.sealed import SealedBytesField
from registries.inspectors.models import Inspector
from registries.matters.models import ChecklistItem, MatterRevision
from registries.people.models import Unit
from registries.subjects.models import Subject


class Case(models.Model):
    """检查案件: one visit to one subject on one or more matters.

    ``no_notice_because`` says why notice would have defeated the purpose of a visit that began without one. ``joined_to`` is the case whose visit covers this one too (joining.py); its record and disclosure are those of both.
    """

    number = models.CharField(_("number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=CaseKind.choices, default=CaseKind.RANDOM)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    drawn = models.OneToOneField(DrawnEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="case")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="cases", verbose_name=_("subject"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.ASSIGNED)
    opened_at = models.DateTimeField(_("opened"))
    ended_on = models.DateField(_("inspection ended on"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    released_at = models.DateTimeField(_("released for disclosure"), null=True, blank=True)
    no_notice_because = models.CharField(_("begun without a notice because"), max_length=500, blank=True)
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("visited together with")
    )
    called_off_at = models.DateTimeField(_("called off"), null=True, blank=True)
    called_off_because = models.CharField(_("called off because"), max_length=20, blank=True, choices=CALLED_OFF_BECAUSE)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "number", "kind", "draw", "subject", "unit", "state", "ended_on", "reviewed_at", "called_off_at", "called_off_because",
        "joined_to", "no_notice_because",
    )  # fmt: skip

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["state", "ended_on"], name="case_state_ended")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="adhoc") | Q(kind="recheck") | Q(drawn__isnull=False, draw__isnull=False),
                name="random_case_comes_from_a_draw",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["assigned", "on-site", "called-off", "joined"]) | Q(ended_on__isnull=False),
                name="recorded_case_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(Q(state="called-off"), Q(called_off_at__isnull=False), ~Q(called_off_because=""))
                | Q(~Q(state="called-off"), Q(called_off_at__isnull=True), Q(called_off_because="")),
                name="called_off_case_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="joined", joined_to__isnull=False) | Q(~Q(state="joined"), Q(joined_to__isnull=True)),
                name="joined_case_names_the_other",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseMatter(models.Model):
    """One matter of the case, under the revision it ran under: one checklist."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="matters")
    revision = models.ForeignKey(MatterRevision, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("matter of the case")
        verbose_name_plural = _("matters of the case")
        ordering = ("case", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "revision"], name="matter_once_per_case")
        ]

    def __str__(self) -> str:
        return str(self.revision)


class Assignment(models.Model):
    """An inspector on the case's team; position 1 leads. Ended, never deleted, when another takes the place.

    ``draw`` is the order that drew the inspector: the case's own, or one in mode ``teams:``. Positions are those of the case: the
    first ``team_size`` of its draw belong to the unit that leads, a partner's team counts on after whoever is there.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="assignments")
    draw = models.ForeignKey(
        Draw, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("drawn by")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    assigned_at = models.DateTimeField(_("assigned"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=20, blank=True)

    PROTECTED: ClassVar = ("case", "inspector", "draw", "position", "ended_at", "ended_because")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("case", "position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "position"], condition=Q(ended_at__isnull=True), name="one_inspector_per_position"
            ),
            models.UniqueConstraint(
                fields=["case", "inspector"], condition=Q(ended_at__isnull=True), name="inspector_once_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.inspector}"


class Record(models.Model):
    """现场检查记录: what was found in one round; a returned round stays and a new one follows. Immutable once signed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    inspected_on = models.DateField(_("inspected on"), null=True, blank=True)
    result = models.ForeignKey(
        Code, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("result")
    )
    findings = models.TextField(_("problems found"), blank=True)
    disposal = models.ForeignKey(
        Code, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("disposal")
    )
    present = models.CharField(_("person present"), max_length=80, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("ready to sign"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed by all"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("case", "round", "inspected_on", "result", "findings", "disposal", "submitted_at", "signed_at")

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering = ("case", "round")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="round_once_per_case"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(result__isnull=False, inspected_on__isnull=False),
                name="submitted_record_has_result_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}"


class RecordAnswer(models.Model):
    """The answer to one checklist item. No row, no answer: nothing is prefilled. Empty only beside a remark typed first."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("record", "item")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "item"], name="answer_once_per_item"),
            models.CheckConstraint(
                condition=Q(answer__in=["yes", "no", "not-checked", "gap"]) | Q(Q(answer=""), ~Q(remark="")),
                name="answer_is_one_of_four",
            ),
        ]

    def __str__(self) -> str:
        return self.answer


class Signature(models.Model):
    """One inspector's confirmation of the record by the own account, bound to the hash of what was confirmed. Append-only.

    ``drawn`` holds the strokes of a signature drawn by hand (``drawing.py``).
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="signatures")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"))
    content_hash = models.CharField(max_length=64)
    way = models.CharField(_("way"), max_length=8, choices=Way.choices, default=Way.PASSWORD)
    drawn = SealedTextField(blank=True, default="")
    drawn_sha256 = models.CharField(max_length=64, blank=True)

    PROTECTED: ClassVar = ("record", "inspector", "signed_by", "signed_at", "content_hash", "way", "drawn_sha256")

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ("record", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "inspector"], name="signature_once_per_inspector")
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.inspector_id}"


class Review(models.Model):
    """A reviewer's decision on one round; the database refuses a reviewer who is or was on the team. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="review")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    remark = models.TextField(_("remark"), blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"))

    PROTECTED: ClassVar = ("case", "record", "reviewer", "decision", "remark", "reviewed_at")

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("case", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision="accept") | ~Q(remark=""), name="return_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.decision}"


class Replacement(models.Model):
    """替换: somebody asks that the subject of a case, or one of its team, be replaced (draw protocol 1, §6).

    A supervisor decides. What follows stands in the lines of the draw's history. ``evidence_digest`` covers explanation,
    reference and file, as :func:`inspections.cases.rules.evidence_digest` writes them.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="replacements", verbose_name=_("case"))
    kind = models.CharField(_("who is replaced"), max_length=9, choices=Replaced.choices)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="replacements")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    explanation = SealedTextField(_("explanation"))
    evidence = SealedTextField(_("evidence"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file = SealedBytesField(editable=False, default=b"")
    file_sha256 = models.CharField(max_length=64, blank=True)
    evidence_digest = models.CharField(_("digest of the evidence"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=Asked.choices, default=Asked.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    refused_because = models.TextField(_("refused because"), blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = (
        "case", "kind", "assignment", "reason", "file_sha256", "evidence_digest", "state", "asked_by", "asked_at", "decided_by",
        "decided_at", "refused_because",
    )  # fmt: skip

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="subject", assignment__isnull=True, reason__in=["gone", "out-of-scope"])
                | Q(kind="inspector", assignment__isnull=False, reason__in=["recused", "absent"]),
                name="replacement_reason_of_the_closed_list",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(state="waiting"), Q(decided_by__isnull=False, decided_at__isnull=False), ~Q(decided_by=models.F("asked_by"))),
                name="replacement_decided_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refused_because=""), name="refused_replacement_says_why"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting", kind="subject"), name="one_waiting_replacement_of_a_subject"
            ),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state="waiting", kind="inspector"), name="one_waiting_replacement_of_an_inspector"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_kind_display()}, {self.get_reason_display()}"
