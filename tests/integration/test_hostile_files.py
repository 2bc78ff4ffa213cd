"""Sixty files through every door: what is taken is kept as what it is, what is refused is refused with a sentence, fast."""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from inspections.adhoc.forms import AdhocForm
from inspections.cases import photos
from inspections.cases.forms import AskForm
from inspections.cases.visit_forms import PhotoForm
from inspections.draws.forms import CorrectionForm as SourceCorrectionForm
from inspections.draws.forms import SourceValueForm
from inspections.plans.forms import HandedForm, PlanFileForm, ReportForm
from inspections.plans.models import PlanFile
from publicity.corrections.forms import ObjectionForm
from registries import leftovers
from registries.comparisons import comparing
from registries.comparisons.forms import CompareForm
from registries.imports.forms import UploadForm
from registries.imports.kinds import KINDS
from registries.imports.surveys import survey
from registries.ledger.change import Refused
from registries.people.roles import Role
from registries.spreadsheets.gate import Unreadable, admit
from tests import factories
from tests.asking import signed_in
from tests.hostile_files import FILES, PDF, Hostile, picture
from tests.integration.test_plan_versions import Planning

pytestmark = pytest.mark.django_db

Door = Callable[[Hostile, bytes], str]
"""Sends a file; the sentence of the refusal, "" when it is taken."""


def by_form(make: Callable[[Any], Any], then: Callable[[Any], object] | None = None) -> Door:
    """A form's own judgement of its field `file`, and of what the page does with the bytes afterwards."""

    def send(one: Hostile, body: bytes) -> str:
        form = make({"file": SimpleUploadedFile(one.name, body)})
        form.is_valid()
        if told := form.errors.get("file"):
            return " ".join(map(str, told))
        try:
            if then is not None:
                then(form.cleaned_data["file"].read())
        except (Refused, Unreadable) as refused:
            return str(refused.sentence)
        return ""

    return send


def surveyed(body: bytes) -> None:
    """As the page of imports reads a table."""
    look = survey(KINDS["subjects"].layouts, body)
    if why := look.hostile or look.unreadable:
        raise Unreadable(why)


def photographed(body: bytes) -> None:
    photos.photo(body, as_evidence=False)


EVIDENCE: dict[str, Door] = {
    "files of a plan": by_form(lambda files: PlanFileForm({}, files)),
    "evidence for a replacement": by_form(lambda files: AskForm({}, files, choices=[])),
    "documents of an ad-hoc request": by_form(lambda files: AdhocForm({}, files, subjects=[], matters=[])),
    "objections": by_form(lambda files: ObjectionForm({}, files, named=True)),
    "evidence of a source's value": by_form(lambda files: SourceValueForm({}, files)),
    "evidence of a corrected value": by_form(lambda files: SourceCorrectionForm({}, files)),
}
DOORS: dict[str, dict[str, Door]] = {
    "e": EVIDENCE,
    "r": {"reports of a task": by_form(lambda files: ReportForm({}, files))},
    "p": {"photos": by_form(lambda files: PhotoForm({}, files, items=[]), photographed)},
    "s": {"scans": by_form(lambda files: PhotoForm({}, files, items=[]), photos.scan)},
}


def tables() -> dict[str, Door]:
    """The doors for tables; each parses in a program of its own."""
    clerk = factories.user(Role.CLERK, unit=factories.unit())
    return {
        "imports": by_form(lambda files: UploadForm({}, files, kinds=[]), surveyed),
        "lists from above": by_form(lambda files: HandedForm({}, files), comparing.read),
        "lists to compare": by_form(lambda files: CompareForm({}, files, user=clerk), comparing.read),
    }


def outcomes(doors: dict[str, dict[str, Door]]) -> tuple[int, int]:
    """Send every file through these doors: how many were taken, how many refused; each as it should be."""
    taken = refused = 0
    for one in FILES:
        body = one.make()
        for letter, some in doors.items():
            for name, door in some.items():
                sentence = door(one, body)
                assert (sentence == "") == (letter in one.taken), (one.what, name, sentence)
                assert sentence == "" or len(sentence) > 4, (one.what, name)
                taken, refused = taken + (sentence == ""), refused + (sentence != "")
    return taken, refused


def test_there_are_sixty_files_and_no_two_are_the_same() -> None:
    assert len(FILES) == 60
    assert len({one.what for one in FILES}) == 60


@pytest.mark.proves("T15")
def test_sixty_files_through_every_door_of_evidence_reports_photos_and_scans(record_property: Callable[..., None]) -> None:
    taken, refused = outcomes(DOORS)
    assert taken + refused == 60 * 9
    record_property("figure", f"60 of 60 files right at each of 9 doors: {taken} taken, {refused} refused with a sentence")


@pytest.mark.full
@pytest.mark.proves("T15", "R22", "R23")
def test_sixty_files_through_every_door_of_tables(record_property: Callable[..., None]) -> None:
    taken, refused = outcomes({"t": tables()})
    assert taken + refused == 60 * 3
    record_property("figure", f"60 of 60 files right at each of 3 doors of tables: {taken} taken, {refused} refused with a sentence")


