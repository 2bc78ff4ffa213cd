"""A signature drawn by hand: its strokes as JSON, checked and turned into the path of a picture. Pure.

Strokes are lists of whole numbers x, y, x, y … in a field 1000 wide and 400 high. No picture is stored or sent: there is
nothing in it that a program could run.
"""

import hashlib
import json

from registries.ledger.sentences import Sentence, say

WIDTH, HEIGHT = 1000, 400
LEAST, MOST = 8, 6000
"""Points: fewer are a slip of the finger, more no signature."""


def strokes(drawn: str) -> list[list[int]] | None:
    """The strokes, or None when this is none of our drawings."""
    if len(drawn) > MOST * 12:
        return None
    try:
        read = json.loads(drawn)
    except (ValueError, RecursionError):
        return None
    return read if _are_strokes(read) else None


def _are_strokes(read: object) -> bool:
    if not isinstance(read, list):
        return False
    for stroke in read:
        if not isinstance(stroke, list) or len(stroke) < 2 or len(stroke) % 2:
            return False
        for at, value in enumerate(stroke):
            if type(value) is not int or not 0 <= value <= (HEIGHT if at % 2 else WIDTH):
                return False
    return True


def why_not(drawn: str) -> Sentence | None:
    """Why this is no signature, or None."""
    read = strokes(drawn)
    if read is None:
        return say("The drawn signature cannot be read. Sign again.")
    points = sum(len(stroke) for stroke in read) // 2
    if points < LEAST:
        return say("This is too short for a signature. Sign again.")
    if points > MOST:
        return say("This is too long for a signature. Sign again.")
    return None


def path(drawn: str) -> str:
    """The strokes as the ``d`` of an SVG path; empty for none."""
    lines = []
    for stroke in strokes(drawn) or []:
        points = [f"{x} {y}" for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
        lines.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return "".join(lines)


def sha256(drawn: str) -> str:
    """The digest of the strokes as they were sent."""
    return hashlib.sha256(drawn.encode()).hexdigest()
