"""The table: what is kept, in which tables, how long, by which rule, who ends it, and what is due. Floors add their lines."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Due = Callable[[], int]
Forget = Callable[[int], int]


class Line(NamedTuple):
    """One line. ``tables`` by label; ``due`` counts what has passed its time, ``forget`` lets at most so many of it go and says how many.

    A line without ``forget`` ends otherwise (``who``) or never: its rows are evidence, and protected.
    """

    code: str
    what: "StrOrPromise"
    tables: tuple[str, ...]
    how_long: "StrOrPromise"
    basis: "StrOrPromise"
    who: "StrOrPromise"
    due: Due | None = None
    forget: Forget | None = None

    def there(self) -> int:
        """How many rows there are."""
        return sum(apps.get_model(label)._base_manager.count() for label in self.tables)


LINES: dict[str, Line] = {}
"""Every line by its code, in the order in which the floors were loaded."""


def keep(*lines: Line) -> None:
    """Add lines to the table."""
    LINES.update({line.code: line for line in lines})


def line_of(model: type[models.Model]) -> Line | None:
    """The line that a table stands in."""
    label = model._meta.label_lower
    return next((line for line in LINES.values() if label in line.tables), None)
