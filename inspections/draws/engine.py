"""Drawing from a large roster: its lines as bytes in, the lowest slips out, in pieces of bounded memory.

What a draw *is* stands in ``protocol.py``; here is only speed. :func:`low_slips` is the one question, and it has two answers that
must agree: plain Python (:func:`by_hand`), and Apache DataFusion (:func:`by_datafusion`), whose SHA-256 uses the processor's own
instructions. DataFusion is asked from `FAST_FROM` bytes on and never believed: every ticket it hands out and a sample of
those it does not are computed again; if it is missing, fails or errs, plain Python answers.

A slip that came out is one line of text, `ticket TAB code TAB slip TAB stratum TAB tags`: lines sort as the protocol orders
entries (§4), and they are what a shard leaves behind.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

from inspections.draws.files import Drawn, RosterLine
from inspections.draws.grammar import DIGEST, STRATUM, fits
from inspections.draws.protocol import drawn_rows, slip_tickets, slips_up_to

if TYPE_CHECKING:
    import pyarrow

log = logging.getLogger("sunlot.engine")

FIRST_LINE = b"sunlot-roster-1\n"
FAST_FROM = 2 * 1024 * 1024
"""Bytes of roster (some 50,000 lines): below, loading the engine takes longer than the hashes."""
AT_ONCE = 32 * 1024 * 1024
"""Bytes of roster hashed in one go: what bounds the memory, however large the roster is."""
ONE_IN = 256
"""Of so many entries, one is computed again whatever the engine said of it."""
EVERY = b"\xff" * 32
"""The limit that every ticket keeps."""
CODE_IN = slice(65, 97)
"""Where the code stands in a slip's line."""


class Missed(Exception):
    """The engine gave an answer that is not right."""


class Lots(NamedTuple):
    """Who was drawn, in the order of the result, and the slip's line of each, split."""

    drawn: tuple[Drawn, ...]
    lines: list[list[str]]

    @property
    def winners(self) -> list[RosterLine]:
        """What the teams need to know of the winners (their slips do not matter any more)."""
        tags = [line[4] for line in self.lines]
        return [
            RosterLine(row.code, row.stratum, 1, () if tag == "-" else tuple(tag.split(",")))
            for row, tag in zip(self.drawn, tags, strict=True)
            if row.winner
        ]


Limits = Mapping[str, bytes]
"""Stratum → the largest ticket that is of interest, 32 bytes."""


