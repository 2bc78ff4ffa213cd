"""The gate before the parser: what a file is by its content, and whether it may be opened at all.

Reads bytes, opens nothing on disk, unpacks nothing, understands no table, and takes milliseconds. What only shows when a workbook
is unpacked is refused by the program `apart`, before its parser.
"""

import io
import re
import stat
import zipfile
import zlib
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries.spreadsheets.plain_tables import unmarked_utf16

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 4_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ")
_OLD_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_PAGE = re.compile(rb"<(?:!doctype html|html|table|head|body|meta)\b", re.IGNORECASE)


_NO_TABLE = gettext_lazy("This is no table. Send an Excel workbook (.xlsx, .xls) or a text table (.csv).")


class Unreadable(Exception):
    """The file is refused as a whole; `sentence` says to a person what is wrong and what to do.

    `hostile` ones are not kept either: no program that writes tables writes such a file.
    """

    def __init__(self, sentence: str, *, hostile: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hostile = hostile


class Form(StrEnum):
    """What a file is."""

    XLSX = "xlsx"
    XLS = "xls"
    XML = "xml"
    HTML = "html"
    TEXT = "text"


def admit(content: bytes) -> Form:
    """Say what the file is, by its content alone, or raise `Unreadable`."""
    if not content:
        raise Unreadable(_("The file is empty. Choose the file again."), hostile=True)
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file has more than %(most)s MB. Divide the table into several files.") % {"most": MOST_BYTES // 1024 // 1024}, hostile=True)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(_("The workbook is protected by a password. Save it without one."), hostile=True)
        return Form.XLS
    if content.startswith(_ZIP):
        _admit_archive(content)
        return Form.XLSX
    if content.startswith(_OTHERS):
        raise Unreadable(str(_NO_TABLE), hostile=True)
    if content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        return _admit_markup(content[:65536].replace(b"\0", b""))
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")) and not unmarked_utf16(content):
        raise Unreadable(str(_NO_TABLE), hostile=True)
    return Form.TEXT


def _admit_markup(head: bytes) -> Form:
    """What begins with “<”: a workbook that Excel 2003 saved as XML, a web page with tables, or nothing that is read here."""
    if _OLD_XML in head:
        return Form.XML
    if _PAGE.search(head):
        return Form.HTML
    raise Unreadable(_("This is XML, but no table of Excel. Open it in Excel or WPS and save it as “.xlsx”."), hostile=True)


def _admit_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _admit_members(archive.infolist())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(_("The workbook is damaged or protected by a password. Open it, save it again as “.xlsx” without a password, and send that."), hostile=True) from error


def _admit_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable(_("Unpacked, the workbook is larger than any table of an office. Copy the table into a new workbook."), hostile=True)
    lowered = [name.lower() for name in names]
    if len(set(lowered)) < len(lowered) or "[content_types].xml" not in lowered or "xl/workbook.xml" not in lowered:
        raise Unreadable(_("This is no Excel workbook. Open it in Excel or WPS and save it as “.xlsx”."), hostile=True)
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise zipfile.BadZipFile
    if any(stat.S_ISLNK(member.external_attr >> 16) or member.filename.startswith("/") or ".." in member.filename.split("/") for member in members):
        raise Unreadable(_("The workbook contains a reference to another file of the machine. Copy the table into a new workbook."), hostile=True)
