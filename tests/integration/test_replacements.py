"""After the draw: replacements asked for, decided, written; the cases that follow; what of it is public, and when."""

import itertools
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.cases import commands, replacing
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.states import Asked, CaseState
from inspections.draws import after
from inspections.draws import commands as draw_commands
from inspections.draws.models import Draw
from inspections.draws.replaced import HistoryRow, in_place
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.ledger.protected import rows_astray
from registries.ledger.verifying import Newest
from registries.people.models import User
from registries.people.roles import Role
from registries.standing import stands_as_made
from tests import factories as make
from tests import tampering
from tests.asking import refusal
from tests.offices import Office
from tests.replacing import accept, ask, first, lines, replaced, team

pytestmark = pytest.mark.django_db


# --- what follows from a decision ---------------------------------------------------------------------------------------


def test_a_subject_that_is_gone_gives_its_place_and_team_to_the_next_reserve(office: Office, draw: Draw) -> None:
    old = first(draw)
    assert old.drawn is not None
    before = [one.inspector_id for one in team(old)]
    reserve = draw.drawn.filter(kind="R", entry__stratum=old.drawn.entry.stratum).order_by("rank")[0]
    replaced(office, old, "subject", "gone")
    old.refresh_from_db()
    assert (old.state, old.called_off_because) == (CaseState.CALLED_OFF, "gone")
    assert not team(old)
    new = Case.objects.get(drawn=reserve)
    assert (new.state, new.subject_id, new.unit_id) == (CaseState.ASSIGNED, reserve.entry.subject_id, old.unit_id)
    assert [one.inspector_id for one in team(new)] == before
    assert [one.revision_id for one in new.matters.all()] == [one.revision_id for one in old.matters.all()]
    (row,) = HistoryRow.objects.all()
    assert (row.subject_out, row.subject_in, row.reason, row.decided_by) == (old.drawn, reserve, "gone", office.supervisor)


def test_an_absent_inspector_is_replaced_by_the_next_of_the_drawn_order(office: Office, draw: Draw) -> None:
    case = first(draw)
    leader, other = team(case)
    replaced(office, case, leader.pk, "absent")
    leader.refresh_from_db()
    assert (leader.ended_at is not None, leader.ended_because) == (True, "absent")
    new, same = team(case)
    assert same == other
    assert new.position == 1
    assert new.inspector_id not in (leader.inspector_id, other.inspector_id)
    row = HistoryRow.objects.get()
    assert row.inspector_in is not None
    assert row.inspector_in.inspector_id == new.inspector_id


def test_the_inspector_himself_says_that_he_is_recused_and_nobody_else_may(office: Office, draw: Draw) -> None:
    case = first(draw)
    leader, other = team(case)
    assert leader.inspector.user is not None
    assert other.inspector.user is not None
    assert "not yours" in refusal(ask, office.clerk, case, leader.pk, "recused")
    assert "not yours" in refusal(ask, other.inspector.user, case, leader.pk, "recused")
    assert "not yours" in refusal(ask, leader.inspector.user, case, "subject", "gone")
    asked = ask(leader.inspector.user, case, leader.pk, "recused")
    accept(office.supervisor, asked)
    assert HistoryRow.objects.get().reason == "recused"


def test_when_no_reserve_is_left_the_place_stays_empty_and_its_team_is_free(office: Office, draw: Draw) -> None:
    stratum = first(draw).drawn.entry.stratum  # type: ignore[union-attr]
    place = first(draw)
    for _ in range(3):
        replaced(office, place, "subject", "out-of-scope")
        place = Case.objects.get(drawn__came_by__subject_out=place.drawn_id)
    assert draw.drawn.filter(kind="R", entry__stratum=stratum, came_by=None).count() == 0
    cases = draw.cases.count()
    replaced(office, place, "subject", "gone")
    assert draw.cases.count() == cases
    row = HistoryRow.objects.get(subject_out=place.drawn)
    assert row.subject_in is None
    assert Assignment.objects.filter(case=place, ended_at=None).count() == 0


