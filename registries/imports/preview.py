"""The rows of an import as its page shows them: what each would do, column by column, and why some are refused."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from registries.imports.kinds import TableKind
from registries.imports.models import ImportRow
from registries.imports.states import RowClass
from registries.spreadsheets.columns import Layout

TONES = {RowClass.ADDED: "good", RowClass.CHANGED: "wait", RowClass.SAME: "neutral", RowClass.REFUSED: "bad"}


class Altered(NamedTuple):
    """One column: its heading, what stands and what will stand."""

    heading: str
    before: str
    after: str


class Reason(NamedTuple):
    """One reason: the column's heading ("" for the whole row), the value, the sentence and the remedy."""

    heading: str
    value: str
    sentence: str
    remedy: str


class Shown(NamedTuple):
    """One row for the page."""

    number: int
    sheet: str
    identity: str
    title: str
    effect: str
    tone: str
    added: bool
    refused: bool
    changes: list[Altered]
    reasons: list[Reason]


def shown_rows(kind: TableKind, rows: Iterable[ImportRow]) -> list[Shown]:
    """The rows as people read them."""
    layouts = {layout.kind: layout for layout in kind.layouts}
    return [_shown(row, layouts) for row in rows]


def _shown(row: ImportRow, layouts: dict[str, Layout]) -> Shown:
    layout = layouts[row.sheet]
    headings = {other.kind: other.sheet for other in layouts.values()} | {c.name: c.heading for c in layout.columns}
    changes: dict[str, Any] = row.details.get("changes", {})
    effect = RowClass(row.row_class)
    return Shown(
        row.number,
        layout.sheet,
        row.identity,
        row.title,
        str(effect.label),
        TONES[effect],
        effect is RowClass.ADDED,
        effect is RowClass.REFUSED,
        [Altered(headings.get(name, name), before, after) for name, (before, after) in changes.items()],
        [Reason(*reason) for reason in row.details.get("reasons", [])],
    )
