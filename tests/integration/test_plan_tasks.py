"""Tasks from above: what they prescribe, the report that is due, the subjects that they name, and how far all of it has come."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from inspections.adhoc.commands import approve_adhoc, ask_adhoc
from inspections.adhoc.listing import ask_handed
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.queries import figures_by_ground
from inspections.cases.models import Case
from inspections.draws import commands as draws
from inspections.draws import places
from inspections.draws.models import Draw
from inspections.plans import commands, handing, progress, queries
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan, PlanItem, TaskReport
from publicity.disclosures import commands as disclosing
from registries import clock
from registries.comparisons.comparing import Listed
from registries.ledger.change import Refused
from registries.people.roles import Role
from registries.spreadsheets.writing import Page, write_workbook
from tests import factories as make
from tests.asking import enter, refusal
from tests.offices import Office

pytestmark = pytest.mark.django_db
YEAR = clock.today().year
PDF = b"%PDF-1.7 a report"


class Tasked(Office):
    """The brigade of the draws' tests with a task of the city, published, that names five subjects and owes a report."""

    def __init__(self) -> None:
        super().__init__()
        terms = {"source": "municipal", "document_number": "淄公发〔2026〕3号", "report_due": dt.date(YEAR, 12, 1)}
        self.task = make.plan_item(self.revision, plan=make.plan(self.unit), number=5, handed_down=True, **terms)
        self.page = f"/office/plans/{self.task.plan_id}/items/{self.task.pk}/"

    def listed(self, *rows: Listed) -> Any:
        return handing.import_handed(actor=self.clerk, item_id=self.task.pk, file_name="名单.xlsx", content=b"x", lines=rows).after

    def reported(self, **other: Any) -> Any:
        terms = {"reported_on": clock.today(), "remark": "报治安支队", "file_name": "报告.pdf", "content": PDF, **other}
        return handing.report_task(actor=self.clerk, item_id=self.task.pk, **terms)


@pytest.fixture
def bureau() -> Tasked:
    return Tasked()


@pytest.fixture(autouse=True)
def in_english(client: Client) -> Iterator[None]:
    client.cookies["language"] = "en"
    with translation.override("en"):
        yield


# --- what a task prescribes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"ratio_percent": Decimal("9.99")}, "below the prescribed ratio of the task, 10 %"),
        ({"ratio_percent": None, "number": 3}, "3 of 40 subjects are below the prescribed ratio"),
        ({"source": "routine"}, "Routine supervision has no prescribed ratio"),
        ({"report_due": dt.date(YEAR - 1, 12, 1)}, "due in that year or the next"),
        ({"handed_down": True}, "give the number"),
    ],
)
def test_an_item_below_its_task_is_refused(bureau: Tasked, terms: dict[str, Any], reason: str) -> None:
    plan = commands.prepare_plan(actor=bureau.clerk, year=YEAR, title="计划").obj
    assert isinstance(plan, Plan)
    plain = ItemValues(bureau.revision.matter_id, bureau.unit.pk, 1, 12, ratio_percent=Decimal(10), source="municipal", document_number="x")
    item = replace(plain, prescribed_percent=Decimal(10), **terms)
    assert reason in refusal(commands.change_plan, actor=bureau.clerk, plan_id=plan.pk, version=1, item=item)
    enough = replace(plain, prescribed_percent=Decimal(10), ratio_percent=None, number=4)
    assert commands.change_plan(actor=bureau.clerk, plan_id=plan.pk, version=1, item=enough).after


def test_the_database_refuses_a_ratio_below_the_prescribed_one(bureau: Tasked) -> None:
    draft = make.plan_item(bureau.revision, plan=make.plan(bureau.unit, state="preparing"), source="county", prescribed_percent=5)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_planitem SET ratio_percent = 4 WHERE id = %s", [draft.pk])


