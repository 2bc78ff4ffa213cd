"""Who signs a record, in which order and with what: the inspected person or a witness first, then each inspector by the own account."""

from typing import Any

import pytest

from inspections.cases import commands, queries, rules, visiting
from inspections.cases.evidence import Acknowledgement
from inspections.cases.models import Record, Signature
from inspections.cases.states import CaseState
from registries import clock
from tests import factories as make
from tests.asking import english, refusal
from tests.integration.test_cases_pages import begun, page
from tests.integration.test_visits import SCRAWL, send, send_photo, submitted
from tests.recorded import members, shown

pytestmark = pytest.mark.django_db


def test_nobody_signs_before_the_inspected_person_and_nobody_alone() -> None:
    case, first, second = submitted()
    sign: dict[str, Any] = {"case_id": case.pk, "content_hash": shown(case), "drawn": SCRAWL}
    assert "First the inspected" in refusal(lambda: commands.sign_record(actor=first, **sign))
    side: dict[str, Any] = {"case_id": case.pk, "content_hash": shown(case)}
    visiting.acknowledge_record(actor=first, kind="drawn", name="经理王某", drawn=SCRAWL, **side)
    commands.sign_record(actor=first, **sign)
    assert "already" in refusal(lambda: commands.sign_record(actor=first, **sign))
    case.refresh_from_db()
    assert case.state == CaseState.ON_SITE
    commands.sign_record(actor=second, case_id=case.pk, content_hash=shown(case))
    case.refresh_from_db()
    assert case.state == CaseState.RECORDED
    assert sorted(Signature.objects.values_list("way", flat=True)) == ["drawn", "password"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kind": "maybe"}, "Choose how"),
        ({"kind": "drawn", "name": "王某"}, "signature is missing"),
        ({"kind": "drawn", "drawn": SCRAWL}, "Name who signs"),
        ({"kind": "drawn", "name": "王某", "drawn": "[[1,2]]"}, "too short"),
        ({"kind": "drawn", "name": "王某", "drawn": '[[1,"x"]]'}, "cannot be read"),
        ({"kind": "refused", "name": "王某"}, "Name the witness"),
        ({"kind": "absent"}, "Name the witness"),
        ({"kind": "paper", "name": "王某"}, "Attach the scan"),
    ],
)
def test_the_inspected_persons_side_is_signed_or_witnessed(given: dict[str, str], why: str) -> None:
    case, first, _second = submitted()
    arguments: dict[str, Any] = {"actor": first, "case_id": case.pk, "content_hash": shown(case), **given}
    assert why in refusal(lambda: visiting.acknowledge_record(**arguments))
    assert not Acknowledgement.objects.exists()


def test_paper_that_was_signed_counts_with_its_scan() -> None:
    case = begun()
    first, second = members(case)
    send_photo(english(first), case, "scan-1", b"%PDF-1.7 signed", kind="scan")
    Record.objects.update(submitted_at=clock.now(), result=make.result(), inspected_on=clock.today())
    visiting.acknowledge_record(actor=second, case_id=case.pk, content_hash=shown(case), kind="paper", name="王某")
    assert Acknowledgement.objects.get().kind == "paper"


def test_who_could_not_be_inspected_signs_nothing() -> None:
    case = make.case()
    make.record(case, submitted_at=clock.now(), result=make.result("closed"), findings="已停业，门上有告示")
    for person in members(case):
        commands.sign_record(actor=person, case_id=case.pk, content_hash=shown(case), drawn=SCRAWL)
    case.refresh_from_db()
    assert case.state == CaseState.RECORDED


def test_a_record_taken_back_and_changed_asks_the_inspected_person_again() -> None:
    case, first, second = submitted()
    visiting.acknowledge_record(actor=first, case_id=case.pk, content_hash=shown(case), kind="refused", witness="李某")
    commands.take_back_record(actor=second, case_id=case.pk)
    record = case.records.get()
    draft = queries.draft_of(record)
    changed = rules.Draft(draft.inspected_on, draft.result_id, "", None, "另一人", draft.answers)
    commands.save_record(actor=second, case_id=case.pk, version=record.version, draft=changed)
    record.refresh_from_db()
    commands.submit_record(actor=second, case_id=case.pk, version=record.version)
    assert "First the inspected" in refusal(lambda: commands.sign_record(actor=first, case_id=case.pk, content_hash=shown(case)))


def test_the_page_asks_the_inspected_person_first_and_shows_the_drawing_afterwards() -> None:
    case, first, _second = submitted()
    browser = english(first)
    address = f"/office/cases/{case.number}/sign/"
    assert "First: the inspected person" in page(browser, address)
    side = {"side-content_hash": shown(case), "side-kind": "drawn", "side-name": "经理王某", "side-drawn": ""}
    wrong = browser.post(f"/office/cases/{case.number}/acknowledge/", side)
    assert (wrong.status_code, "signature is missing" in wrong.content.decode()) == (422, True)
    assert "经理王某" in wrong.content.decode()
    assert browser.post(f"/office/cases/{case.number}/acknowledge/", {**side, "side-drawn": SCRAWL}).status_code == 302
    text = page(browser, address)
    assert "M100 100L200 50" in text
    assert "Your signature" in text
    assert browser.post(address, {"content_hash": shown(case), "drawn": SCRAWL}).status_code == 302
    assert Signature.objects.get().way == "drawn"


def test_signatures_sent_by_a_phone_fit_what_the_server_has_or_are_refused() -> None:
    case, first, _second = submitted()
    browser = english(first)
    side = {"kind_of": "drawn", "name": "王某", "drawn": SCRAWL}
    assert send(browser, case, "side-1", "acknowledge", content_hash="0" * 64, **side)[0] == 409
    assert send(browser, case, "side-1", "acknowledge", content_hash=shown(case), **side)[0] == 200
    assert send(browser, case, "sign-1", "sign", content_hash=shown(case), drawn="")[0] == 409
    for _time in range(2):
        assert send(browser, case, "sign-1", "sign", content_hash=shown(case), drawn=SCRAWL)[0] == 200
    assert Signature.objects.count() == 1
