"""Numbers of persons in free text: found and starred out before anything is published (domain.md §8). Pure.

Full-width figures and letters, and figures parted by spaces or hyphens, are found as well. Names of persons cannot be
found by rule: whoever reviews a record looks for those.
"""

import re
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

STAR = "*"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_WIDE = {0xFF10 + n: 0x30 + n for n in range(10)}
_WIDE |= {0xFF21 + n: 0x41 + n for n in range(26)}
_WIDE |= {0xFF41 + n: 0x41 + n for n in range(26)}
_WIDE |= {0x61 + n: 0x41 + n for n in range(26)}
_WIDE |= {ord(c): ord("-") for c in "－—–‐‑"} | {ord("　"): ord(" ")}

_GAP = r"[ \-]?"
_START, _END = r"(?<![0-9])(?<![0-9][ \-])", r"(?![0-9])"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id", re.compile(rf"{_START}(?:\d{_GAP}){{17}}[\dX](?![0-9A-Z])")),
    ("id", re.compile(rf"{_START}\d{{15}}{_END}")),
    ("card", re.compile(rf"{_START}(?:\d{_GAP}){{15,18}}\d{_END}")),
    ("phone", re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}{_END}")),
    ("phone", re.compile(rf"(?<![0-9])0\d{{2,3}}{_GAP}\d{{7,8}}{_END}")),
    ("plate", re.compile(rf"[{PROVINCES}][A-HJ-NP-Z][ ·•・.\-]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])")),
)
"""Kind → how such a number is spelled, once letters are capitals and figures half-width."""


class Find(NamedTuple):
    """A number of a person: its kind (``id``, ``card``, ``phone``, ``plate``) and where it stands."""

    kind: str
    start: int
    end: int


def finds(text: str) -> list[Find]:
    """Every such number in ``text``, in order, none overlapping; the earlier pattern of the table wins."""
    plain = text.translate(_WIDE)
    found: list[Find] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(plain):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found.append(Find(kind, *match.span()))
    return sorted(found, key=lambda one: one.start)


def masked(text: str) -> str:
    """``text`` with every number of a person starred out, the same length."""
    for one in finds(text):
        text = text[: one.start] + STAR * (one.end - one.start) + text[one.end :]
    return text


def why_not_publish(text: str) -> Sentence | None:
    """Why this text cannot go out as it stands, or None."""
    kinds = {one.kind for one in finds(text)}
    if "id" in kinds:
        return say("The text holds an ID number.")
    if "phone" in kinds:
        return say("The text holds a phone number.")
    if "card" in kinds:
        return say("The text holds the number of a bank card.")
    return say("The text holds a number plate.") if kinds else None
