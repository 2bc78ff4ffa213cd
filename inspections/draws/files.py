"""The files of a bundle (draw protocol 1, §1, §2, §5, §6): their records, and reading and writing them byte by byte.

Readers take bytes and raise `BadForm(file, line, reason)` for whatever does not fit the form. Writers sort, and read their own
bytes back, so that no file leaves that a verifier would refuse. What follows from the files stands in `protocol.py`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from inspections.draws.grammar import (
    CODE,
    DIGEST,
    INTEGER,
    PUBLIC_ID,
    STRATUM,
    TAGS,
    WORDS,
    BadForm,
    fits,
    proved,
    read_lines,
    read_tags,
    value_fits,
    write_lines,
    write_tags,
)
from inspections.draws.order import Order, Source, read_order, write_order

__all__ = [
    "FILES", "BadForm", "Drawn", "HistoryLine", "InspectorLine", "Opening", "Order", "RecusalLine", "Result", "Reveal", "RosterLine",
    "Source", "Team", "check_order", "check_quotas", "check_recusals", "check_values", "read_history", "read_inspectors", "read_openings", "read_order",
    "read_recusals", "read_result", "read_reveal", "read_roster", "roster_pieces", "text_of", "write_history", "write_inspectors", "write_openings", "write_order",
    "write_recusals", "write_result", "write_reveal", "write_roster",
]  # fmt: skip

FILES = ("roster.txt", "inspectors.txt", "recusals.txt", "order.txt", "reveal.txt", "result.txt", "openings.txt", "history.txt")
"""The files of a bundle, in the order of the protocol's table."""


class RosterLine(NamedTuple):
    """An entry of the roster: blinded code, stratum, slips (1–64), tags that its inspectors need."""

    code: str
    stratum: str
    slips: int
    tags: tuple[str, ...] = ()


class InspectorLine(NamedTuple):
    """An inspector: blinded code, whether he may lead, open cases now, most open cases, tags."""

    code: str
    lead: bool
    open_cases: int
    most: int
    tags: tuple[str, ...] = ()

    @property
    def room(self) -> int:
        """So many positions he can still be given: most minus open, never below 0 (§5)."""
        return max(0, self.most - self.open_cases)


class RecusalLine(NamedTuple):
    """A pair that must not meet: roster code, inspector code."""

    subject: str
    inspector: str


class Reveal(NamedTuple):
    """`reveal.txt`: the secret, and the values of source.1, source.2, …"""

    secret: str
    values: tuple[str, ...]


class Drawn(NamedTuple):
    """A line of the result: stratum, rank from 1, winner or reserve, code, the slip with the smallest ticket, that ticket."""

    stratum: str
    rank: int
    winner: bool
    code: str
    slip: int
    ticket: str


class Team(NamedTuple):
    """A `team` line: the winner and its inspectors by position; none where it could not be staffed (`-`)."""

    winner: str
    inspectors: tuple[str, ...]


class Result(NamedTuple):
    """`result.txt`: per stratum winners, then reserves; then a team per winner in team order."""

    drawn: tuple[Drawn, ...]
    teams: tuple[Team, ...]


class Opening(NamedTuple):
    """What opens an entry: code, kind (`subject`, `inspector`), public id, name, nonce."""

    code: str
    kind: str
    public_id: str
    name: str
    nonce: str


class HistoryLine(NamedTuple):
    """A line of the history (§6): `position` None for a subject; `into` None where nobody steps in (`-`)."""

    number: int
    kind: str
    winner: str
    position: int | None
    out: str
    into: str | None
    reason: str


_ROSTER = re.compile(rf"({CODE})\t({STRATUM})\t([1-9]|[1-5][0-9]|6[0-4])\t({TAGS})")
_INSPECTOR = re.compile(rf"({CODE})\t([LM])\t({INTEGER})\t({INTEGER})\t({TAGS})")
_RECUSAL = re.compile(rf"({CODE})\t({CODE})")
_OPENING = re.compile(rf"({CODE})\t(subject|inspector)\t({PUBLIC_ID})\t({WORDS})\t({CODE})")
_DRAWN = re.compile(rf"({STRATUM})\t([1-9][0-9]{{0,6}})\t([WR])\t({CODE})\t([1-9]|[1-5][0-9]|6[0-4])\t({DIGEST})")
_TEAM = re.compile(rf"team\t({CODE})\t(-|{CODE}(?:\t{CODE}){{1,8}})")
_SUBJECT_OUT = rf"({INTEGER})\t(subject)\t({CODE})\t(-)\t({CODE})\t(-|{CODE})\t(gone|out-of-scope)"
_INSPECTOR_OUT = rf"({INTEGER})\t(inspector)\t({CODE})\t([1-9])\t({CODE})\t(-|{CODE})\t(recused|absent|does-not-fit)"


