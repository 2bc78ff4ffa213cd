"""When an item of the server's condition is green, amber or red."""

import datetime as dt

import pytest

from registries import clock
from registries.ledger.sentences import say
from registries.operations import rules
from registries.operations.rules import Light

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=clock.BEIJING)
G, A, R = Light.GREEN, Light.AMBER, Light.RED


def ago(**span: float) -> dt.datetime:
    return NOW - dt.timedelta(**span)


@pytest.mark.parametrize(("seen", "light"), [(ago(minutes=1), G), (ago(minutes=11), R), (None, R), (ago(minutes=-5), R)])
def test_a_worker_and_a_timer_that_are_silent_are_red(seen: dt.datetime | None, light: Light) -> None:
    assert rules.worker(seen, NOW).light == rules.beat(seen, NOW).light == light


@pytest.mark.parametrize(("seen", "light"), [(ago(minutes=6), G), (ago(minutes=16), A), (None, A), (ago(days=-1), A)])
def test_a_second_trigger_that_is_silent_is_amber(seen: dt.datetime | None, light: Light) -> None:
    assert rules.second_trigger(seen, NOW).light == light


@pytest.mark.parametrize(
    ("last", "first", "light"),
    [
        (ago(hours=25), ago(days=90), G),
        (ago(hours=27), ago(days=90), A),
        (ago(hours=51), ago(days=90), R),
        (ago(days=-2), ago(days=90), R),  # made by a clock that ran ahead: it says nothing
        (None, ago(days=90), R),
        (None, ago(hours=3), A),
        (None, None, A),
    ],
)
def test_a_backup_is_late_after_a_day_and_missing_after_two(last: dt.datetime | None, first: dt.datetime | None, light: Light) -> None:
    assert rules.backup(last, first, NOW).light == light


@pytest.mark.parametrize(("left", "light"), [(90, G), (29, A), (6, R), (-1, R)])
def test_a_certificate_is_told_of_before_it_ends(left: int, light: Light) -> None:
    assert rules.certificate(NOW + dt.timedelta(days=left), NOW, told=True, wanted=True).light == light


def test_a_certificate_that_nobody_can_read_or_nobody_watches() -> None:
    assert rules.certificate(None, NOW, told=True, wanted=True).light == R
    assert rules.certificate(None, NOW, told=False, wanted=True).light == A
    assert rules.certificate(None, NOW, told=False, wanted=False).light == G


@pytest.mark.parametrize(("free", "light"), [(100, G), (9, A), (4, A), (0.5, R)])
def test_a_disk_is_told_of_before_it_is_full(free: float, light: Light) -> None:
    assert rules.disk(int(free * rules.GIB), 100 * rules.GIB).light == light


def test_the_rest() -> None:
    assert [rules.queue(*told).light for told in ((0, 0.1), (501, 0.1), (0, 3.0), (None, 0.0))] == [G, A, A, R]
    assert [rules.holidays(years, 2026).light for years in ([], [2027], [2026, 2027])] == [G, A, R]
    assert [rules.fonts(present=there).light for there in (True, False)] == [G, R]
    assert [rules.auditor_key(present=key, keepers=held).light for key, held in ((True, True), (True, False), (False, True))] == [G, A, R]
    assert [rules.self_check(alarm, seen, NOW).light for alarm, seen in ((None, NOW), (None, None), (say("x"), NOW))] == [G, A, R]
    assert [rules.database(*told).light for told in ((0, [], 5, 0.1), (2, [], 5, 0.1), (0, ["E020"], 5, 0.1))] == [G, R, R]


def test_whatever_is_not_green_says_what_to_do() -> None:
    readings = [rules.worker(None, NOW), rules.beat(None, NOW), rules.second_trigger(None, NOW), rules.queue(None, 0), rules.disk(0, 1)]
    readings += [rules.backup(None, None, NOW), rules.fonts(present=False), rules.holidays([2026], 2026), rules.self_check(None, None, NOW)]
    assert all(reading.todo for reading in readings)
    assert {rules.softened(reading).light for reading in readings} == {A}
