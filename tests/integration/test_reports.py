"""Reports: what is counted, who reads it, the files, and that nobody drawn and not visited is in any figure."""

import datetime as dt
import io
from typing import Any

import pytest
from django.utils import translation
from openpyxl import load_workbook

from inspections.cases.models import Assignment, Case
from inspections.followups.models import FollowUp
from inspections.reports import papers, people, queries
from inspections.reports.figures import Scope
from inspections.reports.rules import Period
from registries import clock
from registries.codes.models import Code, CodeTable, ResultGroup
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from registries.subjects.models import Complaint
from tests import factories, public_draws
from tests.asking import signed_in

pytestmark = pytest.mark.django_db
PAGES = ("/office/reports/", "/office/reports/upward/", "/office/reports/overview/", "/office/reports/inspectors/")


def year() -> Scope:
    return Scope(Period(clock.today().year), None)


def problem() -> Code:
    return Code.objects.filter(table=CodeTable.RESULT, group=ResultGroup.PROBLEM, active=True)[0]


def disposal() -> Code:
    return Code.objects.filter(table=CodeTable.DISPOSAL).first() or factories.code(CodeTable.DISPOSAL, "责令改正")


@pytest.fixture
def draw() -> Any:
    """Five drawn: one visited and disclosed, one with a problem, one not found, two not visited."""
    revision = factories.matter()
    made = factories.drawn_draw(revision, winners=5, reserves=0)
    cases = [factories.case(made) for _ in range(5)]
    public_draws.disclosed(factories.reviewed_case(cases[0], released=True))
    factories.reviewed_case(cases[1], result=problem(), findings="示例", disposal=disposal())
    factories.recorded_case(cases[2], result=factories.result("unreachable"), findings="示例", answered=False)
    return made


def test_visits_are_counted_by_result_unit_source_and_matter(draw: Any) -> None:
    told = queries.report(year())
    total = told.total
    assert (total.visits, total.clean, total.problem, total.unreachable) == (3, 1, 1, 1)
    assert (total.inspected, total.problem_share, total.disclosed, total.in_time_share) == (2, 50.0, 1, 100.0)
    assert {line.label: line.told.visits for line in told.units if line.told.visits} == {draw.unit.short_name: 3}
    assert [(one.code, one.visits, one.problem) for one in told.matters] == [(draw.matter.matter.code, 3, 1)]
    assert sum(line.told.visits for line in told.sources) == told.lots.visits == 3
    assert sum(number for _code, number in told.results) == 3
    rates = told.counts
    assert (rates["orders"], rates["subjects"], rates["places"], rates["alone"]) == (1, 5, 10, 0)


def test_units_and_sources_without_a_visit_are_listed_with_nothing(draw: Any) -> None:
    idle = factories.unit()
    told = queries.report(year())
    assert {line.label: line.told.visits for line in told.units}[idle.short_name] == 0
    assert len(told.sources) == 5
    assert len(told.apart) == 3


def test_a_year_without_visits_has_no_shares(draw: Any) -> None:
    told = queries.report(Scope(Period(clock.today().year - 1), None))
    assert told.total.visits == 0
    assert told.total.problem_share is told.total.in_time_share is told.fairness[0].share is None


def test_who_is_drawn_and_not_visited_changes_no_figure_of_visits(draw: Any) -> None:
    before = queries.report(year())
    waiting = draw.cases.filter(ended_on=None)
    assert waiting.count() == 2
    waiting.update(unit=factories.unit())  # wherever they are, no table of visits shows it
    after = queries.report(year())
    tables = ("total", "lots", "months", "sources", "apart", "matters", "results")
    assert [getattr(before, name) for name in tables] == [getattr(after, name) for name in tables]
    assert {line.told.visits for line in after.units} == {0, 3}


def test_a_clerk_reads_the_own_unit_and_supervisor_and_auditor_all(draw: Any) -> None:
    own, other = factories.user(Role.CLERK, unit=draw.unit), factories.user(Role.CLERK, unit=factories.unit())
    address = f"/office/reports/?unit={draw.unit_id}"
    assert signed_in(own).get(address).context["report"].total.visits == 3
    assert "report" not in signed_in(other).get(address).context
    assert signed_in(other).get("/office/reports/").context["report"].total.visits == 0
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        assert signed_in(factories.user(role)).get(address).context["report"].total.visits == 3


def test_no_page_or_file_names_a_subject(draw: Any) -> None:
    names = {case.subject.name for case in draw.cases.all()}
    client = signed_in(factories.user(Role.SUPERVISOR))
    for address in PAGES:
        text = client.get(address).content.decode()
        assert not {name for name in names if name in text}, address
    for address in ("/office/reports/report.xlsx", "/office/reports/upward/upward.xlsx"):
        book = load_workbook(io.BytesIO(client.get(address).content))
        cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
        assert not names & cells


