"""After an order for teams alone: whoever leaves its teams is replaced by its own order, and a subject that is gone frees them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext

from inspections.cases import commands as case_commands
from inspections.cases import queries as cases
from inspections.cases import receipts, replacing, visits
from inspections.cases import tasks as case_tasks
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.states import CaseState
from inspections.draws import after, audit, commands, places, tasks
from inspections.draws.files import text_of
from inspections.draws.models import Draw
from inspections.draws.replaced import HistoryRow, counts_of
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState, Reason
from inspections.draws.verify import verify_bundle
from publicity.site import orders
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.offices import Bureau, by_the_script, fresh, leader_of, members

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau() -> Bureau:
    found = Bureau()
    found.joint()
    found.firemen = [make.inspector(unit=found.partner, most_open_cases=9) for _ in range(4)]  # type: ignore[attr-defined]
    return found


@pytest.fixture
def lot(bureau: Bureau, time_machine: Any) -> Draw:
    """Four winners of A and B with their teams; three reserves of each."""
    drawn = bureau.drawn(time_machine)
    case_tasks.open_cases(drawn.pk)
    return drawn


@pytest.fixture
def order(bureau: Bureau, lot: Draw, time_machine: Any) -> Draw:
    """The partner's team for each of the four, at positions 3 and 4."""
    return bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))


def first(draw: Draw) -> Case:
    return draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]


def at(case: Case, position: int) -> Assignment:
    return case.assignments.select_related("inspector__user").get(position=position, ended_at=None)


def ask(bureau: Bureau, case: Case, place: Assignment | None, reason: str, **different: Any) -> Replacement:
    arguments: dict[str, Any] = {
        "actor": bureau.clerk,
        "case_id": case.pk,
        "kind": "inspector" if place else "subject",
        "assignment_id": place.pk if place else None,
        "reason": reason,
        "explanation": "已搬迁",
        "evidence": "照片1",
    }
    made = replacing.ask_replacement(**arguments | different).obj
    assert isinstance(made, Replacement)
    return made


def replaced(bureau: Bureau, case: Case, place: Assignment | None, reason: str, **different: Any) -> None:
    asked = ask(bureau, case, place, reason, **different)
    replacing.replace_drawn(actor=bureau.supervisor, replacement_id=asked.pk, version=asked.version)


def followed(case: Case) -> Case:
    return Case.objects.get(drawn__came_by__subject_out=case.drawn_id)


def all_verify(folder: Path) -> None:
    """Every bundle follows from its files, by the product and by the offline script with the ledger; the self-check finds nothing."""
    for draw in Draw.objects.filter(state=DrawState.DRAWN):
        verdict = verify_bundle(after.whole_bundle(draw))
        assert verdict.matches, verdict
        said = by_the_script(draw, folder)
        assert said.returncode == 0, said.stdout
    assert [finding.english for name in ("draws", "cases", "open orders") for finding in run_check(name)] == []


def test_who_is_recused_on_a_partners_team_is_replaced_by_the_next_of_the_partners_order(
    bureau: Bureau, lot: Draw, order: Draw, tmp_path: Path
) -> None:
    case = first(lot)
    leaves, stays = at(case, 3), at(case, 4)
    replaced(bureau, case, leaves, "recused", actor=leaves.inspector.user)
    came = at(case, 3)
    assert (came.draw, came.inspector.unit) == (order, bureau.partner)
    assert came.inspector_id not in (leaves.inspector_id, stays.inspector_id)
    row = HistoryRow.objects.get()
    assert (row.draw, row.position, row.reason) == (order, 1, "recused"), "the position is that of the order which gave it"
    assert row.inspector_in is not None
    assert row.inspector_in.inspector_id == came.inspector_id
    fact = LedgerPayload.objects.get(verb="draws.replace")
    assert f'"draw":"{order.number}"' in fact.body.replace(" ", "")
    assert members(case) == [(1, bureau.unit.pk), (2, bureau.unit.pk), (3, bureau.partner.pk), (4, bureau.partner.pk)]
    assert cases.sides_of(case) == {bureau.partner.short_name}
    all_verify(tmp_path)
    case_commands.begin_visit(actor=leader_of(case), case_id=case.pk, no_notice="突击检查")


