"""Who must have a second factor, when it is locked, how codes are spelled. Pure."""

import datetime as dt
import unicodedata
from collections.abc import Iterable

from registries.ledger.sentences import Sentence, say
from registries.people.roles import Role

WANTED_OF: frozenset[str] = frozenset(
    role.value for role in (Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
)
"""Roles that must have one (trust.md 2.2 d); the others may."""

WRONG_AT_MOST = 5
LOCKED_FOR = dt.timedelta(minutes=15)
RECOVERY_CODES = 10
DIGITS = 6
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: none looks like another."""


def wants(roles: Iterable[str]) -> bool:
    """Whether somebody with these roles is one of those who must have a second factor."""
    return not WANTED_OF.isdisjoint(roles)


def typed(text: str) -> str:
    """A code as people type it, in its one spelling: no spaces and dashes, small letters, plain figures."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in plain if one.isascii() and one.isalnum())


def is_code(text: str) -> bool:
    """Whether this is spelled like a code of the authenticator: six figures."""
    return len(text) == DIGITS and text.isdigit()


def grouped(text: str) -> str:
    """In groups of four, to be typed from."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def after_wrong(wrong: int, now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many wrong codes there are with one more, and until when it is locked: from the fifth on after every one."""
    wrong += 1
    return wrong, now + LOCKED_FOR if wrong >= WRONG_AT_MOST else None


def why_not_try(*, locked_until: dt.datetime | None, now: dt.datetime) -> Sentence | None:
    """Why no code is taken now."""
    if locked_until is None or now >= locked_until:
        return None
    minutes = -((now - locked_until) // dt.timedelta(minutes=1))
    return say(
        "Too many wrong codes. Wait %(minutes)s minutes, then try again; or ask a security administrator to clear the second factor.",
        minutes=minutes,
    )


def why_not_clear(*, own: bool) -> Sentence | None:
    """Why a security administrator may not clear this person's second factor."""
    return say("Nobody clears their own second factor. Ask the other security administrator.") if own else None


def why_not_drop(*, must: bool) -> Sentence | None:
    """Why somebody may not turn the own second factor off."""
    return say("Your role needs a second factor. You can set it up on another phone, but not turn it off.") if must else None
