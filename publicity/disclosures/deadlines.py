"""Counting days (domain.md 6.3): the promise, the same rolled to a working day, and working days. Pure.

The day the inspection ended is never counted (民法典 201, 程序规定 35). The calendar is an argument: for a year it does not
hold, the two dates that need it are None, never guessed.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from inspections.cases.rules import promised_by
from registries.holidays.rules import Calendar

DAYS = 20


class ThreeDates(NamedTuple):
    """The promise, which counts; the same rolled to a working day; and the national rule's working days."""

    promise: dt.date
    rolled: dt.date | None
    working: dt.date | None


def _following(day: dt.date) -> Iterator[dt.date]:
    while True:
        day += dt.timedelta(days=1)
        yield day


def rolled(day: dt.date, calendar: Calendar) -> dt.date | None:
    """``day``, or the first working day after it when it is a day of rest (程序规定 35); None when a year is missing."""
    works = calendar.works(day)
    if works is not False:
        return day if works else None
    for later in _following(day):
        works = calendar.works(later)
        if works is not False:
            return later if works else None
    raise AssertionError  # days do not end


def working_days(ended_on: dt.date, days: int, calendar: Calendar) -> dt.date | None:
    """The ``days``-th working day after ``ended_on``; None when a year on the way is missing."""
    counted = 0
    for day in _following(ended_on):
        works = calendar.works(day)
        if works is None:
            return None
        counted += works
        if counted == days:
            return day
    raise AssertionError  # days do not end


def three_dates(ended_on: dt.date, calendar: Calendar, days: int = DAYS) -> ThreeDates:
    """The three dates kept and shown for an inspection that ended on ``ended_on`` (product.md §7)."""
    promise = promised_by(ended_on, days)
    return ThreeDates(promise, rolled(promise, calendar), working_days(ended_on, days, calendar))
