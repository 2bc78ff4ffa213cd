"""The notice: its number, what it freezes, and the page behind its QR code before, while and after it counts."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from inspections.cases import replacing
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.states import Asked, CaseState
from inspections.papers import commands, queries, rules
from inspections.papers.models import DocumentNumber, Notice
from registries import clock
from registries.inspectors.models import Certificate
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.queries import public_user
from registries.people.roles import Role
from tests import factories, public_draws
from tests.asking import refusal, signed_in

pytestmark = pytest.mark.django_db


def clerk_of(case: Case) -> User:
    return factories.user(Role.CLERK, unit=case.unit)


def made(case: Case | None = None) -> Notice:
    case = case or factories.case()
    today = clock.today()
    commands.make_notice(actor=clerk_of(case), case_id=case.pk, first_day=today, last_day=today + dt.timedelta(days=2))
    notice = queries.notice_of(case)
    assert notice is not None
    return notice


def serve(notice: Notice) -> Notice:
    today = clock.today()
    commands.serve_notice(actor=clerk_of(notice.case), notice_id=notice.pk, service="received", served_on=today, served_to="王经理")
    notice.refresh_from_db()
    return notice


def address(notice: Notice) -> str:
    return f"/notice/{rules.address_part(notice.token, queries.key())}/"


def ask(notice: Notice, officer: str, **given: str) -> None:
    values = {"reason": "他是我邻居的亲戚", "name": "王某", "phone": "13800001111", **given}
    part = rules.address_part(notice.token, queries.key())
    commands.request_recusal(actor=public_user(), address=part, officer=officer, **values)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_run_without_gaps_by_unit_and_a_refusal_takes_none() -> None:
    draw = factories.drawn_draw(winners=3, reserves=0)
    cases = [factories.case(draw) for _ in range(3)]
    first, second = made(cases[0]), made(cases[1])
    year, word = clock.today().year, f"{settings.BUREAU_WORD}（治）检通字"
    assert [first.number.text, second.number.text] == [f"{word}〔{year}〕1号", f"{word}〔{year}〕2号"]
    Assignment.objects.filter(case=cases[2]).update(ended_at=clock.now())
    today = clock.today()
    why = refusal(commands.make_notice, actor=clerk_of(cases[2]), case_id=cases[2].pk, first_day=today, last_day=today)
    assert "team is not complete" in why
    assert "already" in refusal(commands.make_notice, actor=clerk_of(cases[0]), case_id=cases[0].pk, first_day=today, last_day=today)
    assert list(DocumentNumber.objects.filter(unit=draw.unit).values_list("serial", flat=True)) == [1, 2]
    elsewhere = factories.drawn_draw(factories.matter(unit=factories.unit(document_word="网")), winners=1, reserves=0)
    assert made(factories.case(elsewhere)).number.text == f"{settings.BUREAU_WORD}（网）检通字〔{year}〕1号"


def test_a_void_number_stays_with_its_reason_and_the_next_notice_takes_the_next_one() -> None:
    notice = made()
    clerk = clerk_of(notice.case)
    assert "Say why" in refusal(commands.void_number, actor=clerk, number_id=notice.number_id, reason=" ")
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert "no such document" in refusal(commands.void_number, actor=stranger, number_id=notice.number_id, reason="x")
    commands.void_number(actor=clerk, number_id=notice.number_id, reason="检查人员更换")
    assert "void already" in refusal(commands.void_number, actor=clerk, number_id=notice.number_id, reason="x")
    again = made(notice.case)
    assert (notice.number.serial, again.number.serial) == (1, 2)
    page = signed_in(clerk).get("/office/documents/").content.decode()
    assert notice.number.text in page
    assert "检查人员更换" in page
    assert signed_in(stranger).get("/office/documents/").content.decode().count(notice.number.text) == 0


def test_the_database_keeps_numbers_and_notices() -> None:
    notice = serve(made())
    for change in ({"serial": 9}, {"text": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DocumentNumber.objects.filter(pk=notice.number_id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(served_on=clock.today())
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).delete()


def test_a_notice_names_only_inspectors_with_a_certificate_for_its_days() -> None:
    case = factories.case()
    Certificate.objects.filter(inspector=factories.team_of(case)[1]).update(valid_until=clock.today())
    today = clock.today()
    arguments: dict[str, Any] = {"actor": clerk_of(case), "case_id": case.pk, "first_day": today}
    assert "certificate" in refusal(commands.make_notice, **arguments, last_day=today + dt.timedelta(days=1))
    assert "passed" in refusal(commands.make_notice, **{**arguments, "first_day": today - dt.timedelta(days=1)}, last_day=today)
    commands.make_notice(**arguments, last_day=today)


def test_nothing_of_a_notice_is_in_plain_in_the_ledger_or_the_table() -> None:
    notice = serve(made())
    name = notice.case.subject.name
    bodies = "".join(LedgerPayload.objects.values_list("body", flat=True))
    for secret in (notice.token, "王经理"):
        assert secret not in bodies
    assert name not in json.dumps([row.body for row in LedgerPayload.objects.filter(verb__endswith="_notice")], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts, token, served_to FROM inspections_notice")
        stored = str(cursor.fetchall())
    assert not any(secret in stored for secret in (name, notice.token, "王经理"))


# --- the page behind the code ----------------------------------------------------------------------------------------


def neutral(answer: Any, asked: str) -> bytes:
    """The answer without the echo of its own address in the links of the language."""
    content: bytes = answer.content
    return content.replace(asked.strip("/").partition("/")[2].encode(), b"")


def test_before_it_is_handed_over_a_right_address_and_any_wrong_one_give_the_same_answer() -> None:
    notice, client = made(), Client()
    right = address(notice)
    last = "0" if right[-2] != "0" else "1"
    wrong = [right[:-2] + last + "/", f"/notice/{'0' * 40}/", "/notice/wrong-address/", f"/notice/{notice.token}/"]
    expected = client.get(right)
    assert expected.status_code == 404
    for asked in wrong:
        answer = client.get(asked)
        assert (answer.status_code, neutral(answer, asked)) == (404, neutral(expected, right)), asked
        own = {"Content-Length": "", "X-Request-ID": ""}
        assert dict(answer.headers) | own == dict(expected.headers) | own
    for asked in (right, *wrong):
        assert neutral(client.post(asked, {"reason": "x"}), asked) == neutral(expected, right)
    assert notice.number.text not in expected.content.decode()


def test_from_then_on_it_says_what_is_genuine() -> None:
    notice = serve(made())
    answer = Client().get(address(notice))
    page = answer.content.decode()
    facts = queries.facts_of(notice)
    assert answer.status_code == 200
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    for text in (facts.number, facts.unit, facts.party.name, rules.spelled_check(facts.check), facts.matters[0].name):
        assert text in page
    for officer in facts.officers:
        assert officer.name in page
        assert officer.certificate in page
    assert notice.case.subject.phone not in page
    assert notice.case.subject.contact not in page


def test_a_changed_team_a_void_number_and_a_case_called_off_are_told() -> None:
    notice, client = serve(made()), Client()
    gone = notice.case.assignments.filter(position=2).get()
    Assignment.objects.filter(pk=gone.pk).update(ended_at=clock.now(), ended_because="recused")
    assert client.get(address(notice)).context["standing"] == "changed"
    commands.void_number(actor=clerk_of(notice.case), number_id=notice.number_id, reason="检查人员更换")
    answer = client.get(address(notice))
    assert answer.context["standing"] == "void"
    assert notice.case.subject.name not in answer.content.decode()
    assert gone.inspector.name not in answer.content.decode()
    other = serve(made())
    Case.objects.filter(pk=other.case_id).update(state=CaseState.CALLED_OFF, called_off_at=clock.now(), called_off_because="gone")
    answer = client.get(address(other))
    assert answer.context["standing"] == "called-off"
    assert other.case.subject.name not in answer.content.decode()


def test_after_the_visit_no_officer_is_named_and_the_result_is_linked_once_it_is_public() -> None:
    notice, client = serve(made()), Client()
    case = factories.reviewed_case(notice.case)
    officers = [officer.name for officer in queries.facts_of(notice).officers]
    answer = client.get(address(notice))
    assert answer.context["standing"] == "over"
    assert not any(name in answer.content.decode() for name in officers)
    assert answer.context["result_due"] is not None
    disclosure = public_draws.disclosed(case)
    assert f"/results/{disclosure.public_id}/" in client.get(address(notice)).content.decode()


# --- recusals --------------------------------------------------------------------------------------------------------


def test_the_inspected_asks_for_a_recusal_and_a_supervisor_finds_it_with_its_day() -> None:
    notice, client = serve(made()), Client(enforce_csrf_checks=True)
    officer = queries.facts_of(notice).officers[1]
    page = client.get(address(notice)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    given = {"officer": officer.number, "reason": "他与我有诉讼", "name": "王某", "phone": "13800001111", "csrfmiddlewaretoken": token[1]}
    assert client.post(address(notice), {**given, "reason": ""}).status_code == 422
    assert client.post(address(notice), given).status_code == 302
    asked = Replacement.objects.get(case=notice.case)
    assert (asked.kind, asked.reason, asked.state, asked.explanation) == ("inspector", "recused", Asked.WAITING, "他与我有诉讼")
    assert "13800001111" in asked.evidence
    assert asked.assignment is not None
    assert asked.assignment.inspector.number == officer.number
    supervisor = factories.user(Role.SUPERVISOR)
    desk = signed_in(supervisor).get("/office/").context["rows"]
    due = [row.task.due for row, _left in desk if str(asked.pk) in row.task.url]
    assert due == [rules.decided_by(clock.today())]
    replacing.refuse_replacement(actor=supervisor, replacement_id=asked.pk, version=asked.version, reason="查无此诉讼")
    page = client.get(address(notice)).content.decode()
    assert "查无此诉讼" in page
    assert "13800001111" not in page


def test_requests_are_limited_and_end_with_the_beginning_of_the_visit() -> None:
    notice = serve(made())
    one, two = (officer.number for officer in queries.facts_of(notice).officers)
    ask(notice, one)
    with pytest.raises(Refused, match="asked for already"):
        ask(notice, one)
    with pytest.raises(Refused, match="not on the team"):
        ask(notice, "I99999")
    Replacement.objects.filter(case=notice.case).update(state=Asked.WAITING)
    for _ in range(rules.MOST_REQUESTS - 1):
        asked = Replacement.objects.filter(case=notice.case, state=Asked.WAITING).get()
        replacing.refuse_replacement(actor=factories.user(Role.SUPERVISOR), replacement_id=asked.pk, version=asked.version, reason="无据")
        ask(notice, one)
    with pytest.raises(Refused, match="no more requests today"):
        ask(notice, two)
    Case.objects.filter(pk=notice.case_id).update(state=CaseState.ON_SITE)
    with pytest.raises(Refused, match="has begun"):
        ask(notice, two)
    assert "<form" not in Client().get(address(notice)).content.decode().partition('id="recusal"')[2]


def test_a_request_to_a_notice_that_was_not_handed_over_is_refused_like_one_to_none() -> None:
    notice = made()
    arguments = {"actor": public_user(), "officer": "x", "reason": "x", "name": "x"}
    whys = {refusal(commands.request_recusal, address=part, **arguments) for part in (address(notice)[8:-1], "0" * 40)}
    assert whys == {"There is no notice that can be checked at this address."}
