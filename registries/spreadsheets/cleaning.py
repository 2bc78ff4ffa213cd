"""One cell, or one row of cells, made into values — or refused with a sentence and a remedy.

Works on what `reading` found under a `Column`; looks nothing up. Numbers and dates are read in `numbers` and `dates`,
identifiers with a check character in `identifiers`.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from registries.spreadsheets import identifiers
from registries.spreadsheets.columns import Choice, Column, Kind
from registries.spreadsheets.dates import Endless, read_date
from registries.spreadsheets.numbers import read_decimal, read_integer, read_percent
from registries.spreadsheets.reading import Cell, blank
from registries.spreadsheets.refusals import BadCell, Refusal, shown

Value = str | int | Decimal | dt.date | bool | tuple[str, ...] | None

_REMEMBERED = 2_000
_SEPARATORS = re.compile(r"[、，,;；|\n]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]|_x000[dD]_")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_FLOATED = re.compile(r"(\d+)\.0+")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One row, cleaned: column name → value for every column that the file has, and what was refused.

    A refused column has no value. `endless` names the date columns that said 长期; their value is None. `cautions` do not
    keep the row out.
    """

    row: int
    values: dict[str, Value]
    refusals: tuple[Refusal, ...]
    cautions: tuple[Refusal, ...]
    endless: frozenset[str]


Memory = dict[str, dict[str, Value | Endless]]
"""What the texts of a column came to already: column → text → value. One for each table."""


def clean_row(row: int, record: Mapping[str, Cell], columns: Sequence[Column], memory: Memory | None = None) -> Cleaned:
    """Clean a row of `Table.rows` by its columns; columns that the record lacks are left out of the values.

    With `memory` a text that stood in the same column before is not read again.
    """
    values: dict[str, Value] = {}
    refusals: list[Refusal] = []
    cautions: list[Refusal] = []
    endless: set[str] = set()
    for column in columns:
        if column.name not in record:
            continue
        cell = record[column.name]
        known = memory.setdefault(column.name, {}) if memory is not None and isinstance(cell, str) else {}
        try:
            value = known[cell] if isinstance(cell, str) and cell in known else clean_cell(column, cell)
        except BadCell as bad:
            private = column.kind is Kind.ID_NUMBER
            refusals.append(Refusal(row, column.heading, shown(cell, private=private), bad.sentence, bad.remedy))
            continue
        if isinstance(cell, str) and len(known) < _REMEMBERED:
            known[cell] = value
        if isinstance(value, Endless):
            endless.add(column.name)
            values[column.name] = None
            continue
        values[column.name] = value
        if column.kind is Kind.USCC and isinstance(value, str) and value and (doubt := identifiers.why_doubt_uscc(value)):
            cautions.append(Refusal(row, column.heading, value, doubt, _("Compare it with the licence.")))
    return Cleaned(row, values, tuple(refusals), tuple(cautions), frozenset(endless))


def clean_cell(column: Column, cell: Cell) -> Value | Endless:
    """The value of a cell by its column's kind (see `Kind`), or `BadCell`. 长期 comes back as `Endless`."""
    if blank(cell):
        if column.required:
            raise BadCell(_("“%(heading)s” is blank.") % {"heading": column.heading}, _("Fill the cell."))
        return _BLANK_VALUES.get(column.kind)
    return _READERS[column.kind](column, cell)


