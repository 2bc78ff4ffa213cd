"""A large roster is hashed by as many workers as there are: shards, each leased by one of them.

What is written here is work in progress, not business: no entry of the ledger knows it, and nothing of it decides a draw, which
is one command at the end (``commands/drawing.py``). A shard whose worker was lost is done again when its lease is over; one
that is done twice has the same slips twice. The slips of all shards together are those of the whole roster (draw protocol 1, §4).

They lie in the database until the draw, where whoever has its password could take a line out. So each shard is sealed with the key of
the slips, which follows from the secret: what is not as a worker left it is not believed, and the roster is hashed anew.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from inspections.draws import engine, shelf
from inspections.draws.files import Order, read_order
from inspections.draws.models import Draw, DrawShard
from inspections.draws.protocol import digest, keys_of
from inspections.draws.queries import secret_of


def entries_of(draw: Draw) -> dict[str, int]:
    """Stratum → entries as counted at the submission. They tell how to share the work; the result does not depend on them."""
    return {stratum: int(size) for stratum, size in draw.scope_counts.get("entries", {}).items()}


def wanted(draw: Draw) -> bool:
    """Whether the roster is hashed in shards rather than by whoever draws."""
    return sum(entries_of(draw).values()) > int(settings.DRAW_SHARD_ENTRIES)


def cut(draw: Draw) -> None:
    """Part the roster of a draw whose sources are all in, once for each key that could ever follow from them."""
    mark = digest(_key(draw))
    with transaction.atomic():
        Draw.objects.select_for_update(of=("self",), no_key=True).get(pk=draw.pk)
        if draw.shards.filter(mark=mark).exists():
            return
        draw.shards.all().delete()
        parts = shelf.parts(draw, "roster.txt")
        count = min(parts, -(-sum(entries_of(draw).values()) // settings.DRAW_SHARD_ENTRIES))
        borders = [number * parts // count for number in range(count + 1)]
        DrawShard.objects.bulk_create(
            DrawShard(draw=draw, position=position, first_part=first, last_part=after - 1, mark=mark)
            for position, (first, after) in enumerate(pairwise(borders))
        )


def free(now: dt.datetime) -> QuerySet[DrawShard]:
    """Shards that are not done and that nobody works on, or whose worker was lost."""
    return DrawShard.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), slips=None)


def done(draw: Draw) -> bool:
    """Whether every shard of a draw has its slips."""
    return draw.shards.exists() and not draw.shards.filter(slips=None).exists()


def take(shard_id: int, now: dt.datetime) -> DrawShard | None:
    """Lease a free shard; None where somebody else has it, or it is done, or gone."""
    until = now + dt.timedelta(seconds=settings.DRAW_SHARD_LEASE)
    leased = free(now).filter(pk=shard_id).update(leased_until=until, attempts=F("attempts") + 1)
    return DrawShard.objects.select_related("draw").get(pk=shard_id) if leased else None


def hash_slips(shard: DrawShard) -> None:
    """Hash the slips of a shard and keep those that may win, one line each."""
    order, read = _order(shard.draw), hashlib.sha256()
    limits = engine.limits_for(entries_of(shard.draw), order.quotas, order.reserves)
    key = _key(shard.draw)
    lines: list[str] = []
    for some in engine.chunks(_heard(shelf.stream(shard.draw, "roster.txt", first=shard.first_part, last=shard.last_part), read)):
        lines += engine.low_slips(key, some, limits, threads=1)
    kept = DrawShard.objects.filter(pk=shard.pk, mark=digest(key), slips=None)
    slips = "\n".join(lines).encode()
    kept.update(slips=slips, read=_seal(key, read, slips), leased_until=None)


def lots(draw: Draw, order: Order, key: str) -> engine.Lots | None:
    """What all shards together draw; None unless each is done, was made for this key, read the very bytes that are kept and is sealed."""
    limits = engine.limits_for(entries_of(draw), order.quotas, order.reserves)
    lines: list[str] = []
    after = 0
    for shard in draw.shards.order_by("position").iterator(chunk_size=1):
        read = hashlib.sha256()
        for piece in shelf.stream(draw, "roster.txt", first=shard.first_part, last=shard.last_part):
            read.update(piece)
        slips = bytes(shard.slips or b"")
        if shard.slips is None or (shard.mark, shard.first_part, shard.read) != (digest(key), after, _seal(key, read, slips)):
            return None
        lines += slips.decode().split("\n") if slips else []
        after = shard.last_part + 1
    return engine.lots_from(lines, limits, order.quotas, order.reserves) if after == shelf.parts(draw, "roster.txt") else None


def _seal(key: str, read: "hashlib._Hash", slips: bytes) -> str:
    """What nobody without the key can make: that these slips came of these bytes."""
    return hmac.new(key.encode(), read.digest() + slips, hashlib.sha256).hexdigest()


def _heard(pieces: Iterable[bytes], hashed: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        hashed.update(piece)
        yield piece


def _order(draw: Draw) -> Order:
    return read_order(shelf.body(draw, "order.txt"))


def _key(draw: Draw) -> str:
    values = list(draw.sources.order_by("position").values_list("value", flat=True))
    secret = secret_of(draw)
    if secret is None:
        raise LookupError(f"the secret of draw {draw} cannot be read")
    return keys_of(_order(draw), secret, values).subjects
