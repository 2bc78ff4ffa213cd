"""What can be said of a draw before it: the chances of each slip count, idle strata, cells that give their owner away.

Draw protocol 1, §1, §2 and §4. Pure. None of it decides a draw: floats appear here and nowhere in `protocol.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from inspections.draws.files import Order, RosterLine


class Cell(NamedTuple):
    """Entries that share stratum, slips and tags, and how many they are."""

    stratum: str
    slips: int
    tags: tuple[str, ...]
    entries: int


def small_cells(roster: Iterable[RosterLine], least: int = 5) -> list[Cell]:
    """The cells of fewer than `least` entries: while there are any, the roster is not shown before the visits are over (§1)."""
    sizes = Counter((row.stratum, row.slips, row.tags) for row in roster)
    return [Cell(*cell, count) for cell, count in sorted(sizes.items()) if count < least]


def idle_strata(order: Order, roster: Iterable[RosterLine]) -> list[str]:
    """The strata of a `lot` that leave nothing to chance: quota 0, or all of them (§2)."""
    if order.mode != "lot":
        return []
    sizes = Counter(row.stratum for row in roster)
    return [stratum for stratum, quota in sorted(order.quotas.items()) if quota in (0, sizes[stratum])]


def first_chances(slips_counts: Mapping[int, int]) -> dict[int, Fraction]:
    """The chance of being picked first, `w / Σ slips`, exact. `slips_counts`: slips → number of entries with so many (§4)."""
    total = sum(slips * count for slips, count in slips_counts.items())
    return {slips: Fraction(slips, total) for slips in sorted(slips_counts)}


def inclusion_chances(slips_counts: Mapping[int, int], k: int) -> dict[int, float]:
    """The chance of being among the `k` drawn, per slip count: `w / Σ slips` where k = 1, else about `1 − (1 − t)^w` (§4)."""
    entries = sum(slips_counts.values())
    if k <= 0 or k >= entries:
        return dict.fromkeys(sorted(slips_counts), 0.0 if k <= 0 else 1.0)
    if k == 1:
        return {slips: float(chance) for slips, chance in first_chances(slips_counts).items()}
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if sum(count * (1 - (1 - middle) ** slips) for slips, count in slips_counts.items()) < k:
            low = middle
        else:
            high = middle
    return {slips: 1 - (1 - high) ** slips for slips in sorted(slips_counts)}
