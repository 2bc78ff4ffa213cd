"""Orders for teams alone: winners who were left without one; and every refusal."""

from pathlib import Path
from typing import Any

import pytest

from inspections.cases import tasks as case_tasks
from inspections.cases.invariants import cases as case_invariants
from inspections.cases.models import Assignment, Case
from inspections.draws import commands, places, queries, shelf
from inspections.draws.invariants import draws as draw_invariants
from inspections.draws.models import Draw, RosterEntry
from inspections.draws.states import Mode
from inspections.draws.verify import verify_bundle
from registries import clock
from tests import factories as make
from tests.asking import refusal
from tests.offices import Bureau, by_the_script, fresh, members

pytestmark = pytest.mark.django_db


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
