"""Open data as files: everything public in three forms that say the same, byte for byte the same for the same data."""

import csv
import datetime as dt
import hashlib
import io
import json
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from publicity.opendata import queries
from publicity.opendata.datasets import DATASETS, RESULTS
from publicity.opendata.fields import BETWEEN
from publicity.opendata.models import Snapshot, SnapshotFile, SnapshotPart
from publicity.opendata.writing import FORMS, written
from registries import clock
from registries.ledger.models import LedgerPayload
from tests import factories, open_data

pytestmark = pytest.mark.django_db

AWKWARD = '=HYPERLINK("http://x") 旅馆,"一"\n分店'


def body(name: str) -> bytes:
    """The kept bytes of a file."""
    file = queries.file(name)
    assert file is not None
    return b"".join(queries.pieces(file.sha256))


def of_csv(dataset: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(f"{dataset}.csv").decode("utf-8-sig"), newline="")))


def of_json(dataset: str) -> list[dict[str, Any]]:
    told = json.loads(body(f"{dataset}.json"))
    assert told["dataset"] == dataset
    rows: list[dict[str, Any]] = told["rows"]
    return rows


def of_xlsx(dataset: str) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(body(f"{dataset}.xlsx"))).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def text_of(value: Any) -> str:
    """A value of JSON, or of a cell, as CSV spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return BETWEEN.join(value) if isinstance(value, list) else "" if value is None else str(value)


def test_every_dataset_is_there_in_every_form_with_its_hashes() -> None:
    open_data.result()
    open_data.kept()
    files = {file.name: file for file in queries.files_of(queries.newest())}
    assert set(files) == {f"{dataset}.{form}" for dataset in DATASETS for form in FORMS}
    for name, file in files.items():
        data = body(name)
        assert (file.size, file.sha256, file.sm3) == (len(data), hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest())
    told = LedgerPayload.objects.get(verb="publicity.keep_snapshot").body
    assert files["results.csv"].sha256 in told


def test_the_three_forms_say_the_same() -> None:
    open_data.corrected(open_data.result("沂源青山旅馆"), result_code="problem-pending", result_group="problem", findings="未登记3人")
    open_data.result("沂源快修汽修厂", named=False)
    open_data.kept()
    for dataset in DATASETS.values():
        rows, table, sheet = of_json(dataset.name), of_csv(dataset.name), of_xlsx(dataset.name)
        headings = [field.label for field in dataset.fields]
        assert list(sheet[0]) == headings
        assert len(rows) == len(table) == len(sheet) - 1
        assert [list(row) for row in rows] == [list(dataset.names)] * len(rows)
        assert all(list(row) == headings for row in table)
        for row, cells, drawn in zip(rows, table, sheet[1:], strict=True):
            for field, seen in zip(dataset.fields, drawn, strict=True):
                assert cells[field.label].removeprefix("'") == text_of(row[field.name])
                assert text_of(seen.date() if isinstance(seen, dt.datetime) else seen) == text_of(row[field.name])
    assert [row["version"] for row in of_json("versions")] == [1, 2, 1]
    assert [row["what"] for row in of_json("corrections")] == ["objection"]


def test_no_cell_is_a_formula_and_no_text_is_lost() -> None:
    open_data.result(AWKWARD)
    open_data.result("'单引号旅馆")
    open_data.kept()
    assert [row["subject_name"] for row in of_json("results")] == [AWKWARD, "'单引号旅馆"]
    cells = [row["检查对象名称"] for row in of_csv("results")]
    assert cells == [f"'{AWKWARD}", "''单引号旅馆"]
    assert [cell.removeprefix("'") for cell in cells] == [AWKWARD, "'单引号旅馆"]
    assert [row[2] for row in of_xlsx("results")[1:]] == [AWKWARD, "'单引号旅馆"]


def test_two_builds_from_scratch_give_the_same_bytes(time_machine: Any) -> None:
    """Another hour and another language change nothing."""
    open_data.corrected(open_data.result())
    open_data.penalty()
    hashes = []
    for hours, language in ((0, "zh-hans"), (2, "en")):
        time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours))
        with translation.override(language), written() as files:
            hashes.append({file.name: (file.size, file.sha256, file.sm3) for file in files})
    assert hashes[0] == hashes[1]
    assert set(hashes[0]) == {f"{dataset}.{form}" for dataset in DATASETS for form in FORMS}


def test_files_are_made_once_for_what_is_public_and_again_when_it_changes() -> None:
    shown = open_data.result()
    open_data.kept()
    open_data.kept()
    assert Snapshot.objects.count() == 1
    first = {file.name: file.sha256 for file in queries.files_of(queries.newest())}
    open_data.corrected(shown)
    open_data.kept()
    second = {file.name: file.sha256 for file in queries.files_of(queries.newest())}
    assert Snapshot.objects.count() == 1
    assert {name for name in first if first[name] != second[name]} >= {"results.csv", "versions.json", "corrections.xlsx"}
    assert first["draws.csv"] == second["draws.csv"]
    assert set(SnapshotPart.objects.values_list("sha256", flat=True)) == set(second.values())


def test_every_night_they_are_made_anyway_and_equal_bytes_keep_their_day(time_machine: Any) -> None:
    open_data.result()
    open_data.kept()
    made = SnapshotFile.objects.values_list("made_at", flat=True).distinct()
    before = set(made)
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    open_data.kept()
    assert set(made.all()) == before
    assert {file.snapshot.made_at for file in queries.files_of(queries.newest())}.isdisjoint(before)


def test_the_last_files_of_a_month_stay_until_a_result_in_them_is_taken_down(time_machine: Any) -> None:
    shown = open_data.result()
    open_data.penalty(shown_until=clock.today() + dt.timedelta(days=9))
    open_data.kept()
    assert [row["amount"] for row in of_json("penalties")] == [500]
    at = dt.datetime.now(dt.UTC)
    time_machine.move_to(at + dt.timedelta(days=40))
    open_data.result()
    open_data.kept()
    assert len(queries.older()) == 1
    year, month = queries.month_of(at)
    old = queries.file_of_month(year, month, "results.json")
    assert old is not None
    assert b"".join(queries.pieces(old.sha256))
    open_data.removed(shown)
    open_data.kept()
    closed = queries.file_of_month(year, month, "results.json")
    assert closed is not None
    assert closed.closed_at is not None
    assert b"".join(queries.pieces(closed.sha256)) == b""
    draws = queries.file_of_month(year, month, "draws.json")
    assert draws is not None
    assert draws.closed_at is None
    penalties = queries.file_of_month(year, month, "penalties.json")
    assert penalties is not None
    assert (penalties.closed_at is not None, of_json("penalties")) == (True, [])
    assert shown.public_id not in body("results.json").decode() + body("versions.csv").decode()
    assert [(row["id"], row["what"]) for row in of_json("corrections")] == [(shown.public_id, "withdrawn")]


def test_editions_plans_and_draws_come_with_what_is_public_of_them() -> None:
    draw = factories.drawn_draw(factories.matter("旅馆业登记检查"), winners=2)
    open_data.kept()
    assert [(row["code"], row["name"], row["in_force"]) for row in of_json("matters")] == [(draw.matter.matter.code, "旅馆业登记检查", True)]
    (item,) = of_json("plans")
    assert (item["item"], item["draws"], item["drawn"], item["disclosed"]) == (draw.plan.code, [draw.number], 2, 0)
    (order,) = of_json("draws")
    assert (order["number"], order["state"], order["order_hash"], order["void_kind"]) == (draw.number, "drawn", draw.order_hash, "")
    assert of_json("results") == []
    assert RESULTS.names == tuple(field.name for field in RESULTS.fields)
