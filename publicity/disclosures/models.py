"""Disclosure: the permanent address of one case's result, and the frozen, whitelisted copies that stood and stand there."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case
from publicity.disclosures.searching import terms_of
from publicity.disclosures.states import Because, Form, Removed


def new_public_id() -> str:
    """128 random bits: nobody can count or guess results."""
    return secrets.token_hex(16)


class Copy(models.Model):
    """What the public reads of one case. Only the columns named here are ever copied.

    ``named`` is False where the category is published as counts only: then name, code, place and findings stay empty. ``form`` says how
    much is shown (product.md §7): a result that nobody reviewed in time goes out by its coded columns alone, or as the bare visit.
    """

    form = models.CharField(_("form"), max_length=8, choices=Form.choices, default=Form.WHOLE)
    named = models.BooleanField(_("named"))
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    subject_code = models.CharField(_("code"), max_length=32, blank=True)
    category_name = models.CharField(_("category"), max_length=60)
    town_name = models.CharField(_("township"), max_length=80, blank=True)
    unit_name = models.CharField(_("unit"), max_length=80)
    matters = models.JSONField(_("matters"))
    inspectors_count = models.PositiveSmallIntegerField(_("inspectors"))
    inspected_on = models.DateField(_("inspected on"))
    result_code = models.CharField(max_length=32, blank=True)
    result_label = models.CharField(_("result"), max_length=80, blank=True)
    result_group = models.CharField(max_length=20, blank=True)
    findings = models.TextField(_("problems found"), blank=True)
    disposal_label = models.CharField(_("disposal"), max_length=80, blank=True)
    draw_number = models.CharField(_("draw"), max_length=48, blank=True)
    plan_item_code = models.CharField(_("plan item"), max_length=32, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(named=True) | Q(subject_name="", subject_code="", town_name="", findings=""),
                name="%(class)s_by_counts_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(form=Form.WHOLE) | Q(findings=""), name="%(class)s_unreviewed_says_nothing_free"
            ),
            models.CheckConstraint(
                condition=Q(form=Form.VISIT, result_code="", result_label="", result_group="", disposal_label="")
                | Q(~Q(form=Form.VISIT), ~Q(result_code="")),
                name="%(class)s_has_its_result",
            ),
        ]

    def copied(self) -> dict[str, object]:
        """The copied columns and what stands in them."""
        return {name: getattr(self, name) for name in COPIED}


COPIED: tuple[str, ...] = tuple(field.name for field in Copy._meta.fields)
"""The whitelist: every column that is ever copied from a case to the public."""


class Disclosure(Copy):
    """结果公示: one address a case, for ever. Its copied columns are those of the version in force, for lists and search.

    The database refuses any other change of them than by a new :class:`DisclosureVersion`. ``due_on`` is the promise; the two dates that
    need the holiday table are empty where it lacked the year. ``removed_at``: nothing of it is shown any more but the reason.
    ``terms`` is what searches look into (searching.py), derived from the copied columns.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="disclosure")
    version = models.PositiveSmallIntegerField(_("version in force"), default=1)
    due_on = models.DateField(_("due on"))
    rolled_on = models.DateField(_("due on, rolled to a working day"), null=True, blank=True)
    working_on = models.DateField(_("due on by working days"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"))
    changed_at = models.DateTimeField(_("last changed"))
    shown_until = models.DateField(_("shown until"))
    removed_at = models.DateTimeField(_("taken down"), null=True, blank=True)
    terms = models.TextField(default="", blank=True, editable=False)

    PROTECTED: ClassVar = (
        "public_id", "case", "form", "named", "subject_name", "subject_code", "unit_name", "inspected_on", "result_code", "findings",
        "version", "due_on", "published_at", "removed_at",
    )  # fmt: skip

    class Meta(Copy.Meta):
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ("-published_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["-published_at", "-id"], name="disclosure_newest"),
            models.Index(fields=["subject_code", "-id"], name="disclosure_subject"),
            models.Index(fields=["inspected_on"], name="disclosure_inspected"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the terms with the columns they are derived from."""
        self.terms = terms_of(self)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "terms"}
        super().save(*args, **kwargs)


class DisclosureVersion(Copy):
    """One frozen copy: the first, and every correction or completion after it, with the reason. Append-only; none ever goes away."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="versions", verbose_name=_("disclosure"))
    number = models.PositiveSmallIntegerField(_("version"))
    because = models.CharField(_("because"), max_length=12, choices=Because.choices, default=Because.FIRST)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made"))

    PROTECTED: ClassVar = (*COPIED, "disclosure", "number", "because", "explanation", "made_at")

    class Meta(Copy.Meta):
        verbose_name = _("version of a disclosure")
        verbose_name_plural = _("versions of disclosures")
        ordering = ("disclosure", "number")
        constraints: ClassVar = [
            *Copy.Meta.constraints,
            models.UniqueConstraint(fields=["disclosure", "number"], name="version_once_per_disclosure"),
            models.CheckConstraint(
                condition=Q(number=1, because=Because.FIRST) | Q(number__gt=1), name="first_version_is_the_first"
            ),
            models.CheckConstraint(
                condition=~Q(because__in=[Because.ERROR, Because.OBJECTION]) | ~Q(explanation=""), name="correction_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_id}/{self.number}"


class Removal(models.Model):
    """撤回、到期下线: why an address shows its result no more. Append-only. ``basis`` and ``explanation`` are public."""

    disclosure = models.OneToOneField(
        Disclosure, on_delete=models.PROTECT, related_name="removal", verbose_name=_("disclosure")
    )
    because = models.CharField(_("because"), max_length=12, choices=Removed.choices)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)
    removed_at = models.DateTimeField(_("taken down"))

    PROTECTED: ClassVar = ("disclosure", "because", "basis", "explanation", "removed_at")

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(because=Removed.TERM) | ~Q(explanation=""), name="withdrawal_says_why")
        ]

    def __str__(self) -> str:
        return str(self.disclosure_id)
