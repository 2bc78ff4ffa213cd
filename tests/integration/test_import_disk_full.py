"""A full disk: a sentence, and nothing half done."""

import errno
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory

from config.errors import failed
from registries.codes.models import CodeTable
from registries.imports.disk import FULL, is_full
from registries.imports.models import Import, ImportRow
from registries.imports.tasks import check_import
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, confirm, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine("sqlite3")]


@pytest.fixture
def clerk() -> User:
    """The clerk of a brigade with what subjects need."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA"))


class NoRoom:
    """The database may not grow by more than a few pages."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # what earlier tests left free would be room
            cursor.execute("PRAGMA page_count")
            pages = int(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA max_page_count = {pages + 2}")

    def __exit__(self, *_error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def rows(count: int) -> bytes:
    return workbook("subjects", subjects=[subject_row(n, address="很长的路" * 20) for n in range(count)])


def visitor(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.proves("R15")
def test_an_upload_that_finds_no_room_is_told_and_not_kept(clerk: User) -> None:
    client, content = visitor(clerk), rows(3_000)
    with NoRoom():
        sent = client.post("/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("a.xlsx", content)})
    assert sent.status_code == 200
    assert str(FULL) in sent.content.decode()
    assert not Import.objects.exists()


@pytest.mark.proves("R15")
def test_a_check_that_finds_no_room_is_done_again_when_there_is_some(clerk: User) -> None:
    batch = confirm(clerk, upload(clerk, "subjects", rows(2_000)))
    with NoRoom():
        check_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == ("checking", 0)
    check_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == ("checked", 2_000)


@pytest.mark.proves("R15")
def test_taking_over_without_room_takes_over_nothing(clerk: User) -> None:
    batch = bring(clerk, "subjects", rows(2_000))
    client = visitor(clerk)
    with NoRoom():
        sent = client.post(f"/office/imports/{batch.pk}/commit/", {"version": batch.version}, follow=True)
    assert str(FULL) in sent.content.decode()
    batch.refresh_from_db()
    assert (batch.state, Subject.objects.count()) == ("checked", 0)


def test_other_failures_are_not_taken_for_a_full_disk(clerk: User) -> None:
    assert is_full(OSError(errno.ENOSPC, "no space"))
    assert not is_full(OSError(errno.EACCES, "no"))
    with mock.patch("registries.imports.views.act", side_effect=OSError(errno.EACCES, "no")), pytest.raises(OSError, match="no"):
        visitor(clerk).post("/office/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("a.xlsx", rows(1))})


def test_any_page_that_finds_no_room_says_so_and_asks_the_database_nothing() -> None:
    try:
        raise DatabaseError from OSError(errno.ENOSPC, "no space")
    except DatabaseError:
        told = failed(RequestFactory().get("/office/"))
    assert (told.status_code, str(FULL) in told.content.decode()) == (507, True)
    assert failed(RequestFactory().get("/office/")).status_code == 500
