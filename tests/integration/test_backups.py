"""Backup and restore: everything comes back into an empty system and nowhere else, nothing is read on the way, nothing is left half (R27, T19)."""

import base64
import contextlib
import errno
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings

from config.bootstrap import ROOT
from config.checks import TRIGGERS
from inspections.cases import photos
from inspections.cases.tasks import sweep_cases
from inspections.draws.models import DrawFile
from inspections.draws.sealing import new_private_key, public_key_of
from inspections.draws.tasks import sweep_draws
from publicity.disclosures.models import Disclosure
from publicity.disclosures.tasks import sweep_disclosures
from publicity.opendata.digest import digest
from publicity.opendata.tasks import sweep_opendata
from registries import triggers
from registries.backups import age, archive, database, making, restoring
from registries.backups.database import Failed
from registries.ledger.change import Change
from registries.ledger.findings import run_checks
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import head
from registries.ledger.record import record_change
from registries.ledger.verifying import verify
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.sealedfiles import keeping
from registries.subjects.models import Subject
from tests import factories, open_data, public_draws

pytestmark = pytest.mark.usually("sqlite3")

SESSIONS = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
CANARIES = ("金丝雀旅馆", "金丝雀老板")
PHOTO = b"\xff\xd8\xff what the camera saw: " + CANARIES[0].encode()


