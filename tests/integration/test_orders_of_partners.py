"""A partner's team on a joint draw: over all winners, with its own matters, and every refusal."""

from pathlib import Path
from typing import Any

import pytest

from inspections.cases import commands as case_commands
from inspections.cases import queries as cases
from inspections.cases import tasks as case_tasks
from inspections.cases.invariants import cases as case_invariants
from inspections.cases.models import Assignment, Case
from inspections.draws import commands, places, queries, shelf
from inspections.draws.invariants import draws as draw_invariants
from inspections.draws.models import Draw
from inspections.draws.states import Mode
from inspections.draws.verify import verify_bundle
from publicity.disclosures import commands as disclosing
from publicity.disclosures.models import Disclosure
from registries import clock
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.offices import Bureau, by_the_script, fresh, leader_of, members

pytestmark = pytest.mark.django_db


def test_a_partner_draws_its_own_team_over_all_winners_and_brings_its_matters(
    bureau: Bureau, time_machine: Any, tmp_path: Path
) -> None:
    bureau.joint()
    firemen = {make.inspector(unit=bureau.partner, most_open_cases=9).pk for _ in range(3)}
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    assert {case.matters.count() for case in Case.objects.all()} == {1}
    (one,) = places.joint_wanting(bureau.partner_user)
    assert (one.unit, one.places, one.own) == (bureau.partner, 4, False)
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))
    assert set(order.roster.values_list("code", flat=True)) == {won.entry.code for won in lot.drawn.filter(kind="W")}
    assert [line for line in shelf.body(order, "order.txt").decode().splitlines() if line.startswith("matter")] == [
        f"matter\t{bureau.partner_matter.reference}"
    ]
    for case in Case.objects.all():
        assert [m.revision for m in case.matters.order_by("position")] == [bureau.revision, bureau.partner_matter]
        assert members(case) == [(1, bureau.unit.pk), (2, bureau.unit.pk), (3, bureau.partner.pk), (4, bureau.partner.pk)]
    first = Case.objects.order_by("pk")[0]
    assert len(cases.items_of(first)) == 5
    fireman = first.assignments.get(position=3).inspector
    assert fireman.pk in firemen
    assert fireman.user is not None
    page = signed_in(fireman.user).get("/office/cases/mine/").content.decode()
    assert first.number in page
    for draw in (lot, order):
        assert verify_bundle(queries.file_bodies(draw)).matches
        said = by_the_script(draw, tmp_path)
        assert said.returncode == 0, said.stdout
    assert list(draw_invariants()) == list(case_invariants()) == []


def test_a_joint_visit_is_begun_and_signed_by_both_teams_and_discloses_all_matters(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    for _ in range(4):
        make.inspector(unit=bureau.partner)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))
    case = Case.objects.order_by("pk")[0]
    place = case.assignments.get(position=4)
    leader = leader_of(case)
    Assignment.objects.filter(pk=place.pk).update(ended_at=clock.now())
    said = refusal(case_commands.begin_visit, actor=leader, case_id=case.pk, no_notice="突击检查")
    assert said == "A visit needs at least two inspectors of 县消防救援大队 too; its team is still to be drawn."
    Assignment.objects.filter(pk=place.pk).update(ended_at=None)
    case_commands.begin_visit(actor=leader, case_id=case.pk, no_notice="突击检查")
    case.records.all().delete()
    make.reviewed_case(case, released=True)
    assert case.records.get().signatures.count() == 4
    shown = disclosing.publish_case(actor=make.system(), case_id=case.pk).obj
    assert isinstance(shown, Disclosure)
    assert [m["name"] for m in shown.matters] == [bureau.revision.name, "消防安全检查"]


