"""What changed between two texts, in pieces that a page can strike and underline. Pure."""

import difflib
import re
from typing import NamedTuple

_NUMBER = re.compile(r"^[0-9]+\. ")
ALIKE = 0.5
"""Below this likeness a line is shown as replaced whole: a patchwork of single characters reads worse."""


class Piece(NamedTuple):
    """A run of text: ``same``, ``del`` (it stood there before) or ``add`` (it stands there now)."""

    kind: str
    text: str


def lines(before: str, after: str) -> list[list[Piece]]:
    """The lines that changed, each as pieces; lines that are the same on both sides are left out.

    The running number of a line (``5. ``) is not looked at: an item that moves up has not changed.
    """
    old, new = ([_NUMBER.sub("", line) for line in text.splitlines()] for text in (before, after))
    changed: list[list[Piece]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            changed += _paired(old[a:b], new[c:d])
    return changed


def _paired(old: list[str], new: list[str]) -> list[list[Piece]]:
    """Each new line beside the old one most like it, if any is; old lines that found no partner are struck first."""
    left = list(old)
    found: list[list[Piece]] = []
    for line in new:
        partner = max(left, key=lambda one: _likeness(one, line), default=None)
        if partner is None or (_likeness(partner, line) < ALIKE and len(old) != len(new)):
            found.append([Piece("add", line)])
        else:
            left.remove(partner)
            found.append(pieces(partner, line))
    return [[Piece("del", line)] for line in left] + found


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def pieces(before: str, after: str) -> list[Piece]:
    """One line, piece by piece."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [Piece("del", before), Piece("add", after)]
    found: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece("same", before[a:b]))
            continue
        found += [piece for piece in (Piece("del", before[a:b]), Piece("add", after[c:d])) if piece.text]
    return found
