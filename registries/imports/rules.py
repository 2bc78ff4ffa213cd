"""The rules of an import, pure: who may bring which kind, when it may move on, when it may be taken over."""

import datetime as dt
from collections.abc import Iterable, Mapping

from registries.imports.states import MOVES
from registries.ledger.sentences import Sentence, say

MOST_A_DAY = 200
"""Uploads of one person a day: far above any real work, far below what fills a disk."""
MOST_BYTES_A_DAY = 500 * 1024 * 1024
"""What the files of one person's day may take on the disk together."""
KEPT_FOR = dt.timedelta(days=7)
"""How long a file is kept that nobody takes over."""
MOST_ATTEMPTS = 3
"""How often a check may die before the file is held to be the cause."""

_STATES: dict[str, Sentence] = {
    "uploaded": say("The columns of this file are not confirmed yet."),
    "checking": say("The file is being checked. Wait until the check has ended."),
    "checked": say("The file has been checked already."),
    "committed": say("This file was taken over already. Upload it again to see whether anything is new."),
    "cancelled": say("This import was cancelled. Upload the file again."),
    "failed": say("This file could not be read. Correct it and upload it again."),
    "undone": say("This import was undone. Upload the file again."),
    "expired": say("This file was not taken over within 7 days and is no longer kept. Upload it again."),
}


def why_not(state: str, move: str) -> Sentence | None:
    """Why an import in this state cannot make this move, or None."""
    return None if state in MOVES[move][0] else _STATES[state]


def why_not_kind(*, allowed: bool) -> Sentence | None:
    """Units and code tables are the system administrator's to bring, registries the clerk's."""
    if allowed:
        return None
    return say("Your role does not bring this kind of table. Clerks bring the registries, system administrators units and code tables.")


def why_not_see(*, visible: bool) -> Sentence | None:
    """An import belongs to the unit of whoever uploaded it."""
    return None if visible else say("This import belongs to another unit.")


def why_not_upload(*, uploads_today: int, bytes_today: int, more: int) -> Sentence | None:
    """Nobody fills the disk by uploading: so many files a day, and with ``more`` bytes not beyond what they may take."""
    if uploads_today >= MOST_A_DAY:
        return say("You have uploaded %(most)s files today, and no more are taken. Go on tomorrow.", most=MOST_A_DAY)
    if bytes_today + more > MOST_BYTES_A_DAY:
        return say(
            "With this file, those you have uploaded today would have more than %(most)s MB. Cancel imports that you do not need, or go on tomorrow.",
            most=MOST_BYTES_A_DAY // 1024 // 1024,
        )
    return None


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever decides must have seen the import as it is."""
    return None if seen == now else say("This import has changed meanwhile. Look at the page again.")


def why_not_mapping(
    columns: Mapping[str, int], *, sheet: str, headings: int, known: Iterable[str], required: Mapping[str, str]
) -> Sentence | None:
    """Why this choice of columns (name → place in the header) cannot be; ``required`` are names with their headings."""
    if any(name not in set(known) or not 0 <= at < headings for name, at in columns.items()):
        return say("“%(sheet)s” has no such column. Look at the page again.", sheet=sheet)
    if len(set(columns.values())) < len(columns):
        return say("One column of “%(sheet)s” is chosen twice. Choose each only once.", sheet=sheet)
    missing = [heading for name, heading in required.items() if name not in columns]
    if missing:
        return say(
            "“%(sheet)s” lacks columns: %(missing)s. Say which columns of the file they are, or add them to the file and upload it again.",
            sheet=sheet,
            missing="、".join(missing),
        )
    return None


def why_not_commit(*, added: int, changed: int, refused: int, only_good: bool) -> Sentence | None:
    """All or nothing needs every row to be good; nothing to take over is no import."""
    if refused and not only_good:
        return say(
            "%(refused)s rows are refused. Correct them and upload the file again, or take over only the good rows.",
            refused=refused,
        )
    if not added and not changed:
        return say("There is nothing to take over: no row adds or changes anything.")
    return None
