"""Tables without a workbook: text divided by commas or tabs, and web pages that only have the name of a workbook.

Part of the program `apart`: the standard library alone.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

Rows = list[list[str]]
Merged = list[tuple[int, int, int]]
Hold = Callable[[int, int, str], None]

LOOKED_AT = 30
_DELIMITERS = (",", "\t", ";", "|")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_CHINESE = re.compile("[\u3400-\u9fff]")
_USUAL = re.compile("[\t\r\n\x20-\x7e\u00b7\u2000-\u206f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SPANNED = 2_000


class NoTable(Exception):
    """No table is read; the sentence for `code` stands in `opening`."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def tables(content: bytes, hold: Hold) -> Iterator[tuple[str, Rows, Merged]]:
    """Name, rows and cells merged downwards (top, left, bottom) of every table of the file, or `NoTable`."""
    head = content[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").lower()
    if head.startswith(b"<"):
        charset = _CHARSET.search(content[:4096])
        yield from _page_tables(decoded(content, charset[1].decode() if charset else ""), hold)
        return
    yield "CSV", _text_rows(decoded(content), hold), []


def decoded(content: bytes, declared: str = "") -> str:
    """The text in whatever encoding offices use, or `NoTable`: never a guess that turns Chinese into other Chinese."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:2048]:
        encodings = [unmarked_utf16(content) or "utf-8-sig"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
        if declared.lower() not in {"", "utf-8", "utf8"} and not content.startswith(b"\xef\xbb\xbf"):
            encodings.insert(0, "gb18030" if declared.lower().startswith("gb") else declared)
    if encodings[0] == "utf-8-sig":
        _refuse_damaged_utf8(content)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if encoding == "utf-8-sig" or not _CONTROL.search(text[:65536]):
            return text.rstrip("\x1a")
    raise NoTable("encoding")


def unmarked_utf16(content: bytes) -> str:
    """Which UTF-16 the bytes are, without a mark at their beginning; "" when they are neither."""
    for encoding in ("utf-16-le", "utf-16-be"):
        head = content[:2048].decode(encoding, "replace")
        if len(_USUAL.findall(head)) * 20 >= len(head) * 19 and ("\n" in head or "\r" in head):
            return encoding
    return ""


def _refuse_damaged_utf8(content: bytes) -> None:
    """UTF-8 with some broken bytes would pass for GB18030 and come out as other Chinese; name the row instead."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        mended = content.decode("utf-8", "replace")
        broken = mended.count("\ufffd")
        if len(_CHINESE.findall(mended)) > 4 * broken:
            raise NoTable("damaged_utf8", row=content[: error.start].count(b"\n") + 1) from error


def _text_rows(text: str, hold: Hold) -> Rows:
    rows: Rows = []
    widest = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            widest = max(widest, len(row))
            hold(len(rows) + 1, widest, "CSV")
            rows.append([_unguarded(cell) for cell in row])
    except csv.Error as error:
        raise NoTable("csv", row=len(rows) + 1) from error
    return rows


def _delimiter(text: str) -> str:
    lines = [line for line in text[: 1 << 18].splitlines()[:LOOKED_AT] if line.strip()]

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
    if len(cell) > 1 and cell[0] == "'" and (cell[1] in "\t\r\n" or cell[1:].lstrip(" \u00a0\u3000")[:1] in tuple("=+-@＝＋－＠") or cell[1:].isdecimal()):
        return cell[1:]
    return cell


def _page_tables(text: str, hold: Hold) -> Iterator[tuple[str, Rows, Merged]]:
    page = _Page(hold)
    page.feed(text)
    page.close()
    page.end_all()
    if not any(cell for grid in page.done for row in grid.rows for cell in row):
        raise NoTable("no_table")
    for number, grid in enumerate(page.done, start=1):
        if grid.rows:
            yield f"HTML {number}", grid.rows, grid.merged


class _Grid:
    """One table on its way: rows, and for each column how many rows further down a cell above still covers it."""

    def __init__(self) -> None:
        self.rows: Rows = []
        self.merged: Merged = []
        self.covered: dict[int, int] = {}
        self.text: list[str] | None = None
        self.span = (1, 1)


class _Page(HTMLParser):
    """Finds the tables of a page; a table within a cell is one of its own."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(convert_charrefs=True)
        self.hold = hold
        self.open: list[_Grid] = []
        self.done: list[_Grid] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self.silent += 1
        elif tag == "table":
            self.open.append(_Grid())
        elif not self.open:
            return
        elif tag == "tr":
            self._end_cell()
            grid = self.open[-1]
            grid.covered = {at: left - 1 for at, left in grid.covered.items() if left > 1}
            grid.rows.append([])
        elif tag in {"td", "th"}:
            self._end_cell()
            asked = dict(attrs)
            self.open[-1].span = (_span(asked.get("rowspan")), _span(asked.get("colspan")))
            self.open[-1].text = []
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self.silent = max(0, self.silent - 1)
        elif tag in {"td", "th", "tr"} and self.open:
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            self.done.append(self.open.pop())

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].text is not None and not self.silent:
            self.open[-1].text.append(data)

    def end_all(self) -> None:
        """Close what the page left open."""
        while self.open:
            self._end_cell()
            self.done.append(self.open.pop())

    def _end_cell(self) -> None:
        grid = self.open[-1]
        if grid.text is None:
            return
        if not grid.rows:
            grid.rows.append([])
        row = grid.rows[-1]
        while grid.covered.get(len(row)):
            row.append("")
        at, (down, across) = len(row), grid.span
        row += [" ".join("".join(grid.text).split())] + [""] * (across - 1)
        self.hold(len(grid.rows), len(row), "HTML")
        if down > 1:
            grid.merged.append((len(grid.rows) - 1, at, len(grid.rows) - 2 + down))
            grid.covered |= dict.fromkeys(range(at, at + across), down)
        grid.text = None


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _SPANNED) if text and text.isdecimal() else 1
