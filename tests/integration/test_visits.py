"""A visit on a phone, the server's side: messages that arrive once, drafts merged, photos taken apart, who signs, what a stranger gets."""

import hashlib
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from PIL import Image

from inspections.cases import attached, commands, photos, picturing, queries, rules, visiting
from inspections.cases.evidence import Arrival, Photo
from inspections.cases.invariants import cases
from inspections.cases.models import Case, Record
from inspections.cases.states import CaseState
from registries import clock
from registries.ledger.findings import Finding
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import english, refusal
from tests.integration.test_cases_pages import begun, page
from tests.recorded import members
from tests.sealed_storage import path_of

pytestmark = pytest.mark.django_db

SCRAWL = json.dumps([[100, 100, 200, 50, 300, 200, 400, 60, 500, 180, 600, 90, 700, 200, 800, 100]])


def picture(size: tuple[int, int] = (64, 48), kind: str = "JPEG", *, place: bool = False) -> bytes:
    """A picture as a camera makes it, if wanted with its place in it."""
    out = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Camera"
        exif[0x8825] = {1: "N", 2: (36.0, 11.0, 5.0)}
    Image.new("RGB", size, (90, 120, 60)).save(out, kind, exif=exif.tobytes())
    return out.getvalue()


def send(browser: Client, case: Case, key: str, kind: str, **data: Any) -> tuple[int, dict[str, Any]]:
    """A message of a phone; the status and what it is told."""
    body = {"key": key.ljust(8, "0"), "kind": kind, **data}
    answer = browser.post(f"/office/cases/{case.number}/sending/", body, content_type="application/json")
    return answer.status_code, answer.json()


def send_photo(browser: Client, case: Case, key: str, body: bytes, kind: str = "photo", **data: Any) -> tuple[int, dict[str, Any]]:
    """A photo of a phone."""
    fields = {"key": key.ljust(8, "0"), "kind": kind, "file": SimpleUploadedFile("IMG.jpg", body), **data}
    answer = browser.post(f"/office/cases/{case.number}/sending/", fields)
    return answer.status_code, answer.json()


def item_of(case: Case) -> int:
    """The first item of its checklist."""
    return queries.items_of(case)[0].pk


def submitted() -> tuple[Case, User, User]:
    """A case whose record is ready to sign, by nobody yet."""
    case = make.case()
    make.record(case, submitted_at=clock.now())
    first, second = members(case)
    return case, first, second


# --- messages ---------------------------------------------------------------------------------------------------------


def test_a_message_does_its_work_once_however_often_it_comes() -> None:
    case = make.case()
    browser = english(members(case)[0])
    for _time in range(3):
        status, told = send(browser, case, "begin-1", "begin", service="none", no_notice="突击检查")
        assert (status, told["state"]["state"]) == (200, "on-site")
    field = f"answer_{item_of(case)}"
    for _time in range(3):
        status, told = send(browser, case, "draft-1", "draft", round=1, fields={field: "yes"}, base={field: ""})
        assert (status, told["conflicts"]) == (200, {})
    assert case.records.get().version == 2
    for _time in range(3):
        assert send_photo(browser, case, "photo-1", picture(), item=item_of(case))[0] == 200
    assert Photo.objects.count() == 1
    assert list(Arrival.objects.values_list("kind", flat=True)) == ["begin", "draft", "photo"]


def test_the_same_key_in_another_transaction_is_refused_by_the_database() -> None:
    case = begun()
    arguments: dict[str, Any] = {"actor": members(case)[0], "case_id": case.pk, "round_seen": 1, "base": {}, "key": "k" * 8}
    visiting.keep_draft(fields={"present": "甲"}, **arguments)
    with pytest.raises(IntegrityError):
        visiting.keep_draft(fields={"present": "乙"}, **arguments)
    assert case.records.get().present == "甲"


def test_a_message_that_cannot_be_read_and_a_stranger_get_a_sentence() -> None:
    case = begun()
    browser = english(members(case)[0])
    address = f"/office/cases/{case.number}/sending/"
    for body in ("{", "[]", "[" * 50_000, '{"key": "short", "kind": "draft"}', '{"key": "12345678", "kind": "delete"}'):
        assert browser.post(address, body, content_type="application/json").status_code == 400
    status, told = send(english(make.inspector().user), case, "stranger", "draft", fields={})
    assert (status, told["gone"]) == (404, True)
    assert case.subject.name not in json.dumps(told, ensure_ascii=False)
    assert Client().get(address).status_code == 302


def test_a_case_called_off_meanwhile_says_so_and_takes_nothing() -> None:
    case = make.case()
    browser = english(members(case)[0])
    Case.objects.filter(pk=case.pk).update(state=CaseState.CALLED_OFF, called_off_at=clock.now(), called_off_because="gone")
    case.assignments.update(ended_at=clock.now(), ended_because="subject-replaced")
    status, told = send(browser, case, "begin-1", "begin", service="none", no_notice="突击检查")
    assert (status, told["gone"]) == (409, True)
    assert "called off" in told["refused"]
    assert not Arrival.objects.exists()