def test_a_member_whom_the_reserve_does_not_suit_is_replaced_at_once(office: Office, time_machine: Any) -> None:
    pairs = itertools.cycle(itertools.combinations(office.inspectors, 2))  # each subject suits two inspectors only
    for subject, pair in zip(office.subjects, pairs, strict=False):
        for person in set(office.inspectors) - set(pair):
            make.recusal(person, subject)
    draw = office.drawn(time_machine)
    commands.open_cases(actor=make.system(), draw_id=draw.pk)
    for _ in range(8):
        waiting = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")
        if not waiting or HistoryRow.objects.filter(reason="does-not-fit").exists():
            break
        replaced(office, waiting[0], "subject", "gone")
    assert HistoryRow.objects.filter(reason="does-not-fit").exists()
    row = HistoryRow.objects.filter(reason="does-not-fit").order_by("number")[0]
    assert HistoryRow.objects.get(number=row.number - 1).subject_in is not None
    assert verify_bundle(after.whole_bundle(draw)).matches
    for case in draw.cases.filter(state=CaseState.ASSIGNED):
        recused = set(case.subject.recusals.values_list("inspector_id", flat=True))
        assert not recused & {one.inspector_id for one in team(case)}


def test_a_visit_that_has_begun_replaces_nobody(office: Office, draw: Draw) -> None:
    case = first(draw)
    leader = team(case)[0]
    asked = ask(office.clerk, case, "subject", "gone")
    assert leader.inspector.user is not None
    commands.begin_visit(actor=leader.inspector.user, case_id=case.pk, no_notice="突击检查")
    assert "visit has begun" in refusal(accept, office.supervisor, asked)
    assert "visit has begun" in refusal(ask, office.clerk, case, leader.pk, "absent")
    assert not HistoryRow.objects.exists()
    replacing.refuse_replacement(actor=office.supervisor, replacement_id=asked.pk, version=asked.version, reason="已开始检查")


def test_a_case_that_was_called_off_cannot_be_begun_or_replaced_again(office: Office, draw: Draw) -> None:
    case = first(draw)
    person = team(case)[0].inspector.user
    assert person is not None
    other = ask(person, case, team(case)[0].pk, "absent")
    replaced(office, case, "subject", "gone")
    assert "no such case" in refusal(commands.begin_visit, actor=person, case_id=case.pk, no_notice="突击检查")
    assert "called off" in refusal(ask, office.clerk, case, "subject", "gone")
    assert "called off" in refusal(accept, office.supervisor, other)


# --- who decides --------------------------------------------------------------------------------------------------------


def test_nobody_decides_on_what_they_asked_for_or_on_the_own_case(office: Office, draw: Draw) -> None:
    both = make.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    asked = ask(both, first(draw), "subject", "gone")
    assert "had a hand" in refusal(accept, both, asked)
    member = team(first(draw))[0].inspector.user
    assert member is not None
    member.groups.add(*make.user(Role.SUPERVISOR).groups.all())
    assert "had a hand" in refusal(accept, User.objects.get(pk=member.pk), asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Replacement.objects.filter(pk=asked.pk).update(state="accepted", decided_by=both, decided_at=clock.now())
    assert "role" in refusal(accept, office.second, asked)
    accept(office.supervisor, asked)
    assert "decided already" in refusal(accept, office.supervisor, asked)


def test_a_refusal_says_why_and_changes_nothing(office: Office, draw: Draw) -> None:
    asked = ask(office.clerk, first(draw), "subject", "gone")
    arguments: dict[str, Any] = {"actor": office.supervisor, "replacement_id": asked.pk, "version": asked.version}
    assert "why you refuse" in refusal(replacing.refuse_replacement, **arguments, reason=" ")
    replacing.refuse_replacement(**arguments, reason="请先电话联系")
    asked.refresh_from_db()
    assert (asked.state, asked.refused_because) == (Asked.REFUSED, "请先电话联系")
    assert not HistoryRow.objects.exists()
    assert first(draw).state == CaseState.ASSIGNED
    assert ask(office.clerk, first(draw), "subject", "gone").state == Asked.WAITING


@pytest.mark.parametrize(
    ("different", "says"),
    [({"explanation": " "}, "what happened"), ({"evidence": " "}, "evidence"), ({"reason": "does-not-fit"}, "not yours"), ({"reason": "tired"}, "not yours")],
)
def test_a_request_needs_a_reason_of_the_list_an_explanation_and_evidence(
    office: Office, draw: Draw, different: dict[str, str], says: str
) -> None:
    assert says in refusal(ask, office.clerk, first(draw), "subject", different.pop("reason", "gone"), **different)


def test_the_same_is_asked_for_once_and_only_of_the_own_unit(office: Office, draw: Draw) -> None:
    ask(office.clerk, first(draw), "subject", "gone")
    assert "already" in refusal(ask, office.second, first(draw), "subject", "out-of-scope")
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert "no such case" in refusal(ask, stranger, first(draw), "subject", "gone")


# --- the ledger and the self-check -------------------------------------------------------------------------------------


def test_every_line_is_a_public_fact_and_every_row_stands_in_the_ledger(office: Office, draw: Draw) -> None:
    replaced(office, first(draw), "subject", "gone")
    case = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]
    replaced(office, case, team(case)[0].pk, "absent")
    facts = [json.loads(p.body) for p in LedgerPayload.objects.filter(verb="draws.replace").order_by("entry_id")]
    assert [fact["line"] for fact in facts] == lines(draw)
    wanted = {"draw": draw.number, "plan": draw.plan.reference, "order": draw.order_hash}
    assert all({key: fact[key] for key in wanted} == wanted and fact.keys() == {*wanted, "line", "salt"} for fact in facts)
    newest = Newest()
    newest.read_on()
    assert list(rows_astray(newest, stands_as_made, [Case, Assignment, Replacement, HistoryRow])) == []
    assert [finding.english for name in ("draws", "cases", "open orders") for finding in run_check(name)] == []


