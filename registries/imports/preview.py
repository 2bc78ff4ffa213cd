"""The rows of an import as its page shows them: what each would do, column by column, and why some are refused."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import pgettext

from registries.imports.kinds import TableKind
from registries.imports.models import ImportRow
from registries.imports.registers import Context, Register
from registries.imports.states import RowClass

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


def effect_in_words(effect: RowClass, *, done: bool) -> str:
    """What a row will do, or has done."""
    words = {RowClass.ADDED: pgettext("row of an import", "added"), RowClass.CHANGED: pgettext("row of an import", "changed")}
    return words[effect] if done and effect in words else str(effect.label)


def shown_rows(kind: TableKind, rows: Iterable[ImportRow], today: dt.date, *, done: bool) -> list[Shown]:
    """The rows of one page as people read them, before or after they are taken over (``done``).

    Asks for the tables that new rows name, at most once each.
    """
    taken = list(rows)
    context = Context(None, today)
    for register in kind.registers:
        new = [row for row in taken if row.sheet == register.layout.kind and row.row_class == RowClass.ADDED]
        if new:
            register.load_links(new, context)
    registers = {register.layout.kind: register for register in kind.registers}
    return [_shown(row, registers, context, done=done) for row in taken]


def _shown(row: ImportRow, registers: dict[str, Register], context: Context, *, done: bool) -> Shown:
    register = registers[row.sheet]
    layout = register.layout
    headings = {code: other.layout.sheet for code, other in registers.items()} | {c.name: c.heading for c in layout.columns}
    effect = RowClass(row.row_class)
    changes: dict[str, Any] = row.details.get("changes", {})
    if effect is RowClass.ADDED:
        written = {name: register.text_of(name, value, context) for name, value in row.values["set"].items()}
        changes = {name: ["", text] for name, text in written.items() if text}
    return Shown(
        row.number,
        layout.sheet,
        row.identity,
        row.title,
        effect_in_words(effect, done=done),
        TONES[effect],
        effect is RowClass.ADDED,
        effect is RowClass.REFUSED,
        [Altered(headings.get(name, name), before, after) for name, (before, after) in changes.items()],
        [Reason(*reason) for reason in row.details.get("reasons", [])],
    )
