"""Workbooks made for importing: the template to fill in, and the refused rows with the reason beside each cell."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from registries.spreadsheets.columns import PROBLEM_HEADING, ROW_HEADING, WHOLE_ROW, Column, Kind, Layout
from registries.spreadsheets.reading import Cell
from registries.spreadsheets.refusals import Refusal
from registries.spreadsheets.writing import Page, Writable, write_workbook

REQUIRED = "*"


def write_template(layouts: Sequence[Layout], answers: Mapping[tuple[str, str], Sequence[str]] | None = None) -> bytes:
    """An empty workbook for these layouts, one sheet each, required headings marked with *.

    `answers` adds drop-down lists: (layout kind, column name) → labels, for what stands in code tables.
    """
    return write_workbook([_template_page(layout, answers or {}) for layout in layouts])


def refused_page(layout: Layout, rows: Iterable[tuple[int, Mapping[str, Cell], Sequence[Refusal]]]) -> Page:
    """The refused rows as they were, each bad cell red with its reason in the column beside it; it can be uploaded again.

    `rows` are (row number in the file, column name → cell, what was refused).
    """
    taken = list(rows)
    spoilt = {refusal.heading for _row, _record, refusals in taken for refusal in refusals}
    whole = spoilt - {column.heading for column in layout.columns}
    columns = [column for column in layout.columns if column.heading in spoilt or any(column.name in record for _row, record, _refusals in taken)]
    headings = [ROW_HEADING]
    for column in columns:
        headings.append(column.heading)
        if column.heading in spoilt:
            headings.append(PROBLEM_HEADING % column.heading)
    if whole:
        headings.append(PROBLEM_HEADING % WHOLE_ROW)
    lines: list[list[Writable]] = []
    marked: set[tuple[int, int]] = set()
    for at, (number, record, refusals) in enumerate(taken):
        line, red = _refused_line(number, record, refusals, columns, spoilt, bool(whole))
        lines.append(line)
        marked.update((at, index) for index in red)
    hint = _("Correct the red cells and upload this workbook again. The columns of reasons may stay; they are not read.")
    return Page(layout.sheet, headings, lines, hints=(hint,), widths=_widths(headings), marked=frozenset(marked))


def _template_page(layout: Layout, answers: Mapping[tuple[str, str], Sequence[str]]) -> Page:
    lists: dict[int, Sequence[str]] = {}
    free: set[int] = set()
    for index, column in enumerate(layout.columns):
        labels = answers.get((layout.kind, column.name)) or [choice.label for choice in column.choices]
        if labels:
            lists[index] = labels
        if column.kind is Kind.LABELS:
            free.add(index)
    hints = [_("Fill in from the row below the headings. Columns marked * are required; delete no column and rename none."), "；".join(_hint(column) for column in layout.columns if column.help)]
    headings = [column.heading + (REQUIRED if column.required else "") for column in layout.columns]
    return Page(layout.sheet, headings, (), title=layout.sheet, hints=hints, widths=_widths(headings), lists=lists, free=frozenset(free))


def _hint(column: Column) -> str:
    return f"{column.heading}：{column.help}"


def _refused_line(
    number: int, record: Mapping[str, Cell], refusals: Sequence[Refusal], columns: Sequence[Column], spoilt: set[str], whole: bool
) -> tuple[list[Writable], list[int]]:
    line: list[Writable] = [number]
    red: list[int] = []
    reasons: dict[str, list[str]] = {}
    known = {column.heading for column in columns}
    for refusal in refusals:
        reasons.setdefault(refusal.heading if refusal.heading in known else "", []).append(f"{refusal.sentence} {refusal.remedy}".strip())
    for column in columns:
        if column.heading in reasons:
            red.append(len(line))
        line.append(_writable(record.get(column.name)))
        if column.heading in spoilt:
            line.append("\n".join(reasons.get(column.heading, ())))
    if whole:
        line.append("\n".join(reasons.get("", ())))
    return line, red


def _writable(cell: Cell) -> Writable:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return cell if isinstance(cell, dt.date) else str(cell)


def _widths(headings: Sequence[str]) -> list[int]:
    return [48 if heading.endswith("（问题）") else min(36, max(10, 2 * len(heading) + 4)) for heading in headings]
