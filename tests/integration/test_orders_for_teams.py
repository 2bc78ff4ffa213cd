"""Orders for teams alone: winners left without one, a partner's team on a joint draw, the team of an ad-hoc case; every refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.adhoc import commands as adhoc
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import RequestState
from inspections.cases import commands as case_commands
from inspections.cases import queries as cases
from inspections.cases import tasks as case_tasks
from inspections.cases.invariants import cases as case_invariants
from inspections.cases.models import Assignment, Case
from inspections.draws import commands, places, queries, shelf
from inspections.draws.invariants import draws as draw_invariants
from inspections.draws.models import Draw, RosterEntry
from inspections.draws.roster import build
from inspections.draws.states import DrawState, Mode
from inspections.draws.verify import verify_bundle
from publicity.disclosures import commands as disclosing
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in
from tests.offices import Bureau, by_the_script, fresh, leader_of, members

pytestmark = pytest.mark.django_db


# --- winners left without a team -------------------------------------------------------------------------------------


def test_winners_without_a_team_get_one_from_an_order_of_their_own(bureau: Bureau, time_machine: Any, tmp_path: Path) -> None:
    lot = bureau.understaffed(time_machine)
    waiting = list(places.open_places(lot, bureau.unit.pk))
    assert len(waiting) == 1
    assert [one.own for one in places.wanting([lot], bureau.clerk)] == [True]
    helpers = {make.inspector(unit=bureau.other).pk for _ in range(2)}
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot), bureau.other))
    assert (order.mode, order.staffs, order.quotas) == (Mode.TEAMS, lot, {waiting[0].entry.stratum: 1})
    entry, old = order.roster.get(), waiting[0].entry
    for column in ("code", "nonce", "public_id", "name", "stratum", "slips"):
        assert getattr(entry, column) == getattr(old, column)
    assert f"mode\tteams:{lot.number}\n" in shelf.body(order, "order.txt").decode()
    case = Case.objects.get(drawn=waiting[0])
    assert set(case.assignments.values_list("inspector_id", flat=True)) == helpers
    assert members(case) == [(1, bureau.other.pk), (2, bureau.other.pk)]
    assert Case.objects.count() == 4
    assert verify_bundle(queries.file_bodies(order)).matches
    for draw in (lot, order):
        said = by_the_script(draw, tmp_path)
        assert said.returncode == 0, said.stdout
    assert list(draw_invariants()) == list(case_invariants()) == []
    assert not places.open_places(lot, bureau.unit.pk).exists()


def test_staffed_winners_never_get_another_team(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    said = refusal(commands.prepare_staffing, actor=bureau.clerk, draw_id=lot.pk, unit_id=bureau.unit.pk)
    assert said.startswith("No place is open")


def test_a_team_with_a_gap_gives_way_to_a_new_one(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    case = Case.objects.order_by("pk")[0]
    stays, leaves = case.assignments.order_by("position")
    Assignment.objects.filter(pk=leaves.pk).update(ended_at=clock.now(), ended_because="absent")
    order = bureau.hurried(time_machine, bureau.announced(bureau.staffing(lot)))
    assert order.roster.get().subject_id == case.subject_id
    now = case.assignments.filter(ended_at=None)
    assert [one.position for one in now] == [1, 2]
    assert {one.draw_id for one in now} == {order.pk}
    assert leaves.inspector_id not in {one.inspector_id for one in now}, "who left this case does not come back"
    stays.refresh_from_db()
    assert stays.ended_because == "new-team"


def test_an_order_for_teams_is_of_the_unit_that_has_matters_in_the_draw(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    for actor, unit in ((bureau.other_clerk, bureau.unit), (bureau.other_clerk, bureau.other), (bureau.partner_user, bureau.partner)):
        said = refusal(commands.prepare_staffing, actor=actor, draw_id=lot.pk, unit_id=unit.pk)
        assert said == "There is no such draw in your unit."


def test_one_order_finds_the_same_teams_at_a_time(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    bureau.staffing(lot)
    assert "already finds" in refusal(commands.prepare_staffing, actor=bureau.second, draw_id=lot.pk, unit_id=bureau.unit.pk)
    assert "drawn draw only" in refusal(
        commands.prepare_staffing, actor=bureau.clerk, draw_id=bureau.prepared().pk, unit_id=bureau.unit.pk
    )


def test_a_code_that_did_not_come_out_of_the_draw_is_never_committed(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    order = bureau.announced(bureau.staffing(lot))
    commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=order.version)
    loser = lot.roster.filter(drawn=None)[0]
    RosterEntry.objects.filter(draw=order).update(
        subject=loser.subject, public_id=loser.public_id, name=loser.name, nonce=loser.nonce, code=loser.code, stratum=loser.stratum
    )
    order = fresh(order)
    Draw.objects.filter(pk=order.pk).update(roster_digest=queries.stored_digest(order))
    said = refusal(commands.approve_draw, actor=bureau.supervisor, draw_id=order.pk, version=order.version)
    assert f"did not come out of draw {lot.number}" in said
    assert [str(found.text) for found in places.roster_astray(fresh(order))]


def test_a_place_that_was_filled_meanwhile_is_not_committed(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    order = bureau.announced(bureau.staffing(lot))
    commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=order.version)
    Case.objects.filter(drawn__entry__code=order.roster.get().code).update(state="on-site")
    said = refusal(commands.approve_draw, actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert "its visit has begun" in said


def test_the_form_of_a_lot_does_not_change_an_order_for_teams(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    with pytest.raises(Exception, match="draws teams alone"):
        bureau.change(bureau.staffing(lot))
    own = bureau.prepared()
    said = refusal(
        commands.change_staffing,
        actor=bureau.clerk, draw_id=own.pk, version=own.version, team_size=2, inspector_unit_ids=[], planned=None, sources=[],
    )  # fmt: skip
    assert "another form" in said


def test_an_excluded_winner_gets_no_team(bureau: Bureau, time_machine: Any) -> None:
    lot = bureau.understaffed(time_machine)
    order = bureau.announced(bureau.staffing(lot))
    make.exclusion(places.open_places(lot, bureau.unit.pk)[0].entry.subject)
    said = refusal(commands.submit_draw, actor=bureau.clerk, draw_id=order.pk, version=order.version)
    assert said.startswith("Nobody is in the roster")


# --- partners of a joint draw ----------------------------------------------------------------------------------------


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
    assert [m["name"] for m in getattr(shown, "matters")] == [bureau.revision.name, "消防安全检查"]  # noqa: B009


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


# --- ad-hoc cases ----------------------------------------------------------------------------------------------------


def test_an_approved_request_gets_its_team_by_lot_and_opens_an_adhoc_case(
    bureau: Bureau, time_machine: Any, tmp_path: Path
) -> None:
    order = bureau.hurried(time_machine, bureau.adhoc_order())
    assert (order.mode, order.plan_item, order.quotas, order.reserves) == (Mode.ADHOC, None, {"all": 1}, 0)
    assert order.plan.reference == f"{clock.now().year}-A001@1"
    case = Case.objects.get()
    assert (case.kind, case.subject, case.draw, case.unit) == ("adhoc", bureau.subjects[0], order, bureau.unit)
    assert members(case) == [(1, bureau.unit.pk), (2, bureau.unit.pk)]
    assert order.cells_hide_roster
    assert verify_bundle(queries.file_bodies(order)).matches
    said = by_the_script(order, tmp_path)
    assert said.returncode == 0, said.stdout
    assert list(draw_invariants()) == list(case_invariants()) == []
    make.reviewed_case(case, released=True)
    shown = disclosing.publish_case(actor=make.system(), case_id=case.pk).obj
    assert getattr(shown, "plan_item_code") == f"{clock.now().year}-A001"  # noqa: B009


def test_adhoc_cases_do_not_count_towards_the_caps(bureau: Bureau, time_machine: Any) -> None:
    bureau.hurried(time_machine, bureau.adhoc_order())
    roster = build(bureau.prepared(), clock.today())
    assert bureau.subjects[0].pk in {entry.subject_id for entry in roster.entries}


def test_a_request_gets_one_team_order_and_two_requests_do_not_wait_for_each_other(bureau: Bureau) -> None:
    first = bureau.adhoc_order()
    said = refusal(commands.prepare_adhoc, actor=bureau.clerk, request_id=first.request_id)
    assert "already draws the team" in said
    second = bureau.adhoc_order(subject_id=bureau.subjects[1].pk)
    for order in (first, second):
        commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=fresh(order).version)
        commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert {fresh(order).state for order in (first, second)} == {DrawState.COMMITTED}


def test_an_attempt_on_an_excluded_subject_is_kept_and_leads_nowhere(bureau: Bureau) -> None:
    exclusion = make.exclusion(bureau.subjects[0])
    asked = bureau.asked()
    assert asked.state == RequestState.BARRED
    last = LedgerPayload.objects.filter(verb="inspections.ask_adhoc").latest("entry_id")
    assert exclusion.basis in json.loads(last.body)["note"]
    assert "out of scope" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=1)
    assert "approved request" in refusal(commands.prepare_adhoc, actor=bureau.clerk, request_id=asked.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdhocRequest.objects.filter(pk=asked.pk).update(state="submitted")
    with pytest.raises(IntegrityError), transaction.atomic():
        AdhocRequest.objects.filter(pk=asked.pk).delete()


def test_who_is_excluded_after_the_request_gets_no_team_at_any_step(bureau: Bureau) -> None:
    asked = bureau.asked()
    exclusion = make.exclusion(bureau.subjects[0])
    assert "out of scope" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=1)
    type(exclusion).objects.all().delete()
    adhoc.approve_adhoc(actor=bureau.supervisor, request_id=asked.pk, version=1)
    order = bureau.announced(commands.prepare_adhoc(actor=bureau.clerk, request_id=asked.pk).obj)  # type: ignore[arg-type]
    commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=order.version)
    make.exclusion(bureau.subjects[0])
    said = refusal(commands.approve_draw, actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert "lawfully out of scope by now" in said
    commands.return_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version, reason="已排除")
    order = bureau.announced(order)
    said = refusal(commands.submit_draw, actor=bureau.clerk, draw_id=order.pk, version=order.version)
    assert said.startswith("Nobody is in the roster")


@pytest.mark.parametrize(
    ("different", "says"),
    [
        ({"ground": "curiosity"}, "Choose a ground of the list"),
        ({"document_number": " "}, "has its document"),
        ({"explanation": ""}, "Explain why"),
        ({"matter_ids": []}, "at least one matter"),
        ({"subject_id": 0}, "no such subject"),
    ],
)
def test_a_request_without_its_ground_or_document_is_refused(bureau: Bureau, different: dict[str, Any], says: str) -> None:
    said = refusal(
        adhoc.ask_adhoc,
        actor=bureau.clerk,
        **{
            "subject_id": bureau.subjects[0].pk,
            "ground": "complaint",
            "document_number": "信1",
            "explanation": "反映",
            "matter_ids": [bureau.revision.pk],
        }
        | different,
    )
    assert says in said


def test_a_request_is_on_own_matters_that_concern_the_subject(bureau: Bureau) -> None:
    stranger = make.subject()
    typed: dict[str, Any] = {"ground": "clue", "document_number": "1", "explanation": "线索"}
    common = typed | {"matter_ids": [bureau.revision.pk]}
    assert "does not concern" in refusal(adhoc.ask_adhoc, actor=bureau.clerk, subject_id=stranger.pk, **common)
    said = refusal(adhoc.ask_adhoc, actor=bureau.other_clerk, subject_id=bureau.subjects[0].pk, **common)
    assert "your own unit" in said
    hidden = make.matter(unit=bureau.unit, categories=[bureau.category], published=False)
    said = refusal(adhoc.ask_adhoc, actor=bureau.clerk, subject_id=bureau.subjects[0].pk, matter_ids=[hidden.pk], **typed)
    assert "published edition" in said


def test_nobody_approves_what_they_asked_for(bureau: Bureau) -> None:
    both = make.user(Role.CLERK, Role.SUPERVISOR, unit=bureau.unit)
    bureau.clerk = both
    asked = bureau.asked()
    assert "another supervisor" in refusal(adhoc.approve_adhoc, actor=both, request_id=asked.pk, version=asked.version)
    adhoc.return_adhoc(actor=bureau.supervisor, request_id=asked.pk, version=asked.version, reason="依据不足")
    assert "refused" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=2)


def test_an_adhoc_case_left_without_a_team_gets_one_from_a_further_order(bureau: Bureau, time_machine: Any) -> None:
    Inspector.objects.update(most_open_cases=0)
    order = bureau.hurried(time_machine, bureau.adhoc_order())
    assert Case.objects.get().assignments.count() == 0
    Inspector.objects.update(most_open_cases=5)
    again = bureau.hurried(time_machine, bureau.announced(bureau.staffing(order)))
    assert (again.request, again.plan_item) == (order.request, None)
    assert Case.objects.get().assignments.count() == 2
