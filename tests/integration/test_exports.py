"""Any filtered list as a file: the columns an import reads, no formula in any cell, an entry in the ledger."""

import csv
import hashlib
import io
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from openpyxl import load_workbook

from registries.codes.models import CodeTable
from registries.exports.views import told_of
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import Role
from registries.spreadsheets.streaming import Stream, stream_csv, stream_workbook
from registries.spreadsheets.writing import Writable
from registries.subjects.models import Complaint, Subject
from tests import factories
from tests.import_files import bring, classes, commit, subject_row, workbook
from tests.integration.test_import_undo import basis_row, matter_row
from tests.libreoffice import needs_libreoffice, saved_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade whose registries hold a little of everything."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.code(CodeTable.FIELD, "治安")
    factories.code(CodeTable.SPECIALTY, "旅馆业管理")
    factories.category("旅馆")
    clerk = factories.user(Role.CLERK, unit=factories.unit(code="ZA"))
    rows = [
        subject_row(1, uscc=factories.credit_code(1), phone="13900000001", contact="张示一", risk_grade="D", graded_on="2026-01-05"),
        subject_row(2, name="=cmd|' /C calc'!A0", risk_grade="B"),
        subject_row(3, kind="自然人", name="李示三"),
    ]
    inspector = {"number": "J1", "name": "王示", "sex": "男", "post": "民警", "unit": "ZA", "specialties": "旅馆业管理", "phone": "13911111111"}
    inspector |= {"fields": "治安", "may_lead": "是", "most_open_cases": "5", "status": "在岗"}
    card = {"inspector": "J1", "kind": "人民警察证", "number": "007", "valid_from": "2024-01-01", "valid_until": "2030-01-01"}
    files: list[tuple[str, dict[str, list[dict[str, Any]]]]] = [
        ("subjects", {"subjects": rows}),
        ("permits", {"permits": [{"subject": "S00000001", "name": "特种行业许可证", "number": "0012", "valid_until": "长期"}]}),
        ("complaints", {"complaints": [{"subject": "S00000001", "received_on": "2026-01-01", "channel": "12345", "content": "噪声"}]}),
        ("violations", {"violations": [{"subject": "S00000002", "found_on": "2026-01-01", "facts": "未登记", "serious": "是"}]}),
        ("inspectors", {"inspectors": [inspector], "certificates": [card]}),
        ("matters", {"matters": [matter_row()], "bases": [basis_row()]}),
    ]
    for kind, sheets in files:
        commit(clerk, bring(clerk, kind, workbook(kind, **sheets)))
    return clerk


def visitor(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: HttpResponseBase) -> bytes:
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def exported(user: User, kind: str, query: str = "", form: str = "xlsx") -> bytes:
    return body(visitor(user).get(f"/office/exports/{kind}.{form}?{query}"))


def cells(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()]


@pytest.mark.parametrize("kind", ["matters", "subjects", "permits", "complaints", "violations", "inspectors"])
def test_what_was_exported_changes_nothing_when_it_is_imported_again(clerk: User, kind: str) -> None:
    for query in ("", "persons=1"):
        batch = bring(clerk, kind, exported(clerk, kind, query))
        assert set(classes(batch)) == {"same"}, (kind, query, batch.counts, list(batch.rows.values_list("number", "row_class")))


def test_the_filters_of_the_page_decide_which_rows_come(clerk: User) -> None:
    assert [row[0] for row in cells(exported(clerk, "subjects", "grade=D"))[1:]] == ["S00000001"]
    assert len(cells(exported(clerk, "complaints", "grade=D"))) == 2
    assert len(cells(exported(clerk, "violations", "grade=D"))) == 1
    assert visitor(clerk).get("/office/exports/subjects.xlsx?unit=999999").status_code == 404
    assert visitor(clerk).get("/office/exports/nothing.xlsx").status_code == 404


def test_every_export_stands_in_the_ledger_with_its_filters_and_rows(clerk: User) -> None:
    body = exported(clerk, "subjects", "grade=D", "csv")
    begun, ended = LedgerPayload.objects.order_by("-entry_id")[1], LedgerPayload.objects.latest("entry_id")
    assert (begun.verb, begun.actor, ended.verb) == ("registries.export_registry", clerk, "registries.complete_export")
    told = json.loads(begun.body)["after"]
    name = told.pop("file")
    assert told == {"kind": "subjects", "query": "grade=D", "rows": 1, "persons": False}
    assert re.search(r"-20\d{6}-[0-9a-f]{6}\.csv$", name), "the number under which it stands in the ledger"
    assert json.loads(ended.body)["after"] == {"file": name, "sha256": hashlib.sha256(body).hexdigest()}


def test_a_workbook_says_at_its_foot_who_took_it_when_and_under_which_number(clerk: User) -> None:
    book = load_workbook(io.BytesIO(exported(clerk, "subjects", "")))
    foot = book.worksheets[0].oddFooter.center.text
    name = json.loads(LedgerPayload.objects.filter(verb="registries.export_registry").latest("entry_id").body)["after"]["file"]
    assert str(clerk.name) in foot
    assert name.rpartition(".")[0][-15:] in foot


