"""What follows from a struck result: cases, visits, replacements, certificates, and what the public reads."""

import json
from typing import Any

import pytest
from django.test import Client

from inspections.cases import receipts, replacing, visits
from inspections.cases import tasks as case_tasks
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws import after, commands, shelf
from inspections.draws import tasks as draw_tasks
from inspections.draws.caps import drawn_before
from inspections.draws.models import DrawCertificate, TeamPlace
from inspections.draws.replaced import HistoryRow, ever_drawn, in_place
from inspections.draws.struck import as_it_stood, strikes_of
from inspections.draws.verify import verify_bundle
from publicity.site import orders
from registries import clock
from registries.ledger.findings import run_check
from registries.matters.queries import limits_of
from registries.people.roles import Role
from tests import factories, public_draws
from tests.asking import english, refusal, signed_in
from tests.offices import VALUE, Bureau
from tests.striking import RIGHT, begin, drawn, strike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


# --- what follows --------------------------------------------------------------------------------------------------------


def test_untouched_cases_of_the_struck_result_end_and_the_right_winners_have_theirs() -> None:
    draw = drawn(entries=30, quota=4)
    old = {case.subject_id: case for case in draw.cases.all()}
    now = strike(draw)
    wanted = {row.entry.subject_id: row for row in now.drawn.filter(kind="W").select_related("entry")}
    live = now.cases.exclude(state=CaseState.CALLED_OFF).select_related("drawn")
    assert {case.subject_id: case.drawn for case in live} == wanted
    for case in live:
        assert case.drawn is not None
        assert [one.inspector for one in case.assignments.order_by("position")] == [
            place.inspector.inspector for place in case.drawn.team.select_related("inspector__inspector").order_by("position")
        ]
    off = now.cases.filter(state=CaseState.CALLED_OFF)
    assert {case.called_off_because for case in off} == {"struck"}
    assert {case.subject_id for case in off} >= set(old) - set(wanted)
    assert not off.filter(assignments__ended_at=None).exists()
    assert [one.english for one in run_check("cases")] == []


def test_a_visit_that_began_stands_and_takes_the_right_place_where_its_subject_is_drawn_again() -> None:
    draw = drawn(entries=6, quota=5)
    for case in draw.cases.all():
        begin(case)
    teams = {case.pk: list(case.assignments.values_list("position", "inspector")) for case in draw.cases.all()}
    now = strike(draw)
    again = {row.entry_id: row for row in now.drawn.filter(kind="W")}
    bound = [case for case in draw.cases.filter(state=CaseState.ON_SITE).select_related("drawn") if case.drawn and case.drawn.correction == 1]
    assert bound
    for case in draw.cases.filter(pk__in=teams):
        case = Case.objects.select_related("drawn").get(pk=case.pk)
        assert case.state == CaseState.ON_SITE
        assert list(case.assignments.filter(ended_at=None).values_list("position", "inspector")) == teams[case.pk]
        assert case.drawn is not None
        assert (case.drawn.correction == 1) == (case.drawn.entry_id in again)
    assert Case.objects.filter(draw=draw, drawn__in=again.values()).count() == 5
    assert [one.english for one in run_check("cases")] == []
    lost = [case for case in draw.cases.filter(pk__in=teams).select_related("drawn") if case.drawn and case.drawn.correction == 0]
    matter_counts, _all = drawn_before(now, limits_of(now.matter), clock.today())
    assert all(matter_counts[case.subject_id] == 1 for case in draw.cases.exclude(state=CaseState.CALLED_OFF))
    assert set(in_place().filter(draw=draw)) == set(again.values())
    assert len(lost) == 5 - len(bound)


def test_when_all_visits_are_over_it_is_struck_all_the_same_and_the_right_winners_are_visited() -> None:
    draw = drawn(entries=30, quota=2)
    for case in draw.cases.all():
        factories.reviewed_case(case)
    assert visits.visits_over(draw)
    now = strike(draw)
    assert not draw.cases.filter(state=CaseState.CALLED_OFF).exists()
    assert not visits.visits_over(now)
    for case in now.cases.filter(state=CaseState.ASSIGNED):
        factories.reviewed_case(case)
    assert visits.visits_over(now)


