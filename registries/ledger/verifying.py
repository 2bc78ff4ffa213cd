"""The whole ledger recomputed in one pass: the chain, its payloads, the columns that repeat them, the checkpoints.

The same pass can gather the newest digest of every protected row (``Newest``), against which ``protected.py`` holds the
rows. Streaming: memory grows with the protected rows, not with the entries.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from registries.ledger.chain import Break, Link, checkpoint_text, find_break
from registries.ledger.digests import GONE
from registries.ledger.models import LedgerEntry
from registries.ledger.sentences import Sentence, say

AT_ONCE = 2000
BACK = dt.timedelta(minutes=1)
"""By how much an entry must be earlier than the one before it to say that the clock went back."""
COLUMNS = (
    "seq",
    "time",
    "action",
    "previous",
    "payload_hash",
    "entry_hash",
    "payload__body",
    "payload__verb",
    "payload__actor_id",
    "payload__object_kind",
    "payload__object_id",
    "payload__public",
    "checkpoint__time",
    "checkpoint__text",
)


class Row(NamedTuple):
    """One entry with everything that is kept about it. The first seven are its :class:`Link`."""

    seq: int
    time: str
    action: str
    previous: str
    payload_hash: str
    entry_hash: str
    payload: str | None
    verb: str | None
    actor_id: int | None
    object_kind: str | None
    object_id: str | None
    public: bool | None
    checkpoint_time: str | None
    checkpoint: str | None


class Kept(NamedTuple):
    """What the ledger says last of a row: the entry's number and the digest (``GONE``: the row was deleted)."""

    seq: int
    digest: str


class Newest:
    """Table → key → what the ledger said last of that row, as far as it was read (``seq``)."""

    def __init__(self) -> None:
        self.seq = 0
        self.rows: dict[str, dict[int, Kept]] = {}

    def learn(self, seq: int, body: dict[str, Any]) -> None:
        """Take over the digests of one payload."""
        self.seq = seq
        if body.get("digest"):
            self.rows.setdefault(body["object"], {})[body["id"]] = Kept(seq, body["digest"])
        for label, pk, digest in body.get("also", ()):
            if digest or label in self.rows:
                self.rows.setdefault(label, {})[pk] = Kept(seq, digest)

    def read_on(self, upto: int | None = None) -> None:
        """Read what was written since (as far as ``upto``)."""
        for row in _rows(self.seq, upto):
            self.learn(row.seq, json.loads(row.payload) if row.payload is not None else {})

    def of(self, label: str, pk: int) -> Kept | None:
        """What is known of a row; None when it was never written or was deleted."""
        kept = self.rows.get(label, {}).get(pk)
        return kept if kept is not None and kept.digest != GONE else None


class Jump(NamedTuple):
    """The clock went back before entry ``seq``: the entry before it bears a later time. The order is that of ``seq``, always."""

    seq: int
    before: str
    at: str

    @property
    def what(self) -> Sentence:
        """In a sentence."""
        return say("the server's clock went back before entry %(seq)s: from %(before)s to %(at)s", **self._asdict())


class Verified(NamedTuple):
    """What recomputing found: the first break, everything else that is wrong, how many entries, the head's hash."""

    broken: Break | None
    findings: list[Sentence]
    entries: int
    head: str
    without_payload: int
    jumps: list[Jump]

    @property
    def wrong(self) -> list[Sentence]:
        """All of it, the break first."""
        return [*([self.broken.why] if self.broken else []), *self.findings]


def verify(newest: Newest | None = None) -> Verified:
    """Recompute everything from the first entry to the head as it stands now; fills ``newest`` on the way."""
    head = LedgerEntry.objects.order_by("-seq").first()
    if head is None:
        return Verified(None, [], 0, "", 0, [])
    look = _Look(newest or Newest())
    stream = look.through(_rows(0, head.seq))
    broken = find_break(stream)
    for _link in stream:  # after a break the digests are read all the same
        pass
    return Verified(broken, look.findings, look.entries, head.entry_hash, look.without_payload, look.jumps)


def _rows(after: int, upto: int | None) -> Iterator[Row]:
    entries = LedgerEntry.objects.filter(seq__gt=after).order_by("seq")
    if upto is not None:
        entries = entries.filter(seq__lte=upto)
    return map(Row._make, entries.values_list(*COLUMNS).iterator(chunk_size=AT_ONCE))


class _Look:
    """Looks at every row as it passes to the chain."""

    def __init__(self, newest: Newest) -> None:
        self.newest = newest
        self.findings: list[Sentence] = []
        self.jumps: list[Jump] = []
        self.entries = self.without_payload = 0
        self.time = ""

    def through(self, rows: Iterable[Row]) -> Iterator[Link]:
        for row in rows:
            self.entries += 1
            body: dict[str, Any] = {}
            if row.payload is None:
                self.without_payload += 1
            else:
                body = _read(row.payload)
                if not _repeats(row, body):
                    self.findings.append(say("the look-up columns of entry %(seq)s do not agree with its payload", seq=row.seq))
            self.newest.learn(row.seq, body)
            self._checkpoint(row)
            self._clock(row)
            yield Link(*row[:7])

    def _checkpoint(self, row: Row) -> None:
        if row.checkpoint is None:
            if row.action.startswith("draws.") or row.action == "ledger.daily":
                self.findings.append(say("entry %(seq)s has no checkpoint", seq=row.seq))
            return
        lines = row.checkpoint.split("\n")
        origin = lines[1] if len(lines) > 1 else ""
        time = row.checkpoint_time or ""
        if row.checkpoint != checkpoint_text(origin=origin, seq=row.seq, head=row.entry_hash, time=time):
            self.findings.append(say("the checkpoint of entry %(seq)s does not agree with it", seq=row.seq))

    def _clock(self, row: Row) -> None:
        if row.time < self.time and _back(self.time, row.time) > BACK:
            self.jumps.append(Jump(row.seq, self.time, row.time))
        self.time = row.time


def _back(before: str, at: str) -> dt.timedelta:
    """How far the second time is before the first; nothing where somebody made one unreadable (the chain's break tells)."""
    try:
        return dt.datetime.fromisoformat(before) - dt.datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return dt.timedelta(0)


def _read(payload: str) -> dict[str, Any]:
    """A payload as it says; nothing where somebody made it unreadable (its hash tells)."""
    try:
        body = json.loads(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _repeats(row: Row, body: dict[str, Any]) -> bool:
    """Whether the columns kept beside a payload say what it says. A public fact has no verb of its own."""
    public = row.action.startswith("draws.") and "verb" not in body
    if row.public != public:
        return False
    if public:
        return row.verb == row.action and row.actor_id is None
    if "verb" not in body:
        return row.action == "ledger.daily"
    same = row.verb == body["verb"] and row.actor_id == body.get("actor")
    return same and row.object_kind == body.get("object", "") and row.object_id == str(body.get("id") or "")
