"""Files of all sorts: hostile, unreadable, with other headings, remembered columns, refused rows corrected and sent again."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook

from registries.codes.models import CodeTable
from registries.imports.kinds import KINDS
from registries.imports.models import Import
from registries.imports.surveys import survey
from registries.imports.workbooks import refused_workbook, template
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.spreadsheets.writing import Page, write_csv, write_workbook
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, check, classes, commit, confirm, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]

HEADINGS = ["对象编号", "单位名称", "市场主体类型", "行业类别", "管辖单位", "所属镇街", "登记状态", "更新日期"]
CELLS = ["S00000001", "示例1旅馆", "有限公司", "旅馆", "治安大队", "南麻街道", "存续", "2026.3.1"]


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade with what subjects need."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit("示例县公安局治安大队", code="ZA", short_name="治安大队"))


def refusal(actor: User, content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        upload(actor, "subjects", content)
    assert not Import.objects.exists(), "nothing of it is kept"
    assert "refused" in LedgerPayload.objects.latest("entry_id").body
    return caught.value.sentence


def broken_up(content: bytes, **parts: bytes) -> bytes:
    """The workbook with more parts in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member, source.read(member))
        for name, data in parts.items():
            target.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the file again."),
        (b"%PDF-1.7 ...", "This is no table."),
        (b"<?xml version='1.0'?><feed><entry/></feed>", "This is XML, but no table of Excel."),
        (b"PK\x03\x04 not a real archive", "damaged or protected by a password"),
        (b"x" * (20 * 1024 * 1024 + 1), "The file has more than 20 MB."),
    ],
)
def test_what_is_no_table_is_refused_at_the_gate(clerk: User, content: bytes, sentence: str) -> None:
    assert sentence in refusal(clerk, content)


def test_document_types_and_files_within_files_are_refused_at_the_gate(clerk: User) -> None:
    good = workbook("subjects", subjects=[subject_row(1)])
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "document type" in refusal(clerk, broken_up(good, **{"xl/evil.xml": bomb}))
    assert "another file" in refusal(clerk, broken_up(good, **{"xl/embeddings/x.bin": good}))


def test_a_file_without_a_header_is_kept_as_failed_with_the_columns_it_should_have(clerk: User) -> None:
    batch = upload(clerk, "subjects", write_workbook([Page("Sheet1", ["甲", "乙"], [["1", "2"]])]))
    assert batch.state == "failed"
    assert "No header row was found in “Sheet1”" in batch.failure
    assert "名称、主体类型、对象类别、责任单位代码、镇街、状态、核实日期" in batch.failure


def test_an_empty_workbook_is_kept_as_failed(clerk: User) -> None:
    batch = upload(clerk, "subjects", write_workbook([Page("Sheet1", [], [])]))
    assert (batch.state, batch.failure) == ("failed", "The file has no cell with anything in it. Choose the right file.")


def test_a_missing_required_column_is_named_and_the_file_is_not_checked(clerk: User) -> None:
    rows = [{name: value for name, value in subject_row(1).items() if name not in ("town", "status")}]
    batch = upload(clerk, "subjects", workbook("subjects", subjects=rows))
    with pytest.raises(Refused) as caught:
        confirm(clerk, batch)
    assert caught.value.sentence == (
        "“检查对象” lacks columns: 镇街、状态. Say which columns of the file they are, or add them to the file and upload it again."
    )


def test_synonyms_titles_and_csv_are_read(clerk: User) -> None:
    content = "检查对象名录,,,,,,,\r\n".encode("gb18030") + write_csv(HEADINGS, [CELLS])[3:].decode().encode("gb18030")
    batch = bring(clerk, "subjects", content)
    assert classes(batch) == ["added"]
    commit(clerk, batch)
    subject = Subject.objects.get()
    assert (subject.unit.code, subject.kind, subject.status, str(subject.verified_on)) == ("ZA", "enterprise", "active", "2026-03-01")


def test_columns_chosen_by_hand_are_remembered_for_the_unit(clerk: User) -> None:
    headings = [*HEADINGS[:5], "在哪个镇", *HEADINGS[6:]]
    content = write_workbook([Page("名单", headings, [CELLS])])
    batch = upload(clerk, "subjects", content)
    assert "town" not in batch.mapping[0]["columns"]
    batch = check(confirm(clerk, batch, {"subjects": {**batch.mapping[0]["columns"], "town": 5}}))
    assert classes(batch) == ["added"]

    colleague = factories.user(Role.CLERK, unit=clerk.unit)
    shuffled = write_workbook([Page("名单", ["备注", *headings, "地址"], [["", *CELLS, "示例路"]])])
    again = upload(colleague, "subjects", shuffled)
    assert again.mapping[0]["columns"]["town"] == 6
    assert again.mapping[0]["columns"]["address"] == 9, "a heading that is new is still recognised"
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert "town" not in upload(stranger, "subjects", shuffled).mapping[0]["columns"]


def test_a_column_left_out_by_hand_stays_out(clerk: User) -> None:
    content = workbook("subjects", subjects=[subject_row(1)])
    batch = upload(clerk, "subjects", content)
    chosen = {name: at for name, at in batch.mapping[0]["columns"].items() if name != "address"}
    confirm(clerk, batch, {"subjects": chosen})
    assert "address" not in upload(clerk, "subjects", content).mapping[0]["columns"]


@pytest.mark.proves("R20")
def test_refused_rows_come_back_as_a_workbook_that_can_be_corrected_and_sent_again(clerk: User) -> None:
    rows = [subject_row(1), subject_row(2, town="月球", phone="13900000002"), subject_row(3, verified_on="2026年2月31日")]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    commit(clerk, batch, only_good=True)
    book = load_workbook(io.BytesIO(refused_workbook(batch)))
    sheet = book["检查对象"]
    header = next(index for index in range(1, 5) if sheet.cell(index, 1).value == "原行号")
    headings: list[Any] = [cell.value for cell in sheet[header]]
    town = headings.index("镇街") + 1
    assert headings[town] == "镇街（问题）"
    assert sheet.cell(header + 1, 1).value == 3
    assert sheet.cell(header + 1, town).value == "月球"
    assert "“月球” is not known here." in str(sheet.cell(header + 1, town + 1).value)
    sheet.cell(header + 1, town).value = "南麻街道"
    sheet.cell(header + 2, headings.index("核实日期") + 1).value = "2026年2月28日"
    corrected = io.BytesIO()
    book.save(corrected)
    again = bring(clerk, "subjects", corrected.getvalue())
    assert classes(again) == ["added", "added"]
    commit(clerk, again)
    assert Subject.objects.count() == 3
    assert Subject.objects.get(key="S00000002").phone == "13900000002"


def test_every_template_is_recognised_by_the_import_it_is_for() -> None:
    factories.unit(code="ZA")
    for kind in KINDS.values():
        look = survey(kind.layouts, template(kind))
        assert [sheet.layout for sheet in look.sheets] == [layout.kind for layout in kind.layouts]
        for sheet, layout in zip(look.sheets, kind.layouts, strict=True):
            assert set(sheet.columns) == {column.name for column in layout.columns}
            assert not sheet.doubled


def test_templates_list_what_stands_in_the_registries() -> None:
    factories.category("旅馆")
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.unit(code="ZA", kind=Unit.Kind.BRIGADE)
    lists = load_workbook(io.BytesIO(template(KINDS["subjects"])))["_lists"]
    answers = {tuple(cell.value for cell in row if cell.value) for row in lists.iter_rows()}
    assert {("旅馆",), ("南麻街道",), ("ZA",)} <= answers