@pytest.mark.papers
def test_everybody_whom_a_struck_result_drew_is_opened_in_the_end_and_nobody_before() -> None:
    draw = drawn(entries=30, quota=4)  # by chance all four stay drawn once in two thousand times
    drew = set(draw.drawn.filter(kind="W").values_list("entry__code", flat=True))
    now = strike(draw)
    order = orders.order(str(draw.number))
    assert orders.opened(order) == []
    for case in now.cases.exclude(state=CaseState.CALLED_OFF):
        factories.reviewed_case(case)
    order = orders.order(str(draw.number))
    codes = {one.opening.code for one in orders.opened(order)}
    assert codes == drew | set(now.drawn.filter(kind="W").values_list("entry__code", flat=True))
    assert codes == set(ever_drawn(now).values_list("entry__code", flat=True))
    assert orders.unnamed(order, orders.opened(order)) == 0
    lost = next(iter(drew - set(now.drawn.values_list("entry__code", flat=True))))
    entry = draw.roster.get(code=lost)
    facts = receipts.facts_of(now, entry.subject_id)
    assert not facts["won"]
    assert [(was.kind, one.right) for one, was in facts["struck"]] == [("W", RIGHT)]
    assert receipts.pdf_of(now, entry.subject_id).startswith(b"%PDF")
    assert entry.name in english(factories.user(Role.CLERK, unit=draw.unit)).get(f"/office/draws/{draw.pk}/receipts/?q={entry.name}").content.decode()


def test_replacements_belong_to_the_struck_result_and_begin_anew_with_the_right_one() -> None:
    draw = drawn(entries=30, quota=3)

    def replace(case: Case) -> None:
        asked = replacing.ask_replacement(
            actor=factories.user(Role.CLERK, unit=draw.unit), case_id=case.pk, kind="subject", reason="gone",
            explanation="已拆除", evidence="照片1",
        ).obj  # fmt: skip
        replacing.replace_drawn(actor=factories.user(Role.SUPERVISOR), replacement_id=asked.pk, version=1)

    replace(draw.cases.order_by("pk")[0])
    was = after.lines_of(draw)
    assert was
    now = strike(draw)
    assert after.lines_of(now) == []
    assert after.lines_of(as_it_stood(now, strikes_of(now).get())) == was
    replace(now.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0])
    assert after.lines_of(now)[0].number == 1
    assert verify_bundle(after.whole_bundle(now)).matches
    assert HistoryRow.objects.filter(correction=0).count() == len(was)
    assert {name: [one.english for one in run_check(name)] for name in ("draws", "cases")} == {"draws": [], "cases": []}


@pytest.mark.papers
def test_the_right_result_has_its_certificate_and_the_old_one_stays_marked() -> None:
    draw = drawn()
    old = DrawCertificate.objects.get(draw=draw)
    late = {"actor": factories.system(), "draw_id": draw.pk, "pdf": b"%PDF of the struck result", "correction": 0}
    strike(draw)
    assert "struck meanwhile" in refusal(commands.issue_certificate, **late)
    assert Client().get(f"/draws/{draw.number}/certificate.pdf").status_code == 404
    draw_tasks.sweep_draws()
    new = DrawCertificate.objects.get(draw=draw, correction=1)
    assert b"".join(Client().get(f"/draws/{draw.number}/certificate.pdf")) == bytes(new.pdf)
    kept = Client().get(f"/draws/{draw.number}/struck/1/certificate.pdf")
    assert b"".join(kept) == bytes(old.pdf)
    assert "struck-1" in kept.headers["Content-Disposition"]
    office = signed_in(factories.user(Role.AUDITOR))
    assert office.get(f"/office/draws/{draw.pk}/certificate.pdf").content == bytes(new.pdf)
    assert office.get(f"/office/draws/{draw.pk}/certificate.pdf?struck=0").content == bytes(old.pdf)
    for wrong in ("9", "x", "-1"):
        assert office.get(f"/office/draws/{draw.pk}/certificate.pdf?struck={wrong}").status_code in (200, 404)


