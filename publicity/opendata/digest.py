"""One digest of everything public: whoever has it knows of another system whether it shows the same. It does not change with the day."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from inspections.draws.models import DrawFile
from inspections.draws.queries import PUBLIC_STATES
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.opendata import queries
from publicity.opendata.models import SnapshotFile
from registries.ledger.models import Checkpoint, LedgerPayload
from registries.matters.models import EditionPaper


def digest() -> dict[str, str]:
    """SHA-256 and SM3 over every published row, the files of draws, the public facts, the checkpoints, and the bytes of the files of the open data."""
    sha256, sm3 = hashlib.sha256(), hashlib.new("sm3")
    for line in _lines():
        for one in (sha256, sm3):
            one.update(line + b"\n")
    return {"sha256": sha256.hexdigest(), "sm3": sm3.hexdigest()}


def _rows() -> Iterator[QuerySet[Any]]:
    yield from (model._default_manager.order_by("pk") for model in (Disclosure, DisclosureVersion, Removal, PenaltyDisclosure, Checkpoint, SnapshotFile))
    yield DrawFile.objects.filter(draw__state__in=PUBLIC_STATES).order_by("pk")
    yield LedgerPayload.objects.filter(public=True).order_by("pk")
    yield EditionPaper.objects.order_by("pk")


def _lines() -> Iterator[bytes]:
    for rows in _rows():
        yield rows.model._meta.label_lower.encode()
        for row in rows.values_list().iterator(chunk_size=1000):
            yield repr([bytes(value) if isinstance(value, memoryview) else value for value in row]).encode()
    for file in queries.files_of(queries.newest()):
        whole = hashlib.sha256()
        for piece in queries.pieces(file.sha256):
            whole.update(piece)
        yield f"{file.name} {whole.hexdigest()}".encode()
