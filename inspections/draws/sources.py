"""The announced sources of a seed that Sunlot knows (draw protocol 1, §3). Pure: a table and what follows from it."""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from inspections.draws.grammar import LEAST_POSSIBILITIES, WARN_POSSIBILITIES, possibilities
from registries.ledger.sentences import Sentence, say


class Game(NamedTuple):
    """A kind of source: who brings it, how its value is spelled, what its issue is called, an example of one."""

    kind: str
    label: str
    form: str
    example: str
    demo: bool = False


GAMES: dict[str, Game] = {
    "dice": Game("witness", "现场摇号（见证人在场）", "digits:20", "法制大队三楼会议室"),
    "kuaile8": Game("public", "福彩快乐8", "balls:20/80", "2026312"),
    "shuangseqiu": Game("public", "福彩双色球", "balls:6/33+1/16", "2026135"),
    "fucai3d": Game("public", "福彩3D", "digits:3", "2026312"),
    "drand": Game("public", "drand 52db9ba7", "hex:64", "12345678"),
    "demo": Game("public", "演示快乐8", "balls:20/80", "0001", demo=True),
}


class Announced(NamedTuple):
    """A source as the clerk announces it: the game, its issue, and when its value is known."""

    game: str
    issue: str
    moment: dt.datetime

    @property
    def what(self) -> str:
        """What names the one value, as it stands in the order."""
        return f"{GAMES[self.game].label} {self.issue}".strip()


def public_possibilities(sources: Sequence[Announced]) -> int:
    """How many values the public sources have together, an exact integer; only they count."""
    count = 1
    for source in sources:
        if GAMES[source.game].kind == "public":
            count *= possibilities(GAMES[source.game].form)
    return count


def entropy_bits(count: int) -> float:
    """So many possible values in bits, for reading (one decimal)."""
    return round(math.log2(count), 1)


def why_not_announce(
    sources: Sequence[Announced], *, planned: dt.datetime | None, gap: dt.timedelta, demo_lottery: bool
) -> Sentence | None:
    """What is wrong with the announced sources, or None. ``gap``: the least time between two of them."""
    kinds = [GAMES[s.game].kind for s in sources]
    if "public" not in kinds:
        return say("Announce at least one public source, for example a lottery issue.")
    if kinds != sorted(kinds, reverse=True):
        return say("Sources before witnesses come first; the last word is the public's.")
    if not demo_lottery and any(GAMES[s.game].demo for s in sources):
        return say("The demonstration lottery is not allowed here. Choose a public lottery or beacon.")
    if any(b.moment - a.moment < gap for a, b in pairwise(sources)):
        return say(
            "Each source must be known at least %(seconds)d seconds after the one before it.",
            seconds=int(gap.total_seconds()),
        )
    if public_possibilities(sources) < LEAST_POSSIBILITIES:
        return say(
            "The public sources have only %(bits)s bits together; at least 40 are needed. Add another public source.",
            bits=entropy_bits(public_possibilities(sources)),
        )
    if planned is None:
        return say("Give the planned moment of the draw.")
    if planned < sources[-1].moment:
        return say("The planned moment must not be before the last source.")
    return None


def thin_entropy(sources: Sequence[Announced]) -> bool:
    """Whether the approval page warns: fewer than 60 bits (never fewer than 40)."""
    return public_possibilities(sources) < WARN_POSSIBILITIES
