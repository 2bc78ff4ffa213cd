"""The files of a draw as they are kept: whole lines in parts of a few MiB, written once, read as a stream.

However large a roster is, nobody holds more of it in memory than a part. What stands in the files is ``files.py``.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.db.models import Q, QuerySet

from inspections.draws.models import Draw, DrawFile, DrawFilePart

OF_A_RESULT = ("reveal.txt", "result.txt")
"""Files that a result has of its own: once more for each result that was struck (``Draw.corrections``)."""


def keep(draw: Draw, name: str, pieces: Iterable[bytes]) -> DrawFile:
    """Keep a file, byte by byte, for ever; returns its row, for the ledger. ``pieces`` may end anywhere."""
    hashed, size = hashlib.sha256(), 0
    correction = draw.corrections if name in OF_A_RESULT else 0
    for position, body in enumerate(_parts(pieces, settings.DRAW_FILE_PART)):
        DrawFilePart.objects.create(draw=draw, name=name, correction=correction, position=position, body=body)
        hashed.update(body)
        size += len(body)
    return DrawFile.objects.create(draw=draw, name=name, correction=correction, sha256=hashed.hexdigest(), size=size)


def keep_all(draw: Draw, bodies: Mapping[str, bytes]) -> tuple[DrawFile, ...]:
    """Keep several small files."""
    return tuple(keep(draw, name, [body]) for name, body in bodies.items())


def stream(draw: Draw, name: str, *, first: int = 0, last: int | None = None) -> Iterator[bytes]:
    """The bytes of a kept file, part by part, or those of a run of its parts; each part ends with a line."""
    rows = DrawFilePart.objects.filter(_of(draw), name=name, position__gte=first).order_by("position")
    if last is not None:
        rows = rows.filter(position__lte=last)
    # one row a query: a cursor would hold its snapshot, or on SQLite its lock, as long as the slowest reader
    at: int | None = first
    while at is not None:
        found = rows.filter(position__gte=at).values_list("position", "body").first()
        if found is not None:
            yield bytes(found[1])
        at = found[0] + 1 if found is not None else None


def bodies(draw: Draw, names: Iterable[str] | None = None) -> dict[str, bytes]:
    """The kept files (of these names) as a whole, in one query: for whoever needs all of them at once, as a verifier does."""
    closed = kept(draw).values("name")  # parts without it are a file that was never finished
    found = DrawFilePart.objects.filter(_of(draw), name__in=closed).order_by("name", "position")
    if names is not None:
        found = found.filter(name__in=list(names))
    rows = groupby(found.values_list("name", "body"), key=itemgetter(0))
    return {name: b"".join(bytes(body) for _, body in parts) for name, parts in rows}


def body(draw: Draw, name: str) -> bytes:
    """A small file as a whole; empty where it is not kept."""
    return bodies(draw, [name]).get(name, b"")


def kept(draw: Draw) -> QuerySet[DrawFile]:
    """The rows of the files of a draw, with hash and size; of its results the one that ``draw`` stands at."""
    return DrawFile.objects.filter(_of(draw)).order_by("pk")


def _of(draw: Draw) -> Q:
    return Q(draw=draw) & (~Q(name__in=OF_A_RESULT) | Q(correction=draw.corrections))


def parts(draw: Draw, name: str) -> int:
    """How many parts a kept file has."""
    return DrawFilePart.objects.filter(_of(draw), name=name).count()


def sha256(draw: Draw, name: str) -> str:
    """The hash of a file computed from its bytes, not the one that stands beside them."""
    hashed = hashlib.sha256()
    for piece in stream(draw, name):
        hashed.update(piece)
    return hashed.hexdigest()


def _parts(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The pieces cut anew behind the last line end within ``most`` bytes; a longer line stays whole."""
    rest = b""
    for piece in pieces:
        rest += piece
        while len(rest) > most:
            cut = rest.rfind(b"\n", 0, most) + 1 or rest.find(b"\n") + 1
            if not cut:
                break
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest
