#!/usr/bin/env python3
"""Check a drawing of lots from its published files: draw protocol 1, byte by byte, with nothing but Python (3.8 or later).

    python3 verify_draw.py BUNDLE [--ledger FILE [--kept FILE]]

BUNDLE is a folder or a zip with order.txt, reveal.txt, roster.txt, result.txt and, where public, inspectors.txt,
recusals.txt, openings.txt, history.txt. --ledger is the exported ledger, one JSON object a line with seq, time, action,
previous, payload_hash, entry_hash and, where public, payload (a string, the very bytes that were hashed). --kept is a
checkpoint that somebody outside kept. Exit code: 0 match, 1 mismatch, 2 refused because the form is not kept.

The file is meant to be read from top to bottom: reading, grammar, draw, teams, history, ledger. It shares no code with
the system that drew. A match proves that the result follows from the files; the last lines printed say what it does not.
"""
# ruff: noqa: B905, RUF007 -- zip(strict=) and pairwise need a newer Python than the one this file asks for

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import stat
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    Files = dict[str, bytes]
    Slot = tuple[str, int]  # a winner's code and a position from 1

MATCH, MISMATCH, REFUSED = 0, 1, 2
NEEDED, OPTIONAL = ("order", "reveal", "roster", "result"), ("inspectors", "recusals", "openings", "history")
LIMIT = 512 * 1024 * 1024  # bytes of all files together: a zip may promise more than a machine holds


class FaultError(Exception):
    """What is wrong, with the file, the line (the first is 1; 0: no line) and the exit code."""

    def __init__(self, code: int, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}{f' line {line}' if line else ''}: {reason}")
        self.code, self.file, self.line = code, file, line


def refuse(file: str, line: int, reason: str) -> NoReturn:
    """The form is not kept: exit 2."""
    raise FaultError(REFUSED, file, line, reason)


def differ(file: str, line: int, reason: str) -> NoReturn:
    """The form is kept but what stands here does not follow: exit 1."""
    raise FaultError(MISMATCH, file, line, reason)


