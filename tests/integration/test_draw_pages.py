"""The pages of draws, as their people use them: preparing and submitting, deciding in the admin, typing source values."""

import datetime as dt
from typing import Any

import pytest

from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from registries import clock
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories as make
from tests.asking import signed_in
from tests.offices import VALUE, Office

pytestmark = pytest.mark.django_db


def typed(office: Office, draw: Draw, **different: Any) -> dict[str, Any]:
    """The form of a draw as a clerk fills it in."""
    moment = (clock.now() + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "version": draw.version,
        "categories": [office.category.pk],
        "grades": ["A", "B", "C", "D"],
        "stratify": "grade",
        "slip_rule": "grade",
        "reserves": 3,
        "team_size": 2,
        "inspector_units": [office.unit.pk],
        "planned": moment,
        "game_1": "demo",
        "issue_1": "0001",
        "moment_1": moment,
        "quota_A": 1,
        "quota_B": 2,
        **different,
    }


def test_a_stale_entry_is_named_at_preparation_and_needs_the_supervisors_tick(office: Office) -> None:
    Subject.objects.filter(pk=office.subjects[0].pk).update(verified_on=clock.today() - dt.timedelta(days=500))
    clerk, supervisor = signed_in(office.clerk), signed_in(office.supervisor)
    draw = office.prepared(lead=3600)
    page = clerk.get(f"/office/draws/{draw.pk}/").content.decode()
    assert "1 个对象超过12个月未核实" in page
    assert office.subjects[0].name in page
    clerk.post(f"/office/draws/{draw.pk}/", {**typed(office, draw), "submit": "1"})
    draw.refresh_from_db()
    assert draw.state == DrawState.SUBMITTED
    address = f"/admin/inspections/draw/{draw.pk}/decide/"
    assert 'name="accept_stale"' in supervisor.get(address).content.decode()
    decision = {"approve": "1", "version": draw.version, "password": make.PASSWORD}
    assert supervisor.post(address, decision).status_code == 422
    draw.refresh_from_db()
    assert draw.state == DrawState.SUBMITTED
    refusals = LedgerPayload.objects.filter(verb="inspections.approve_draw")
    assert "not verified for 12 months" in refusals.latest("entry_id").body
    assert supervisor.post(address, {**decision, "accept_stale": "on"}).status_code == 302
    draw.refresh_from_db()
    assert draw.state == DrawState.COMMITTED
    accepted = LedgerPayload.objects.filter(verb="inspections.approve_draw", object_id=str(draw.pk))
    assert "stale entries accepted" in accepted.latest("entry_id").body


def test_a_clerk_begins_a_draw_saves_it_and_submits_it(office: Office, django_assert_max_num_queries: Any) -> None:
    client = signed_in(office.clerk)
    answer = client.post("/office/draws/new/", {"plan_item": office.item.pk})
    draw = Draw.objects.get()
    assert answer.headers["Location"] == f"/office/draws/{draw.pk}/"
    answer = client.post(f"/office/draws/{draw.pk}/", {**typed(office, draw), "save": "1"})
    assert answer.status_code == 302
    draw.refresh_from_db()
    assert draw.quotas == {"A": 1, "B": 2}
    client.post(f"/office/draws/{draw.pk}/", {**typed(office, draw), "submit": "1"})
    draw.refresh_from_db()
    assert draw.state == DrawState.SUBMITTED
    assert draw.roster.count() == 40


@pytest.mark.parametrize("page", ["/office/draws/", "/office/draws/new/", "/office/draws/{pk}/"])
def test_draw_pages_need_few_queries(office: Office, page: str, django_assert_max_num_queries: Any) -> None:
    draw = office.prepared()
    client = signed_in(office.clerk)
    with django_assert_max_num_queries(15):
        assert client.get(page.format(pk=draw.pk)).status_code == 200


