"""From the terms of a draw and the hashes of its files to the order that is committed to: pure, given the secret (draw protocol 1, §2)."""

from collections.abc import Mapping
from typing import NamedTuple

from inspections.draws.files import Order, Source, check_quotas, write_order
from inspections.draws.protocol import commitment


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


class Sealed(NamedTuple):
    """The order as bytes, and the commitment to the secret."""

    order: bytes
    commitment: str


def seal(terms: Terms, hashes: Mapping[str, str], sizes: Mapping[str, int], secret: str) -> Sealed:
    """Write ``order.txt`` over the hashes of the three files. Raises ``BadForm`` for whatever a verifier would refuse."""
    sealed = commitment(terms.number, secret)
    order = Order(
        draw=terms.number,
        bureau=terms.bureau,
        plan=terms.plan,
        mode=terms.mode,
        matters=terms.matters,
        roster=hashes["roster.txt"],
        inspectors=hashes["inspectors.txt"],
        recusals=hashes["recusals.txt"],
        quotas=dict(sorted(terms.quotas.items())),
        reserves=terms.reserves,
        team=terms.team,
        replaces=terms.replaces,
        secret=sealed,
        sources=terms.sources,
        planned=terms.planned,
    )
    check_quotas(order, sizes)
    return Sealed(write_order(order), sealed)
