"""Sweeps: one command per row; a row that fails is logged and never stops the rest."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger("sunlot.sweep")


def each(do: Callable[[int], object], ids: Iterable[int], *expected: type[Exception]) -> int:
    """Call ``do`` for every id; returns how many failed. ``expected`` failures (a refusal) are ordinary, others are logged whole."""
    failed = 0
    for pk in list(ids):
        try:
            do(pk)
        except expected as refused:
            failed += 1
            log.info("%s %s: %s", getattr(do, "__name__", do), pk, refused)
        except Exception:
            failed += 1
            log.exception("%s %s failed; the sweep goes on", getattr(do, "__name__", do), pk)
    return failed
