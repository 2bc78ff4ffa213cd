"""What the rooms above know of a case: they add their readers here when they are loaded; nothing is imported upward."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from inspections.cases.queries import Viewer
from inspections.cases.steps import Step


@dataclass(frozen=True)
class Part:
    """A part of a case's page: its template and what it shows, the viewer's step in it, the rows whose history belongs to the case's; whether the
    reviewer's page shows it too."""

    template: str
    context: Mapping[str, Any]
    step: Step | None = None
    rows: Sequence[Model] = field(default_factory=tuple)
    reviewed: bool = False


Reader = Callable[[Any, Viewer], Part | None]
"""Takes a case of ``standings.with_progress`` and who looks at it."""

READERS: list[Reader] = []


def part(reader: Reader) -> Reader:
    """Add a part to the page of a case."""
    READERS.append(reader)
    return reader


def parts_of(case: Any, looks: Viewer) -> list[Part]:
    """Every part of this case's page for this person."""
    return [found for read in READERS if (found := read(case, looks)) is not None]


def one_step(own: Step | None, parts: Sequence[Part]) -> Step | None:
    """The one next step: the case's own if it is the viewer's, else the first of a part that is, else whatever waits."""
    offered = [step for step in (own, *(one.step for one in parts)) if step is not None]
    return next((step for step in offered if step.mine), offered[0] if offered else None)


def rows_of(parts: Sequence[Part]) -> list[Model]:
    """The rows of all parts whose history belongs to the case's."""
    return [row for one in parts for row in one.rows]
