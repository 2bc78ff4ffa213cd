"""Checking a bundle (draw protocol 1): its form, its hashes, the commitment, the result, the openings and the history.

The product's own verifier; the browser's and the offline script's are written apart and share nothing with it (§8). Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from inspections.draws import files, protocol
from inspections.draws.chances import idle_strata
from inspections.draws.files import BadForm, Drawn, InspectorLine, Opening, Order, RecusalLine, Result, Reveal, RosterLine
from inspections.draws.grammar import CODE, fits
from inspections.draws.history import Astray, Standing

MATCH, MISMATCH, REFUSED = 0, 1, 2


class Verdict(NamedTuple):
    """Exit code, and where and why it is not 0. `subjects_only`: teams were not checked. `idle`: strata that left nothing to chance."""

    exit: int
    file: str = ""
    line: int = 0
    reason: str = ""
    subjects_only: bool = False
    idle: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether everything follows from the files."""
        return self.exit == MATCH


class Mismatch(Exception):
    """What fits the form but does not follow: exit 1."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason


class Bundle(NamedTuple):
    """A bundle that fits the form. Without inspectors, recusals and history both lists are None."""

    order: Order
    roster: list[RosterLine]
    inspectors: list[InspectorLine] | None
    recusals: list[RecusalLine] | None
    reveal: Reveal
    openings: list[Opening]
    history: list[files.HistoryLine]


def verify_bundle(bundle: Mapping[str, bytes]) -> Verdict:
    """Whether a bundle (file name → bytes) is right. Never raises for what the files say."""
    try:
        read = read_bundle(bundle)
        _check_hashes(read.order, bundle)
        _check_secret(read)
        keys = protocol.keys_from(protocol.seed(protocol.digest(bundle["order.txt"]), read.reveal.values, read.reveal.secret))
        drawn = protocol.draw_subjects(keys.subjects, read.roster, read.order.quotas, read.order.reserves)
        if read.inspectors is None or read.recusals is None:
            _check_subjects(bundle["result.txt"], drawn, read.order.team)
        else:
            teams = protocol.draw_teams(keys.teams, drawn, read.roster, read.inspectors, read.recusals, read.order.team)
            result = Result(drawn, teams)
            _check_result(bundle["result.txt"], result)
            _check_history(Standing(result, read.roster, read.inspectors, read.recusals, keys.teams), read.history)
        _check_openings(read)
    except BadForm as bad:
        return Verdict(REFUSED, bad.file, bad.line, bad.reason)
    except Mismatch as bad:
        return Verdict(MISMATCH, bad.file, bad.line, bad.reason)
    return Verdict(MATCH, subjects_only=read.inspectors is None, idle=tuple(idle_strata(read.order, read.roster)))


def read_bundle(bundle: Mapping[str, bytes]) -> Bundle:
    """The files of a bundle, each by its form and all towards each other, else `BadForm` (§1–§3)."""
    for name in ("order.txt", "roster.txt", "reveal.txt", "result.txt"):
        if name not in bundle:
            raise BadForm(name, 0, "missing")
    if ("inspectors.txt" in bundle) != ("recusals.txt" in bundle):
        raise BadForm("recusals.txt" if "inspectors.txt" in bundle else "inspectors.txt", 0, "missing: both or none")
    if "history.txt" in bundle and "inspectors.txt" not in bundle:
        raise BadForm("history.txt", 0, "cannot be followed without inspectors.txt")
    order = files.read_order(bundle["order.txt"])
    roster = files.read_roster(bundle["roster.txt"])
    files.check_order(order, roster)
    inspectors = recusals = None
    if "inspectors.txt" in bundle:
        inspectors = files.read_inspectors(bundle["inspectors.txt"])
        recusals = files.read_recusals(bundle["recusals.txt"])
        files.check_recusals(recusals, roster, inspectors)
    reveal = files.read_reveal(bundle["reveal.txt"])
    files.check_values(order, reveal.values)
    openings = files.read_openings(bundle["openings.txt"]) if "openings.txt" in bundle else []
    history = files.read_history(bundle["history.txt"]) if "history.txt" in bundle else []
    return Bundle(order, roster, inspectors, recusals, reveal, openings, history)


def _check_hashes(order: Order, bundle: Mapping[str, bytes]) -> None:
    """The files are those the order committed to (§2)."""
    for name, promised in (
        ("roster.txt", order.roster),
        ("inspectors.txt", order.inspectors),
        ("recusals.txt", order.recusals),
    ):
        if name in bundle and protocol.digest(bundle[name]) != promised:
            raise Mismatch(name, 0, "not the file the order committed to")


def _check_secret(read: Bundle) -> None:
    """The secret is the one committed to (§2)."""
    if protocol.commitment(read.order.draw, read.reveal.secret) != read.order.secret:
        raise Mismatch("reveal.txt", 2, "the secret is not the one committed to")


def _check_result(data: bytes, result: Result) -> None:
    """`result.txt` is the one that follows, byte by byte (§5)."""
    wanted = files.write_result(result)
    if data != wanted:
        raise Mismatch("result.txt", _first_difference(data, wanted), "not the result that follows from the files")


def _check_subjects(data: bytes, drawn: tuple[Drawn, ...], size: int) -> None:
    """Without inspectors: the subjects byte by byte; one team line per winner, in order and of the right form (§1)."""
    wanted = files.write_result(Result(drawn, ()))
    if not data.startswith(wanted):
        raise Mismatch("result.txt", _first_difference(data, wanted), "not the subjects that follow from the files")
    start = wanted.count(b"\n") + 1
    lines = data[len(wanted) :].decode(errors="replace").split("\n")
    winners = protocol.winners_in_order(drawn)
    if lines.pop() or len(lines) != len(winners):
        raise Mismatch("result.txt", start + min(len(lines), len(winners)), "not one team line per winner")
    for number, (line, winner) in enumerate(zip(lines, winners, strict=True), start):
        if not _is_team_line(line.split("\t"), winner, size):
            raise Mismatch("result.txt", number, "not the team line of this winner")


def _is_team_line(fields: Sequence[str], winner: str, size: int) -> bool:
    if tuple(fields[:2]) != ("team", winner):
        return False
    team = fields[2:]
    return team == ["-"] or (len(team) == size == len(set(team)) and all(fits(CODE, code) for code in team))


def _first_difference(data: bytes, wanted: bytes) -> int:
    """The number of the first line that differs, counted from 1."""
    ours, theirs = wanted.split(b"\n"), data.split(b"\n")
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if one != other:
            return number
    return min(len(ours), len(theirs))


def _check_history(standing: Standing, history: Iterable[files.HistoryLine]) -> None:
    """Every line of the history is the one that had to come (§6)."""
    try:
        standing.follow(history)
    except Astray as astray:
        raise Mismatch("history.txt", astray.number + 1 if astray.number else 0, astray.reason) from None


def _check_openings(read: Bundle) -> None:
    """Every opening proves its code, the code is in its file, and no public id is opened for two codes of the roster (§1)."""
    subjects = {row.code for row in read.roster}
    inspectors = None if read.inspectors is None else {row.code for row in read.inspectors}
    opened: set[str] = set()
    for number, row in enumerate(read.openings, 2):
        if protocol.blinding_code(row.kind, row.public_id, row.name, row.nonce) != row.code:
            raise Mismatch("openings.txt", number, f"{row.code} is not {row.public_id} {row.name}")
        known = subjects if row.kind == "subject" else inspectors
        if known is not None and row.code not in known:
            raise Mismatch("openings.txt", number, f"{row.code} is not in its file")
        if row.kind == "subject" and row.public_id in opened:
            raise Mismatch("openings.txt", number, f"{row.public_id} is opened for two codes")
        if row.kind == "subject":
            opened.add(row.public_id)