def test_a_phone_that_left_the_team_is_told_so() -> None:
    case = begun()
    browser = english(members(case)[0])
    case.assignments.filter(position=1).update(ended_at=clock.now(), ended_because="absent")
    told = browser.get(f"/office/cases/{case.number}/sending/").json()
    assert "no longer on the team" in told["refused"]


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_two_people_on_one_form_both_keep_what_they_typed() -> None:
    case = begun()
    first, second = members(case)
    mine, yours = english(first), english(second)
    item = item_of(case)
    assert send(mine, case, "a1", "draft", round=1, fields={"findings": "走廊堆物", "present": "甲"}, base={})[1]["conflicts"] == {}
    typed = {"findings": "没有堆物", f"answer_{item}": "no"}
    status, told = send(yours, case, "b1", "draft", round=1, fields=typed, base={})
    assert (status, told["conflicts"]) == (200, {"findings": "走廊堆物"})
    assert (told["state"]["savedBy"], told["state"]["values"][f"answer_{item}"]) == ("", "no")
    record = case.records.get()
    assert (record.findings, record.present) == ("走廊堆物", "甲")
    assert mine.get(f"/office/cases/{case.number}/sending/").json()["state"]["savedBy"] == second.name
    status, told = send(yours, case, "b2", "draft", round=1, fields={"findings": "没有堆物"}, base={"findings": "走廊堆物"})
    assert told["conflicts"] == {}
    assert case.records.get().findings == "没有堆物"


def test_line_ends_are_no_difference() -> None:
    case = begun()
    first, second = members(case)
    record = case.records.get()
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=rules.Draft(findings="一\r\n二"))
    told = send(english(second), case, "a1", "draft", round=1, fields={"findings": "一\n三"}, base={"findings": "一\n二"})[1]
    assert told["conflicts"] == {}
    record.refresh_from_db()
    assert record.findings == "一\n三"


def test_a_field_that_cannot_be_kept_is_named_and_the_others_are_kept() -> None:
    case = begun()
    fields = {"inspected_on": "2026-13-45", "present": "甲", f"remark_{item_of(case)}": "长" * 501}
    status, told = send(english(members(case)[0]), case, "a1", "draft", round=1, fields=fields, base={})
    assert status == 200
    assert set(told["errors"]) == {"inspected_on", f"remark_{item_of(case)}"}
    assert told["state"]["values"]["present"] == "甲"
    assert told["conflicts"] == {}


def test_a_draft_for_a_round_that_was_returned_or_a_record_ready_to_sign_is_refused() -> None:
    case, first, _second = submitted()
    status, told = send(english(first), case, "a1", "draft", round=1, fields={"present": "乙"}, base={"present": ""})
    assert status == 409
    assert "ready to sign" in told["refused"]
    Record.objects.update(submitted_at=None)
    assert "returned" in send(english(first), case, "a2", "draft", round=2, fields={"present": "乙"}, base={})[1]["refused"]
    assert not Arrival.objects.exists()


def test_a_day_before_the_draw_or_to_come_is_refused_when_it_is_to_be_signed() -> None:
    case, first, _second = submitted()
    assert case.draw
    for day, why in ((clock.today().replace(year=2099), "not come yet"), (clock.today().replace(year=2020), "cannot be earlier")):
        Record.objects.update(submitted_at=None, inspected_on=day, present="甲")
        status, told = send(english(first), case, f"submit-{day}", "submit")
        assert status == 409
        assert why in told["refused"]


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_encoded_again_stripped_sealed_and_known_by_its_hash() -> None:
    case = begun()
    sent = picture((3000, 2000), place=True)
    send_photo(english(members(case)[0]), case, "photo-1", sent, item=item_of(case))
    photo = Photo.objects.get()
    body = photos.read(photo.sha256)
    assert body is not None
    assert (photo.sent_sha256, photo.sha256) == (hashlib.sha256(sent).hexdigest(), hashlib.sha256(body).hexdigest())
    image = Image.open(io.BytesIO(body))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (2560, 1707), {})
    stored = path_of(photo.sha256).read_bytes()
    assert body[:100] not in stored
    assert [photo.sent_sha256] == queries.content_of(case.records.get())["photos"]


def test_place_and_time_stay_only_when_kept_as_evidence() -> None:
    case = begun()
    send_photo(english(members(case)[0]), case, "photo-1", picture(place=True), evidence="1")
    photo = Photo.objects.get()
    exif = Image.open(io.BytesIO(photos.read(photo.sha256) or b"")).getexif()
    assert photo.position_kept
    assert exif.get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"MZ" + b"\0" * 400, "no photo"),
        (picture()[:200], "no photo"),
        (picture((60, 40), "GIF"), "no photo"),
        (picture((10000, 6000), "PNG"), "60 megapixels"),
        (b"\xff\xd8\xff" + b"\0" * photos.LIMIT_BYTES, "larger than 20 MB"),
    ],
)
def test_what_is_no_photo_or_too_large_is_refused_with_a_sentence(body: bytes, why: str) -> None:
    case = begun()
    status, told = send_photo(english(members(case)[0]), case, "photo-1", body)
    assert status == 409
    assert why in told["refused"]
    assert not Photo.objects.exists()
    assert not Arrival.objects.exists()


