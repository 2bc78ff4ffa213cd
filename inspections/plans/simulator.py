"""What a plan means before it is approved: load, coverage, chances, visits over the cap, visits that merge. Pure.

Draws of different items are independent of each other, and the month of a draw is any of its item's months alike; from that all
figures follow exactly, by formula, given each subject's chance in each item (``inspections/draws/chances.py``). Subjects with the
same items, chances and cap are one group, so that ten thousand of them are a few hundred sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

MONTHS = range(1, 13)
MOST_YEARS = 1000
"""Beyond so many years "full coverage" is never."""
SHOWN = 4
"""Chances are told for 0, 1, 2, and 3 times or more."""


class Item(NamedTuple):
    """An item of the plan: who visits, in which months, with how many, how many visits are still to be drawn; ``most`` draws of a
    subject on its matter a year; ``done``: month → visits drawn already."""

    key: int
    matter: int
    unit: int
    first_month: int
    last_month: int
    team: int
    visits: int
    most: int = 1
    done: Mapping[int, int] = {}

    @property
    def months(self) -> range:
        """Its months."""
        return range(self.first_month, self.last_month + 1)


class Group(NamedTuple):
    """So many subjects of a grade with the same caps and the same ``chances``: (key of the item, chance to be drawn for it).

    ``raised``: by so much a signal raises the cap of every matter; ``cap``, that of the year, has it already. ``already``: times
    drawn this year, ``on``: (matter, times) of these. ``plain``: the chances of a year in which nothing was drawn yet, where they differ.
    """

    size: int
    grade: str
    cap: int
    raised: int
    chances: tuple[tuple[int, float], ...]
    plain: tuple[tuple[int, float], ...] | None = None
    already: int = 0
    on: tuple[tuple[int, int], ...] = ()


class Odds(NamedTuple):
    """Of ``size`` subjects: the mean chance to be drawn 0, 1, 2, and 3 times or more in the year, and the mean number of times."""

    size: int
    times: tuple[float, ...]
    mean: float


class Coverage(NamedTuple):
    """Of ``size`` subjects so many are expected to be drawn at least once in the year; ``years`` until fewer than one is left, or never."""

    size: int
    drawn: float
    years: int | None

    @property
    def percent(self) -> float:
        """The share at the year's end."""
        return 100 * self.drawn / self.size if self.size else 0.0


class Merging(NamedTuple):
    """Two items that meet in a month: so many subjects are expected to be in both draws of it, each one visit."""

    month: int
    one: int
    other: int
    subjects: float


class Joint(NamedTuple):
    """A month: subjects expected in two draws or more, and the visits that joining them saves."""

    month: int
    subjects: float
    saved: float


class Outcome(NamedTuple):
    """Everything at once. ``by_month``: (unit, month) → (visits, places on teams)."""

    by_month: dict[tuple[int, int], tuple[int, int]]
    grades: dict[str, Odds]
    everybody: Odds
    coverage: Coverage
    growth: list[float]
    over_cap: float
    over_matter_cap: float
    joint: list[Joint]
    merging: list[Merging]


def simulate(items: Sequence[Item], groups: Sequence[Group], years: int = 10, most_merging: int = 10) -> Outcome:
    """The year of these items over these subjects; ``growth`` is the coverage in percent after each of ``years`` such years."""
    of = {item.key: item for item in items}
    joint, merging = _merging(of, groups)
    return Outcome(
        by_month=load(items),
        grades={grade: odds([g for g in groups if g.grade == grade]) for grade in sorted({g.grade for g in groups})},
        everybody=odds(groups),
        coverage=coverage(groups),
        growth=[covered(groups, year) for year in range(1, years + 1)],
        over_cap=sum(g.size * above(_ps(g), max(0, g.cap - g.already)) for g in groups),
        over_matter_cap=sum(g.size * _above_matter_cap(g, of) for g in groups),
        joint=joint,
        merging=merging[:most_merging],
    )


# --- load ------------------------------------------------------------------------------------------------------------------


def spread(visits: int, first_month: int, last_month: int) -> dict[int, int]:
    """Visits over months as evenly as whole ones can be, the earlier months first."""
    months = range(first_month, last_month + 1)
    each, rest = divmod(visits, len(months))
    return {month: each + (at < rest) for at, month in enumerate(months)}