class Keys(NamedTuple):
    """The auditor's pair: the public half, and the file with the private one."""

    public: str
    private: str
    file: Path


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Keys:
    private = new_private_key()
    file = tmp_path / "auditor-key"
    file.write_text(private + "\n")
    settings.BACKUP_PUBLIC_KEYS = [public_key_of(private)]
    return Keys(public_key_of(private), private, file)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def some_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what does not depend on it: its dump is a few pieces of chance, and it counts as empty."""
    monkeypatch.setattr(database, "of_one_moment", contextlib.nullcontext)
    monkeypatch.setattr(database, "dump", lambda: iter([os.urandom(150_000), os.urandom(150_000)]))
    monkeypatch.setattr(database, "tables", list)


def town() -> Disclosure:
    """A small county: a draw, a disclosed result, its open data, a photo, somebody signed in; every protected row in the ledger."""
    draw = public_draws.drawn(entries=3, quota=1)
    (case,) = public_draws.visited(draw)
    shown = public_draws.disclosed(factories.reviewed_case(case))
    Subject.objects.filter(pk=case.subject_id).update(name=CANARIES[0], contact=CANARIES[1])
    open_data.kept()
    photos.store(photos.Kept(PHOTO, "image/jpeg", "", hashlib.sha256(PHOTO).hexdigest(), position_kept=False))
    Client().force_login(factories.user(Role.CLERK), backend="registries.people.backend.Accounts")
    rows = [row for model in apps.get_models() if getattr(model, "PROTECTED", ()) for row in model._default_manager.all()]
    record_change("registries.import_foundation", system_user().pk, Change(rows[0], also=tuple(rows[1:])))
    return shown


def backed_up(shelf: Path, **options: Any) -> Path:
    told = io.StringIO()
    call_command("backup", shelf, stdout=told, **options)
    return Path(told.getvalue().partition(": ")[0])


@contextlib.contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """Another machine: an empty database of the same kind and an empty folder; afterwards everything is as before."""
    place = connection.settings_dict
    before = place["NAME"]
    folder.mkdir(exist_ok=True)
    connection.close()
    if connection.vendor == "sqlite":
        place["NAME"] = str(folder / "sunlot.sqlite3")
    else:
        from config.testing.servers import fresh_database

        place["NAME"] = f"restored_{uuid.uuid4().hex[:12]}"
        fresh_database(os.environ["DATABASE_URL"], place["NAME"])
    try:
        with override_settings(MEDIA_ROOT=folder / "media"):
            yield
    finally:
        connection.close()
        place["NAME"] = before


def restored(file: Path, keys: Keys) -> str:
    told = io.StringIO()
    call_command("restore", file, key=keys.file, stdout=told)
    return told.getvalue()


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(CommandError) as caught:
        act()
    return str(caught.value)


def published() -> tuple[list[Any], list[Any]]:
    return list(Disclosure.objects.values_list("public_id", "version")), list(DrawFile.objects.values_list("name", "sha256"))


def sizes_unknown() -> list[str]:
    """Tables with rows whose values PostgreSQL's planner knows nothing of."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        known = "SELECT tablename FROM pg_stats WHERE schemaname = 'public'"
        cursor.execute(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples <> 0 AND relnamespace = 'public'::regnamespace AND relname NOT IN ({known})")  # noqa: S608
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.proves("R27")
@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_into_an_empty_system_and_nothing_is_drawn_or_published_twice(
    tmp_path: Path, shelf: Path, keys: Keys, record_property: Callable[[str, object], None]
) -> None:
    shown = town()
    file, public, newest = backed_up(shelf), digest(), head()
    before = published()
    assert newest is not None
    began = time.monotonic()
    with elsewhere(tmp_path / "empty"):
        told = restored(file, keys)
        took = time.monotonic() - began
        assert "Ledger, rows, triggers and public data are what they were" in told
        assert digest() == public
        assert verify().wrong == []
        assert [finding.english for finding in run_checks() if not finding.warning] == []
        assert {trigger.name for trigger in TRIGGERS} <= triggers.present("default")
        assert sizes_unknown() == []
        assert photos.read(hashlib.sha256(PHOTO).hexdigest()) == PHOTO
        assert not SESSIONS.objects.exists()
        *_before, last = LedgerPayload.objects.order_by("entry_id")
        assert (last.verb, last.entry.seq) == ("registries.note_restore", newest.seq)  # where the old system noted the backup
        assert Client().get(f"/results/{shown.public_id}/").status_code == 200
        for sweep in (sweep_draws, sweep_cases, sweep_disclosures, sweep_opendata) * 2:
            sweep()
        assert published() == before
        assert verify().wrong == []
    record_property("figure", f"restored and looked at in {took:.1f} s: ledger whole, public digest equal, 0 findings")


@pytest.mark.usually("postgresql")
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
def test_what_the_planner_must_know_is_there_as_soon_as_a_dump_is_loaded(tmp_path: Path) -> None:
    """A dump leaves it out; without it the list of what is due took longer than a statement may, on ten thousand cases."""
    with database.of_one_moment():
        pieces = list(database.dump())
    with elsewhere(tmp_path / "empty"):
        database.load(pieces)
        assert database.tables()
        assert sizes_unknown() == []


@pytest.mark.proves("T19")
@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_backup_can_be_read_without_the_key_and_no_column_key_is_in_it(
    shelf: Path, keys: Keys, record_property: Callable[[str, object], None]
) -> None:
    town()
    file = backed_up(shelf)
    closed = file.read_bytes()
    found = [word for word in (*CANARIES, "sqlite", "manifest", "evidence") if word.encode() in closed]
    opened = age.Opening(io.BytesIO(closed), keys.private).read()
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        names = tar.getnames()
    inside = [settings.SECRET_KEY.encode(), keys.private.encode()]
    inside += [spelt for key in settings.FIELD_KEYS.values() for spelt in (key, base64.b64encode(key), key.hex().encode())]
    assert (found, [key for key in inside if key in opened]) == ([], [])
    assert any(name.startswith("evidence/") for name in names)
    assert PHOTO not in opened
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(age.Unreadable):
        age.Opening(io.BytesIO(closed), new_private_key())
    record_property("figure", f"0 of {len(CANARIES)} canaries in {len(closed)} bytes; 0 of {len(inside)} keys inside")


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_a_system_that_holds_anything_is_not_restored_into(shelf: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    file = backed_up(shelf)
    lying = keeping.name_of("ab" * 32)
    keeping.keep(lying, b"somebody's")
    assert "evidence is not empty" in refused(lambda: restored(file, keys))
    assert keeping.fetch(lying) == b"somebody's"
    monkeypatch.setattr(database, "tables", lambda: ["registries_unit"])
    assert "The database is not empty" in refused(lambda: restored(file, keys))


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_a_damaged_backup_or_one_for_another_key_fills_nothing(tmp_path: Path, shelf: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "load", lambda _pieces: pytest.fail("it was filled"))
    file = backed_up(shelf)
    whole = file.read_bytes()
    spoilt = tmp_path / "spoilt.age"
    other = Keys("", "", tmp_path / "other-key")
    other.file.write_text(new_private_key())
    for body, why in (
        (whole[:-1], "damaged or cut off"),
        (whole[: len(whole) // 2], "damaged or cut off"),
        (whole[: -16 - len(whole) % 7], "damaged or cut off"),
        (whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], "damaged or cut off"),
        (whole + b"more", "damaged or cut off"),
        (whole[:60] + bytes([whole[60] ^ 2]) + whole[61:], "does not open with this key"),
        (b"PK\x03\x04" + whole, "no backup"),
        (b"", "no backup"),
    ):
        spoilt.write_bytes(body)
        assert why in refused(lambda: restored(spoilt, keys)), (why, len(body))
    assert "does not open with this key" in refused(lambda: restored(file, other))
    assert list(keeping.names()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_the_column_keys_must_be_there_first_and_another_version_is_told_apart(shelf: Path, keys: Keys) -> None:
    file = backed_up(shelf)
    with override_settings(FIELD_KEYS={"k9": bytes(32)}):
        assert "kept apart from backups" in refused(lambda: restored(file, keys))
    manifest = restoring.verified(file, keys.private)
    manifest["migrations"].setdefault("registries", []).append("9999_of_tomorrow")
    with pytest.raises(Failed, match="Restore with that version"):
        restoring._refuse_if_unfit(manifest)


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_an_archive_that_somebody_else_made_cannot_write_outside_its_folders(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "load", lambda _pieces: pytest.fail("it was filled"))
    forged = tmp_path / "forged.age"
    for name in ("evidence/../../etc/passwd", "/etc/passwd", "evidence/ab/x", "settings.py"):
        with forged.open("wb") as out:
            closing = age.Closing(out, [keys.public])
            archive.write(closing, [(name, b"x")], {}, 0)
            closing.close()
        assert "A backup has no member called" in refused(lambda: restored(forged, keys))


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_a_full_disk_leaves_nothing_half_and_keeps_what_is_there(shelf: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    first, entries = backed_up(shelf), head()
    written = making._Hashed.write

    def full(self: Any, piece: bytes) -> int:
        if self.size > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, piece)

    monkeypatch.setattr(making._Hashed, "write", full)
    assert "No space left on device" in refused(lambda: backed_up(shelf, keep=1))
    assert list(shelf.iterdir()) == [first]
    assert head() == entries


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_what_a_killed_run_left_goes_and_a_running_one_is_left_alone(shelf: Path, keys: Keys) -> None:
    (shelf / "sunlot-20260101-000000-1.age.part").write_bytes(b"half")
    (shelf / "notes.txt").write_text("somebody's")
    with making._aside(shelf / "sunlot-20260102-000000-1.age"):
        file = backed_up(shelf)
        assert {one.name for one in shelf.iterdir()} == {file.name, "notes.txt", "sunlot-20260102-000000-1.age.part"}


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_only_so_many_are_kept_and_never_is_the_new_one_let_go(shelf: Path, keys: Keys) -> None:
    for name in ("sunlot-20250101-000000-1.age", "sunlot-20990101-000000-9.age", "other.age"):
        (shelf / name).write_bytes(b"an older one")
    file = backed_up(shelf, keep=2)
    assert {one.name for one in shelf.iterdir()} == {file.name, "sunlot-20990101-000000-9.age", "other.age"}


@pytest.mark.django_db
@pytest.mark.usefixtures("some_database")
def test_verify_knows_the_file_again_and_looks_inside_with_the_key(tmp_path: Path, shelf: Path, keys: Keys) -> None:
    file, told = backed_up(shelf), io.StringIO()
    call_command("backup", verify=file, stdout=told)
    call_command("backup", verify=file, key=keys.file, stdout=told)
    assert "the bytes that were written" in told.getvalue()
    assert "Every part is what the manifest says" in told.getvalue()
    other = tmp_path / file.name
    other.write_bytes(file.read_bytes() + b"\n")
    assert "The ledger tells of no backup" in refused(lambda: call_command("backup", verify=other))
    assert "damaged" in refused(lambda: call_command("backup", verify=other, key=keys.file))


@pytest.mark.django_db
def test_it_is_refused_in_sentences(tmp_path: Path, shelf: Path, keys: Keys, settings: Any) -> None:
    assert "is no folder" in refused(lambda: backed_up(tmp_path / "nowhere"))
    assert "Say either" in refused(lambda: call_command("backup"))
    assert "cannot be read" in refused(lambda: call_command("backup", verify=tmp_path / "nothing"))
    settings.BACKUP_PUBLIC_KEYS = ["bm8ga2V5"]
    assert "a key is base64 of 32 bytes" in refused(lambda: backed_up(shelf))
    settings.BACKUP_PUBLIC_KEYS = []
    assert "no key to close it with" in refused(lambda: backed_up(shelf))


def test_the_program_age_reads_what_is_closed_here_and_the_other_way_round(tmp_path: Path) -> None:
    private = "PjUJV7Y4FJ14aIcqrFmli6QrxBQwbeANW/YaziIJoTQ="
    theirs = base64.b64decode(
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB1WTB0em1tTTczdDB4MHQ0QjZrSEtnNkg4dlBya1dTRXkrdC9BRDhNcHlBCmk1RHlDaWFUR29QMW1oMGNZNVM1YTI4"
        "NkhQeTNTUEozWUl1dnNwdW5MeVEKLS0tIHN6T0wyMExDY1hLUFpBektqdCtxRXhpUjhsV01RZGM1VHUyYW9JU2FiUzQKKmrCR/G1++E61yHC/XVAd1kNweDSYKLYw29GtnFe"
        "lryx7V5wUaJ0XVElQ2vl7d7xO/oWNrY="
    )  # made by age 1.1.1
    assert age.Opening(io.BytesIO(theirs), private).read().decode() == "the roster of 旅馆\n"
    spelt, file = io.StringIO(), tmp_path / "key"
    file.write_text(private + "\n")
    call_command("auditor_key", "age", file, stdout=spelt)
    assert spelt.getvalue().strip() == age.identity(private)
    assert age.identity(private) == "AGE-SECRET-KEY-18C6SJ4AK8Q2F67RGSU42CKD93WJZH3Q5XPK7QR2M7CDVUGSF5Y6QJWWAPL"
    for size in (0, 1, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 3 * age.CHUNK):
        closed = io.BytesIO()
        closing = age.Closing(closed, [public_key_of(new_private_key()), public_key_of(private)])
        closing.write(b"x" * size)
        closing.close()
        assert age.Opening(io.BytesIO(closed.getvalue()), private).read() == b"x" * size
        with pytest.raises(age.Unreadable):
            age.Opening(io.BytesIO(closed.getvalue()[: -16 - min(size, 7)]), private).read()


@pytest.mark.full
@pytest.mark.proves("R27")
def test_the_drill_by_hand_two_systems_and_the_commands_as_they_are_typed(tmp_path: Path, template: Any) -> None:
    from config.demo.serve import Stack
    from tests.conftest import own_servers

    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    env = template.copied(old)
    private = new_private_key()
    (tmp_path / "key").write_text(private)
    env |= {"BACKUP_PUBLIC_KEYS": public_key_of(private)}
    first = Stack(old, env=env)
    first.manage("found_office")
    first.manage("backup", str(tmp_path))
    (file,) = tmp_path.glob("*.age")
    second = {**os.environ, **env, **own_servers(new), "DATA_DIR": str(new), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "restore", str(file), "--key", str(tmp_path / "key")]
    done = subprocess.run(command, cwd=ROOT, env=second, capture_output=True, text=True, check=False)
    assert (done.returncode, "What is next" in done.stdout) == (0, True), done.stdout + done.stderr
    again = subprocess.run(command, cwd=ROOT, env=second, capture_output=True, text=True, check=False)
    assert (again.returncode, "not empty" in again.stderr) == (1, True)