def test_the_pages_ask_few_queries(draw: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in(factories.user(Role.SUPERVISOR))
    for address in PAGES:
        with django_assert_max_num_queries(15, info=address):
            assert client.get(address).status_code == 200
    assert client.get("/office/reports/?year=abc").status_code == 200


@pytest.mark.papers
def test_a_file_is_the_same_twice_and_stands_in_the_ledger(draw: Any) -> None:
    client = signed_in(factories.user(Role.SUPERVISOR))
    first = client.get("/office/reports/report.xlsx").content
    client.get("/office/reports/report.xlsx")
    told = queries.report(year())
    assert papers.workbook_of(told, "1") == papers.workbook_of(told, "1"), "but for the mark of who took it"
    book = load_workbook(io.BytesIO(first))
    assert book["总表"]["B4"].value == 3
    assert LedgerPayload.objects.filter(verb="inspections.export_report").count() == 2
    body = papers.pdf_of(told)
    assert body == papers.pdf_of(told)
    assert body.startswith(b"%PDF-")


def test_the_report_upwards_has_a_row_a_task_and_their_sum(draw: Any) -> None:
    scope = year()
    results, disposals = papers.upward_headings()
    rows = papers.upward_rows(queries.tasks(scope), results, disposals)
    of_task = next(row for row in rows if row[1] == draw.plan_item.code)
    drawn, visited, open_, disclosed = of_task[9:13]
    assert (drawn, visited, open_, disclosed) == (5, 3, 2, 1)
    assert sum(of_task[14 : 14 + len(results)]) == 3  # type: ignore[arg-type]
    assert rows[-1][1] == "合计"


def test_findings_per_inspector_count_the_team_and_set_matters_right(draw: Any) -> None:
    found = {one.inspector.pk: one for one in people.people(year())}
    team = Assignment.objects.filter(case__in=draw.cases.filter(ended_on__isnull=False).exclude(records__result__code="unreachable"))
    assert set(found) == set(team.values_list("inspector", flat=True))
    assert {(one.visits, one.expected) for one in found.values()} == {(1, 0.5)}
    assert sum(one.found for one in found.values()) == 2
    page = signed_in(factories.user(Role.SUPERVISOR)).get("/office/reports/inspectors/")
    assert page.context["many"] == []
    assert len(page.context["few"]) == 4


def test_findings_per_inspector_are_closed_to_clerks(draw: Any) -> None:
    assert signed_in(factories.user(Role.CLERK, unit=draw.unit)).get("/office/reports/inspectors/").status_code == 403


def rates(name: str) -> tuple[int, int | None]:
    [found] = [one for one in queries.report(year()).rates if str(one.name) == name]
    return found.part, found.whole


def again(case: Case, times: int) -> None:
    """So many more visits of the same subject on the same matter, in draws of their own."""
    for _ in range(times):
        more = factories.case(factories.drawn_draw(case.draw.matter, winners=1, reserves=0))  # type: ignore[union-attr]
        Case.objects.filter(pk=more.pk).update(subject=case.subject)
        factories.recorded_case(Case.objects.get(pk=more.pk))


@pytest.mark.parametrize(("most", "above"), [(None, 1), (2, 0)])
def test_a_subject_is_held_against_its_own_cap(most: int | None, above: int) -> None:
    case = factories.case(factories.drawn_draw(factories.matter(most_times=most), winners=1, reserves=0))
    factories.recorded_case(case)
    with translation.override("en"):
        again(case, 1)
        assert (rates("Above the yearly cap"), rates("Above the cap of a matter")) == ((0, None), (above, None))
        again(case, 1)
        assert (rates("Above the yearly cap"), rates("Above the cap of a matter")) == ((1, None), (1, None))
        clerk = factories.user(Role.CLERK)
        Complaint.objects.create(subject=case.subject, received_on=clock.today(), channel="12389", content="示例", upheld=True, recorded_by=clerk)
        assert (rates("Above the yearly cap"), rates("Above the cap of a matter")) == ((0, None), (above, None))


def test_what_followed_is_counted_by_the_visits_of_the_period(draw: Any) -> None:
    case = draw.cases.get(records__result__group=ResultGroup.PROBLEM, state="reviewed")
    reviewer, now = factories.user(Role.REVIEWER), clock.now()
    common = {"case": case, "what": "示例", "ordered_by": reviewer, "ordered_at": now}
    yesterday, tomorrow = clock.today() - dt.timedelta(1), clock.today() + dt.timedelta(1)
    FollowUp.objects.create(kind="rectification", due_on=yesterday, **common)
    FollowUp.objects.create(kind="rectification", due_on=tomorrow, state="done", settled_at=now, **common)
    FollowUp.objects.create(kind="rectification", due_on=yesterday, state="failed", settled_at=now, **common)
    FollowUp.objects.create(kind="penalty", due_on=tomorrow, **common)
    with translation.override("en"):
        told = {str(one.name): (one.part, one.whole) for one in queries.report(year()).followed}
    assert told == {
        "Rectifications completed": (1, 3),
        "Rectifications overdue": (1, None),
        "Re-check rate": (0, 3),
        "Not put right": (1, 2),
        "Penalties decided": (0, 1),
        "Transfers received": (0, 0),
        "Criminal transfers sent": (0, 0),
        "Waived": (0, None),
    }


def test_a_visit_that_ended_with_one_inspector_is_counted(draw: Any) -> None:
    ended = draw.cases.filter(ended_on__isnull=False)[0]
    ended.assignments.filter(position=2).update(ended_at=clock.now())
    assert queries.report(year()).counts["alone"] == 1
