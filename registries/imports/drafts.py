"""One row on its way from the file to the registry: what it says, what it would do, why it may not. Knows no database."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from registries.imports.states import RowClass
from registries.spreadsheets.cleaning import Cleaned
from registries.spreadsheets.columns import Column, Kind, Layout
from registries.spreadsheets.layouts import YES_NO
from registries.spreadsheets.reading import Cell
from registries.spreadsheets.refusals import Refusal

Plain = str | int | bool | None | list[str]
"""A column's value as JSON keeps it: days in ISO form, decimals as text, rows of other tables by their codes."""


@dataclass(slots=True)
class Draft:
    """A row of one sheet. ``values`` are its columns that say something; ``set``, ``was`` and ``changes`` what it would do.

    ``extra`` goes with the row to the commit, and then the row keeps all its values, changed or not. ``barred`` is the key of a
    subject excluded by law that the row is refused for.
    """

    layout: Layout
    number: int
    cells: Mapping[str, Cell]
    values: dict[str, Any]
    reasons: list[Refusal]
    cautions: list[Refusal]
    key: tuple[Plain, ...] | None = None
    effect: RowClass = RowClass.SAME
    set: dict[str, Plain] = field(default_factory=dict)
    was: dict[str, Plain] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    barred: str = ""

    @property
    def refused(self) -> bool:
        """Whether anything speaks against the row."""
        return bool(self.reasons)

    @property
    def row_class(self) -> RowClass:
        """What committing the row would do."""
        return RowClass.REFUSED if self.reasons else self.effect

    def refuse(self, column: str, sentence: str, remedy: str, value: object = "") -> None:
        """Say why the row is refused; ``column`` is a column's name, or "" for the whole row."""
        heading = self.layout.column(column).heading if column else ""
        self.reasons.append(Refusal(self.number, heading, str(value), sentence, remedy))


def draft(layout: Layout, cleaned: Cleaned, cells: Mapping[str, Cell]) -> Draft:
    """A cleaned row as a draft. A blank cell says nothing; 长期 says that there is no end."""
    values = {
        name: plain(value) for name, value in cleaned.values.items() if value not in ("", None, ()) or name in cleaned.endless
    }
    return Draft(layout, cleaned.row, cells, values, list(cleaned.refusals), list(cleaned.cautions))


def plain(value: Any) -> Plain:
    """A value of a cell or a column as JSON keeps it."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    kept: Plain = value
    return kept


def shown(column: Column, value: Plain, labels: Mapping[str, str] | None = None) -> str:
    """A value as people read it; ``labels`` name rows of other tables by their codes."""
    if value is None or value == "" or value == []:
        return _("without end") if value is None and column.endless else ""
    if labels is not None:
        codes = value if isinstance(value, list) else [str(value)]
        return "、".join(labels.get(code, code) for code in codes)
    if isinstance(value, bool):
        return YES_NO[0].label if value else YES_NO[1].label
    if column.kind is Kind.CHOICE:
        return next((choice.label for choice in column.choices if choice.value == value), str(value))
    if column.kind is Kind.ID_NUMBER:
        text = str(value)
        return f"{text[:6]}{'*' * 10}{text[-2:]}"
    return "、".join(value) if isinstance(value, list) else str(value)


def refuse_doubles(drafts: Iterable[Draft], keys: Sequence[tuple[str, ...]]) -> None:
    """Refuse rows of one file that stand for the same thing, each naming the others."""
    taken = [one for one in drafts if one.values]
    for names in keys:
        found: dict[tuple[Plain, ...], list[Draft]] = {}
        for one in taken:
            value = tuple(one.values.get(name) for name in names)
            if all(one not in (None, "") for one in value):
                found.setdefault(value, []).append(one)
        for same in found.values():
            if len(same) > 1:
                _refuse_same(same, names)


def _refuse_same(same: Sequence[Draft], names: Sequence[str]) -> None:
    headings = "、".join(same[0].layout.column(name).heading for name in names)
    for one in same:
        others = [str(other.number) for other in same if other is not one][:5]
        one.refuse(
            names[-1],
            _("Rows %(row)s and %(others)s have the same %(headings)s.")
            % {"row": one.number, "others": "、".join(others), "headings": headings},
            _("Keep one of them and delete the others."),
            one.values.get(names[-1], ""),
        )


def stored_cell(cell: Cell) -> str | int | float | bool | None:
    """A cell as written, as JSON keeps it until the workbook of refused rows is asked for."""
    if cell is None or isinstance(cell, str | int | float | bool):
        return cell
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else str(cell)
