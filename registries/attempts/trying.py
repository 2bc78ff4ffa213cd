"""``@tried``: one run at a time of a piece of work, counted in the database before it begins (trust.md R10).

Counted are runs that did not come back: the process was killed, or died of the work itself. An error is not counted; the sweep comes
again by itself. Whether a run is still going on is asked of a lock that dies with its process, never of a clock: after a kill the next
one begins at once, and a long run is not taken for a dead one.
"""

import fcntl
import functools
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from registries import clock
from registries.attempts import kinds
from registries.attempts.models import Attempt

log = logging.getLogger("sunlot.attempts")

COUNT = (
    "INSERT INTO registries_attempt (work, object_id, begun, began_at) VALUES (%s, %s, 1, %s) ON CONFLICT (work, object_id) DO UPDATE "
    "SET begun = registries_attempt.begun + 1, began_at = excluded.began_at WHERE registries_attempt.begun < %s"
)
"""One statement, so that nothing lies between counting and looking."""


def tried(work: str) -> Callable[[Callable[..., object]], Callable[..., None]]:
    """Count the runs of a function of one id (given by position or by any name; none is 0) as the work of this name."""
    kinds.KINDS[work]

    def wrap(do: Callable[..., object]) -> Callable[..., None]:
        @functools.wraps(do)
        def run(*given: int, **named: int) -> None:
            object_id = next(iter((*given, *named.values())), 0)
            with _alone(work, object_id) as free:
                if free and _begins(work, object_id):
                    try:
                        do(*given, **named)
                    finally:
                        _ended(work, object_id)

        return run

    return wrap


def _begins(work: str, object_id: int) -> bool:
    """Count one more run; False where the work is held."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [work, object_id, connection.ops.adapt_datetimefield_value(clock.now()), kinds.MOST])
        begins = bool(cursor.rowcount)
    if not begins:
        log.error("%s %s broke off %s times and is held: release it on the page of held work", work, object_id, kinds.MOST)
    return begins


def _ended(work: str, object_id: int) -> None:
    """It came back, well or with an error. Where the database went away meanwhile, a new connection is tried once."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with suppress(DatabaseError):
        Attempt.objects.filter(work=work, object_id=object_id).delete()


@contextmanager
def _alone(work: str, object_id: int) -> Iterator[bool]:
    """Whether no other process has this work in hand; nobody else takes it until the block ends or this process dies."""
    return_to = _locked_row if connection.vendor == "postgresql" else _locked_file
    with return_to(f"{work} {object_id}") as free:
        if not free:
            log.info("%s %s is in another worker's hand", work, object_id)
        yield free


@contextmanager
def _locked_row(name: str) -> Iterator[bool]:
    """A lock of the database session, which ends with it."""
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _locked_file(name: str) -> Iterator[bool]:
    """SQLite is for one machine: a lock on a file of its data folder, which ends with the process."""
    folder = Path(settings.DATA_DIR) / "locks"
    folder.mkdir(exist_ok=True)
    path = folder / name.replace(" ", "-")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)
