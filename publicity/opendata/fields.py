"""What a column of the open data is, and how its values are spelled in CSV, XLSX and JSON. Pure.

One table of such fields (``tables.py``) gives the headings of the files, the keys of JSON, the schemas of OpenAPI and the data
dictionary.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["text", "code", "integer", "number", "day", "moment", "flag", "list", "address"]
Value = str | int | Decimal | bool | dt.date | dt.datetime | Sequence[str] | None

BEIJING = ZoneInfo("Asia/Shanghai")
BETWEEN = " | "
"""Parts the values of a list in one cell."""
_FORMULA = re.compile(r"['\t\r\n]|[ \t\r\n\u00a0\u200b\u3000\ufeff]*[=+\-@＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its key, its Chinese heading, its kind, what it means, where it comes from, and the codes it may hold.

    ``empty``: it may be missing (``null`` in JSON); texts are never missing, but may be "".
    """

    name: str
    label: str
    kind: Kind
    meaning: Any
    source: Any
    choices: tuple[tuple[str, Any], ...] = ()
    empty: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The field in JSON Schema."""
        found = dict(_SCHEMAS[self.kind])
        if self.empty:
            found["type"] = [found["type"], "null"]
        if self.choices:
            found["enum"] = [code for code, _label in self.choices]
        return found | {"title": self.label, "description": str(self.meaning)}


_SCHEMAS: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
    "address": {"type": "string", "format": "uri"},
}


def moment_text(moment: dt.datetime) -> str:
    """A moment in Beijing time, to the second."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def in_json(value: Value) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return in_cell(value)
    return value


def object_writer(fields: Sequence[Field]) -> Callable[[Sequence[Value]], str]:
    """What writes a row as one JSON object, Chinese as it is: the same as ``json.dumps`` of its values, several times as fast."""
    template = ",".join(f'"{field.name}":%s' for field in fields)
    encoders = [_or_null(_ENCODERS[field.kind]) if field.empty else _ENCODERS[field.kind] for field in fields]

    def write(row: Sequence[Value]) -> str:
        return f"{{{template % tuple([encode(value) for encode, value in zip(encoders, row, strict=True)])}}}"

    return write


def _or_null(encode: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "null" if value is None else encode(value)


def _list(values: Iterable[str]) -> str:
    return f"[{','.join(map(encode_basestring, values))}]"


_ENCODERS: dict[Kind, Callable[[Any], str]] = {
    "text": encode_basestring,
    "code": encode_basestring,
    "address": encode_basestring,
    "integer": str,
    "number": lambda value: str(in_cell(value)),
    "day": lambda day: f'"{day.isoformat()}"',
    "moment": lambda moment: f'"{moment_text(moment)}"',
    "flag": lambda flag: "true" if flag else "false",
    "list": _list,
}


def in_cell(value: Value) -> str | int | float | dt.date | None:
    """A value as a cell of a workbook holds it: the exact text, a number, or a day."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str | int | dt.date) or value is None:
        return value
    return BETWEEN.join(value)


def in_csv(value: Value) -> str:
    """A value as a cell of CSV holds it.

    A text that a spreadsheet would take for a formula, or that begins with an apostrophe, gets one apostrophe in front: whoever
    takes away one leading apostrophe has the exact text back.
    """
    cell = in_cell(value)
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) else cell
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