def read_roster(data: bytes) -> list[RosterLine]:
    """`roster.txt`: sorted lines, no code twice, at least one."""
    rows = [
        RosterLine(row[1], row[2], int(row[3]), read_tags("roster.txt", line, row[4]))
        for line, row in _sorted_rows("roster.txt", "roster", _ROSTER, data)
    ]
    if not rows:
        raise BadForm("roster.txt", 0, "no entry")
    return rows


def write_roster(rows: Iterable[RosterLine]) -> bytes:
    """`roster.txt` as bytes; `BadForm` where a row does not fit."""
    lines = sorted((row.code, row.stratum, str(row.slips), write_tags(row.tags)) for row in rows)
    return proved(write_lines("roster", lines), read_roster)


def roster_pieces(rows: Iterable[RosterLine]) -> Iterator[bytes]:
    """`roster.txt` piece by piece, from rows that come sorted by code; `BadForm` where one does not fit."""
    lines = ("\t".join((row.code, row.stratum, str(row.slips), write_tags(row.tags))) for row in rows)
    fit = (row[0] + "\n" for _, row in _fitting("roster.txt", _ROSTER, lines))
    yield b"sunlot-roster-1\n"
    empty = True
    while some := "".join(islice(fit, 4096)):
        empty = False
        yield some.encode()
    if empty:
        raise BadForm("roster.txt", 0, "no entry")


def read_inspectors(data: bytes) -> list[InspectorLine]:
    """`inspectors.txt`: sorted lines, no code twice."""
    return [
        InspectorLine(row[1], row[2] == "L", int(row[3]), int(row[4]), read_tags("inspectors.txt", line, row[5]))
        for line, row in _sorted_rows("inspectors.txt", "inspectors", _INSPECTOR, data)
    ]


def write_inspectors(rows: Iterable[InspectorLine]) -> bytes:
    """`inspectors.txt` as bytes; `BadForm` where a row does not fit."""
    lines = sorted(
        (row.code, "L" if row.lead else "M", str(row.open_cases), str(row.most), write_tags(row.tags)) for row in rows
    )
    return proved(write_lines("inspectors", lines), read_inspectors)


def read_recusals(data: bytes) -> list[RecusalLine]:
    """`recusals.txt`: sorted lines, none twice. Whether the codes are known is asked by `check_recusals`."""
    return [RecusalLine(row[1], row[2]) for _, row in _sorted_rows("recusals.txt", "recusals", _RECUSAL, data, once=False)]


def write_recusals(rows: Iterable[RecusalLine]) -> bytes:
    """`recusals.txt` as bytes; a pair given twice is written once."""
    return proved(write_lines("recusals", sorted({(row.subject, row.inspector) for row in rows})), read_recusals)


def read_openings(data: bytes) -> list[Opening]:
    """`openings.txt`: sorted lines, no code twice."""
    return [Opening(*row.groups()) for _, row in _sorted_rows("openings.txt", "openings", _OPENING, data)]


def write_openings(rows: Iterable[Opening]) -> bytes:
    """`openings.txt` as bytes."""
    return proved(write_lines("openings", sorted(rows)), read_openings)


def read_reveal(data: bytes) -> Reveal:
    """`reveal.txt`: `secret`, then `source.1` … in order. Whether the values fit their forms is asked by `check_values`."""
    rows = [line.split("\t") for line in read_lines("reveal.txt", "reveal", data)]
    keys = ["secret", *(f"source.{number}" for number in range(1, len(rows)))]
    if len(rows) < 2 or any(len(row) != 2 for row in rows) or [row[0] for row in rows] != keys:
        raise BadForm("reveal.txt", 0, "lines")
    if not fits(DIGEST, rows[0][1]):
        raise BadForm("reveal.txt", 2, "secret: not 64 hex digits")
    return Reveal(rows[0][1], tuple(row[1] for row in rows[1:]))


def write_reveal(reveal: Reveal) -> bytes:
    """`reveal.txt` as bytes."""
    values = ((f"source.{number}", value) for number, value in enumerate(reveal.values, 1))
    return proved(write_lines("reveal", [("secret", reveal.secret), *values]), read_reveal)


def read_result(data: bytes) -> Result:
    """`result.txt` by its form alone: drawn lines, then team lines. Whether it is right, only drawing again tells."""
    drawn: list[Drawn] = []
    teams: list[Team] = []
    for number, line in enumerate(read_lines("result.txt", "result", data), 2):
        if row := _TEAM.fullmatch(line):
            teams.append(Team(row[1], () if row[2] == "-" else tuple(row[2].split("\t"))))
        elif (row := _DRAWN.fullmatch(line)) and not teams:
            drawn.append(Drawn(row[1], int(row[2]), row[3] == "W", row[4], int(row[5]), row[6]))
        else:
            raise BadForm("result.txt", number, "form")
    return Result(tuple(drawn), tuple(teams))


