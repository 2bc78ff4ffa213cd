"""The result of a committed order from its kept files: what the worker draws, and what the self-check of a large draw draws again.

The roster passes through as a stream, whole or in shards; the rest of a bundle is small. Files and secret are held against
what was committed to before anything follows from them.
"""

from collections.abc import Sequence

from inspections.draws import engine, files, shards, shelf
from inspections.draws.files import BadForm, Order, Result
from inspections.draws.models import Draw
from inspections.draws.protocol import commitment, digest, draw_teams, keys_of
from inspections.draws.verify import MATCH, MISMATCH, REFUSED, Verdict


class NotKept(Exception):
    """A stored file or the secret is not the one that was committed to."""


def result_of(draw: Draw, secret: str, values: Sequence[str]) -> Result:
    """The result that follows from these values. `NotKept`; `BadForm` where a value is not spelled as its form wants it."""
    order = _order(draw, secret)
    files.check_values(order, values)
    keys = keys_of(order, secret, values)
    lots = shards.lots(draw, order, keys.subjects) if shards.wanted(draw) else None
    return _with_teams(draw, order, lots or _lots(draw, order, keys.subjects), keys.teams)


def computed_again(draw: Draw) -> Verdict:
    """Whether ``result.txt`` is what follows from the files, by what is kept alone: shards are not asked."""
    try:
        reveal = files.read_reveal(shelf.body(draw, "reveal.txt"))
        order = _order(draw, reveal.secret)
        files.check_values(order, reveal.values)
        keys = keys_of(order, reveal.secret, reveal.values)
        result = _with_teams(draw, order, _lots(draw, order, keys.subjects), keys.teams)
    except BadForm as bad:
        return Verdict(REFUSED, bad.file, bad.line, bad.reason)
    except NotKept as bad:
        return Verdict(MISMATCH, "order.txt", 0, str(bad))
    if files.write_result(result) != shelf.body(draw, "result.txt"):
        return Verdict(MISMATCH, "result.txt", 0, "not the result that follows from the files")
    return Verdict(MATCH)


def _order(draw: Draw, secret: str) -> Order:
    written = shelf.body(draw, "order.txt")
    order = files.read_order(written)
    hashes = tuple(shelf.sha256(draw, f"{name}.txt") for name in ("roster", "inspectors", "recusals"))
    promised = (draw.order_hash, order.roster, order.inspectors, order.recusals, order.secret)
    if (digest(written), *hashes, commitment(order.draw, secret)) != promised:
        raise NotKept("not the files or not the secret that were committed to")
    return order


def _lots(draw: Draw, order: Order, key: str) -> engine.Lots:
    return engine.draw_subjects(
        key, lambda: shelf.stream(draw, "roster.txt"), shards.entries_of(draw), order.quotas, order.reserves
    )


def _with_teams(draw: Draw, order: Order, lots: engine.Lots, key: str) -> Result:
    inspectors = files.read_inspectors(shelf.body(draw, "inspectors.txt"))
    recusals = files.read_recusals(shelf.body(draw, "recusals.txt"))
    return Result(lots.drawn, draw_teams(key, lots.drawn, lots.winners, inspectors, recusals, order.team))
