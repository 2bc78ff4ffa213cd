"""Objections: sent without an account, limited, only text; handled by somebody who had no part in the case, answered once."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from publicity.corrections import commands, queries, rules
from publicity.corrections.models import Objection, Statement
from publicity.corrections.states import Kind, Stage
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger import record
from registries.ledger.change import Change, Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.queries import public_user
from registries.people.roles import Role
from tests import factories, objected
from tests.asking import refusal, signed_in
from tests.objected import objection, published, taken

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} '; DROP TABLE x; -- =HYPERLINK(\"x\") \u202e\x00"


def form_of(result: Disclosure) -> str:
    return reverse("public-objection-form", args=[result.public_id])


def send(result: Disclosure, **typed: str) -> tuple[int, str]:
    """Post the form; the status and the address one is sent to, or the page."""
    response = Client().post(form_of(result), {"kind": "objection", "text": "登记齐全。"} | typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


def test_anybody_objects_without_an_account_and_follows_it_at_a_secret_address() -> None:
    result = published()
    status, address = send(result, contact="13800001111", name="王某")
    row = Objection.objects.get()
    assert (status, row.number) == (302, f"YY-{clock.today().year}-0001")
    page = Client().get(address)
    assert row.number in page.content.decode()
    assert (page.headers["X-Robots-Tag"], page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("noindex", "no-store", "same-origin")
    assert Client().get(reverse("public-objection", args=["x" * 32])).status_code == 404
    assert not page.cookies


def test_text_name_and_contact_are_stored_sealed_and_the_ledger_knows_none_of_them() -> None:
    objection(text="登记齐全请复核", name="王小明", contact="13800001111")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publicity_objection")
        stored = str(cursor.fetchall())
    told = LedgerPayload.objects.get(verb="publicity.send_objection").body
    for secret in ("登记齐全", "王小明", "1380000", "192.0.2.7"):
        assert secret not in stored
        assert secret not in told


def test_hostile_text_is_only_text() -> None:
    result = published()
    status, address = send(result, text=HOSTILE.replace("\x00", ""))
    assert status == 302
    row = Objection.objects.get()
    for page in (Client().get(address), signed_in(objected.reviewer()).get(reverse("objection-page", args=[row.pk]))):
        shown = page.content.decode()
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in shown
    assert send(result, text=HOSTILE)[0] == 422


def test_the_sixth_from_one_address_waits_and_keeps_what_was_typed() -> None:
    result = published()
    for _n in range(rules.PER_ADDRESS):
        assert send(result)[0] == 302
    response = Client().post(form_of(result), {"kind": "error", "text": "名称写错了", "name": "李某"})
    assert response.status_code == 429
    assert 3500 < int(response.headers["Retry-After"]) <= 3601
    assert "名称写错了" in response.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.99").post(form_of(result), {"kind": "error", "text": "x"}).status_code == 302
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        assert send(result)[0] == 302


def test_one_result_takes_so_many_a_day_from_wherever_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PER_RESULT", 2)
    result = published()
    for n in range(2):
        objection(result, address=f"192.0.2.{n}")
    with pytest.raises(Refused):
        objection(result, address="198.51.100.1")
    objection(published(), address="198.51.100.1")


def test_the_last_day_is_counted_in_working_days_and_says_when_it_could_not() -> None:
    factories.holidays(2026)
    with time_machine.travel(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)):
        result = published()
        known = objection(result)
    with time_machine.travel(dt.datetime(2026, 12, 20, 4, tzinfo=dt.UTC)):
        unknown = objection(result, token="other")
    assert (known.due_on, known.by_calendar) == (dt.date(2026, 11, 23), False)
    assert (unknown.due_on, unknown.by_calendar) == (dt.date(2027, 1, 10), True)


def test_unknown_and_withdrawn_results_take_nothing() -> None:
    result = published()
    assert Client().get(reverse("public-objection-form", args=["0" * 32])).status_code == 404
    Disclosure.objects.filter(pk=result.pk).update(removed_at=clock.now())
    assert send(result)[0] == 302
    with pytest.raises(Refused):
        objection(result)
    assert not Objection.objects.exists()


def test_a_file_that_is_no_document_is_refused_and_one_that_is_comes_back_whole() -> None:
    result = published()
    bad = {"kind": "error", "text": "x", "file": SimpleUploadedFile("a.pdf", b"MZ\x90 not a pdf")}
    assert Client().post(form_of(result), bad).status_code == 422
    good = {"kind": "error", "text": "x", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 body")}
    assert Client().post(form_of(result), good).status_code == 302
    row = Objection.objects.get()
    response = signed_in(objected.reviewer()).get(reverse("objection-file", args=[row.pk]))
    assert response.content == b"%PDF-1.7 body"
    assert response.headers["Content-Disposition"].startswith("attachment")


def insiders(result: Disclosure) -> list[User]:
    """Who inspected, who reviewed, who released; all of them may decide objections otherwise."""
    case = result.case
    member = factories.team_of(case)[0].user
    review = case.reviews.get()
    releaser = factories.user(Role.CLERK, Role.REVIEWER, unit=case.unit)
    record.record_change("inspections.release_case", releaser.pk, Change(case))
    assert member is not None
    member.groups.set(review.reviewer.groups.all())
    return [User.objects.get(pk=one.pk) for one in (member, review.reviewer, releaser)]


def test_nobody_with_a_part_in_the_case_takes_it() -> None:
    row = objection()
    for person in insiders(row.disclosure):
        assert queries.was_on_case(row.disclosure.case, person)
        assert refusal(commands.take_objection, actor=person, objection_id=row.pk) == rules.ON_CASE.english
        assert not queries.without_part(Objection.objects.all(), person).exists()
    other = objected.reviewer()
    assert list(queries.without_part(Objection.objects.all(), other)) == [row]
    commands.take_objection(actor=other, objection_id=row.pk)


def test_the_database_refuses_a_handler_with_a_part_in_the_case_and_takes_another() -> None:
    row = objection()
    for person in insiders(row.disclosure):
        with pytest.raises(IntegrityError, match="had a part"), transaction.atomic():
            Objection.objects.filter(pk=row.pk).update(state=Stage.TAKEN, handler=person)
    Objection.objects.filter(pk=row.pk).update(state=Stage.TAKEN, handler=objected.reviewer())


def test_the_handler_answers_with_a_number_and_the_sender_reads_it() -> None:
    result = published()
    _status, address = send(result)
    row, handler = taken(Objection.objects.get())
    said: dict[str, Any] = {"objection_id": row.pk, "version": row.version, "findings": "复核了登记簿。", "answer": "原结果维持。"}
    assert "else is handling" in refusal(commands.answer_objection, actor=objected.reviewer(), **said)
    commands.answer_objection(actor=handler, **said)
    row.refresh_from_db()
    assert row.document is not None
    assert (row.state, row.document.case, "异答字" in row.document.text) == ("upheld", result.case, True)
    shown = Client().get(address).content.decode()
    assert "复核了登记簿。" in shown
    assert row.document.text in shown


def test_two_decide_at_once_and_only_the_first_counts() -> None:
    row, handler = taken()
    said: dict[str, Any] = {"actor": handler, "objection_id": row.pk, "version": row.version, "findings": "a", "answer": "b"}
    commands.answer_objection(**said)
    assert "decided already" in refusal(commands.answer_objection, **said)
    assert LedgerPayload.objects.filter(verb="publicity.answer_objection", object_id=str(row.pk)).count() == 1
    other, second = taken(objection(token="second"))
    stale = other.version
    commands.take_objection(actor=second, objection_id=other.pk)
    assert "changed meanwhile" in refusal(commands.answer_objection, actor=second, objection_id=other.pk, version=stale, findings="a", answer="b")


def test_what_was_sent_is_never_changed_and_what_is_decided_stays() -> None:
    row, handler = taken()
    for columns in ({"text_sha256": "0" * 64}, {"due_on": clock.today()}, {"number": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.filter(pk=row.pk).update(**columns)
    commands.answer_objection(actor=handler, objection_id=row.pk, version=row.version, findings="a", answer="b")
    for change in (lambda: Objection.objects.filter(pk=row.pk).update(answer="c"), lambda: Objection.objects.filter(pk=row.pk).delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_statement_stands_beside_the_result_as_it_was_written_but_for_numbers_of_persons() -> None:
    result = published()
    row = objection(result, kind=Kind.STATEMENT.value, text="当日已整改，电话13805331234。", name="某宾馆", contact="x@example.org")
    assert "an own view" not in Client().get(reverse("public-result", args=[result.public_id])).content.decode()
    commands.show_statement(actor=objected.clerk_of(result), objection_id=row.pk)
    shown = Client().get(reverse("public-result", args=[result.public_id])).content.decode()
    assert "当日已整改，电话***********。" in shown
    assert "某宾馆" not in shown.replace(result.subject_name, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.update(text="另写")


def test_a_statement_needs_its_author_and_a_named_result_and_is_refused_with_a_reason() -> None:
    result = published()
    with pytest.raises(Refused, match="own"):
        objection(result, kind=Kind.STATEMENT.value)
    row = objection(result, kind=Kind.STATEMENT.value, name="某宾馆", contact="1")
    clerk = objected.clerk_of(result)
    assert "why it is not shown" in refusal(commands.refuse_statement, actor=clerk, objection_id=row.pk, reason=" ")
    commands.refuse_statement(actor=clerk, objection_id=row.pk, reason="含有他人姓名。")
    assert not Statement.objects.exists()
    assert "decided already" in refusal(commands.show_statement, actor=clerk, objection_id=row.pk)


def test_who_released_a_case_does_not_check_the_statement() -> None:
    result = published()
    row = objection(result, kind=Kind.STATEMENT.value, name="某宾馆", contact="1")
    releaser = objected.clerk_of(result)
    record.record_change("inspections.release_case", releaser.pk, Change(result.case))
    assert refusal(commands.show_statement, actor=releaser, objection_id=row.pk) == rules.ON_CASE.english


def test_a_clerk_sees_the_objections_of_the_own_unit_only() -> None:
    row = objection()
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert signed_in(stranger).get(reverse("objection-page", args=[row.pk])).status_code == 404
    assert signed_in(objected.clerk_of(row.disclosure)).get(reverse("objection-page", args=[row.pk])).status_code == 200


def test_a_code_marks_the_inspected_for_the_office_and_tells_the_public_nothing() -> None:
    result = published()
    code = result.case.subject.uscc or ""
    status, right = send(result, uscc=code, claims_inspected="on")
    _status, wrong = send(result, uscc="91350100M000100Y43", claims_inspected="on")
    assert status == 302
    mask = [(row.number, row.pk) for row in Objection.objects.order_by("pk")]
    pages = [Client().get(address).content.decode().replace(number, "") for address, (number, _pk) in zip((right, wrong), mask, strict=True)]
    assert pages[0].count(code) == pages[1].count(code)
    client = signed_in(objected.reviewer())
    marks = ["chip-good" in client.get(reverse("objection-page", args=[pk])).content.decode() for _number, pk in mask]
    assert marks == [True, False]


def test_desk_and_list_show_what_is_due_with_few_queries(django_assert_max_num_queries: Any) -> None:
    result = published()
    for n in range(4):
        objection(result, token=f"t{n}")
    client = signed_in(objected.reviewer())
    with django_assert_max_num_queries(15):
        page = client.get(reverse("objection-list")).content.decode()
    assert page.count("YY-") >= 4
    assert "YY-" in client.get("/office/").content.decode()


def test_the_public_reads_how_many_came_and_how_many_were_decided_in_time() -> None:
    row, handler = taken()
    commands.answer_objection(actor=handler, objection_id=row.pk, version=row.version, findings="a", answer="b")
    objection(row.disclosure, token="later")
    assert queries.figures(clock.today())[:4] == (2, 1, 1, 0)
    assert queries.figures(clock.today() + dt.timedelta(days=60))[:4] == (2, 1, 1, 1)


def test_the_public_actor_alone_sends() -> None:
    result = published()
    said: dict[str, Any] = {"disclosure_id": result.pk, "kind": "error", "text": "x", "token": "t", "address": ""}
    with pytest.raises(Refused):
        commands.send_objection(actor=objected.supervisor(), **said)
    commands.send_objection(actor=public_user(), **said)
    assert "refused" not in json.loads(LedgerPayload.objects.get(verb="publicity.send_objection", actor=public_user()).body)
