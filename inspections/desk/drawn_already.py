"""What the draws of this year have done already, for the simulator: who was drawn on which matters, for which items, in which months.

Results that stand and whose visits count towards the caps, as the draws themselves count them (``inspections/draws/caps.py``). Reads only.
"""

import datetime as dt
from collections import Counter, defaultdict
from typing import NamedTuple

from inspections.draws.caps import COUNTED
from inspections.draws.models import Draw
from inspections.draws.replaced import meant_to_be_visited
from registries import clock
from registries.subjects.queries import whose


class Drawn(NamedTuple):
    """Subject → times by matter; subject → times over all, a joint visit once; subject → codes of items; code → month → subjects."""

    by_matter: dict[int, Counter[int]]
    times: Counter[int]
    items: dict[int, list[str]]
    by_month: dict[str, Counter[int]]


NOTHING = Drawn({}, Counter(), {}, {})


def drawn_in(year: int, today: dt.date) -> Drawn:
    """The year so far; nothing for a year that has not begun. Two queries."""
    if year != today.year:
        return NOTHING
    winners = meant_to_be_visited().filter(COUNTED, draw__drawn_at__year=year).annotate(whose=whose("entry__subject"))
    columns = ("whose", "draw", "draw__matter__matter", "draw__plan_item__code", "draw__drawn_at", "case__state")
    rows = list(winners.values_list(*columns))
    through = Draw.joint_matters.through.objects.filter(draw__in={row[1] for row in rows})
    joint: defaultdict[int, list[int]] = defaultdict(list)
    for draw, matter in through.values_list("draw", "matterrevision__matter") if rows else ():
        joint[draw].append(matter)
    found = Drawn(defaultdict(Counter), Counter(), defaultdict(list), defaultdict(Counter))
    for subject, draw, lead, code, at, state in rows:
        found.by_matter[subject].update({lead, *joint[draw]})
        found.times[subject] += state != "joined"
        if code is not None and at is not None:
            found.items[subject].append(code)
            found.by_month[code][at.astimezone(clock.BEIJING).month] += 1
    return found