def test_a_struck_order_for_teams_sends_other_people_to_the_same_visits(time_machine: Any) -> None:
    bureau = Bureau()
    bureau.joint()
    for _ in range(6):
        factories.inspector(unit=bureau.partner, most_open_cases=9)
    lot = bureau.drawn(time_machine)
    case_tasks.open_cases(lot.pk)
    made = bureau.announced(bureau.staffing(lot, bureau.partner_user, bureau.partner))
    order = bureau.hurried(time_machine, made)
    begun = Case.objects.order_by("pk")[0]
    begin(begun)
    stays = set(begun.assignments.filter(ended_at=None).values_list("inspector", flat=True))
    now = strike(order, value=VALUE.replace("20", "21"))
    assert (now.corrections, Case.objects.count()) == (1, 4)
    for case in Case.objects.exclude(pk=begun.pk):
        sent = TeamPlace.objects.filter(drawn__draw=now, drawn__entry__code=case.drawn.entry.code)  # type: ignore[union-attr]
        there = case.assignments.filter(ended_at=None, draw=now)
        assert set(there.values_list("inspector", flat=True)) == set(sent.values_list("inspector__inspector", flat=True))
        assert case.assignments.filter(ended_at=None).count() == 4
    assert set(begun.assignments.filter(ended_at=None).values_list("inspector", flat=True)) == stays
    assert verify_bundle(shelf.bodies(now)).matches
    assert {name: [one.english for one in run_check(name)] for name in ("draws", "cases")} == {"draws": [], "cases": []}


# --- the public ----------------------------------------------------------------------------------------------------------


def test_the_public_reads_why_and_every_file_of_both_results(django_assert_max_num_queries: Any) -> None:
    draw = drawn()
    was = shelf.bodies(draw)
    now = strike(draw)
    client = english()
    with django_assert_max_num_queries(30):
        page = client.get(f"/draws/{draw.number}/").content.decode()
    for said in ("typed wrongly:", public_draws.BALLS, RIGHT, "struck and computed again", draw.result_hash[:8], now.result_hash[:8]):
        assert said in page
    assert "struck and computed again" in client.get("/draws/").content.decode()
    assert "Result struck and computed again" in client.get("/ledger/").content.decode()
    ceremony = client.get(f"/draws/{draw.number}/ceremony/").content.decode()
    assert "A result was struck" in ceremony
    assert json.loads(client.get(f"/draws/{draw.number}/ceremony.json").content)["struck"] == [draw.result_hash]
    for name in ("result.txt", "reveal.txt"):
        assert b"".join(client.get(f"/draws/{draw.number}/struck/1/{name}")) == was[name]
        standing = client.get(f"/draws/{draw.number}/bundle/{name}")
        assert b"".join(standing) == shelf.body(now, name)
        assert "immutable" not in standing.headers["Cache-Control"]
    assert client.get(f"/draws/{draw.number}/struck/1/bundle.zip").status_code == 200
    for wrong in ("2/result.txt", "0/result.txt", "1/order.txt", "1/history.txt", "1/roster.txt"):
        assert client.get(f"/draws/{draw.number}/struck/{wrong}").status_code == 404
    assert client.get("/draws/2020-001/struck/1/result.txt").status_code == 404


def test_no_name_of_either_result_is_public_before_its_visit() -> None:
    draw = drawn(entries=30, quota=3)
    strike(draw)
    names = set(ever_drawn(draw).values_list("entry__name", flat=True))
    client = Client()
    for at in ("", "ceremony/", "ceremony.json", "struck/1/bundle.zip", "struck/1/result.txt", "bundle.zip"):
        response = client.get(f"/draws/{draw.number}/{at}")
        body = b"".join(response) if response.streaming else response.content
        assert not [name for name in names if name.encode() in body], at
