"""One thing that waits for a person, as every room offers it to the desk."""

import datetime as dt
from typing import NamedTuple

MOST = 200
"""Rows read of one kind; a desk with more than that is worked off in the room's own list."""


class Task(NamedTuple):
    """One thing to do: what kind, about what, until when, and the one step that does it."""

    kind: str
    title: str
    text: str
    label: str
    url: str
    due: dt.date | None = None