def sha(data: str | bytes) -> str:
    """H of the protocol: SHA-256 as 64 lowercase hex digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


# Reading ------------------------------------------------------------------------------------------------------------


def take(name: str, stream: IO[bytes], left: int) -> bytes:
    """All bytes of a stream, refused above the limit, whatever size was promised."""
    data = stream.read(left + 1)
    if len(data) > left:
        refuse(name, 0, f"all files together have more than {LIMIT} bytes")
    return data


def read_zip(path: Path) -> Files:
    """The files of a bundle in a zip, at its top or all in one folder."""
    files: Files = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = info.filename.replace("\\", "/").split("/")[-1]
                if name[:-4] not in NEEDED + OPTIONAL or name[-4:] != ".txt":
                    continue
                if name[:-4] in files:
                    refuse(name, 0, "twice in the zip")
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
                    refuse(name, 0, "packed in a way this program does not read")
                with archive.open(info) as stream:
                    files[name[:-4]] = take(name, stream, LIMIT - sum(map(len, files.values())))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        refuse(path.name, 0, f"not a readable zip ({error})")
    return files


def read_bundle(path: Path) -> Files:
    """The files of a bundle by name without `.txt`; refused when a needed one is missing."""
    files: Files = {}
    try:
        if path.is_dir():
            for name in NEEDED + OPTIONAL:
                file = path / f"{name}.txt"
                if file.exists():
                    if not stat.S_ISREG(file.stat().st_mode):
                        refuse(file.name, 0, "not a file")
                    with file.open("rb") as stream:
                        files[name] = take(file.name, stream, LIMIT - sum(map(len, files.values())))
        else:
            files = read_zip(path)
    except OSError as error:
        refuse(path.name, 0, f"cannot be read ({error.strerror})")
    return files


def lines_of(files: Files, name: str) -> list[str]:
    """The records of a file (line 2 and on) once its bytes keep the form; text is never normalised."""
    data, file = files[name], f"{name}.txt"
    try:
        rows = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        refuse(file, data.count(b"\n", 0, error.start) + 1, "not UTF-8")
    if rows[0] != f"sunlot-{name}-1":
        refuse(file, 1, f"the first line is not sunlot-{name}-1")
    if rows.pop():
        refuse(file, len(rows) + 1, "the last line is not ended")
    for number, row in enumerate(rows, 1):
        if not row or "\r" in row:
            refuse(file, number, "an empty line" if not row else "a CR")
    return rows[1:]


# Grammar ------------------------------------------------------------------------------------------------------------

INTEGER = "(?:0|[1-9][0-9]{0,5})"
CODE, DIGEST = "[0-9a-f]{32}", "[0-9a-f]{64}"
STRATUM = r"(?!team(?:\t|$))[A-Za-z0-9][A-Za-z0-9._-]{0,31}"
SLIPS = "[1-9]|[1-5][0-9]|6[0-4]"
TAGS = r"-|[a-z0-9][a-z0-9._-]{0,31}(?:,[a-z0-9][a-z0-9._-]{0,31})*"
NUMBER = "[0-9A-Za-z][0-9A-Za-z._-]{0,47}"
WORDS = "[^\x00-\x1f\x7f-\x9f|]{1,200}"
PUBLIC_ID = "[0-9A-Z][0-9A-Z._-]{0,31}"
CLOCK = "[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}"
MOMENT = CLOCK + r"\+08:00"
SPELLING = rf"balls:{INTEGER}/{INTEGER}(?:\+{INTEGER}/{INTEGER})*|(?:digits|hex):{INTEGER}"
REASONS = {"subject": "gone|out-of-scope", "inspector": "recused|absent|does-not-fit"}
ORDER = (  # what stands in order.txt, in this order: key, value, how often at most
    ("draw", NUMBER, 1), ("bureau", NUMBER, 1), ("plan", f"{NUMBER}@{INTEGER}", 1), ("mode", f"lot|adhoc|teams:{NUMBER}", 1),
    ("matter", f"{NUMBER}@{INTEGER}", 10**6), ("digest", "sha256", 1), ("roster", DIGEST, 1), ("inspectors", DIGEST, 1),
    ("recusals", DIGEST, 1), (r"quota\.[^\t]+", INTEGER, 10**6), ("reserves", INTEGER, 1), ("team", "[2-9]", 1),
    ("replaces", f"{NUMBER}|-", 1), ("secret", DIGEST, 1),
    (r"source\.[1-9]", rf"(?:witness|public)\|{WORDS}\|{MOMENT}\|(?:{SPELLING})", 9), ("planned", MOMENT, 1),
)  # fmt: skip


@dataclass
class Source:
    """One announced source: its line in order.txt, kind, what, moment, form and the value that came."""

    line: int
    kind: str
    what: str
    moment: str
    form: str
    value: str = ""


@dataclass
class Draw:
    """A bundle whose form has been checked; `line` tells where in order.txt a key stands."""

    keys: dict[str, str]
    line: dict[str, int]
    sources: list[Source]
    roster: dict[str, tuple[str, int, set[str]]]
    secret: str = ""
    inspectors: dict[str, tuple[bool, int, set[str]]] | None = None
    recused: set[tuple[str, str]] = field(default_factory=set)
    openings: list[tuple[str, ...]] = field(default_factory=list)
    history: list[tuple[str, ...]] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)


def records(files: Files, name: str, *forms: str) -> list[tuple[str, ...]]:
    """The fields of every record of a file whose fields have these forms; tags sorted, none twice."""
    pattern, found = re.compile("\t".join(f"({form})" for form in forms)), []
    for number, row in enumerate(lines_of(files, name), 2):
        fits = pattern.fullmatch(row)
        if not fits:
            refuse(f"{name}.txt", number, "form")
        fields = tuple(row.split("\t"))
        tags = fields[-1].split(",")
        if forms[-1] == TAGS and tags != sorted(set(tags)):
            refuse(f"{name}.txt", number, "tags: sorted, none twice")
        found.append(fields)
    return found


def sorted_once(name: str, rows: list[tuple[str, ...]], key: int) -> None:
    """Refuse records that are not sorted by bytes, or whose first `key` fields stand twice."""
    for number, (above, below) in enumerate(zip(rows, rows[1:]), 3):
        if above[:key] == below[:key]:
            refuse(f"{name}.txt", number, "a code or a line twice")
        if above > below:
            refuse(f"{name}.txt", number, "order of lines")


def check_moment(file: str, line: int, moment: str) -> None:
    """Refuse a moment that no calendar has."""
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        refuse(file, line, f"no such moment: {moment}")


def read_order(files: Files) -> tuple[dict[str, str], dict[str, int], list[Source]]:
    """order.txt: its keys (matter as matter.1, matter.2, …), their lines, and the sources."""
    rows, at = lines_of(files, "order"), 0
    keys: dict[str, str] = {}
    line: dict[str, int] = {}
    for key, value, most in ORDER:
        pattern, count = re.compile(f"{key}\t(?:{value})"), 0
        while at < len(rows) and count < most and pattern.fullmatch(rows[at]):
            count += 1
            name, text = rows[at].split("\t")
            name = f"matter.{count}" if key == "matter" else name
            if name in keys or (key.startswith("source") and name != f"source.{count}"):
                refuse("order.txt", at + 2, f"{name} does not stand here")
            keys[name], line[name] = text, at + 2
            at += 1
        if not count:
            refuse(
                "order.txt",
                min(at, len(rows) - 1) + 2,
                f"here the line {re.sub('[^a-z].*', '', key)} is missing or does not have its form",
            )
    if at < len(rows):
        refuse("order.txt", at + 2, "lines, their order or their form")
    matters = [keys[name] for name in keys if name.startswith("matter.")]
    for number, matter in enumerate(matters[1:], 2):
        if matter == matters[0] or (number > 2 and matters[number - 2] >= matter):
            refuse("order.txt", line[f"matter.{number}"], "matters: the lead first, joint ones sorted, none twice")
    check_moment("order.txt", line["planned"], keys["planned"])
    return keys, line, [Source(line[name], *keys[name].split("|")) for name in keys if name.startswith("source.")]


def parts_of(form: str) -> list[tuple[str, int, int]]:
    """The parts of a source's form: (balls, k, n) for each group, or (digits, n, 0) or (hex, n, 0)."""
    kind, _, rest = form.partition(":")
    if kind != "balls":
        return [(kind, int(rest), 0)]
    return [(kind, int(part.split("/")[0]), int(part.split("/")[1])) for part in rest.split("+")]


