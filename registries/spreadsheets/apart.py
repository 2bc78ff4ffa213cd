"""Parses a table as a program of its own, with little memory and time, so that no file can take a worker along.

`opening` starts it and gives it the file on standard input. It writes one JSON value a line: a refusal ``{"no": code, …}``, or
for each sheet its head ``{"sheet": name, …}``, its rows, each a list of cells (a day or time is ``[kind, text]``), and ``null``;
at last ``{"end": …}``. It knows no Django; the sentences for its codes stand in `opening`. Text tables and web pages are read
in `plain_tables`.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn
from xml.parsers import expat

import defusedxml
import python_calamine
from defusedxml.ElementTree import iterparse

from registries.spreadsheets import old_workbooks, plain_tables

MEMORY = 1024 * 1024 * 1024
SECONDS = 120

_GIANT_CELL = re.compile(rb">[^<]{262144}")  # 32,767 characters, each written as a character reference
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ANY_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_WITHIN = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]*\?>""")
_PROLOGUE = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_OLD_XML = "urn:schemas-microsoft-com:office:spreadsheet"
_TRUE = {"1", "true"}


class No(Exception):
    """The file is not read; `facts` go into the sentence. `hostile` ones are such that no program for tables writes."""

    def __init__(self, code: str, *, hostile: bool = False, facts: Mapping[str, object] | None = None, **more: object) -> None:
        super().__init__(code)
        self.told = {"no": code, "hostile": hostile, "facts": {**(facts or {}), **more}}


class Limits:
    """The farthest a sheet may reach; `where` names it, or the cell that reaches so far."""

    rows = columns = cells = 0

    def hold(self, rows: int, columns: int, where: str) -> None:
        """Refuse a sheet that is larger than anything an office sends."""
        if rows > self.rows or columns > self.columns:
            raise No("reach", hostile=True, where=where, rows=self.rows, columns=self.columns)
        if rows * columns > self.cells:
            raise No("cells", hostile=True, where=where, cells=self.cells)


LIMITS = Limits()


def main(form: str, limits: str) -> int:
    """Read standard input, write what it holds; see the head of this file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    LIMITS.rows, LIMITS.columns, LIMITS.cells = json.loads(limits)
    content = sys.stdin.buffer.read()
    try:
        unseen = list(READERS[form](content))
    except No as no:
        _tell(no.told)
        return 0
    except (MemoryError, RecursionError):
        _tell(No("too_much", hostile=True).told)
        return 0
    _tell({"end": True, "unseen": unseen})
    return 0


def tell_sheet(name: str, rows: Iterable[Sequence[object]], merged: Sequence[Sequence[int]] = (), **head: object) -> None:
    """Write one sheet: merged cells are (top, left, bottom), the rest of its head as `opening.Sheet` has it."""
    _tell({"sheet": name, "merged": merged, **head})
    for row in rows:
        _tell(row)
    _tell(None)


def _tell(value: object) -> None:
    sys.stdout.write(_ENCODER.encode(value))
    sys.stdout.write("\n")


def _moment(cell: object) -> object:
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return [type(cell).__name__, cell.isoformat()]
    return str(cell)


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_moment)


# --- workbooks ----------------------------------------------------------------------------------------------------------


class Walk:
    """Walks one XML part: no document type, no cell with content outside the bounds; notes what is hidden and merged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.column = 0
        self.lowest = self.farthest = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self.epoch_1904 = False
        self.known: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def parse(self, data: bytes) -> None:
        """Walk it whole, with an eye for its elements where it can be a sheet, the book or its relations."""
        if b"sheetData" in data or b"\0" in data[:64]:
            if not _within_bounds(data):
                self.parser.StartElementHandler = self.start
        elif self.name.lower() in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            self.parser.StartElementHandler = self.start_book
        self.parser.Parse(data, True)

    def refuse_doctype(self, *_declaration: object) -> NoReturn:
        raise No("doctype", hostile=True)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        element = self.known.get(tag) or self.known.setdefault(tag, tag.rpartition(" ")[2])
        if element == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            if reference:
                self.row, self.column = int(reference[2]), column_number(reference[1])
            else:
                self.column += 1
        elif element in {"v", "is", "f"}:
            if self.row > self.lowest or self.column > self.farthest:
                self.lowest, self.farthest = max(self.lowest, self.row), max(self.farthest, self.column)
                LIMITS.hold(self.lowest, self.farthest, f"{self.name} R{self.row}C{self.column}")
        elif element == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
            if attributes.get("hidden") in _TRUE:
                self.hidden_rows.append(self.row)
        elif element == "col" and attributes.get("hidden") in _TRUE:
            first, last = (int(attributes.get(end, "0")) for end in ("min", "max"))
            self.hidden_columns += range(first, min(last, LIMITS.columns) + 1)

    def start_book(self, tag: str, attributes: Mapping[str, str]) -> None:
        element = tag.rpartition(" ")[2]
        bare = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        if element == "sheet":
            self.sheets[bare.get("name", "")] = bare.get("id", "")
        elif element == "workbookPr":
            self.epoch_1904 = bare.get("date1904") in _TRUE
        elif element == "Relationship":
            self.targets[bare.get("Id", "")] = bare.get("Target", "")


