"""Replacements through the pages, and the receipts printed after the visits."""

import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.cases import commands, receipts
from inspections.cases.models import Case, Replacement
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.protocol import blinding_code
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import english, refusal
from tests.offices import Office
from tests.replacing import first, replaced, team, visited

pytestmark = pytest.mark.django_db


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