def load(items: Iterable[Item]) -> dict[tuple[int, int], tuple[int, int]]:
    """(unit, month) → visits, and places on teams that they take."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for item in items:
        for month, visits in spread(item.visits, item.first_month, item.last_month).items():
            found[item.unit, month][0] += visits
            found[item.unit, month][1] += visits * item.team
        for month, visits in item.done.items():
            found[item.unit, month][0] += visits
            found[item.unit, month][1] += visits * item.team
    return {key: (visits, places) for key, (visits, places) in found.items()}


# --- chances ---------------------------------------------------------------------------------------------------------------


def distribution(chances: Iterable[float]) -> list[float]:
    """The chance of 0, 1, 2, … successes of independent trials (Poisson binomial), exact."""
    found = [1.0]
    for p in chances:
        found = [(found[k] * (1 - p) if k < len(found) else 0.0) + (found[k - 1] * p if k else 0.0) for k in range(len(found) + 1)]
    return found


def above(chances: Iterable[float], cap: int) -> float:
    """The chance of more than ``cap`` successes."""
    return max(0.0, sum(distribution(chances)[cap + 1 :]))


def _ps(group: Group) -> list[float]:
    return [p for _key, p in group.chances]


def _above_matter_cap(group: Group, of: Mapping[int, Item]) -> float:
    """The chance to be drawn on one matter more often than its cap, on any: items of one matter only."""
    by_matter: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for key, p in group.chances:
        by_matter[of[key].matter, of[key].most].append(p)
    never, on = 1.0, dict(group.on)
    for (matter, most), ps in by_matter.items():
        never *= 1 - above(ps, max(0, most + group.raised - on.get(matter, 0)))
    return 1 - never


def odds(groups: Iterable[Group]) -> Odds:
    """The chances of these subjects together."""
    size, mean, times = 0, 0.0, [0.0] * SHOWN
    for group in groups:
        size += group.size
        mean += group.size * (group.already + sum(_ps(group)))
        for k, chance in enumerate(distribution(_ps(group)), start=group.already):
            times[min(k, SHOWN - 1)] += group.size * chance
    return Odds(size, tuple(time / size if size else 0.0 for time in times), mean / size if size else 0.0)


# --- coverage --------------------------------------------------------------------------------------------------------------


class Miss(NamedTuple):
    """So many subjects, their chance not to be drawn this year, and in a year as the plan says."""

    size: int
    now: float
    plain: float


def _misses(groups: Iterable[Group]) -> list[Miss]:
    found = []
    for group in groups:
        now = 0.0 if group.already else _never(group.chances)
        found.append(Miss(group.size, now, _never(group.chances if group.plain is None else group.plain)))
    return found


def _never(chances: Iterable[tuple[int, float]]) -> float:
    """The chance not to be drawn for any of these items."""
    never = 1.0
    for _key, p in chances:
        never *= 1 - p
    return never


def _left(misses: Iterable[Miss], years: int) -> float:
    """Subjects expected not to have been drawn after so many years, this one and then such as the plan says."""
    return sum(one.size * one.now * one.plain ** (years - 1) for one in misses)


def coverage(groups: Iterable[Group]) -> Coverage:
    """How many are reached in the year, and after how many such years all are but (less than) one."""
    misses = _misses(groups)
    size = sum(one.size for one in misses)
    if not size:
        return Coverage(0, 0.0, None)
    low, high = 0, MOST_YEARS
    if _left(misses, high) >= 1:
        return Coverage(size, size - _left(misses, 1), None)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _left(misses, middle) < 1 else (middle, high)
    return Coverage(size, size - _left(misses, 1), high)


def covered(groups: Iterable[Group], years: int) -> float:
    """Percent of the subjects expected to have been drawn after so many years."""
    misses = _misses(groups)
    size = sum(one.size for one in misses)
    return 100 * (1 - _left(misses, years) / size) if size else 0.0


# --- visits that merge -----------------------------------------------------------------------------------------------------


def _merging(of: Mapping[int, Item], groups: Iterable[Group]) -> tuple[list[Joint], list[Merging]]:
    """Per month the subjects in two draws or more and the visits saved; the pairs of items that meet most."""
    several: dict[int, float] = dict.fromkeys(MONTHS, 0.0)
    saved: dict[int, float] = dict.fromkeys(MONTHS, 0.0)
    pairs: defaultdict[tuple[int, int, int], float] = defaultdict(float)
    for group in groups:
        for month in MONTHS:
            here = [(key, p / len(of[key].months)) for key, p in group.chances if month in of[key].months]
            matters = _by_matter(here, of)
            if len(matters) < 2:
                continue
            none, one = distribution(matters)[:2]
            several[month] += group.size * (1 - none - one)
            saved[month] += group.size * (sum(matters) - (1 - none))
            for (first, p), (second, q) in combinations(sorted(here), 2):
                if of[first].matter != of[second].matter:
                    pairs[month, first, second] += group.size * p * q
    joint = [Joint(month, several[month], saved[month]) for month in MONTHS]
    merging = [Merging(month, first, second, subjects) for (month, first, second), subjects in pairs.items()]
    return joint, sorted(merging, key=lambda one: (-one.subjects, one.month))


def _by_matter(here: Iterable[tuple[int, float]], of: Mapping[int, Item]) -> list[float]:
    """The chance to be drawn on each matter: items of one matter leave out whom another of them has drawn."""
    found: defaultdict[int, float] = defaultdict(float)
    for key, p in here:
        found[of[key].matter] += p
    return [min(1.0, p) for p in found.values()]