def check_sources(sources: list[Source], planned: str, planned_line: int) -> None:
    """§3: witnesses first, public ones strictly later, moments not falling, public entropy at least 40 bits."""
    values = 1
    for above, source in zip([None, *sources], sources):
        check_moment("order.txt", source.line, source.moment)
        for kind, n, of in parts_of(source.form):
            if not (1 <= n <= of <= 99 if kind == "balls" else 1 <= n <= 999):
                refuse("order.txt", source.line, "no such form of a source")
            if source.kind == "public":
                values = min(2**64, values * (math.comb(of, n) if kind == "balls" else {"digits": 10, "hex": 16}[kind] ** n))
        if above and above.kind == "public" and source.kind == "witness":
            refuse("order.txt", source.line, "witnesses first, public last")
        if above and (source.moment < above.moment or (source.kind != above.kind and source.moment == above.moment)):
            refuse("order.txt", source.line, "the moment is not after that of the source above")
    if sources[-1].kind != "public":
        refuse("order.txt", sources[-1].line, "witnesses first, public last")
    if values < 2**40:
        refuse("order.txt", sources[-1].line, "public entropy below 40 bits")
    if planned < sources[-1].moment:
        refuse("order.txt", planned_line, "planned before the last source")


def spelled(value: str, form: str) -> bool:
    """Whether a value is spelled as its form wants it."""
    parts = parts_of(form)
    if parts[0][0] != "balls":
        kind, n, _ = parts[0]
        return re.fullmatch(("[0-9]{%d}" if kind == "digits" else "[0-9a-f]{%d}") % n, value) is not None
    groups = [group.split(",") for group in value.split("+")]
    return len(groups) == len(parts) and all(
        len(group) == k
        and all(re.fullmatch("[0-9]{2}", ball) and 1 <= int(ball) <= n for ball in group)
        and all(a < b for a, b in zip(group, group[1:]))
        for group, (_, k, n) in zip(groups, parts)
    )


def read_reveal(files: Files, draw: Draw) -> None:
    """reveal.txt: the secret, then the value of every source as its form spells it."""
    rows = [row.split("\t") for row in lines_of(files, "reveal")]
    names = ["secret", *(f"source.{i}" for i in range(1, len(draw.sources) + 1))]
    for number, (row, name) in enumerate(zip(rows, names), 2):
        if len(row) != 2 or row[0] != name:
            refuse("reveal.txt", number, f"here {name} must stand")
        if name == "secret":
            if not re.fullmatch(DIGEST, row[1]):
                refuse("reveal.txt", number, "form")
            draw.secret = row[1]
            continue
        source = draw.sources[number - 3]
        if not spelled(row[1], source.form):
            refuse("reveal.txt", number, f"{name} is not spelled as its form wants it")
        source.value = row[1]
    if len(rows) != len(names):
        refuse("reveal.txt", min(len(rows), len(names)) + 1, "lines: the secret and one value for each source")


def read_people(files: Files, draw: Draw) -> None:
    """inspectors.txt and recusals.txt, both or neither; neither leaves no room for a history."""
    if "inspectors" not in files or "recusals" not in files:
        for name in ("inspectors", "recusals", "history"):
            if name in files:
                refuse(f"{name}.txt", 0, "inspectors and recusals come both or not at all, a history only with them")
        return
    people = records(files, "inspectors", CODE, "[LM]", INTEGER, INTEGER, TAGS)
    sorted_once("inspectors", people, 1)
    draw.inspectors = {c: (role == "L", max(0, int(most) - int(now)), tag_set(tags)) for c, role, now, most, tags in people}
    pairs = records(files, "recusals", CODE, CODE)
    sorted_once("recusals", pairs, 2)
    for number, (subject, person) in enumerate(pairs, 2):
        if subject not in draw.roster or person not in draw.inspectors:
            refuse("recusals.txt", number, "a code that is not in the roster or among the inspectors")
        draw.recused.add((subject, person))


def tag_set(tags: str) -> set[str]:
    """`-` is no tag."""
    return set() if tags == "-" else set(tags.split(","))


def check_quotas(draw: Draw) -> None:
    """One quota for every stratum, sorted, none above its stratum; all of it and no reserves where nothing is drawn."""
    sizes: dict[str, int] = {}
    for stratum, _, _ in draw.roster.values():
        sizes[stratum] = sizes.get(stratum, 0) + 1
    names = [name for name in draw.keys if name.startswith("quota.")]
    for name, stratum in zip(names, sorted(sizes)):
        if name != f"quota.{stratum}":
            refuse("order.txt", draw.line[name], "one quota for every stratum of the roster, sorted")
    if len(names) != len(sizes):
        refuse("order.txt", draw.line[names[-1]], "one quota for every stratum of the roster, sorted")
    for name in names:
        quota, size = int(draw.keys[name]), sizes[name[6:]]
        if quota > size:
            refuse("order.txt", draw.line[name], f"quota above its stratum {name[6:]}")
        if draw.keys["mode"] != "lot" and quota != size:
            refuse("order.txt", draw.line[name], "in this mode the quota is the whole stratum")
        if draw.keys["mode"] == "lot" and quota in (0, size):
            draw.fixed.append(f"{name[6:]} ({quota} of {size})")
    if draw.keys["mode"] != "lot" and draw.keys["reserves"] != "0":
        refuse("order.txt", draw.line["reserves"], "in this mode there are no reserves")


def read_history(files: Files) -> list[tuple[str, ...]]:
    """history.txt: number, kind, winner, position, out, in, reason."""
    forms = "|".join(
        f"(?:{k}\t{CODE}\t{'-' if k == 'subject' else '[1-9]'}\t{CODE}\t(?:{CODE}|-)\t(?:{r}))" for k, r in REASONS.items()
    )
    rows = records(files, "history", INTEGER, forms)
    for number, row in enumerate(rows, 1):
        if row[0] != str(number):
            refuse("history.txt", number + 1, "the lines are not numbered from 1")
    return rows


