"""The charts of the simulator as numbers: where a bar stands and how high it is, for SVG that a template writes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from inspections.desk.strength import Strength
from inspections.plans.simulator import MONTHS, Odds

BASE, FULL, TOP = 76, 48, 64
"""The line of the bars, the height of 100 %, and the greatest height that is drawn."""
STEP, WIDTH = 22, 16


class Cell(NamedTuple):
    """A unit's month: visits, places on teams against those there are, in percent (None: nobody is there), and its bar."""

    month: int
    visits: int
    places: int
    room: int
    percent: int | None
    tone: str
    x: int
    y: int
    height: int


class Row(NamedTuple):
    """A unit's year."""

    unit: str
    inspectors: int
    visits: int
    over: int
    cells: list[Cell]


def load_rows(
    names: Mapping[int, str],
    by_month: Mapping[tuple[int, int], tuple[int, int]],
    strength: Mapping[tuple[int, int], Strength],
    inspectors: Mapping[int, int],
) -> list[Row]:
    """Every unit's year, those with the most months over their strength first."""
    rows = []
    for unit, name in names.items():
        cells = [_cell(month, *by_month.get((unit, month), (0, 0)), strength[unit, month].places) for month in MONTHS]
        over = sum(cell.tone == "bad" for cell in cells)
        rows.append(Row(name, inspectors.get(unit, 0), sum(cell.visits for cell in cells), over, cells))
    return sorted(rows, key=lambda row: (-row.over, -row.visits, row.unit))


def _cell(month: int, visits: int, places: int, room: float) -> Cell:
    percent = round(100 * places / room) if room else None if places else 0
    tone = "bad" if percent is None or percent > 100 else "wait" if percent > 75 else "good"
    height = TOP if percent is None else min(TOP, percent * FULL // 100)
    if visits:
        height = max(2, height)
    return Cell(month, visits, places, int(room), percent, tone, (month - 1) * STEP + 3, BASE - height, height)


class Part(NamedTuple):
    """A piece of a grade's bar: 0, 1, 2, 3 or more times, in percent, where it begins and how long it is (of 300)."""

    times: int
    percent: float
    x: float
    width: float


def odds_parts(odds: Odds) -> list[Part]:
    """The chances of a grade as one bar of 300 points."""
    parts, x = [], 0.0
    for times, chance in enumerate(odds.times):
        parts.append(Part(times, 100 * chance, round(x, 2), round(300 * chance, 2)))
        x += 300 * chance
    return parts


class Column(NamedTuple):
    """One year of the coverage: percent and its bar."""

    year: int
    percent: float
    x: int
    y: float
    height: float


def growth_columns(growth: Sequence[float]) -> list[Column]:
    """Coverage after each year, 72 points for 100 %."""
    return [Column(at + 1, percent, at * STEP + 3, BASE - 0.72 * percent, 0.72 * percent) for at, percent in enumerate(growth)]
