"""When a result is disclosed and what of it: whole, or counts only. Pure."""

import calendar
import datetime as dt
from collections.abc import Iterable

from inspections.cases.rules import UNCLEARED
from registries.ledger.sentences import Sentence, say

COUNTS_ONLY = "counts"
YEARS_SHOWN, YEARS_SHOWN_OF_PERSONS = 5, 2
"""How long a result is on line (domain.md §1.10): of legal persons and others, of natural persons."""


REVIEWED = ("reviewed", "closed")
SIGNED = ("recorded", *REVIEWED)
PENALTY_DAYS = 7
"""Calendar days after which a penalty whose year has no holiday table is due: never later than seven working days."""
LONGEST_HOLD = 366
"""Days from today that a hold may last; who needs longer asks again."""


def form_due(*, state: str, uncleared: bool, last_day: bool) -> str:
    """What of a result may go out (a ``Form``, or nothing): whole once reviewed and cleared; on the last day whatever is signed.

    Without the review only its coded columns; without the secrecy check that a matter asks for only the fact of the visit.
    """
    if state in REVIEWED and not uncleared:
        return "whole"
    if not last_day or state not in SIGNED:
        return ""
    return "visit" if uncleared else "coded"


def why_not_disclose(
    *,
    state: str,
    disclosed: bool,
    released: bool,
    ended_on: dt.date | None,
    today: dt.date,
    unasked_from: int,
    uncleared: bool = False,
    days: int = 20,
    held_until: dt.date | None = None,
) -> Sentence | None:
    """Reviewed, not disclosed yet, not held back, and either released or at least ``unasked_from`` days after the visit ended.

    From day ``days`` on signed is enough (:func:`form_due`). ``uncleared``: a matter asks for a legal and secrecy check first, and none
    has cleared it. ``held_until``: the last day of a supervisor's hold in force.
    """
    if disclosed:
        return say("This result is disclosed already.")
    if held_until is not None:
        return say("A supervisor keeps this result back until %(day)s.", day=held_until.isoformat())
    if state not in SIGNED or ended_on is None:
        return say("Only a reviewed result can be disclosed.")
    form = form_due(state=state, uncleared=uncleared, last_day=today >= ended_on + dt.timedelta(days=days))
    if form == "whole" and not released and today < ended_on + dt.timedelta(days=unasked_from):
        return say("Nobody released this result, and day %(day)s has not come.", day=unasked_from)
    if form:
        return None
    return UNCLEARED if state in REVIEWED else say("Only a reviewed result can be disclosed.")


def why_not_complete(*, form: str, state: str, uncleared: bool, removed: bool) -> Sentence | None:
    """A result that went out reduced becomes whole once it is reviewed and cleared."""
    if form == "whole":
        return say("This result is public as a whole already.")
    if removed:
        return say("This result was taken down.")
    if state not in REVIEWED:
        return say("Only a reviewed result can be disclosed.")
    return UNCLEARED if uncleared else None


def why_not_hold(*, until: dt.date, today: dt.date, disclosed: bool, visited: bool, waiting: bool, basis: str, reason: str) -> Sentence | None:
    """A hold keeps back what is not public yet, with its legal basis, for a time that ends."""
    if not visited:
        return say("This case has no visit of its own: nothing of it is disclosed.")
    if disclosed:
        return say("This result is disclosed already: it can be corrected or withdrawn, not held back.")
    if waiting:
        return say("A hold is asked for already and waits for a supervisor.")
    if not basis.strip() or not reason.strip():
        return say("Name the legal basis and say why.")
    if until <= today:
        return say("The last day of a hold lies ahead.")
    if until > today + dt.timedelta(days=LONGEST_HOLD):
        return say("A hold lasts at most %(days)s days; who needs longer asks again then.", days=LONGEST_HOLD)
    return None


def why_not_decide_hold(*, state: str, asked_by: int, actor: int, seen: int, now: int, reason: str | None = None) -> Sentence | None:
    """Another decides than who asked, once, on what they saw; a refusal (``reason`` given) says why."""
    if state != "submitted":
        return say("This hold was decided already.")
    if asked_by == actor:
        return say("You asked for this hold; another supervisor must decide.")
    if seen != now:
        return say("The request was changed since you opened it. Read it again before you decide.")
    if reason is not None and not reason.strip():
        return say("Say why you refuse it; whoever asked reads it.")
    return None


def why_not_lift(*, in_force: bool, reason: str) -> Sentence | None:
    """A hold in force is lifted before its day, with the reason."""
    if not in_force:
        return say("This hold is not in force.")
    return None if reason.strip() else say("Say why the hold is lifted.")


def penalty_term(decided_on: dt.date, disclose_by: dt.date | None) -> dt.date:
    """The day on which a penalty goes out unasked: its legal day, or seven calendar days where that is unknown."""
    return disclose_by or decided_on + dt.timedelta(days=PENALTY_DAYS)


def why_not_publish_penalty(
    *, decided: bool, disclosed: bool, held_until: dt.date | None, asked: bool, day: dt.date, term: dt.date | None
) -> Sentence | None:
    """A decision that was recorded, once: when its clerk asks, or on its day."""
    if disclosed:
        return say("This penalty is disclosed already.")
    if not decided or term is None:
        return say("The decision of this penalty is not recorded yet.")
    if held_until is not None:
        return say("A supervisor keeps this result back until %(day)s.", day=held_until.isoformat())
    if not asked and day < term:
        return say("Nobody released this penalty, and its day %(day)s has not come.", day=term.isoformat())
    return None


def is_named(publicity: Iterable[str]) -> bool:
    """Whether the subject may be named: not if any of its categories is published as counts only."""
    return COUNTS_ONLY not in set(publicity)


def shown_until(published_on: dt.date, *, person: bool) -> dt.date:
    """The last day a result is on line: the same day years later, or the last of its month (民法典 202)."""
    year = published_on.year + (YEARS_SHOWN_OF_PERSONS if person else YEARS_SHOWN)
    leap = published_on.month == 2 and published_on.day == 29 and not calendar.isleap(year)
    return published_on.replace(year=year, day=28) if leap else published_on.replace(year=year)