def read_draw(files: Files) -> Draw:
    """Everything that the form asks of a bundle; result.txt has none of its own, it is compared byte by byte."""
    for name in NEEDED:
        if name not in files:
            refuse(f"{name}.txt", 0, "missing")
    keys, line, sources = read_order(files)
    check_sources(sources, keys["planned"], line["planned"])
    entries = records(files, "roster", CODE, STRATUM, SLIPS, TAGS)
    sorted_once("roster", entries, 1)
    if not entries:
        refuse("roster.txt", 1, "no record")
    draw = Draw(keys, line, sources, {code: (stratum, int(slips), tag_set(tags)) for code, stratum, slips, tags in entries})
    read_reveal(files, draw)
    read_people(files, draw)
    check_quotas(draw)
    if "openings" in files:
        draw.openings = records(files, "openings", CODE, "subject|inspector", PUBLIC_ID, WORDS, CODE)
        sorted_once("openings", draw.openings, 1)
    if "history" in files:
        draw.history = read_history(files)
    return draw


# The draw -----------------------------------------------------------------------------------------------------------


@dataclass
class Drawn:
    """One entry that came out: W or R, its code, its winning slip and ticket."""

    rank: str
    code: str
    slip: int
    ticket: str


def key_of(seed: str, purpose: str) -> str:
    """K_subjects or K_teams."""
    return sha(f"sunlot-key-1|{seed}|{purpose}")


def draw_subjects(draw: Draw, key: str) -> dict[str, list[Drawn]]:
    """§4: per stratum, the winners and then the reserves, by (ticket, code)."""
    box = hashlib.sha256(key.encode())  # K is one block: its state serves every slip
    strata: dict[str, list[tuple[str, str, int]]] = {}
    for code, (stratum, slips, _) in draw.roster.items():
        tickets = []
        for slip in range(1, slips + 1):
            shaken = box.copy()
            shaken.update(f"|{code}|{slip}".encode())
            tickets.append((shaken.hexdigest(), code, slip))
        strata.setdefault(stratum, []).append(min(tickets))
    out = {}
    for stratum in sorted(strata):
        quota = int(draw.keys[f"quota.{stratum}"])
        listed = sorted(strata[stratum])[: quota + int(draw.keys["reserves"])]
        out[stratum] = [Drawn("W" if i < quota else "R", c, slip, t) for i, (t, c, slip) in enumerate(listed)]
    return out


# Teams --------------------------------------------------------------------------------------------------------------


def members_of(bits: int) -> Iterator[int]:
    """The numbers in a set that is kept as the bits of an integer."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


class Staffing:
    """Open positions, all filled for the time being: proof that they can be filled at once, kept up while some are given."""

    def __init__(self, room: list[int], team: int) -> None:
        self.room, self.team = room, team
        self.able: dict[Slot, int] = {}  # who could take an open position, as bits
        self.holder: dict[Slot, int] = {}
        self.held: list[set[Slot]] = [set() for _ in room]

    def put(self, slot: Slot, who: int) -> None:
        """Let somebody hold a position instead of whoever did."""
        self.lift(slot)
        self.holder[slot] = who
        self.held[who].add(slot)

    def lift(self, slot: Slot) -> None:
        """Nobody holds this position."""
        if slot in self.holder:
            self.held[self.holder.pop(slot)].discard(slot)

    def fill(self, first: Slot) -> bool:
        """Find a holder for an empty position, moving others along a shortest chain; False when there is no chain."""
        came: dict[Slot, tuple[Slot, int] | None] = {first: None}  # this position's holder moves to that one
        queue, seen = [first], 0
        for slot in queue:
            mates = {self.holder[s]: s for s in ((slot[0], k) for k in range(1, self.team + 1)) if s in self.holder}
            chains = [(who, s) for who, s in mates.items() if self.able[slot] >> who & 1]
            for who in members_of(self.able[slot] & ~seen):
                if who in mates:
                    continue
                seen |= 1 << who
                if len(self.held[who]) < self.room[who]:
                    step: tuple[Slot, int] | None = (slot, who)
                    while step:
                        self.put(*step)
                        step = came[step[0]]
                    return True
                chains += [(who, s) for s in self.held[who]]
            for who, place in chains:
                if place not in came:
                    came[place] = (slot, who)
                    queue.append(place)
        return False

    def add(self, slots: list[Slot], able: list[int]) -> bool:
        """Take in a winner's positions if they and all the others can be filled at once."""
        self.able.update(zip(slots, able))
        if all(self.fill(slot) for slot in slots):
            return True
        for slot in slots:
            self.lift(slot)
            del self.able[slot]
        return False

    def give(self, slot: Slot, who: int) -> bool:
        """Give a position for good if all that stay open can still be filled."""
        mates = [(slot[0], k) for k in range(1, self.team + 1) if (slot[0], k) in self.able and k != slot[1]]
        before, able = self.holder[slot], {mate: self.able[mate] for mate in mates}
        self.lift(slot)
        self.room[who] -= 1
        self.able.update({mate: bits & ~(1 << who) for mate, bits in able.items()})
        moved = next((mate for mate in mates if self.holder[mate] == who), None)
        if moved is None and len(self.held[who]) > self.room[who]:
            moved = next(iter(self.held[who]))
        if moved is not None:
            self.lift(moved)
            if not self.fill(moved):
                self.put(moved, who)
                self.room[who] += 1
                self.able.update(able)
                self.put(slot, before)
                return False
        del self.able[slot]
        return True


