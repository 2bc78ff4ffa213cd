"""Long tables for people, written while they are read: a workbook or CSV row by row, in little memory.

No cell can be a formula: every text stands in the sheet as a text, whatever it begins with. Text cells and empty columns have
the format “text”, so that a code typed there keeps its noughts.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from registries.outlet import Outlet
from registries.spreadsheets.writing import MOMENT, Writable, cell_text, guarded

AT_ONCE = 500
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = dt.date(1899, 12, 30)
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"4\"><xf/>"
    '<xf fontId="1" numFmtId="49" applyFont="1" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_HEAD, _DAY, _TEXT = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Stream:
    """One sheet: its name, its headings, which of them are of days (by index), and its rows."""

    name: str
    headings: Sequence[str]
    days: frozenset[int]
    rows: Iterable[Sequence[Writable]]


def stream_workbook(sheets: Sequence[Stream], mark: str = "") -> Iterator[bytes]:
    """The sheets as an .xlsx workbook, in pieces. ``mark`` is printed at the foot of every page."""
    sink = Outlet()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _frame(sheets):
            archive.writestr(_member(name), text)
        for number, sheet in enumerate(sheets, start=1):
            with archive.open(_member(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as part:
                for piece in _sheet(sheet, mark):
                    part.write(piece.encode())
                    yield sink.taken()
    yield sink.taken()


def _member(name: str) -> zipfile.ZipInfo:
    """A member without the time of writing, so that equal tables are equal files."""
    member = zipfile.ZipInfo(name, MOMENT)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def stream_csv(headings: Sequence[str], rows: Iterable[Sequence[Writable]]) -> Iterator[bytes]:
    """A table as CSV in UTF-8 with a mark, in pieces; texts like formulas get a leading apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(heading) for heading in headings])
    yield b"\xef\xbb\xbf"
    for at, row in enumerate(rows, start=1):
        writer.writerow([guarded(value) for value in row])
        if at % AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _frame(sheets: Sequence[Stream]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_FORMAT}.worksheet+xml"/>' for n in numbers)
    yield "[Content_Types].xml", (
        f'{_XML}<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_FORMAT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_FORMAT}.styles+xml"/>{parts}</Types>'
    )
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'{_XML}<Relationships xmlns="{_PACKAGE}">{relation}</Relationships>'
    names = "".join(f'<sheet name={quoteattr(sheet.name[:31])} sheetId="{n}" r:id="rId{n}"/>' for n, sheet in zip(numbers, sheets, strict=True))
    yield "xl/workbook.xml", f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
    targets = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    styles = f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", f'{_XML}<Relationships xmlns="{_PACKAGE}">{targets}{styles}</Relationships>'
    yield "xl/styles.xml", _STYLES


def _sheet(sheet: Stream, mark: str) -> Iterator[str]:
    letters = [get_column_letter(at + 1) for at in range(len(sheet.headings))]
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{min(40, max(10, 2 * len(heading) + 4))}" customWidth="1" style="{_DAY if at - 1 in sheet.days else _TEXT}"/>'
        for at, heading in enumerate(sheet.headings, start=1)
    )
    pane = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    head = "".join(_cell(f"{letter}1", heading, _HEAD) for letter, heading in zip(letters, sheet.headings, strict=True))
    yield f'{_XML}<worksheet xmlns="{_MAIN}">{pane}<cols>{columns}</cols><sheetData><row r="1">{head}</row>'
    lines: list[str] = []
    for number, row in enumerate(sheet.rows, start=2):
        cells = "".join(_cell(f"{letter}{number}", value) for letter, value in zip(letters, row, strict=True) if value not in (None, ""))
        lines.append(f'<row r="{number}">{cells}</row>')
        if len(lines) == AT_ONCE:
            yield "".join(lines)
            lines.clear()
    foot = f"<headerFooter><oddFooter>&amp;C{escape(mark.replace('&', '&&'))}</oddFooter></headerFooter>" if mark else ""
    yield f"{''.join(lines)}</sheetData>{foot}</worksheet>"


def _cell(place: str, value: Writable, style: int = _TEXT) -> str:
    if isinstance(value, dt.datetime):
        value = value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="{_DAY}"><v>{(value - _EPOCH).days}</v></c>'
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and -(10**15) < value < 10**15:
        return f'<c r="{place}"><v>{value}</v></c>'
    text = escape(_ESCAPED.sub("_x005F_", cell_text(str(value))))
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
