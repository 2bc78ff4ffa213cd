"""Two hundred days of 2024 to 2026 at every edge of the calendar, each with its three dates written out (trust.md R19).

``tests/data/deadlines.txt``: the day of the visit, the promise, the same rolled to a working day, the twentieth working day. The table was made another
way than the program counts: the promise by the system's ``date``, the others by their places in a list of all working days of the State Council's three
notices; the numbers of working days of each year (251, 248, 248) are those that were announced. The edges are the first and last day of every
holiday and of every day worked instead, as the promised day and as the day of the visit, year ends and the leap day.
"""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from publicity.disclosures.deadlines import three_dates
from publicity.disclosures.queries import publishing_day
from registries import clock
from registries.holidays.rules import Calendar
from tests.unit.test_deadlines import OFF, WORKED, days

Told = Callable[[str, object], None]
BEFORE = [
    *days("2024-01-01", "2024-01-01"), *days("2024-02-10", "2024-02-17"), *days("2024-04-04", "2024-04-06"), *days("2024-05-01", "2024-05-05"),
    *days("2024-06-10", "2024-06-10"), *days("2024-09-15", "2024-09-17"), *days("2024-10-01", "2024-10-07"),
    *days("2025-01-01", "2025-01-01"), *days("2025-01-28", "2025-02-04"), *days("2025-04-04", "2025-04-06"), *days("2025-05-01", "2025-05-05"),
    *days("2025-05-31", "2025-06-02"), *days("2025-10-01", "2025-10-08"),
]  # fmt: skip
WORKED_BEFORE = [
    dt.date.fromisoformat(day)
    for day in (
        "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12",
        "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    )
]  # fmt: skip
CALENDAR = Calendar.of([2024, 2025, 2026], [*OFF, *BEFORE], [*WORKED, *WORKED_BEFORE])
TABLE = [tuple(line.split()) for line in (Path(__file__).parents[1] / "data" / "deadlines.txt").read_text(encoding="ascii").splitlines()]


@pytest.mark.proves("R19")
def test_two_hundred_days_have_the_dates_of_the_table(record_property: Told) -> None:
    assert len({line[0] for line in TABLE}) == 200
    assert [sum(bool(CALENDAR.works(day)) for day in days(f"{year}-01-01", f"{year}-12-31")) for year in (2024, 2025, 2026)] == [251, 248, 248]
    wrong = [line for line in TABLE if tuple(map(str, three_dates(dt.date.fromisoformat(line[0]), CALENDAR))) != line[1:]]
    assert wrong == []
    record_property("figure", f"{len(TABLE) - len(wrong)} of {len(TABLE)} days right, three dates each")


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """A host that is set to another time zone, rightly or wrongly."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.proves("R16", "R19")
def test_the_day_is_beijings_to_the_second_whatever_the_host_is_set_to(zone: str, settings: Any, record_property: Told) -> None:
    settings.PUBLISH_HOUR = 9
    for moment, day, published in (
        ("2026-02-28T15:59:59+00:00", "2026-02-28", "2026-02-28"),
        ("2026-02-28T16:00:00+00:00", "2026-03-01", "2026-02-28"),
        ("2026-03-01T00:59:59+00:00", "2026-03-01", "2026-02-28"),
        ("2026-03-01T01:00:00+00:00", "2026-03-01", "2026-03-01"),
        ("2026-12-31T15:59:59+00:00", "2026-12-31", "2026-12-31"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01", "2026-12-31"),
    ):
        with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
            assert (str(clock.today()), str(publishing_day(clock.now()))) == (day, published), moment
            assert clock.moment_text(clock.now()).endswith("+08:00")
    record_property("figure", f"host in {zone}: 6 of 6 moments at midnight, at the hour of publication and at the year's end")
