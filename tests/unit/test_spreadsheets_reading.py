"""Messy tables as offices send them: found by content, header under titles, blank rows skipped, row numbers kept."""

import datetime as dt
import io
import struct
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from registries.spreadsheets import layouts
from registries.spreadsheets.columns import Column, Layout, match, normalised
from registries.spreadsheets.gate import Unreadable
from registries.spreadsheets.reading import Cell, find_sheet, open_sheets, tabulate, why_not_importable
from tests.old_excel import xls

SMALL = Layout("small", "小表", (Column("name", ("名称", "单位名称"), required=True), Column("code", ("代码", "编码")), Column("day", ("日期",))))
TEXT = "某某单位登记表\n,,\n名称,代码,日期\n示例甲,001,2021.7.15\n,,\n示例乙,002,2021/7/16\n"


def xlsx(rows: Sequence[Sequence[object]], merges: tuple[str, ...] = (), names: tuple[str, ...] = ("小表",)) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook["Sheet"])
    for name in names:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for merge in merges:
            sheet.merge_cells(merge)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def rows_of(content: bytes, layout: Layout = SMALL) -> list[tuple[int, dict[str, Cell]]]:
    sheet = find_sheet(open_sheets(content), layout)
    assert sheet is not None
    return tabulate(sheet, layout).rows


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")


@pytest.mark.proves("R25")
def test_a_text_table_is_read_in_every_encoding_offices_use(record_property: Callable[[str, object], None]) -> None:
    for encoding in ENCODINGS:
        assert rows_of(TEXT.encode(encoding)) == [
            (4, {"name": "示例甲", "code": "001", "day": "2021.7.15"}),
            (6, {"name": "示例乙", "code": "002", "day": "2021/7/16"}),
        ], encoding
    record_property("figure", f"{len(ENCODINGS)} of {len(ENCODINGS)} encodings, no character wrong")


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_a_text_table_may_be_divided_by_tabs_or_semicolons(delimiter: str) -> None:
    assert rows_of(TEXT.replace(",", delimiter).encode())[0][1]["code"] == "001"


def test_an_old_excel_workbook_is_read_like_a_new_one() -> None:
    content = xls([["某某登记表"], ["名称", "代码", "日期"], ["示例甲", 1.0, 44392.0]], sheet="小表")
    assert rows_of(content) == [(3, {"name": "示例甲", "code": 1.0, "day": 44392.0})]


def test_a_damaged_old_workbook_ends_in_rows_or_in_a_sentence() -> None:
    whole = xls([["名称", "代码"], ["示例甲", 1.0]])
    sentences = set()
    for at in (30, 44, 48, 60, 76, 80, 512, 600, 1088, 1152, 1156, 1268, 1540, 1544, 1560, 1600):
        content = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            assert open_sheets(content)
        except Unreadable as refused:
            sentences.add(refused.sentence)
    assert sentences
    assert all(sentences)


def test_a_cell_far_out_in_an_old_workbook_ends_in_a_sentence_and_not_in_the_end_of_the_process() -> None:
    whole = xls([["名称", "代码"], ["示例甲", 1.0]])
    cell = struct.pack("<5H", 0x203, 14, 1, 1, 0)
    assert whole.count(cell) == 1
    with pytest.raises(Unreadable):
        open_sheets(whole.replace(cell, struct.pack("<5H", 0x203, 14, 0xFFFF, 0xFFFF, 0)))


def test_what_other_programs_put_before_a_code_is_taken_off() -> None:
    text = '名称,代码,日期\n"\'=示例","=""0012""",\'0013\n'
    assert rows_of(text.encode()) == [(2, {"name": "=示例", "code": "0012", "day": "0013"})]


def test_bytes_of_no_encoding_are_refused_with_a_sentence() -> None:
    with pytest.raises(Unreadable) as caught:
        open_sheets(b"\xff\x81\x30\xff,\x80\x20\n" * 3)
    assert "UTF-8" in caught.value.sentence


def test_titles_hints_gaps_and_trailing_blanks_do_not_cut_a_workbook() -> None:
    rows: list[list[object]] = [["某县登记表"], ["填表说明：名称必填"], ["＊名 称", "编　码", "日期", ""], ["示例甲", 13970000001, dt.date(2021, 7, 15)]]
    trailing: list[list[object]] = [[" "]] * 50
    rows += [[], [None, "　"], ["示例乙", "002", "x"], *trailing]
    assert rows_of(xlsx(rows, merges=("A1:C1",))) == [
        (4, {"name": "示例甲", "code": 13970000001.0, "day": dt.date(2021, 7, 15)}),
        (7, {"name": "示例乙", "code": "002", "day": "x"}),
    ]


def test_a_cell_merged_over_several_rows_counts_for_each_of_them() -> None:
    content = xlsx([["名称", "代码", "日期"], ["示例甲", "1", ""], [None, "2", ""], ["示例乙", "3", ""]], merges=("A2:A3",))
    assert [record["name"] for _row, record in rows_of(content)] == ["示例甲", "示例甲", "示例乙"]


def test_a_header_repeated_on_each_printed_page_is_no_row() -> None:
    header = ["名称", "代码", "日期"]
    assert [row for row, _record in rows_of(xlsx([header, ["示例甲", "1", "a"], header, ["示例乙", "2", "b"]]))] == [2, 4]


def test_the_sheet_is_found_by_its_name_and_else_by_its_header() -> None:
    sheets = open_sheets(xlsx([["名称", "代码", "日期"]], names=("说明", "小表", "Sheet3")))
    named = find_sheet(sheets, SMALL)
    assert named is not None
    assert named.name == "小表"
    unnamed = find_sheet(open_sheets(xlsx([["名称", "代码", "日期"]], names=("Sheet1",))), SMALL)
    assert unnamed is not None
    assert find_sheet(open_sheets(xlsx([["甲", "乙"]])), SMALL) is None


def test_a_missing_column_is_named_in_the_sentence() -> None:
    sheet = open_sheets(xlsx([["代码", "日期", "多余"]]))[0]
    matching = tabulate(sheet, SMALL).matching
    assert matching.unknown == ("多余",)
    assert "名称" in (why_not_importable(matching) or "")
    chosen = tabulate(sheet, SMALL, {"name": 2, "code": 0}).matching
    assert why_not_importable(chosen) is None
    assert chosen.unknown == ("日期",)


def test_a_column_given_twice_is_refused() -> None:
    matching = tabulate(open_sheets(xlsx([["名称", "代码", "单位名称"]]))[0], SMALL).matching
    assert "单位名称" in (why_not_importable(matching) or "")


def test_a_sheet_without_any_header_says_which_columns_are_wanted() -> None:
    with pytest.raises(Unreadable) as caught:
        tabulate(open_sheets(xlsx([["张示一", "李例二"]]))[0], SMALL)
    assert "名称" in caught.value.sentence


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(Unreadable):
        open_sheets(xlsx([[]]))


@pytest.mark.parametrize("layout", [layout for sheets in layouts.WORKBOOKS.values() for layout in sheets], ids=lambda layout: layout.kind)
def test_no_heading_of_a_layout_could_mean_two_columns(layout: Layout) -> None:
    owners: dict[str, str] = {}
    for column in layout.columns:
        for heading in column.headings:
            assert owners.setdefault(normalised(heading), column.name) == column.name
    assert set(layout.key) <= {column.name for column in layout.columns}
    matching = match([f"＊{column.heading} " for column in layout.columns], layout.columns)
    assert matching.complete
    assert list(matching.mapping.values()) == list(range(len(layout.columns)))
