"""A stolen database gives no number away, and no kept file is served: canary numbers in every place that takes one."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from config.bootstrap import program
from inspections.cases import photos
from registries.inspectors.models import Assistant, Inspector
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, objected
from tests.import_files import bring, subject_row, workbook
from tests.integration.test_protected_rows import one_of_everything
from tests.sealed_storage import path_of

PHONE, ID = "13987654321", "370323199011230017"
NAMES = ("欧阳金丝雀",)
CANARIES = [text.encode() for text in (PHONE, ID, *NAMES)]


def sow() -> None:
    """The canaries in every column and file that is made for such data, by commands where there is one."""
    one_of_everything()
    unit = factories.unit()
    clerk = factories.user(Role.CLERK, unit=unit)
    factories.inspector(unit=unit, phone=PHONE, id_number=ID)
    Inspector.objects.update(phone=PHONE, id_number=ID)
    Assistant.objects.update(phone=PHONE)
    Subject.objects.update(phone=PHONE, contact=NAMES[0])
    objected.objection(name=NAMES[0], contact=PHONE, text=f"{NAMES[0]} {PHONE}", file=f"%PDF- {ID}".encode(), file_name="a.pdf")
    row = subject_row(1) | {"phone": PHONE, "contact": NAMES[0]}
    bring(clerk, "subjects", workbook("subjects", subjects=[row]))
    body = f"\xff\xd8\xff {ID}".encode()
    photos.store(photos.Kept(body, "image/jpeg", "0" * 64, hashlib.sha256(body).hexdigest(), position_kept=False))


def hits(text: bytes) -> list[bytes]:
    """Which canaries stand in it, in any spelling a database may use."""
    return [one for one in CANARIES if one in text or one.decode().encode("utf-16-le") in text or one.hex().encode() in text]


@pytest.mark.engine("sqlite3")
@pytest.mark.django_db
@pytest.mark.proves("T3", "T19")
def test_no_number_stands_in_the_file_of_the_database(record_property: Callable[[str, object], None]) -> None:
    sow()
    texts = [connection.connection.serialize()]  # every page as it goes to the disk, those of this transaction too
    assert b"12345" in texts[0], "what is not encrypted is seen"
    files = [one.read_bytes() for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()]
    assert sum(map(len, texts)) > 500_000
    assert files
    found = [hit for text in (*texts, *files) for hit in hits(text)]
    assert found == []
    record_property("figure", f"0 hits of {len(CANARIES)} canaries in {sum(map(len, texts)) // 1024} KB of database and {len(files)} files")


@pytest.mark.full
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.proves("T19")
def test_no_number_stands_in_a_dump(record_property: Callable[[str, object], None]) -> None:
    sow()
    dump, at = program("pg_dump"), connection.settings_dict
    assert dump is not None
    env = os.environ | {"PGPASSWORD": str(at["PASSWORD"] or "")}
    asked = [dump, "-h", at["HOST"] or "localhost", "-p", str(at["PORT"] or 5432), "-U", at["USER"], at["NAME"]]
    text = subprocess.run(asked, env=env, capture_output=True, check=True).stdout
    assert len(text) > 100_000
    assert hits(text) == []
    record_property("figure", f"0 hits of {len(CANARIES)} canaries in {len(text) // 1024} KB of dump")


@pytest.mark.django_db
@pytest.mark.proves("T15")
def test_no_address_serves_a_kept_file() -> None:
    body = b"\xff\xd8\xff photo"
    kept = photos.Kept(body, "image/jpeg", "0" * 64, hashlib.sha256(body).hexdigest(), position_kept=False)
    photos.store(kept)
    path = path_of(kept.sha256)
    assert path.is_file()
    inside: list[Any] = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    assert not any(Path(settings.DATA_DIR / "media").is_relative_to(Path(one)) for one in inside), "the media folder is under no served one"
    assert settings.MEDIA_URL in ("", "/"), "nothing is mounted there"
    visitor = Client()
    relative = path.relative_to(settings.MEDIA_ROOT)
    for start in ("/", "/media/", "/static/", "/static/../media/", "/static/%2e%2e/media/", "/office/", "/evidence/"):
        answer = visitor.get(f"{start}{relative}")
        assert answer.status_code in (302, 404), start
        assert body not in b"".join(answer)
