"""Terms of objections and withdrawals, what may be corrected, how much is taken: the pure rules."""

import datetime as dt

import pytest

from publicity.corrections import rules

D = dt.date
OFF = {D(2026, 10, day) for day in range(1, 9)}
WORKED = {D(2026, 9, 27), D(2026, 10, 10)}


def works(day: dt.date) -> bool | None:
    """The autumn of 2026; no other year was entered."""
    if day.year != 2026:
        return None
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


@pytest.mark.parametrize(
    ("since", "last", "by_calendar"),
    [
        (D(2026, 11, 2), D(2026, 11, 23), False),
        (D(2026, 9, 18), D(2026, 10, 15), False),
        (D(2026, 12, 10), D(2026, 12, 31), False),
        (D(2026, 12, 11), D(2027, 1, 1), True),
    ],
)
def test_an_objection_is_decided_in_15_working_days_or_21_days_where_the_holidays_are_unknown(
    since: dt.date, last: dt.date, by_calendar: bool
) -> None:
    assert rules.due(since, rules.ANSWER_DAYS, rules.ANSWER_CALENDAR_DAYS, works) == (last, by_calendar)


def test_a_result_is_withdrawn_in_3_working_days_and_never_later_than_that_without_holidays() -> None:
    days = rules.WITHDRAWAL_DAYS, rules.WITHDRAWAL_CALENDAR_DAYS
    assert rules.due(D(2026, 9, 30), *days, works) == (D(2026, 10, 12), False)
    assert rules.due(D(2026, 12, 31), *days, works) == (D(2027, 1, 3), True)


def test_one_more_is_taken_when_the_oldest_of_the_window_has_left_it() -> None:
    now = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    sent = [now - dt.timedelta(minutes=minutes) for minutes in (50, 40, 30, 20, 10)]
    assert rules.wait(sent[:4], most=5, window=hour, now=now) == 0
    assert rules.wait(sent, most=5, window=hour, now=now) == 601
    assert rules.wait([now - hour, *sent[:4]], most=5, window=hour, now=now) == 0
    assert rules.wait([*sent, now - dt.timedelta(minutes=5)], most=5, window=hour, now=now) == 1201


def test_what_is_kept_back_cannot_come_in_by_a_correction() -> None:
    assert "findings" in rules.correctable(named=True, form="whole")
    assert "findings" not in rules.correctable(named=True, form="coded")
    assert "result_code" not in rules.correctable(named=True, form="visit")
    assert not {"subject_name", "subject_code", "town_name", "findings"} & set(rules.correctable(named=False, form="whole"))
    for column in ("matters", "draw_number", "plan_item_code", "form", "named", "result_label"):
        assert column not in rules.correctable(named=True, form="whole")
