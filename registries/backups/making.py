"""Making a backup: one encrypted file in a folder, whole under its name or not there at all; and the oldest ones let go.

Of one moment: the database first, then the files of evidence, which are written before their rows and never changed, so that
whatever a row names is there. The keys of the encrypted columns are not in it: they belong in another safe.
"""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import platform
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from registries import clock
from registries.backups import age, archive, database
from registries.backups.database import Failed
from registries.ledger.queries import head
from registries.sealedfiles import keeping

ENDING, UNDONE = ".age", ".part"
WITHOUT = "The keys of the encrypted columns, passwords of servers and every other secret are not in this backup. Keep them elsewhere."
TOLD = (
    "ALLOWED_HOSTS", "AUDITOR_PUBLIC_KEY", "BACKUP_PUBLIC_KEYS", "BUREAU_NAME", "BUREAU_WORD", "CHECKPOINT_KEEPERS", "CSRF_TRUSTED_ORIGINS", "DEFAULT_FROM_EMAIL",
    "DIGEST_HOUR", "DISCLOSURE_MASKS_TRADERS", "DISCLOSURE_UNASKED_FROM_DAY", "DISCLOSURE_YEARS", "DISCLOSURE_YEARS_OF_PERSONS",
    "DIVISION_CODE", "DRAW_SOURCE_GAP", "DRAW_SOURCE_LEAD", "LEDGER_ORIGIN", "OPENDATA_LICENCE", "OPENDATA_LICENCE_URL",
    "PUBLIC_URL", "PUBLISH_HOUR", "SUPERVISION_PHONE", "TRAINING_HOURS_REQUIRED",
)  # fmt: skip
"""Settings that are no secret and belong to a backup: a list of what goes in, never of what stays out."""

Digest = Callable[[], dict[str, str]]


class Made(NamedTuple):
    """A finished backup: where it is, its bytes and hash, how many members it has, the ledger's head when it was made, what was let go."""

    path: Path
    size: int
    sha256: str
    parts: int
    entries: int
    head: str
    let_go: list[str]


def make(folder: Path, public_keys: list[str], public_digest: Digest, keep: int = 0) -> Made:
    """Write a new backup into ``folder``. ``keep`` > 0: so many stay there, this one among them. Raises :class:`Failed`."""
    if not public_keys:
        raise Failed("There is no key to close it with: set BACKUP_PUBLIC_KEYS or AUDITOR_PUBLIC_KEY.")
    try:
        age.Closing(io.BytesIO(), public_keys)
    except age.Unreadable as error:
        raise Failed(f"BACKUP_PUBLIC_KEYS: {error}") from error
    if not folder.is_dir():
        raise Failed(f"{folder} is no folder. Make it, or mount what it should be.")
    newest, now = head(), clock.now()
    path = folder / f"sunlot-{now:%Y%m%d-%H%M%S}-{newest.seq if newest else 0}{ENDING}"
    if path.exists():
        raise Failed(f"{path} is there already; it stays as it is.")
    _clear(folder)
    facts: dict[str, Any] = {}
    try:
        with _aside(path) as out:
            closing = age.Closing(out, public_keys)
            parts = archive.write(closing, _pieces(facts, public_digest), facts, int(now.timestamp()))
            closing.close()
    except OSError as error:
        raise Failed(f"The backup could not be written: {error.strerror or error}. Nothing of it was left in {folder}.") from error
    return Made(path, out.size, out.digest, len(parts), facts["ledger"]["entries"], facts["ledger"]["head"], _let_go(folder, path, keep))


def sha256_of(path: Path) -> str:
    """The hash of a file as it lies on the disk, not as it is remembered."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprints() -> dict[str, str]:
    """The column keys at hand: name → the first half of a hash, by which the right key is known and nothing of it."""
    return {name: hashlib.sha256(b"sunlot column key " + key).hexdigest()[:32] for name, key in settings.FIELD_KEYS.items()}


def release() -> str:
    """The version of the program."""
    try:
        told: str = tomllib.loads(Path(settings.BASE_DIR, "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    except OSError:
        return ""
    return told


class _Hashed:
    """Writes into a file, and knows size and hash of what went in."""

    def __init__(self, file: Any) -> None:
        self.file, self.size, self.sha256, self.digest = file, 0, hashlib.sha256(), ""

    def write(self, piece: bytes) -> int:
        self.file.write(piece)
        self.sha256.update(piece)
        self.size += len(piece)
        return len(piece)


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[_Hashed]:
    """A file beside ``path`` that gets its name when it is whole, on the disk, and read back the same."""
    part = path.with_name(path.name + UNDONE)
    with open(part, "xb", opener=_private) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            out = _Hashed(file)
            yield out
            file.flush()
            os.fsync(file.fileno())
            out.digest = out.sha256.hexdigest()
            if sha256_of(part) != out.digest:
                raise OSError(f"what {path.parent} gives back is not what was written")
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _pieces(facts: dict[str, Any], public_digest: Digest) -> Iterator[tuple[str, bytes]]:
    with database.of_one_moment():
        facts |= _facts(public_digest)
        for number, piece in enumerate(database.dump()):
            yield f"database/{number:06}", piece
    for name in keeping.names():
        with contextlib.suppress(FileNotFoundError):  # its time has come meanwhile
            yield name, keeping.fetch(name)
    told = {name: getattr(settings, name) for name in TOLD}
    yield "settings.json", json.dumps(told, ensure_ascii=False, indent=1).encode()


def _facts(public_digest: Digest) -> dict[str, Any]:
    newest = head()
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return {
        "made_at": clock.now().isoformat(),
        "engine": connection.vendor,
        "versions": {"sunlot": release(), "python": platform.python_version(), "django": django.__version__, "database": database.version()},
        "migrations": applied,
        "column_keys": fingerprints(),
        "without": WITHOUT,
        "ledger": {"origin": settings.LEDGER_ORIGIN, "entries": newest.seq if newest else 0, "head": newest.entry_hash if newest else ""},
        "public": public_digest(),
    }


def _clear(folder: Path) -> None:
    """Take away what a run that was killed has left; one that still runs holds its lock."""
    for part in folder.glob(f"sunlot-*{ENDING}{UNDONE}"):
        with contextlib.suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _let_go(folder: Path, made: Path, keep: int) -> list[str]:
    """Delete the oldest by their names, never the one just made, whatever the clock said."""
    others = sorted(path for path in folder.glob(f"sunlot-*{ENDING}") if path != made)
    gone = others[: max(0, len(others) + 1 - keep)] if keep > 0 else []
    for path in gone:
        path.unlink()
    return [path.name for path in gone]
