"""Whether what is kept of an order agrees with itself: rows with files, files with hashes, the result with its computation.

Each function yields one sentence per thing that does not agree; nothing here writes. Read by the self-check and by the
auditor's check of a committed roster.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from inspections.draws import queries, shards, shelf
from inspections.draws.after import whole_bundle
from inspections.draws.computing import computed_again
from inspections.draws.files import Order, read_order, read_result
from inspections.draws.grammar import BadForm
from inspections.draws.models import Draw, DrawCertificate, DrawnEntry, RosterRecusal, TeamPlace
from inspections.draws.places import roster_astray
from inspections.draws.protocol import blinding_code, digest
from inspections.draws.struck import results_of
from inspections.draws.verify import verify_bundle
from registries.ledger.sentences import Sentence, say

COMMITTED_FILES = ("order.txt", "roster.txt", "inspectors.txt", "recusals.txt")
AT_ONCE = 5000
NAMED = 20
"""Rows of one table that are named one by one."""


def files_astray(draw: Draw, bodies: Mapping[str, bytes]) -> Iterator[Sentence]:
    """Every file must be there, have its own hash, and be the one that the order commits to."""
    number = str(draw)
    missing = [name for name in COMMITTED_FILES if name not in bodies]
    if missing:
        yield say("Order %(number)s lacks the file %(file)s.", number=number, file=", ".join(missing))
        return
    for name, sha256 in shelf.kept(draw).values_list("name", "sha256"):
        if digest(bodies.get(name, b"")) != sha256:
            yield say("The file %(file)s of order %(number)s was changed.", number=number, file=name)
    if digest(bodies["order.txt"]) != draw.order_hash:
        yield say("The order file of %(number)s is not the one that was committed to.", number=number)
    try:
        order = read_order(bodies["order.txt"])
    except BadForm as bad:
        yield say("A file of order %(number)s does not fit its form: %(reason)s", number=number, reason=str(bad))
        return
    for name, promised in (("roster.txt", order.roster), ("inspectors.txt", order.inspectors), ("recusals.txt", order.recusals)):
        if digest(bodies[name]) != promised:
            yield say("The file %(file)s of order %(number)s is not the one that the order commits to.", number=number, file=name)
    yield from _terms_astray(draw, order)


def _terms_astray(draw: Draw, order: Order) -> Iterator[Sentence]:
    """What stands on the pages of an order is what its file says."""
    stored = (draw.number, draw.plan.reference, draw.mode_text, dict(draw.quotas), draw.reserves, draw.team_size, draw.commitment)
    if stored != (order.draw, order.plan, order.mode, dict(order.quotas), order.reserves, order.team, order.secret):
        yield say("The terms of order %(number)s differ from its order file.", number=str(draw))


def rosters_astray(draw: Draw, bodies: Mapping[str, bytes]) -> Iterator[Sentence]:
    """Every code must follow from key, name and nonce, and the rows of the roster must be the lines of the files.

    Rows and lines are read side by side, both sorted by bytes: a roster of any size is compared in the memory of a few rows.
    """
    sorted_by_code = draw.roster.order_by(queries.by_bytes("code"))
    entries = sorted_by_code.values_list("pk", "public_id", "name", "nonce", "code", "stratum", "slips", "tags")
    people = draw.inspectors.order_by(queries.by_bytes("code")).values_list(
        "pk", "public_id", "name", "nonce", "code", "may_lead", "open_cases", "most_open_cases", "tags"
    )
    yield from _codes_astray(draw, "subject", entries)
    yield from _codes_astray(draw, "inspector", people)
    lines = (f"{code}\t{stratum}\t{slips}\t{tags}" for *_, code, stratum, slips, tags in entries.iterator(chunk_size=AT_ONCE))
    yield from _lines_astray(draw, "roster.txt", bodies, lines)
    lines = (f"{code}\t{'L' if lead else 'M'}\t{now}\t{most}\t{tags}" for *_, code, lead, now, most, tags in people)
    yield from _lines_astray(draw, "inspectors.txt", bodies, lines)
    pairs = RosterRecusal.objects.filter(entry__draw=draw).values_list("entry__code", "inspector__code")
    yield from _lines_astray(draw, "recusals.txt", bodies, sorted({f"{a}\t{b}" for a, b in pairs}))
    yield from roster_astray(draw)


def _codes_astray(draw: Draw, kind: str, rows: QuerySet[Any, Any]) -> Iterator[Sentence]:
    wrong = [row[0] for row in rows.iterator(chunk_size=AT_ONCE) if not _opens(kind, *row[1:5])]
    for pk in wrong[:NAMED]:
        yield say("Code of %(kind)s %(row)s in order %(number)s does not open.", kind=kind, row=pk, number=str(draw))
    if len(wrong) > NAMED:
        yield say("%(count)s codes of order %(number)s do not open.", count=len(wrong), number=str(draw))


def _opens(kind: str, public_id: str, name: str, nonce: str, code: str) -> bool:
    try:
        return blinding_code(kind, public_id, name, nonce) == code
    except BadForm:
        return False


def _lines_astray(draw: Draw, file: str, bodies: Mapping[str, bytes], wanted: Iterable[str]) -> Iterator[Sentence]:
    """The lines that only the rows (which come sorted) or only the file have."""
    lost, added, twice = _compared(wanted, _lines(bodies.get(file, b"")))
    if lost:
        text = say("%(count)s rows of order %(number)s do not stand in %(file)s.", count=lost, number=str(draw), file=file)
        yield text
    if added:
        text = say("%(count)s lines of %(file)s have no row in order %(number)s.", count=added, number=str(draw), file=file)
        yield text
    if twice:
        yield say("A line stands twice in %(file)s of order %(number)s.", number=str(draw), file=file)


def _lines(body: bytes) -> Iterator[str]:
    """The records of a file, one at a time."""
    lines = iter(io.BytesIO(body))
    next(lines, None)
    return (line.decode(errors="replace").removesuffix("\n") for line in lines)


def _compared(rows: Iterable[str], lines: Iterable[str]) -> tuple[int, int, bool]:
    """How many texts only the sorted rows have, how many only the lines have, and whether a line stands twice."""
    lost = added = 0
    twice = False
    ours, last = iter(rows), ""
    row = next(ours, None)
    for line in lines:
        while row is not None and row < line:
            lost += 1
            row = next(ours, None)
        if row == line:
            row = next(ours, None)
        else:
            added += 1
        twice, last = twice or line == last, line
    return lost + (row is not None) + sum(1 for _ in ours), added, twice


def result_astray(draw: Draw, bodies: Mapping[str, bytes]) -> Iterator[Sentence]:
    """The result must come out again from the files, and the rows of the result must say what the file says."""
    number = str(draw)
    if digest(bodies.get("result.txt", b"")) != draw.result_hash:
        yield say("The result of draw %(number)s is not the one that was drawn.", number=number)
    verdict = computed_again(draw) if shards.wanted(draw) else verify_bundle(bodies)
    if not verdict.matches:
        yield say(
            "Draw %(number)s does not compute again: %(file)s line %(line)s, %(reason)s.",
            number=number,
            file=verdict.file,
            line=verdict.line,
            reason=verdict.reason,
        )
        return
    result = read_result(bodies["result.txt"])
    rows = DrawnEntry.with_struck.filter(draw=draw, correction=draw.corrections).select_related("entry")
    stored = {(r.entry.stratum, r.rank, r.kind == DrawnEntry.Kind.WINNER, r.entry.code, r.slip, r.ticket) for r in rows}
    if stored != {tuple(line) for line in result.drawn} or len(rows) != len(result.drawn):
        yield say("The drawn entries kept for draw %(number)s are not those of its result.", number=number)
    places = TeamPlace.with_struck.filter(drawn__draw=draw, drawn__correction=draw.corrections).order_by("position")
    teams: dict[str, list[str]] = {team.winner: [] for team in result.teams}
    for winner, inspector in places.values_list("drawn__entry__code", "inspector__code"):
        teams.setdefault(winner, []).append(inspector)
    if teams != {team.winner: list(team.inspectors) for team in result.teams}:
        yield say("The teams kept for draw %(number)s are not those of its result.", number=number)


def certificate_astray(draw: Draw) -> Iterator[Sentence]:
    """The certificate's bytes, of every result, must have the hash they were issued with."""
    issued = DrawCertificate.objects.filter(draw=draw)
    if any(digest(bytes(one.pdf)) != one.sha256 for one in issued):
        yield say("The certificate of draw %(number)s was changed.", number=str(draw))


