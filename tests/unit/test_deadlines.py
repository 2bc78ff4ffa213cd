"""Counting days: every vector of the rules (domain.md 6.3), with the statutory holidays written out here."""

import datetime as dt

import pytest

from publicity.disclosures.deadlines import rolled, three_dates, working_days
from registries.holidays.rules import Calendar


def days(first: str, last: str) -> list[dt.date]:
    """All days from ``first`` to ``last``, both included."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


OFF = [
    *days("2021-09-19", "2021-09-21"),
    *days("2021-10-01", "2021-10-07"),
    *days("2026-01-01", "2026-01-03"),
    *days("2026-02-15", "2026-02-23"),
    *days("2026-04-04", "2026-04-06"),
    *days("2026-05-01", "2026-05-05"),
    *days("2026-06-19", "2026-06-21"),
    *days("2026-09-25", "2026-09-27"),
    *days("2026-10-01", "2026-10-07"),
]
WORKED = [
    dt.date.fromisoformat(day)
    for day in (
        "2021-09-18", "2021-09-26", "2021-10-09", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20",
        "2026-10-10",
    )
]  # fmt: skip
CALENDAR = Calendar.of([2021, 2026], OFF, WORKED)


@pytest.mark.proves("R19")
@pytest.mark.parametrize(
    ("ended", "promise", "rolled_to", "working"),
    [
        ("2021-07-15", "2021-08-04", "2021-08-04", "2021-08-12"),
        ("2021-09-13", "2021-10-03", "2021-10-08", "2021-10-15"),
        ("2026-01-28", "2026-02-17", "2026-02-24", "2026-03-03"),
        ("2026-04-15", "2026-05-05", "2026-05-06", "2026-05-15"),
        ("2026-09-11", "2026-10-01", "2026-10-08", "2026-10-15"),
        ("2026-09-15", "2026-10-05", "2026-10-08", "2026-10-19"),
        ("2026-11-23", "2026-12-13", "2026-12-14", "2026-12-21"),
    ],
)
def test_three_dates_follow_the_vectors(ended: str, promise: str, rolled_to: str, working: str) -> None:
    dates = three_dates(dt.date.fromisoformat(ended), CALENDAR)
    assert [str(day) for day in dates] == [promise, rolled_to, working]


def test_a_year_without_holidays_leaves_only_the_promise() -> None:
    dates = three_dates(dt.date(2027, 3, 1), CALENDAR)
    assert dates == (dt.date(2027, 3, 21), None, None)


def test_rolling_or_counting_into_a_missing_year_is_unknown() -> None:
    last_week = Calendar.of([2026], days("2026-12-28", "2026-12-31"))
    assert rolled(dt.date(2026, 12, 30), last_week) is None
    assert working_days(dt.date(2026, 12, 21), 20, CALENDAR) is None
    assert three_dates(dt.date(2026, 12, 20), CALENDAR) == (dt.date(2027, 1, 9), None, None)


@pytest.mark.proves("R19")
def test_the_promise_never_moves_with_the_calendar() -> None:
    nothing_known = Calendar.of([], [])
    for offset in range(400):
        ended = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
        assert three_dates(ended, nothing_known).promise == ended + dt.timedelta(days=20)


def test_a_weekend_day_that_is_worked_counts() -> None:
    assert CALENDAR.works(dt.date(2026, 2, 14)) is True
    assert CALENDAR.works(dt.date(2026, 2, 21)) is False
    assert CALENDAR.works(dt.date(2025, 2, 21)) is None


def test_in_2026_twenty_working_days_take_25_to_35_calendar_days() -> None:
    for offset in range(330):
        ended = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
        dates = three_dates(ended, CALENDAR)
        if dates.working is None or dates.rolled is None:
            continue
        assert 25 <= (dates.working - ended).days <= 35
        assert 20 <= (dates.rolled - ended).days <= 29
