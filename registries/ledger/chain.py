"""The hash chain of the ledger, pure (draw protocol 1, §7). No database here; see ``record.py`` for the writing."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from registries.ledger.sentences import Sentence, say

FIRST_PREVIOUS = "0" * 64


def sha256_hex(text: str | bytes) -> str:
    """SHA-256 as 64 lowercase hex digits, of bytes or of the UTF-8 of a string."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def entry_hash(*, previous: str, seq: int, time: str, action: str, payload_hash: str) -> str:
    """``H("sunlot-ledger-1|" previous "|" seq "|" time "|" action "|" H(payload))``."""
    return sha256_hex(f"sunlot-ledger-1|{previous}|{seq}|{time}|{action}|{payload_hash}")


def payload_text(facts: Mapping[str, Any]) -> str:
    """The JSON that is hashed, with a fresh salt of 32 hex digits; these very bytes are kept and exported."""
    salted = {"salt": secrets.token_hex(16), **facts}
    return json.dumps(salted, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checkpoint_text(*, origin: str, seq: int, head: str, time: str) -> str:
    """The four lines of a checkpoint, each ended by LF."""
    return f"sunlot-checkpoint-1\n{origin}\n{seq}\t{head}\n{time}\n"


class Link(NamedTuple):
    """One entry as the chain sees it. ``payload`` is None where it was lawfully deleted or is not public."""

    seq: int
    time: str
    action: str
    previous: str
    payload_hash: str
    entry_hash: str
    payload: str | None


class Break(NamedTuple):
    """The first entry that does not follow, and what is wrong with it."""

    seq: int
    why: Sentence


def find_break(links: Iterable[Link]) -> Break | None:
    """The first thing that does not follow, or None when the chain holds. Reads one link after the other."""
    previous, expected = FIRST_PREVIOUS, 1
    for link in links:
        if link.seq != expected:
            return Break(expected, say("entry %(seq)s is missing (found %(found)s)", seq=expected, found=link.seq))
        if link.previous != previous:
            return Break(link.seq, say("entry %(seq)s does not follow the entry before it", seq=link.seq))
        if link.payload is not None and sha256_hex(link.payload) != link.payload_hash:
            return Break(link.seq, say("the payload of entry %(seq)s was changed", seq=link.seq))
        hashed = entry_hash(
            previous=link.previous, seq=link.seq, time=link.time, action=link.action, payload_hash=link.payload_hash
        )
        if hashed != link.entry_hash:
            return Break(link.seq, say("entry %(seq)s was changed", seq=link.seq))
        previous, expected = link.entry_hash, expected + 1
    return None


def first_break(links: Iterable[Link]) -> str | None:
    """:func:`find_break` as an English sentence."""
    found = find_break(links)
    return found.why.text % found.why.values if found else None
