"""The rules of the holiday table, pure: which days are worked, how a list of days is typed, what a whole year must have."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

FIXED = ((1, 1), (5, 1), (10, 1))
"""Days off in every year (全国年节及纪念日放假办法); a table that lacks one is not whole."""
WARN_FROM = (12, 1)
"""From this day on the next year's arrangement is missed (domain.md 6.3)."""
LONGEST = 31
"""Days of one line; no holiday is longer."""

_DAY = r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|～|—|–)\s*{_DAY})?(?:\s+(\S.*))?")


class Calendar(NamedTuple):
    """The holiday table: which years were entered, the statutory days off, and the week-end days worked instead (调休).

    ``editions``: year → the edition in force, for whoever keeps by which table something was counted.
    """

    years: frozenset[int]
    off: frozenset[dt.date]
    worked: frozenset[dt.date]
    editions: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, years: Iterable[int], off: Iterable[dt.date], worked: Iterable[dt.date] = ()) -> "Calendar":
        """A calendar from plain lists, every year in its first edition."""
        known = frozenset(years)
        return cls(known, frozenset(off), frozenset(worked), tuple((year, 1) for year in sorted(known)))

    def works(self, day: dt.date) -> bool | None:
        """Whether ``day`` is a working day; None when its year was not entered."""
        if day.year not in self.years:
            return None
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def edition_for(self, first: dt.date, last: dt.date) -> str:
        """The editions of the years from ``first`` to ``last`` as text: ``2026.1 2027.2``; years that are missing are left out."""
        return " ".join(f"{year}.{edition}" for year, edition in self.editions if first.year <= year <= last.year)


class Day(NamedTuple):
    """One day that is not what its day of the week says."""

    day: dt.date
    works: bool
    name: str = ""


class Unread(Exception):
    """A line that is no day or range of days; ``why`` says which."""

    def __init__(self, why: Sentence) -> None:
        self.why = why
        super().__init__(why.english)


def read_days(text: str, *, works: bool) -> list[Day]:
    """Days typed one or one range a line, with a name: ``2026-10-01 至 2026-10-07 国庆节``. Raises :class:`Unread`."""
    found: list[Day] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found += _line(number, line.strip(), works=works)
    return found


def _line(number: int, line: str, *, works: bool) -> Iterator[Day]:
    match = _LINE.fullmatch(line)
    try:
        if match is None:
            raise ValueError
        first = dt.date(*map(int, match.group(1, 2, 3)))
        last = dt.date(*map(int, match.group(4, 5, 6))) if match.group(4) else first
    except ValueError:
        raise Unread(say("Line %(number)s is no day: write 2026-10-01, or 2026-10-01 至 2026-10-07, then the name.", number=number)) from None
    if not 0 <= (last - first).days < LONGEST:
        raise Unread(say("Line %(number)s: the range runs backwards or is too long.", number=number))
    name = (match.group(7) or "").strip()[:40]
    return (Day(first + dt.timedelta(days=n), works, name) for n in range((last - first).days + 1))


def written(days: Iterable[Day]) -> str:
    """Days as :func:`read_days` reads them: neighbours of one name in one line."""
    runs: list[list[Day]] = []
    for day in sorted(days):
        if runs and runs[-1][-1].day + dt.timedelta(days=1) == day.day and runs[-1][-1].name == day.name:
            runs[-1].append(day)
        else:
            runs.append([day])
    spans = ((run[0].day.isoformat(), f" 至 {run[-1].day.isoformat()}" if len(run) > 1 else "", run[0].name) for run in runs)
    return "\n".join(f"{first}{until} {name}".strip() for first, until, name in spans)


def why_not_save(year: int, days: Sequence[Day], *, notice: str, reason: str, edition: int) -> Sentence | None:
    """A year is saved whole: its own days, each once, the fixed holidays off, worked days on week-ends; a new edition says why."""
    if not notice.strip():
        return say("Give the number of the notice that this arrangement stands in.")
    for one in days:
        if one.day.year != year:
            return say("%(day)s is not a day of %(year)s.", day=one.day.isoformat(), year=year)
        if one.works and one.day.weekday() < 5:
            return say("%(day)s is no Saturday or Sunday: only those are worked instead.", day=one.day.isoformat())
    seen: set[dt.date] = set()
    for one in days:
        if one.day in seen:
            return say("%(day)s stands there twice.", day=one.day.isoformat())
        seen.add(one.day)
    off = {one.day for one in days if not one.works}
    for month, day in FIXED:
        if dt.date(year, month, day) not in off:
            return say("%(day)s is a holiday every year and is missing: save the year whole.", day=dt.date(year, month, day).isoformat())
    return say("Say why the year is changed.") if edition > 1 and not reason.strip() else None


def missing_years(known: Iterable[int], today: dt.date) -> list[int]:
    """The years that should be there by now: this one, and from 1 December the next."""
    wanted = [today.year] + ([today.year + 1] if (today.month, today.day) >= WARN_FROM else [])
    return [year for year in wanted if year not in set(known)]
