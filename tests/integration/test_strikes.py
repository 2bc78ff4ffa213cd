"""A value found wrong after the draw: two report it, a supervisor strikes; the result is computed again and nothing is erased."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from inspections.cases import commands as case_commands
from inspections.cases import receipts, replacing, striking, visits
from inspections.cases import tasks as case_tasks
from inspections.cases.models import Assignment, Case
from inspections.cases.states import CaseState
from inspections.draws import after, commands, shelf
from inspections.draws import tasks as draw_tasks
from inspections.draws.caps import drawn_before
from inspections.draws.commands.sources import File
from inspections.draws.models import Draw, DrawCertificate, DrawFile, DrawnEntry, SeedSource, SourceEntry, TeamPlace
from inspections.draws.protocol import digest
from inspections.draws.replaced import HistoryRow, ever_drawn, in_place
from inspections.draws.struck import Strike, as_it_stood, strikes_of
from inspections.draws.verify import verify_bundle
from publicity.site import orders, queries
from registries import clock
from registries.ledger.change import Change, Refused
from registries.ledger.findings import run_check
from registries.ledger.models import Checkpoint, LedgerPayload
from registries.ledger.protected import rows_astray
from registries.ledger.verifying import Newest
from registries.matters.queries import limits_of
from registries.people.models import User
from registries.people.roles import Role
from registries.standing import stands_as_made
from tests import factories, public_draws
from tests.asking import english, refusal, signed_in
from tests.offices import VALUE, Bureau
from tests.verify_script import SCRIPT

RIGHT = public_draws.BALLS.replace("79", "80")
DICE = public_draws.DICE[::-1]
MINUTES = File("见证笔录.pdf", b"%PDF-1.4 the minutes")


@pytest.fixture
def later() -> Iterator[None]:
    """After every draw of :mod:`tests.public_draws`."""
    with public_draws.at(clock.now() + dt.timedelta(hours=3)):
        yield


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def drawn(**asked: Any) -> Draw:
    """A drawn draw with its cases, by now in the past."""
    with public_draws.at(clock.now() - dt.timedelta(hours=3)):
        draw = public_draws.drawn(**asked)
        case_commands.open_cases(actor=factories.system(), draw_id=draw.pk)
        draw_tasks.issue_certificate(draw.pk)
    return draw


def source_of(draw: Draw, kind: str = "public") -> SeedSource:
    return draw.sources.get(kind=kind)


def report(draw: Draw, who: User | None = None, *, kind: str = "public", **asked: Any) -> Change:
    """One person types the right value."""
    said = {"value": RIGHT, "evidence": "公告截图", "reason": "mistyped", **asked}
    return commands.report_wrong_value(actor=who or factories.user(Role.REVIEWER), source_id=source_of(draw, kind).pk, **said)


def reported(draw: Draw, **asked: Any) -> Strike:
    """Two people agree."""
    for _ in range(2):
        report(draw, **asked)
    return Strike.objects.get(draw=draw, state="waiting")


def strike(draw: Draw, supervisor: User | None = None, **asked: Any) -> Draw:
    """Report and strike."""
    found = reported(draw, **asked)
    striking.strike_result(actor=supervisor or factories.user(Role.SUPERVISOR), strike_id=found.pk, version=found.version)
    return Draw.objects.get(pk=draw.pk)


def begin(case: Case) -> None:
    person = factories.team_of(case)[0].user
    assert person is not None
    case_commands.begin_visit(actor=person, case_id=case.pk, no_notice="突击检查")


def script(*arguments: Path | str) -> tuple[int, str]:
    """The offline verifier: exit code and what it says."""
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout


# --- reporting -----------------------------------------------------------------------------------------------------------


def test_two_people_agree_and_nothing_of_the_draw_changes_before_a_supervisor_decides() -> None:
    draw = drawn()
    before = shelf.bodies(draw)
    assert report(draw).note == ""
    assert not Strike.objects.exists()
    assert report(draw).note == "reported"
    found = Strike.objects.get()
    assert (found.wrong, found.right, found.reason, found.state) == (public_draws.BALLS, RIGHT, "mistyped", "waiting")
    assert shelf.bodies(Draw.objects.get(pk=draw.pk)) == before
    assert source_of(draw).value == public_draws.BALLS
    assert "waits for a supervisor" in refusal(report, draw)


def test_one_person_twice_or_two_who_differ_report_nothing() -> None:
    draw, who = drawn(), factories.user(Role.REVIEWER)
    for _ in range(2):
        report(draw, who)
    report(draw, value=RIGHT.replace("02", "01"))
    report(draw, reason="announced")
    assert not Strike.objects.exists()


def test_reports_are_refused_in_sentences() -> None:
    draw = drawn()
    assert "value that was drawn from" in refusal(report, draw, value=public_draws.BALLS)
    assert "must be spelled as: 20 numbers from 01 to 80" in refusal(report, draw, value="1,2,3")
    assert "Say where the value can be seen" in refusal(report, draw, evidence=" ")
    assert "Choose the reason" in refusal(report, draw, reason="because")
    assert "does not allow" in refusal(report, draw, factories.user(Role.INSPECTOR))
    assert "no such draw" in refusal(report, draw, factories.user(Role.CLERK, unit=factories.unit()))
    assert "by the minutes alone" in refusal(report, draw, kind="witness", value=DICE)
    assert "neither" in refusal(report, draw, file=File("a.exe", b"MZ"))
    assert not SourceEntry.objects.filter(correction=1).exists()


def test_before_the_draw_nothing_is_reported_and_after_a_void_neither() -> None:
    open_order = public_draws.committed()
    assert "committed" in refusal(report, open_order)


def test_a_report_is_typed_on_its_page_and_shown_to_nobody_who_may_still_type() -> None:
    draw = drawn()
    first, second = factories.user(Role.REVIEWER), factories.user(Role.REVIEWER)
    at = f"/office/draws/{draw.pk}/sources/{source_of(draw).pk}/wrong/"
    assert "This value is wrong" in english(first).get(f"/office/draws/{draw.pk}/").content.decode()
    sent = {"value": RIGHT, "evidence": "公告", "reason": "mistyped"}
    assert english(first).post(at, sent | {"value": "7"}).status_code == 422
    assert english(first).post(at, sent).status_code == 302
    assert RIGHT not in english(second).get(f"/office/draws/{draw.pk}/").content.decode()
    answer = english(second).post(at, sent, follow=True)
    assert "a supervisor who typed none of it decides now" in answer.content.decode()
    page = english(second).get(f"/office/draws/{draw.pk}/").content.decode()
    assert "a wrong value was reported" in page
    assert RIGHT in page
    assert "This value is wrong" not in page


# --- striking ------------------------------------------------------------------------------------------------------------


def test_the_result_follows_from_the_same_order_and_secret_and_the_right_value_and_both_stay() -> None:
    draw = drawn()
    was, order = shelf.bodies(draw), draw.order_hash
    now = strike(draw)
    assert (now.corrections, now.order_hash, now.drawn_at, now.state) == (1, order, draw.drawn_at, "drawn")
    bodies = shelf.bodies(now)
    assert digest(bodies["result.txt"]) == now.result_hash != draw.result_hash
    assert verify_bundle(bodies).matches
    assert RIGHT in bodies["reveal.txt"].decode()
    kept = strikes_of(now).get()
    assert (kept.result_hash, kept.correction) == (draw.result_hash, 1)
    assert shelf.bodies(as_it_stood(now, kept)) == was
    assert {name for name in was if was[name] != bodies[name]} == {"result.txt", "reveal.txt"}
    assert DrawnEntry.with_struck.filter(draw=draw).count() == 2 * draw.drawn.count()


def test_the_database_itself_keeps_both_results_and_lets_a_result_change_by_a_strike_alone() -> None:
    draw = strike(drawn())
    forged: list[tuple[Any, dict[str, Any]]] = [
        (Draw.objects.filter(pk=draw.pk), {"result_hash": "0" * 64}),
        (Draw.objects.filter(pk=draw.pk), {"corrections": 2}),
        (Draw.objects.filter(pk=draw.pk), {"corrections": 0}),
        (SeedSource.objects.filter(draw=draw, kind="public"), {"value": public_draws.BALLS, "corrections": 2}),
        (Strike.objects.filter(draw=draw), {"state": "refused", "refused_because": "x", "correction": None, "result_hash": ""}),
        (DrawnEntry.with_struck.filter(draw=draw), {"correction": 1}),
    ]
    for rows, columns in forged:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Strike.objects.all().delete()
    for name in ("result.txt", "reveal.txt"):
        with pytest.raises(IntegrityError), transaction.atomic():
            shelf.keep(draw, name, [b"x\n"])


def test_the_ledger_says_both_and_the_checks_find_nothing() -> None:
    draw = drawn()
    now = strike(draw)
    facts = [(fact.action, fact.said) for fact in queries.facts_on(now)]
    assert [action for action, _ in facts][-3:] == ["draws.result", "draws.source", "draws.result"]
    value, result = facts[-2][1], facts[-1][1]
    assert (value["source"], value["value"], value["corrects"], value["reason"]) == ("source.2", RIGHT, public_draws.BALLS, "mistyped")
    assert (result["result"], result["strikes"], result["order"]) == (now.result_hash, draw.result_hash, draw.order_hash)
    assert Checkpoint.objects.filter(entry__payload__verb="draws.result").count() == 2
    draw_tasks.issue_certificate(draw.pk)
    assert {name: [one.english for one in run_check(name)] for name in ("draws", "cases", "open orders")} == {
        "draws": [], "cases": [], "open orders": [],
    }  # fmt: skip
    newest = Newest()
    newest.read_on()
    rows = (Draw, SeedSource, SourceEntry, Strike, DrawFile, DrawCertificate, Case, Assignment)
    assert list(rows_astray(newest, stands_as_made, rows)) == []


def test_the_script_accepts_the_ledger_takes_the_newest_result_and_says_what_was_struck(tmp_path: Path) -> None:
    draw = drawn()
    now = strike(draw)
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"".join(queries.exported(10**9)))
    for name, one, code in (("right", now, 0), ("struck", as_it_stood(now, strikes_of(now).get()), 1)):
        folder = tmp_path / name
        folder.mkdir()
        for file, body in shelf.bodies(one).items():
            (folder / file).write_bytes(body)
        done = script(folder)
        assert done[0] == 0, done
        done = script(folder, "--ledger", ledger)
        assert done[0] == code, done
        if not code:
            assert "was struck" in done[1]
            assert public_draws.BALLS in done[1]


def test_a_value_found_wrong_twice_is_struck_twice() -> None:
    draw = drawn()
    strike(draw)
    now = strike(draw, value=RIGHT.replace("02", "01"), reason="announced")
    assert now.corrections == 2
    assert [one.correction for one in strikes_of(now)] == [1, 2]
    assert verify_bundle(shelf.bodies(now)).matches
    assert [one.english for one in run_check("draws")] == []
    back = strike(draw, value=public_draws.BALLS)
    assert back.result_hash == draw.result_hash
    assert [one.english for one in run_check("draws")] == []


def test_a_value_before_witnesses_is_struck_by_its_minutes_and_shown_so() -> None:
    draw = drawn()
    now = strike(draw, kind="witness", value=DICE, file=MINUTES)
    assert DICE in shelf.body(now, "reveal.txt").decode()
    page = english().get(f"/draws/{draw.number}/").content.decode()
    assert "came up before witnesses" in page
    assert digest(MINUTES.body) in page


# --- who decides ---------------------------------------------------------------------------------------------------------


def test_who_typed_prepared_or_approved_does_not_decide_and_a_decision_is_made_once() -> None:
    draw = drawn()
    typist = factories.user(Role.SUPERVISOR)
    report(draw, typist)
    report(draw)
    found = Strike.objects.get()
    both = factories.user(Role.SUPERVISOR, Role.CLERK)
    assert draw.approved_by is not None
    asked = {"strike_id": found.pk, "version": found.version}
    assert "You typed a value" in refusal(striking.strike_result, actor=typist, **asked)
    assert "You had a hand" in refusal(striking.strike_result, actor=draw.approved_by, **asked)
    assert "does not allow" in refusal(striking.strike_result, actor=factories.user(Role.CLERK), **asked)
    assert "changed since" in refusal(striking.strike_result, actor=both, strike_id=found.pk, version=9)
    assert "Say why" in refusal(striking.refuse_strike, actor=both, reason=" ", **asked)
    striking.refuse_strike(actor=both, reason="公告与原值一致", **asked)
    assert "decided already" in refusal(striking.strike_result, actor=both, **asked)
    assert Draw.objects.get(pk=draw.pk).result_hash == draw.result_hash


def test_after_a_refusal_two_people_must_agree_anew() -> None:
    draw = drawn()
    found = reported(draw)
    striking.refuse_strike(actor=factories.user(Role.SUPERVISOR), strike_id=found.pk, version=found.version, reason="看错期号")
    report(draw)
    assert Strike.objects.filter(state="waiting").count() == 0
    report(draw)
    assert Strike.objects.filter(state="waiting").count() == 1
    page = english(factories.user(Role.REVIEWER)).get(f"/office/draws/{draw.pk}/").content.decode()
    assert "看错期号" in page


def test_the_supervisor_decides_in_the_admin_with_the_password_and_sees_figures_but_no_names() -> None:
    draw = drawn()
    begin(draw.cases.order_by("pk")[0])
    found = reported(draw, file=File("公告.png", b"\x89PNG\r\n\x1a\n x"))
    supervisor = factories.user(Role.SUPERVISOR)
    supervisor.set_password("right-password-1")
    supervisor.save()
    client = english(supervisor)
    at = f"/admin/inspections/strike/{found.pk}/decide/"
    desk = client.get("/office/").content.decode()
    assert at in desk
    text = client.get(at).content.decode()
    for said in (public_draws.BALLS, RIGHT, "公告截图", "visits begun", "Strike the result"):
        assert said in text
    assert not [name for name in draw.roster.values_list("name", flat=True) if name in text]
    assert client.post(at, {"strike": "1", "version": found.version, "password": "wrong"}).status_code == 422
    assert client.post(at, {"refuse": "1", "version": found.version, "reason": ""}).status_code == 422
    assert Draw.objects.get(pk=draw.pk).corrections == 0
    assert client.post(at, {"strike": "1", "version": found.version, "password": "right-password-1"}).status_code == 302
    assert Draw.objects.get(pk=draw.pk).corrections == 1
    assert "accepted: the result is struck" in client.get(at).content.decode()
    assert client.get("/admin/inspections/strike/").status_code == 200


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


# --- at once -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_at_once_strike_once() -> None:
    draw = drawn()
    found = reported(draw)
    start = Barrier(2)

    def act(who: User) -> str:
        start.wait()
        try:
            striking.strike_result(actor=who, strike_id=found.pk, version=found.version)
        except Refused as refused:
            return refused.reason
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(act, [factories.user(Role.SUPERVISOR) for _ in range(2)]))
    assert sorted(outcomes) == ["", "This report was decided already."]
    assert Draw.objects.get(pk=draw.pk).corrections == 1
    assert LedgerPayload.objects.filter(verb="draws.result").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_visit_begins_or_is_called_off_by_a_strike_never_both() -> None:
    draw = drawn(entries=40, quota=1)
    case = draw.cases.get()
    found = reported(draw)
    start = Barrier(2)

    def act(one: Callable[[], Any]) -> str:
        start.wait()
        try:
            one()
        except Refused as refused:
            return refused.reason
        finally:
            connection.close()
        return ""

    supervisor = factories.user(Role.SUPERVISOR)
    acts = [lambda: striking.strike_result(actor=supervisor, strike_id=found.pk, version=found.version), lambda: begin(case)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(act, acts))
    case.refresh_from_db()
    assert outcomes[0] == ""
    if case.drawn_id and DrawnEntry.with_struck.get(pk=case.drawn_id).correction == 0:
        assert (case.state == CaseState.CALLED_OFF) == (outcomes[1] != "")
    assert TeamPlace.objects.filter(drawn__draw=draw).count() == 2