def test_who_is_absent_on_the_team_that_leads_is_replaced_by_the_draw_itself(
    bureau: Bureau, lot: Draw, order: Draw, tmp_path: Path
) -> None:
    case = first(lot)
    replaced(bureau, case, at(case, 1), "absent")
    assert (at(case, 1).draw, at(case, 3).draw) == (lot, order)
    assert HistoryRow.objects.get().draw == lot
    all_verify(tmp_path)


def test_a_subject_that_is_gone_frees_the_partners_team_and_the_reserve_gets_one_by_a_new_order(
    bureau: Bureau, lot: Draw, order: Draw, time_machine: Any, tmp_path: Path
) -> None:
    gone = first(lot)
    assert gone.drawn is not None
    own = [at(gone, position).inspector_id for position in (1, 2)]
    replaced(bureau, gone, None, "gone")
    case = followed(gone)
    assert [one.inspector_id for one in case.assignments.order_by("position")] == own
    assert {one.draw for one in case.assignments.all()} == {lot}
    assert [one.revision for one in case.matters.all()] == [bureau.revision], "the partner's matters come with its team"
    (theirs,) = after.lines_of(order)
    assert text_of(theirs) == f"1\tsubject\t{gone.drawn.entry.code}\t-\t{gone.drawn.entry.code}\t-\tgone"
    (ours,) = after.lines_of(lot)
    assert case.drawn is not None
    assert (ours.out, ours.into) == (gone.drawn.entry.code, case.drawn.entry.code)
    assert counts_of(order).subjects == {"gone": 1}
    all_verify(tmp_path)

    assert [place.entry.code for place in places.open_places(lot, bureau.partner.pk)] == [case.drawn.entry.code]
    assert cases.matters_awaited(case) == [bureau.partner_matter]
    again = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))
    assert again.roster.get().code == case.drawn.entry.code
    assert members(case) == [(1, bureau.unit.pk), (2, bureau.unit.pk), (3, bureau.partner.pk), (4, bureau.partner.pk)]
    assert {at(case, position).draw for position in (3, 4)} == {again}
    assert [one.revision for one in case.matters.order_by("position")] == [bureau.revision, bureau.partner_matter]
    all_verify(tmp_path)

    replaced(bureau, case, at(case, 4), "absent")
    replaced(bureau, case, None, "out-of-scope")
    assert [text_of(line).split("\t")[1] for line in after.lines_of(again)] == ["inspector", "subject"]
    assert len(after.lines_of(order)) == 1, "the first order knows nothing of the reserve"
    assert len(after.lines_of(lot)) == 2
    all_verify(tmp_path)


def test_a_freed_team_holds_one_position_less(bureau: Bureau, lot: Draw, order: Draw) -> None:
    """Positions held now count (§6): who was freed goes before those who hold more when a colleague leaves."""
    gone = first(lot)
    freed = {at(gone, 3).inspector_id, at(gone, 4).inspector_id}
    replaced(bureau, gone, None, "gone")
    standing = after.standing_of(order, after.whole_bundle(order))
    for person in order.inspectors.all():
        drawn = order.drawn.filter(team__inspector=person).count()
        assert standing.held[person.code] == drawn - (person.inspector_id in freed)


