"""After the draw: replacements asked for, decided, written; the cases that follow; what of it is public, and when."""

import hashlib
import itertools
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from config.bootstrap import ROOT
from inspections.cases import commands, receipts, replacing, visits
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.states import Asked, CaseState
from inspections.draws import after, queries
from inspections.draws import commands as draw_commands
from inspections.draws.files import text_of
from inspections.draws.models import Draw, DrawnEntry, RosterInspector
from inspections.draws.protocol import blinding_code
from inspections.draws.replaced import HistoryRow, counts_of, in_place
from inspections.draws.verify import verify_bundle
from publicity.site import orders
from registries import clock
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.ledger.protected import rows_astray
from registries.ledger.verifying import Newest
from registries.people.models import User
from registries.people.roles import Role
from registries.standing import stands_as_made
from registries.subjects.models import Subject, SubjectCategory
from tests import factories as make
from tests import tampering
from tests.asking import english, refusal
from tests.offices import Office

pytestmark = pytest.mark.django_db

SCRIPT = ROOT / "static" / "verify" / "verify_draw.py"


@pytest.fixture
def draw(office: Office, time_machine: Any) -> Draw:
    """Four winners (A and B), three reserves of each, a team of two for everybody; cases opened."""
    drawn = office.drawn(time_machine)
    commands.open_cases(actor=make.system(), draw_id=drawn.pk)
    return drawn


def first(draw: Draw) -> Case:
    return draw.cases.order_by("pk")[0]


def ask(actor: User, case: Case, whom: str | int, reason: str, **different: Any) -> Replacement:
    arguments: dict[str, Any] = {
        "case_id": case.pk,
        "kind": "subject" if whom == "subject" else "inspector",
        "assignment_id": None if whom == "subject" else whom,
        "reason": reason,
        "explanation": "门店已拆除",
        "evidence": "现场照片3",
    }
    made = replacing.ask_replacement(actor=actor, **arguments | different).obj
    assert isinstance(made, Replacement)
    return made


def accept(actor: User, asked: Replacement) -> None:
    asked.refresh_from_db()
    replacing.replace_drawn(actor=actor, replacement_id=asked.pk, version=asked.version)


def replaced(office: Office, case: Case, whom: str | int, reason: str) -> None:
    accept(office.supervisor, ask(office.clerk, case, whom, reason))


def team(case: Case) -> list[Assignment]:
    return list(case.assignments.filter(ended_at=None).select_related("inspector__user").order_by("position"))


def visited(draw: Draw) -> None:
    """Every case that was not called off is inspected and reviewed; short teams are filled up, as a later draw would."""
    for case in draw.cases.exclude(state=CaseState.CALLED_OFF):
        for position in {1, 2} - set(case.assignments.filter(ended_at=None).values_list("position", flat=True)):
            person = make.inspector(unit=case.unit)
            Assignment.objects.create(case=case, inspector=person, position=position, assigned_at=clock.now())
        make.reviewed_case(case)


def public_bundle(draw: Draw) -> dict[str, bytes]:
    found = orders.order(str(draw.number))
    assert found is not None
    return {file.name: b"".join(file.pieces()) for file in orders.bundle(found)}


def lines(draw: Draw) -> list[str]:
    return [text_of(line) for line in after.lines_of(draw)]


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


# --- what is public -----------------------------------------------------------------------------------------------------


def test_before_the_visits_are_over_the_public_reads_counts_and_no_line(office: Office, draw: Draw) -> None:
    replaced(office, first(draw), "subject", "gone")
    case = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]
    replaced(office, case, team(case)[0].pk, "absent")
    client = Client()
    text = client.get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()
    assert "After the draw" in text
    assert "1 of 4 (25.0 %)" in text
    assert "1 of 8 (12.5 %)" in text
    for person in RosterInspector.objects.filter(draw=draw):
        assert person.code not in text
    assert client.get(f"/draws/{draw.number}/bundle/history.txt").status_code == 404
    assert "history.txt" not in public_bundle(draw)
    assert verify_bundle(public_bundle(draw) | {"roster.txt": queries.file_bodies(draw)["roster.txt"]}).matches


