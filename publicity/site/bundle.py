"""The bundle of a draw as one zip, the same bytes for the same files: fixed dates, sorted names, nothing packed.

Written as it is read: a file of hundreds of megabytes passes through in pieces.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from inspections.draws.protocol import digest
from registries.outlet import Outlet

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip can hold; no real one, so that the archive depends on its files alone."""
READABLE = 0o644 << 16
UNIX = 3


class Packed(NamedTuple):
    """A file of the archive: its name, size in bytes and hash, and how to read it piece by piece."""

    name: str
    size: int
    sha256: str
    pieces: Callable[[], Iterator[bytes]]


def mark(files: Iterable[Packed], folder: str) -> str:
    """The archive's ETag, without making it: it follows from the folder and the hashes of the files."""
    return digest("|".join((folder, *(f"{file.name} {file.sha256}" for file in sorted(files)))))


def zipped(files: Iterable[Packed], folder: str) -> Iterator[bytes]:
    """The files in one folder, piece by piece. Stored, because every zlib packs in its own way."""
    out = Outlet()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{file.name}", FIRST_DAY)
            entry.create_system = UNIX
            entry.external_attr = READABLE
            entry.file_size = file.size  # beyond 2 GiB the archive needs its large form, and must know so before
            with archive.open(entry, "w") as member:
                for piece in file.pieces():
                    member.write(piece)
                    yield out.taken()
    yield out.taken()
