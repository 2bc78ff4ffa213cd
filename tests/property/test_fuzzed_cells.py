"""A hundred thousand odd values written into workbooks and tables and read back, and as many cleaned as cells of an import: no crash (trust.md R24)."""

import random
from collections.abc import Callable

import pytest

from registries.spreadsheets import layouts
from registries.spreadsheets.cleaning import clean_row
from registries.spreadsheets.reading import Cell, open_sheets
from registries.spreadsheets.writing import LONGEST_CELL, Page, cell_text, write_csv, write_workbook

Told = Callable[[str, object], None]
ODD = ("\0", "\x0b", "\x1f", "\x7f", "\ud800", "\udfff", "\ufffe", "\uffff", "\u202e", "\u2028", "\ufeff", "_x0000_", "=1+1", "+", "@", "'", '"', "\r\n", "\t", "𠀀", "é", "ﷺ")
LARGE = ("长" * 32_766, "x" * 32_767, "x" * 32_768, "𠀀" * 16_384, "_x0041_" * 5_000, "\ud800" * 33_000)


def value(dice: random.Random) -> str:
    """One text: odd pieces and any code points, now and then a huge one."""
    if dice.random() < 0.0005:
        return dice.choice(LARGE)
    return "".join(dice.choice(ODD) if dice.random() < 0.5 else chr(dice.randrange(0x110000)) for _ in range(dice.randrange(12)))


def written_and_read(count: int, at_once: int) -> str:
    """So many values out and in again; how many were cut or cleaned on the way."""
    dice, changed = random.Random(24), 0
    for _ in range(count // at_once):
        texts = [value(dice) for _ in range(at_once)]
        rows = open_sheets(write_workbook([Page("表", ["文字", "尾"], [[text, "尾"] for text in texts])]))[0].rows[1:]
        for text, row in zip(texts, rows, strict=True):
            kept = cell_text(text)
            assert row[0] == kept or not (str(row[0] or "") + kept).strip(), "only what is nothing but space comes back as other space"
            assert len(kept.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_CELL
            changed += kept != text
        assert write_csv(["文字"], [[text] for text in texts]).startswith(b"\xef\xbb\xbf")
    return f"0 crashes in {count} values written and read back, {changed} cleaned or cut and marked"


def cleaned(count: int) -> str:
    """So many values as cells of every column of every table; how many were refused with a sentence."""
    dice, done, refused = random.Random(42), 0, 0
    every = [layout for sheets in layouts.WORKBOOKS.values() for layout in sheets]
    while done < count:
        layout = every[done % len(every)]
        record: dict[str, Cell] = {column.name: value(dice) for column in layout.columns}
        row = clean_row(7, record, layout.columns)
        assert all(one.row == 7 and one.heading and one.sentence and one.remedy and one.value.isprintable() for one in row.refusals)
        done, refused = done + len(record), refused + len(row.refusals)
    return f"0 crashes in {done} values cleaned as cells of {len(every)} tables, {refused} refused with row, column and sentence"


@pytest.mark.proves("R24")
@pytest.mark.parametrize(("count", "at_once"), [(1_000, 1_000), pytest.param(100_000, 5_000, marks=pytest.mark.full)])
def test_no_value_that_is_written_crashes(count: int, at_once: int, record_property: Told) -> None:
    record_property("figure", written_and_read(count, at_once))


@pytest.mark.proves("R24")
@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.full)])
def test_no_value_that_is_read_crashes(count: int, record_property: Told) -> None:
    record_property("figure", cleaned(count))