def test_the_last_draw_of_a_task_is_refused_below_the_prescribed_ratio_and_earlier_ones_are_not(bureau: Tasked) -> None:
    month = clock.today().month
    terms = {"source": "municipal", "document_number": "x", "prescribed_percent": 10, "ratio_percent": 10}
    bureau.item = make.plan_item(bureau.revision, first_month=1, last_month=month, **terms)
    few = bureau.prepared()
    bureau.change(few, quotas={"A": 1, "B": 1})
    assert "2 of 40" in refusal(draws.submit_draw, actor=bureau.clerk, draw_id=few.pk, version=few.version)
    bureau.change(few, quotas={"A": 2, "B": 2})
    assert draws.submit_draw(actor=bureau.clerk, draw_id=few.pk, version=few.version).after
    if month < 12:
        bureau.item = make.plan_item(bureau.revision, first_month=1, last_month=12, **terms)
        early = bureau.prepared()
        bureau.change(early, quotas={"A": 1, "B": 1})
        assert draws.submit_draw(actor=bureau.clerk, draw_id=early.pk, version=early.version).after


# --- the report ------------------------------------------------------------------------------------------------------------


def test_a_report_is_on_the_desk_until_it_is_recorded(client: Client, bureau: Tasked, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(YEAR, 12, 5, 4, tzinfo=dt.UTC), tick=True)
    enter(client, bureau.clerk)
    desk = client.get("/office/").content.decode()
    assert bureau.task.code in desk
    assert "Report upward" in desk
    assert "overdue" in client.get(f"{bureau.page}task/").content.decode()
    bad = {"reported_on": f"{YEAR}-12-04", "remark": "报治安支队", "file": SimpleUploadedFile("a.exe", b"MZ....")}
    refused = client.post(f"{bureau.page}task/", bad)
    assert refused.status_code == 422
    assert "none of PDF" in refused.content.decode()
    assert "报治安支队" in refused.content.decode()
    assert not TaskReport.objects.exists()
    client.post(f"{bureau.page}task/", {**bad, "file": SimpleUploadedFile("报告.pdf", PDF)})
    report = TaskReport.objects.get()
    assert (report.file_name, bytes(report.file), report.reported_by) == ("报告.pdf", PDF, bureau.clerk)
    assert "Report upward" not in client.get("/office/").content.decode()
    answer = client.get(f"{bureau.page}reports/{report.pk}/")
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_report_counts_for_the_task_in_every_version_and_never_changes(bureau: Tasked) -> None:
    assert "future" in refusal(bureau.reported, reported_on=clock.today() + dt.timedelta(days=1))
    bureau.reported()
    draft = commands.amend_plan(actor=bureau.clerk, plan_id=bureau.task.plan_id, reason="x").obj
    copy = PlanItem.objects.get(plan=draft.pk)
    assert queries.reports_of(copy).count() == 1
    assert not queries.tasks_to_report(bureau.clerk).exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_taskreport SET remark = 'x'")
    stranger = make.user(Role.CLERK, unit=make.unit())
    bureau.clerk = stranger
    assert "another unit's" in refusal(bureau.reported)


# --- the subjects that a task names ----------------------------------------------------------------------------------------


def test_a_list_from_above_names_subjects_once_and_keeps_the_unknown(bureau: Tasked) -> None:
    one, two = bureau.subjects[:2]
    said = bureau.listed(Listed(2, one.name, one.public_id), Listed(3, two.name), Listed(4, "无此单位"), Listed(5, one.name))
    assert (said["count"], said["added"], said["refused"]) == (4, 2, 1)
    assert bureau.listed(Listed(2, one.name, one.public_id))["added"] == 0
    assert [row.subject for row in queries.handed_subjects(bureau.task)] == [one, two]
    assert [row.unknown for row in queries.lists_of(bureau.task)] == [[], [{"row": 4, "name": "无此单位", "code": ""}]]


def test_nothing_is_drawn_for_a_task_that_names_its_subjects_and_no_list_comes_to_one_that_does_not(bureau: Tasked) -> None:
    assert bureau.task not in queries.open_items(bureau.clerk)
    assert "not in a published plan" in refusal(draws.prepare_draw, actor=bureau.clerk, plan_item_id=bureau.task.pk)
    bureau.task = bureau.item
    assert "by lot" in refusal(lambda: bureau.listed(Listed(2, "甲")))


