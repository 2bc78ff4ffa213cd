"""The rules of the subject registry, pure: when an entry is stale, which days a signal counts, who may change an entry."""

import datetime as dt
from calendar import monthrange
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

STALE_AFTER_MONTHS = 12
"""An entry is confirmed once a year (guideline 三.4)."""
COMPLAINT_MONTHS = 12
VIOLATION_MONTHS = 24
"""How long upheld complaints and serious violations count as signals (product.md §3)."""


class Signals(NamedTuple):
    """What is recorded against a subject and still counts."""

    upheld_complaints_12m: int
    serious_violations_24m: int


NO_SIGNALS = Signals(0, 0)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` earlier; the month's last day where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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
