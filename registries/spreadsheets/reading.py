"""Opening people's tables: bytes → sheets of cells → rows under a matched header.

What a file is and whether it may be opened stands in `gate`; what a cell means, in `cleaning`. Row numbers are always
those that the file itself shows, from 1.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registries.spreadsheets.columns import Kind, Layout, Matching, match, normalised
from registries.spreadsheets.gate import Form, Unreadable, admit
from registries.spreadsheets.opening import Book, parsed
from registries.spreadsheets.opening import Cell as Cell
from registries.spreadsheets.opening import Sheet as Sheet

HEADER_WITHIN = 30
_BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"
_1904 = 1462  # days between the two ways in which workbooks count them


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


def open_book(content: bytes, admitted: Form | None = None) -> Book:
    """The sheets of a file of any form that the gate admits, in the order of the file, or `Unreadable`.

    `admitted` is what the gate has just said of these very bytes, when the caller asked it already.
    """
    book = parsed(content, admitted or admit(content))
    if not any(not blank(cell) for sheet in book.sheets for row in sheet.rows for cell in row):
        if book.unseen:
            raise Unreadable(_("Only hidden sheets of the file hold anything (%(sheets)s). Show them in Excel or WPS, or choose the right file.") % {"sheets": "、".join(book.unseen)})
        raise Unreadable(_("The file has no cell with anything in it. Choose the right file."))
    return book


def open_sheets(content: bytes, admitted: Form | None = None) -> list[Sheet]:
    """The visible sheets of :func:`open_book`."""
    return open_book(content, admitted).sheets


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


def tabulate(sheet: Sheet, layout: Layout, mapping: Mapping[str, int] | None = None, left_out: Collection[int] = ()) -> Table:
    """The sheet's rows under its header, or `Unreadable` when there is none.

    `mapping` (column name → index), when given, stands in place of the automatic one; `left_out` are numbers of rows not to take.
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
    places = list(matching.mapping.items())
    days = [column.name for column in layout.columns if column.kind is Kind.DATE and column.name in matching.mapping] if sheet.epoch_1904 else []
    shared = [
        (column.name, column.beside)
        for column in layout.columns
        if column.beside and column.name in matching.mapping and column.beside not in matching.mapping and "注册号" in headings[matching.mapping[column.name]]
    ]
    for index in range(header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        width = len(row)
        record = {name: row[at] if at < width else None for name, at in places}
        if all(blank(cell) for cell in record.values()) or index + 1 in left_out or _repeats(record, headings, matching.mapping):
            continue
        for name in days:
            day = record[name]
            if isinstance(day, int | float):
                record[name] = day + _1904
        for name, other in shared:
            if _is_old_number(record[name]):
                record |= {name: None, other: record[name]}
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


def _is_old_number(cell: Cell) -> bool:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else unicodedata.normalize("NFKC", str(cell)).strip(_BLANKS)
    return len(text) in {13, 15} and text.isascii() and text.isdecimal()


def _repeats(record: Mapping[str, Cell], headings: Sequence[str], mapping: Mapping[str, int]) -> bool:
    return len(record) > 1 and all(isinstance(cell, str) and normalised(cell) == normalised(headings[mapping[name]]) for name, cell in record.items())


def _fit(sheet: Sheet, layout: Layout) -> int:
    header = find_header(sheet.rows, layout)
    return 0 if header is None else len(match(sheet.rows[header], layout.columns).mapping)