def _within_bounds(data: bytes) -> bool:
    """Whether a sheet is seen at a glance to hide nothing and to stay within the bounds: each of its cells says where it stands, in the
    one way in which programs for tables write it. Only what is not so plain is walked element by element."""
    if b"\0" in data or b"hidden" in data:
        return False
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    cells = 0
    for found in _PLAIN_CELL.finditer(data):
        cells += 1
        columns.add(found[1])
        rows.add(found[2])
    farthest = max((column_number(letters.decode()) for letters in columns), default=0)
    lowest = max(map(int, rows), default=0)
    small = lowest <= LIMITS.rows and farthest <= LIMITS.columns and lowest * farthest <= LIMITS.cells
    return small and cells == sum(1 for _cell in _ANY_CELL.finditer(data))


def column_number(letters: str) -> int:
    """The number of a column, from 1: A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def read_workbook(content: bytes) -> Iterator[str]:
    """An .xlsx or .xlsm workbook: every part is walked first, then the parser reads the visible sheets."""
    walks: dict[str, Walk] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                _admit_part(name, archive.read(name), walks)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise No("damaged_archive", hostile=True) from error
    book = walks.get("xl/workbook.xml", Walk(""))
    targets = walks.get("xl/_rels/workbook.xml.rels", Walk("")).targets
    heads: dict[str, dict[str, object]] = {}
    for sheet, relation in book.sheets.items():
        walk = walks.get(f"xl/{targets.get(relation, '').removeprefix('/xl/')}".lower(), Walk(""))
        heads[sheet] = {"hidden_rows": len(walk.hidden_rows), "hidden_columns": walk.hidden_columns, "epoch_1904": book.epoch_1904}
    yield from _read_with_parser(content, heads)


def _admit_part(name: str, data: bytes, walks: dict[str, Walk]) -> None:
    lowered = name.lower()
    if data.startswith(_WITHIN) and not lowered.startswith("xl/vbaproject"):
        raise No("inner_file", hostile=True, name=name)
    if not data[:64].lstrip().startswith(_XML_STARTS):
        return
    if _GIANT_CELL.search(data):
        raise No("giant_cell", hostile=True)
    walk = walks[lowered] = Walk(name)
    try:
        walk.parse(data)
    except expat.ExpatError as error:
        if lowered.endswith(".vml") and b"sheetData" not in data and b"\0" not in data:
            return  # drawings of old comments are often no strict XML, and no table
        raise No("damaged_part", hostile=True, name=name) from error


def read_old_workbook(content: bytes) -> Iterator[str]:
    """A BIFF workbook, which cannot be walked beforehand: when one cell stands too far out, the parser ends this process."""
    hidden = old_workbooks.heads(content, LIMITS.columns)
    yield from _read_with_parser(content, {sheet: head._asdict() for sheet, head in hidden.items()})


def _read_with_parser(content: bytes, heads: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    try:
        with python_calamine.load_workbook(io.BytesIO(content)) as workbook:
            for data in workbook.sheets_metadata:
                if data.typ != python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                if data.visible != python_calamine.SheetVisibleEnum.Visible:
                    yield data.name
                    continue
                parsed = workbook.get_sheet_by_name(data.name)
                merged = [(top, left, bottom) for (top, left), (bottom, _right) in parsed.merged_cell_ranges or ()]
                rows: Iterable[Sequence[object]] = ()
                if parsed.end is not None:
                    LIMITS.hold(parsed.end[0] + 1, parsed.end[1] + 1, data.name)
                    rows = parsed.to_python(skip_empty_area=False)
                tell_sheet(data.name, rows, merged, **heads.get(data.name, {}))
    except python_calamine.PasswordError as error:
        raise No("password") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise No("damaged") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own way to fall over; it is no Exception
            raise No("damaged") from error
        raise


# --- SpreadsheetML 2003 -------------------------------------------------------------------------------------------------


def read_old_xml(content: bytes) -> Iterator[str]:
    """A workbook that Excel 2003 saved as XML, under whatever name it comes."""
    try:
        yield from _old_xml_sheets(_recoded(content))
    except defusedxml.DefusedXmlException as error:
        raise No("doctype", hostile=True) from error
    except (SyntaxError, ValueError, LookupError) as error:
        raise No("damaged") from error


def _recoded(content: bytes) -> bytes:
    """The XML in UTF-8 without its declaration: the parser knows neither GB2312 nor GB18030."""
    declared = _DECLARED.match(content)
    if not declared:
        return content
    encoding = declared[1].decode().lower()
    text = content.decode("gb18030" if encoding.startswith("gb") else encoding)
    return _PROLOGUE.sub("", text).encode("utf-8", "surrogatepass")


def _old_xml_sheets(content: bytes) -> Iterator[str]:
    name = ""
    visible = True
    rows: list[list[object]] = []
    head: dict[str, Any] = {"hidden_rows": 0, "hidden_columns": [], "merged": []}
    column_at = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        namespace, _brace, tag = element.tag.rpartition("}")
        if event == "start":
            if tag == "Worksheet":
                name, visible, rows, column_at = _attribute(element, "Name"), True, [], 0
                head = {"hidden_rows": 0, "hidden_columns": [], "merged": []}
            continue
        if tag == "Row" and namespace.endswith(_OLD_XML):
            _old_xml_row(element, rows, head, name)
            element.clear()
        elif tag == "Column":
            column_at = int(_attribute(element, "Index") or column_at + 1)
            last = column_at + int(_attribute(element, "Span") or 0)
            if _attribute(element, "Hidden") == "1":
                head["hidden_columns"] += range(column_at, min(last, LIMITS.columns) + 1)
            column_at = last
        elif tag == "Visible":
            visible = (element.text or "").strip() not in {"SheetHidden", "SheetVeryHidden"}
        elif tag == "Worksheet":
            if visible:
                tell_sheet(name, rows, head.pop("merged"), **head)
            else:
                yield name


def _old_xml_row(row: Any, rows: list[list[object]], head: dict[str, Any], name: str) -> None:
    at = int(_attribute(row, "Index") or len(rows) + 1)
    LIMITS.hold(at, 1, name)
    rows += [[] for _gap in range(at - 1 - len(rows))]
    cells: list[object] = []
    for cell in row:
        place = int(_attribute(cell, "Index") or len(cells) + 1)
        LIMITS.hold(at, place, name)
        cells += [None] * (place - 1 - len(cells))
        data = next((part for part in cell if part.tag.endswith("}Data")), None)
        cells.append(_old_xml_cell(data) if data is not None else None)
        if down := int(_attribute(cell, "MergeDown") or 0):
            head["merged"].append((at - 1, place - 1, min(at - 1 + down, LIMITS.rows)))
        cells += [None] * min(int(_attribute(cell, "MergeAcross") or 0), LIMITS.columns)
    rows.append(cells)
    if _attribute(row, "Hidden") == "1":
        head["hidden_rows"] += 1
    rows += [[] for _more in range(min(int(_attribute(row, "Span") or 0), LIMITS.rows))]
    LIMITS.hold(len(rows), len(cells), name)


def _old_xml_cell(data: Any) -> object:
    text = "".join(data.itertext())
    kind = _attribute(data, "Type")
    if len(text) > 32_767:
        raise No("giant_cell", hostile=True)
    if kind == "Number":
        return float(text)
    if kind == "DateTime":
        return dt.datetime.fromisoformat(text)
    return text == "1" if kind == "Boolean" else text


def _attribute(element: Any, name: str) -> str:
    value: str = element.get(f"{{{_OLD_XML}}}{name}", "")
    return value


def read_plain(content: bytes) -> Iterator[str]:
    """A text table or a web page."""
    try:
        for name, rows, merged in plain_tables.tables(content, LIMITS.hold):
            tell_sheet(name, rows, merged)
    except plain_tables.NoTable as no:
        raise No(no.code, facts=no.facts) from no
    yield from ()


READERS = {"xlsx": read_workbook, "xls": read_old_workbook, "xml": read_old_xml, "text": read_plain, "html": read_plain}

