"""The draw: draw protocol 1, the hashes of §1–§3, the subjects of §4 and the whole result of §5.

Every subject puts its slips into the box; the slips are shaken by numbers nobody could know; the lowest numbers come out.
Pure: no database, no clock, no chance; the same files give the same bytes everywhere. Teams stand in `teams.py`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isqrt
from typing import NamedTuple

from inspections.draws.files import Drawn, InspectorLine, Order, RecusalLine, Result, RosterLine, Team, write_order
from inspections.draws.grammar import CODE, PUBLIC_ID, WORDS, BadForm, fits
from inspections.draws.teams import staff

_MORE_SLIPS = tuple(tuple((slip, f"|{slip}") for slip in range(2, slips + 1)) for slips in range(65))


class Keys(NamedTuple):
    """`K_subjects` and `K_teams`, 64 hex digits each (§3)."""

    subjects: str
    teams: str


class Slip(NamedTuple):
    """The smallest slip of an entry. Slips compare as the protocol orders entries: by ticket, then by code (§4)."""

    ticket: str
    code: str
    slip: int


def digest(what: bytes | str) -> str:
    """`H` (§1): SHA-256 as 64 lowercase hex digits, of bytes or of the UTF-8 of a string."""
    return hashlib.sha256(what.encode() if isinstance(what, str) else what).hexdigest()


def blinding_code(kind: str, public_id: str, name: str, nonce: str) -> str:
    """The code that stands for a subject or an inspector in a bundle (§1); `BadForm` where its parts could not be opened later."""
    if kind not in ("subject", "inspector") or not (fits(PUBLIC_ID, public_id) and fits(WORDS, name) and fits(CODE, nonce)):
        raise BadForm("openings.txt", 0, f"{kind} {public_id} {name}: form")
    return digest(f"sunlot-code-1|{kind}|{public_id}|{name}|{nonce}")[:32]


def commitment(draw: str, secret: str) -> str:
    """What the order shows of the secret (§2)."""
    return digest(f"sunlot-secret-1|{draw}|{secret}")


def seed(order_hash: str, values: Sequence[str], secret: str) -> str:
    """The seed: hash of the order's bytes, the values of the sources in order, the secret (§3)."""
    return digest("|".join(("sunlot-seed-1", order_hash, *values, secret)))


def keys_from(seed: str) -> Keys:
    """The keys that shake the subjects and the teams (§3)."""
    return Keys(digest(f"sunlot-key-1|{seed}|subjects"), digest(f"sunlot-key-1|{seed}|teams"))


def keys_of(order: Order, secret: str, values: Sequence[str]) -> Keys:
    """The keys of an order, once its secret and values are known (§3)."""
    return keys_from(seed(digest(write_order(order)), values, secret))


def slip_ticket(key: str, code: str, slip: int) -> str:
    """The ticket of one slip, as anyone can compute it with `sha256sum` (§4)."""
    return digest(f"{key}|{code}|{slip}")


def team_tickets(key: str) -> Callable[[str, str, int], str]:
    """Winner, inspector, position → ticket (§5), with the state after the key's block reused."""
    state = hashlib.sha256(f"{key}|".encode())

    def ticket(winner: str, inspector: str, position: int) -> str:
        this = state.copy()
        this.update(f"{winner}|{inspector}|{position}".encode())
        return this.hexdigest()

    return ticket


