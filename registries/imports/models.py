"""Import (one uploaded workbook) and ImportRow (one row of it, checked)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registries.imports.sealed import SealedBytesField, SealedJSONField
from registries.imports.states import ImportState, RowClass


class Import(models.Model):
    """One uploaded workbook on its way into a registry. Its progress stands here, where any page can read it.

    ``mapping`` lists its sheets as :class:`registries.imports.surveys.Surveyed` writes them; ``counts`` says per sheet
    (layout) how many rows have which effect. ``attempts`` and ``progressed_at`` let a sweep find a check that died.
    """

    kind = models.CharField(_("kind"), max_length=16)
    file_name = models.CharField(_("file"), max_length=200)
    content = SealedBytesField(editable=False)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(_("columns"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    progressed_at = models.DateTimeField(null=True, blank=True)
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
        indexes: ClassVar = [models.Index(fields=["kind", "sha256"], name="import_same_file")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row as read, what it would do, and why not if refused.

    ``sheet`` is the layout's kind, ``number`` the row of the file, ``identity`` the key it is known by, ``title`` what
    people call it. ``values`` is for the commit: ``key``, ``set`` and ``was`` (columns after and before, rows of other
    tables by their codes). ``details`` is for people: of a changed row ``changes`` (column → before, after), of a refused
    one ``reasons`` (heading, value, sentence, remedy; on any other row these are cautions) and its ``cells`` as written.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=16)
    number = models.PositiveIntegerField(_("row"))
    identity = models.CharField(max_length=400, blank=True)
    title = models.CharField(max_length=400, blank=True)
    row_class = models.CharField(_("effect"), max_length=8, choices=RowClass.choices)
    values = SealedJSONField(default=dict)
    details = SealedJSONField(default=dict)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ("batch", "sheet", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="import_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"
