"""The way back: a backup is read through once and held against its manifest, and only then read again into an empty system.

``age`` proves that nothing was changed, not who wrote it: anybody has the public key. That it is ours is shown by the ledger's head
in it, which the checkpoints of the keepers confirm.
"""

import contextlib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, Tags, run_checks
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from registries.backups import age, archive, database, making
from registries.backups.database import Failed
from registries.ledger.findings import run_checks as run_invariants
from registries.ledger.queries import head
from registries.sealedfiles import keeping

Manifest = dict[str, Any]


def verified(file: Path, private_key: str) -> Manifest:
    """The manifest of a backup in which every part was read and is what the manifest says. Raises :class:`Failed`."""
    with _opened(file, private_key) as reading:
        for _piece in reading.pieces():
            pass
    return reading.manifest


def restore(file: Path, private_key: str) -> Manifest:
    """Fill the empty system with a backup; its manifest. Raises :class:`Failed` before anything was written, or leaving nothing half."""
    _refuse_if_in_use()
    manifest = verified(file, private_key)
    _refuse_if_unfit(manifest)
    try:
        with _opened(file, private_key) as reading:
            database.load(_database_and_evidence(reading))
    except BaseException:
        with contextlib.suppress(OSError):
            for name in keeping.names():  # it was empty before
                keeping.remove(name)
        raise
    import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects.all().delete()  # nobody is in by what was signed out since
    return manifest


def amiss(manifest: Manifest, public_digest: Callable[[], dict[str, str]]) -> list[str]:
    """What is not as it was when the backup was made, or not as it must be: sentences, none when all is well."""
    newest = head()
    found = {"origin": settings.LEDGER_ORIGIN, "entries": newest.seq if newest else 0, "head": newest.entry_hash if newest else ""}
    wrong = []
    if found != manifest["ledger"]:
        wrong.append(f"The ledger's head is {found}, in the backup it was {manifest['ledger']}.")
    if public_digest() != manifest["public"]:
        wrong.append("What is public differs from what was public when the backup was made.")
    wrong += [str(message) for message in run_checks(tags=[Tags.database], databases=["default"]) if message.level >= ERROR]
    wrong += [f"[{finding.check}] {finding.english}" for finding in run_invariants() if not finding.warning]
    return wrong


def _refuse_if_in_use() -> None:
    if database.tables():
        raise Failed("The database is not empty. A backup is restored into an empty system only; nothing was changed.")
    try:
        lying = next(keeping.names(), None)
    except OSError as error:
        raise Failed(f"The place of evidence does not answer: {error}. Nothing was changed.") from error
    if lying is not None:
        raise Failed("The place of evidence is not empty. A backup is restored into an empty system only; nothing was changed.")


def _refuse_if_unfit(manifest: Manifest) -> None:
    """The same kind of database, the same version, the same column keys."""
    if manifest["engine"] != connection.vendor:
        raise Failed(f"This is a backup of {manifest['engine']}, and DATABASE_URL names {connection.vendor}.")
    told = {(app, name) for app, names in manifest["migrations"].items() for name in names}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    if told and (told - set(loader.disk_migrations or ()) or set(loader.graph.leaf_nodes()) - told):
        raise Failed(f"Version {manifest['versions']['sunlot']} made this backup, and this is another one. Restore with that version, then upgrade.")
    at_hand = making.fingerprints()
    lacking = [name for name, mark in manifest["column_keys"].items() if at_hand.get(name) != mark]
    if lacking:
        raise Failed(f"The column keys {', '.join(lacking)} are missing or others. Put them into FIELD_KEYS_FILE; they are kept apart from backups.")


@contextlib.contextmanager
def _opened(file: Path, private_key: str) -> Iterator[archive.Reading]:
    try:
        with file.open("rb") as closed:
            yield archive.Reading(age.Opening(closed, private_key))
    except (age.Unreadable, archive.Damaged) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or file}: {error.strerror}.") from error


def _database_and_evidence(reading: archive.Reading) -> Iterator[bytes]:
    """The pieces of the database; files of evidence are put in their places on the way."""
    for name, body in reading.pieces():
        if name.startswith("database/"):
            yield body
        elif name.startswith(f"{keeping.PREFIX}/"):
            try:
                keeping.keep(name, body)
            except OSError as error:
                raise Failed(f"{name} could not be written: {error}. Nothing was left half.") from error