def test_history_and_requests_are_not_changed_by_sql(office: Office, draw: Draw) -> None:
    replaced(office, first(draw), "subject", "gone")
    for rows, change in ((HistoryRow.objects, {"reason": "out-of-scope"}), (Replacement.objects, {"refused_because": "x"})):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all().update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all().delete()


def test_the_self_check_names_a_history_changed_past_the_office(office: Office, draw: Draw) -> None:
    replaced(office, first(draw), "subject", "gone")
    tampering.lift_triggers()
    tampering.change(HistoryRow.objects.get(), "reason", "out-of-scope")
    found = [finding.english for finding in run_check("draws")]
    assert found == [f"The replacements of draw {draw} are not those of the ledger."]
    tampering.change(HistoryRow.objects.get(), "reason", "gone")
    other = draw.drawn.filter(kind="R", came_by=None).order_by("-rank")[0]
    tampering.change(HistoryRow.objects.get(), "subject_in", other.pk)
    assert any("does not compute again: history.txt" in finding.english for finding in run_check("draws"))


def test_the_self_check_names_cases_that_do_not_follow_the_history(office: Office, draw: Draw) -> None:
    old = first(draw)
    replaced(office, old, "subject", "gone")
    tampering.lift_triggers()
    tampering.sql(
        "UPDATE inspections_case SET state = 'assigned', called_off_at = NULL, called_off_because = '' WHERE id = %s", old.pk
    )
    assert [finding.english for finding in run_check("cases")] == [f"Case {old} goes on, but its subject was replaced."]


# --- the next roster ----------------------------------------------------------------------------------------------------


def test_a_replaced_subject_is_in_the_next_roster_again_and_the_reserve_is_not(office: Office, draw: Draw) -> None:
    old = first(draw)
    replaced(office, old, "subject", "gone")
    new = Case.objects.get(drawn__came_by__subject_out=old.drawn)
    again = office.prepared()
    draw_commands.submit_draw(actor=office.clerk, draw_id=again.pk, version=again.version)
    assert again.roster.filter(subject=old.subject_id).exists()
    assert again.omissions.get(subject=new.subject_id).reason == "drawn-this-year"
    assert in_place().filter(draw=draw).count() == 4
    called_off = {one.inspector_id for one in old.assignments.all()}
    open_cases = dict(again.inspectors.values_list("inspector_id", "open_cases"))
    assert sum(open_cases.values()) == 8
    assert called_off <= open_cases.keys()
