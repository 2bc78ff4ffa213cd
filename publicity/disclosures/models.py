"""Disclosure: the frozen, whitelisted copy of one case's result."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case


def new_public_id() -> str:
    """128 random bits: nobody can count or guess results."""
    return secrets.token_hex(16)


class Disclosure(models.Model):
    """What the public reads of one case. Only the fields named here are ever copied; a correction is a new row.

    ``named`` is False where the category is published as counts only: then name, code, place and findings stay empty.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="disclosure")
    named = models.BooleanField()
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    subject_code = models.CharField(_("code"), max_length=32, blank=True)
    category_name = models.CharField(_("category"), max_length=60)
    town_name = models.CharField(_("township"), max_length=80, blank=True)
    unit_name = models.CharField(_("unit"), max_length=80)
    matters = models.JSONField(_("matters"))
    inspectors_count = models.PositiveSmallIntegerField(_("inspectors"))
    inspected_on = models.DateField(_("inspected on"))
    result_code = models.CharField(max_length=32)
    result_label = models.CharField(_("result"), max_length=80)
    result_group = models.CharField(max_length=20)
    findings = models.TextField(_("problems found"), blank=True)
    disposal_label = models.CharField(_("disposal"), max_length=80, blank=True)
    draw_number = models.CharField(_("draw"), max_length=48, blank=True)
    plan_item_code = models.CharField(_("plan item"), max_length=32, blank=True)
    due_on = models.DateField(_("due on"))
    published_at = models.DateTimeField(_("published"))

    PROTECTED: ClassVar = (
        "public_id",
        "case",
        "named",
        "subject_name",
        "subject_code",
        "unit_name",
        "inspected_on",
        "result_code",
        "findings",
        "due_on",
        "published_at",
    )

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ("-published_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(named=True) | Q(subject_name="", subject_code="", town_name="", findings=""),
                name="counts_only_names_nobody",
            )
        ]

    def __str__(self) -> str:
        return self.public_id