def test_an_own_team_drawn_later_is_replaced_by_its_own_order_and_freed_with_the_subject(
    bureau: Bureau, time_machine: Any, tmp_path: Path
) -> None:
    lot = bureau.understaffed(time_machine)
    (waiting,) = places.open_places(lot, bureau.unit.pk)
    for _ in range(3):
        make.inspector(unit=bureau.other)
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot), bureau.other))
    case = Case.objects.get(drawn=waiting)
    replaced(bureau, case, at(case, 2), "absent")
    assert HistoryRow.objects.get().draw == order
    assert (at(case, 2).draw, at(case, 2).inspector.unit) == (order, bureau.other)
    replaced(bureau, case, None, "gone")
    new = followed(case)
    assert not new.assignments.exists(), "the draw had no team for this place, so the reserve inherits none"
    assert after.lines_of(order)[-1].into is None
    assert [place.entry.code for place in places.open_places(lot, bureau.unit.pk)] == [new.drawn.entry.code]  # type: ignore[union-attr]
    all_verify(tmp_path)
    bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot), bureau.other))
    assert members(new) == [(1, bureau.other.pk), (2, bureau.other.pk)]
    all_verify(tmp_path)


def test_nobody_is_replaced_while_an_order_draws_a_team_for_the_visit(bureau: Bureau, lot: Draw, time_machine: Any) -> None:
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    case = first(lot)
    for place, reason in ((None, "gone"), (at(case, 1), "absent")):
        asked = ask(bureau, case, place, reason)
        said = refusal(replacing.replace_drawn, actor=bureau.supervisor, replacement_id=asked.pk, version=asked.version)
        assert said == f"Order {fresh(order)} draws a team for this visit. Decide when it is there."
    assert not HistoryRow.objects.exists()
    bureau.finished(time_machine, order)
    asked = Replacement.objects.get(kind="subject")
    replacing.replace_drawn(actor=bureau.supervisor, replacement_id=asked.pk, version=asked.version)
    assert HistoryRow.objects.count() == 2


def test_an_order_submitted_before_a_subject_was_replaced_is_not_committed(bureau: Bureau, lot: Draw) -> None:
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    replaced(bureau, first(lot), None, "gone")
    said = refusal(commands.approve_draw, actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert "Return the draw" in said


def voided_after_its_source(bureau: Bureau, lot: Draw, time_machine: Any) -> Draw:
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    time_machine.move_to(clock.now() + dt.timedelta(minutes=31), tick=True)
    order = fresh(order)
    commands.void_draw(
        actor=make.user(Role.SUPERVISOR), draw_id=order.pk, version=order.version, kind="source-failed", reason="未开奖"
    )
    return fresh(order)


def test_a_successor_with_the_same_roster_holds_its_visits_until_it_is_drawn(
    bureau: Bureau, lot: Draw, time_machine: Any, tmp_path: Path
) -> None:
    tasks.issue_certificate(lot.pk)
    voided = voided_after_its_source(bureau, lot, time_machine)
    case = first(lot)
    new = commands.prepare_successor(actor=bureau.partner_user, draw_id=voided.pk).obj
    assert isinstance(new, Draw)
    assert new.keeps_roster
    assert "draws a team for this visit" in refusal(case_commands.begin_visit, actor=leader_of(case), case_id=case.pk, no_notice="突击检查")
    asked = ask(bureau, case, None, "gone")
    said = refusal(replacing.replace_drawn, actor=bureau.supervisor, replacement_id=asked.pk, version=asked.version)
    assert "draws a team for this visit" in said
    moment = clock.now() + dt.timedelta(seconds=5)
    commands.announce_sources(
        actor=bureau.partner_user, draw_id=new.pk, version=fresh(new).version, planned=moment,
        sources=[Announced("demo", "0003", moment)],
    )  # fmt: skip
    bureau.hurried(time_machine, new)
    assert members(case)[2:] == [(3, bureau.partner.pk), (4, bureau.partner.pk)]
    all_verify(tmp_path)


def test_a_roster_with_a_closed_place_is_not_taken_over(bureau: Bureau, lot: Draw, time_machine: Any) -> None:
    voided = voided_after_its_source(bureau, lot, time_machine)
    replaced(bureau, first(lot), None, "gone")
    said = refusal(commands.prepare_successor, actor=bureau.partner_user, draw_id=voided.pk)
    assert "not open any more" in said
    assert bureau.staffing(lot, bureau.partner_user, bureau.partner).staffs == lot


def test_the_visits_of_an_order_for_teams_are_those_of_its_codes(bureau: Bureau, lot: Draw, order: Draw) -> None:
    gone, *others = lot.cases.order_by("pk")
    replaced(bureau, gone, None, "gone")
    for case in others:
        assert not visits.visits_over(order)
        make.reviewed_case(case)
    assert visits.visits_over(order), "the reserve is not among its codes"
    assert not visits.visits_over(lot)
    found = orders.order(str(order.number))
    assert found is not None
    assert orders.visits_are_over(found)
    names = {one.opening.code for one in orders.opened(found)}
    assert names == set(order.roster.values_list("code", flat=True))
    lead = orders.order(str(lot.number))
    assert lead is not None
    assert not orders.visits_are_over(lead)


def test_a_receipt_names_the_order_that_put_each_officer_on_the_team(bureau: Bureau, lot: Draw, order: Draw) -> None:
    for case in lot.cases.all():
        make.reviewed_case(case)
    case = lot.cases.order_by("pk")[0]
    for draw in (lot, order):
        facts = receipts.facts_of(draw, case.subject_id)
        assert facts["case"] == case
        assert [row.draw for row in facts["team"]] == [lot, lot, order, order]
        assert [row.inspector_id for row in facts["team"]] == [
            one.inspector_id for one in case.assignments.filter(ended_at=None).order_by("position")
        ]


def test_a_visit_with_the_partners_team_alone_says_that_the_leading_team_is_to_be_drawn(
    bureau: Bureau, time_machine: Any
) -> None:
    Inspector.objects.filter(unit=bureau.unit).update(most_open_cases=0)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner)))
    case = first(lot)
    assert {one.inspector.unit for one in case.assignments.select_related("inspector__unit")} == {bureau.partner}
    page = signed_in(bureau.clerk).get(f"/office/cases/{case.number}/").content.decode()
    assert gettext("Team to be drawn") in page
    assert gettext("Waiting for the team to begin the visit") not in page
    fireman = case.assignments.select_related("inspector__user").order_by("position")[0].inspector.user
    assert fireman is not None
    page = signed_in(fireman).get(f"/office/cases/{case.number}/").content.decode()
    assert f"/office/cases/{case.number}/begin/" not in page


