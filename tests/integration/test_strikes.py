"""A value found wrong after the draw: two report it, a supervisor strikes; the result is computed again and nothing is erased."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.cases import striking
from inspections.cases.models import Assignment, Case
from inspections.cases.states import CaseState
from inspections.draws import shelf
from inspections.draws import tasks as draw_tasks
from inspections.draws.commands.sources import File
from inspections.draws.models import Draw, DrawCertificate, DrawFile, DrawnEntry, SeedSource, SourceEntry, TeamPlace
from inspections.draws.protocol import digest
from inspections.draws.struck import Strike, as_it_stood, strikes_of
from inspections.draws.verify import verify_bundle
from publicity.site import queries
from registries.ledger.change import Refused
from registries.ledger.findings import run_check
from registries.ledger.models import Checkpoint, LedgerPayload
from registries.ledger.protected import rows_astray
from registries.ledger.verifying import Newest
from registries.people.models import User
from registries.people.roles import Role
from registries.standing import stands_as_made
from tests import factories, public_draws
from tests.asking import english, refusal
from tests.striking import DICE, MINUTES, RIGHT, begin, drawn, report, reported, script, source_of, strike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


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