def order_astray(draw: Draw) -> Iterator[Sentence]:
    """All of the above for one committed, drawn or voided order."""
    bodies = whole_bundle(draw)
    for check in (files_astray, rosters_astray):
        yield from check(draw, bodies)
    if draw.drawn_at is not None:
        yield from result_astray(draw, bodies)
    for was in results_of(draw)[:-1]:  # struck, and still what followed from the wrong value
        yield from result_astray(was, whole_bundle(was))
    yield from certificate_astray(draw)


def numbers_astray(numbers: Iterable[str], last: Mapping[str, int]) -> Iterator[Sentence]:
    """Numbers must run from 1 in each year without gaps, up to the ``last`` that the year's series gave out. Pure."""
    years: dict[str, set[int]] = {year: set() for year in last}
    for number in numbers:
        found = re.fullmatch(r"(\d{4})-(\d{3,})", number)
        if found is None:
            yield say("%(number)s is no number of a draw.", number=number)
        else:
            years.setdefault(found[1], set()).add(int(found[2]))
    for year, given in sorted(years.items()):
        wanted = set(range(1, max(last.get(year, 0), *given, 0) + 1))
        for serial in sorted(wanted - given):
            yield say("There is no draw %(number)s: its number was given out.", number=f"{year}-{serial:03d}")
        if given and max(given) > last.get(year, 0):
            yield say("Draw %(number)s has a number that was never given out.", number=f"{year}-{max(given):03d}")