def smallest_slips(key: str, entries: Sequence[RosterLine], count: int) -> list[Slip]:
    """The first `count` entries by (ticket, code), each with its smallest slip (§4); strata are not looked at.

    Only tickets below a limit are kept: one that lets a little more than `count` entries through if every entry had one slip.
    Should too few come through, the limit is doubled, so the answer is exact whatever the tickets are.
    """
    wanted = min(count, len(entries))
    through = wanted + 8 * isqrt(wanted) + 16
    while wanted:
        limit = min(through * 2**256 // len(entries), 2**256 - 1)
        low = slips_up_to(key, entries, limit.to_bytes(32))
        if len(low) >= wanted:
            return [Slip(ticket.hex(), code, slip) for ticket, code, slip in sorted(low)[:wanted]]
        through *= 2
    return []


def slips_up_to(key: str, entries: Iterable[RosterLine], limit: bytes) -> list[tuple[bytes, str, int]]:
    """The smallest slip of every entry that has one not above the limit. K fills one SHA-256 block, whose state serves all (§4).

    Strata are not looked at. Ticket (32 bytes), code, number of the slip.
    """
    copy = hashlib.sha256(f"{key}|".encode()).copy
    low = []
    for code, _, slips, _ in entries:
        state = copy()
        state.update((code + "|1").encode())
        best, which = state.digest(), 1
        for slip, suffix in _MORE_SLIPS[slips]:
            state = copy()
            state.update((code + suffix).encode())
            ticket = state.digest()
            if ticket < best:
                best, which = ticket, slip
        if best <= limit:
            low.append((best, code, which))
    return low


def slip_tickets(key: str, codes: Iterable[str], slip: int) -> list[str]:
    """`slip_ticket` of the same slip of many entries."""
    copy, suffix = hashlib.sha256(f"{key}|".encode()).copy, f"|{slip}"
    tickets = []
    for code in codes:
        state = copy()
        state.update((code + suffix).encode())
        tickets.append(state.hexdigest())
    return tickets


def draw_subjects(key: str, roster: Iterable[RosterLine], quotas: Mapping[str, int], reserves: int) -> tuple[Drawn, ...]:
    """Winners and reserves of every stratum, strata sorted by bytes (§4, §5)."""
    strata: defaultdict[str, list[RosterLine]] = defaultdict(list)
    for row in roster:
        strata[row.stratum].append(row)
    return tuple(
        line
        for stratum, quota in sorted(quotas.items())
        for line in drawn_rows(stratum, quota, smallest_slips(key, strata[stratum], quota + reserves))
    )


def drawn_rows(stratum: str, quota: int, slips: Iterable[tuple[str, str, int]]) -> list[Drawn]:
    """The lines of a stratum: the first `quota` slips win, the others are reserves, ranks count on (§5)."""
    return [Drawn(stratum, rank, rank <= quota, code, slip, ticket) for rank, (ticket, code, slip) in enumerate(slips, 1)]


def winners_in_order(drawn: Iterable[Drawn]) -> list[str]:
    """The codes of the winners of all strata in the order (ticket, code), which is the order of the teams (§5)."""
    return [code for _, code in sorted((row.ticket, row.code) for row in drawn if row.winner)]


def draw_teams(
    key: str,
    drawn: Iterable[Drawn],
    roster: Iterable[RosterLine],
    inspectors: Iterable[InspectorLine],
    recusals: Iterable[RecusalLine],
    size: int,
) -> tuple[Team, ...]:
    """A team per winner (§5)."""
    codes = winners_in_order(drawn)
    wanted = set(codes)
    rows = {row.code: row for row in roster if row.code in wanted}
    return staff([rows[code] for code in codes], inspectors, recusals, size, team_tickets(key))


def build_result(
    order: Order, roster: Sequence[RosterLine], inspectors: Iterable[InspectorLine], recusals: Iterable[RecusalLine], keys: Keys
) -> Result:
    """The result of an order whose keys are known: subjects, then teams (§4, §5)."""
    drawn = draw_subjects(keys.subjects, roster, order.quotas, order.reserves)
    return Result(drawn, draw_teams(keys.teams, drawn, roster, inspectors, recusals, order.team))


def draw(
    order: Order,
    roster: Sequence[RosterLine],
    inspectors: Iterable[InspectorLine],
    recusals: Iterable[RecusalLine],
    secret: str,
    values: Sequence[str],
) -> Result:
    """The draw. `write_result` turns its answer into the bytes of `result.txt`."""
    return build_result(order, roster, inspectors, recusals, keys_of(order, secret, values))
