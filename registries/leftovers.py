"""Files that nobody needs any more: uploads and half-written files of processes that were killed. Removed after seven days."""

import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from registries.sealedfiles import keeping
from registries.sealedfiles.disk import WholeFiles

AGE = 7 * 86_400
OFTEN = 3600
"""Seconds between two looks of one process."""
_LOOKED = "leftovers"


def remove(now: float | None = None) -> int:
    """Remove what is older than a week from the folder of uploads and, of the sealed files, what was never finished; how many."""
    limit = (time.time() if now is None else now) - AGE
    place = keeping.place()
    gone = place.forget_unfinished(limit) if isinstance(place, WholeFiles) else 0  # in a bucket nothing is ever half-written
    for file in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"):
        try:
            if file.is_file() and file.stat().st_mtime < limit:
                file.unlink()
                gone += 1
        except OSError:  # somebody else was first
            continue
    return gone


def remove_now_and_then() -> None:
    """As above, at most once an hour of each process."""
    if cache.add(_LOOKED, 1, OFTEN):
        remove()
