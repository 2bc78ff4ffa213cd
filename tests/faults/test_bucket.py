"""Photos in a real S3 protocol: a server that speaks it, django-storages and boto3 between. Kept, shown, rotated, backed up, and a server that dies.

Wants ``config/requirements-s3.txt`` and ``moto[s3,server]``, which nothing else does.
"""

import contextlib
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from config.demo.serve import die_with_parent, free_port
from config.evidence import storage_of
from inspections.cases import photos
from inspections.cases.evidence import Photo
from inspections.draws.sealing import new_private_key, public_key_of
from registries.backups import making, restoring
from registries.sealedfiles import keeping
from tests.asking import english
from tests.integration.test_cases_pages import begun
from tests.integration.test_sealed_files import NEW, OLD, dumped, lost
from tests.integration.test_visits import picture, send_photo
from tests.recorded import members
from tests.sealed_storage import kept_in

pytestmark = [
    pytest.mark.full,
    pytest.mark.django_db,
    pytest.mark.skipif(not all(map(importlib.util.find_spec, ("storages", "boto3", "moto"))), reason="wants requirements-s3.txt and moto[s3,server]"),
]
MANY = 1010
"""More than one answer to a listing holds."""


@contextlib.contextmanager
def served() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of buckets on the loopback; the start of its addresses."""
    port = free_port()
    command = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent(signal.SIGTERM))
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
                break
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield f"s3+http://key:secret@127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def bucket(server: str, name: str) -> Iterator[None]:
    """Sealed files stand in this new bucket."""
    named = storage_of(f"{server}/{name}?region=us-east-1")
    with kept_in(named["BACKEND"], **named["OPTIONS"]):
        place: Any = keeping.place()
        place.connection.create_bucket(Bucket=name)
        yield


def test_photos_live_in_a_bucket_and_outlive_nothing_but_it(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    settings.FIELD_KEYS = OLD
    private = new_private_key()
    dumped(monkeypatch, [os.urandom(100_000)])
    with served() as (server, process):
        with bucket(server, "first"):
            case = begun()
            browser = english(members(case)[0])
            assert send_photo(browser, case, "photo-1", picture())[0] == 200
            page = f"/office/cases/{case.number}/photos/{Photo.objects.get().pk}/"
            shown = b"".join(browser.get(page))
            settings.FIELD_KEYS = NEW | OLD
            call_command("rotate_keys")
            settings.FIELD_KEYS = NEW
            assert b"".join(browser.get(page)) == shown
            _many()
            file = making.make(tmp_path, [public_key_of(private)], dict).path
            digest = Photo.objects.get().sha256
        settings.FIELD_KEYS = NEW
        with bucket(server, "second"):
            assert lost() == ["The file of photo %(pk)s of case %(number)s is gone."]
            restoring.restore(file, private)
            assert len(list(keeping.names())) == MANY + 1
            assert (photos.read(digest), lost()) == (shown, [])
            browser = english(members(case)[0])  # a restore ends all sessions
            process.kill()
            began = time.monotonic()
            status, told = send_photo(browser, case, "photo-2", picture((32, 32)))
            seconds = time.monotonic() - began
            assert (status, "cannot store" in told["refused"], browser.get(page).status_code) == (409, True, 404)
            assert lost() == ["The place where photos are kept does not answer: %(why)s."]
    assert seconds < 10
    record_property("figure", f"{MANY + 1} of {MANY + 1} files back from a backup of a bucket; a dead one is a sentence after {seconds:.1f} s")


def _many() -> None:
    """As many files as two answers to a listing hold, in one shard."""
    for number in range(MANY):
        body = str(number).encode()
        keeping.keep(keeping.name_of("ee" + hashlib.sha256(body).hexdigest()[2:]), body)
