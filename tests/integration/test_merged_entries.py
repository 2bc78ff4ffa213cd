"""What counted for an entry that was merged counts for the one that stayed: draws, visits, conflicts, exclusions, permits, open parts."""

import datetime as dt
from typing import Any

import pytest

from inspections.adhoc import commands as adhoc
from inspections.adhoc.queries import open_request
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.desk.dossier import never_visited
from inspections.draws import queries, roster
from inspections.draws.caps import drawn_before
from inspections.draws.models import Draw
from registries import clock
from registries.inspectors.models import Recusal
from registries.inspectors.queries import recusals_on
from registries.matters.queries import limits_of
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects import commands, figures, listing
from registries.subjects.models import Complaint, Subject
from registries.subjects.queries import excluded_on, exclusion_on
from tests import factories
from tests.asking import refusal
from tests.offices import Office

pytestmark = pytest.mark.django_db


def merge(clerk: User, stays: Subject, goes: Subject) -> None:
    """``goes`` was the same as ``stays``."""
    stays.refresh_from_db()
    goes.refresh_from_db()
    commands.merge_subjects(
        actor=clerk, subject_id=stays.pk, version=stays.version, duplicate_id=goes.pk, duplicate_version=goes.version, fields=(), reason="同一家",
    )  # fmt: skip


def winner_and_other(office: Office, draw: Draw) -> tuple[Subject, Subject]:
    """Somebody who was drawn, and somebody who was not."""
    drawn = set(draw.drawn.filter(kind="W").values_list("entry__subject_id", flat=True))
    other = next(subject for subject in office.subjects if subject.pk not in drawn)
    return Subject.objects.get(pk=min(drawn)), other


def test_a_draw_of_the_merged_entry_counts_towards_the_caps_of_the_survivor(office: Office, time_machine: Any) -> None:
    gone, survivor = winner_and_other(office, office.drawn(time_machine))
    again = office.prepared()
    assert queries.preview(again, clock.now())["left_out"] == {"drawn-this-year": 4}
    merge(office.clerk, survivor, gone)
    told = queries.preview(again, clock.now())
    assert (told["left_out"], told["in_scope"]) == ({"drawn-this-year": 4}, 39)
    on_matter, in_year = drawn_before(again, limits_of(again.matter), clock.today())
    assert (on_matter[survivor.pk], in_year[survivor.pk]) == (1, 1)


def test_that_the_survivor_was_drawn_is_as_secret_as_before(office: Office, time_machine: Any) -> None:
    gone, survivor = winner_and_other(office, office.drawn(time_machine))
    merge(office.clerk, survivor, gone)
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert {gone.pk, survivor.pk} <= queries.secret_winners(stranger)
    assert not queries.secret_winners(office.supervisor)


def test_a_visit_to_the_merged_entry_is_the_last_visit_of_the_survivor(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    case = factories.case(draw)
    Case.objects.filter(pk=case.pk).update(ended_on=clock.today(), state=CaseState.RECORDED)
    _winner, survivor = winner_and_other(office, draw)
    rows = Subject.objects.filter(pk=survivor.pk)
    assert never_visited(rows).exists()
    merge(office.clerk, survivor, case.subject)
    assert roster.last_visits(scope_of=draw) == {survivor.pk: clock.today()}
    assert queries.visits_before([survivor.pk], clock.today()) == {survivor.pk: clock.today()}
    assert not never_visited(rows).exists()


def test_a_declared_conflict_goes_with_the_merge(office: Office) -> None:
    gone, survivor = office.subjects[:2]
    factories.recusal(office.inspectors[0], gone)
    Recusal.objects.create(inspector=office.inspectors[1], organisation=gone.name, relation="持股", starts_on=dt.date(2020, 1, 1))
    merge(office.clerk, survivor, gone)
    pairs = recusals_on([one.pk for one in office.inspectors], clock.today())
    assert {(office.inspectors[0].pk, survivor.pk), (office.inspectors[1].pk, survivor.pk)} <= pairs


def test_an_exclusion_of_one_keeps_the_other_out(office: Office) -> None:
    gone, survivor, third = office.subjects[:3]
    merge(office.clerk, survivor, gone)
    merge(office.clerk, survivor, third)
    exclusion = factories.exclusion(survivor)
    assert exclusion_on(gone.pk, clock.today()) == exclusion
    assert excluded_on(clock.today()) == {survivor.pk, gone.pk, third.pk}


def test_a_request_for_the_merged_entry_is_one_for_the_survivor_and_none_is_made_for_it(office: Office) -> None:
    gone, survivor = office.subjects[:2]
    typed: dict[str, Any] = {"ground": "clue", "document_number": "1", "explanation": "线索", "matter_ids": [office.revision.pk], "file": b"%PDF-1"}
    asked = adhoc.ask_adhoc(actor=office.clerk, subject_id=gone.pk, **typed).obj
    merge(office.clerk, survivor, gone)
    assert open_request(survivor, [office.revision]) == asked
    said = refusal(adhoc.ask_adhoc, actor=office.clerk, subject_id=gone.pk, **typed)
    assert said == f"This entry was merged into {survivor.name}. Use that one."
    assert "Use that one" in refusal(adhoc.approve_adhoc, actor=office.supervisor, request_id=asked.pk, version=1)


def test_what_was_open_about_the_merged_entry_is_decided_by_whoever_keeps_the_survivor(office: Office) -> None:
    gone, survivor = office.subjects[:2]
    today = clock.today()
    complaint = Complaint.objects.create(subject=gone, received_on=today, channel="110报警", content="噪声", recorded_by=office.clerk)
    exclusion, permit = factories.exclusion(gone), factories.permit(gone)
    merge(office.clerk, survivor, gone)
    commands.decide_complaint(actor=office.clerk, complaint_id=complaint.pk, upheld=True, decided_on=today, decision="属实")
    commands.end_exclusion(actor=office.clerk, exclusion_id=exclusion.pk, ends_on=today, reason="已转制")
    commands.end_permit(actor=office.clerk, permit_id=permit.pk, ended_on=today, reason="交回")
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert "kept by" in refusal(commands.end_permit, actor=stranger, permit_id=factories.permit(gone).pk, ended_on=today, reason="x")


def test_permits_of_the_merged_entry_are_those_of_the_survivor_in_lists_and_figures(office: Office) -> None:
    gone, survivor = office.subjects[:2]
    today = clock.today()
    factories.permit(gone, valid_until=today + dt.timedelta(days=10))
    merge(office.clerk, survivor, gone)
    for remark, there in (("expiring", True), ("lapsed", False), ("no-permit", False)):
        assert listing.found(Subject.objects.all(), {"remark": remark}, today).filter(pk=survivor.pk).exists() is there, remark
    assert figures.table("unit", today).total.numbers[-2:] == [1, 1]