def test_an_export_that_breaks_off_has_no_hash_in_the_ledger(clerk: User) -> None:
    pieces = told_of(iter((b"1", b"2")), clerk, "a.csv")
    next(pieces)
    pieces.close()
    assert not LedgerPayload.objects.filter(verb="registries.complete_export").exists()


def test_telephones_and_natural_persons_leave_only_with_the_clerk_who_keeps_them(clerk: User) -> None:
    plain = exported(clerk, "subjects", "", "csv").decode()
    assert "13900000001" not in plain
    assert "李示三" not in plain
    full = exported(clerk, "subjects", "persons=1", "csv").decode()
    assert "13900000001" in full
    assert "李示三" in full
    elsewhere = factories.user(Role.CLERK, unit=factories.unit())
    other = exported(elsewhere, "subjects", "persons=1", "csv").decode()
    assert "13900000001" not in other
    assert "李示三" not in other
    assert visitor(factories.user(Role.AUDITOR)).get("/office/exports/subjects.csv?persons=1").status_code == 403
    assert "13911111111" in exported(clerk, "inspectors", "persons=1", "csv").decode()


def test_texts_like_formulas_stay_texts(clerk: User) -> None:
    assert "=cmd|' /C calc'!A0" in [row[1] for row in cells(exported(clerk, "subjects"))]
    assert "'=cmd|" in exported(clerk, "subjects", form="csv").decode()


def fuzzed(count: int) -> list[str]:
    dice = random.Random(4)
    starts = ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "=HYPERLINK(", "{=", "%=", "'=", "=1+1", "_x003D_1", '="', "\n=", " =", "DDE("]
    marks = "=+-@'\"(){}!A1$,;:|<>&\\/\t\n 张例０１ａ\x00\x07\ud800\U0001f600\u202e"
    return [dice.choice(starts) + "".join(dice.choice(marks) for _mark in range(dice.randrange(1, 24))) for _value in range(count)]


def streamed(values: list[str]) -> bytes:
    rows = [values[at : at + 10] for at in range(0, len(values), 10)]
    return b"".join(stream_workbook([Stream("表", [f"列{n}" for n in range(10)], frozenset(), rows)]))


def test_no_cell_of_ten_thousand_fuzzed_values_is_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(streamed(fuzzed(10_000)))).worksheets[0]
    found = [cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row]
    assert len(found) == 10_000
    assert "f" not in found
    guarded = b"".join(stream_csv(["a"], [[value] for value in fuzzed(10_000)])).decode()
    written = [row[0] for row in csv.reader(io.StringIO(guarded.removeprefix("\ufeff"), newline=""))][1:]
    assert len(written) == 10_000
    assert not [text for text in written if text.lstrip()[:1] in tuple("=+-@＝＋－＠") or (text[:1].isspace() and text[0] != " ")]


@pytest.mark.full
@needs_libreoffice
def test_libreoffice_sees_no_formula_either(tmp_path: Path) -> None:
    source = tmp_path / "fuzzed.xlsx"
    source.write_bytes(streamed(fuzzed(10_000)))
    text = saved_as(source, "fods", tmp_path / "out").read_text(encoding="utf-8")
    assert text.count("office:value-type=\"string\"") >= 9_000
    assert "table:formula" not in text
    table = tmp_path / "fuzzed.csv"
    table.write_bytes(b"".join(stream_csv(["a"], [[value] for value in fuzzed(10_000)])))
    assert "table:formula" not in saved_as(table, "fods", tmp_path / "out").read_text(encoding="utf-8")


@pytest.mark.full
@needs_libreoffice
def test_edited_in_libreoffice_only_the_edits_change(clerk: User, tmp_path: Path) -> None:
    source = tmp_path / "对象.xlsx"
    source.write_bytes(exported(clerk, "subjects", "persons=1"))
    once = saved_as(source, "xlsx", tmp_path / "saved")
    book = load_workbook(once)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("地址") + 1).value = "改过的路8号"
    book.save(once)
    for form in ("xlsx", "xls"):
        content = saved_as(once, form, tmp_path / form).read_bytes()
        batch = bring(clerk, "subjects", content)
        assert batch.counts == {"subjects": {"changed": 1, "same": 2}}, form
        assert batch.rows.get(row_class="changed").values["set"] == {"address": "改过的路8号"}
    commit(clerk, batch)
    changed = Subject.objects.get(key="S00000001")
    assert (changed.address, changed.version, Subject.objects.get(key="S00000002").version) == ("改过的路8号", 2, 1)
    assert Complaint.objects.count() == 1


def test_a_long_list_is_sent_in_pieces() -> None:
    rows: list[list[Writable]] = [[f"S{n}", n] for n in range(5_000)]
    pieces = list(stream_workbook([Stream("表", ["编号", "数"], frozenset(), rows)]))
    assert len(pieces) > 10
    assert load_workbook(io.BytesIO(b"".join(pieces))).worksheets[0].max_row == 5_001


def test_the_list_pages_offer_the_file_with_their_filters(clerk: User) -> None:
    page = visitor(clerk).get("/office/subjects/?grade=D").content.decode()
    for kind in ("subjects", "permits", "complaints", "violations"):
        assert f"/office/exports/{kind}.xlsx?grade=D" in page
    for address in ("/office/matters/", "/office/inspectors/"):
        assert "/office/exports/" in visitor(clerk).get(address).content.decode()
