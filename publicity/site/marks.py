"""By what a kept page is known to stand: the mark of the results, or the head of the ledger and the minute; and this release.

Each is one small read, kept by the process for ``PUBLIC_MARK_SECONDS``, so that a page that has not changed costs next to nothing.
"""

import functools
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import connection

from publicity.disclosures import index
from registries import clock

Mark = Callable[[], str]
T = TypeVar("T")
KEPT = 3600
"""Seconds that something made of the results is kept; never with another mark than its own."""

_kept: dict[str, tuple[float, str]] = {}


def _for_a_moment(name: str, read: Mark) -> str:
    now = time.monotonic()
    until, value = _kept.get(name, (0.0, ""))
    if until <= now:
        value = read()
        _kept[name] = now + settings.PUBLIC_MARK_SECONDS, value
    return value


def results() -> str:
    """Changes with anything of the results."""
    return _for_a_moment("results", lambda: str(index.mark()))


def part() -> str:
    """The same for a part of a page that is kept by itself."""
    return results() if settings.PUBLIC_PAGES_KEPT else str(time.perf_counter_ns())


def everything() -> str:
    """Changes with anything that a command writes, and with the minute: for pages that say what is overdue."""
    return _for_a_moment("everything", _head)


def _head() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, (SELECT max(seq) FROM registries_ledgerentry) FROM publicity_mark")
        number, head = cursor.fetchone()
    return f"{number}.{head or 0}.{int(clock.now().timestamp()) // 60}"


def nothing() -> str:
    """For pages that change with the release alone."""
    return "0"


def kept(name: str, make: Callable[[], T], *, large: bool = True) -> T:
    """What ``make`` makes of the results, made once until anything of them changes.

    ``large``: it costs much and is wanted by many pages; a flood of searches does not push it out.
    """
    if not settings.PUBLIC_PAGES_KEPT:
        return make()
    key = f"{name}/{results()}"
    shelf = caches["figures" if large else "default"]
    found: T | None = shelf.get(key)
    if found is None:
        found = make()
        shelf.set(key, found, KEPT)
    return found


@functools.cache
def release() -> str:
    """Changes with templates, code, words and settings that pages show."""
    told = sha256(f"{settings.BUREAU_NAME}{settings.SUPERVISION_PHONE}{settings.PUBLIC_URL}{settings.DEMO}".encode())
    for folder in ("templates", "publicity", "static", "locale"):
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*.*")):
            if path.suffix in (".html", ".py", ".css", ".js", ".svg", ".mo"):
                seen = path.stat()
                told.update(f"{path.name}{seen.st_size}{seen.st_mtime_ns}".encode())
    return told.hexdigest()[:12]