class Teams:
    """§5 and the part of §6 about inspectors: who suits whom, who comes first."""

    def __init__(self, draw: Draw, key: str) -> None:
        people = draw.inspectors or {}
        self.key, self.codes, self.size = key, sorted(people), int(draw.keys["team"])
        self.lead = [people[code][0] for code in self.codes]
        self.room = [people[code][1] for code in self.codes]
        self.tags = [people[code][2] for code in self.codes]
        self.given = [0] * len(self.codes)
        self.roster = draw.roster
        self.known: dict[tuple[str, ...], int] = {}
        self.recused: dict[str, int] = {}
        for subject, person in draw.recused:
            self.recused[subject] = self.recused.get(subject, 0) | 1 << self.codes.index(person)

    def able(self, subject: str, position: int) -> int:
        """Whom the subject's tags and recusals leave for a position, as bits."""
        wanted = self.roster[subject][2]
        key = (*sorted(wanted), str(position == 1))
        if key not in self.known:
            self.known[key] = sum(
                1 << i for i, tags in enumerate(self.tags) if wanted <= tags and (position > 1 or self.lead[i])
            )
        return self.known[key] & ~self.recused.get(subject, 0)

    def first(self, who: list[int], subject: str, position: int) -> Iterator[int]:
        """By fewest positions given or held, then ticket, then code."""
        for level in sorted({self.given[i] for i in who}):
            tickets = [(sha(f"{self.key}|{subject}|{self.codes[i]}|{position}"), i) for i in who if self.given[i] == level]
            yield from (i for _, i in sorted(tickets))

    def assign(self, winners: list[str]) -> dict[str, list[str]]:
        """The team of every winner; an empty one for a winner that cannot be staffed."""
        staffing = Staffing(list(self.room), self.size)
        teams: dict[str, list[str]] = {}
        for winner in winners:
            able = [self.able(winner, 1), *[self.able(winner, 2)] * (self.size - 1)]
            teams[winner] = []
            if staffing.add([(winner, k) for k in range(1, self.size + 1)], able):
                teams[winner].append("staffable")
        for winner in (w for w in winners if teams[w]):
            teams[winner] = []
            for slot in ((winner, k) for k in range(1, self.size + 1)):
                free = [i for i in members_of(staffing.able[slot]) if staffing.room[i] > 0]
                chosen = next(i for i in self.first(free, *slot) if staffing.give(slot, i))
                self.given[chosen] += 1
                teams[winner].append(self.codes[chosen])
        return teams


def compare(data: bytes, expected: list[str], unknown: int, team: int) -> None:
    """result.txt against the lines that must stand there; of the last `unknown` ones only the winner and the form are known."""
    rows = [row.encode() for row in expected]
    found = data.split(b"\n")
    for number, row in enumerate(rows, 1):
        here = found[number - 1] if number <= len(found) else b""
        if number > len(rows) - unknown:
            fits = re.fullmatch(re.escape(row) + b"(?:-|%b)" % b"\\t".join([CODE.encode()] * team), here)
            people = here.split(b"\t")[2:]
            if not fits or len(set(people)) < len(people):
                differ("result.txt", number, f"here must stand: {row.decode()}…")
        elif here != row:
            differ("result.txt", number, f"here must stand: {row.decode()}")
    if found[len(rows) :] != [b""]:
        differ(
            "result.txt", len(rows) + 1, "here the file must end" if len(found) > len(rows) else "the last line is not ended"
        )


# After the draw -----------------------------------------------------------------------------------------------------


def check_openings(draw: Draw) -> None:
    """§1: every opening proves its code, and no public id is opened for two codes of the roster."""
    ids: set[str] = set()
    for number, (code, kind, public_id, name, nonce) in enumerate(draw.openings, 2):
        if sha(f"sunlot-code-1|{kind}|{public_id}|{name}|{nonce}")[:32] != code:
            differ("openings.txt", number, f"{code} is not {public_id} {name}")
        if kind == "subject" and (code not in draw.roster or public_id in ids):
            differ(
                "openings.txt", number, "not in the roster" if code not in draw.roster else "a public id opened for two codes"
            )
        if kind == "inspector" and draw.inspectors is not None and code not in draw.inspectors:
            differ("openings.txt", number, "not among the inspectors")
        if kind == "subject":
            ids.add(public_id)


