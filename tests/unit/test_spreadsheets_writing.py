"""Workbooks and CSV that people open: no formulas from data, no crash on odd characters, templates that read back."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from registries.spreadsheets import layouts
from registries.spreadsheets.cleaning import clean_row
from registries.spreadsheets.columns import ROW_HEADING, Layout
from registries.spreadsheets.reading import Cell, find_sheet, open_sheets, tabulate
from registries.spreadsheets.templates import refused_page, write_template
from registries.spreadsheets.writing import LONGEST_CELL, Page, Writable, write_csv, write_workbook

ODD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "a\x00b\x1f", "\ud800", "x" * 40_000, "𠀀" * 20_000, "_x0041_", "一\r\n二", "", "  空 格  "]


@pytest.fixture
def written() -> openpyxl.Workbook:
    rows: list[list[Writable]] = [[text] for text in ODD]
    return openpyxl.load_workbook(io.BytesIO(write_workbook([Page("表", ["文字"], rows)])))


@pytest.mark.proves("R24")
def test_no_text_becomes_a_formula_and_no_character_breaks_the_file(written: openpyxl.Workbook) -> None:
    cells = [row[0] for row in written["表"].iter_rows(min_row=2)]
    assert len(cells) == len(ODD)
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert cells[0].value == "=1+1"
    assert cells[6].value == "a�b�"


def test_text_that_looks_like_an_escape_comes_back_as_it_was() -> None:
    texts = ["_x0041_", "_x000D_", "_x005F_x0041_"]
    assert open_sheets(write_workbook([Page("表", ["文字"], [[text] for text in texts])]))[0].rows[1:] == [[text] for text in texts]


@pytest.mark.proves("R24")
def test_what_a_cell_cannot_hold_is_cut_and_marked(written: openpyxl.Workbook) -> None:
    for cell in (written["表"]["A10"], written["表"]["A11"]):
        assert len(cell.value.encode("utf-16-le")) // 2 <= LONGEST_CELL
        assert cell.value.endswith(("]", "］"))
        assert "�" not in cell.value


def test_numbers_and_days_stay_what_they_are_and_long_numbers_keep_their_digits() -> None:
    rows: list[list[Writable]] = [[5, Decimal("7.25"), dt.date(2021, 7, 15), 370323000000123456, True, None]]
    read = open_sheets(write_workbook([Page("表", list("abcdef"), rows)]))[0].rows[1]
    assert read == [5.0, 7.25, dt.date(2021, 7, 15), "370323000000123456", True, ""]


def test_the_same_rows_are_the_same_bytes() -> None:
    pages = [Page("表", ["甲"], [["x"]], title="标题")]
    assert write_workbook(pages) == write_workbook(pages)


def test_sheet_names_are_made_acceptable_and_different() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(write_workbook([Page("a/b:c", ["x"], []), Page("A b c", ["x"], []), Page("", ["x"], [])])))
    assert workbook.sheetnames == ["a b c", "A b c 2", "Sheet"]


def test_csv_opens_in_chinese_and_starts_no_formula() -> None:
    data = write_csv(["名称", "数"], [["=cmd()", -5], ["＋1", "x"], ["一\n二", None]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [["名称", "数"], ["'=cmd()", "-5"], ["'＋1", "x"], ["一\n二", ""]]
    assert open_sheets(data)[0].rows[1][0] == "=cmd()"


@pytest.mark.parametrize("kind", list(layouts.WORKBOOKS))
def test_a_template_reads_back_as_its_own_layout_without_rows(kind: str) -> None:
    sheets = open_sheets(write_template(layouts.WORKBOOKS[kind]))
    assert [sheet.name for sheet in sheets] == [layout.sheet for layout in layouts.WORKBOOKS[kind]]
    for layout in layouts.WORKBOOKS[kind]:
        sheet = find_sheet(sheets, layout)
        assert sheet is not None
        table = tabulate(sheet, layout)
        assert table.rows == []
        assert table.matching.complete
        assert len(table.matching.mapping) == len(layout.columns)
        assert table.matching.unknown == ()


def test_a_template_offers_its_answers_in_lists() -> None:
    content = write_template(layouts.WORKBOOKS["subjects"], {("subjects", "town"): ["南麻街道", "历山街道"]})
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert workbook["_lists"].sheet_state == "hidden"
    lists = {str(rule.sqref)[0]: rule for rule in workbook["检查对象"].data_validations.dataValidation}
    town = lists["H"]
    assert town.type == "list"
    assert town.formula1 == "'_lists'!$A$2:$B$2"
    assert [cell.value for cell in workbook["_lists"][2]][:2] == ["南麻街道", "历山街道"]


def test_the_refused_rows_come_back_with_reasons_and_can_be_uploaded_again() -> None:
    layout: Layout = layouts.RECUSALS
    record: dict[str, Cell] = {"inspector": "990001", "subject": "S000001", "relation": "", "starts_on": "昨天", "ends_on": "长期"}
    cleaned = clean_row(9, record, layout.columns)
    content = write_workbook([refused_page(layout, [(9, record, cleaned.refusals)])])
    sheet = openpyxl.load_workbook(io.BytesIO(content))[layout.sheet]
    headings = [cell.value for cell in sheet[2]]
    assert headings == [ROW_HEADING, "人员编号", "对象编号", "关系", "关系（问题）", "起始日期", "起始日期（问题）", "截止日期"]
    assert sheet["A3"].value == 9
    assert sheet["G3"].value.startswith(cleaned.refusals[1].sentence)
    assert sheet["F3"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb
    table = tabulate(open_sheets(content)[0], layout)
    assert table.matching.complete
    assert table.matching.unknown == ()
    assert table.rows[0][1]["starts_on"] == "昨天"
