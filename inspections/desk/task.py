"""One thing that waits for a person, as every room offers it to the desk."""

import datetime as dt
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet

from registries.subjects.models import Subject

Rows = TypeVar("Rows", bound=QuerySet[Any])

MOST = 200
"""Rows read of one kind; a desk with more than that is worked off in the room's own list."""


class Task(NamedTuple):
    """One thing to do: what kind, about what, until when, and the one step that does it.

    ``mark``: what it is called where nobody may be named (messages, mail, calendars): a number or a title, no subject, no person.
    """

    kind: str
    title: str
    text: str
    label: str
    url: str
    due: dt.date | None = None
    mark: str = ""


def named(rows: Rows, subject: str = "subject") -> Rows:
    """These rows with the name of their subject and nothing else of it: a desk reads hundreds, and much of a subject is sealed."""
    rest = (f"{subject}__{one.name}" for one in Subject._meta.concrete_fields if not one.primary_key and one.name != "name")
    return rows.select_related(subject).defer(*rest)
