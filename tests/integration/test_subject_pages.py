"""The pages of the subject registry as a clerk meets them: finding, keeping searches, many at once, parts, merging, statistics."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from registries import clock
from registries.campaigns import commands as campaigns
from registries.campaigns.models import Campaign
from registries.comparisons.models import Comparison
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories
from tests.asking import enter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_pages")]
AT = "/office/subjects/"


@pytest.fixture
def unit() -> Unit:
    return factories.unit("历山派出所", Unit.Kind.STATION)


@pytest.fixture
def clerk(client: Client, unit: Unit) -> User:
    return enter(client, factories.user(Role.CLERK, unit=unit))


def text(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def said(client: Client, page: str, /, **values: Any) -> str:
    response = client.post(page, values, follow=True)
    assert response.status_code in (200, 409, 422), response.status_code
    return response.content.decode()


def test_no_form_is_offered_that_would_be_refused(client: Client, clerk: User) -> None:
    other = factories.subject("鲁中旅馆", unit=factories.unit("别的大队"))
    for form in ("change", "permits/new", *(f"record/{step}" for step in ("grade", "status", "complaint", "violation", "exclusion"))):
        page = f"{AT}{other.key}/{form}/"
        assert client.get(page).status_code == 302, form
        assert client.get(page, follow=True).redirect_chain[-1][0] == f"{AT}{other.key}/"


# --- finding ----------------------------------------------------------------------------------------------------------


def test_a_subject_is_found_by_name_initials_code_and_place(client: Client, clerk: User, unit: Unit) -> None:
    wanted = factories.subject("重庆火锅（历山店）", unit=unit, address="胜利路8号")
    factories.subject("鲁中旅馆", unit=unit, address="和平路1号")
    for asked in ("火锅", "cqhg", wanted.uscc, wanted.key, "胜利路", "火锅（历山"):
        page = text(client, AT, q=asked)
        assert "重庆火锅" in page, asked
        assert "鲁中旅馆" not in page, asked
    assert "No entry fits" in text(client, AT, q="没有")


def test_filters_by_what_stands_about_an_entry(client: Client, clerk: User, unit: Unit) -> None:
    today = clock.today()
    names = ("信号店", "排除店", "到期店", "过期店", "无证店")
    rows = {name: factories.subject(name, unit=unit) for name in names}
    Complaint.objects.create(subject=rows["信号店"], received_on=today, channel="x", content="x", upheld=True, recorded_by=clerk)
    factories.exclusion(rows["排除店"])
    factories.permit(rows["到期店"], valid_until=today + dt.timedelta(days=30))
    factories.permit(rows["过期店"], valid_until=today - dt.timedelta(days=1))
    asked = {"signals": "信号店", "excluded": "排除店", "expiring": "到期店", "lapsed": "过期店"}
    for remark, name in asked.items():
        page = text(client, AT, remark=remark)
        assert [one for one in names if one in page] == [name], remark
    assert "到期店" not in text(client, AT, remark="no-permit")
    factories.recorded_case(factories.case())
    visited = Subject.objects.get(cases__ended_on__isnull=False)
    page = text(client, AT, remark="never-visited")
    assert "信号店" in page
    assert visited.name not in page


def test_a_search_is_kept_by_name_and_columns_are_remembered(client: Client, clerk: User, unit: Unit) -> None:
    factories.subject("甲店", unit=unit)
    page = said(client, "/office/lists/subjects/save/", name="本所D级", query=f"unit={unit.pk}&grade=D")
    assert "The search is kept." in page
    assert f"?unit={unit.pk}&amp;grade=D" in text(client, AT)
    assert "Give the search a name." in said(client, "/office/lists/subjects/save/", name=" ", query="grade=D")
    said(client, "/office/lists/subjects/columns/", column=["key", "kind"])
    page = text(client, AT)
    assert "<th scope=\"col\">Registry key</th>" in page
    assert "<th scope=\"col\">Grade</th>" not in page
    assert "no column" in said(client, "/office/lists/subjects/columns/", column=["phone"])
    other = Client()
    enter(other, factories.user(Role.CLERK, unit=unit))
    assert "本所D级" not in text(other, AT)
    assert client.post("/office/lists/nothing/save/", {}).status_code == 404


def test_what_is_seen_is_taken_as_a_file_and_the_ledger_knows(client: Client, clerk: User, unit: Unit) -> None:
    factories.subject("=cmd|店", unit=unit, risk_grade="D")
    factories.subject("张小三", unit=unit, kind="person", risk_grade="D", uscc=None)
    factories.subject("乙店", unit=unit, risk_grade="A")
    response = client.get(AT, {"grade": "D", "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in cells[1:]] == ["=cmd|店", "张＊＊"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert LedgerPayload.objects.latest("entry_id").verb == "registries.export_list"
    assert "'=cmd" in client.get(AT, {"grade": "D", "export": "csv"}).content.decode("utf-8-sig")
    assert client.get(AT, {"export": "exe"}).status_code == 404
    enter(client, factories.user(Role.REVIEWER, unit=unit))
    assert client.get(AT, {"export": "csv"}).status_code == 404


def test_the_list_asks_the_database_little_however_long_it_is(
    client: Client, clerk: User, unit: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        factories.permit(factories.subject(f"第{n}店", unit=unit))
    for query in ({}, {"page": "2"}, {"q": "店"}, {"remark": "signals"}):
        with django_assert_max_num_queries(15, info=str(query)):
            text(client, AT, **query)
    subject = Subject.objects.all()[0]
    with django_assert_max_num_queries(15):
        text(client, f"{AT}{subject.key}/")
    with django_assert_max_num_queries(15):
        text(client, f"{AT}{subject.key}/history/")


# --- many at once -----------------------------------------------------------------------------------------------------


def test_many_are_confirmed_after_a_page_that_says_how_many(client: Client, clerk: User, unit: Unit) -> None:
    old = dt.date(2020, 1, 1)
    mine = [factories.subject(f"本所{n}店", unit=unit, verified_on=old) for n in range(3)]
    factories.subject("别所店", verified_on=old)
    page = said(client, f"{AT}several/", action="verify", which="all", query="freshness=stale")
    assert "This will change 3 entries." in page
    assert "1 entry stays as it is" in page
    assert "kept by another unit" in page
    ids = page.partition('name="ids" value="')[2].partition('"')[0]
    sight = page.partition('name="sight" value="')[2].partition('"')[0]
    form = {"action": "verify", "query": "freshness=stale", "ids": ids, "sight": sight}
    Subject.objects.filter(pk=mine[0].pk).update(version=7)
    assert "These entries changed meanwhile" in said(client, f"{AT}several/", **form)
    assert Subject.objects.filter(verified_on=old).count() == 4
    page = said(client, f"{AT}several/", action="verify", pk=[mine[1].pk, mine[2].pk], which="ticked", query="")
    ids = page.partition('name="ids" value="')[2].partition('"')[0]
    sight = page.partition('name="sight" value="')[2].partition('"')[0]
    assert "2 entries are confirmed" in said(client, f"{AT}several/", action="verify", query="", ids=ids, sight=sight)
    assert "confirmed several entries" in text(client, f"{AT}{mine[2].key}/history/")
    assert "Nothing to change" in said(client, f"{AT}several/", action="verify", which="ticked", query="")


def test_entries_are_given_to_another_unit(client: Client, clerk: User, unit: Unit) -> None:
    row, target = factories.subject("甲店", unit=unit), factories.unit("治安大队")
    page = said(client, f"{AT}several/", action="assign", pk=[row.pk], which="ticked", query="")
    sight = page.partition('name="sight" value="')[2].partition('"')[0]
    form = {"action": "assign", "query": "", "ids": str(row.pk), "sight": sight, "unit": target.pk}
    assert "error-summary" in said(client, f"{AT}several/", **form)
    assert "1 entry was given over." in said(client, f"{AT}several/", **form, reason="辖区调整")
    row.refresh_from_db()
    assert row.unit == target


def test_many_are_marked_as_gone_from_the_yearly_review_after_a_page_that_says_how_many(client: Client, clerk: User, unit: Unit) -> None:
    today, old = clock.today(), dt.date(2020, 1, 1)
    rows = [factories.subject(f"{n}店", unit=unit, verified_on=old) for n in range(3)]
    foreign = factories.subject("别所店", verified_on=old)
    campaigns.start_campaign(actor=clerk, year=today.year, since=dt.date(2025, 1, 1), due_on=today + dt.timedelta(days=9))
    at = f"{AT}reviews/{today.year}/"
    page = text(client, at)
    assert f'name="pk" value="{rows[0].pk}"' in page
    assert "all 3 entries that are left" in page
    query = page.partition('name="query"')[2].partition('value="')[2].partition('"')[0].replace("&amp;", "&")
    page = said(client, f"{AT}several/", action="gone", review=today.year, which="all", query=query)
    assert "This will change 3 entries." in page
    assert f'href="{at}"' in page
    ids, sight = (page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("ids", "sight"))
    form = {"action": "gone", "review": today.year, "query": query, "ids": ids, "sight": sight, "status": "deregistered", "since": today.isoformat()}
    page = said(client, f"{AT}several/", **form)
    assert "error-summary" in page
    assert "This will change 3 entries." in page
    page = said(client, f"{AT}several/", **form, reason="市场监管部门通报")
    assert "3 entries are marked as gone." in page
    assert "Nothing is left to you" in page
    assert set(Subject.objects.values_list("status", flat=True)) == {"deregistered", "active"}
    assert "市场监管部门通报" in text(client, f"{AT}{rows[2].key}/history/")
    page = said(client, f"{AT}several/", action="gone", pk=[rows[0].pk, foreign.pk], which="ticked", query="")
    assert "not in operation already" in page
    assert "kept by another unit" in page
    assert client.post(f"{AT}several/", {"action": "delete"}).status_code == 404


# --- one entry --------------------------------------------------------------------------------------------------------


def test_a_found_subject_is_registered_and_what_was_typed_is_kept(client: Client, clerk: User, unit: Unit) -> None:
    values = {"name": "王小明夜市摊", "kind": "person", "categories": [factories.category().pk], "unit": unit.pk}
    values |= {"town": factories.town().pk, "risk_grade": "B", "reason": "夜间巡查发现", "address": "历山路夜市"}
    page = said(client, f"{AT}new/", **{**values, "uscc": "91370323XX"})
    assert "no valid unified social credit code" in page
    assert 'value="王小明夜市摊"' in page
    page = said(client, f"{AT}new/", **values)
    assert "The subject is registered." in page
    assert "王小明夜市摊" in page
    assert "夜间巡查发现" in text(client, f"{AT}{Subject.objects.get().key}/history/")
    enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    made = Subject.objects.get()
    assert "王小明" not in text(client, AT)
    assert "王小明" not in text(client, f"{AT}{made.key}/") + text(client, f"{AT}{made.key}/history/")
    prefilled = text(client, f"{AT}new/", name="从名单来", uscc="x")
    assert 'value="从名单来"' in prefilled


def test_the_parts_of_an_entry_are_entered_ended_and_told(client: Client, clerk: User, unit: Unit) -> None:
    row, today = factories.subject("甲店", unit=unit), clock.today().isoformat()
    at = f"{AT}{row.key}/"
    permit = {"name": "特种行业许可证", "number": "特1号", "valid_until": "2020-01-01"}
    assert "lapsed" in said(client, f"{at}permits/new/", **permit)
    assert "holds 特种行业许可证 特1号 already" in said(client, f"{at}permits/new/", **permit)
    assert "The permit was saved." in said(client, f"{at}permits/{row.permits.get().pk}/", **permit, issuer="市局")
    assert "The permit was ended." in said(client, f"{at}end/permit/{row.permits.get().pk}/", day=today, reason="交回")
    complaint = {"received_on": today, "channel": "110报警", "content": "未登记旅客"}
    assert "The complaint was recorded." in said(client, f"{at}record/complaint/", **complaint)
    decided = {"upheld": "yes", "decided_on": today, "decision": "查实"}
    page = said(client, f"{at}end/complaint/{row.complaints.get().pk}/", **decided)
    assert "Upheld complaints of the last 12 months: 1." in page
    assert "A signal raises both by 1." in page
    assert "upheld complaints 1" in page
    violation = {"found_on": today, "document_number": "1号", "facts": "未登记", "serious": "on"}
    assert "serious violations 2" in said(client, f"{at}record/violation/", **violation)
    assert "counts no more" in said(client, f"{at}end/violation/{row.violations.get().pk}/", day=today, reason="撤销")
    assert "The grade was entered." in said(client, f"{at}record/grade/", version=row.version, grade="D", graded_on=today, source="市监局")
    assert "changed meanwhile" in said(client, f"{at}record/grade/", version=1, grade="A", graded_on=today, source="市监局")
    exclusion = {"basis": "示例法第一条", "reason": "军事单位", "starts_on": today}
    page = said(client, f"{at}record/exclusion/", **exclusion)
    assert "Out of scope by law: it can be neither drawn nor inspected." in page
    assert "None: it is out of scope by law." in page
    assert "neither drawn nor inspected" in said(client, f"{at}record/complaint/", **{**complaint, "content": "又一次"})
    page = text(client, f"{at}history/")
    for told in ("saved a permit", "ended a permit", "decided a complaint", "withdrew a violation", "entered the risk grade"):
        assert told in page
    assert client.get(f"{at}record/nothing/").status_code == 404
    assert client.get(f"{at}end/permit/999999/").status_code == 404


def test_two_are_merged_side_by_side_and_parted_again(client: Client, clerk: User, unit: Unit) -> None:
    one, two = factories.subject("历山旅馆", unit=unit), factories.subject("历山（旅馆）", unit=unit)
    assert "same name" in text(client, f"{AT}duplicates/")
    at = f"{AT}{one.key}/merge/{two.key}/"
    assert two.address in text(client, at)
    form = {"version": 1, "duplicate_version": 1, "take-uscc": "goes"}
    assert "error-summary" in said(client, at, **form)
    page = said(client, at, **form, reason="同址同人")
    assert "Merged." in page
    assert f'<a href="/office/subjects/{two.key}/">' in page
    assert "it is never drawn" in text(client, f"{AT}{two.key}/")
    assert "No likely duplicates" in text(client, f"{AT}duplicates/")
    assert "separate again" in said(client, f"{AT}{two.key}/unmerge/", reason="是两家")


# --- review, comparison, figures --------------------------------------------------------------------------------------


def test_the_yearly_review_from_start_to_end(client: Client, clerk: User, unit: Unit) -> None:
    today = clock.today()
    rows = [factories.subject(f"{n}店", unit=unit, verified_on=dt.date(2020, 1, 1)) for n in range(2)]
    factories.subject(unit=unit)
    factories.subject("别所店", verified_on=dt.date(2020, 1, 1))
    assert "No review yet" in text(client, f"{AT}reviews/")
    start = {"since": today.replace(year=today.year - 1).isoformat(), "due_on": (today + dt.timedelta(days=30)).isoformat()}
    assert "Give the units time" in said(client, f"{AT}reviews/new/", **{**start, "due_on": today.isoformat()})
    page = said(client, f"{AT}reviews/new/", **start)
    assert "2 entries are left" in page
    assert "1 / 4" in page
    assert "Yearly review" in text(client, "/office/")
    with pytest.raises(Refused, match="started already"):
        campaigns.start_campaign(actor=clerk, year=today.year, since=today, due_on=today + dt.timedelta(days=9))
    listed = text(client, AT, status="active", before=start["since"], own="on")
    assert "0店" in listed
    assert "别所店" not in listed
    Subject.objects.filter(pk=rows[0].pk).update(verified_on=today)
    assert "1 entry is left" in text(client, f"{AT}reviews/{today.year}/")
    assert "Say why the review ends" in said(client, f"{AT}reviews/{today.year}/end/")
    assert "Ended on" in said(client, f"{AT}reviews/{today.year}/end/", note="年底结束")
    campaign = Campaign.objects.get()
    assert campaign.outcome[str(unit.pk)] == [3, 2]
    assert "has ended" in said(client, f"{AT}reviews/{today.year}/end/", note="x")


def test_a_list_of_permit_holders_says_who_is_missing_gone_and_different(client: Client, unit: Unit) -> None:
    enter(client, factories.user(Role.CLERK, unit=factories.unit("县局", Unit.Kind.BUREAU)))
    hotels = factories.category("旅馆业")
    same = factories.subject("同一旅馆", unit=unit, categories=[hotels])
    renamed = factories.subject("旧名旅馆", unit=unit, categories=[hotels])
    closed = factories.subject("关门旅馆", unit=unit, categories=[hotels], status="closed")
    gone = factories.subject("不在名单旅馆", unit=unit, categories=[hotels])
    permit = factories.permit(gone, number="特9号", valid_until=dt.date(2030, 1, 1))
    permitted = factories.subject("许可旅馆", unit=unit, categories=[hotels])
    factories.permit(permitted, number="特8号", valid_until=dt.date(2030, 1, 1))
    rows = [
        "某县旅馆业名单,,,", "单位名称,统一社会信用代码,许可证编号,有效期至",
        f"同一（旅馆）,{same.uscc},,", f"新名旅馆,{renamed.uscc},,", f"关门旅馆,{closed.uscc},,",
        f"没登记旅馆,{factories.credit_code(777)},,", "许可旅馆,,特8号,2029-12-31", ",,,特7号",
    ]  # fmt: skip
    file = SimpleUploadedFile("名单.csv", "\n".join(rows).encode("gb18030"))
    form = {"source": "行政服务中心", "category": hotels.pk, "unit": ""}
    page = said(client, f"{AT}comparisons/new/", **form, file=file)
    comparison = Comparison.objects.get()
    counts = comparison.counts
    assert (counts["missing"], counts["gone"], counts["differs"], counts["same"], counts["unread"]) == (1, 1, 3, 1, 1)
    assert "没登记旅馆" in page
    assert "subjects/new/?name=" in page
    at = f"{AT}comparisons/{comparison.pk}/"
    assert gone.name in text(client, at, kind="gone")
    page = text(client, at, kind="differs")
    for told in ("新名旅馆", "旧名旅馆", "closed", "2029-12-31", "2030-01-01"):
        assert told in page
    assert permit.subject == gone
    assert "行政服务中心" in text(client, f"{AT}comparisons/")
    empty = SimpleUploadedFile("x.csv", "列一,列二\n1,2\n".encode())
    assert "error-summary" in said(client, f"{AT}comparisons/new/", **form, file=empty)
    enter(client, factories.user(Role.CLERK, unit=factories.unit()))
    assert client.get(at).status_code == 404


def test_the_registry_in_figures(client: Client, clerk: User, unit: Unit) -> None:
    first, second = factories.category("旅馆业"), factories.category("典当业")
    factories.subject(unit=unit, categories=[first, second], risk_grade="D")
    factories.subject(unit=unit, categories=[first], risk_grade="A", status="closed")
    for by in ("unit", "category", "grade", "town", "kind", "status"):
        assert "Total" in text(client, f"{AT}statistics/", by=by)
    response = client.get(f"{AT}statistics/", {"by": "category", "export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("旅馆业,2,1,1,0,0,1")
    assert lines[2].startswith("典当业,1,1,0,0,0,1")
    assert lines[3].startswith("Total,2,1,1,0,0,1")
    assert "Nothing to count" in text(client, f"{AT}statistics/", category=factories.category("空").pk)
