"""When a result is disclosed and what of it: whole, or counts only. Pure."""

import calendar
import datetime as dt
from collections.abc import Iterable

from inspections.cases.rules import UNCLEARED
from registries.ledger.sentences import Sentence, say

COUNTS_ONLY = "counts"
YEARS_SHOWN, YEARS_SHOWN_OF_PERSONS = 5, 2
"""How long a result is on line (domain.md §1.10): of legal persons and others, of natural persons."""


def why_not_disclose(
    *,
    state: str,
    disclosed: bool,
    released: bool,
    ended_on: dt.date | None,
    today: dt.date,
    unasked_from: int,
    uncleared: bool = False,
) -> Sentence | None:
    """Reviewed, not disclosed yet, and either released or at least ``unasked_from`` days after the visit ended.

    ``uncleared``: a matter asks for a legal and secrecy check first, and none has cleared it.
    """
    if disclosed:
        return say("This result is disclosed already.")
    if state not in ("reviewed", "closed") or ended_on is None:
        return say("Only a reviewed result can be disclosed.")
    if not released and today < ended_on + dt.timedelta(days=unasked_from):
        return say("Nobody released this result, and day %(day)s has not come.", day=unasked_from)
    return UNCLEARED if uncleared else None


def is_named(publicity: Iterable[str]) -> bool:
    """Whether the subject may be named: not if any of its categories is published as counts only."""
    return COUNTS_ONLY not in set(publicity)


def shown_until(published_on: dt.date, *, person: bool) -> dt.date:
    """The last day a result is on line: the same day years later, or the last of its month (民法典 202)."""
    year = published_on.year + (YEARS_SHOWN_OF_PERSONS if person else YEARS_SHOWN)
    leap = published_on.month == 2 and published_on.day == 29 and not calendar.isleap(year)
    return published_on.replace(year=year, day=28) if leap else published_on.replace(year=year)