def test_a_visit_waits_while_an_order_draws_a_team_for_it(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    for _ in range(4):
        make.inspector(unit=bureau.partner)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    case = Case.objects.order_by("pk")[0]
    leader = leader_of(case)
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    said = refusal(case_commands.begin_visit, actor=leader, case_id=case.pk, no_notice="突击检查")
    assert said == f"Order {fresh(order)} draws a team for this visit. Begin when it is there."
    bureau.finished(time_machine, order)
    case_commands.begin_visit(actor=leader, case_id=case.pk, no_notice="突击检查")
    assert places.open_places(lot, bureau.partner.pk).count() == 0


def test_a_visit_that_has_begun_gets_no_partner(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    begun = Case.objects.order_by("pk")[0]
    Case.objects.filter(pk=begun.pk).update(state="on-site")
    (one,) = places.joint_wanting(bureau.partner_user)
    assert one.places == 3
    Case.objects.update(state="on-site")
    assert places.joint_wanting(bureau.partner_user) == []
    said = refusal(commands.prepare_staffing, actor=bureau.partner_user, draw_id=lot.pk, unit_id=bureau.partner.pk)
    assert "visits have begun" in said


def test_the_teams_of_the_lead_need_only_what_its_own_matters_ask_for(bureau: Bureau, time_machine: Any) -> None:
    special = make.code("specialty", "消防")
    demanding = make.matter(unit=bureau.partner, categories=[bureau.category], published=False)
    demanding.requirements.add(special)
    make.edition(bureau.revision, demanding)
    bureau.item.joint_matters.add(demanding.matter)
    lot = bureau.drawn(time_machine)
    assert set(lot.roster.values_list("tags", flat=True)) == {"-"}
    case_tasks.open_cases(lot.pk)
    able, unable = (make.inspector(unit=bureau.partner) for _ in range(2))
    able.specialties.add(special)
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    roster = places.roster_of(order, clock.today())
    assert [person.inspector_id for person in roster.people] == [able.pk]
    assert {entry.tags for entry in roster.entries} == {(special.code,)}
    assert unable.pk not in {person.inspector_id for person in roster.people}


def test_nobody_is_drawn_twice_for_one_visit(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    for _ in range(2):
        make.inspector(unit=bureau.partner)
    order = bureau.staffing(lot, bureau.partner_user, bureau.partner)
    order.inspector_units.set([bureau.unit, bureau.partner])
    pairs = set(places.roster_of(order, clock.today()).recusals)
    assert pairs == {(one.case.subject_id, one.inspector_id) for one in Assignment.objects.select_related("case")}


def test_a_partner_may_run_its_order_under_a_plan_item_of_its_own(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    for _ in range(4):
        make.inspector(unit=bureau.partner)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    own = make.plan_item(bureau.partner_matter, unit=bureau.partner)
    order = bureau.staffing(lot, bureau.partner_user, bureau.partner)
    assert "plan item" in refusal_of(bureau, order, make.plan_item(bureau.revision).pk)
    order = bureau.announced(order, plan_item_id=own.pk)
    assert order.plan_item == own
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert f"plan\t{own.reference}\n" in shelf.body(order, "order.txt").decode()


def refusal_of(bureau: Bureau, order: Draw, plan_item_id: int) -> str:
    return refusal(
        commands.change_staffing,
        actor=order.prepared_by, draw_id=order.pk, version=order.version, team_size=2, inspector_unit_ids=[], planned=None, sources=[],
        plan_item_id=plan_item_id,
    )  # fmt: skip


def test_a_partner_sees_its_own_orders_and_no_other_draw(bureau: Bureau, time_machine: Any) -> None:
    bureau.joint()
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    client = signed_in(bureau.partner_user)
    page = client.get("/office/draws/").content.decode()
    assert str(lot.number) in page
    assert not any(subject.name in page for subject in bureau.subjects)
    assert client.get(f"/office/draws/{lot.pk}/").status_code == 404
    response = client.post(f"/office/draws/{lot.pk}/teams/", {"unit": bureau.partner.pk})
    order = Draw.objects.get(mode=Mode.TEAMS)
    assert response.headers["Location"] == f"/office/draws/{order.pk}/"
    page = client.get(f"/office/draws/{order.pk}/").content.decode()
    assert not any(subject.name in page for subject in bureau.subjects)
