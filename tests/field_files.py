"""Tables as offices send them, made up by us: every shape that the import must read right or refuse with a sentence.

``FILES`` is the set; each says its kind, how many rows would be added and refused, and words that must be told. For the tests.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from tests import factories
from tests.old_excel import xls

HEAD = ["名称", "统一社会信用代码", "主体类型", "对象类别", "责任单位", "镇街", "状态", "核实日期"]
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class FieldFile:
    """One file and what it must come to; ``told`` are words of the outcome as JSON, ``sentence`` refuses the file whole."""

    name: str
    make: Callable[[], bytes]
    added: int = 0
    refused: int = 0
    sentence: str = ""
    told: tuple[str, ...] = ()
    kind: str = "subjects"
    choices: Mapping[str, str] = field(default_factory=dict)


def row(n: int, **cells: Any) -> list[Any]:
    """A good row under ``HEAD``, some cells replaced by the heading's place: a=名称 … h=核实日期."""
    good: list[Any] = [f"沂源县第{n}旅馆", factories.credit_code(n), "企业", "旅馆业", "治安大队", "南麻街道", "在业", "2026-03-01"]
    for name, value in cells.items():
        good["abcdefgh".index(name)] = value
    return good


def book(rows: Rows, *, merge: Sequence[str] = (), name: str = "Sheet1", more: Mapping[str, Rows] | None = None, **looks: Any) -> bytes:
    """An .xlsx; ``more`` are further sheets. Looks: hidden_rows, hidden_columns, hidden (names of sheets), first (the order), epoch."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook["Sheet"])
    if looks.get("epoch"):
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheets = {**(more or {}), name: rows} if looks.get("last") else {name: rows, **(more or {})}
    for title, lines in sheets.items():
        sheet = workbook.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
        if title in looks.get("hidden", ()):
            sheet.sheet_state = "hidden"
    main = workbook[name]
    for area in merge:
        main.merge_cells(area)
    for number in looks.get("hidden_rows", ()):
        main.row_dimensions[number].hidden = True
    for letter in looks.get("hidden_columns", ()):
        main.column_dimensions[letter].hidden = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def text(rows: Rows, divider: str = ",", encoding: str = "utf-8") -> bytes:
    """A text table."""
    return "".join(divider.join("" if cell is None else str(cell) for cell in line) + "\r\n" for line in rows).encode(encoding)


def old_xml(rows: Rows, *, encoding: str = "UTF-8", extra: str = "", first: str = "", cells: str = "") -> bytes:
    """SpreadsheetML 2003; ``extra`` stands before the workbook, ``first`` before the rows, ``cells`` are rows already written."""
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{"" if cell is None else cell}</Data></Cell>' for cell in line) + "</Row>" for line in rows
    )
    whole = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n{extra}'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles><Style ss:ID="s1"/></Styles>'
        f'<Worksheet ss:Name="名录"><Table>{first}{lines}{cells}</Table><x:WorksheetOptions/></Worksheet></Workbook>'
    )
    return whole.encode("gb18030" if encoding.lower().startswith("gb") else encoding)


def page(rows: Rows, *, encoding: str = "utf-8", charset: str = "", spanned: bool = False) -> bytes:
    """A web page with a table, as many programs write under the name .xls."""
    lines = []
    for at, line in enumerate(rows):
        cells = list(enumerate(line))
        if spanned and at == 1:
            lines.append("<tr>" + "".join(f"<td{' rowspan=2' if n == 5 else ''}>{cell}</td>" for n, cell in cells) + "</tr>")
        elif spanned and at == 2:
            lines.append("<tr>" + "".join(f"<td>{cell}</td>" for n, cell in cells if n != 5) + "</tr>")
        else:
            lines.append("<tr>" + "".join(f"<td>{cell}" for _n, cell in cells))
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    return f"<html><head>{meta}<style>td{{}}</style></head><body><table border=1>{''.join(lines)}</table></body></html>".encode(encoding)


def altered(content: bytes, **parts: bytes) -> bytes:
    """A workbook with parts added or replaced; in their names ``__`` is a slash and ``_x_`` a dot."""
    named = {name.replace("_x_", ".").replace("__", "/"): data for name, data in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if member.filename not in named:
                target.writestr(member, source.read(member))
        for name, data in named.items():
            target.writestr(name, data)
    return out.getvalue()


GOOD = [HEAD, row(1), row(2), row(3)]
WITH_PHONE = [*HEAD, "联系电话"]
SUBJECT = factories.credit_code(1)


def phones(*values: Any) -> list[list[Any]]:
    return [WITH_PHONE, *([*row(n), value] for n, value in enumerate(values, start=1))]


def days(*values: Any) -> list[list[Any]]:
    return [HEAD, *(row(n, h=value) for n, value in enumerate(values, start=1))]


def permits(*values: Any) -> list[list[Any]]:
    return [["对象编号", "许可证名称", "许可证号", "有效期至"], *([SUBJECT, "特种行业许可证", f"鲁特{n:03}", value] for n, value in enumerate(values))]


FILES: tuple[FieldFile, ...] = (
    # what kind of file it is, whatever its name
    FieldFile("plain.xlsx", lambda: book(GOOD), 3),
    FieldFile("workbook-named.csv", lambda: book(GOOD), 3),
    FieldFile("macros.xlsm", lambda: altered(book(GOOD), xl__vbaProject_x_bin=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1macro"), 3),
    FieldFile("old.xls", lambda: xls([list(map(str, line)) for line in GOOD]), 3),
    FieldFile("old-workbook-named.xlsx", lambda: xls([list(map(str, line)) for line in GOOD]), 3),
    FieldFile(
        "old-with-hidden-rows.xls",
        lambda: xls([list(map(str, line)) for line in GOOD], hidden_rows=(2, 4), hidden_columns=(7,)),
        3,
        told=('"hidden_rows": 2', '"hidden_columns": ["G"]'),
    ),
    FieldFile("xml-2003.xls", lambda: old_xml(GOOD), 3),
    FieldFile("xml-2003-gb2312.xls", lambda: old_xml(GOOD, encoding="GB2312"), 3),
    FieldFile("xml-2003-utf-16.xml", lambda: old_xml(GOOD, encoding="UTF-16"), 3),
    FieldFile(
        "xml-2003-gaps.xml",
        lambda: old_xml(
            GOOD[:2],
            first='<Column ss:Index="3" ss:Hidden="1"/>',
            cells='<Row ss:Index="9" ss:Hidden="1">'
            + "".join(f'<Cell ss:Index="{at}"><ss:Data ss:Type="String">{cell}</ss:Data></Cell>' for at, cell in enumerate(row(2)[:7], start=1))
            + '<Cell><Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data></Cell></Row>',
        ),
        2,
        told=('"hidden_rows": 1', '"hidden_columns": ["C"]'),
    ),
    FieldFile(
        "xml-2003-doctype.xml",
        lambda: old_xml(GOOD, extra='<!DOCTYPE Workbook [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        sentence="document type declaration",
    ),
    FieldFile("page.xls", lambda: page(GOOD), 3),
    FieldFile("page-gbk.xls", lambda: page(GOOD, encoding="gbk", charset="gb2312", spanned=True), 3),
    FieldFile("page-without-table.xls", lambda: b"<html><frameset><frame src='sheet001.htm'></frameset></html>", sentence="web page without a table"),
    FieldFile("feed.xls", lambda: b'<?xml version="1.0"?><rss><item/></rss>', sentence="no table of Excel"),
    FieldFile("paper.xls", lambda: b"%PDF-1.7\n1 0 obj", sentence="This is no table"),
    FieldFile("empty.xlsx", lambda: b"", sentence="The file is empty"),
    FieldFile("blank.xlsx", lambda: book([[None]]), sentence="no cell with anything in it"),
    FieldFile("cut-off.xlsx", lambda: book(GOOD)[:-400], sentence="damaged or protected"),
    FieldFile(
        "locked.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512,
        sentence="protected by a password",
    ),
    # encodings and dividers of text
    *(FieldFile(f"{encoding}.csv", lambda encoding=encoding: text(GOOD, encoding=encoding), 3) for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be")),  # type: ignore[misc]
    FieldFile("utf-16-be-marked.csv", lambda: b"\xfe\xff" + text(GOOD, encoding="utf-16-be"), 3),
    FieldFile("tabs.tsv", lambda: text(GOOD, "\t"), 3),
    FieldFile("tabs-unicode.txt", lambda: text(GOOD, "\t", "utf-16"), 3),
    FieldFile("semicolons.csv", lambda: text(GOOD, ";"), 3),
    FieldFile("guarded.csv", lambda: text([HEAD, row(1, b=f'="{factories.credit_code(1)}"'), row(2, a="'=某旅馆")]), 2),
    FieldFile("damaged-utf-8.csv", lambda: text(GOOD).replace("第2".encode(), b"\xe7\xac2"), sentence="row 3 is damaged"),
    FieldFile("open-quote.csv", lambda: text(GOOD) + b'"' + b"x" * 200_000, sentence="a quotation mark is not closed"),
    FieldFile("two-line-cell.csv", lambda: text([HEAD, row(1, a='"沂源\n旅馆"')]), 1),
    # where the table stands
    FieldFile("titles.xlsx", lambda: book([["沂源县检查对象名录库"], ["填表说明：带*的必填，日期格式 2021-07-15"], ["填报单位：治安大队"], *GOOD], merge=("A1:H1", "A2:H2")), 3),
    FieldFile("starred.xlsx", lambda: book([["*名 称", "统一社会信用代码（18位）", "主体类型(必填)", "对象类别：见参数表", "责任单位*", "镇街", "状态 ", "核实日期(格式2021-07-15)"], *GOOD[1:]]), 3),
    FieldFile(
        "two-storeyed.xlsx",
        lambda: book([["名称", "登记", None, "对象类别", "责任单位", "镇街", "状态", "核实日期"], [None, "统一社会信用代码", "主体类型"], *GOOD[1:]], merge=("A1:A2", "B1:C1", "D1:D2", "E1:E2", "F1:F2", "G1:G2", "H1:H2")),
        3,
    ),
    FieldFile("gap.xlsx", lambda: book([*GOOD, *[[None]] * 3000, row(4)]), 4),
    FieldFile("trailing.xlsx", lambda: book([*GOOD, *[["", " ", "　"]] * 3000]), 3),
    FieldFile("printed-pages.xlsx", lambda: book([HEAD, row(1), HEAD, row(2)]), 2),
    FieldFile("merged.xlsx", lambda: book([HEAD, row(1), row(2, f=None), row(3, f=None)], merge=("F2:F4",)), 3),
    FieldFile("further-right.xlsx", lambda: book([[None, None, "序号", *line] for line in GOOD]), 3),
    # what is no entry
    FieldFile("sample-row.xlsx", lambda: book([["序号", *HEAD], ["案例", *row(9)], [1, *row(1)], [2, *row(2)]]), 2, told=('"why": "sample"',)),
    FieldFile("numbered-samples.xlsx", lambda: book([["序号", *HEAD], ["示例1", *row(8)], ["示例2", *row(9)], [1, *row(1)]]), 1, told=('"row": 3',)),
    FieldFile("sample-in-brackets.xlsx", lambda: book([HEAD, row(9, a="沂源某旅馆（样例）"), row(1)]), 1, told=('"why": "sample"',)),
    FieldFile(
        "hints-below-header.xlsx",
        lambda: book([["沂源县检查对象名录库"], HEAD, ["按营业执照填写", "18位", "企业/个体工商户", "下拉选择", "", "", "在业/停业", "格式2021-07-15"], row(9, a="沂源某旅馆（示例）"), row(1)]),
        1,
        told=('"row": 3, "why": "hint"', '"row": 4, "why": "sample"'),
    ),
    FieldFile("wrong-first-row-is-no-hint.xlsx", lambda: book([HEAD, row(1, a="如意旅馆", h="2026-02-30"), row(2)]), 1, 1, told=("is no date",)),
    FieldFile("total-and-notes.xlsx", lambda: book([*GOOD, ["合  计", 3], ["填表人：张示"], ["注：本表一式两份"]]), 3, told=('"why": "total"', '"why": "note"')),
    FieldFile("parameters-first.xlsx", lambda: book(GOOD, more={"参数表": [["主体类型", "对象类别", "镇街", "状态"], ["企业", "旅馆业", "南麻街道", "在业"]], "填表说明": [["一、请逐项填写"]]}, last=True), 3, told=("参数表",)),
    FieldFile("second-sheet-the-same.xlsx", lambda: book(GOOD, name="南麻", more={"历山": [HEAD, row(7)]}), 3, told=('"why": "same"',)),
    FieldFile("hidden-sheet.xlsx", lambda: book(GOOD, more={"旧名单": [HEAD, row(8)]}, hidden=("旧名单",)), 3, told=('"why": "hidden"',)),
    FieldFile("all-hidden.xlsx", lambda: book(GOOD, name="名单", more={"空": [[None]]}, hidden=("名单",)), sentence="Only hidden sheets"),
    FieldFile("hidden-rows-and-columns.xlsx", lambda: book(GOOD, hidden_rows=(3,), hidden_columns=("B",)), 3, told=('"hidden_rows": 1', '"hidden_columns": ["B"]')),
    # what stands in the cells
    FieldFile("several-values.xlsx", lambda: book([HEAD, *(row(n, d=f"旅馆业{comma}民宿") for n, comma in enumerate(",，、;；\n", start=1))]), 6),
    FieldFile("wide-letters.xlsx", lambda: book([HEAD, row(1, b=factories.credit_code(1).translate({ord(c): ord(c) + 0xFEE0 for c in factories.credit_code(1)}), a="　沂源（南麻）旅馆　")]), 1),
    FieldFile("spaced-codes.xlsx", lambda: book([HEAD, row(1, b=f" {factories.credit_code(1)[:8]} {factories.credit_code(1)[8:].lower()}")]), 1),
    FieldFile("old-registration-number.xlsx", lambda: book([HEAD, row(1, b="370323600012345")]), 0, 1, told=("old registration number",)),
    FieldFile(
        "old-and-new-numbers-in-one-column.xlsx",
        lambda: book([[HEAD[0], "统一社会信用代码/注册号", *HEAD[2:]], row(1), row(2, b="370323600012342"), row(3, b=370323600012342.0), row(4, b="370323600012345")]),
        1,
        3,
        told=("Rows 3 and 4 have the same", "mistyped"),
    ),
    FieldFile("wrong-check-character.xlsx", lambda: book([HEAD, row(1), row(2, b="91370323MA3C00001X")]), 1, 1, told=("check character",)),
    FieldFile("numbers-as-codes.xlsx", lambda: book(phones(13970000001.0, 13970000002, "13970000003.0", "1.3970000004E+10")), 4),
    FieldFile("shortened-numbers.xlsx", lambda: book(phones("1.397E+10")), 0, 1, told=("digits are lost",)),
    FieldFile("swapped-columns.xlsx", lambda: book([["名称", "联系电话", "统一社会信用代码", *HEAD[2:]], *([line[0], line[1], f"139000000{n:02}", *line[2:]] for n, line in enumerate([row(n) for n in range(1, 6)]))]), 0, 5, told=("holds credit codes in 5 of 5 rows: it may be “统一社会信用代码”",)),
    FieldFile("dates-as-text.xlsx", lambda: book(days("2026年3月1日", "2026.3.1", "2026/3/1", "20260301", "二〇二六年三月一日", "2026-03-01 08:30:00", "２０２６－０３－０１")), 7),
    FieldFile("dates-as-numbers.xlsx", lambda: book(days(46082, 46082.5, "46082", dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 8))), 5),  # noqa: DTZ001 - cells have no zone
    FieldFile("epoch-1904.xlsx", lambda: book(days(dt.date(2026, 3, 1), 44620), epoch=True), 2),
    FieldFile("no-such-day.xlsx", lambda: book(days("2026-02-30", "昨天", "2026-03-01")), 1, 2, told=("is no date",)),
    FieldFile("long-term.xlsx", lambda: book(permits("9999-09-09", dt.date(9999, 9, 9), "长期", "2999-12-31", "2027-01-01", None)), 6, kind="permits"),
    FieldFile(
        "permits-of-a-platform.xlsx",
        lambda: book(
            [
                ["说明：日期格式2021/1/1，长期有效填9999-09-09"],
                ["专项库名称", "对应专项库监管标签", "统一社会信用代码/注册号", "企业名称", "许可证名称", "许可证编号", "许可批准日期", "有效期至", "许可发证机关", "检查机关"],
                ["旅馆业", "旅馆", SUBJECT, "沂源县第1旅馆", "特种行业许可证", "鲁特1", "2021/1/1", "9999-09-09", "沂源县公安局", "治安大队"],
            ]
        ),
        1,
        kind="permits",
    ),
    FieldFile("inspectors-of-a-platform.xlsx", lambda: inspectors(), 1, kind="inspectors", told=('"why": "hint"', '"why": "sample"', "参数表")),
    FieldFile("control-characters.csv", lambda: text([HEAD, row(1, a="沂源\x07旅馆"), row(2)]), 1, 1, told=("invisible control character (U+0007)",)),
    FieldFile("missing-column.xlsx", lambda: book([[cell for at, cell in enumerate(line) if at != 5] for line in GOOD]), sentence="lacks columns: 镇街"),
    FieldFile("own-heading.xlsx", lambda: book([[*HEAD[:5], "在哪个镇", *HEAD[6:]], *GOOD[1:]]), 3, choices={"town": "在哪个镇"}),
    FieldFile("by-letter.xlsx", lambda: book([[*HEAD[:5], "在哪个镇", *HEAD[6:]], *GOOD[1:]]), 3, choices={"town": "F"}),
    FieldFile("no-header.xlsx", lambda: book(GOOD[1:]), sentence="No header row was found"),
    FieldFile("same-row-twice.xlsx", lambda: book([HEAD, row(1), row(1), row(2)]), 1, 2, told=("Rows 2 and 3 have the same",)),
    # hostile ones
    FieldFile("far-cell.xlsx", lambda: far_cell(), sentence="reaches beyond"),
    FieldFile("bomb.xlsx", lambda: altered(book(GOOD), xl__media__zero_x_bin=b"\0" * (201 * 1024 * 1024)), sentence="larger than any table"),
    FieldFile("many-members.xlsx", lambda: altered(book(GOOD), **{f"xl__media__m{n}": b"x" for n in range(2100)}), sentence="larger than any table"),
    FieldFile("nested.xlsx", lambda: altered(book(GOOD), xl__embeddings__inner_x_xlsx=book(GOOD)), sentence="contains another file"),
    FieldFile("giant-cell.xlsx", lambda: altered(book(GOOD), xl__sharedStrings_x_xml=b"<sst><si><t>" + b"x" * 300_000 + b"</t></si></sst>"), sentence="more text than a cell"),
    FieldFile("doctype.xlsx", lambda: altered(book(GOOD), docProps__core_x_xml=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), sentence="document type declaration"),
)


def inspectors() -> bytes:
    """Inspectors in the workbook that circulates: title, hints below the header, a sample row, a parameter sheet, both commas in cells."""
    head = ["单位工号", "姓名", "性别", "身份证号", "手机号", "学历", "岗位大类", "从事本岗起始日期", "岗位资质资格", "执法事项范围", "层级", "担任职务", "所在业务部门（机构）", "可任组长", "在办上限", "执法人员状态"]
    hints = ["必填", "必填", "下拉选择", "18位", "11位", "下拉选择", "见参数表", "如：2015/1/1", "见参数表", "", "下拉选择", "", "", "是/否", "", "下拉选择"]
    sample = ["案例（请删除）", "张三", "男", "", "", "本科", "治安", "2015/1/1", "旅馆业管理", "", "县级", "民警", "治安大队", "是", "6", "有效"]
    good = ["990900", "李示", "女", "", "13900000001", "本科", "治安，网安", "2016/1/1", "旅馆业管理,娱乐场所管理", "", "县级", "民警", "治安大队", "否", "6", "有效"]
    return book([["执法人员数据库"], head, hints, sample, good], merge=("A1:P1",), more={"参数表": [["岗位", "资质", "事项"], ["治安", "旅馆业管理", "A01"]], "Sheet3": [[None]]})


def far_cell() -> bytes:
    """A workbook with one cell at XFD1048576."""
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    return altered(book(GOOD), xl__worksheets__sheet1_x_xml=sheet)
