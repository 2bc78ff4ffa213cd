"""How the value of a source is spelled, by an example, and a file of evidence by its content. Pure."""

import re

from registries.ledger.sentences import Sentence, say

MOST_BYTES = 10 * 1024 * 1024
"""Size of one file of evidence."""

KINDS: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "application/pdf": (b"%PDF-",),
}
"""Types of evidence and how such a file begins."""


def example(form: str) -> str:
    """A value spelled as ``form`` wants it: ``balls:6/33+1/16`` → ``01,06,11,16,21,26+01``."""
    kind, _colon, rest = form.partition(":")
    if kind == "balls":
        return "+".join(_balls(*(int(number) for number in group.split("/"))) for group in rest.split("+"))
    signs = "0123456789" if kind == "digits" else "0123456789abcdef"
    count = int(rest)
    return (signs * (count // len(signs) + 1))[:count]


def _balls(count: int, highest: int) -> str:
    step = max(1, highest // count)
    return ",".join(f"{1 + number * step:02}" for number in range(count))


def in_words(form: str) -> Sentence:
    """What ``form`` asks for, in words."""
    if groups := re.fullmatch(r"balls:(\d+)/(\d+)", form):
        return say(
            "%(count)s numbers from 01 to %(highest)s, two digits each, ascending, joined by commas",
            count=groups[1],
            highest=groups[2],
        )
    if groups := re.fullmatch(r"balls:(\d+)/(\d+)\+(\d+)/(\d+)", form):
        return say(
            "%(count)s numbers from 01 to %(highest)s, then + and %(more)s from 01 to %(top)s, two digits each, ascending, joined by commas",
            count=groups[1],
            highest=groups[2],
            more=groups[3],
            top=groups[4],
        )
    kind, _colon, count = form.partition(":")
    if kind == "digits":
        return say("%(count)s digits without spaces", count=count)
    if kind == "hex":
        return say("%(count)s signs of 0–9 and a–f, small letters, without spaces", count=count)
    return say("%(form)s", form=form)


def kind_of(data: bytes) -> str | None:
    """The type of a file by how it begins, whatever its name says; None where it is no evidence."""
    return next((kind for kind, heads in KINDS.items() if data.startswith(heads)), None)


def too_large(size: int) -> Sentence:
    """So many bytes are too many."""
    return say("The file has %(size)s MB; evidence may have 10 MB at most.", size=f"{size / 2**20:.1f}")


def why_not_keep(data: bytes) -> Sentence | None:
    """Why a file cannot be kept as evidence."""
    if not data:
        return say("The file is empty.")
    if len(data) > MOST_BYTES:
        return too_large(len(data))
    return None if kind_of(data) else say("Evidence is a photo (JPEG, PNG) or a PDF; this file is neither, whatever its name says.")
