"""Sweeps: one command per row; a row that fails is logged and never stops the rest."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator

log = logging.getLogger("sunlot.sweep")


SECONDS = 480
"""How long one sweep begins new rows: less than a task may run. What is left is due for the next sweep still."""


def in_time(ids: Iterable[int], share: float = 1.0) -> Iterator[int]:
    """The ids, as long as this share of a sweep's time lasts."""
    until = time.monotonic() + SECONDS * share
    for pk in list(ids):
        if time.monotonic() > until:
            log.warning("the time of this sweep is over; the next one goes on")
            return
        yield pk


def each(do: Callable[[int], object], ids: Iterable[int], *expected: type[Exception]) -> int:
    """Call ``do`` for every id; returns how many failed. ``expected`` failures (a refusal) are ordinary, others are logged whole."""
    failed = 0
    for pk in ids if isinstance(ids, Iterator) else list(ids):
        try:
            do(pk)
        except expected as refused:
            failed += 1
            log.info("%s %s: %s", getattr(do, "__name__", do), pk, refused)
        except Exception:
            failed += 1
            log.exception("%s %s failed; the sweep goes on", getattr(do, "__name__", do), pk)
    return failed