@pytest.mark.full
@pytest.mark.proves("R22", "R21")
def test_the_gates_refuse_in_milliseconds(record_property: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    spent: list[tuple[float, str]] = []
    doors: list[Door] = [one for some in DOORS.values() for one in some.values()]
    for one in FILES:
        body = one.make()
        for door in (*doors, by_form(lambda files: UploadForm({}, files, kinds=[]), admit)):
            start = time.perf_counter()
            if door(one, body):
                spent.append(((time.perf_counter() - start) * 1000, one.what))
    slowest, what = max(spent)
    figure = f"{len(spent)} refusals: median {statistics.median(ms for ms, _what in spent):.1f} ms, slowest {slowest:.1f} ms ({what})"
    record_property("figure", figure)
    with capsys.disabled():
        print(f"\n{figure}")  # noqa: T201


def test_what_is_kept_of_a_photo_is_the_picture_and_nothing_else() -> None:
    """No place of an officer's phone, no archive behind the picture, no wider than a page."""
    for body in (picture(gps=True), next(one for one in FILES if one.what == "a picture that is an archive too").make()):
        kept = photos.photo(body, as_evidence=False)
        with Image.open(io.BytesIO(kept.body)) as image:
            assert dict(image.getexif()) == {}
        assert b"PoliceCam" not in kept.body
        assert b"PK\x03\x04" not in kept.body
    with Image.open(io.BytesIO(photos.photo(picture(gps=True), as_evidence=True).body)) as image:
        assert image.getexif().get_ifd(0x8825)


def test_a_name_is_a_name_on_the_way_in_and_out() -> None:
    bureau = Planning()
    draft, client = bureau.amendment(), signed_in(bureau.clerk)
    address = f"/office/plans/{draft.pk}/files/"
    for n, one in enumerate(one for one in FILES if "name" in one.what):
        file = SimpleUploadedFile("x.pdf", PDF + bytes(str(n), "ascii"))
        file.name = one.name  # as a program may send it, past what Django makes of names
        assert client.post(address, {"file": file}).status_code == 302, one.what
        row = PlanFile.objects.latest("pk")
        assert len(row.file_name) <= 200
        assert not set("/\\\0\r\n\u2028\u202e") & set(row.file_name), one.what
        shown = client.get(f"{address}{row.pk}/")
        assert (shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
        assert shown.headers["Content-Disposition"].startswith("inline; filename")
        assert "\n" not in shown.headers["Content-Disposition"]
        if "<" in one.name:
            assert "<img src=x" not in client.get(f"/office/plans/{draft.pk}/").content.decode()
        PlanFile.objects.filter(pk=row.pk).delete()


# --- too much at once, too much in a day, what is left behind -------------------------------------------------------------------


@pytest.fixture
def clerk() -> Iterator[Client]:
    """Somebody who may upload."""
    cache.clear()
    yield signed_in(factories.user(Role.CLERK, unit=factories.unit()))
    cache.clear()


class Endless(io.BytesIO):
    """A body that tells how much of it was read."""

    asked = 0

    def read(self, size: int | None = -1) -> bytes:
        """Zeros without end."""
        self.asked += size or 0
        return b"\0" * (size or 0)


@pytest.mark.proves("R21")
def test_a_body_that_is_too_large_is_refused_before_it_is_kept(clerk: Client) -> None:
    for client, address, size in ((clerk, "/office/imports/new/", 31 * 1024 * 1024), (Client(), "/office/sign-in/", 9 * 1024 * 1024), (Client(), "/office/sign-in/", 10**12)):
        body = Endless()
        head: dict[str, Any] = {"CONTENT_LENGTH": str(size), "wsgi.input": body}
        answer = client.generic("POST", address, b"", content_type="multipart/form-data; boundary=x", **head)
        assert answer.status_code == 413
        assert "MB" in answer.content.decode()
        assert body.asked in (0, size), "either all of it is read and forgotten, or nothing"
    chunked = clerk.generic("POST", "/office/imports/new/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert chunked.status_code == 413


@pytest.mark.proves("R21")
def test_an_account_that_has_sent_enough_today_goes_on_tomorrow(settings: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-03-01T23:59:00+08:00", tick=False)
    cache.clear()
    clerk = signed_in(factories.user(Role.CLERK, unit=factories.unit()))
    settings.UPLOADS_PER_DAY = 3
    answers = [clerk.post("/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("a.pdf", b"MZ")}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "3" in answers[-1].content.decode()
    time_machine.move_to("2026-03-02T00:00:01+08:00", tick=False)
    settings.UPLOADS_PER_DAY = 1000
    settings.UPLOAD_MB_PER_DAY = 1
    heavy = [clerk.post("/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("a.pdf", b"MZ" * 200_000)}).status_code for _ in range(4)]
    assert heavy == [200, 200, 429, 429]
    assert clerk.get("/office/").status_code == 200, "only sending is over for today"


@pytest.mark.proves("R21")
def test_what_killed_processes_leave_is_removed_after_a_week(settings: Any, tmp_path: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT = tmp_path / "uploads", tmp_path / "media"
    sealed = settings.MEDIA_ROOT / "evidence" / "ab"
    for folder in (settings.FILE_UPLOAD_TEMP_DIR, sealed):
        folder.mkdir(parents=True)
    kept, left, half = sealed / ("ab" + "0" * 62), settings.FILE_UPLOAD_TEMP_DIR / "tmpx.upload.xlsx", sealed / "tmpy"
    for file in (kept, left, half):
        file.write_bytes(b"x")
    assert leftovers.remove() == 0
    assert leftovers.remove(now=time.time() + 8 * 86_400) == 2
    assert (kept.exists(), left.exists(), half.exists()) == (True, False, False)
