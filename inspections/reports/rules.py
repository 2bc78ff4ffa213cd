"""The rules of reports, pure: periods, shares, and what a small number can say."""

import calendar
import datetime as dt
import math
from typing import NamedTuple

ENOUGH = 20
"""Visits below which no share of a single person is told: so few say more about chance than about anybody."""

APART = 2.58
"""Standard deviations beyond which a person's findings are pointed at: one of a hundred stands there by chance alone."""


class Period(NamedTuple):
    """A year, or one month of it."""

    year: int
    month: int | None = None

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.month or 1, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        month = self.month or 12
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def code(self) -> str:
        """``2026`` or ``2026-05``, for names of files."""
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)


def share(part: int, whole: int) -> float | None:
    """In percent; None of nothing, for 0 of 0 is no share."""
    return 100 * part / whole if whole else None


def margin(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval in percent: between what the share may really lie, 95 times of 100."""
    if not whole:
        return 0.0, 100.0
    z, p = 1.96, part / whole
    centre, spread = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    below, above = (centre - spread) / (1 + z * z / whole), (centre + spread) / (1 + z * z / whole)
    return max(0.0, 100 * below), min(100.0, 100 * above)


def stands_apart(found: int, visits: int, expected: float, spread: float) -> str:
    """``fewer`` or ``more`` where findings differ from the expected more than chance explains; empty otherwise, and for few visits.

    ``spread`` is the variance of the sum of the visits' chances.
    """
    if visits < ENOUGH or spread <= 0:
        return ""
    distance = (found - expected) / math.sqrt(spread)
    return "fewer" if distance < -APART else "more" if distance > APART else ""
