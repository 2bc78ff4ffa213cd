"""Ten thousand bad rows, each named, and ten thousand uploads of one account: what they take, and what is left of them (trust.md R20, R21)."""

import io
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registries.codes.models import CodeTable
from registries.imports import commands
from registries.imports.models import Import, ImportRow
from registries.imports.workbooks import refused_workbook
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.asking import signed_in
from tests.import_files import check, confirm, subject_row, upload, workbook

pytestmark = pytest.mark.django_db
Told = Callable[[str, object], None]
BAD = {"uscc": "91370323MA3C00000X", "town": "月球", "status": "不明", "verified_on": "昨天"}


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade with what subjects need."""
    cache.clear()
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA"))


def peak() -> float:
    """The most memory of this process since it was last forgotten, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def all_bad(clerk: User, count: int) -> str:
    """Bring a file without one good row: every row is told, none is taken over; the figure."""
    content = workbook("subjects", subjects=[subject_row(n, **BAD) for n in range(count)])
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, clock, processor = peak(), time.perf_counter(), time.process_time()
    batch = check(confirm(clerk, upload(clerk, "subjects", content)))
    book = refused_workbook(batch)
    clock, processor, most = time.perf_counter() - clock, time.process_time() - processor, peak()
    rows = ImportRow.objects.filter(batch=batch, row_class="refused").order_by("number")
    assert [row.number for row in rows.iterator()] == list(range(rows[0].number, rows[0].number + count))
    for row in rows.iterator():
        reasons = row.details["reasons"]
        assert {str(value) for _heading, value, *_ in reasons} >= {"月球", "不明", "昨天"}
        assert all(heading and sentence and remedy for heading, _value, sentence, remedy in reasons)
    sheet = openpyxl.load_workbook(io.BytesIO(book), read_only=True).worksheets[0]
    assert sum(1 for line in sheet.iter_rows(values_only=True) if "月球" in line) == count
    for only_good in (False, True):
        with pytest.raises(Refused):
            commands.commit_import(actor=clerk, import_id=batch.pk, version=batch.version, only_good=only_good)
    assert not Subject.objects.exists()
    page = signed_in(clerk).get(f"/office/imports/{batch.pk}/").content.decode()
    assert 0 < page.count("月球") <= 200, "the first hundred, each with its reason"
    return f"{count} of {count} bad rows named, 0 taken over; look, check and workbook {clock:.1f} s by the clock, {processor:.1f} s of the processor; memory {before:.0f} to {most:.0f} MB"


@pytest.mark.proves("R20")
def test_every_bad_row_is_told_and_none_is_taken_over(clerk: User, record_property: Told) -> None:
    record_property("figure", all_bad(clerk, 30))


@pytest.mark.full
@pytest.mark.proves("R20")
def test_ten_thousand_bad_rows_are_told_and_none_is_taken_over(clerk: User, record_property: Told) -> None:
    record_property("figure", all_bad(clerk, 10_000))


def sent(client: Client, count: int) -> list[tuple[int, float]]:
    """Send a file so often: status and milliseconds of the processor of each answer."""
    answers = []
    for _ in range(count):
        start = time.process_time()
        status = client.post("/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("a.xlsx", b"MZ")}).status_code
        answers.append((status, (time.process_time() - start) * 1000))
    return answers


def flooded(clerk: User, settings: Any, folder: Path, count: int, most: int) -> str:
    """One account sends so many files where it may send fewer: the figure."""
    settings.UPLOADS_PER_DAY, settings.FILE_UPLOAD_TEMP_DIR = most, folder
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    answers = sent(signed_in(clerk), count)
    assert [status for status, _took in answers] == [200] * most + [429] * (count - most)
    refusals = sorted(took for _status, took in answers[most:])
    assert list(folder.iterdir()) == []
    assert not Import.objects.exists()
    median, late = statistics.median(refusals), refusals[int(len(refusals) * 0.99)]
    assert late <= 50
    return f"{len(refusals)} of {count} uploads past the quota of {most} refused, median {median:.1f} ms, p99 {late:.1f} ms of the processor; 0 files left"


@pytest.mark.proves("R21")
def test_uploads_past_the_quota_are_refused_and_leave_nothing(clerk: User, settings: Any, tmp_path: Path, record_property: Told) -> None:
    record_property("figure", flooded(clerk, settings, tmp_path, 22, 2))


@pytest.mark.full
@pytest.mark.proves("R21")
def test_ten_thousand_uploads_are_refused_past_the_quota_and_leave_nothing(clerk: User, settings: Any, tmp_path: Path, record_property: Told) -> None:
    record_property("figure", flooded(clerk, settings, tmp_path, 10_000, 50))
