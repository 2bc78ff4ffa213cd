"""Matter, MatterRevision (its content at a time, never changed once published) and its lists, Edition.

The lists of a revision: LegalBasis, ChecklistItem, Material, Outcome.
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registries.codes.models import Code
from registries.matters.states import EditionState
from registries.people.models import Unit

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Matter(models.Model):
    """What may be inspected, under a code that never changes; the content stands in its revisions."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    active = models.BooleanField(_("in use"), default=True)
    retired_because = models.CharField(_("retired because"), max_length=200, blank=True)

    PROTECTED: ClassVar = ("code", "active")

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class MatterRevision(models.Model):
    """The content of a matter at a time. Draws and cases point at the revision they ran under, for ever."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("general matter")
        KEY = "key", _("key matter")

    class Regulation(models.TextChoices):
        RANDOM = "R", _("double random")
        FULL = "F", _("full coverage")
        MIXED = "RF", _("general subjects at random, key subjects directed")

    class Cooperation(models.TextChoices):
        OWN = "own", _("one department alone")
        LEADS = "leads", _("joint, initiated here")
        JOINS = "joins", _("joint, initiated by another department")

    class Period(models.TextChoices):
        YEARS = "years", _("per years")
        PERMIT = "permit", _("while a permit is valid")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    area = models.CharField(_("area"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=120)
    sub_item = models.CharField(_("sub-item"), max_length=120, blank=True)
    content = models.TextField(_("content"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.GENERAL)
    method = models.CharField(_("method"), max_length=80)
    regulation = models.CharField(_("mode of regulation"), max_length=2, choices=Regulation.choices)
    inspecting_body = models.CharField(_("inspecting body"), max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("responsible unit"))
    categories = models.ManyToManyField("registries.SubjectCategory", verbose_name=_("subject categories"))
    full_coverage = models.ManyToManyField(
        "registries.SubjectCategory", blank=True, related_name="+", verbose_name=_("classes watched by full coverage")
    )
    ratio_percent = models.DecimalField(
        _("default ratio (%)"),
        max_digits=5,
        decimal_places=2,
        validators=PERCENT,
    )
    ratio_wording = models.CharField(_("ratio in words"), max_length=120, blank=True)
    ratio_least = models.DecimalField(
        _("least ratio (%)"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    ratio_most = models.DecimalField(
        _("highest ratio (%)"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    frequency = models.CharField(_("frequency"), max_length=80)
    least_times = models.PositiveSmallIntegerField(_("times at least"), null=True, blank=True, validators=[MinValueValidator(1)])
    most_times = models.PositiveSmallIntegerField(_("times at most"), null=True, blank=True, validators=[MinValueValidator(1)])
    period = models.CharField(_("times are counted"), max_length=8, choices=Period.choices, default=Period.YEARS)
    period_years = models.PositiveSmallIntegerField(
        _("over how many years"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    team_size = models.PositiveSmallIntegerField(
        _("inspectors per visit"), default=2, validators=[MinValueValidator(2), MaxValueValidator(9)]
    )
    requirements = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("required fields and specialties"))
    cooperation = models.CharField(
        _("way of spot check"), max_length=8, choices=Cooperation.choices, default=Cooperation.OWN
    )
    initiator = models.CharField(_("initiating department"), max_length=80, blank=True)
    partners = models.CharField(_("joint departments"), max_length=200, blank=True)
    publicity = models.CharField(_("way of publicity"), max_length=80, blank=True)
    secrecy_check = models.BooleanField(_("legal and secrecy check before disclosure"), default=False)
    remarks = models.TextField(_("remarks"), blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    PROTECTED: ClassVar = (
        "matter",
        "number",
        "name",
        "content",
        "kind",
        "regulation",
        "unit",
        "ratio_least",
        "ratio_most",
        "least_times",
        "most_times",
        "period",
        "period_years",
        "team_size",
        "secrecy_check",
        "categories",
        "full_coverage",
        "requirements",
    )

    class Meta:
        verbose_name = _("matter revision")
        verbose_name_plural = _("matter revisions")
        ordering = ("matter", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "number"], name="revision_once_per_matter"),
            models.CheckConstraint(condition=Q(team_size__gte=2, team_size__lte=9), name="two_to_nine_inspectors"),
            models.CheckConstraint(
                condition=Q(ratio_least__isnull=True) | Q(ratio_most__isnull=True) | Q(ratio_most__gte=F("ratio_least")),
                name="highest_ratio_is_not_below_the_least",
                violation_error_message=_("The highest ratio is below the least one."),
            ),
            models.CheckConstraint(
                condition=Q(least_times__isnull=True) | Q(most_times__isnull=True) | Q(most_times__gte=F("least_times")),
                name="most_times_are_not_below_the_least",
                violation_error_message=_("The times at most are fewer than the times at least."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter.code}@{self.number} {self.name}"

    @property
    def reference(self) -> str:
        """``code@revision``, as the draw protocol names a matter."""
        return f"{self.matter.code}@{self.number}"


class LegalBasis(models.Model):
    """One citation that carries a matter: instrument, article, in force from and until."""

    revision = models.ForeignKey(MatterRevision, on_delete=models.CASCADE, related_name="bases")
    instrument = models.CharField(_("instrument"), max_length=120)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    article = models.CharField(_("article"), max_length=120)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("in force until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = pgettext_lazy("of a matter", "legal basis")
        verbose_name_plural = _("legal bases")
        ordering = ("revision", "position")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True)
                | Q(in_force_from__isnull=True)
                | Q(in_force_until__gte=F("in_force_from")),
                name="basis_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"《{self.instrument}》{self.article}"


class ChecklistItem(models.Model):
    """What is looked at, how, and by which article."""

    revision = models.ForeignKey(MatterRevision, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("item"), max_length=120)
    content = models.TextField(_("content"))
    guidance = models.TextField(_("guidance"), blank=True)
    article = models.CharField(_("article"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ("revision", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "position"], name="item_position_once_per_revision")
        ]

    def __str__(self) -> str:
        return self.title


class Material(models.Model):
    """What the inspected are asked to have at hand: it stands on the notice and on the form."""

    revision = models.ForeignKey(MatterRevision, on_delete=models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("material"), max_length=120)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ("revision", "position")

    def __str__(self) -> str:
        return self.name


class Outcome(models.Model):
    """A result that a visit on this matter may have, what it means there, and what may follow it.

    A matter without outcomes of its own has all of the code tables.
    """

    revision = models.ForeignKey(MatterRevision, on_delete=models.CASCADE, related_name="outcomes")
    position = models.PositiveSmallIntegerField(default=0)
    result = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="+", verbose_name=_("inspection result"))
    meaning = models.CharField(_("what it means here"), max_length=300, blank=True)
    disposal = models.ForeignKey(
        Code, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("disposal")
    )

    class Meta:
        verbose_name = _("possible result")
        verbose_name_plural = _("possible results")
        ordering = ("revision", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "result", "disposal"], name="outcome_once_per_revision"),
            models.UniqueConstraint(
                fields=["revision", "result"], condition=Q(disposal__isnull=True), name="outcome_without_disposal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result}→{self.disposal}" if self.disposal else str(self.result)


class Edition(models.Model):
    """A published issue of the whole matter list: approved by another than who prepared it, numbered, immutable."""

    number = models.PositiveIntegerField(_("edition"), null=True, blank=True, unique=True)
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=EditionState.choices, default=EditionState.PREPARING)
    revisions = models.ManyToManyField(MatterRevision, related_name="editions", verbose_name=_("matters"))
    note = models.TextField(_("what is new"), blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(_("prepared"))
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    returned_because = models.TextField(_("returned because"), blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("number", "title", "state", "prepared_by", "approved_by", "published_at", "revisions")

    class Meta:
        verbose_name = _("edition of the matter list")
        verbose_name_plural = _("editions of the matter list")
        ordering = ("-number", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="edition_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(number__isnull=False, approved_by__isnull=False, published_at__isnull=False),
                name="published_edition_is_approved_and_numbered",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EditionPaper(models.Model):
    """A published edition as PDF in the official layout, made once by the worker."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="paper")
    pdf = models.BinaryField()
    digest = models.CharField(_("digest"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    PROTECTED: ClassVar = ("edition", "digest", "made_at")

    class Meta:
        verbose_name = _("edition on paper")
        verbose_name_plural = _("editions on paper")

    def __str__(self) -> str:
        return str(self.edition)
