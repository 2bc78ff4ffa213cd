"""Periods, shares, and what a small number can say."""

import datetime as dt

import pytest

from inspections.messages import feed
from inspections.messages.rules import reminder
from inspections.reports.rules import Period, margin, share, stands_apart


def test_a_period_is_a_year_or_a_month_of_it() -> None:
    assert (Period(2026).first, Period(2026).last) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (Period(2028, 2).first, Period(2028, 2).last) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert [Period(2026).code, Period(2026, 5).code] == ["2026", "2026-05"]


def test_of_nothing_there_is_no_share() -> None:
    assert share(0, 0) is None
    assert share(1, 8) == 12.5


def test_the_interval_of_a_share_holds_it_and_narrows_with_the_number() -> None:
    below, above = margin(5, 50)
    assert below == pytest.approx(4.35, abs=0.01)  # Wilson, 95 %, by hand
    assert above == pytest.approx(21.36, abs=0.01)
    wide, narrow = margin(1, 10), margin(100, 1000)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert margin(0, 0) == (0.0, 100.0)


def test_few_visits_never_stand_apart() -> None:
    assert stands_apart(0, 19, 15, 3) == ""
    assert stands_apart(0, 40, 20, 10) == "fewer"
    assert stands_apart(40, 40, 20, 10) == "more"
    assert stands_apart(18, 40, 20, 10) == ""
    assert stands_apart(0, 40, 0, 0) == ""


def test_deadlines_are_told_of_at_seven_three_and_one_day_and_once_overdue() -> None:
    today = dt.date(2026, 5, 10)
    left = {8: None, 7: 7, 4: 7, 3: 3, 2: 3, 1: 1, 0: 1, -1: 0, -30: 0}
    assert {days: reminder(today + dt.timedelta(days), today) for days in left} == left


def test_lines_of_a_calendar_are_folded_at_75_octets_between_characters() -> None:
    line = "SUMMARY:" + "检查案件" * 30
    parts = list(feed.folded(line))
    assert max(map(len, parts)) <= 75
    assert parts[0].decode() + "".join(part.decode()[1:] for part in parts[1:]) == line
    assert feed.escaped("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"