def test_a_scan_may_be_a_pdf_and_is_handed_out_as_a_download() -> None:
    case = begun()
    browser = english(members(case)[0])
    assert send_photo(browser, case, "scan-1", b"%PDF-1.7\n%%EOF", kind="scan")[0] == 200
    answer = browser.get(f"/office/cases/{case.number}/photos/{Photo.objects.get().pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_photo_opens_to_those_who_may_see_the_case_and_to_nobody_else() -> None:
    case = begun()
    send_photo(english(members(case)[0]), case, "photo-1", picture())
    address = f"/office/cases/{case.number}/photos/{Photo.objects.get().pk}/"
    for insider in (*members(case), make.user(Role.REVIEWER), make.user(Role.CLERK, unit=case.unit)):
        assert english(insider).get(address).status_code == 200
    for outsider in (make.inspector().user, make.user(Role.CLERK, unit=make.unit())):
        assert english(outsider).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out() -> None:
    case = begun()
    browser = english(members(case)[0])
    send_photo(browser, case, "photo-1", picture())
    photo = Photo.objects.get()
    path_of(photo.sha256).write_bytes(b"demo:" + b"0" * 400)
    assert browser.get(f"/office/cases/{case.number}/photos/{photo.pk}/").status_code == 404
    path_of(photo.sha256).unlink()
    assert [found.text for found in cases() if not isinstance(found, Finding)] == ["The file of photo %(pk)s of case %(number)s is gone."]


def test_without_javascript_photos_are_kept_and_withdrawn_on_a_page_of_their_own() -> None:
    case = begun()
    browser = english(members(case)[0])
    address = f"/office/cases/{case.number}/photos/"
    assert "No photo yet" in page(browser, address)
    wrong = browser.post(address, {"kind": "photo", "file": SimpleUploadedFile("a.jpg", b"text")})
    assert "no photo that can be read" in wrong.content.decode()
    assert browser.post(address, {"kind": "photo", "item": item_of(case), "file": SimpleUploadedFile("a.jpg", picture())}).status_code == 302
    photo = Photo.objects.get()
    again = browser.post(address, {"kind": "photo", "item": item_of(case), "file": SimpleUploadedFile("a.jpg", picture())})
    assert "kept here already" in again.content.decode()
    assert browser.post(f"{address}{photo.pk}/withdraw/").status_code == 302
    photo.refresh_from_db()
    assert photo.withdrawn_by == members(case)[0]
    assert attached.photos_of(case) == []
    assert photos.read(photo.sha256) is not None


def test_a_photo_stays_once_the_record_is_ready_to_sign_and_the_database_agrees() -> None:
    case = begun()
    first = members(case)[0]
    send_photo(english(first), case, "photo-1", picture())
    photo = Photo.objects.get()
    Record.objects.update(submitted_at=clock.now(), result=make.result(), inspected_on=clock.today())
    assert "ready to sign" in refusal(lambda: visiting.withdraw_photo(actor=first, case_id=case.pk, photo_id=photo.pk))
    assert send_photo(english(first), case, "photo-2", picture((32, 32)))[0] == 409
    for change in (lambda: Photo.objects.update(sha256="0" * 64), lambda: Photo.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_disk_that_takes_nothing_is_a_sentence() -> None:
    case = begun()
    with override_settings(MEDIA_ROOT="/proc/nowhere"):
        status, told = send_photo(english(members(case)[0]), case, "photo-1", picture())
    assert (status, "cannot store" in told["refused"]) == (409, True)
    assert not Photo.objects.exists()


# --- the phone's pages ------------------------------------------------------------------------------------------------


def test_the_empty_page_and_the_worker_know_nobody_and_the_key_is_everybodys_own() -> None:
    case = begun()
    first, second = members(case)
    visitor = Client()
    for address in ("/office/cases/offline/", "/office/cases/worker.js"):
        text = visitor.get(address).content.decode()
        assert case.subject.name not in text
        assert first.name not in text
    keys = [english(one).get("/office/cases/offline/key/").json() for one in (first, first, second)]
    assert keys[0] == keys[1]
    assert keys[0]["key"] != keys[2]["key"]
    assert visitor.get("/office/cases/offline/key/").status_code == 302


def test_a_case_not_begun_can_be_taken_along_closed_and_empty() -> None:
    case = make.case()
    form = page(english(members(case)[0]), f"/office/cases/{case.number}/record/")
    assert "The visit has not begun" in form
    assert '"state": "assigned"' in form
    mine = page(english(members(case)[0]), "/office/cases/mine/")
    assert f"[&quot;{case.number}&quot;]" in mine


def test_the_paper_form_asks_everything_and_answers_nothing() -> None:
    case = begun()
    facts = picturing.form_facts(case)
    text = picturing.form_html(case)
    for item in queries.items_of(case):
        assert item.content in text
    assert all(result.label in text for result in facts["results"])
    assert "☑" not in text
    assert text.count("□ 是") == len(queries.items_of(case))
