"""Opening a file: bytes → sheets of cells, by way of the program `apart`, which has little memory and time.

Whether a file may be opened at all stands in `gate`; headers and rows in `reading`.
"""

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from registries.spreadsheets import apart, gate
from registries.spreadsheets.gate import Form, Unreadable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from registries.spreadsheets import apart; sys.exit(apart.main(*sys.argv[2:]))"
_MOMENTS: dict[str, Callable[[str], Cell]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}
_SENTENCES: dict[str, "StrOrPromise"] = {
    "reach": _("“%(where)s” reaches beyond %(rows)s rows or %(columns)s columns. Delete what stands outside the table, or divide the table."),
    "cells": _("“%(where)s” has more than %(cells)s cells. Divide the table."),
    "too_much": _("The file needs more memory than any table of an office. Copy the table into a new workbook, or divide it."),
    "too_long": _("The file could not be read within %(seconds)s seconds. Copy the table into a new workbook, or divide it."),
    "doctype": _("The workbook contains a document type declaration, which no program for tables writes. Copy the table into a new workbook."),
    "inner_file": _("The workbook contains another file (“%(name)s”). Copy the table into a new workbook."),
    "giant_cell": _("A cell holds more text than a cell of a table can hold. Copy the table into a new workbook."),
    "damaged_part": _("The part “%(name)s” of the workbook is damaged. Open it in Excel or WPS and save it again."),
    "damaged_archive": _("The workbook is damaged or protected by a password. Open it, save it again as “.xlsx” without a password, and send that."),
    "password": _("The workbook is protected by a password. Save it without one."),
    "damaged": _("The workbook cannot be read. Open it in Excel or WPS and save it again as “.xlsx”."),
    "encoding": _("The text is neither UTF-8 nor GB18030. Open it in Excel or WPS and save it as “.xlsx”, or as CSV in UTF-8."),
    "damaged_utf8": _("The text is UTF-8, but row %(row)s is damaged. Correct that row, or save the table as “.xlsx”."),
    "csv": _("The text table is damaged near row %(row)s: a quotation mark is not closed, or a cell is too long."),
    "no_table": _("This is a web page without a table. Open it in Excel or WPS and save it as “.xlsx”."),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it stands: `rows[0]` is row 1 of the file; rows may differ in length, hidden ones are there too.

    `hidden_rows` counts them, `hidden_columns` are their numbers from 1; `epoch_1904` says that days are counted from 1904.
    """

    name: str
    rows: list[list[Cell]]
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """What a file holds: its visible sheets in the order of the file, and the names of the hidden ones, which are not read."""

    sheets: list[Sheet]
    unseen: tuple[str, ...] = ()


def parsed(content: bytes, form: Form) -> Book:
    """The sheets of a file that the gate admitted as `form`, or `Unreadable`."""
    limits = json.dumps([gate.MOST_ROWS, gate.MOST_COLUMNS, gate.MOST_CELLS])
    command = [sys.executable, "-I", "-c", _START, str(_ROOT), form.value, limits]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # noqa: S603 - our own program, no words of others
        late = threading.Event()
        timer = threading.Timer(apart.SECONDS, _end, (child, late))
        timer.daemon = True
        timer.start()
        try:
            _send(child.stdin, content)
            book = _received(child.stdout)
        finally:
            timer.cancel()
            child.kill()
    if book is None:
        raise refused({"no": "too_long" if late.is_set() else "damaged", "hostile": late.is_set(), "facts": {"seconds": apart.SECONDS}})
    return book


def _end(child: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    child.kill()


def refused(told: dict[str, Any]) -> Unreadable:
    """What the program said instead of a sheet, in a sentence."""
    sentence = str(_SENTENCES[told["no"]])
    return Unreadable(sentence % told["facts"] if told["facts"] else sentence, hostile=told["hostile"])


def _send(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe is not None:
        try:
            pipe.write(content)
            pipe.close()
        except BrokenPipeError:
            return


def _received(pipe: IO[bytes] | None) -> Book | None:
    """The book, or None when the program died before its end."""
    sheets: list[Sheet] = []
    lines = iter(pipe or ())
    for line in lines:
        told = json.loads(line)
        if "no" in told:
            raise refused(told)
        if "end" in told:
            return Book(sheets, tuple(told["unseen"]))
        rows = _rows(lines)
        if rows is None:
            return None
        hidden = {name: told[name] for name in ("hidden_rows", "epoch_1904") if name in told}
        sheet = Sheet(told["sheet"], rows, hidden_columns=tuple(told.get("hidden_columns", ())), **hidden)
        sheets.append(_unmerged(sheet, told["merged"]))
    return None


def _rows(lines: Iterator[bytes]) -> list[list[Cell]] | None:
    rows: list[list[Cell]] = []
    for line in lines:
        if line == b"null\n":
            return rows
        if not line.endswith(b"\n"):
            return None
        row = json.loads(line)
        rows.append([_MOMENTS[cell[0]](cell[1]) if cell.__class__ is list else cell for cell in row] if b"[" in line[1:] else row)
    return None


def _unmerged(sheet: Sheet, merged: Sequence[Sequence[int]]) -> Sheet:
    """A cell merged over several rows (top, left, bottom) is repeated in each of them."""
    for top, left, bottom in merged:
        if top < len(sheet.rows) and left < len(sheet.rows[top]):
            for row in sheet.rows[top + 1 : bottom + 1]:
                row.extend([None] * (left + 1 - len(row)))
                if row[left] is None or row[left] == "":
                    row[left] = sheet.rows[top][left]
    return sheet
