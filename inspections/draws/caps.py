"""How often a subject was drawn in the time that a cap counts: on a matter as the matter list says, and over all brigades. Reads only."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q

from inspections.adhoc.states import COUNTING
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR
from inspections.draws.models import Draw
from inspections.draws.replaced import meant_to_be_visited
from inspections.draws.states import Mode
from registries import clock
from registries.ledger.sentences import Sentence, say
from registries.matters.rules import Limits
from registries.subjects.queries import permitted_since, whose

COUNTED = Q(draw__mode=Mode.LOT) | Q(draw__mode=Mode.ADHOC, draw__request__ground__in=COUNTING)
"""Whose visits count towards the caps."""


def drawn_before(draw: Draw, limits: Limits, today: dt.date) -> tuple[Counter[int], Counter[int]]:
    """Subject → times drawn on this matter in the time its cap counts, and this year over all matters and brigades.

    Results that stand. Who was replaced does not count, who stepped in does (draw protocol 1, §6); a visit begun under a struck
    result does. What a merged entry was drawn for counts for the one that stayed. Two draws that
    were visited together count once over all matters. Lots count, and ad-hoc
    cases on a ground that the law does not exempt; an order for teams draws nobody.
    """
    same = Draw.objects.filter(Q(matter__matter=draw.matter.matter_id) | Q(joint_matters__matter=draw.matter.matter_id), pk=OuterRef("draw"))
    winners = meant_to_be_visited().filter(COUNTED).annotate(same=Exists(same))
    first = first_day(limits, today)
    if not by_permit(limits):
        winners = winners.filter(draw__drawn_at__year__gte=first.year)
    drawn = winners.annotate(whose=whose("entry__subject")).values_list("whose", "same", "draw__drawn_at", "case__state")
    rows = [(pk, same, at.astimezone(clock.BEIJING).date(), state != "joined") for pk, same, at, state in drawn if at is not None]
    since: Mapping[int, dt.date] = permitted_since({pk for pk, same, *_rest in rows if same}, today) if by_permit(limits) and rows else {}
    on_matter = Counter(pk for pk, same, day, _apart in rows if same and day >= since.get(pk, first))
    return on_matter, Counter(pk for pk, _same, day, apart in rows if apart and day.year == today.year)


def by_permit(limits: Limits) -> bool:
    """Whether visits are counted while a permit is valid, not over years."""
    return limits.most_times is not None and limits.years is None


def first_day(limits: Limits, today: dt.date) -> dt.date:
    """From when visits on the matter count: the first day of so many calendar years, this one included.

    Where a permit's validity counts, this holds for who has no permit in force on record: the calendar year.
    """
    years = limits.years if limits.most_times is not None and limits.years else 1
    return dt.date(today.year - years + 1, 1, 1)


def cap_in_words(limits: Limits) -> Sentence:
    """How often a subject may be drawn on the matter, as the preparation says it."""
    if limits.most_times is None:
        return say("At most %(times)s visit per subject and year on this matter.", times=VISITS_PER_MATTER_AND_YEAR)
    if limits.years is None:
        return say("The matter list allows at most %(times)s visits per subject while its permit is valid.", times=limits.most_times)
    if limits.years == 1:
        return say("The matter list allows at most %(times)s visits per subject and year on this matter.", times=limits.most_times)
    return say(
        "The matter list allows at most %(times)s visits per subject on this matter in %(years)s calendar years.",
        times=limits.most_times,
        years=limits.years,
    )
