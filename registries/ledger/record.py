"""Writing to the ledger: entries, public facts with their checkpoint, refusals. Called by ``@command`` only."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import F

from registries import clock
from registries.ledger import chain
from registries.ledger.change import Change
from registries.ledger.context import address
from registries.ledger.digests import GONE, digests
from registries.ledger.models import Checkpoint, CheckpointDelivery, LedgerEntry, LedgerPayload, RefusalTally
from registries.ledger.queries import SESSION

LEDGER_LOCK = 0x53554E4C4F54  # "SUNLOT": one writer of the chain's head at a time


def _jsonable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Dates, decimals and lazy texts in their JSON spelling."""
    plain: dict[str, Any] = json.loads(json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False))
    return plain


def lock_head() -> LedgerEntry | None:
    """Lock the head of the chain until the transaction ends and read it. SQLite holds its only write lock already.

    Every command takes this lock after its rows are written and keeps it until they are committed, so under it the rows
    and the ledger agree.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
    return LedgerEntry.objects.order_by("-seq").first()


def append(
    action: str,
    facts: Mapping[str, Any],
    *,
    verb: str,
    actor_id: int | None,
    obj: models.Model | None = None,
    public: bool = False,
) -> LedgerEntry:
    """Add one entry at the head, in the caller's transaction."""
    body = chain.payload_text(_jsonable(facts))
    head = lock_head()
    seq, previous = (head.seq + 1, head.entry_hash) if head else (1, chain.FIRST_PREVIOUS)
    time = clock.now().isoformat(timespec="microseconds")
    payload_hash = chain.sha256_hex(body)
    entry = LedgerEntry.objects.create(
        seq=seq,
        time=time,
        action=action,
        payload_hash=payload_hash,
        previous=previous,
        entry_hash=chain.entry_hash(previous=previous, seq=seq, time=time, action=action, payload_hash=payload_hash),
    )
    LedgerPayload.objects.create(
        entry=entry,
        body=body,
        verb=verb,
        actor_id=actor_id,
        object_kind=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None and obj.pk is not None else "",
        public=public,
    )
    return entry


def checkpoint(entry: LedgerEntry) -> Checkpoint:
    """Fix the head for the keepers; a sweep sends it."""
    time = clock.moment_text(clock.now())
    text = chain.checkpoint_text(origin=settings.LEDGER_ORIGIN, seq=entry.seq, head=entry.entry_hash, time=time)
    return Checkpoint.objects.create(entry=entry, time=time, text=text)


def _general(verb: str, obj: models.Model | None, outcome: str) -> str:
    """The public, general action: the object's table and whether it changed or was refused."""
    noun = obj._meta.model_name if obj is not None else verb.partition(".")[0]
    return f"{noun}.{outcome}"


def record_change(verb: str, actor_id: int, change: Change) -> None:
    """Write what a command did; then its public facts, each with a checkpoint that leaves the house at once."""
    first, *others = digests([change.obj, *change.also])
    append(
        _general(verb, change.obj, "change"),
        {
            "verb": verb,
            "actor": actor_id,
            "from": address.get(),
            "object": change.obj._meta.label_lower,
            "id": change.obj.pk,
            "before": change.before,
            "after": change.after,
            "note": change.note,
            "digest": first[2],
            "also": [*others, *((label, pk, GONE) for label, pk in change.gone)],
        },
        verb=verb,
        actor_id=actor_id,
        obj=change.obj,
    )
    for fact in change.facts:
        entry = append(fact.action, fact.payload, verb=fact.action, actor_id=None, obj=change.obj, public=True)
        checkpoint(entry)


SIGN_IN, SIGN_OUT, SIGN_IN_FAILED, SIGN_IN_LOCKED = (f"registries.sign_in{end}" for end in ("", "_ended", "_failed", "_locked"))
"""What of signing in stands in the ledger; no commands, because whoever does it has no right yet, or none any more."""


def record_sign_in(verb: str, *, actor_id: int, account: models.Model | None, facts: Mapping[str, Any] | None = None) -> None:
    """Write that somebody signed in or out, or failed to. ``account`` None: of an account that does not exist, whose typed name is never kept.

    ``actor_id`` of a failure is the public: nobody knows who it was. The action is the same for all four; outside one reads no more.
    """
    of = {"object": account._meta.label_lower, "id": account.pk} if account is not None else {}
    with transaction.atomic():
        append(
            SESSION,
            {"verb": verb, "actor": actor_id, "from": address.get(), **of, "after": dict(facts or {})},
            verb=verb,
            actor_id=actor_id,
            obj=account,
        )


def _minute(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def record_refusal(verb: str, actor_id: int, reason: str, arguments: Mapping[str, Any]) -> None:
    """Write that a command was refused; more of the same within the minute are only counted (no flooding)."""
    with transaction.atomic():
        tally, first = RefusalTally.objects.get_or_create(
            actor_id=actor_id, verb=verb, minute=_minute(clock.now()), defaults={"count": 1}
        )
        if not first:
            RefusalTally.objects.filter(pk=tally.pk).update(count=F("count") + 1)
            return
        ids = {k: v for k, v in arguments.items() if k.endswith("_id") and isinstance(v, int)}
        append(
            _general(verb, None, "refused"),
            {"verb": verb, "actor": actor_id, "from": address.get(), "refused": reason, **ids},
            verb=verb,
            actor_id=actor_id,
        )


def settle_refusals() -> int:
    """Write how many refusals were gathered in minutes gone by, one entry a person and command; returns their number."""
    past = RefusalTally.objects.filter(minute__lt=_minute(clock.now()))
    for tally in list(past):
        with transaction.atomic(durable=True):
            locked = RefusalTally.objects.select_for_update(no_key=True).filter(pk=tally.pk).first()
            if locked is None:
                continue
            if locked.count > 1:
                append(
                    _general(locked.verb, None, "refused"),
                    {"verb": locked.verb, "actor": locked.actor_id, "more": locked.count - 1, "minute": locked.minute},
                    verb=locked.verb,
                    actor_id=locked.actor_id,
                )
            locked.delete()
    return len(past)


def daily_checkpoint(today: dt.date, actor_id: int) -> Checkpoint | None:
    """Once a day, an entry and a checkpoint of the head, also on days when nothing happens; None when today has one.

    ``actor_id`` is the system user. It is no ``@command``: nothing of the business changes, and the checkpoint must name
    the entry itself.
    """
    with transaction.atomic(durable=True):
        lock_head()
        day = today.isoformat()
        if LedgerEntry.objects.filter(action="ledger.daily", time__gte=day).exists():
            return None
        entry = append("ledger.daily", {"day": day}, verb="registries.daily_checkpoint", actor_id=actor_id)
        return checkpoint(entry)


def record_delivery(checkpoints: Iterable[Checkpoint], keeper: str) -> None:
    """Write that these checkpoints left the house to a keeper."""
    now = clock.now()
    CheckpointDelivery.objects.bulk_create(
        [CheckpointDelivery(checkpoint=one, keeper=keeper, sent_at=now) for one in checkpoints], ignore_conflicts=True
    )