def test_the_pages_of_both_orders_tell_the_replacements_in_figures_and_no_name(
    bureau: Bureau, lot: Draw, order: Draw, client: Client
) -> None:
    tasks.issue_certificate(lot.pk)
    gone = first(lot)
    replaced(bureau, gone, None, "gone")
    names = {subject.name for subject in bureau.subjects} | {one.name for one in Inspector.objects.all()}
    for draw in (lot, order):
        page = client.get(f"/draws/{draw.number}/").content.decode()
        assert not [name for name in names if name in page]
        assert str(Reason.GONE.label) in page
        assert client.get(f"/draws/{draw.number}/bundle/history.txt").status_code == 404
        screen = client.get(f"/draws/{draw.number}/ceremony/").content.decode()
        assert not [name for name in names if name in screen]
    assert gettext("All of them are visited. In this order they get their teams.") in screen
    assert gettext("all subjects") not in screen, "the strata are those of the draw that is staffed"
    page = signed_in(bureau.partner_user).get(f"/office/draws/{order.pk}/").content.decode()
    assert str(Reason.GONE.label) in page
    for case in lot.cases.exclude(state=CaseState.CALLED_OFF):
        make.reviewed_case(case)
    for draw in (lot, order):
        assert client.get(f"/draws/{draw.number}/bundle/history.txt").status_code == 200
        assert client.get(f"/draws/{draw.number}/").status_code == 200


def test_the_auditor_finds_every_open_place_in_the_roster_of_an_order_for_teams(bureau: Bureau, lot: Draw) -> None:
    order = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner), lead=60)
    commands.submit_draw(actor=bureau.partner_user, draw_id=order.pk, version=order.version)
    commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    order = fresh(order)
    assert audit.audit(order).findings == []
