"""The rules of objections, corrections and withdrawals: terms, limits, who may decide, which columns may change. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from inspections.followups.rules import working_day
from registries.ledger.sentences import Sentence, say

ANSWER_DAYS, ANSWER_CALENDAR_DAYS = 15, 21
"""Working days to decide an objection (domain.md §6.2 row 17); calendar days where the year's holidays are not known."""
WITHDRAWAL_DAYS, WITHDRAWAL_CALENDAR_DAYS = 3, 3
"""Working days after the event to withdraw a result (row 18); without holidays the strictest reading."""
PER_ADDRESS, ADDRESS_WINDOW = 5, dt.timedelta(hours=1)
PER_RESULT, RESULT_WINDOW = 20, dt.timedelta(days=1)
"""How many are taken from one address, and about one result, in what time."""
MOST_TEXT = 2000
MOST_EXPLANATION = 400
"""The rest of the 500 characters of a version belongs to the sentence about the record."""

ALWAYS: tuple[str, ...] = ("category_name", "unit_name", "inspectors_count", "inspected_on")
OF_RESULT: tuple[str, ...] = ("result_code", "disposal_label")
NAMING: tuple[str, ...] = ("subject_name", "subject_code", "town_name")


class Due(NamedTuple):
    """The last day, and whether it is counted by the calendar because the holidays of a year are not known."""

    day: dt.date
    by_calendar: bool


def due(since: dt.date, days: int, calendar_days: int, works: Callable[[dt.date], bool | None]) -> Due:
    """``days`` working days after ``since``; where the calendar lacks a year, ``calendar_days`` calendar days, and it says so."""
    day = working_day(since, days, works)
    return Due(day, False) if day is not None else Due(since + dt.timedelta(days=calendar_days), True)


def wait(moments: Sequence[dt.datetime], *, most: int, window: dt.timedelta, now: dt.datetime) -> int:
    """Seconds until one more is taken, 0 when it is taken now. ``moments``: when earlier ones came."""
    recent = sorted(one for one in moments if now - window < one <= now)
    if len(recent) < most:
        return 0
    return max(1, int((recent[-most] + window - now).total_seconds()) + 1)


def correctable(*, named: bool, form: str) -> tuple[str, ...]:
    """The copied columns that a correction may change. What the form or the category keeps back stays kept back."""
    columns = ALWAYS
    if form != "visit":
        columns = (*columns, *OF_RESULT)
    if named:
        columns = (*NAMING, *columns)
        if form == "whole":
            columns = (*columns, "findings")
    return columns


def why_not_send(
    *, kind: str, kinds: Sequence[str], named: bool, removed: bool, text: str, name: str, contact: str, most: int = MOST_TEXT
) -> Sentence | None:
    """A statement needs a name and a way to reach its author, and a result that names its subject."""
    if removed:
        return say("This result was taken down; nothing stands there any more.")
    if kind not in kinds:
        return say("Choose what you send.")
    if not text.strip():
        return say("Say what is wrong.")
    if len(text) > most:
        return say("The text is too long: %(most)s characters at most.", most=most)
    if kind == "statement" and not named:
        return say("This result names nobody, so no statement can stand beside it. Send it as an objection.")
    if kind == "statement" and not (name.strip() and contact.strip()):
        return say("A statement is the inspected's own: give your name and how we reach you, so that we can make sure.")
    return None


TOO_MANY = say("So much was sent that we cannot take more at the moment. What you typed is kept: try again later.")
ON_CASE = say("You inspected, reviewed or released this case; somebody who had no part in it decides.")


def why_not_take(*, kind: str, state: str, on_case: bool) -> Sentence | None:
    """Who had a part in the case never handles what is said against it."""
    if kind == "statement":
        return say("A statement is checked, not examined.")
    if state not in ("received", "taken"):
        return say("This was decided already, or waits for approval.")
    return ON_CASE if on_case else None


