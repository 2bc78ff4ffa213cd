"""The desk: what waits for whom, the earliest due first, and no name for those who may not see it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inspections.draws.models import SeedSource, SourceEntry
from inspections.draws.states import DrawState
from inspections.plans.states import PlanState
from registries import clock
from registries.imports.models import Import
from registries.imports.states import ImportState
from registries.matters.models import Edition
from registries.matters.states import EditionState
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


def desk(person: User | None) -> str:
    """The desk as this person reads it, in English."""
    assert person is not None
    client = Client()
    client.force_login(person, backend="registries.people.backend.Accounts")
    client.cookies["language"] = "en"
    response = client.get("/office/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_inspector_finds_own_cases_with_their_next_steps() -> None:
    case, foreign = make.case(), make.case()
    member = make.team_of(case)[0].user
    shown = desk(member)
    assert case.subject.name in shown
    assert "Begin the visit" in shown
    assert foreign.subject.name not in shown
    make.record(case, signed=1)
    assert case.subject.name not in desk(member)
    assert "Read and sign" in desk(make.team_of(case)[1].user)


def test_the_overdue_stands_first() -> None:
    today = clock.today()
    calm = make.recorded_case(inspected_on=today - dt.timedelta(days=2))
    late = make.recorded_case(inspected_on=today - dt.timedelta(days=25))
    shown = desk(make.user(Role.REVIEWER))
    assert shown.index(late.subject.name) < shown.index(calm.subject.name)
    assert "5 days overdue" in shown
    assert "18 days left" in shown
    assert "1 is overdue" in shown


def test_a_reviewer_is_not_asked_to_review_an_own_case() -> None:
    both = make.user(Role.INSPECTOR, Role.REVIEWER)
    case = make.recorded_case(make.case(team=[make.inspector(user=both), make.inspector()]))
    assert case.subject.name not in desk(both)
    assert case.subject.name in desk(make.user(Role.REVIEWER))


def test_a_clerk_finds_draws_plans_and_results_of_the_own_unit() -> None:
    draw = make.draw(returned_because="请缩小范围")
    plan = make.plan(draw.unit, state=PlanState.PREPARING)
    case = make.reviewed_case(make.case(make.drawn_draw(make.matter(unit=draw.unit), winners=1)))
    foreign = make.reviewed_case()
    shown = desk(make.user(Role.CLERK, unit=draw.unit))
    for wanted in (draw.matter.name, "请缩小范围", plan.title, case.subject.name, "Look and release"):
        assert wanted in shown
    assert foreign.subject.name not in shown


def test_a_source_is_typed_by_two_people_and_then_by_nobody() -> None:
    draw = make.committed_draw(make.draw())
    SeedSource.objects.filter(draw=draw).update(moment=clock.now() - dt.timedelta(minutes=1))
    source = draw.sources.order_by("position")[0]
    clerk, supervisor = make.user(Role.CLERK, unit=draw.unit), make.user(Role.SUPERVISOR)
    assert source.what in desk(clerk)
    assert draw.sources.order_by("position")[1].what not in desk(clerk)
    SourceEntry.objects.create(source=source, value="1", evidence="x", entered_by=clerk, entered_at=clock.now())
    assert source.what not in desk(clerk)
    assert source.what in desk(supervisor)
    SourceEntry.objects.create(source=source, value="2", evidence="x", entered_by=supervisor, entered_at=clock.now())
    assert "Two entries differ" in desk(clerk)
    assert "Two entries differ" in desk(supervisor)


def test_a_supervisor_finds_approvals_but_never_own_preparations() -> None:
    supervisor = make.user(Role.SUPERVISOR, Role.CLERK, unit=make.unit())
    waiting = make.draw(state=DrawState.SUBMITTED)
    own = make.draw(state=DrawState.SUBMITTED, prepared_by=supervisor)
    plan = make.plan(state=PlanState.SUBMITTED)
    shown = desk(supervisor)
    assert waiting.matter.name in shown
    assert f"/admin/inspections/draw/{waiting.pk}/decide/" in shown
    assert f"/admin/inspections/plan/{plan.pk}/decide/" in shown
    assert own.matter.name not in shown


def test_no_drawn_name_before_the_case_is_opened() -> None:
    draw = make.drawn_draw(winners=3)
    names = list(draw.roster.values_list("name", flat=True))
    people = [make.user(role, unit=draw.unit) for role in (Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR)]
    for person in [*people, make.inspector(unit=draw.unit).user]:
        assert not any(name in desk(person) for name in names)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.PARTNER])
def test_who_has_no_tasks_finds_a_short_overview(role: Role) -> None:
    case = make.case()
    shown = desk(make.user(role))
    assert "What you look after" in shown
    assert case.subject.name not in shown


def test_an_empty_desk_says_so() -> None:
    assert "Nothing is waiting for you" in desk(make.user(Role.CLERK, unit=make.unit()))


def test_a_desk_asks_about_one_query_a_kind_of_task_however_many_there_are(django_assert_max_num_queries: Any) -> None:
    for _n in range(3):
        make.draw(state=DrawState.SUBMITTED)
        make.recorded_case()
        make.reviewed_case()
        make.case()
    everything = make.user(Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.INSPECTOR, unit=make.unit(kind="bureau"))
    plain = [make.user(role, unit=make.unit()) for role in (Role.CLERK, Role.INSPECTOR, Role.SUPERVISOR, Role.AUDITOR)]
    for person in (everything, *plain):
        client = Client()
        client.force_login(person, backend="registries.people.backend.Accounts")
        with django_assert_max_num_queries(49 if person == everything else 24):
            assert client.get("/office/").status_code == 200


def test_an_import_that_is_ready_waits_for_who_uploaded_it() -> None:
    clerk, other = make.user(Role.CLERK, unit=make.unit()), make.user(Role.CLERK, unit=make.unit())
    batch = Import.objects.create(
        kind="subjects",
        file_name="检查对象名录库.xlsx",
        content=b"x",
        sha256="0" * 64,
        state=ImportState.CHECKED,
        uploaded_by=clerk,
        uploaded_at=clock.now(),
    )
    assert f"/office/imports/{batch.pk}/" in desk(clerk)
    assert batch.file_name not in desk(other)


def test_an_edition_waits_for_another_supervisor() -> None:
    edition = Edition.objects.create(
        title="事项清单第2期", prepared_by=make.user(Role.CLERK), prepared_at=clock.now(), state=EditionState.SUBMITTED
    )
    assert f"/admin/registries/edition/{edition.pk}/decide/" in desk(make.user(Role.SUPERVISOR))