class History:
    """§6: who stands in whose place, line by line."""

    def __init__(self, teams: Teams, members: dict[str, list[str]], drawn: dict[str, list[Drawn]]) -> None:
        self.teams, self.members = teams, members
        self.index = {code: i for i, code in enumerate(teams.codes)}
        self.visited = {winner: winner for winner in members}
        self.left: dict[str, set[str]] = {winner: set() for winner in members}
        self.spare = {stratum: [d.code for d in listed if d.rank == "R"] for stratum, listed in drawn.items()}
        self.due: list[tuple[str, str]] = []  # winner and position that a reserve does not suit
        self.due_since = 0

    def subject(self, line: int, winner: str, out: str, into: str) -> None:
        """The next reserve of the stratum takes the place; members whom it does not suit are due to go."""
        if self.visited[winner] != out:
            differ("history.txt", line, "code out")
        spare = self.spare[self.teams.roster[winner][0]]
        reserve = spare.pop(0) if spare else "-"
        if into != reserve:
            differ("history.txt", line, f"code in: here must stand {reserve}")
        self.visited[winner], self.due_since = reserve, line
        for position, member in enumerate(self.members[winner], 1):
            if reserve == "-" and member != "-":
                self.teams.given[self.index[member]] -= 1
            elif member != "-" and not self.teams.able(reserve, 2) >> self.index[member] & 1:
                self.due.append((winner, str(position)))
        if reserve == "-":
            self.members[winner] = []

    def inspector(self, line: int, winner: str, position: int, out: str, into: str) -> None:
        """The empty position goes to the first eligible one who never left this winner, or stays empty for good."""
        team, subject, teams = self.members[winner], self.visited[winner], self.teams
        if position > len(team) or team[position - 1] != out:
            differ("history.txt", line, "code out")
        teams.given[self.index[out]] -= 1
        self.left[winner].add(out)
        barred = {self.index[code] for code in self.left[winner].union(team) if code != "-"}
        free = [i for i in members_of(teams.able(subject, position)) if i not in barred and teams.given[i] < teams.room[i]]
        chosen = next(teams.first(free, subject, position), None)
        team[position - 1] = "-" if chosen is None else teams.codes[chosen]
        if chosen is not None:
            teams.given[chosen] += 1
        if into != team[position - 1]:
            differ("history.txt", line, f"code in: here must stand {team[position - 1]}")

    def follow(self, rows: list[tuple[str, ...]]) -> None:
        """Every line, and the lines that a reserve makes necessary at once."""
        for line, (_, kind, winner, position, out, into, reason) in enumerate(rows, 2):
            if winner not in self.members:
                differ("history.txt", line, "not a winner")
            if (self.due[:1] == [(winner, position)]) != (reason == "does-not-fit") or (self.due and reason != "does-not-fit"):
                differ("history.txt", line, "does-not-fit stands at once and only where a reserve does not suit a member")
            self.due = self.due[1:]
            if kind == "subject":
                self.subject(line, winner, out, into)
            else:
                self.inspector(line, winner, int(position), out, into)
        if self.due:
            differ("history.txt", self.due_since, "a member whom the reserve does not suit stays on")


# The whole bundle ---------------------------------------------------------------------------------------------------


def check_hashes(files: Files, draw: Draw) -> str:
    """The hashes and the commitment that the order holds; gives the seed."""
    for name in ("roster", "inspectors", "recusals"):
        if name in files and sha(files[name]) != draw.keys[name]:
            differ("order.txt", draw.line[name], f"this is not the hash of {name}.txt")
    if sha(f"sunlot-secret-1|{draw.keys['draw']}|{draw.secret}") != draw.keys["secret"]:
        differ("reveal.txt", 2, "the secret is not the one committed to")
    values = "|".join(source.value for source in draw.sources)
    return sha(f"sunlot-seed-1|{sha(files['order'])}|{values}|{draw.secret}")


def verify(files: Files) -> Draw:
    """Check a bundle; raises FaultError at the first thing that does not fit (forms first) or does not follow."""
    draw = read_draw(files)
    seed = check_hashes(files, draw)
    drawn = draw_subjects(draw, key_of(seed, "subjects"))
    rows = ["sunlot-result-1"]
    for stratum, listed in drawn.items():
        rows += [f"{stratum}\t{i}\t{d.rank}\t{d.code}\t{d.slip}\t{d.ticket}" for i, d in enumerate(listed, 1)]
    winners = [c for _, c in sorted((d.ticket, d.code) for listed in drawn.values() for d in listed if d.rank == "W")]
    teams, members = Teams(draw, key_of(seed, "teams")), {}
    if draw.inspectors is None:
        rows += [f"team\t{winner}\t" for winner in winners]
    else:
        members = teams.assign(winners)
        rows += ["\t".join(["team", winner, *(members[winner] or "-")]) for winner in winners]
    compare(files["result"], rows, len(winners) if draw.inspectors is None else 0, teams.size)
    check_openings(draw)
    if "history" in files:
        History(teams, members, drawn).follow(draw.history)
    return draw


# The ledger ---------------------------------------------------------------------------------------------------------

ENTRY = {"seq": "", "time": CLOCK + r"\.[0-9]{6}\+08:00", "action": "[^|\x00-\x1f]{1,80}", "previous": DIGEST, "payload_hash": DIGEST, "entry_hash": DIGEST}  # fmt: skip
ACTS = {"commit": "order", "source": "value", "result": "result", "void": "kind", "replace": "line"}


@dataclass
class Act:
    """One entry about a draw: its line (= seq), time, what was done, and its public payload."""

    line: int
    time: str
    verb: str
    payload: dict[str, str]


