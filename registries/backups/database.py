"""The database as a stream of pieces, all of one moment, and back into an empty one. SQLite by its backup interface, PostgreSQL by its own programs.

Nothing stands in a file that somebody could open meanwhile: SQLite's copy loses its name before its first byte is written.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from registries.backups.archive import PIECE

GZIP = 31
"""zlib's number for gzip; members of it joined are one gzip again."""
PROGRAMS = ("/usr/lib/postgresql",)


class Failed(RuntimeError):
    """The database could not be written down, or not be filled; the message is a sentence."""


@contextlib.contextmanager
def of_one_moment() -> Iterator[None]:
    """Whatever is read inside, by Django and by :func:`dump`, is of one moment; whoever writes meanwhile is not held up."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")  # Django would begin IMMEDIATE, which keeps writers out
            try:
                cursor.execute("SELECT count(*) FROM sqlite_master")
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def tables() -> list[str]:
    """The tables there are."""
    return connection.introspection.table_names()


def version() -> str:
    """The engine and its version, for the manifest."""
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {_server_major()}, {_program('pg_dump')[1]}"


def dump() -> Iterator[bytes]:
    """The database, in pieces, as it is inside :func:`of_one_moment`. Raises :class:`Failed`."""
    return _dump_sqlite() if connection.vendor == "sqlite" else _dump_postgresql()


def load(pieces: Iterable[bytes]) -> None:
    """Fill the empty database with what :func:`dump` gave: wholly or not at all. Raises :class:`Failed`."""
    if connection.vendor == "sqlite":
        _load_sqlite(pieces)
    else:
        _load_postgresql(pieces)
        _learn_sizes()


# --- SQLite --------------------------------------------------------------------------------------------------------------


def _dump_sqlite() -> Iterator[bytes]:
    place = Path(str(connection.settings_dict["NAME"]))
    handle, name = tempfile.mkstemp(prefix=".backup-", dir=place.parent)
    with os.fdopen(handle, "rb") as file:
        try:
            copy = sqlite3.connect(name)
            copy.execute("PRAGMA journal_mode=OFF")
            copy.execute("PRAGMA synchronous=OFF")
        finally:
            Path(name).unlink()
        try:
            with contextlib.closing(copy):
                connection.connection.backup(copy)
        except sqlite3.Error as error:
            raise Failed(f"SQLite could not be copied beside itself: {error}.") from error
        while piece := file.read(PIECE):
            yield zlib.compress(piece, 1, GZIP)


def _load_sqlite(pieces: Iterable[bytes]) -> None:
    place = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    aside = place.with_name(place.name + ".restoring")
    try:
        with aside.open("xb") as file:
            aside.chmod(0o600)
            for piece in pieces:
                file.write(zlib.decompress(piece, GZIP))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.closing(sqlite3.connect(aside)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise Failed("SQLite says that the restored file is not in order.")
        for leftover in (place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))):
            leftover.unlink(missing_ok=True)  # it holds no table; that was looked at before
        aside.rename(place)
    finally:
        for end in ("", "-wal", "-shm"):
            aside.with_name(aside.name + end).unlink(missing_ok=True)


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------


def _dump_postgresql() -> Iterator[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
    program, told = _program("pg_dump")
    if _major(told) < _server_major():
        raise Failed(f"{told} cannot read PostgreSQL {_server_major()}: install postgresql-client-{_server_major()}.")
    command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", "--no-password"]
    with _running(command, stdout=subprocess.PIPE) as pipe:
        while piece := pipe.read(PIECE):
            yield piece


def _load_postgresql(pieces: Iterable[bytes]) -> None:
    database = _place()["PGDATABASE"]
    connection.close()
    program, _told = _program("pg_restore")
    command = [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", f"--dbname={database}"]
    with _running(command, stdin=subprocess.PIPE) as pipe, contextlib.suppress(BrokenPipeError), pipe:  # its own words tell why it went away
        for piece in pieces:
            pipe.write(piece)


def _learn_sizes() -> None:
    """A dump leaves out what the planner knows of its tables (SQLite's copy keeps it); until autovacuum comes by, what is due would take longer than it may."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")
    connection.close()  # with its limit


@contextlib.contextmanager
def _running(command: list[str], *, stdin: int | None = None, stdout: int | None = None) -> Iterator[IO[bytes]]:
    """A client program of PostgreSQL at work, by its one pipe; what it says when it fails is the sentence of the failure."""
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=words, env={**os.environ, **_place()}) as process:  # noqa: S603 - our own words
            pipe = process.stdin or process.stdout
            if pipe is None:
                raise Failed(f"{command[0]} was started without a pipe.")
            try:
                yield pipe
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            words.seek(0)
            raise Failed(f"{Path(command[0]).name} failed: {words.read().decode(errors='replace').strip()[-600:]}")


def _place() -> dict[str, str]:
    """Where the database is, as PostgreSQL's programs read it; the password stands in no command line."""
    told: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    more = {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    place = {name: str(told[key]) for name, key in names.items() if told.get(key)}
    return place | {name: str(told["OPTIONS"][key]) for name, key in more.items() if key in told["OPTIONS"]}


def _program(name: str) -> tuple[str, str]:
    """The newest of these programs on the machine, and what it says of itself."""
    folders = [str(folder) for place in PROGRAMS for folder in Path(place).glob("*/bin")]
    found = {path for folder in [*folders, *os.environ.get("PATH", os.defpath).split(os.pathsep)] if (path := shutil.which(name, path=folder))}
    told = [(path, _says(path)) for path in sorted(found)]
    if not told:
        raise Failed(f"{name} is not installed: install postgresql-client.")
    return max(told, key=lambda one: _major(one[1]))


def _says(path: str) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - our own words


def _major(told: str) -> int:
    found = re.search(r"\) (\d+)", told)
    return int(found[1]) if found else 0


def _server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000
