"""Whatever is written for a spreadsheet program: no text is a formula, numbers stay numbers, nothing breaks the file; through every writer."""

import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from publicity.opendata.datasets import DATASETS
from publicity.opendata.fields import in_cell
from publicity.opendata.writing import csv_pieces, xlsx_pieces
from registries.spreadsheets.streaming import Stream, stream_csv, stream_workbook
from registries.spreadsheets.writing import Page, write_csv, write_workbook

HEADINGS = ["文字", "整数", "小数", "日期"]
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u3000=", "\u00a0-", "＝", "＋", "－", "＠", "=HYPERLINK(\"http://x\")", "=1+1", "'=", "{=", "%=",
          "=cmd|' /C calc'!A0", "DDE(", "_x003D_1", "=IMPORTXML(", "@SUM(", "-2+3", "+1", "\x00=", "\ud800=", "\ufeff=", "\u202e="]  # fmt: skip
MARKS = "=+-@'\"(){}!A1$,;:|<>&\\/\t\n\r 张例０１ａ\x07\U0001f600\u202e\uffff"
DANGEROUS = tuple("=+-@＝＋－＠\t\r\n")


def fuzzed(count: int) -> list[str]:
    """Texts that a spreadsheet program might take for something to compute."""
    dice = random.Random(8)
    return [dice.choice(STARTS) + "".join(dice.choice(MARKS) for _mark in range(dice.randrange(24))) for _value in range(count)]


def rows(count: int) -> Iterator[list[Any]]:
    """A fuzzed text beside numbers and a day, which stay what they are."""
    for n, text in enumerate(fuzzed(count)):
        yield [text, -n, Decimal(n) / 4, dt.date(2026, 1, 1)]


def cells(content: bytes) -> list[Sequence[Any]]:
    """The cells below the header."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    found = list(sheet.iter_rows())
    at = next(n for n, row in enumerate(found) if row[0].value == HEADINGS[0])
    return found[at + 1 :]


def lines(content: bytes) -> list[list[str]]:
    """The lines below the header."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]


WORKBOOKS: dict[str, Callable[[int], bytes]] = {
    "written": lambda n: write_workbook([Page("表", HEADINGS, rows(n), title="=1+1", hints=["@x"])]),
    "streamed": lambda n: b"".join(stream_workbook([Stream("表", HEADINGS, frozenset((3,)), ([in_cell(value) for value in row] for row in rows(n)))])),
}
TABLES: dict[str, Callable[[int], bytes]] = {
    "written": lambda n: write_csv(HEADINGS, rows(n)),
    "streamed": lambda n: b"".join(stream_csv(HEADINGS, rows(n))),
}


def no_formula_in_workbooks(count: int) -> int:
    """How many cells were looked at."""
    for make in WORKBOOKS.values():
        found = cells(make(count))
        assert len(found) == count
        for n, row in enumerate(found):
            assert [cell.data_type for cell in row] == ["s", "n", "n", "d"], row[0].value
            assert row[1].value == -n
    return len(WORKBOOKS) * count


def no_formula_in_tables(count: int) -> int:
    """How many cells were looked at."""
    for make in TABLES.values():
        found = lines(make(count))
        assert len(found) == count
        for n, (text, whole, part, _day) in enumerate(found):
            assert not text.lstrip(" \u00a0\u3000\ufeff").startswith(DANGEROUS), text
            assert (whole, float(part)) == (str(-n), n / 4), "numbers stay numbers, minus and all"
    return len(TABLES) * count


def no_formula_in_open_data(count: int) -> int:
    """Of the widest dataset, every text column fuzzed."""
    dataset = DATASETS["results"]
    texts = fuzzed(count)
    made = [tuple(texts[(n + at) % count] if field.kind == "text" else None for at, field in enumerate(dataset.fields)) for n in range(count)]
    fields = {at for at, field in enumerate(dataset.fields) if field.kind == "text"}
    assert fields
    for row in lines(b"".join(csv_pieces(dataset, made))):
        assert not [row[at] for at in fields if row[at].lstrip(" \u00a0\u3000\ufeff").startswith(DANGEROUS)]
    sheet = load_workbook(io.BytesIO(b"".join(xlsx_pieces(dataset, made)))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    return 2 * count * len(fields)


@pytest.mark.proves("T8")
def test_two_hundred_fuzzed_texts_are_no_formulas_through_any_writer(record_property: Callable[..., None]) -> None:
    looked = no_formula_in_workbooks(200) + no_formula_in_tables(200) + no_formula_in_open_data(200)
    record_property("figure", f"0 formulas in {looked} cells of fuzzed text through 6 writers")


@pytest.mark.full
@pytest.mark.proves("T8")
def test_ten_thousand_fuzzed_texts_are_no_formulas_through_any_writer(record_property: Callable[..., None]) -> None:
    looked = no_formula_in_workbooks(10_000) + no_formula_in_tables(10_000) + no_formula_in_open_data(10_000)
    record_property("figure", f"0 formulas in {looked} cells of fuzzed text through 6 writers")
