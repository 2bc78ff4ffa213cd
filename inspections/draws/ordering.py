"""From a submitted roster to the files that are committed to: pure, given nonces and the secret (draw protocol 1, §§1–2)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from inspections.draws.files import (
    InspectorLine,
    Order,
    RecusalLine,
    RosterLine,
    Source,
    check_order,
    check_recusals,
    write_inspectors,
    write_order,
    write_recusals,
    write_roster,
)
from inspections.draws.protocol import commitment, digest


class Terms(NamedTuple):
    """What the order says beside the hashes."""

    number: str
    bureau: str
    plan: str
    mode: str
    matters: tuple[str, ...]
    quotas: Mapping[str, int]
    reserves: int
    team: int
    replaces: str
    sources: tuple[Source, ...]
    planned: str


class Committed(NamedTuple):
    """The four files, the hash of the order and the commitment to the secret."""

    files: dict[str, bytes]
    order_hash: str
    commitment: str


def commit(
    terms: Terms,
    roster: Sequence[RosterLine],
    inspectors: Sequence[InspectorLine],
    recusals: Sequence[RecusalLine],
    secret: str,
) -> Committed:
    """Write the files. Raises ``BadForm`` for whatever a verifier would refuse."""
    files = {
        "roster.txt": write_roster(roster),
        "inspectors.txt": write_inspectors(inspectors),
        "recusals.txt": write_recusals(recusals),
    }
    sealed = commitment(terms.number, secret)
    order = Order(
        draw=terms.number,
        bureau=terms.bureau,
        plan=terms.plan,
        mode=terms.mode,
        matters=terms.matters,
        roster=digest(files["roster.txt"]),
        inspectors=digest(files["inspectors.txt"]),
        recusals=digest(files["recusals.txt"]),
        quotas=dict(sorted(terms.quotas.items())),
        reserves=terms.reserves,
        team=terms.team,
        replaces=terms.replaces,
        secret=sealed,
        sources=terms.sources,
        planned=terms.planned,
    )
    check_order(order, roster)
    check_recusals(recusals, roster, inspectors)
    files["order.txt"] = write_order(order)
    return Committed(files, digest(files["order.txt"]), sealed)