def key(text: str) -> str:
    """A text as it is compared with others: half-width, without spaces, case folded. Never stored, never shown."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def _text(column: Column, cell: Cell) -> str:
    text = _plain(cell)
    if column.longest <= 300 and "\n" in text:
        text = re.sub(r"\s*\n\s*", " ", text)
    if len(text) > column.longest:
        raise BadCell(
            _("The text has %(length)s characters; “%(heading)s” takes at most %(most)s.") % {"length": len(text), "heading": column.heading, "most": column.longest},
            _("Shorten it."),
        )
    return text


def _plain(cell: Cell) -> str:
    """A cell as text as it should be kept: no control characters, no spaces around, numbers without a needless .0."""
    if isinstance(cell, str) and cell.isprintable() and "_x" not in cell and unicodedata.is_normalized("NFC", cell):
        return cell.strip(" ")
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    text = _INVISIBLE.sub("", str(cell)).replace("\r\n", "\n").replace("\r", "\n")
    found = _FORBIDDEN.search(text)
    if found:
        raise BadCell(
            _("Character %(position)s is an invisible control character (U+%(code)04X).") % {"position": found.start() + 1, "code": ord(found[0])},
            _("Type the cell anew instead of pasting it."),
        )
    return unicodedata.normalize("NFC", text).strip(" \t\n\u00a0\u3000")


def _code_text(cell: Cell) -> str:
    """A cell as the text of a code, or `BadCell` when a spreadsheet program has already spoilt it."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise BadCell(_("The spreadsheet program has made a date or a truth value of this number."), _as_text())
    if isinstance(cell, int | float):
        if not math.isfinite(cell) or cell != int(cell):
            raise BadCell(_("A code is no number with decimals."), _as_text())
        if abs(cell) >= 1e15:
            raise BadCell(_("The cell is a number of more than 15 digits, and the spreadsheet program has lost the last ones."), _as_text())
        return str(int(cell))
    text = _plain(cell)
    if not text.isascii() or " " in text or not text.isprintable():
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if _EXPONENT.fullmatch(text):
        number = Decimal(text)
        if number == number.to_integral_value() and len(number.as_tuple().digits) == number.adjusted() + 1 <= 15:
            return f"{number:f}"  # written out in full behind the E: nothing is lost
        raise BadCell(_("The number was shortened to “%(text)s”, and its digits are lost.") % {"text": text}, _as_text())
    floated = _FLOATED.fullmatch(text)
    return floated[1] if floated else text


def _as_text() -> str:
    return _("Format the column as text and type it again.")


def _code(column: Column, cell: Cell) -> str:
    text = _code_text(cell)
    if len(text) > column.longest:
        raise BadCell(_("The code has %(length)s characters; at most %(most)s are allowed.") % {"length": len(text), "most": column.longest}, _("Shorten it."))
    if column.strict and not re.fullmatch(column.strict, text):
        raise BadCell(_("“%(text)s” contains characters that “%(heading)s” does not take.") % {"text": shown(text), "heading": column.heading}, _allowed(column))
    return text


def _allowed(column: Column) -> str:
    return str(column.help) or _("Use letters, digits, dots and hyphens.")


def _uscc(_column: Column, cell: Cell) -> str:
    text = _code_text(cell).replace("-", "").upper()
    identifiers.check_uscc(text)
    return text


def _id_number(_column: Column, cell: Cell) -> str:
    text = _code_text(cell).replace("-", "").upper()
    identifiers.check_id_number(text)
    return text


def _choice(column: Column, cell: Cell) -> str:
    if isinstance(cell, bool):
        cell = "true" if cell else "false"
    text = _plain(cell)
    choice = _answers(column.choices).get(key(text))
    if choice is None:
        raise BadCell(
            _("“%(text)s” is none of the answers of “%(heading)s”.") % {"text": shown(text), "heading": column.heading},
            _("Choose one of: %(answers)s.") % {"answers": "、".join(choice.label for choice in column.choices)},
        )
    return choice.value


def _flag(column: Column, cell: Cell) -> bool:
    return _choice(column, cell) == "yes"


def _labels(column: Column, cell: Cell) -> tuple[str, ...]:
    text = _text(column, _SEPARATORS.sub("、", _plain(cell)))
    return tuple(dict.fromkeys(label for part in text.split("、") if (label := part.strip())))


@lru_cache(maxsize=256)
def _answers(choices: tuple[Choice, ...]) -> dict[str, Choice]:
    return {key(spelling): choice for choice in reversed(choices) for spelling in (choice.value, choice.label, *choice.synonyms)}


_BLANK_VALUES: dict[Kind, Value] = {Kind.TEXT: "", Kind.CODE: "", Kind.USCC: "", Kind.ID_NUMBER: "", Kind.CHOICE: "", Kind.LABELS: ()}
_READERS: dict[Kind, Callable[[Column, Cell], Value | Endless]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.USCC: _uscc,
    Kind.ID_NUMBER: _id_number,
    Kind.DATE: read_date,
    Kind.INTEGER: read_integer,
    Kind.DECIMAL: read_decimal,
    Kind.PERCENT: read_percent,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.LABELS: _labels,
}
