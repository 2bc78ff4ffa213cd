"""What the floors above know of a subject: they add their readers here when they are loaded; nothing is imported upward.

A reader asks its own floor's queries and shows each person only what that floor lets them see.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from registries.ledger.telling import Altered
from registries.people.models import User
from registries.subjects.models import Subject
from registries.subjects.rules import Signals


@dataclass(frozen=True)
class Happening:
    """One line of a subject's history: when, what, details, who, and where to read on."""

    day: dt.date
    time: str
    title: str
    text: str = ""
    who: str = ""
    url: str = ""
    tone: str = ""
    fields: Sequence[Altered] = ()
    order: int = 0


@dataclass(frozen=True)
class Known:
    """What the page of a subject has read already, for the readers of other floors."""

    subject: Subject
    user: User
    today: dt.date
    categories: Sequence[int]
    signals: Signals
    excluded: bool


@dataclass(frozen=True)
class Section:
    """A part of a subject's page: its template and what the template shows."""

    template: str
    context: Mapping[str, Any]


Happenings = Callable[[Subject, User], Iterable[Happening]]
Sections = Callable[[Known], Section | None]
Narrowing = Callable[[QuerySet[Subject]], QuerySet[Subject]]

HAPPENINGS: list[Happenings] = []
SECTIONS: list[Sections] = []
NEVER_VISITED: list[Narrowing] = []


def happenings(reader: Happenings) -> Happenings:
    """Add what happened to a subject on a floor above."""
    HAPPENINGS.append(reader)
    return reader


def section(reader: Sections) -> Sections:
    """Add a part to the page of a subject."""
    SECTIONS.append(reader)
    return reader


def never_visited(narrowing: Narrowing) -> Narrowing:
    """Say which entries were never visited."""
    NEVER_VISITED.append(narrowing)
    return narrowing
