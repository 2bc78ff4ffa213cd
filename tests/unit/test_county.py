"""The sample county: as many as it should be, all of it valid, and importable without a single refusal."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import ric, uscc

from config.demo.county import codes
from config.demo.county.bases import BASES, INSTRUMENTS
from config.demo.county.matters import MATTERS
from config.demo.county.workbooks import ITEMS, NAMES, write_county
from registries.spreadsheets import layouts
from registries.spreadsheets.cleaning import clean_row
from registries.spreadsheets.reading import find_sheet, open_sheets, tabulate

TODAY = dt.date(2026, 11, 23)
Rows = dict[str, list[dict[str, Any]]]
NOT_SHOWN = ("materials",)
"""Sheets that an import takes and the sample county does without."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_county(tmp_path_factory.mktemp("county"), TODAY)


@pytest.fixture(scope="module")
def county(files: list[Path]) -> Rows:
    """Every sheet read and cleaned as an import does it: layout kind → rows; nothing may be refused or left unmatched."""
    rows: Rows = {}
    for kind, path in zip(NAMES, files, strict=True):
        sheets = open_sheets(path.read_bytes())
        for layout in layouts.WORKBOOKS[kind]:
            sheet = find_sheet(sheets, layout)
            if sheet is None:
                assert layout.kind in NOT_SHOWN
                continue
            table = tabulate(sheet, layout)
            assert table.matching.complete
            assert table.matching.unknown == ()
            cleaned = [clean_row(number, record, layout.columns) for number, record in table.rows]
            assert [row.refusals + row.cautions for row in cleaned if row.refusals or row.cautions] == []
            rows[layout.kind] = [row.values for row in cleaned]
    return rows


def test_the_same_day_gives_the_same_bytes(files: list[Path], tmp_path: Path) -> None:
    assert [path.read_bytes() for path in write_county(tmp_path, TODAY)] == [path.read_bytes() for path in files]


def test_it_has_the_numbers_the_county_is_described_with(county: Rows) -> None:
    assert len(county["matters"]) == 27
    assert sum(unit["kind"] != "bureau" for unit in county["units"]) == 9
    assert len(codes.TOWNS) == len({row["town"] for row in county["subjects"]}) == 12
    assert len(county["subjects"]) == 1500
    assert len(county["inspectors"]) == 80
    used = {category for row in county["subjects"] for category in row["categories"]}
    assert used == {row["name"] for row in county["categories"]}
    assert len(used) >= 12


def test_no_key_occurs_twice_in_any_sheet(county: Rows) -> None:
    for sheets in layouts.WORKBOOKS.values():
        for layout in sheets:
            keys = Counter(tuple(row[name] for name in layout.key) for row in county.get(layout.kind, []))
            assert max(keys.values(), default=1) == 1, layout.kind
    for kind, name in (("subjects", "name"), ("inspectors", "name"), ("inspectors", "id_number"), ("units", "name")):
        assert len({row[name] for row in county[kind]}) == len(county[kind])


def test_whoever_has_a_credit_code_has_a_valid_one_of_the_county(county: Rows) -> None:
    coded = [row["uscc"] for row in county["subjects"] if row["uscc"]]
    assert len(coded) == len(set(coded))
    assert all(uscc.is_valid(code) and code[2:8] == "370323" for code in coded)
    assert {code[:2] for code in coded} >= {"91", "92", "12", "52"}
    assert all(row["uscc"].startswith("92") for row in county["subjects"] if row["kind"] == "individual" and row["uscc"])
    without = Counter(row["kind"] for row in county["subjects"] if not row["uscc"])
    assert {"event", "site", "institution"} <= set(without)


def test_everything_named_in_a_sheet_exists_in_its_own(county: Rows) -> None:
    units = {row["code"] for row in county["units"]}
    categories = {row["name"] for row in county["categories"]}
    fields, specialties = ({label for _code, label in table} for table in (codes.FIELDS, codes.SPECIALTIES))
    subjects = {row["key"] for row in county["subjects"]}
    inspectors = {row["number"] for row in county["inspectors"]}
    for row in county["matters"]:
        assert row["unit"] in units
        assert set(row["categories"]) <= categories
    for row in county["subjects"]:
        assert row["unit"] in units
        assert set(row["categories"]) <= categories
        assert row["town"] in {label for _code, label in codes.TOWNS}
    for row in county["inspectors"]:
        assert row["unit"] in units
        assert set(row["fields"]) <= fields
        assert set(row["specialties"]) <= specialties
        assert row["post"] in {label for _code, label in codes.POSTS}
        assert ric.calc_check_digit(row["id_number"]) == row["id_number"][-1]
        assert row["id_number"].startswith("370323")
    for kind in ("exclusions", "complaints", "violations", "recusals"):
        assert {row["subject"] for row in county[kind]} <= subjects
    for kind in ("certificates", "recusals"):
        assert {row["inspector"] for row in county[kind]} <= inspectors
    assert {row["relation"] for row in county["recusals"]} <= {label for _code, label in codes.RELATIONS}