def write_result(result: Result) -> bytes:
    """`result.txt` as bytes, in the order of the result (§5)."""
    drawn = [
        (row.stratum, str(row.rank), "W" if row.winner else "R", row.code, str(row.slip), row.ticket) for row in result.drawn
    ]
    return write_lines("result", [*drawn, *(("team", team.winner, *(team.inspectors or ("-",))) for team in result.teams)])


def read_history(data: bytes) -> list[HistoryLine]:
    """`history.txt` by its form: numbers from 1, and the reasons that the kind allows. `history.py` follows it."""
    rows = []
    for number, line in enumerate(read_lines("history.txt", "history", data), 1):
        row = re.fullmatch(_SUBJECT_OUT, line) or re.fullmatch(_INSPECTOR_OUT, line)
        if row is None or row[1] != str(number):
            raise BadForm("history.txt", number + 1, "form" if row is None else "number")
        position = None if row[4] == "-" else int(row[4])
        rows.append(HistoryLine(number, row[2], row[3], position, row[5], None if row[6] == "-" else row[6], row[7]))
    return rows


def text_of(row: HistoryLine) -> str:
    """A line of the history as it stands in the file and, word for word, in the ledger (§7)."""
    return "\t".join((str(row.number), row.kind, row.winner, str(row.position or "-"), row.out, row.into or "-", row.reason))


def write_history(rows: Iterable[HistoryLine]) -> bytes:
    """`history.txt` as bytes, in the order given."""
    return proved(write_lines("history", [(text_of(row),) for row in rows]), read_history)


def check_order(order: Order, roster: Iterable[RosterLine]) -> None:
    """What an order must keep towards its roster (§2), else `BadForm`."""
    check_quotas(order, Counter(row.stratum for row in roster))


def check_quotas(order: Order, sizes: Mapping[str, int]) -> None:
    """:func:`check_order` where the entries of each stratum are counted already."""
    if list(order.quotas) != sorted(sizes):
        raise BadForm("order.txt", 0, "one quota for every stratum of the roster, sorted")
    for stratum, quota in order.quotas.items():
        if quota > sizes[stratum]:
            raise BadForm("order.txt", 0, f"quota above its stratum {stratum}")
        if order.mode != "lot" and quota < sizes[stratum]:
            raise BadForm("order.txt", 0, f"mode {order.mode}: quota below its stratum {stratum}")
    if order.mode != "lot" and order.reserves:
        raise BadForm("order.txt", 0, f"mode {order.mode}: no reserves")


def check_recusals(recusals: Iterable[RecusalLine], roster: Iterable[RosterLine], inspectors: Iterable[InspectorLine]) -> None:
    """Every recusal names codes of both files (§1), else `BadForm`."""
    subjects = {row.code for row in roster}
    people = {row.code for row in inspectors}
    for number, row in enumerate(recusals, 2):
        if row.subject not in subjects or row.inspector not in people:
            raise BadForm("recusals.txt", number, "a code that is not in the roster or among the inspectors")


def check_values(order: Order, values: Sequence[str]) -> None:
    """One value for every source, spelled as its form wants it (§3), else `BadForm`."""
    if len(values) != len(order.sources):
        raise BadForm("reveal.txt", 0, "lines: one value for every source")
    for number, (source, value) in enumerate(zip(order.sources, values, strict=True), 1):
        if not value_fits(source.form, value):
            raise BadForm("reveal.txt", number + 2, f"source.{number} is not spelled as its form wants it")


def _sorted_rows(
    file: str, name: str, form: re.Pattern[str], data: bytes, *, once: bool = True
) -> Iterator[tuple[int, re.Match[str]]]:
    return _fitting(file, form, read_lines(file, name, data), once=once)


def _fitting(
    file: str, form: re.Pattern[str], lines: Iterable[str], *, once: bool = True
) -> Iterator[tuple[int, re.Match[str]]]:
    """The records with their line numbers: each fits the form, sorted by bytes, no line and (`once`) no first field twice (§1).

    Text is compared by code points, which is the order of its UTF-8 bytes.
    """
    before = ""
    code = ""
    for number, line in enumerate(lines, 2):
        row = form.fullmatch(line)
        if row is None:
            raise BadForm(file, number, "form")
        if once and row[1] == code:
            raise BadForm(file, number, "a code twice")
        if line <= before:
            raise BadForm(file, number, "order of lines, or a line twice")
        before, code = line, row[1]
        yield number, row
