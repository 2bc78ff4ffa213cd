"""Who may inspect, pure: a valid certificate, an active status, the required fields, no declared conflict (product.md §3)."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

ON_DUTY = "active"


WARN_DAYS = 60
"""So many days ahead the office is told that somebody's last valid certificate ends."""
RESERVED = frozenset(("me", "new", "groups", "training", "assistants", "statistics", "workload", "find"))
"""Words of addresses that no staff number may be."""


class Validity(NamedTuple):
    """From when until when a certificate is valid, both days included."""

    valid_from: dt.date
    valid_until: dt.date


class Away(NamedTuple):
    """From when until when somebody is on leave, both days included."""

    starts_on: dt.date
    ends_on: dt.date


class Criterion(NamedTuple):
    """One thing that decides whether somebody may inspect: what is asked, and why it is not so (None: it is)."""

    asked: Sentence
    why_not: Sentence | None


def criteria(
    *,
    status: str,
    certificates: Iterable[Validity],
    day: dt.date,
    away: Iterable[Away] = (),
    tags: Iterable[str] = (),
    required: Iterable[str] | None = None,
    in_scope: bool | None = None,
    trained: bool | None = None,
    recused: bool | None = None,
) -> list[Criterion]:
    """Everything that decides whether somebody may inspect on ``day``, each with its reason against, in order of weight.

    ``required`` are codes that ``tags`` must hold; ``in_scope`` says whether the matter is among those the inspector
    enforces, ``trained`` whether the hours of training asked for were attended. What is None is not asked.
    """
    leave = next((one for one in away if one.starts_on <= day <= one.ends_on), None)
    asked = [
        Criterion(say("On duty"), _why_not_status(status)),
        Criterion(say("A valid certificate"), _why_not_certified(list(certificates), day)),
        Criterion(say("Not on leave"), say("is on leave until %(day)s", day=leave.ends_on.isoformat()) if leave else None),
    ]
    if required is not None:
        missing = sorted(set(required) - set(tags))
        lacks = say("lacks what the matter requires: %(codes)s", codes=", ".join(missing)) if missing else None
        asked.append(Criterion(say("The fields and specialties of the matter"), lacks))
    rest: list[tuple[bool | None, Sentence, Sentence]] = [
        (in_scope, say("Enforces the matter"), say("does not enforce this matter")),
        (trained, say("Training attended"), say("has not attended enough training in the last 12 months")),
        (None if recused is None else not recused, say("No declared conflict"), say("has declared a conflict with this subject")),
    ]
    return asked + [Criterion(what, None if holds else against) for holds, what, against in rest if holds is not None]


def _why_not_status(status: str) -> Sentence | None:
    if status == "left":
        return say("has left the service")
    return None if status == ON_DUTY else say("is suspended")


def _why_not_certified(validities: list[Validity], day: dt.date) -> Sentence | None:
    if not validities:
        return say("has no certificate on record")
    if any(v.valid_from <= day <= v.valid_until for v in validities):
        return None
    last = max(v.valid_until for v in validities)
    if last < day:
        return say("the certificate ended on %(day)s", day=last.isoformat())
    return say("the certificate is not valid yet")


def why_not_eligible(
    *,
    status: str,
    certificates: Iterable[Validity],
    day: dt.date,
    away: Iterable[Away] = (),
    tags: Iterable[str] = (),
    required: Iterable[str] | None = None,
    in_scope: bool | None = None,
    trained: bool | None = None,
    recused: bool | None = None,
) -> Sentence | None:
    """The weightiest reason why somebody may not inspect on ``day`` (see :func:`criteria`); None when they may."""
    asked = criteria(
        status=status,
        certificates=certificates,
        day=day,
        away=away,
        tags=tags,
        required=required,
        in_scope=in_scope,
        trained=trained,
        recused=recused,
    )
    return next((one.why_not for one in asked if one.why_not is not None), None)


def age_on(id_number: str, day: dt.date) -> int | None:
    """Full years on ``day`` by the day of birth in an ID number; None where it holds none. Computed, never stored."""
    try:
        born = dt.date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def why_not_keep(*, keeps: bool, seen: int, now: int) -> Sentence | None:
    """A clerk keeps the rows of the own unit, and changes only what they have seen."""
    if not keeps:
        return say("This row is kept by another unit. Ask a clerk of that unit or of the bureau.")
    return None if seen == now else say("Somebody changed this row meanwhile. Look at it again and repeat your step.")


def why_not_number(*, number: str, taken: bool) -> Sentence | None:
    """A staff number is given once and is no word of an address."""
    if taken:
        return say("The staff number %(number)s is taken.", number=number)
    return say("“%(number)s” cannot be a staff number.", number=number) if number.lower() in RESERVED else None


def why_not_span(starts_on: dt.date, ends_on: dt.date | None) -> Sentence | None:
    """The last day does not come before the first."""
    return say("The last day comes before the first one.") if ends_on is not None and ends_on < starts_on else None


def why_not_leave(new: Away, others: Iterable[Away]) -> Sentence | None:
    """Leaves do not overlap: the page would say two different things of one day."""
    wrong = why_not_span(new.starts_on, new.ends_on)
    if wrong is not None:
        return wrong
    for one in others:
        if one.starts_on <= new.ends_on and new.starts_on <= one.ends_on:
            return say(
                "There is a leave from %(first)s to %(last)s already.", first=one.starts_on.isoformat(), last=one.ends_on.isoformat()
            )
    return None


def why_not_reason(reason: str) -> Sentence | None:
    """What takes somebody out of the draws, or back into them, says why."""
    return None if reason.strip() else say("Say why; the reason is kept.")


def why_not_end(*, ended: bool, day: dt.date, starts_on: dt.date, reason: str) -> Sentence | None:
    """Something ends once, not before it began, with a reason."""
    if ended:
        return say("It is ended already.")
    if day < starts_on:
        return say("It cannot end before it began, on %(day)s.", day=starts_on.isoformat())
    return why_not_reason(reason)


def why_not_group(*, name_taken: bool, members: set[int], leader: int | None) -> Sentence | None:
    """A group has a name of its own, two members at least, and its leader among them."""
    if name_taken:
        return say("Another group has this name.")
    if len(members) < 2:
        return say("A group has two members at least.")
    return say("The leader is one of the members.") if leader is not None and leader not in members else None


def why_not_link(*, own: bool, has_role: bool, taken: bool, same: bool) -> Sentence | None:
    """Why an account may not be joined to an inspector."""
    if own:
        return say("Nobody does this to their own account. Ask another system administrator.")
    if not has_role:
        return say("This account has not the role of inspector. The security administrator grants it first.")
    if taken:
        return say("This account is joined to another inspector already.")
    if same:
        return say("This account is joined to this inspector already.")
    return None
