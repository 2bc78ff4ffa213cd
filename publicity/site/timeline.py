"""When the ceremony page shows what of a result that is already fixed. Pure: seconds after the draw, the same for everybody.

Nothing here decides anything: the result was written before its first second. Whoever comes late or reloads sees the same
second as the hall, because every moment is counted from the draw itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

SHAKE = 4.0
"""Seconds the seed stands alone: what came of all values."""
COUNT = 6.0
"""Seconds in which the slips are counted."""
HEADING = 3.0
"""Seconds a stratum is announced before its first line."""
SLOWEST = 1.6
"""The longest time between two lines."""
ALL_LINES = 90.0
"""All lines of a draw together take at most so long."""
TEAMS = 5.0
"""Seconds in which the teams are counted."""


class Act(NamedTuple):
    """One stratum: when it is announced, when its first line comes out, the time between two, when the last one stood."""

    begins: float
    first: float
    step: float
    ends: float

    def at(self, line: int) -> float:
        """When line number ``line`` (from 0) comes out."""
        return self.first + line * self.step


class Course(NamedTuple):
    """The whole ceremony in seconds after the draw: counting, one act a stratum, teams, and when everything stands."""

    counting: float
    acts: tuple[Act, ...]
    teams: float
    over: float

    @property
    def order(self) -> float:
        """When the slips are counted and the order begins."""
        return self.counting + COUNT


def course(lines: Sequence[int]) -> Course:
    """The course of a draw whose strata show so many lines each, in the order of the result."""
    step = min(SLOWEST, ALL_LINES / max(1, sum(lines)))
    moment = SHAKE + COUNT
    acts = []
    for count in lines:
        first = moment + HEADING
        acts.append(Act(moment, first, step, first + count * step))
        moment = acts[-1].ends
    return Course(SHAKE, tuple(acts), moment, moment + TEAMS)