def limits_for(sizes: Mapping[str, int], quotas: Mapping[str, int], reserves: int, doubled: int = 0) -> Limits:
    """Limits that let a little more than the wanted entries of each stratum through; `doubled`, should they have been too few.

    `sizes` (entries per stratum) decide how fast an answer comes, never which: where they are wrong, too few or too many come through.
    """
    limits = {}
    for stratum, quota in quotas.items():
        wanted, size = quota + reserves, sizes.get(stratum, 0)
        through = (wanted + 8 * isqrt(wanted) + 16) << doubled
        limits[stratum] = (through * 2**256 // size).to_bytes(32) if through < size else EVERY
    return limits


def draw_subjects(
    key: str, pieces: Callable[[], Iterable[bytes]], sizes: Mapping[str, int], quotas: Mapping[str, int], reserves: int, *, threads: int = 2
) -> Lots:
    """`protocol.draw_subjects` from the bytes of `roster.txt`, whose strata have about these `sizes`. `pieces` end with a line each."""
    for doubled in range(256):
        limits = limits_for(sizes, quotas, reserves, doubled)
        slips = chain.from_iterable(low_slips(key, lines, limits, threads=threads) for lines in chunks(pieces()))
        lots = lots_from(slips, limits, quotas, reserves)
        if lots is not None:
            return lots
    raise AssertionError("at the last limit every entry comes through")


def lots_from(slips: Iterable[str], limits: Limits, quotas: Mapping[str, int], reserves: int) -> Lots | None:
    """Winners and reserves of every stratum from the low slips of all shards; None where too few came through to be sure."""
    strata: defaultdict[str, list[str]] = defaultdict(list)
    if len(quotas) == 1:
        strata[next(iter(quotas))] = sorted(slips)
    else:
        for line in sorted(slips):
            strata[line.split("\t", 4)[3]].append(line)
    drawn: list[Drawn] = []
    lines: list[list[str]] = []
    for stratum, quota in sorted(quotas.items()):
        first = [line.split("\t", 4) for line in islice(_smallest(strata[stratum]), quota + reserves)]
        if len(first) < quota + reserves and limits[stratum] != EVERY:
            return None
        drawn += drawn_rows(stratum, quota, ((ticket, code, int(slip)) for ticket, code, slip, _, _ in first))
        lines += first
    return Lots(tuple(drawn), lines)


def _smallest(ordered: Iterable[str]) -> Iterator[str]:
    """Of each entry its smallest slip, from lines in order."""
    seen: set[str] = set()
    for line in ordered:
        code = line[CODE_IN]
        if code not in seen:
            seen.add(code)
            yield line


def chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The record lines of a roster file, some `AT_ONCE` bytes at a time; the first line of the file is left out."""
    gathered: list[bytes] = []
    for piece in pieces:
        at = len(FIRST_LINE) if piece.startswith(FIRST_LINE) else 0
        while len(piece) - at > AT_ONCE:
            cut = piece.rfind(b"\n", at, at + AT_ONCE) + 1
            yield piece[at:cut]
            at = cut
        gathered.append(piece[at:])
        if sum(map(len, gathered)) >= AT_ONCE:
            yield b"".join(gathered)
            gathered = []
    if any(gathered):
        yield b"".join(gathered)


def low_slips(key: str, lines: bytes, limits: Limits, *, threads: int = 2) -> list[str]:
    """The slips of these record lines that are not above their stratum's limit; of an entry the smallest, perhaps others too."""
    if len(lines) >= FAST_FROM:
        try:
            return by_datafusion(key, lines, limits, threads)
        except ImportError:
            log.warning("DataFusion is not installed; plain Python hashes the slips")
        except Exception:
            log.exception("DataFusion did not hash these slips rightly; plain Python does it again")
    return by_hand(key, lines, limits)


def by_hand(key: str, lines: bytes, limits: Limits) -> list[str]:
    """The plain answer: every slip of every entry, one after the other (§4)."""
    return _slips(key, (line.split("\t") for line in lines.decode().split("\n")[:-1]), limits)


def _slips(key: str, rows: Iterable[Iterable[str]], limits: Limits) -> list[str]:
    tags_of: defaultdict[str, dict[str, str]] = defaultdict(dict)
    entries: defaultdict[str, list[RosterLine]] = defaultdict(list)
    for code, stratum, slips, tags in rows:
        tags_of[stratum][code] = tags
        entries[stratum].append(RosterLine(code, stratum, int(slips)))
    return [
        f"{ticket.hex()}\t{code}\t{slip}\t{stratum}\t{tags_of[stratum][code]}"
        for stratum, lines in entries.items()
        for ticket, code, slip in slips_up_to(key, lines, limits[stratum])
    ]


def by_datafusion(key: str, lines: bytes, limits: Limits, threads: int) -> list[str]:
    """The fast answer, checked. `ImportError` where the engine is not installed, `Missed` where it errs."""
    import datafusion

    if not (fits(DIGEST, key) and all(fits(STRATUM, stratum) for stratum in limits)):
        raise Missed("a key or a stratum that is none")
    table = _table(lines, threads)
    if table.num_rows != lines.count(b"\n"):
        raise Missed("lines")
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    context.from_arrow(table, name="roster")
    found: list[str] = []
    for slip in range(1, _most_slips(table) + 1):
        batches = context.sql(_question(key, slip, limits)).collect()
        out = [line for batch in batches for line in batch.column(0).to_pylist()]
        if slip_tickets(key, (line[CODE_IN] for line in out), slip) != [line[:64] for line in out]:
            raise Missed("a ticket")
        found += out
    _check_sample(key, table, limits, found)
    return found


def _question(key: str, slip: int, limits: Limits) -> str:
    """The slips of this number that are not above their stratum's limit, as lines."""
    rows = "roster" if slip == 1 else f"(SELECT * FROM roster WHERE slips >= {slip})"  # noqa: S608
    hashed = f"SELECT sha256(concat('{key}|', code, '|{slip}')) AS ticket, code, stratum, tags FROM {rows}"  # noqa: S608  (hex and §1's tags)
    literals = {stratum: f"X'{limit.hex()}'" for stratum, limit in limits.items()}
    if len(set(literals.values())) == 1:
        limit = next(iter(literals.values()))
    else:
        limit = "CASE stratum " + " ".join(f"WHEN '{stratum}' THEN {one}" for stratum, one in literals.items()) + " END"
    line = f"concat(encode(ticket, 'hex'), '\t', code, '\t{slip}\t', stratum, '\t', tags)"
    return f"SELECT {line} FROM ({hashed}) WHERE ticket <= {limit}"  # noqa: S608


def _table(lines: bytes, threads: int) -> "pyarrow.Table":
    """The lines as columns: code, stratum, slips, tags."""
    import pyarrow
    from pyarrow import csv

    text = pyarrow.string()
    types = {"code": text, "stratum": text, "slips": pyarrow.uint8(), "tags": text}
    return csv.read_csv(
        pyarrow.py_buffer(lines),
        read_options=csv.ReadOptions(column_names=list(types), use_threads=threads > 1),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(column_types=types, check_utf8=False),
    )


def _most_slips(table: "pyarrow.Table") -> int:
    from pyarrow import compute

    return int(compute.max(table["slips"]).as_py())


def _check_sample(key: str, table: "pyarrow.Table", limits: Limits, found: Iterable[str]) -> None:
    """Of all entries, one in `ONE_IN` is computed anew, whether a slip of it came out or not."""
    sample = table.take(list(range(0, table.num_rows, ONE_IN))).to_pydict()
    rows = list(zip(*(sample[name] for name in ("code", "stratum", "slips", "tags")), strict=True))
    codes = set(sample["code"])
    smallest: dict[str, str] = {}
    for line in found:
        code = line[CODE_IN]
        if code in codes and line < smallest.get(code, "~"):
            smallest[code] = line
    if sorted(smallest.values()) != sorted(_slips(key, rows, limits)):
        raise Missed("an entry")