def test_every_matter_has_bases_in_force_and_four_to_eight_items(county: Rows) -> None:
    assert {matter.code for matter in MATTERS} == set(ITEMS) == {matter for matter, _instrument, _article in BASES}
    assert {instrument for _matter, instrument, _article in BASES} == set(INSTRUMENTS)
    assert all(4 <= len(items) <= 8 for items in ITEMS.values())
    assert all(row["in_force_from"] <= TODAY and row["in_force_until"] is None for row in county["bases"])
    assert {row["regulation"] for row in county["matters"]} == {"R", "F", "RF"}


def test_every_matter_can_be_staffed(county: Rows) -> None:
    valid = {row["inspector"] for row in county["certificates"] if row["valid_until"] >= TODAY}
    ready = [row for row in county["inspectors"] if row["status"] == "active" and row["number"] in valid]
    for matter in county["matters"]:
        able = [row for row in ready if set(matter["fields"]) <= set(row["fields"]) and set(matter["specialties"]) <= set(row["specialties"])]
        assert len(able) >= matter["team_size"] + 1, matter["code"]
        assert sum(row["may_lead"] for row in able) >= 2, matter["code"]
        assert any(row["unit"] == matter["unit"] for row in able), matter["code"]


def test_it_shows_every_trouble_a_registry_has(county: Rows) -> None:
    year_ago = TODAY - dt.timedelta(days=366)
    stale = [row for row in county["subjects"] if row["verified_on"] < year_ago]
    assert 40 <= len(stale) <= 120
    assert {row["risk_grade"] for row in county["subjects"]} >= {"A", "B", "C", "D"}
    assert {row["status"] for row in county["subjects"]} == {"active", "closed", "deregistered", "revoked", "moved"}
    in_scope_again = [row for row in county["exclusions"] if row["ends_on"] and row["ends_on"] < TODAY]
    assert in_scope_again
    assert len(county["exclusions"]) - len(in_scope_again) >= 20
    assert {row["upheld"] for row in county["complaints"]} == {True, False, None}
    assert {row["serious"] for row in county["violations"]} == {True, False}
    expired = {row["inspector"] for row in county["certificates"] if row["valid_until"] < TODAY}
    assert len(expired) == 6
    assert {row["status"] for row in county["inspectors"]} == {"active", "suspended", "left"}
    assert len(county["recusals"]) == 40
    days = [row[name] for kind, name in (("complaints", "received_on"), ("violations", "found_on"), ("subjects", "verified_on")) for row in county[kind]]
    assert max(days) <= TODAY


@pytest.mark.parametrize("categories", [("旅馆",), ("民宿",), ("旅馆", "民宿")])
def test_a_draw_of_lodgings_by_grade_has_no_cell_below_five_and_nobody_stale(county: Rows, categories: tuple[str, ...]) -> None:
    out = {row["subject"] for row in county["exclusions"] if row["ends_on"] is None or row["ends_on"] >= TODAY}
    roster = [row for row in county["subjects"] if set(row["categories"]) & set(categories) and row["status"] == "active" and row["key"] not in out]
    assert all(row["verified_on"] > TODAY - dt.timedelta(days=300) for row in roster)
    upheld = Counter(row["subject"] for row in county["complaints"] if row["upheld"] and row["received_on"] > TODAY - dt.timedelta(days=365))
    serious = Counter(row["subject"] for row in county["violations"] if row["serious"] and row["found_on"] > TODAY - dt.timedelta(days=730))
    cells = Counter((row["risk_grade"], upheld[row["key"]], serious[row["key"]]) for row in roster)
    assert min(cells.values()) >= 5
    assert {grade for grade, _upheld, _serious in cells} == {"A", "B", "C", "D"}
    if len(categories) == 2:
        assert len(roster) >= 420
