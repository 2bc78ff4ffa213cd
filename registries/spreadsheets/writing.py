"""Writing tables for people: workbooks and CSV that no program mistakes for formulas.

The same rows give the same bytes: no time of writing is kept. Templates to fill in and workbooks of refused rows stand in
`templates`.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as WrittenCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

Writable = str | int | float | bool | Decimal | dt.date | dt.datetime | None

LONGEST_CELL = 32_767  # UTF-16 units, the limit of the format
DEEPEST_LIST = 5_000  # rows that a drop-down list covers
LISTS_SHEET = "_lists"

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_STARTS = tuple("=+-@＝＋－＠")
_GAPS = " \t\r\n\u00a0\u200b\u3000\ufeff"
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest moment an archive can hold; no real one, so that a file depends on its rows alone."""

_LINE = Side(style="thin", color="FFC9CDD4")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(vertical="center", wrap_text=True)
_BODY: dict[str, object] = {"border": _GRID, "alignment": _WRAPPED}
_LOOKS: dict[str, dict[str, object]] = {
    "plain": {},
    "title": {"font": Font(bold=True, size=16), "alignment": Alignment(vertical="center")},
    "hint": {"font": Font(color="FF5B6472", italic=True), "alignment": Alignment(vertical="top")},
    "head": {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="FFE8EEF7"), "border": _GRID, "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True)},
    "body": _BODY,
    "marked": {**_BODY, "fill": PatternFill("solid", fgColor="FFFBE3E4")},
}


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet to write.

    `widths` are in characters, one per column (missing ones are guessed from the heading); `lists` gives the answers of a
    drop-down list per column index, from 0, and `free` names those columns that take other answers too; `marked` are the
    (row, column) indexes of cells, from 0 below the header, that stand out in red.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Writable]]
    title: str = ""
    hints: Sequence[str] = ()
    widths: Sequence[int] = ()
    lists: Mapping[int, Sequence[str]] = field(default_factory=dict)
    free: frozenset[int] = frozenset()
    marked: frozenset[tuple[int, int]] = frozenset()


def write_workbook(pages: Iterable[Page], mark: str = "") -> bytes:
    """The pages as an .xlsx workbook. Every text stays a text, whatever it begins with. ``mark`` is printed at the foot of every page."""
    workbook = Workbook(write_only=True)
    lists: list[Sequence[str]] = []
    names: set[str] = set()
    for page in pages:
        _write_page(workbook, page, _free_name(page.name, names), lists)
    if lists:
        hidden = workbook.create_sheet(LISTS_SHEET)
        hidden.sheet_state = "hidden"
        for answers in lists:
            hidden.append([_Pen(hidden).cell(answer) for answer in answers])
    for sheet in workbook.worksheets if mark else ():
        sheet.oddFooter.center.text = mark.replace("&", "&&")
    return settled(workbook)


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Writable]]) -> bytes:
    """A table as CSV in UTF-8 with a mark, so that Excel shows Chinese; texts like formulas get a leading apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(heading) for heading in headings])
    writer.writerows([guarded(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def settled(workbook: Workbook) -> bytes:
    """The workbook's bytes without the time of writing, so that equal tables are equal files."""
    raw = io.BytesIO()
    workbook.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(member.filename, MOMENT), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cell_text(text: str) -> str:
    """A text as a cell of a workbook can hold it: illegal characters become �, and what is too long is cut and marked."""
    text = _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = len(text.encode("utf-16-le")) // 2
    if units > LONGEST_CELL:
        mark = _("… [cut: longer than a cell can hold]")
        kept = text.encode("utf-16-le")[: (LONGEST_CELL - len(mark)) * 2]
        text = kept.decode("utf-16-le", "ignore") + mark
    return text


def _write_page(workbook: Workbook, page: Page, name: str, lists: list[Sequence[str]]) -> None:
    sheet: WriteOnlyWorksheet = workbook.create_sheet(name)
    pen = _Pen(sheet)
    above = [text for text in (page.title, *page.hints) if text]
    for index, heading in enumerate(page.headings):
        width = page.widths[index] if index < len(page.widths) else min(40, max(10, 2 * len(heading) + 4))
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    sheet.freeze_panes = f"A{len(above) + 2}"
    for index, answers in page.lists.items():
        if answers:
            lists.append(answers)
            sheet.data_validations.append(_drop_down(index, len(above) + 2, len(lists), len(answers), strict=index not in page.free))
    for text in above:
        sheet.append([pen.cell(text, "title" if text is page.title else "hint")])
    sheet.append([pen.cell(heading, "head") for heading in page.headings])
    for at, row in enumerate(page.rows):
        sheet.append([pen.cell(value, "marked" if (at, index) in page.marked else "body") for index, value in enumerate(row)])


def _drop_down(index: int, first: int, row: int, answers: int, *, strict: bool) -> DataValidation:
    letter = get_column_letter(index + 1)
    validation = DataValidation(
        type="list",
        formula1=f"'{LISTS_SHEET}'!$A${row}:${get_column_letter(answers)}${row}",
        allow_blank=True,
        showErrorMessage=strict,
        errorTitle=_("Not in the list"),
        error=_("Choose an answer from the list."),
    )
    validation.add(f"{letter}{first}:{letter}{first + DEEPEST_LIST - 1}")
    return validation


class _Pen:
    """Makes the cells of one sheet; each look is worked out once, since that takes longer than a cell."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        self.sheet = sheet
        self.looks: dict[tuple[str, str], object] = {}

    def cell(self, value: Writable, look: str = "plain") -> WrittenCell:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
            value = str(value)
        cell = WriteOnlyCell(self.sheet, value=None if isinstance(value, str) else value)
        if isinstance(value, str) and value:
            cell._value = _ESCAPED.sub("_x005F_", cell_text(value))
            cell.data_type = "s"
        cell._style = self.style(look, _day_format(value))
        return cell

    def style(self, look: str, number_format: str) -> object:
        if (look, number_format) not in self.looks:
            model = WriteOnlyCell(self.sheet)
            for name, part in _LOOKS[look].items():
                setattr(model, name, part)
            model.number_format = number_format
            self.looks[look, number_format] = model._style
        return self.looks[look, number_format]


def _day_format(value: Writable) -> str:
    if isinstance(value, dt.datetime):
        return "yyyy-mm-dd hh:mm"
    return "yyyy-mm-dd" if isinstance(value, dt.date) else "General"


def _free_name(name: str, taken: set[str]) -> str:
    base = _SHEET_NAME.sub(" ", name).strip("' ")[:28] or "Sheet"
    free, number = base, 1
    while free.casefold() in taken:
        number += 1
        free = f"{base} {number}"
    taken.add(free.casefold())
    return free


def guarded(value: Writable) -> object:
    """A cell of a CSV table that no program takes for a formula."""
    if isinstance(value, str):
        text = _ILLEGAL.sub("\ufffd", value)
        return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text.lstrip(_GAPS).startswith(_FORMULA_STARTS) else text
    return value
