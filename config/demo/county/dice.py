"""The sample county's chance: seeded, so that the same day gives the same county. Never used for a draw."""

import random  # noqa: TID251 - sample data, not a draw
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SEED = 370323


class Dice:
    """Repeatable picks from one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = random.Random(seed)  # noqa: S311 - sample data, not a draw

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both possible."""
        return self._random.randint(low, high)

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self._random.randrange(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, each as often as its weight says."""
        at = self._random.randrange(sum(weight for _choice, weight in choices))
        for choice, weight in choices:
            at -= weight
            if at < 0:
                return choice
        raise AssertionError("the weights are all used up")

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """So many of the things, none twice."""
        return self._random.sample(things, count)
