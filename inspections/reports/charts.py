"""The charts of reports as numbers: where a bar stands and how long it is, for SVG that templates write."""

from collections.abc import Sequence
from typing import NamedTuple

from inspections.reports.queries import Line, Month

BASE, HIGHEST, STEP, WIDTH = 96, 78, 26, 18
LONGEST = 300
INKS = {"clean": "#2b5c9e", "problem": "#e0a526", "not_inspectable": "#b9bec7", "refused": "#b3202a"}
TONES = tuple(INKS)


class Part(NamedTuple):
    """A piece of a bar in one colour."""

    tone: str
    number: int
    at: float
    size: float

    @property
    def ink(self) -> str:
        """Its colour on paper, where a drawing takes none from a style sheet."""
        return INKS[self.tone]


class Column(NamedTuple):
    """A month: its pieces from the bottom up, and where its number stands."""

    month: int
    visits: int
    x: int
    middle: int
    top: float
    parts: list[Part]


class Bar(NamedTuple):
    """A row: its pieces from the left, of a bar as long as the longest row asks."""

    label: str
    visits: int
    parts: list[Part]


def columns(months: Sequence[Month]) -> list[Column]:
    """The months side by side, the fullest as high as the chart."""
    most = max((one.told.visits for one in months), default=0) or 1
    found = []
    for at, one in enumerate(months):
        top: float = BASE
        parts = []
        for tone in TONES:
            number = getattr(one.told, tone)
            size = round(HIGHEST * number / most, 2)
            top -= size
            if number:
                parts.append(Part(tone, number, round(top, 2), size))
        x = at * STEP + 4
        found.append(Column(one.month, one.told.visits, x, x + WIDTH // 2, round(top - 3, 2), parts))
    return found


def bars(lines: Sequence[Line]) -> list[Bar]:
    """Rows under each other, the fullest as long as the chart."""
    most = max((one.told.visits for one in lines), default=0) or 1
    found = []
    for one in lines:
        x, parts = 0.0, []
        for tone in TONES:
            number = getattr(one.told, tone)
            size = round(LONGEST * number / most, 2)
            if number:
                parts.append(Part(tone, number, round(x, 2), size))
            x += size
        found.append(Bar(one.label, one.told.visits, parts))
    return found