def test_what_was_typed_stays_when_the_draw_is_refused(office: Office) -> None:
    draw = office.prepared()
    client = signed_in(office.clerk)
    fields = typed(office, draw, game_1="fucai3d", issue_1="2026999")
    answer = client.post(f"/office/draws/{draw.pk}/", {**fields, "submit": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "2026999" in page
    draw.refresh_from_db()
    assert f'name="version" value="{draw.version}"' in page


def test_a_quota_above_its_stratum_is_said_with_both_figures(office: Office) -> None:
    draw = office.prepared()
    answer = signed_in(office.clerk).post(
        f"/office/draws/{draw.pk}/", {**typed(office, draw, quota_A=99), "submit": "1"}
    )
    assert answer.status_code == 422
    assert LedgerPayload.objects.filter(verb="inspections.submit_draw", entry__action="inspections.refused").exists()
    assert "99" in answer.content.decode()


def test_a_supervisor_approves_in_the_admin_with_the_own_password(office: Office) -> None:
    draw = office.submitted(lead=600)
    client = signed_in(office.supervisor)
    page = f"/admin/inspections/draw/{draw.pk}/decide/"
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"version": draw.version, "password": "not it", "approve": "1"})
    assert wrong.status_code == 422
    done = client.post(page, {"version": draw.version, "password": make.PASSWORD, "approve": "1"})
    assert done.status_code == 302
    draw.refresh_from_db()
    assert draw.state == DrawState.COMMITTED
    assert draw.approved_by == office.supervisor


def test_the_admin_refuses_whoever_prepared_the_draw(office: Office) -> None:
    office.clerk = make.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    draw = office.submitted(lead=600)
    client = signed_in(office.clerk)
    answer = client.post(
        f"/admin/inspections/draw/{draw.pk}/decide/", {"version": draw.version, "password": make.PASSWORD, "approve": "1"}
    )
    assert answer.status_code == 422
    draw.refresh_from_db()
    assert draw.state == DrawState.SUBMITTED


def test_the_admin_shows_figures_and_no_names(office: Office) -> None:
    draw = office.submitted(lead=600)
    client = signed_in(office.supervisor)
    for page in (f"/admin/inspections/draw/{draw.pk}/decide/", f"/admin/inspections/draw/{draw.pk}/change/"):
        text = client.get(page).content.decode()
        assert not [s.name for s in office.subjects if s.name in text]
        assert not [i.name for i in office.inspectors if i.name in text]


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_the_admin_neither_adds_nor_deletes(office: Office, path: str) -> None:
    draw = office.submitted(lead=600)
    client = signed_in(office.supervisor)
    assert client.get(f"/admin/inspections/draw/{path.format(pk=draw.pk)}").status_code == 404
    assert client.post(f"/admin/inspections/draw/{draw.pk}/change/", {"state": "drawn"}).status_code == 403


def test_a_return_without_a_reason_is_refused_on_the_page(office: Office) -> None:
    draw = office.submitted(lead=600)
    client = signed_in(office.supervisor)
    page = f"/admin/inspections/draw/{draw.pk}/decide/"
    assert client.post(page, {"version": draw.version, "reason": "", "return": "1"}).status_code == 422
    assert client.post(page, {"version": draw.version, "reason": "再核", "return": "1"}).status_code == 302
    draw.refresh_from_db()
    assert draw.returned_because == "再核"


def test_two_people_type_a_source_on_its_page(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    source = draw.sources.get()
    page = f"/office/draws/{draw.pk}/sources/{source.pk}/"
    wrong = signed_in(office.clerk).post(page, {"value": "abc", "evidence": "公告"})
    assert wrong.status_code == 422
    assert 'value="abc"' in wrong.content.decode()
    for who in (office.clerk, office.second):
        assert signed_in(who).post(page, {"value": VALUE, "evidence": "公告"}).status_code == 302
    source.refresh_from_db()
    assert source.value == VALUE


def test_a_drawn_draw_shows_codes_and_no_names(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    text = signed_in(office.clerk).get(f"/office/draws/{draw.pk}/").content.decode()
    assert draw.drawn.first().entry.code in text  # type: ignore[union-attr]
    assert not [s.name for s in office.subjects if s.name in text]


def test_another_brigade_finds_no_draw(office: Office) -> None:
    draw = office.prepared()
    stranger = signed_in(make.user(Role.CLERK, unit=make.unit()))
    assert stranger.get(f"/office/draws/{draw.pk}/").status_code == 404
    assert str(draw.plan.code) not in stranger.get("/office/draws/").content.decode()
