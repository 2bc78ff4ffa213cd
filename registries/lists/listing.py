"""What a list is to this room: its code, its address, who may see it, the columns there are to choose from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registries.spreadsheets.writing import Writable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ListColumn:
    """One column: ``value`` gives what a row has there, as exports write it; ``shown`` whether it is seen unless chosen away."""

    code: str
    label: "StrOrPromise"
    value: Callable[[Any], Writable]
    shown: bool = True
    css: str = ""


@dataclass(frozen=True)
class Listing:
    """One list. ``url`` is the name of its address, ``right`` opens it; its first column always stands and is not listed here."""

    code: str
    url: str
    right: str
    title: "StrOrPromise"
    columns: tuple[ListColumn, ...]

    def chosen(self, codes: Sequence[str] | None) -> list[ListColumn]:
        """The columns of these codes in the list's order; those shown by default when nothing was chosen."""
        return [one for one in self.columns if (one.shown if codes is None else one.code in codes)]


LISTINGS: dict[str, Listing] = {}
"""Every list by its code; each room adds its own."""


def listing(one: Listing) -> Listing:
    """Add a list to those that keep searches and columns."""
    LISTINGS[one.code] = one
    return one
