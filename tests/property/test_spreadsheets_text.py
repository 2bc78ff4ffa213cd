"""Whatever text is written comes back as it was, or as the file format allows; nothing anybody types ends in a crash."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from registries.spreadsheets import layouts
from registries.spreadsheets.cleaning import clean_row
from registries.spreadsheets.columns import Layout
from registries.spreadsheets.reading import Cell, blank, open_sheets
from registries.spreadsheets.refusals import Refusal
from registries.spreadsheets.writing import Page, cell_text, write_csv, write_workbook

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
CELLS = st.one_of(
    ANY_TEXT,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.from_regex(r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?", fullmatch=True),
    st.from_regex(r"[0-9A-Z]{17,19}", fullmatch=True),
)


@settings(max_examples=75, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=30))
def test_a_workbook_gives_back_every_text(texts: list[str]) -> None:
    sheets = open_sheets(write_workbook([Page("表", ["文字", "尾"], [[text, "尾"] for text in texts])]))
    for row, text in zip(sheets[0].rows[1:], texts, strict=True):
        assert row[0] == cell_text(text) or (blank(row[0]) and not text.strip())


@settings(max_examples=75, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'\ufeff\ufffe\uffff"), max_size=40), min_size=1, max_size=30))
def test_a_csv_gives_back_every_printable_text(texts: list[str]) -> None:
    rows = open_sheets(write_csv(["文字", "尾"], [[text, "尾"] for text in texts]))[0].rows
    assert [row[0] for row in rows[1:]] == texts


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([layout for sheets in layouts.WORKBOOKS.values() for layout in sheets]), st.data())
def test_any_cell_is_cleaned_or_refused_and_never_crashes(layout: Layout, data: st.DataObject) -> None:
    record: dict[str, Cell] = {column.name: data.draw(CELLS) for column in layout.columns}
    cleaned = clean_row(5, record, layout.columns)
    refused = {refusal.heading for refusal in cleaned.refusals}
    assert set(cleaned.values) == {column.name for column in layout.columns if column.heading not in refused}
    for refusal in cleaned.refusals:
        assert isinstance(refusal, Refusal)
        assert refusal.sentence
        assert refusal.remedy
        assert refusal.value.isprintable()


@settings(max_examples=200, deadline=None)
@given(st.dates(dt.date(1930, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_survives_every_spelling(day: dt.date) -> None:
    spellings: list[Cell] = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}", (day - dt.date(1899, 12, 30)).days]
    for spelling in spellings if day.year < 2119 else ():
        row = clean_row(1, {"in_force_from": spelling}, layouts.BASES.columns)
        assert row.values == {"in_force_from": day}
