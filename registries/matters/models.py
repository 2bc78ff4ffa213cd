"""Matter, MatterRevision (its content at a time, never changed once published), LegalBasis, ChecklistItem, Edition."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registries.codes.models import Code
from registries.matters.states import EditionState
from registries.people.models import Unit


class Matter(models.Model):
    """What may be inspected, under a code that never changes; the content stands in its revisions."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    active = models.BooleanField(_("in use"), default=True)

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
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    frequency = models.CharField(_("frequency"), max_length=80)
    team_size = models.PositiveSmallIntegerField(
        _("inspectors per visit"), default=2, validators=[MinValueValidator(2), MaxValueValidator(9)]
    )
    requirements = models.ManyToManyField(Code, blank=True, related_name="+", verbose_name=_("required fields and specialties"))
    partners = models.CharField(_("joint departments"), max_length=200, blank=True)
    publicity = models.CharField(_("way of publicity"), max_length=80, blank=True)
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
        "team_size",
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
        verbose_name = _("legal basis")
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
