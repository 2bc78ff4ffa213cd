"""Opening people's tables: bytes → sheets of cells → rows under a matched header.

What a file is and whether it may be opened stands in `gate`; what a cell means, in `cleaning`. Row numbers are always
those that the file itself shows, from 1.
"""

import csv
import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import python_calamine
from django.utils.translation import gettext as _

from registries.spreadsheets import old_workbook
from registries.spreadsheets.columns import Layout, Matching, match, normalised
from registries.spreadsheets.gate import Form, Unreadable, admit, bounded

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

_FROM_ISO: dict[str, Callable[[str], Cell]] = {"datetime": dt.datetime.fromisoformat, "date": dt.date.fromisoformat, "time": dt.time.fromisoformat}
HEADER_WITHIN = 30
_BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it stands: `rows[0]` is row 1 of the file. Rows may differ in length."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet under its header.

    `header_row` is the number of the header's row; `rows` are (row number, column name → cell), without blank rows and
    without repetitions of the header; `headings` are the header's cells as written, for a page where the mapping is changed.
    """

    layout: Layout
    sheet_name: str
    header_row: int
    headings: tuple[str, ...]
    matching: Matching
    rows: list[tuple[int, dict[str, Cell]]]


def open_sheets(content: bytes, admitted: Form | None = None) -> list[Sheet]:
    """The visible sheets of a file of any form that the gate admits, in the order of the file, or `Unreadable`.

    `admitted` is what the gate has just said of these very bytes, when the caller asked it already.
    """
    form = admitted or admit(content)
    if form is Form.TEXT:
        sheets = [_text_sheet(content)]
    else:
        sheets = _old_workbook_sheets(content) if form is Form.XLS else _workbook_sheets(content)
    if not any(not blank(cell) for sheet in sheets for row in sheet.rows for cell in row):
        raise Unreadable(_("The file has no cell with anything in it. Choose the right file."))
    return sheets


def find_sheet(sheets: Sequence[Sheet], layout: Layout) -> Sheet | None:
    """The sheet for a layout: the one of its name, else the one whose header fits best, else None."""
    for sheet in sheets:
        if normalised(sheet.name) == normalised(layout.sheet) and find_header(sheet.rows, layout) is not None:
            return sheet
    fits = [(_fit(sheet, layout), -position, sheet) for position, sheet in enumerate(sheets)]
    best = max(fits, key=lambda fit: fit[:2], default=None)
    return best[2] if best and best[0] else None


def find_header(rows: Sequence[Sequence[Cell]], layout: Layout) -> int | None:
    """Index of the header row among the first rows: the one with the most headings of the layout, and not fewer than two."""
    counts = [len(match(row, layout.columns).mapping) for row in rows[:HEADER_WITHIN]]
    best = max(counts, default=0)
    return counts.index(best) if best >= min(2, len(layout.columns)) else None


def tabulate(sheet: Sheet, layout: Layout, mapping: Mapping[str, int] | None = None) -> Table:
    """The sheet's rows under its header, or `Unreadable` when there is none.

    `mapping` (column name → index), when given, stands in place of the automatic one.
    """
    header = find_header(sheet.rows, layout)
    if header is None:
        wanted = "、".join(column.heading for column in layout.columns if column.required)
        raise Unreadable(
            _("No header row was found in “%(sheet)s”. One row must name the columns, at least: %(wanted)s.") % {"sheet": sheet.name, "wanted": wanted}
        )
    headings = tuple("" if cell is None else str(cell).strip(_BLANKS) for cell in sheet.rows[header])
    matching = match(headings, layout.columns)
    if mapping is not None:
        matching = _chosen(headings, layout, mapping)
    rows = []
    for index in range(header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        record = {name: row[at] if at < len(row) else None for name, at in matching.mapping.items()}
        if all(blank(cell) for cell in record.values()) or _repeats(record, headings, matching.mapping):
            continue
        rows.append((index + 1, record))
    return Table(layout, sheet.name, header + 1, headings, matching, rows)


def why_not_importable(matching: Matching) -> str | None:
    """The sentence that refuses a table whose header lacks a required column or names one twice; None when it is whole."""
    if matching.missing:
        return _("Columns are missing: %(columns)s. Add them to the header, or say which column of the file they are.") % {
            "columns": "、".join(column.heading for column in matching.missing)
        }
    if matching.doubled:
        return _("Columns stand in the header twice: %(columns)s. Rename or delete one of each.") % {"columns": "、".join(matching.doubled)}
    return None


def blank(cell: Cell) -> bool:
    """True for a cell with nothing in it, full-width and zero-width spaces included."""
    return cell is None or (isinstance(cell, str) and not cell.strip(_BLANKS))


def _chosen(headings: Sequence[str], layout: Layout, mapping: Mapping[str, int]) -> Matching:
    known = {column.name for column in layout.columns}
    kept = {name: at for name, at in mapping.items() if name in known and 0 <= at < len(headings)}
    missing = tuple(column for column in layout.columns if column.required and column.name not in kept)
    unknown = tuple(heading for at, heading in enumerate(headings) if heading and at not in kept.values())
    return Matching(kept, missing, unknown, ())


def _repeats(record: Mapping[str, Cell], headings: Sequence[str], mapping: Mapping[str, int]) -> bool:
    return len(record) > 1 and all(isinstance(cell, str) and normalised(cell) == normalised(headings[mapping[name]]) for name, cell in record.items())


def _fit(sheet: Sheet, layout: Layout) -> int:
    header = find_header(sheet.rows, layout)
    return 0 if header is None else len(match(sheet.rows[header], layout.columns).mapping)


def _workbook_sheets(content: bytes) -> list[Sheet]:
    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as workbook:
            shown = [
                data.name
                for data in workbook.sheets_metadata
                if data.typ == python_calamine.SheetTypeEnum.WorkSheet and data.visible == python_calamine.SheetVisibleEnum.Visible
            ]
            return [_parsed(workbook.get_sheet_by_name(name)) for name in shown]
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own way to fall over; it is no Exception
            raise _damaged() from error
        raise


def _parsed(parsed: python_calamine.CalamineSheet) -> Sheet:
    if parsed.end is None:
        return Sheet(parsed.name, [])
    merged = [(top, left, bottom) for (top, left), (bottom, _right) in parsed.merged_cell_ranges or ()]
    return _sheet(parsed.name, [list(row) for row in parsed.to_python(skip_empty_area=False)], merged)


def _old_workbook_sheets(content: bytes) -> list[Sheet]:
    reader = [sys.executable, "-I", old_workbook.__file__]
    done = subprocess.run(reader, input=content, capture_output=True, check=False)  # noqa: S603 - our own program, no words of others
    if done.returncode == 3:
        raise Unreadable(_("The workbook is protected by a password. Save it without one."))
    if done.returncode != 0:
        raise _damaged()
    return [
        _sheet(name, [[_FROM_ISO[cell["type"]](cell["iso"]) if isinstance(cell, dict) else cell for cell in row] for row in rows], merged)
        for name, rows, merged in json.loads(done.stdout)
    ]


def _damaged() -> Unreadable:
    return Unreadable(_("The workbook cannot be read. Open it in Excel or WPS and save it again as “.xlsx”."))


def _sheet(name: str, rows: list[list[Cell]], merged: Sequence[tuple[int, int, int]]) -> Sheet:
    """The sheet within bounds, a cell merged over several rows (top, left, bottom) repeated in each of them."""
    bounded(len(rows), max(map(len, rows), default=0), name)
    for top, left, bottom in merged:
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and blank(row[left]):
                row[left] = rows[top][left]
    return Sheet(name, rows)


def _text_sheet(content: bytes) -> Sheet:
    text = _decoded(content)
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    widest = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            widest = max(widest, len(row))
            bounded(len(rows) + 1, widest, "CSV")
            rows.append([_unguarded(cell) for cell in row])
    except csv.Error as error:
        raise Unreadable(_("The text table is damaged near row %(row)s: a quotation mark is not closed, or a cell is too long.") % {"row": len(rows) + 1}) from error
    return Sheet("CSV", rows)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(character) < 32 and character not in "\t\r\n\x0b\x0c\x1a" for character in text[:65536]):
            return text.rstrip("\x1a")
    raise Unreadable(_("The text is neither UTF-8 nor GB18030. Open it in Excel or WPS and save it as “.xlsx”, or as CSV in UTF-8."))


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:HEADER_WITHIN] if line.strip()]

    def score(delimiter: str) -> int:
        widths = sorted(len(row) for row in csv.reader(lines, delimiter=delimiter))
        return widths[len(widths) // 2] if widths else 0

    try:
        return max(_DELIMITERS, key=score)
    except csv.Error:
        return ","


def _unguarded(cell: str) -> str:
    """Take off what keeps other programs from reading a text as a formula or a number: a leading ' or ="…"."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    if len(cell) > 1 and cell[0] == "'" and (cell[1] in "=+-@＝＋－＠\t\r" or cell[1:].isdecimal()):
        return cell[1:]
    return cell