def test_named_subjects_get_one_request_and_are_counted_with_the_task(client: Client, bureau: Tasked) -> None:
    named = bureau.subjects[:3]
    make.exclusion(named[2])
    enter(client, bureau.clerk)
    rows = [[subject.name, subject.public_id] for subject in named] + [["没有登记的单位", ""]]
    content = write_workbook([Page("名单", ["名称", "统一社会信用代码"], rows)])
    answer = client.post(f"{bureau.page}list/", {"file": SimpleUploadedFile("名单.xlsx", content)}, follow=True).content.decode()
    assert "3 subjects were added" in answer
    assert "1 line is nobody in the registry" in answer
    assert "没有登记的单位" in answer
    asked = client.post(f"{bureau.page}ask/", follow=True).content.decode()
    assert "Asked for 2 inspections" in asked
    assert "1 are lawfully out of scope" in asked
    requests = AdhocRequest.objects.order_by("pk")
    assert [(one.subject, set(one.subjects.all()), one.state) for one in requests] == [(named[2], set(), "barred"), (None, set(named[:2]), "submitted")]
    assert {(one.ground, one.plan_item_id, one.document_number) for one in requests} == {("upper-level", bureau.task.pk, "淄公发〔2026〕3号")}
    assert "Ask for" not in client.get(f"{bureau.page}task/").content.decode()
    done = progress.progress_of([bureau.task])[bureau.task.pk]
    assert (done.planned, done.drawn, done.visited, done.disclosed) == (5, 3, 0, 0)


def test_one_decision_and_one_order_send_teams_to_a_whole_list(client: Client, bureau: Tasked, time_machine: Any) -> None:
    named = bureau.subjects[:3]
    bureau.listed(*[Listed(n, subject.name, subject.public_id) for n, subject in enumerate(named)])
    request = ask_handed(actor=bureau.clerk, item_id=bureau.task.pk).obj
    assert isinstance(request, AdhocRequest)
    assert "left to ask for" in refusal(ask_handed, actor=bureau.clerk, item_id=bureau.task.pk)
    terms = {"ground": "clue", "document_number": "x", "explanation": "x", "matter_ids": [bureau.revision.pk], "file": PDF}
    assert "asks for this already" in refusal(ask_adhoc, actor=bureau.clerk, subject_id=named[0].pk, **terms)
    enter(client, bureau.supervisor)
    page = client.get(f"/admin/inspections/adhocrequest/{request.pk}/decide/").content.decode()
    assert [one.name for one in named if one.name not in page] == []
    approve_adhoc(actor=bureau.supervisor, request_id=request.pk, version=request.version)
    enter(client, bureau.clerk)
    assert named[1].name in client.get(f"/office/adhoc/{request.pk}/").content.decode()
    assert "3 subjects named by task" in client.get("/office/adhoc/").content.decode()
    figures = {one.ground: one for one in figures_by_ground(AdhocRequest.objects.all(), YEAR)}
    assert (figures["upper-level"].asked, figures["upper-level"].approved) == (3, 3)
    order = draws.prepare_adhoc(actor=bureau.clerk, request_id=request.pk).obj
    assert isinstance(order, Draw)
    make.exclusion(named[2])
    entries, omissions = places.subjects(order, (), clock.today())
    assert {one.subject_id for one in entries} == {named[0].pk, named[1].pk}
    assert [(one.subject_id, one.reason) for one in omissions] == [(named[2].pk, "excluded")]
    assert order.plan.code == AdhocRequest.objects.get(pk=request.pk).code


