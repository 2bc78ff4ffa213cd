"""What is inside a backup: a tar of pieces, whose last member, ``manifest.json``, tells what all of them are.

Members: ``database/000000`` … (joined they are a dump of the database), ``evidence/ab/abc…`` (sealed files as they lie on disk),
``settings.json``, ``manifest.json``. A piece is held in memory, never in a file of its own.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple, Protocol

FORMAT = "sunlot-backup-1"
PIECE = 4 * 1024 * 1024
MANIFEST = "manifest.json"
KNOWN = re.compile(r"database/\d{6,}|evidence/[0-9a-f]{2}/[0-9a-f]{64}|settings\.json|manifest\.json")
LARGEST = 1024 * 1024 * 1024
"""A member larger than this was not written here (the manifest is the largest: 250 bytes for each file of evidence)."""


class Damaged(ValueError):
    """What was read is not what the manifest says."""


class Readable(Protocol):
    """Whatever can be read from front to back."""

    def read(self, size: int = ..., /) -> bytes: ...


class Part(NamedTuple):
    """A member as the manifest names it."""

    name: str
    size: int
    sha256: str
    sm3: str


def part(name: str, body: bytes) -> Part:
    """The name, size and digests of these bytes."""
    return Part(name, len(body), hashlib.sha256(body).hexdigest(), hashlib.new("sm3", body).hexdigest())


def write(out: Any, pieces: Iterable[tuple[str, bytes]], facts: dict[str, Any], made: int) -> list[Part]:
    """Write the pieces (name, bytes) and then the manifest, which is ``facts`` and the parts. ``made``: seconds since 1970, for tar."""
    parts = []
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, body in pieces:
            parts.append(part(name, body))
            _add(tar, name, body, made)
        manifest = {"format": FORMAT, **facts, "parts": [one._asdict() for one in parts]}
        _add(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode(), made)
    return parts


def _add(tar: tarfile.TarFile, name: str, body: bytes, made: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(body), made, 0o600
    tar.addfile(member, io.BytesIO(body))


class Reading:
    """A backup read from front to back. ``pieces()`` gives (name, bytes); only when it came to its end is ``manifest`` there and everything held.

    Raises :class:`Damaged` for a member that no backup has, one that is not what the manifest says, or one too few.
    """

    def __init__(self, stream: Readable | BinaryIO) -> None:
        self.stream: Any = stream
        self.manifest: dict[str, Any] = {}
        self.seen: list[Part] = []

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """Everything but the manifest, in the order in which it was written."""
        try:
            with tarfile.open(fileobj=self.stream, mode="r|") as tar:
                for member in tar:
                    body = self._body(tar, member)
                    if member.name == MANIFEST:
                        self._compare(body)
                        break
                    self.seen.append(part(member.name, body))
                    yield member.name, body
        except tarfile.TarError as error:
            raise Damaged("There is no archive in this file.") from error
        if not self.manifest:
            raise Damaged("The archive has no manifest: it was cut off.")
        while self.stream.read(PIECE):  # to its very end, which is authenticated too
            pass

    def _body(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
        file = tar.extractfile(member) if member.isfile() and member.size <= LARGEST and KNOWN.fullmatch(member.name) else None
        if file is None:
            raise Damaged(f"A backup has no member called {member.name!r}.")
        return file.read()

    def _compare(self, body: bytes) -> None:
        manifest = json.loads(body)
        if manifest.get("format") != FORMAT:
            raise Damaged(f"This backup is of the format {manifest.get('format')!r}; this version reads {FORMAT}.")
        told = [Part(**one) for one in manifest.pop("parts")]
        if told != self.seen:
            wrong = [one.name for one, other in zip(told, self.seen, strict=False) if one != other]
            raise Damaged(f"Not what the manifest says: {', '.join(wrong[:5]) or 'a part is missing or too many'}.")
        self.manifest = manifest
