"""`order.txt` (draw protocol 1, §2, §3): what is committed to, read and written byte by byte.

What an order must keep towards its roster is asked by `files.check_order`; here stands what it must keep by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import prod
from typing import NamedTuple

from inspections.draws.grammar import (
    DIGEST,
    INTEGER,
    LEAST_POSSIBILITIES,
    NUMBER,
    REVISED,
    STRATUM,
    WORDS,
    BadForm,
    fits,
    possibilities,
    proved,
    read_lines,
    read_moment,
    write_lines,
)

_ORDER_LINES = "lines, their order or their form"
_SOURCE = re.compile(rf"(witness|public)\|({WORDS})\|([^|]*)\|([^|]*)")


class Source(NamedTuple):
    """A source of the seed: `witness` or `public`, what value it is, its moment (as spelled), the form of its value (§3)."""

    kind: str
    what: str
    moment: str
    form: str


class Order(NamedTuple):
    """`order.txt` (§2). `matters`, `plan` are `code@revision`; `roster`, `inspectors`, `recusals` hashes; `secret` the commitment."""

    draw: str
    bureau: str
    plan: str
    mode: str
    matters: tuple[str, ...]
    roster: str
    inspectors: str
    recusals: str
    quotas: Mapping[str, int]
    reserves: int
    team: int
    replaces: str
    secret: str
    sources: tuple[Source, ...]
    planned: str


def read_order(data: bytes) -> Order:
    """`order.txt` (§2): keys in exactly this order; sources as §3 asks. What needs the roster is asked by `check_order`."""
    lines = _KeyedLines(data)
    order = Order(
        draw=lines.take("draw", NUMBER),
        bureau=lines.take("bureau", NUMBER),
        plan=lines.take("plan", REVISED),
        mode=lines.take("mode", rf"lot|adhoc|teams:{NUMBER}"),
        matters=_matters(lines),
        roster=lines.take("roster", DIGEST, after_digest=True),
        inspectors=lines.take("inspectors", DIGEST),
        recusals=lines.take("recusals", DIGEST),
        quotas=dict(_quotas(lines)),
        reserves=int(lines.take("reserves", INTEGER)),
        team=int(lines.take("team", "[2-9]")),
        replaces=lines.take("replaces", rf"-|{NUMBER}"),
        secret=lines.take("secret", DIGEST),
        sources=tuple(_sources(lines)),
        planned=lines.moment(lines.take("planned", ".*")),
    )
    lines.end()
    _check_sources(order)
    return order


def write_order(order: Order) -> bytes:
    """`order.txt` as bytes. These bytes are what is committed to."""
    rows = [("draw", order.draw), ("bureau", order.bureau), ("plan", order.plan), ("mode", order.mode)]
    rows += [("matter", matter) for matter in order.matters]
    rows += [("digest", "sha256"), ("roster", order.roster), ("inspectors", order.inspectors), ("recusals", order.recusals)]
    rows += [(f"quota.{stratum}", str(quota)) for stratum, quota in sorted(order.quotas.items())]
    rows += [
        ("reserves", str(order.reserves)),
        ("team", str(order.team)),
        ("replaces", order.replaces),
        ("secret", order.secret),
    ]
    rows += [(f"source.{number}", "|".join(source)) for number, source in enumerate(order.sources, 1)]
    return proved(write_lines("order", [*rows, ("planned", order.planned)]), read_order)


def public_possibilities(sources: Iterable[Source]) -> int:
    """How many values the public sources have together; 1 where there are none."""
    return prod(possibilities(source.form) for source in sources if source.kind == "public")


def _check_sources(order: Order) -> None:
    """Witnesses first, public ones later, no moment before the one above, enough public values, planned last (§3)."""
    sources = order.sources
    kinds = [source.kind for source in sources]
    if kinds != sorted(kinds, reverse=True) or kinds[-1] != "public":
        raise BadForm("order.txt", 0, "sources: witnesses first, public last")
    for one, other in pairwise(sources):
        if other.moment < one.moment or (one.kind != other.kind and other.moment == one.moment):
            raise BadForm("order.txt", 0, "sources: a moment before the one above it")
    if public_possibilities(sources) < LEAST_POSSIBILITIES:
        raise BadForm("order.txt", 0, "sources: public entropy below 40 bits")
    if order.planned < sources[-1].moment:
        raise BadForm("order.txt", 0, "planned: before the last source")


class _KeyedLines:
    """The lines of `order.txt`, taken one after the other."""

    def __init__(self, data: bytes) -> None:
        self.rows = [line.split("\t") for line in read_lines("order.txt", "order", data)]
        self.at = 0

    def next_key(self) -> str:
        return self.rows[self.at][0] if self.at < len(self.rows) else ""

    def take(self, key: str, pattern: str, *, after_digest: bool = False) -> str:
        """The value of the next line, which must have this key and fit the pattern."""
        if after_digest:
            self.take("digest", "sha256")
        if self.next_key() != key or len(self.rows[self.at]) != 2 or not fits(pattern, self.rows[self.at][1]):
            raise self.bad(_ORDER_LINES)
        self.at += 1
        return self.rows[self.at - 1][1]

    def moment(self, text: str) -> str:
        if read_moment(text) is None:
            raise self.bad("no such moment", back=1)
        return text

    def end(self) -> None:
        if self.at < len(self.rows):
            raise self.bad(_ORDER_LINES)

    def bad(self, reason: str, back: int = 0) -> BadForm:
        return BadForm("order.txt", self.at + 2 - back, reason)


def _matters(lines: _KeyedLines) -> tuple[str, ...]:
    """The lead matter first, joint ones sorted, none twice."""
    matters = [lines.take("matter", REVISED)]
    while lines.next_key() == "matter":
        matter = lines.take("matter", REVISED)
        if matter in matters or (len(matters) > 1 and matter < matters[-1]):
            raise lines.bad(_ORDER_LINES, back=1)
        matters.append(matter)
    return tuple(matters)


def _quotas(lines: _KeyedLines) -> Iterator[tuple[str, int]]:
    """`quota.<stratum>` lines as they stand, none twice; `check_order` asks whether they are those of the roster, sorted."""
    seen = set()
    while (key := lines.next_key()).startswith("quota."):
        stratum = key.removeprefix("quota.")
        if not fits(STRATUM, stratum) or stratum in seen:
            raise lines.bad(_ORDER_LINES)
        seen.add(stratum)
        yield stratum, int(lines.take(key, INTEGER))


def _sources(lines: _KeyedLines) -> Iterator[Source]:
    """`source.1` … `source.9`, at least one."""
    number = 1
    while number == 1 or (number <= 9 and lines.next_key() == f"source.{number}"):
        row = _SOURCE.fullmatch(lines.take(f"source.{number}", ".*"))
        if row is None or possibilities(row[4]) == 0:
            raise lines.bad(_ORDER_LINES, back=1)
        yield Source(row[1], row[2], lines.moment(row[3]), row[4])
        number += 1