def why_not_decide(*, state: str, handler: int | None, actor: int, on_case: bool, seen: int, now: int, findings: str, answer: str) -> Sentence | None:
    """The handler alone, who says what was examined and what is decided."""
    if state != "taken":
        return say("This was decided already, or nobody has taken it.")
    if handler != actor:
        return say("Somebody else is handling this.")
    if on_case:
        return ON_CASE
    if seen != now:
        return say("This was changed meanwhile. Read it again, then decide.")
    if not findings.strip() or not answer.strip():
        return say("Say what you examined and what you decide; whoever asked reads both.")
    return None


def why_not_check(*, kind: str, state: str, on_case: bool, named: bool, removed: bool, reason: str | None = None) -> Sentence | None:
    """A statement is shown as it is, or refused with the ``reason`` (None when it is to be shown)."""
    if kind != "statement" or state != "received":
        return say("This was decided already.")
    if on_case:
        return ON_CASE
    if reason is not None:
        return None if reason.strip() else say("Say why it is not shown; its author reads it.")
    if removed:
        return say("This result was taken down; nothing stands there any more.")
    return None if named else say("This result names nobody, so no statement can stand beside it. Send it as an objection.")


def why_not_propose(*, removed: bool, waiting: bool, seen: int, now: int, explanation: str) -> Sentence | None:
    """One change at a time, of the version that its proposer has seen, with the reason that the public reads."""
    if removed:
        return say("This result was taken down; nothing stands there any more.")
    if waiting:
        return say("Another change of this result waits for approval.")
    if seen != now:
        return say("The result was changed meanwhile. Read it again, then propose.")
    if not explanation.strip():
        return say("Say why; the public reads it.")
    if len(explanation.strip()) > MOST_EXPLANATION:
        return say("The text is too long: %(most)s characters at most.", most=MOST_EXPLANATION)
    return None


def why_not_withdraw(*, basis: str, event_on: dt.date, published_on: dt.date, today: dt.date) -> Sentence | None:
    """A withdrawal has its legal basis and its event, which lies between the publication and today."""
    if not basis.strip():
        return say("Give the legal basis of the withdrawal.")
    if event_on > today:
        return say("The event lies in the future.")
    return None if event_on >= published_on else say("The event lies before the result was published. Give the day on which it became known.")


def why_not_annul(
    *, removed: bool, on_case: bool, number: str, basis: str, explanation: str, annulled_on: dt.date, decided_on: dt.date, today: dt.date
) -> Sentence | None:
    """A penalty goes by a document that annulled it, with its number, its day and its legal basis, never by whoever had a part in the case."""
    if removed:
        return say("This penalty decision was taken down already.")
    if on_case:
        return ON_CASE
    if not number.strip():
        return say("Give the number of the document that annulled the decision.")
    if not basis.strip():
        return say("Give the legal basis of the withdrawal.")
    if not explanation.strip():
        return say("Say why; the public reads it.")
    if annulled_on > today:
        return say("The annulling document is dated in the future.")
    return None if annulled_on >= decided_on else say("The annulling document is dated before the decision.")


def why_not_approve(*, state: str, asked_by: int, actor: int, on_case: bool, seen: int, now: int) -> Sentence | None:
    """Four eyes: another than who proposed it, who had no part in the case."""
    if state != "submitted":
        return say("This was decided already.")
    if asked_by == actor:
        return say("You proposed this; another supervisor decides.")
    if on_case:
        return ON_CASE
    return None if seen == now else say("This was changed meanwhile. Read it again, then decide.")


def why_not_return(reason: str) -> Sentence | None:
    """Who says no says why."""
    return None if reason.strip() else say("Say why you return it; the clerk reads it.")


def why_not_take_down(*, removed: bool, shown_until: dt.date, today: dt.date) -> Sentence | None:
    """A result goes after its last day on line."""
    if removed:
        return say("This result was taken down; nothing stands there any more.")
    return None if today > shown_until else say("The term of this result is not over.")


def in_time(decided_on: dt.date, due_on: dt.date) -> bool:
    """On the last day is in time."""
    return decided_on <= due_on