def test_the_visits_to_named_subjects_count_for_their_task_and_not_as_drawn_by_lot(bureau: Tasked) -> None:
    named = bureau.subjects[:2]
    bureau.listed(*[Listed(n, subject.name) for n, subject in enumerate(named)])
    terms = {"ground": "upper-level", "plan_item": bureau.task, "state": "approved"}
    for n, subject in enumerate(named):
        request = make.adhoc_request(
            bureau.revision, subject=subject, code=f"{YEAR}-A{n}", approved_by=bureau.supervisor, decided_at=clock.now(), **terms
        )
        order = make.draw(bureau.revision, plan_item=bureau.item)
        Draw.objects.filter(pk=order.pk).update(plan_item=None, request=request, mode="adhoc")
        visit = make.case(make.drawn_draw(bureau.revision, winners=1, unit=bureau.unit))
        Case.objects.filter(pk=visit.pk).update(draw=order.pk, kind="adhoc", ended_on=clock.today() if n == 0 else None)
    assert progress.progress_of([bureau.task])[bureau.task.pk][:4] == (5, 2, 1, 0)
    assert progress.lots_of([bureau.task.code]) == []


def test_only_a_subject_of_a_list_is_asked_for_on_a_task(bureau: Tasked) -> None:
    terms = {"ground": "upper-level", "document_number": "x", "explanation": "x", "matter_ids": [bureau.revision.pk]}
    why = refusal(ask_adhoc, actor=bureau.clerk, subject_id=bureau.subjects[5].pk, plan_item_id=bureau.task.pk, **terms)
    assert "No list of this task" in why


def test_who_is_named_is_told_to_the_own_unit_alone(client: Client, bureau: Tasked) -> None:
    bureau.listed(Listed(2, bureau.subjects[0].name))
    name = bureau.subjects[0].name
    for role, shown in ((Role.SUPERVISOR, True), (Role.REVIEWER, True), (Role.PARTNER, False), (Role.INSPECTOR, False)):
        enter(client, make.user(role, unit=bureau.unit))
        answer = client.get(f"{bureau.page}task/")
        assert (answer.status_code == 200 and name in answer.content.decode()) == shown, role
    enter(client, make.user(Role.CLERK, unit=make.unit()))
    assert client.get(f"{bureau.page}task/").status_code == 404
    for address in (f"/office/plans/{bureau.task.plan_id}/", f"/plans/{bureau.task.plan.number}/"):
        assert name not in client.get(address).content.decode()


def test_a_broken_list_is_refused_in_a_sentence(client: Client, bureau: Tasked) -> None:
    enter(client, bureau.clerk)
    answer = client.post(f"{bureau.page}list/", {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken")})
    assert answer.status_code == 422
    with pytest.raises(Refused):
        bureau.listed()


# --- progress --------------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_plan_in_force_ask_the_database_little(
    client: Client, bureau: Tasked, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make.plan_item(bureau.revision, plan=bureau.task.plan, source="county", report_due=dt.date(YEAR, 12, 1))
    bureau.listed(*[Listed(n, subject.name) for n, subject in enumerate(bureau.subjects)])
    bureau.reported()
    enter(client, bureau.clerk)
    addresses = (f"/office/plans/{bureau.task.plan_id}/", f"{bureau.page}task/", "/office/plans/", f"/plans/{bureau.task.plan.number}/")
    for address in addresses:
        with django_assert_max_num_queries(15, info=address):
            assert client.get(address).status_code == 200


def test_progress_counts_planned_drawn_visited_and_disclosed_over_all_versions(bureau: Tasked) -> None:
    draw = make.drawn_draw(bureau.revision, winners=3, plan_item=bureau.item, unit=bureau.unit)
    cases = [make.case(draw) for _ in range(3)]
    make.reviewed_case(cases[0])
    disclosing.publish_case(actor=make.system(), case_id=make.reviewed_case(cases[1], released=True).pk)
    draft = commands.amend_plan(actor=bureau.clerk, plan_id=bureau.item.plan_id, reason="x").obj
    copy = PlanItem.objects.get(plan=draft.pk)
    for item in (bureau.item, copy):
        found = progress.progress_of([item])[item.pk]
        assert found.planned == queries.planned_number(item, {item.matter_id: 43}) == 5
        assert (found.drawn, found.visited, found.disclosed) == (3, 2, 1)
        assert found.percent == 100 // found.planned
    assert progress.total([]) == progress.Progress(0, 0, 0, 0)
