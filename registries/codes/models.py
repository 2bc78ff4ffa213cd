"""Code: one row of a code table."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeTable(models.TextChoices):
    """Which lists there are."""

    TOWN = "town", _("township")
    FIELD = "field", _("enforcement field")
    SPECIALTY = "specialty", _("specialty")
    EXPERT = "expert", _("expert type")
    RESULT = "result", _("inspection result")
    DISPOSAL = "disposal", _("disposal")
    RELATION = "relation", _("recusal relation")
    POST = "post", _("post")
    CERTIFICATE = "certificate", _("kind of certificate")


class ResultGroup(models.TextChoices):
    """What a result code means for statistics; the first two count as inspected (``domain.md`` 3.4.6)."""

    CLEAN = "clean", _("inspected, no problem")
    PROBLEM = "problem", _("inspected, problem found")
    NOT_INSPECTABLE = "not-inspectable", _("could not be inspected")
    REFUSED = "refused", _("refused")


class Code(models.Model):
    """A value of a code table. Retired by ``active``, never deleted: old rows keep pointing at it."""

    table = models.CharField(_("table"), max_length=16, choices=CodeTable.choices)
    code = models.CharField(_("code"), max_length=32)
    label = models.CharField(_("label"), max_length=80)
    group = models.CharField(_("group"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    PROTECTED: ClassVar = ("table", "code", "label", "group", "active")

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("code tables")
        ordering = ("table", "position", "code")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "code"], name="code_once_per_table"),
            models.UniqueConstraint(fields=["table", "label"], name="label_once_per_table"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def group_title(self) -> str:
        """What the group is called ("" for codes without one)."""
        return str(ResultGroup(self.group).label) if self.group in ResultGroup.values else self.group


class Serial(models.Model):
    """The last number given in a series (draws of a year, cases of a year…)."""

    series = models.CharField(_("series"), max_length=60, primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"
