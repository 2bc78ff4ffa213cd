"""Reads an old Excel workbook (.xls) as a program of its own, with little memory and time; `reading` starts it.

The form cannot be walked beforehand, and the parser ends its process when one cell stands too far out. Takes the file on standard
input, writes JSON on standard output, and imports nothing of this house. Exit status 3: protected by a password.
"""

import datetime as dt
import io
import json
import resource
import sys

import python_calamine

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 60


def main() -> int:
    """[[name, [[cell, …], …], [[top, left, bottom], …]], …]; a cell is a text, a number, a truth value, or {"iso": …, "type": …}."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    except python_calamine.PasswordError:
        return 3
    shown = [
        data.name
        for data in workbook.sheets_metadata
        if data.typ == python_calamine.SheetTypeEnum.WorkSheet and data.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    json.dump([_sheet(workbook.get_sheet_by_name(name)) for name in shown], sys.stdout)
    return 0


def _sheet(parsed: python_calamine.CalamineSheet) -> list[object]:
    rows = [[_plain(cell) for cell in row] for row in parsed.to_python(skip_empty_area=False)] if parsed.end else []
    merged = [[top, left, bottom] for (top, left), (bottom, _right) in parsed.merged_cell_ranges or ()]
    return [parsed.name, rows, merged]


def _plain(cell: object) -> object:
    if isinstance(cell, str | int | float | bool):
        return cell
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return {"iso": cell.isoformat(), "type": type(cell).__name__}
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