def test_after_the_visits_history_and_everybody_ever_drawn_are_public_and_all_verify(
    office: Office, draw: Draw, tmp_path: Path
) -> None:
    old = first(draw)
    replaced(office, old, "subject", "gone")
    case = draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk")[0]
    replaced(office, case, team(case)[1].pk, "absent")
    assert not visits.visits_over(draw)
    visited(draw)
    assert visits.visits_over(draw)
    found = public_bundle(draw)
    assert found["history.txt"].decode().split("\n")[1:-1] == lines(draw)
    verdict = verify_bundle(found)
    assert (verdict.matches, verdict.subjects_only) == (True, False)
    opened = {line.split("\t")[2] for line in found["openings.txt"].decode().split("\n")[1:-1]}
    ever = set(draw.drawn.filter(kind="W").values_list("entry__public_id", flat=True))
    new = Case.objects.get(drawn__came_by__subject_out=old.drawn)
    assert opened == ever | {new.subject.public_id}
    client = Client()
    page = client.get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()
    assert old.subject.name in page
    assert new.subject.name in page
    assert client.get(f"/draws/{draw.number}/bundle/history.txt").getvalue() == found["history.txt"]
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"".join(client.get("/ledger/entries.jsonl")))
    assert verify_by_script(found, tmp_path / "right.zip", "--ledger", str(ledger)) == (0, "match")
    for wrong in edited(found["history.txt"]):
        assert not verify_bundle(found | {"history.txt": wrong}).matches
        code, said = verify_by_script(found | {"history.txt": wrong}, tmp_path / "wrong.zip")
        assert code in (1, 2), said


def edited(history: bytes) -> list[bytes]:
    """The history with one field of each line changed (a reason for another of its list is the ledger's to find)."""
    rows = [line.split("\t") for line in history.decode().split("\n")[1:-1]]
    found = []
    for at, row in enumerate(rows):
        for field in (0, 2, 3, 4, 5):
            changed = [list(one) for one in rows]
            changed[at][field] = "f" * 32 if len(row[field]) == 32 else "2" if row[field] == "1" else "1"
            found.append("\n".join(["sunlot-history-1", *("\t".join(one) for one in changed), ""]).encode())
    return found


def verify_by_script(bundle: dict[str, bytes], path: Path, *options: str) -> tuple[int, str]:
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in bundle.items():
            archive.writestr(name, body)
    done = subprocess.run([sys.executable, SCRIPT, path, *options], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).split(" ")[0]


def test_natural_persons_and_counts_only_categories_are_told_by_number(office: Office, draw: Draw) -> None:
    visited(draw)
    one, other = (case.subject for case in draw.cases.order_by("pk")[:2])
    Subject.objects.filter(pk=one.pk).update(kind="person")
    quiet = make.category(publicity=SubjectCategory.Publicity.COUNTS)
    other.categories.add(quiet)
    found = orders.order(str(draw.number))
    assert found is not None
    opened = orders.opened(found)
    assert not {one.public_id, other.public_id} & {row.opening.public_id for row in opened}
    assert (len(opened), orders.unnamed(found, opened)) == (2, 2)
    assert "2 of those ever drawn" in Client().get(f"/draws/{draw.number}/", headers={"cookie": "language=en"}).content.decode()


def test_the_winners_of_a_voided_order_with_a_result_are_opened_with_those_of_its_successor(office: Office, draw: Draw) -> None:
    """The office cannot void a result; should one ever be struck in the database, nobody in it is spared unseen."""
    voided = make.drawn_draw(winners=2, reserves=0)
    tampering.lift_triggers()
    Draw.objects.filter(pk=voided.pk).update(
        state="voided", voided_at=clock.now(), voided_by=office.supervisor, void_kind="server-failed", void_reason="x"
    )
    Draw.objects.filter(pk=draw.pk).update(replaces=voided)
    struck = orders.order(str(Draw.objects.get(pk=voided.pk)))
    assert struck is not None
    assert orders.opened(struck) == []
    visited(draw)
    assert len(orders.opened(struck)) == 2