def json_object(file: str, line: int, text: str) -> dict[str, object]:
    """A JSON object, no key twice; anything else is refused."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    try:
        found = json.loads(text, object_pairs_hook=once, parse_int=lambda digits: int(digits[:19]))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        refuse(file, line, "not a JSON object, or a key twice")
    return found


def act_of(file: str, line: int, entry: dict[str, object]) -> Act:
    """An entry about a draw: its payload is public and holds salt, draw, plan and what the action says."""
    verb = str(entry["action"])[6:]
    if verb not in ACTS or "payload" not in entry:
        refuse(file, line, "an action on draws that is unknown, or whose payload is not public")
    payload = json_object(file, line, str(entry["payload"]))
    wanted = ["salt", "draw", "plan", ACTS[verb], *(["source"] if verb == "source" else [])]
    if not all(isinstance(payload.get(key), str) for key in wanted) or not re.fullmatch(CODE, str(payload["salt"])):
        refuse(file, line, f"the payload does not hold {', '.join(wanted)}")
    if not re.fullmatch(NUMBER, str(payload["draw"])) or not re.fullmatch(f"{NUMBER}@{INTEGER}", str(payload["plan"])):
        refuse(file, line, "form of a draw's number or plan")
    told = [*wanted, *(key for key in ("strikes", "corrects") if isinstance(payload.get(key), str))]
    return Act(line, str(entry["time"]), verb, {key: str(payload[key]) for key in told})


def read_ledger(path: Path) -> tuple[list[Act], list[str]]:
    """The whole chain: what was done about draws, and every entry hash."""
    acts: list[Act] = []
    hashes = ["0" * 64]
    with path.open("rb") as stream:
        for line, raw in enumerate(iter(lambda: stream.readline(2**24), b""), 1):
            try:
                text = raw.decode("utf-8")
                entry = json_object(path.name, line, text)
                payload = str(entry.get("payload", "")).encode()
            except UnicodeError:
                refuse(path.name, line, "not UTF-8")
            fits = all(isinstance(entry.get(k), str) and re.fullmatch(form, str(entry[k])) for k, form in ENTRY.items() if form)
            if (
                not raw.endswith(b"\n")
                or not fits
                or type(entry.get("seq")) is not int
                or not isinstance(entry.get("payload", ""), str)
            ):
                refuse(path.name, line, "form of an entry")
            if entry["seq"] != line or entry["previous"] != hashes[-1]:
                differ(path.name, line, "the chain is broken: an entry is missing, doubled or out of its place")
            if "payload" in entry and sha(payload) != entry["payload_hash"]:
                differ(path.name, line, "the payload is not the one that was hashed")
            hashes.append(
                sha(
                    "|".join(
                        ["sunlot-ledger-1", *(str(entry[k]) for k in ("previous", "seq", "time", "action", "payload_hash"))]
                    )
                )
            )
            if entry["entry_hash"] != hashes[-1]:
                differ(path.name, line, "the entry is not the one that was hashed")
            if str(entry["action"]).startswith("draws."):
                acts.append(act_of(path.name, line, entry))
    return acts, hashes


def open_until(acts: list[Act], commit: Act) -> float:
    """The line of the result or void that closes an order; for ever when there is none."""
    ends = [
        a.line
        for a in acts
        if a.line > commit.line and a.verb in ("result", "void") and a.payload["draw"] == commit.payload["draw"]
    ]
    return min(ends, default=math.inf)


def check_commits(file: str, acts: list[Act], draw: Draw) -> Act:
    """Numbers without gaps, one commitment of this order, and no other order open for its plan in its time."""
    commits = [act for act in acts if act.verb == "commit"]
    last: dict[str, int] = {}
    for act in commits:
        serial = act.payload["draw"][len(act.payload["draw"].rstrip("0123456789")) :]
        prefix = act.payload["draw"][: -len(serial) or None]
        if prefix and serial and int(serial) != last.get(prefix, 0) + 1:
            differ(file, act.line, f"draw numbers have a gap before {act.payload['draw']!a}")
        last[prefix] = int(serial or 0)
    mine = [act for act in commits if act.payload["draw"] == draw.keys["draw"]]
    if len(mine) != 1:
        differ(file, mine[1].line if mine else 0, f"draw {draw.keys['draw']} is committed {len(mine)} times")
    start, end = mine[0].line, open_until(acts, mine[0])
    for act in commits:
        same = act.payload["plan"].split("@")[0] == draw.keys["plan"].split("@")[0]
        if same and act is not mine[0] and act.line < end and start < open_until(acts, act):
            refuse(file, act.line, f"draw {act.payload['draw']!a} was open for the same plan at the same time")
    return mine[0]


def check_strikes(file: str, acts: list[Act]) -> list[str]:
    """An order has one right result: each further one strikes the one before, after a value was corrected; says so."""
    results = [act for act in acts if act.verb == "result"]
    said = []
    for before, after in pairwise(results):
        fixed = [a for a in acts if a.verb == "source" and "corrects" in a.payload and before.line < a.line < after.line]
        if after.payload.get("strikes") != before.payload["result"] or not fixed:
            differ(file, after.line, "a second result that does not strike the one before for a corrected value")
        said += [
            f"the result of entry {before.line} was struck: {a.payload['source']!a} was {a.payload['corrects']!a}, "
            f"right is {a.payload['value']!a} (entry {a.line}, {a.time}). 原结果因开奖号码录入有误已撤销并重新计算。"
            for a in fixed
        ]
    return said


def check_ledger(path: Path, files: Files, draw: Draw) -> tuple[Act, list[str], list[str]]:
    """The ledger against the bundle: order, values, result and history; gives commitment, entry hashes and remarks."""
    everything, hashes = read_ledger(path)
    commit = check_commits(path.name, everything, draw)
    acts = [act for act in everything if act.payload["draw"] == draw.keys["draw"]]
    if (commit.payload["order"], commit.payload["plan"]) != (sha(files["order"]), draw.keys["plan"]):
        differ(path.name, commit.line, "the order committed is not this one")
    if commit.time[:19] >= draw.sources[0].moment[:19] or acts[0] is not commit:
        differ(path.name, commit.line, "the order was committed after its first source")
    values = {act.payload["source"]: act for act in acts if act.verb == "source"}
    for number, source in enumerate(draw.sources, 1):
        act = values.get(f"source.{number}")
        if act is None or act.payload["value"] != source.value:
            differ(path.name, act.line if act else 0, f"the value of source.{number} is not the one in the ledger")
    results = [act for act in acts if act.verb == "result"]
    if (
        not results
        or results[-1].payload["result"] != sha(files["result"])
        or results[-1].line < max(a.line for a in values.values())
    ):
        differ(
            path.name,
            results[-1].line if results else 0,
            "the result is not the last one in the ledger, or came before its values",
        )
    struck = check_strikes(path.name, acts)
    replaced = [act for act in acts if act.verb == "replace" and act.line > results[-1].line]  # a history ends with its result
    if draw.inspectors is not None:
        for number in range(max(len(replaced), len(draw.history))):
            held = replaced[number].payload["line"] if number < len(replaced) else None
            if held is None or number >= len(draw.history) or held != "\t".join(draw.history[number]):
                differ("history.txt", number + 2, "not what the ledger holds")
    voids = [f"the ledger holds a void of this draw ({a.payload['kind']!a})" for a in acts if a.verb == "void"]
    return (
        commit,
        hashes,
        [f"ledger: {len(hashes) - 1} entries unbroken; the order is entry {commit.line}, {commit.time}", *struck, *voids],
    )


def check_kept(path: Path, commit: Act, hashes: list[str], first: str) -> str:
    """A checkpoint that somebody kept: the same chain, at or after the commitment."""
    with path.open("rb") as stream:
        data = stream.read(4096).replace(b"\r\n", b"\n")
    form = rf"sunlot-checkpoint-1\n[^\n]{{1,200}}\n([1-9][0-9]{{0,11}})\t({DIGEST})\n({CLOCK})(?:\.[0-9]{{1,6}})?\+08:00\n?"
    fits = re.fullmatch(form, data.decode("utf-8", "replace"))
    if not fits:
        refuse(path.name, 1, "not a checkpoint of four lines")
    seq = int(fits[1])
    if seq >= len(hashes):
        refuse(path.name, 3, f"the ledger given ends at {len(hashes) - 1}, before the checkpoint's {seq}")
    if hashes[seq] != fits[2]:
        differ(path.name, 3, "the ledger was written anew: this entry has another hash than the one that was kept")
    if seq < commit.line:
        differ(path.name, 3, f"the order is entry {commit.line} and was not yet committed")
    early = "before the first source: if you held it by then, the order came before its sources"
    late = "not before the first source: it does not prove that the order came before its sources"
    return f"kept: entry {seq} of {fits[3]} holds the order, {early if fits[3] < first[:19] else late}"


# What is said -------------------------------------------------------------------------------------------------------

PROVES = """This proves that the result follows from these files. 本结果确由这些文件推出。
It does not prove 但不能证明:
- that the values are the official ones: compare those above with the issue named. 开奖号码即官方公布的号码（请自行比对）。
- that the order came before them: {kept}. 抽取令先于开奖号码固定（请用 --kept 核对留存的检查点）。
- that the roster is complete: that is what the auditor's check and the openings are for. 待抽名单完整无遗漏。"""


