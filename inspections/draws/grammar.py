"""The spelling rules of draw protocol 1: words, numbers, moments, source forms, and whole files as lines.

Here stand the smallest pieces (§1, §3) that every file of a bundle is made of. The files themselves stand in `files.py`.
Pure: text and bytes in, values or `BadForm` out.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from math import comb, prod

INTEGER = r"(?:0|[1-9][0-9]{0,5})"
CODE = r"[0-9a-f]{32}"
DIGEST = r"[0-9a-f]{64}"
STRATUM = r"(?!team(?![A-Za-z0-9._-]))[A-Za-z0-9][A-Za-z0-9._-]{0,31}"
TAG = r"[a-z0-9][a-z0-9._-]{0,31}"
TAGS = rf"(?:-|{TAG}(?:,{TAG})*)"
NUMBER = r"[0-9A-Za-z][0-9A-Za-z._-]{0,47}"
REVISED = rf"{NUMBER}@{INTEGER}"
WORDS = r"[^\x00-\x1f\x7f-\x9f|]{1,200}"
PUBLIC_ID = r"[0-9A-Z][0-9A-Z._-]{0,31}"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+08:00"

LEAST_POSSIBILITIES = 2**40
"""So many values the public sources of an order have at least, together (§3)."""
WARN_POSSIBILITIES = 2**60
"""Below so many the approval page warns (§3)."""

BEIJING = timezone(timedelta(hours=8))

_GROUP = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")
_LENGTH = re.compile(r"(digits|hex):([1-9][0-9]{0,2})")
_NOT_WORDS = re.compile(r"[\x00-\x1f\x7f-\x9f|]")
_BOM = b"\xef\xbb\xbf"


class BadForm(Exception):
    """What does not fit the form: exit 2. `line` counts from 1 (the name of the form); 0 means the file as a whole."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        """File, line and reason, as the verifier prints them."""
        return f"{self.file} line {self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of `text` fits one of the patterns above."""
    return re.fullmatch(pattern, text) is not None


def as_words(name: str) -> str:
    """A name as it is blinded: `|` and control characters replaced by a space (§1); the length is not touched."""
    return _NOT_WORDS.sub(" ", name)


def read_lines(file: str, name: str, data: bytes) -> list[str]:
    """The records of a file: its lines after the first, which must be the name of the form `sunlot-<name>-1` (§1)."""
    if data.startswith(_BOM):
        raise BadForm(file, 1, "first line: a byte order mark stands before it")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadForm(file, data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None
    lines = text.split("\n")
    if lines.pop() or not lines:
        raise BadForm(file, len(lines) + 1, "last line not ended")
    if lines[0] != f"sunlot-{name}-1":
        raise BadForm(file, 1, f"first line: not sunlot-{name}-1")
    return lines[1:]


def write_lines(name: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A file of that form: fields joined by TAB, LF after every line."""
    lines = [f"sunlot-{name}-1", *("\t".join(row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def proved(data: bytes, read: Callable[[bytes], object]) -> bytes:
    """The bytes, once their own reader has taken them: so no file leaves that a verifier would refuse."""
    read(data)
    return data


def read_tags(file: str, line: int, text: str) -> tuple[str, ...]:
    """The tags of a field that fits `TAGS`: sorted by bytes, none twice; `-` for none."""
    if text == "-":
        return ()
    tags = tuple(text.split(","))
    if any(one >= other for one, other in pairwise(tags)):
        raise BadForm(file, line, "tags: sorted, none twice")
    return tags


def write_tags(tags: Iterable[str]) -> str:
    """Tags as a field: sorted, joined by commas, `-` for none."""
    return ",".join(sorted(tags)) or "-"


def read_moment(text: str) -> datetime | None:
    """The moment a text spells, or None where it does not fit the form or is no real one (§1)."""
    if not fits(MOMENT, text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def possibilities(form: str) -> int:
    """How many values a source form has, counted in integers; 0 where it is no form of the protocol (§3)."""
    if match := _LENGTH.fullmatch(form):
        return int((10 if match[1] == "digits" else 16) ** int(match[2]))
    groups = _ball_groups(form)
    return prod(comb(n, k) for k, n in groups) if groups else 0


def value_fits(form: str, value: str) -> bool:
    """Whether a value is spelled as its form wants it (§3)."""
    if match := _LENGTH.fullmatch(form):
        digits = "[0-9]" if match[1] == "digits" else "[0-9a-f]"
        return len(value) == int(match[2]) and fits(f"{digits}+", value)
    groups = _ball_groups(form)
    parts = value.split("+")
    return bool(groups) and len(parts) == len(groups) and all(map(_balls_fit, groups, parts))


def _ball_groups(form: str) -> list[tuple[int, int]]:
    """The (k, n) of `balls:k/n+…`; empty where the form is not that."""
    if not form.startswith("balls:"):
        return []
    groups = []
    for part in form.removeprefix("balls:").split("+"):
        match = _GROUP.fullmatch(part)
        if match is None or int(match[1]) > int(match[2]):
            return []
        groups.append((int(match[1]), int(match[2])))
    return groups


def _balls_fit(group: tuple[int, int], text: str) -> bool:
    """Two-digit numbers 01…n, strictly ascending, k of them, joined by commas."""
    k, n = group
    balls = text.split(",")
    return (
        len(balls) == k
        and all(fits("[0-9]{2}", ball) for ball in balls)
        and balls[0] >= "01"
        and balls[-1] <= f"{n:02}"
        and all(one < other for one, other in pairwise(balls))
    )
