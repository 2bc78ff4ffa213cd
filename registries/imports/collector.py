"""Python's search for circular garbage rests while a table is read or written: it would walk again and again over millions of cells
that all stay. What is no circle is freed as ever."""

import gc
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_lock = threading.Lock()
_resting = 0


def collector_rests(work: Callable[P, T]) -> Callable[P, T]:
    """Do the work without that search; it begins again when the last of all threads at such work is through."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        _rest(1)
        try:
            return work(*args, **kwargs)
        finally:
            _rest(-1)

    return run


def _rest(more: int) -> None:
    global _resting
    with _lock:
        _resting += more
        if _resting:
            gc.disable()
        else:
            gc.enable()
