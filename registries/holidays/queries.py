"""Reading the holiday table: the calendar in force, one year, what is missing. Nothing here writes."""

import datetime as dt

from django.db.models import Max, OuterRef, QuerySet, Subquery

from registries.holidays.models import HolidayDay, HolidayYear
from registries.holidays.rules import Calendar, Day, missing_years


def in_force() -> QuerySet[HolidayYear]:
    """The highest edition of every year, the newest year first."""
    highest = HolidayYear.objects.filter(year=OuterRef("year")).order_by().values("year").annotate(top=Max("edition")).values("top")
    return HolidayYear.objects.filter(edition=Subquery(highest)).select_related("saved_by")


def calendar() -> Calendar:
    """The whole table as it stands: two small queries."""
    held = list(in_force().order_by("year").values_list("pk", "year", "edition"))
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    for day, works in HolidayDay.objects.order_by().filter(held__in=[pk for pk, _year, _edition in held]).values_list("day", "works"):
        (worked if works else off).add(day)
    years = frozenset(year for _pk, year, _edition in held)
    return Calendar(years, frozenset(off), frozenset(worked), tuple((year, edition) for _pk, year, edition in held))


def editions_of(year: int) -> QuerySet[HolidayYear]:
    """Every edition of a year, the one in force first."""
    return HolidayYear.objects.filter(year=year).select_related("saved_by").prefetch_related("days").order_by("-edition")


def days_of(held: HolidayYear | None) -> list[Day]:
    """The days of an edition; none for none."""
    return [Day(one.day, one.works, one.name) for one in held.days.all()] if held is not None else []


def missing(today: dt.date) -> list[int]:
    """Years whose arrangement should have been entered by now."""
    return missing_years(HolidayYear.objects.order_by().values_list("year", flat=True).distinct(), today)