def report(draw: Draw, remarks: list[str], kept: bool) -> list[str]:
    """What a match says, and what it leaves open."""
    rows = [f"match 相符: draw {draw.keys['draw']}, {len(draw.roster)} entries"]
    rows += [f"source.{i} {s.kind} {s.what} {s.moment} {s.form} = {s.value}" for i, s in enumerate(draw.sources, 1)]
    if draw.keys["mode"] != "lot":
        rows.append(f"mode {draw.keys['mode']}: every entry is drawn, chance decides only the teams. 全部入选，只随机派员。")
    rows += [f"nothing left to chance in stratum {stratum}. 该层没有随机性。" for stratum in draw.fixed]
    if draw.inspectors is None:
        rows.append("inspectors and recusals are not public: subjects checked, of the teams only their form. 仅核验对象。")
    return [*rows, *remarks, *PROVES.format(kept="see the line kept above" if kept else "use --kept with --ledger").split("\n")]


def main(arguments: list[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="Check a drawing of lots from its published files (draw protocol 1).")
    parser.add_argument("bundle", type=Path, help="folder or zip with the published files")
    parser.add_argument("--ledger", type=Path, help="the exported ledger, one JSON object a line")
    parser.add_argument("--kept", type=Path, help="a checkpoint that somebody outside kept; needs --ledger")
    asked = parser.parse_args(arguments)
    if asked.kept and not asked.ledger:
        parser.error("--kept needs --ledger: a checkpoint alone does not show the order")
    code = MATCH
    try:
        files = read_bundle(asked.bundle)
        draw = verify(files)
        remarks: list[str] = []
        if asked.ledger:
            commit, hashes, remarks = check_ledger(asked.ledger, files, draw)
            if asked.kept:
                remarks.append(check_kept(asked.kept, commit, hashes, draw.sources[0].moment))
        rows = report(draw, remarks, bool(asked.kept))
    except FaultError as fault:
        code, rows = fault.code, [f"{'mismatch 不相符' if fault.code == MISMATCH else 'refused 格式不合'}: {fault}"]
    except OSError as error:
        code, rows = REFUSED, [f"refused 格式不合: {error}"]
    sys.stdout.buffer.write(("\n".join(rows) + "\n").encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    return code


if __name__ == "__main__":
    sys.exit(main())
