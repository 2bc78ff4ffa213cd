"""The pages of an import, as a clerk goes through them without JavaScript."""

import io
import re
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registries.codes.models import CodeTable
from registries.imports import commands, rules
from registries.imports.kinds import KINDS
from registries.imports.models import Import
from registries.imports.tasks import check_import
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.spreadsheets.reading import open_sheets
from registries.spreadsheets.writing import Page, write_workbook
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]
Queries = Callable[[int], Any]


@pytest.fixture
def brigade() -> Unit:
    """A brigade, with what subjects need."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.unit(code="ZA", short_name="治安大队")


@pytest.fixture
def clerk(brigade: Unit) -> User:
    """Its clerk."""
    return factories.user(Role.CLERK, unit=brigade)


def visitor(user: User) -> Client:
    client = Client()
    client.cookies["language"] = "en"
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def file(*rows: dict[str, Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile("名录.xlsx", workbook("subjects", subjects=list(rows)))


def test_a_clerk_takes_a_file_from_upload_to_registry(clerk: User) -> None:
    client = visitor(clerk)
    page = client.get("/office/imports/")
    assert "Nothing was imported yet" in text(page)
    assert "/office/imports/templates/subjects.xlsx" in page.content.decode()
    assert "templates/units.xlsx" not in page.content.decode()

    rows = [subject_row(1), subject_row(2, town="月球")]
    answer = client.post("/office/imports/new/", {"kind": "subjects", "file": file(*rows)}, follow=True)
    batch = Import.objects.get()
    address = f"/office/imports/{batch.pk}/"
    assert answer.redirect_chain == [(address, 302)]
    assert "All columns were recognised" in text(answer)

    columns = {f"subjects-{name}": at for name, at in batch.mapping[0]["columns"].items()}
    answer = client.post(f"{address}columns/", {"version": batch.version, **columns}, follow=True)
    assert 'data-refresh-seconds="2"' in answer.content.decode()
    assert f'<a href="{address}">Refresh</a>' in answer.content.decode()
    assert "http-equiv" not in answer.content.decode()

    check_import(batch.pk)
    batch.refresh_from_db()
    answer = client.get(address)
    assert "data-refresh-seconds" not in answer.content.decode()
    assert "“月球” is not known here." in text(answer)
    assert "1 rows are refused. Correct them and upload the file again" in text(answer)
    assert "Take over only the good rows (1 left out)" in text(answer)

    answer = client.post(f"{address}commit/", {"version": batch.version}, follow=True)
    assert "1 rows are refused." in text(answer)
    assert not Subject.objects.exists()
    answer = client.post(f"{address}commit/", {"version": batch.version, "only_good": "on"}, follow=True)
    assert "1 rows were added and 0 changed." in text(answer)
    assert Subject.objects.get().key == "S00000001"

    answer = client.get(f"{address}refused.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    (sheet,) = open_sheets(answer.content)
    assert "月球" in sheet.rows[-1]


def test_of_several_sheets_with_the_same_columns_one_is_chosen_and_the_next_follows(clerk: User) -> None:
    client = visitor(clerk)
    (layout,) = KINDS["subjects"].layouts
    columns = [layout.column(name) for name in subject_row(1)]
    pages = [Page(name, [c.heading for c in columns], [list(subject_row(n).values())]) for n, name in enumerate(("南麻", "鲁村"), start=1)]
    sent = SimpleUploadedFile("各镇.xlsx", write_workbook(pages))
    page = client.post("/office/imports/new/", {"kind": "subjects", "file": sent}, follow=True)
    first = Import.objects.get()
    address = f"/office/imports/{first.pk}/"
    assert "Now “南麻” is read (1 rows). Read another one first: “鲁村” (1 rows)" in text(page)
    assert "Now “鲁村” is read" in text(client.get(f"{address}?sheet=鲁村"))
    places = {f"subjects-{name}": at for name, at in first.mapping[0]["columns"].items()}
    client.post(f"{address}columns/", {"version": 1, "sheet": "鲁村", **places})
    check_import(first.pk)
    client.post(f"{address}commit/", {"version": Import.objects.get().version})
    assert [row.key for row in Subject.objects.all()] == ["S00000002"]

    assert "which were not read. “南麻” (1 rows)" in text(client.get(address))
    page = client.post(f"{address}next/", {"sheet": "南麻"}, follow=True)
    second = Import.objects.exclude(pk=first.pk).get()
    assert page.redirect_chain[0][0].startswith(f"/office/imports/{second.pk}/?sheet=")
    assert "Now “南麻” is read" in text(page)
    assert "taken over already" not in text(page)
    assert "taken over already" in text(client.get(f"/office/imports/{second.pk}/?sheet=鲁村"))
    client.post(f"/office/imports/{second.pk}/columns/", {"version": 1, "sheet": "南麻", **places})
    check_import(second.pk)
    page = client.post(f"/office/imports/{second.pk}/commit/", {"version": Import.objects.get(pk=second.pk).version}, follow=True)
    assert Subject.objects.count() == 2
    assert "Go on with the next sheet" not in text(page)


def test_the_size_of_a_days_files_has_an_end(clerk: User) -> None:
    with mock.patch.object(rules, "MOST_BYTES_A_DAY", 1024 * 1024):
        Import.objects.filter(pk=upload(clerk, "subjects", workbook("subjects", subjects=[subject_row(1)])).pk).update(content=bytes(1024 * 1024))
        answer = visitor(clerk).post("/office/imports/new/", {"kind": "subjects", "file": file(subject_row(2))})
        assert "would have more than 1 MB" in text(answer)
        batch = Import.objects.get()
        commands.cancel_import(actor=clerk, import_id=batch.pk, version=batch.version)
        upload(clerk, "subjects", workbook("subjects", subjects=[subject_row(2)]))


def test_a_hostile_file_gets_a_sentence_on_the_form(clerk: User) -> None:
    answer = visitor(clerk).post(
        "/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("名录.xlsx", b"%PDF-1.7")}
    )
    assert answer.status_code == 200
    assert "This is no table. Send an Excel workbook" in text(answer)
    assert not Import.objects.exists()


def test_a_form_without_file_or_kind_says_so(clerk: User) -> None:
    answer = visitor(clerk).post("/office/imports/new/", {})
    assert text(answer).count("Choose what the table holds.") >= 2
    assert text(answer).count("Choose the file.") >= 2


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(clerk: User) -> None:
    content = SimpleUploadedFile("名录.csv", "甲,乙\n1,2\n".encode())
    answer = visitor(clerk).post("/office/imports/new/", {"kind": "subjects", "file": content}, follow=True)
    assert "This file could not be read" in text(answer)
    assert "No header row was found" in text(answer)
    assert "Upload another file" in text(answer)


def test_a_missing_column_is_asked_for_on_the_page(clerk: User) -> None:
    client = visitor(clerk)
    row = {name: value for name, value in subject_row(1).items() if name != "town"}
    answer = client.post("/office/imports/new/", {"kind": "subjects", "file": file(row)}, follow=True)
    assert "These columns were not found: 镇街." in text(answer)
    batch = Import.objects.get()
    columns = {f"subjects-{name}": at for name, at in batch.mapping[0]["columns"].items()}
    answer = client.post(f"/office/imports/{batch.pk}/columns/", {"version": batch.version, **columns})
    assert answer.status_code == 200
    assert "“检查对象” lacks columns: 镇街." in text(answer)


def test_changes_are_shown_field_by_field(clerk: User) -> None:
    subject = factories.subject(key="S00000001", name="旧名称", unit=clerk.unit)
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, name="<b>新名称</b>")]))
    page = visitor(clerk).get(f"/office/imports/{batch.pk}/").content.decode()
    assert f'<del class="diff-del">{subject.name}</del>' in page
    assert '<ins class="diff-add">&lt;b&gt;新名称&lt;/b&gt;</ins>' in page


def test_sheets_come_in_their_order_and_the_words_say_what_has_happened(clerk: User) -> None:
    factories.code(CodeTable.FIELD, "治安")
    factories.code(CodeTable.SPECIALTY, "旅馆业管理")
    inspector = {"number": "J1", "name": "示例", "sex": "男", "post": "民警", "unit": "ZA", "specialties": "旅馆业管理"}
    inspector |= {"fields": "治安", "may_lead": "是", "most_open_cases": "5", "status": "在岗"}
    card = {"inspector": "J1", "kind": "人民警察证", "number": "C1", "valid_from": "2024-01-01", "valid_until": "2030-01-01"}
    batch = bring(clerk, "inspectors", workbook("inspectors", inspectors=[inspector], certificates=[card]))
    client = visitor(clerk)
    page = text(client.get(f"/office/imports/{batch.pk}/"))
    assert page.index("执法检查人员, row 2") < page.index("证件, row 2")
    assert "will be added 执法检查人员" in page
    client.post(f"/office/imports/{batch.pk}/commit/", {"version": batch.version})
    assert "added 执法检查人员, row 2" in text(client.get(f"/office/imports/{batch.pk}/"))
    assert "will be added" not in text(client.get(f"/office/imports/{batch.pk}/"))


def test_a_file_taken_over_before_is_recognised(clerk: User) -> None:
    client = visitor(clerk)
    content = workbook("subjects", subjects=[subject_row(1)])
    batch = bring(clerk, "subjects", content)
    client.post(f"/office/imports/{batch.pk}/commit/", {"version": batch.version})
    again = upload(clerk, "subjects", content)
    assert "The very same file was taken over already" in text(client.get(f"/office/imports/{again.pk}/"))


def test_an_import_is_cancelled_from_its_page(clerk: User) -> None:
    batch = upload(clerk, "subjects", workbook("subjects", subjects=[subject_row(1)]))
    answer = visitor(clerk).post(f"/office/imports/{batch.pk}/cancel/", {"version": batch.version}, follow=True)
    assert "The import was cancelled; nothing was taken over." in text(answer)


def test_pages_of_another_unit_are_not_found(clerk: User) -> None:
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, town="月球")]))
    stranger = visitor(factories.user(Role.CLERK, unit=factories.unit()))
    assert stranger.get(f"/office/imports/{batch.pk}/").status_code == 404
    assert stranger.get(f"/office/imports/{batch.pk}/refused.xlsx").status_code == 404
    for move in ("columns", "commit", "cancel"):
        assert stranger.post(f"/office/imports/{batch.pk}/{move}/", {"version": batch.version}).status_code == 404


def test_the_auditor_reads_and_has_no_button(clerk: User) -> None:
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1)]))
    auditor = visitor(factories.user(Role.AUDITOR))
    assert "名录" in text(auditor.get("/office/imports/")) or batch.file_name in text(auditor.get("/office/imports/"))
    page = auditor.get(f"/office/imports/{batch.pk}/").content.decode()
    assert "示例1旅馆" in page
    assert f"/office/imports/{batch.pk}/commit/" not in page
    assert auditor.get("/office/imports/new/").status_code == 403
    assert auditor.post(f"/office/imports/{batch.pk}/commit/", {"version": batch.version}).status_code == 403


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPERVISOR, Role.INSPECTOR, Role.SECURITY_ADMIN, Role.PARTNER])
def test_others_have_no_imports(role: Role) -> None:
    client = visitor(factories.user(role, unit=factories.unit()))
    assert client.get("/office/imports/").status_code == 403
    assert client.get("/office/imports/templates/subjects.xlsx").status_code == 403


def test_templates_are_for_those_who_may_bring_them(clerk: User) -> None:
    assert open_sheets(visitor(clerk).get("/office/imports/templates/matters.xlsx").content)[0].name == "事项"
    assert visitor(clerk).get("/office/imports/templates/units.xlsx").status_code == 404
    assert visitor(factories.user(Role.SYSTEM_ADMIN)).get("/office/imports/templates/units.xlsx").status_code == 200


def test_pages_take_few_queries_however_many_rows(clerk: User, django_assert_max_num_queries: Queries) -> None:
    rows = [subject_row(n, town="月球" if n % 5 == 0 else "南麻街道") for n in range(300)]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    one = upload(clerk, "subjects", workbook("subjects", subjects=rows[:1]))
    kept = {field.attname: getattr(one, field.attname) for field in Import._meta.local_concrete_fields if not field.primary_key}
    Import.objects.bulk_create([Import(**kept) for _time in range(60)])
    client = visitor(clerk)
    waiting = Import.objects.latest("pk")
    for address in (
        "/office/imports/",
        "/office/imports/?kind=subjects&state=uploaded&page=2",
        "/office/imports/new/",
        f"/office/imports/{waiting.pk}/",
        f"/office/imports/{batch.pk}/",
        f"/office/imports/{batch.pk}/?effect=added&page=3",
    ):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200, address
    page = client.get(f"/office/imports/{batch.pk}/?effect=added&page=3").content.decode()
    assert "effect=added&amp;page=4" in page


def test_the_workbook_in_memory_is_the_one_that_is_sent(clerk: User) -> None:
    batch = bring(clerk, "subjects", workbook("subjects", subjects=[subject_row(1, town="月球")]))
    answer = visitor(clerk).get(f"/office/imports/{batch.pk}/refused.xlsx")
    assert io.BytesIO(answer.content).read(2) == b"PK"
    assert "%E8%A1%A8" in answer["Content-Disposition"], "the file keeps its Chinese name"
