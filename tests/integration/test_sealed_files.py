"""Photos and scans in a place without paths, as a bucket is: taken, shown, looked for, moved to another key, let go, backed up and restored."""

import contextlib
import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InMemoryStorage
from django.core.management import call_command

from config.evidence import DISK, storage_of
from inspections.cases import photos
from inspections.cases.evidence import Photo
from inspections.cases.invariants import cases
from inspections.draws.sealing import new_private_key, public_key_of
from inspections.retention import _forget_files
from registries import clock
from registries.backups import database, making, restoring
from registries.ledger.findings import Finding
from registries.operations.probing import ITEMS
from registries.operations.rules import Light
from registries.sealedfiles import keeping
from tests.asking import english
from tests.integration.test_cases_pages import begun
from tests.integration.test_visits import picture, send_photo
from tests.recorded import members
from tests.sealed_storage import MEMORY, kept_in

OLD, NEW = {"k1": b"1" * 32}, {"k2": b"2" * 32}


def lost() -> list[str]:
    """What the nightly look says of photos."""
    return [str(one.text) for one in cases() if not isinstance(one, Finding)]


def dumped(monkeypatch: pytest.MonkeyPatch, pieces: list[bytes]) -> None:
    """The database's part of a backup does not matter here: pieces of chance, which are read and dropped."""
    monkeypatch.setattr(database, "of_one_moment", contextlib.nullcontext)
    monkeypatch.setattr(database, "dump", lambda: iter(pieces))
    monkeypatch.setattr(database, "load", lambda given: [None for _piece in given])
    monkeypatch.setattr(database, "tables", list)


@pytest.mark.django_db
def test_a_visit_its_photos_and_their_keys_need_no_folder(settings: Any) -> None:
    settings.FIELD_KEYS = OLD
    with kept_in(MEMORY):
        case = begun()
        browser = english(members(case)[0])
        assert send_photo(browser, case, "photo-1", picture())[0] == 200
        assert send_photo(browser, case, "scan-1", b"%PDF-1.7\n%%EOF", kind="scan")[0] == 200
        pages = [f"/office/cases/{case.number}/photos/{photo.pk}/" for photo in Photo.objects.all()]
        shown = [b"".join(browser.get(page)) for page in pages]
        assert (len(pages), shown[1]) == (2, b"%PDF-1.7\n%%EOF")
        settings.FIELD_KEYS = NEW | OLD
        call_command("rotate_keys")
        settings.FIELD_KEYS = NEW
        with pytest.raises(SystemExit, match="0"):
            call_command("rotate_keys", check=True)
        assert [b"".join(browser.get(page)) for page in pages] == shown
        assert lost() == []
        stray = keeping.name_of("ab" * 32)
        keeping.keep(stray, b"k2:")
        assert _forget_files(9) == 0
        keeping.place()._resolve(stray).modified_time = clock.now() - dt.timedelta(days=8)  # type: ignore[attr-defined]
        assert (_forget_files(9), len(list(keeping.names()))) == (1, 2)
        keeping.remove(keeping.name_of(Photo.objects.latest("pk").sha256))
        assert lost() == ["The file of photo %(pk)s of case %(number)s is gone."]
        assert browser.get(pages[1]).status_code == 404


@pytest.mark.django_db
def test_a_backup_of_a_bucket_comes_back_into_an_empty_one_and_into_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = new_private_key()
    dumped(monkeypatch, [os.urandom(100_000)])
    body = b"\xff\xd8\xff photo"
    digest = hashlib.sha256(body).hexdigest()
    with kept_in(MEMORY):
        photos.store(photos.Kept(body, "image/jpeg", "", digest, position_kept=False))
        file = making.make(tmp_path, [public_key_of(private)], dict).path
        with pytest.raises(database.Failed, match="The place of evidence is not empty"):
            restoring.restore(file, private)
    with kept_in(MEMORY):
        assert photos.read(digest) is None
        restoring.restore(file, private)
        assert photos.read(digest) == body
    with kept_in(MEMORY), monkeypatch.context() as broken:
        broken.setattr(keeping, "keep", _full)
        with pytest.raises(database.Failed, match="could not be written: full"):
            restoring.restore(file, private)
        assert list(keeping.names()) == []


def _full(*_: Any) -> None:
    raise OSError("full")


@pytest.mark.django_db
def test_a_place_that_does_not_answer_is_a_sentence_and_one_that_renames_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_in("django.core.files.storage.InMemoryStorage"):
        keeping.keep(keeping.name_of("cd" * 32), b"1")
        with pytest.raises(OSError, match="another name"):
            keeping.keep(keeping.name_of("cd" * 32), b"2")
        assert list(keeping.names()) == [keeping.name_of("cd" * 32)]
    with kept_in(MEMORY):
        case = begun()
        browser = english(members(case)[0])
        assert send_photo(browser, case, "photo-1", picture())[0] == 200
        seen = ITEMS["photos"].look(clock.now()).light
        for name in ("exists", "listdir", "open"):
            monkeypatch.setattr(InMemoryStorage, name, _full)
        status, told = send_photo(browser, case, "photo-2", picture((32, 32)))
        assert (status, "cannot store" in told["refused"]) == (409, True)
        assert lost() == ["The place where photos are kept does not answer: %(why)s."]
        assert (ITEMS["photos"].look(clock.now()).light, seen) == (Light.RED, Light.GREEN)
        assert browser.get(f"/office/cases/{case.number}/photos/{Photo.objects.get().pk}/").status_code == 404


def test_an_address_names_a_bucket_or_is_refused() -> None:
    assert storage_of("") == DISK
    named = storage_of("s3://key:s%2Fcret@minio.example:9000/sunlot?region=cn&ca=/etc/ssl/ours.pem")
    assert named["BACKEND"] == "registries.sealedfiles.bucket.BucketFiles"
    assert named["OPTIONS"] == {
        "endpoint_url": "https://minio.example:9000", "bucket_name": "sunlot", "access_key": "key", "secret_key": "s/cret", "region_name": "cn",
        "verify": "/etc/ssl/ours.pem",
    }  # fmt: skip
    assert storage_of("s3+http://a:b@127.0.0.1/x")["OPTIONS"]["endpoint_url"] == "http://127.0.0.1"
    for wrong in ("s3://host/bucket", "s3://a:b@host/", "s3://a:b@host/one/two", "https://a:b@host/x", "s3://a:b@host/x?acl=public", "x"):
        with pytest.raises(ImproperlyConfigured, match="EVIDENCE_BUCKET"):
            storage_of(wrong)
