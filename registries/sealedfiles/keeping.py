"""The one door to sealed files: they are written whole, read, listed and removed by name, wherever they stand.

Names are ``evidence/ab/abc…``, after the SHA-256 of what was sealed. A folder that all machines share or an S3-like bucket, as
``STORAGES["evidence"]`` says; nobody else knows which. What goes wrong is an :class:`OSError`, whatever the place.
"""

import datetime as dt
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

PREFIX = "evidence"


def place() -> Storage:
    """Where they stand."""
    return storages["evidence"]


def name_of(sha256: str) -> str:
    """The name of the file with this digest."""
    return f"{PREFIX}/{sha256[:2]}/{sha256}"


def keep(name: str, body: bytes) -> None:
    """Write a file, in place of the one of that name if there is one: whole, or not at all. Raises OSError."""
    kept = place().save(name, ContentFile(body))
    if kept != name:
        place().delete(kept)
        raise OSError(f"{name}: this storage gives another name to a file that is there already")


def fetch(name: str) -> bytes:
    """What stands in a file. Raises FileNotFoundError when there is none, OSError when the place does not answer."""
    with place().open(name) as file:
        return bytes(file.read())


def beginning(name: str, length: int) -> bytes:
    """The first bytes of a file; refusals as of :func:`fetch`."""
    with place().open(name) as file:
        return bytes(file.read(length))


def is_kept(name: str) -> bool:
    """Whether there is such a file."""
    return place().exists(name)


def names() -> Iterator[str]:
    """All files in the order of their names; those half-written by a process that died are none of them."""
    for shard in sorted(_listed(PREFIX)[0]):
        yield from (f"{PREFIX}/{shard}/{one}" for one in sorted(kept_in(shard)))


def kept_in(shard: str) -> set[str]:
    """The digests of the files whose digest begins with these two letters."""
    return {one for one in _listed(f"{PREFIX}/{shard}")[1] if len(one) == 64}


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return place().listdir(folder)
    except FileNotFoundError:
        return [], []


def written_at(name: str) -> dt.datetime:
    """When a file was written."""
    return place().get_modified_time(name)


def remove(name: str) -> None:
    """Take a file away, if it is there."""
    place().delete(name)
