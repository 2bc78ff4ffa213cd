"""The rules of messages, pure: when a deadline is told of, and what is told as one."""

import datetime as dt
import hashlib

REMIND = (1, 3, 7)
"""Days before a deadline on which it is told of; after that it is told of once as overdue."""

FEW = 20
"""Up to so many alike are told of one by one; more become one message a day."""

TOLD_FOR = dt.timedelta(days=14)
"""How far back a decision is still news: a worker that was down catches up."""


def reminder(due: dt.date, today: dt.date) -> int | None:
    """The step of a deadline reached by today: 7, 3, 1, or 0 once the day has passed; None before that."""
    left = (due - today).days
    return 0 if left < 0 else next((step for step in REMIND if left <= step), None)


def key_of(*parts: object) -> str:
    """What a message is about, as one word of fixed length."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def digest_of(secret: str) -> str:
    """By what the secret of a calendar is found."""
    return hashlib.sha256(secret.encode()).hexdigest()
