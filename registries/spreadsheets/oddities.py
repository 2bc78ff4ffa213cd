"""What a person would notice at first sight of a table: hints under its header, sample rows, totals and notes below, columns that hold something else.

Proposes only; whoever brings the table decides.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from registries.spreadsheets.cleaning import clean_cell
from registries.spreadsheets.columns import Column, Kind, Layout
from registries.spreadsheets.opening import Cell
from registries.spreadsheets.reading import Sheet, Table, blank
from registries.spreadsheets.refusals import BadCell, shown

MOST_PROPOSED = 100
FEW_SAMPLES = 5
LOOKED_AT = 200
FEWEST = 3
HINTS_WITHIN = 3

_MARK = "(?:填写|填报|录入|填表)?(?:示例|案例|样例|范例|举例|例子)"
_SAMPLE = re.compile(rf"[(\[【《<]?{_MARK}(?:数据|行|说明)?[)\]】》>]?(?:[(\[【].{{0,12}}[)\]】])?:?")
_NUMBERED = re.compile(rf"[(\[【]?{_MARK}[一二三四五六七八九十\d]{{1,2}}[)\]】]?:?")
_MARKED = re.compile(rf"(?:[(\[【]{_MARK}[)\]】]|{_MARK}:|例:).*|.*[(\[【]{_MARK}[)\]】]|[(\[【]?(?:填写|填报|录入|填表)(?:示例|样例|范例)[)\]】]?|案例|样例|范例")
_TOTAL = re.compile(r"合计|总计|小计|共计|总数")
_NOTE = re.compile(r"(?:备?注|说明|(?:填报|制表|报送|统计)(?:单位|人)|填表人|审核人?|(?:单位)?负责人|联系人|(?:打印|填报|制表|填表)(?:时间|日期))(?:\d|[一二三])?[:.、]")
_HINT = re.compile(r"填写?$|^填|^按.*填|必填|选填|下拉|任选|选择|单选|多选|格式|^如[:：]|例如|参照|参见|参数表|不超过|^\d{1,2}(?:位|个字)|yyyy", re.IGNORECASE)
_ANSWERS = frozenset({Kind.USCC, Kind.ID_NUMBER, Kind.DATE, Kind.CHOICE, Kind.FLAG, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT})
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?[2-9]\d{6,7}(?:-\d{1,6})?")


class Aside(NamedTuple):
    """A row proposed for leaving out: its number, how it begins, and why ("hint", "sample", "total" or "note")."""

    row: int
    text: str
    why: str


class Doubt(NamedTuple):
    """A column that holds something else: its place, its heading, what it holds ("uscc", "id_number", "phone", "date", or
    "choice"), in how many of how many rows, and the heading of the column it may be ("" when the table has none)."""

    place: int
    heading: str
    holds: str
    hits: int
    rows: int
    instead: str


def rows_aside(sheet: Sheet, table: Table) -> list[Aside]:
    """The rows of a table that are no entries: hints, samples, totals, notes below; at most a hundred."""
    short = {place for name, place in table.matching.mapping.items() if table.layout.column(name).longest <= 200}
    mapped = set(table.matching.mapping.values())
    found = []
    above = True  # hints stand under the header, before the first entry
    for number, record in table.rows:
        why = "hint" if above and number <= table.header_row + HINTS_WITHIN and _is_hint(record, table.layout) else ""
        above = bool(why)
        why = why or _why_aside(sheet.rows[number - 1], mapped, short)
        if why:
            begins = " ".join(shown(cell) for cell in sheet.rows[number - 1] if not blank(cell))
            found.append(Aside(number, begins[:80], why))
            if len(found) > MOST_PROPOSED:
                break
    samples = sum(one.why == "sample" for one in found)
    if samples > FEW_SAMPLES and samples * 5 > len(table.rows):  # a table that calls itself a sample
        return [one for one in found if one.why != "sample"]
    return found[:MOST_PROPOSED]


def _is_hint(record: Mapping[str, Cell], layout: Layout) -> bool:
    """Whether a row says how to fill in the columns: a cell says so, and none that must be a date, a code, a number … is one."""
    cells = {name: cell for name, cell in record.items() if not blank(cell)}
    strict = [(column, cells[column.name]) for column in layout.columns if column.kind in _ANSWERS and column.name in cells]
    return any(_HINT.search(_compared(cell)) for cell in cells.values()) and bool(strict) and not any(_fits(*one) for one in strict)


def _why_aside(row: Sequence[Cell], mapped: Collection[int], short: Collection[int]) -> str:
    cells = [cell for cell in row if not blank(cell)]
    first = _compared(cells[0])
    if "例" in first and (_NUMBERED.fullmatch(first) or _SAMPLE.fullmatch(first)):
        return "sample"
    for place, cell in enumerate(row):
        if isinstance(cell, str) and "例" in cell and len(cell) <= 60:
            text = _compared(cell)
            if (place in short and _MARKED.fullmatch(text)) or (place not in mapped and _SAMPLE.fullmatch(text)):
                return "sample"
    if _TOTAL.fullmatch(first):
        return "total"
    return "note" if len(cells) <= 2 and _NOTE.match(first) else ""


def _compared(cell: Cell) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell[:80])) if isinstance(cell, str) else str(cell)


def misplaced(sheet: Sheet, table: Table) -> list[Doubt]:
    """The columns whose cells are plainly something else than their heading says, judged by the first two hundred rows."""
    columns = {place: table.layout.column(name) for name, place in table.matching.mapping.items()}
    doubts = []
    for place, heading in enumerate(table.headings):
        cells = [cell for number, _record in table.rows[:LOOKED_AT] if (cell := _at(sheet.rows[number - 1], place)) is not None]
        if heading and len(cells) >= FEWEST:
            doubt = _doubt(place, heading, cells, columns.get(place), table)
            if doubt is not None:
                doubts.append(doubt)
    return doubts


def _at(row: Sequence[Cell], place: int) -> Cell:
    cell = row[place] if place < len(row) else None
    return None if blank(cell) else cell


def _doubt(place: int, heading: str, cells: Sequence[Cell], column: Column | None, table: Table) -> Doubt | None:
    for holds, test in _SHAPES.items():
        natural = _natural(table.layout, holds)
        if column is not None and (column is natural or column.longest > 300 or _may_hold(column, holds)):
            continue
        if column is None and (natural is None or natural.name in table.matching.mapping):
            continue
        hits = sum(map(test, cells))
        if hits >= FEWEST and hits * 5 >= len(cells) * 4:
            return Doubt(place, heading, holds, hits, len(cells), natural.heading if natural else "")
    if column is not None and column.kind is Kind.CHOICE and _fitting(column, cells) * 5 <= len(cells):
        for other in table.layout.columns:
            if other.kind is Kind.CHOICE and other is not column and (hits := _fitting(other, cells)) * 5 >= len(cells) * 4:
                return Doubt(place, heading, "choice", hits, len(cells), other.heading)
    return None


def _natural(layout: Layout, holds: str) -> Column | None:
    kinds = {"uscc": Kind.USCC, "id_number": Kind.ID_NUMBER}
    for column in layout.columns:
        if column.kind is kinds.get(holds) or column.name == holds:
            return column
    return None


def _may_hold(column: Column, holds: str) -> bool:
    """A day may stand in a text; a subject may be named by its credit code; a day is told by its column."""
    if holds == "date":
        return column.kind in {Kind.DATE, Kind.TEXT}
    return holds == "uscc" and column.name in {"key", "subject"}


def _fitting(column: Column, cells: Sequence[Cell]) -> int:
    return sum(_fits(column, cell) for cell in cells)


def _fits(column: Column, cell: Cell) -> bool:
    try:
        clean_cell(column, cell)
    except BadCell:
        return False
    return True


def _is_kind(kind: Kind) -> Callable[[Cell], bool]:
    column = Column(kind.value, (kind.value,), kind)
    return lambda cell: _fits(column, cell)


def _is_phone(cell: Cell) -> bool:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else _compared(cell)
    return bool(_PHONE.fullmatch(text))


def _is_day(cell: Cell) -> bool:
    return not isinstance(cell, int | float) and _is_kind(Kind.DATE)(cell)


_SHAPES: dict[str, Callable[[Cell], bool]] = {
    "uscc": _is_kind(Kind.USCC),
    "id_number": _is_kind(Kind.ID_NUMBER),
    "phone": _is_phone,
    "date": _is_day,
}
