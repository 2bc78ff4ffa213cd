"""What the inspectors of units can take in a month: certificates and leaves as recorded, Mondays to Fridays. Reads only."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import DateField, Value

from registries.inspectors.models import Certificate, Inspector, Leave


class Strength(NamedTuple):
    """What a unit's inspectors can take in a month: how many are there on average, and how many places on teams they can fill."""

    people: float
    places: float


def strength_of(units: Iterable[int], year: int, *, days_a_month: int, visits_a_day: int) -> tuple[dict[tuple[int, int], Strength], dict[int, int]]:
    """(unit, month) → what its inspectors can take: certificates and leaves as recorded, Mondays to Fridays; and how many there are."""
    wanted = list(units)
    people = dict(Inspector.objects.filter(unit_id__in=wanted, status=Inspector.Status.ACTIVE).values_list("pk", "unit_id"))
    valid, away = _spans(people)
    days = _weekdays(year)
    present: Counter[tuple[int, int]] = Counter()
    count: Counter[int] = Counter()
    for one, unit in people.items():
        count[unit] += 1
        for month, month_days in days.items():
            present[unit, month] += sum(_within(day, valid[one]) and not _within(day, away[one]) for day in month_days)
    found = {}
    for unit in wanted:
        for month, month_days in days.items():
            there = present[unit, month] / len(month_days)
            found[unit, month] = Strength(there, there * days_a_month * visits_a_day)
    return found, dict(count)


Spans = defaultdict[int, list[tuple[dt.date, dt.date]]]


def _spans(people: Iterable[int]) -> tuple[Spans, Spans]:
    """Inspector → when a certificate is valid, and when the inspector is away. One query."""
    wanted = list(people)
    cards = Certificate.objects.filter(inspector__in=wanted).order_by()
    leaves = Leave.objects.filter(inspector__in=wanted).order_by()
    nothing = Value(None, output_field=DateField())
    rows = cards.values_list("inspector_id", "valid_from", "valid_until", "ended_on", Value(0)).union(
        leaves.values_list("inspector_id", "starts_on", "ends_on", nothing, Value(1)), all=True
    )
    valid, away = Spans(list), Spans(list)
    for inspector, first, last, ended, kind in rows:
        until = last if ended is None else min(last, ended - dt.timedelta(days=1))
        (away if kind else valid)[inspector].append((first, until))
    return valid, away


def _weekdays(year: int) -> dict[int, list[dt.date]]:
    first = dt.date(year, 1, 1)
    found: defaultdict[int, list[dt.date]] = defaultdict(list)
    for n in range(366):
        day = first + dt.timedelta(days=n)
        if day.year == year and day.weekday() < 5:
            found[day.month].append(day)
    return dict(found)


def _within(day: dt.date, spans: Sequence[tuple[dt.date, dt.date]]) -> bool:
    return any(first <= day <= last for first, last in spans)
