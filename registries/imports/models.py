"""Import (one uploaded workbook) and ImportRow (one row of it, checked)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.imports.states import ImportState, RowClass


class Import(models.Model):
    """One uploaded workbook on its way into a registry. Its progress stands here, where any page can read it."""

    kind = models.CharField(_("kind"), max_length=16)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(_("columns"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    failure = models.TextField(_("what is wrong"), blank=True)
    only_good = models.BooleanField(_("good rows only"), default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    committed_at = models.DateTimeField(_("taken over"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    PROTECTED: ClassVar = ("kind", "sha256", "state", "uploaded_by", "committed_at")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row as read, what it would do, and why not if refused."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=60)
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    row_class = models.CharField(_("effect"), max_length=8, choices=RowClass.choices)
    changes = models.JSONField(_("changes"), default=dict)
    reasons = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ("batch", "sheet", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="import_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"
