"""HolidayYear and HolidayDay: one edition of a year's arrangement. A correction is a new edition; none is ever changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HolidayYear(models.Model):
    """The days off and the week-end days worked of one year, whole, as one notice says. The highest edition is in force."""

    year = models.PositiveSmallIntegerField(_("year"))
    edition = models.PositiveSmallIntegerField(_("edition"))
    notice = models.CharField(_("number of the notice"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved"))

    PROTECTED: ClassVar = ("year", "edition", "notice", "reason", "saved_by", "saved_at")

    class Meta:
        verbose_name = _("holidays of a year")
        verbose_name_plural = _("holidays of the years")
        ordering = ("-year", "-edition")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "edition"], name="holiday_edition_once"),
            models.CheckConstraint(condition=Q(edition=1) | ~Q(reason=""), name="changed_holidays_say_why"),
        ]

    def __str__(self) -> str:
        return f"{self.year}.{self.edition}"


class HolidayDay(models.Model):
    """One day of an edition that is not what its day of the week says: off, or worked instead (调休上班)."""

    held = models.ForeignKey(HolidayYear, on_delete=models.PROTECT, related_name="days", verbose_name=_("edition"))
    day = models.DateField(_("day"))
    works = models.BooleanField(_("worked"))
    name = models.CharField(_("name"), max_length=40, blank=True)

    PROTECTED: ClassVar = ("held", "day", "works", "name")

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("held", "day")
        constraints: ClassVar = [models.UniqueConstraint(fields=["held", "day"], name="holiday_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.day}"
