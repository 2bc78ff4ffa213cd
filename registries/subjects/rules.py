"""The rules of the subject registry, pure: when an entry is stale, which days a signal counts, who may change an entry."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

STALE_AFTER_MONTHS = 12
"""An entry is confirmed once a year (guideline 三.4)."""
COMPLAINT_MONTHS = 12
VIOLATION_MONTHS = 24
"""How long upheld complaints and serious violations count as signals (product.md §3)."""


OF_MANY = ("registries.verify_subjects", "registries.assign_subjects", "registries.mark_subjects_gone")
"""The commands whose one ledger entry is about many entries, what each was before standing under ``each``; the page of each tells it."""


class Signals(NamedTuple):
    """What is recorded against a subject and still counts."""

    upheld_complaints_12m: int
    serious_violations_24m: int


NO_SIGNALS = Signals(0, 0)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier; the month's last day where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def signals_among(upheld: Iterable[dt.date], serious: Iterable[dt.date], today: dt.date) -> Signals:
    """The days of upheld complaints and of serious violations that stand, counted in their months up to ``today``."""
    complaints = sum(months_before(today, COMPLAINT_MONTHS) <= day <= today for day in upheld)
    return Signals(complaints, sum(months_before(today, VIOLATION_MONTHS) <= day <= today for day in serious))


def is_stale(verified_on: dt.date, today: dt.date) -> bool:
    """Whether the entry was last confirmed more than twelve months ago."""
    return verified_on < months_before(today, STALE_AFTER_MONTHS)


def why_not_keep(*, keeps: bool, unit: str) -> Sentence | None:
    """A clerk keeps the entries of the own unit (分级负责)."""
    if keeps:
        return None
    return say("This entry is kept by %(unit)s. Ask a clerk of that unit to change it.", unit=unit)


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever changes an entry must have seen it as it is."""
    if seen == now:
        return None
    return say("This entry was changed meanwhile. Read it again, then make your change.")


def why_not_entry(*, reason: str, categories: int) -> Sentence | None:
    """Every change keeps why it was made; every entry has a category (product.md §3)."""
    if not reason.strip():
        return say("Say why you change the entry; it stands in its history.")
    if not categories:
        return say("Every entry has at least one category.")
    return None


def why_not_day(day: dt.date | None, today: dt.date) -> Sentence | None:
    """A thing that happened has a day, and it has come."""
    if day is None:
        return say("Give the day.")
    if day > today:
        return say("%(day)s lies in the future.", day=day.isoformat())
    return None


def why_not_status(*, status: str, now: str, known: bool, reason: str, since: dt.date | None, today: dt.date) -> Sentence | None:
    """A change of status keeps its reason and its day; merging is another command's."""
    if not known:
        return say("There is no such status.")
    if status == now:
        return say("The entry has this status already.")
    if not reason.strip():
        return say("Say why the status changes; it stands in its history.")
    return why_not_day(since, today)


def why_not_gone(*, known: bool, reason: str, since: dt.date | None, today: dt.date) -> Sentence | None:
    """Many entries at once are only ever marked as gone; back into operation each comes by itself."""
    if not known:
        return say("Say what became of them: closed, deregistered, licence revoked, or moved away.")
    if not reason.strip():
        return say("Say why the status changes; it stands in its history.")
    return why_not_day(since, today)


def why_not_grade(*, grade: str, now: str, graded_on: dt.date | None, last: dt.date | None, source: str, today: dt.date) -> Sentence | None:
    """A grade comes from somebody, on a day, and not before the grade that stands."""
    if not source.strip():
        return say("Say who gave the grade.")
    if (wrong := why_not_day(graded_on, today)) is not None:
        return wrong
    if last is not None and graded_on is not None and graded_on < last:
        return say("A newer grade of %(day)s stands already.", day=last.isoformat())
    if grade == now and graded_on == last:
        return say("Nothing is new in this change.")
    return None


def why_not_old_number(number: str) -> Sentence | None:
    """An old registration number has 15 digits, the last a check digit (GS 15-2006, ISO 7064 MOD 11,10), or 13 without one."""
    if not number or (len(number) == 13 and number.isdecimal()):
        return None
    if len(number) != 15 or not number.isascii() or not number.isdecimal():
        return say("The old registration number has 15 digits (13 before 2007); %(number)s has not.", number=number)
    if old_number_check(number[:14]) != number[14]:
        return say("The old registration number %(number)s is mistyped: its last digit does not fit the others.", number=number)
    return None


def old_number_check(body: str) -> str:
    """The check digit of the first 14 digits of an old registration number (ISO 7064 MOD 11,10)."""
    product = 10
    for digit in body:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return str((11 - product) % 10)


def why_not_permit(
    *, name: str, number: str, valid_from: dt.date | None, valid_until: dt.date | None, long_term: bool, issued_on: dt.date | None, today: dt.date
) -> Sentence | None:
    """A permit has a name and a number; its days make sense (parity P11)."""
    if not name.strip() or not number.strip():
        return say("A permit has a name and a number.")
    if long_term and valid_until is not None:
        return say("A long-term permit has no last day. Take one of the two out.")
    if not long_term and valid_until is None:
        return say("Give the last day of the permit, or say that it is long-term.")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        return say("The last day lies before the first (%(first)s).", first=valid_from.isoformat())
    if issued_on is not None and issued_on > today:
        return say("%(day)s lies in the future.", day=issued_on.isoformat())
    return None


def why_not_merge(
    *, same: bool, gone: bool, survivor_gone: bool, carries_others: bool, reason: str, name: str
) -> Sentence | None:
    """Two different entries, neither merged already; what others were merged into stays."""
    if same:
        return say("An entry is not merged into itself.")
    if gone or survivor_gone:
        return say("One of the two is merged already.")
    if carries_others:
        return say("Others were merged into %(name)s already; choose it as the entry that stays.", name=name)
    if not reason.strip():
        return say("Say how you know that both are the same.")
    return None


def why_not_unmerge(*, merged: bool, seen: int, now: int) -> Sentence | None:
    """A merge is taken back while nobody has built on it: the survivor stands as the merge left it."""
    if not merged:
        return say("This entry is not merged.")
    if seen != now:
        return say("The entry that stayed was changed or confirmed since; the merge can no longer be taken back.")
    return None


def why_not_several(*, count: int, most: int, seen_as_now: bool) -> Sentence | None:
    """Many entries at once: some, not too many, and as they were when the person looked."""
    if not count:
        return say("Choose at least one entry.")
    if count > most:
        return say("At most %(most)d entries are changed at a time; you chose %(count)d. Narrow the filters.", most=most, count=count)
    if not seen_as_now:
        return say("These entries changed meanwhile. Look at them again, then confirm.")
    return None
