"""The gate before the parser: what a file is by its content, and whether it may be opened at all.

Reads bytes, opens nothing on disk, understands no table. A workbook is unpacked and walked here once, because the parser
reserves memory for the whole rectangle up to the farthest cell and ends the process when there is none.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from enum import StrEnum
from xml.parsers import expat

from django.utils.translation import gettext as _

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 4_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ")
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_GIANT_CELL = re.compile(rb">[^<]{262144}")  # 32,767 characters, each written as a character reference
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Unreadable(Exception):
    """The file is refused as a whole; `sentence` says to a person what is wrong and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Form(StrEnum):
    """What a file is."""

    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "text"


def admit(content: bytes) -> Form:
    """Say what the file is, by its content alone, or raise `Unreadable`."""
    if not content:
        raise Unreadable(_("The file is empty. Choose the file again."))
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file has more than %(most)s MB. Divide the table into several files.") % {"most": MOST_BYTES // 1024 // 1024})
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(_("The workbook is protected by a password. Save it without one."))
        return Form.XLS
    if content.startswith(_ZIP):
        _admit_archive(content)
        return Form.XLSX
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<"):
        raise Unreadable(_("This is a web page or XML that only has the name of a table. Open it in Excel or WPS and save it as “.xlsx”."))
    if content.startswith(_OTHERS) or (b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Unreadable(_("This is no table. Send an Excel workbook (.xlsx, .xls) or a text table (.csv)."))
    return Form.TEXT


def bounded(rows: int, columns: int, where: str) -> None:
    """Refuse a sheet that is larger than anything an office sends; `where` names it, or the cell that reaches so far."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise Unreadable(
            _("“%(where)s” reaches beyond %(rows)s rows or %(columns)s columns. Delete what stands outside the table, or divide the table.")
            % {"where": where, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
        )
    if rows * columns > MOST_CELLS:
        raise Unreadable(_("“%(where)s” has more than %(cells)s cells. Divide the table.") % {"where": where, "cells": MOST_CELLS})


def _admit_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = _admit_members(archive.infolist())
            for name in names:
                _admit_part(name, archive.read(name))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(_("The workbook is damaged or protected by a password. Open it, save it again as “.xlsx” without a password, and send that.")) from error


def _admit_members(members: list[zipfile.ZipInfo]) -> list[str]:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable(_("Unpacked, the workbook is larger than any table of an office. Copy the table into a new workbook."))
    lowered = [name.lower() for name in names]
    if len(set(lowered)) < len(lowered) or "[content_types].xml" not in lowered or "xl/workbook.xml" not in lowered:
        raise Unreadable(_("This is no Excel workbook. Open it in Excel or WPS and save it as “.xlsx”."))
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise zipfile.BadZipFile
    if any(name.endswith("vbaproject.bin") for name in lowered):
        raise Unreadable(_("The workbook contains macros. Save it as “.xlsx”, without macros."))
    return names


def _admit_part(name: str, data: bytes) -> None:
    if data.startswith((_ZIP, _OLE)):
        raise Unreadable(_("The workbook contains another file (“%(name)s”). Copy the table into a new workbook.") % {"name": name})
    if not data[:64].lstrip().startswith(_XML_STARTS):
        return
    if _GIANT_CELL.search(data):
        raise Unreadable(_("A cell holds more text than a cell of a table can hold. Copy the table into a new workbook."))
    try:
        _Walk(name).parse(data)
    except expat.ExpatError as error:
        if name.lower().endswith(".vml") and b"sheetData" not in data and b"\0" not in data:
            return  # drawings of old comments are often no strict XML, and no table
        raise Unreadable(_("The part “%(name)s” of the workbook is damaged. Open it in Excel or WPS and save it again.") % {"name": name}) from error


class _Walk:
    """Walks one XML part: no document type, and no cell with content outside the bounds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.column = 0
        self.lowest = self.farthest = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def parse(self, data: bytes) -> None:
        if b"sheetData" in data or b"\0" in data[:64]:
            self.parser.StartElementHandler = self.start
        self.parser.Parse(data, True)

    def refuse_doctype(self, *_declaration: object) -> None:
        raise Unreadable(_("The workbook contains a document type declaration, which no program for tables writes. Copy the table into a new workbook."))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        element = tag.rpartition(" ")[2]
        if element == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
        elif element == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            if reference:
                self.row, self.column = int(reference[2]), column_number(reference[1])
            else:
                self.column += 1
        elif element in {"v", "is", "f"}:
            self.lowest, self.farthest = max(self.lowest, self.row), max(self.farthest, self.column)
            bounded(self.lowest, self.farthest, f"{self.name} R{self.row}C{self.column}")


def column_number(letters: str) -> int:
    """The number of a column, from 1: A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