def test_random_sequences_of_replacements_always_verify(office: Office, draw: Draw, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    for _ in range(25):
        waiting = list(draw.cases.filter(state=CaseState.ASSIGNED).order_by("pk"))
        if not waiting:
            break
        case = chance.choice(waiting)
        members = team(case)
        everybody: list[str | int] = ["subject", *(one.pk for one in members), *(one.pk for one in members)]
        whom = chance.choice(everybody)
        reason = chance.choice(["gone", "out-of-scope"]) if whom == "subject" else "absent"
        replaced(office, case, whom, reason)
        bundle = after.whole_bundle(draw)
        verdict = verify_bundle(bundle)
        assert verdict.matches, (lines(draw), verdict)
        standing = after.standing_of(draw, queries.file_bodies(draw))
        held = {place.visited: place.team for place in standing.places.values() if place.visited}
        people = dict(draw.inspectors.values_list("inspector_id", "code"))
        for one in draw.cases.filter(state=CaseState.ASSIGNED).select_related("drawn__entry"):
            assert one.drawn is not None
            wanted = [(position, code) for position, code in enumerate(held.pop(one.drawn.entry.code), 1) if code]
            assert [(a.position, people[a.inspector_id]) for a in team(one)] == wanted
        assert held == {}
    counts = counts_of(draw)
    assert counts.subjects_out
    assert counts.inspectors_out
    assert verify_by_script(after.whole_bundle(draw), tmp_path / "bundle.zip") == (0, "match")
    assert [finding.english for name in ("draws", "cases") for finding in run_check(name)] == []


# --- through the pages --------------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(office: Office, draw: Draw, django_assert_max_num_queries: Any) -> None:
    case = first(draw)
    clerk, supervisor = english(office.clerk), english(office.supervisor)
    address = f"/office/cases/{case}/replace/"
    assert address in clerk.get(f"/office/cases/{case}/").content.decode()
    with django_assert_max_num_queries(15):
        page = clerk.get(address).content.decode()
    assert 'value="subject:gone"' in page
    assert ":recused" not in page
    typed = {"who": "subject:gone", "explanation": "门店已拆除", "evidence": "照片1"}
    bad = clerk.post(address, {**typed, "file": SimpleUploadedFile("a.exe", b"MZ12345678")})
    assert bad.status_code == 422
    assert "门店已拆除" in bad.content.decode()
    photo = b"%PDF-1.7 evidence"
    assert clerk.post(address, {**typed, "file": SimpleUploadedFile("照片.pdf", photo)}).status_code == 302
    asked = Replacement.objects.get()
    assert asked.file_sha256 == hashlib.sha256(photo).hexdigest()
    assert bytes(asked.file) == photo
    told = json.loads(LedgerPayload.objects.get(verb="inspections.ask_replacement").body)
    assert told["after"]["file_sha256"] == asked.file_sha256
    assert "门店" not in json.dumps(told, ensure_ascii=False)
    got = supervisor.get(f"/office/cases/{case}/replace/{asked.pk}/evidence/")
    assert (got.content, got.headers["Content-Disposition"][:10]) == (photo, "attachment")
    assert f"/admin/inspections/replacement/{asked.pk}/decide/" in supervisor.get("/office/").content.decode()
    decide = f"/admin/inspections/replacement/{asked.pk}/decide/"
    page = supervisor.get(decide).content.decode()
    assert "门店已拆除" in page
    reserve = DrawnEntry.objects.filter(draw=draw, kind="R").values_list("entry__code", flat=True)
    assert not any(code in page for code in reserve)
    wrong = supervisor.post(decide, {"accept": "1", "version": asked.version, "password": "no"})
    assert "not your password" in wrong.content.decode()
    done = supervisor.post(decide, {"accept": "1", "version": asked.version, "password": make.PASSWORD})
    assert done.status_code == 302
    page = clerk.get(f"/office/cases/{case}/").content.decode()
    new = Case.objects.get(drawn__came_by__subject_out=case.drawn)
    assert "Called off" in page
    assert new.number in page
    shown = clerk.get(f"/office/draws/{draw.pk}/").content.decode()
    assert "1 of 4 subjects" in shown
    listed = clerk.get("/office/cases/?stage=called-off").content.decode()
    assert case.number in listed
    assert new.number not in listed
    assert "called off" in clerk.get(address).content.decode()


def test_a_supervisor_refuses_through_the_page(office: Office, draw: Draw) -> None:
    person = team(first(draw))[0]
    assert person.inspector.user is not None
    own = english(person.inspector.user)
    address = f"/office/cases/{first(draw)}/replace/"
    page = own.get(address).content.decode()
    assert f"{person.pk}:recused" in page
    assert "subject:gone" not in page
    own.post(address, {"who": f"{person.pk}:recused", "explanation": "亲属经营", "evidence": "本人声明"})
    asked = Replacement.objects.get()
    decide = f"/admin/inspections/replacement/{asked.pk}/decide/"
    supervisor = english(office.supervisor)
    assert supervisor.post(decide, {"refuse": "1", "version": asked.version, "reason": " "}).status_code == 422
    assert supervisor.post(decide, {"refuse": "1", "version": asked.version, "reason": "已过期"}).status_code == 302
    assert "已过期" in own.get(f"/office/cases/{first(draw)}/").content.decode()


def test_other_people_find_no_page_to_ask(office: Office, draw: Draw) -> None:
    address = f"/office/cases/{first(draw)}/replace/"
    assert english(make.user(Role.CLERK, unit=make.unit())).get(address).status_code == 404
    assert english(make.user(Role.INSPECTOR, unit=office.unit)).get(address).status_code == 404
    assert english(office.supervisor).get(address).status_code == 403


# --- receipts -----------------------------------------------------------------------------------------------------------


@pytest.mark.papers
def test_a_receipt_is_printed_after_the_visits_and_is_an_entry_of_the_ledger(office: Office, draw: Draw) -> None:
    clerk = english(office.clerk)
    case = first(draw)
    page = f"/office/draws/{draw.pk}/receipts/"
    name = case.subject.name
    assert "not over" in clerk.get(page, {"q": name}).content.decode()
    assert "not over" in refusal(commands.print_receipt, actor=office.clerk, draw_id=draw.pk, subject_id=case.subject_id)
    assert clerk.post(f"{page}{case.subject_id}/").status_code == 302
    visited(draw)
    found = clerk.get(page, {"q": name}).content.decode()
    assert f"{page}{case.subject_id}/" in found
    printed = clerk.post(f"{page}{case.subject_id}/")
    assert printed.content.startswith(b"%PDF")
    assert LedgerPayload.objects.filter(verb="inspections.print_receipt", entry__action="rosterentry.change").count() == 1
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert "no such draw" in refusal(commands.print_receipt, actor=stranger, draw_id=draw.pk, subject_id=case.subject_id)
    other = make.subject()
    assert "neither" in refusal(commands.print_receipt, actor=office.clerk, draw_id=draw.pk, subject_id=other.pk)


@pytest.mark.papers
def test_a_receipt_says_what_became_of_its_subject_and_opens_its_officers(office: Office, draw: Draw) -> None:
    old, other = draw.cases.order_by("pk")[:2]
    replaced(office, old, "subject", "gone")
    members = [one.inspector_id for one in team(other)]
    visited(draw)
    drawn = receipts.facts_of(draw, other.subject_id)
    assert (drawn["won"], drawn["left"], [row.inspector_id for row in drawn["team"]]) == (True, "", members)
    for row in (drawn["entry"], *drawn["team"]):
        kind = "subject" if row is drawn["entry"] else "inspector"
        assert blinding_code(kind, row.public_id, row.name, row.nonce) == row.code
    gone = receipts.facts_of(draw, old.subject_id)
    assert (gone["won"], gone["case"], gone["team"]) == (True, None, [])
    assert gone["left"]
    came = receipts.facts_of(draw, Case.objects.get(drawn__came_by__subject_out=old.drawn).subject_id)
    assert (came["won"], came["came"], len(came["team"])) == (False, True, 2)
    left_out = make.subject()
    draw.omissions.create(subject=left_out, reason="excluded")
    assert receipts.facts_of(draw, left_out.pk)["why_out"]
    commands.print_receipt(actor=office.clerk, draw_id=draw.pk, subject_id=left_out.pk)
    assert receipts.pdf_of(draw, left_out.pk).startswith(b"%PDF")
    page = english(office.clerk).get(f"/office/draws/{draw.pk}/receipts/", {"q": left_out.name}).content.decode()
    assert "left out:" in page
