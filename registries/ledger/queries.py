"""Reading the ledger: the head, the chain as links, the history of one object."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import models

from registries.ledger.chain import Link, first_break
from registries.ledger.models import Checkpoint, LedgerEntry, LedgerPayload

SESSION = "user.session"
"""The action of entries about signing in and out."""


def head() -> LedgerEntry | None:
    """The newest entry."""
    return LedgerEntry.objects.order_by("-seq").first()


def links(upto: int | None = None) -> Iterator[Link]:
    """The whole chain in order, with payloads where they still stand."""
    entries = LedgerEntry.objects.order_by("seq")
    if upto is not None:
        entries = entries.filter(seq__lte=upto)
    columns = ("seq", "time", "action", "previous", "payload_hash", "entry_hash", "payload__body")
    return map(Link._make, entries.values_list(*columns).iterator(chunk_size=2000))


def break_in_chain() -> str | None:
    """The first break of the stored chain as a sentence, or None."""
    return first_break(links())


def history(*objects: models.Model) -> models.QuerySet[LedgerPayload]:
    """All that happened to these objects (mostly one), oldest first, with entry and actor; not that somebody signed in or out."""
    wanted = models.Q(pk__in=[])
    for obj in objects:
        wanted |= models.Q(object_kind=obj._meta.label_lower, object_id=str(obj.pk))
    rows = LedgerPayload.objects.filter(wanted).exclude(entry__action=SESSION)
    return rows.select_related("entry", "actor").order_by("entry_id")


def history_of(wanted: Mapping[str, Collection[int]], among: Collection[str] = ()) -> models.QuerySet[LedgerPayload]:
    """All that happened to these rows (table label → keys), oldest first, with entry and actor.

    ``among`` are commands that change many rows in one entry: what they did to one of the rows (``Change.also``) counts too.
    """
    own = models.Q(pk__in=[])
    for label, keys in wanted.items():
        own |= models.Q(object_kind=label, object_id__in=[str(key) for key in keys])
    rows = LedgerPayload.objects.filter(own | _named_among(wanted, among) if among else own)
    return rows.select_related("entry", "actor").order_by("entry_id")


def naming(wanted: Mapping[str, Collection[int]], among: Collection[str]) -> models.QuerySet[LedgerPayload]:
    """The entries of these commands that wrote one of these rows beside their object, oldest first, with entry and actor."""
    return LedgerPayload.objects.filter(_named_among(wanted, among)).select_related("entry", "actor").order_by("entry_id")


def last_change(*objects: models.Model) -> LedgerPayload | None:
    """The newest entry that changed one of these rows, as its object or beside it, with entry and actor; looked for among the newest 5000."""
    newest = head()
    touched = models.Q(pk__in=[])
    for obj in objects:
        label = obj._meta.label_lower
        touched |= models.Q(object_kind=label, object_id=str(obj.pk)) | models.Q(body__contains=f'["{label}",{obj.pk},"')
    recent = LedgerPayload.objects.filter(touched, entry_id__gt=(newest.seq if newest else 0) - 5000, entry__action__endswith=".change")
    return recent.select_related("entry", "actor").order_by("-entry_id").first()


def _named_among(wanted: Mapping[str, Collection[int]], among: Collection[str]) -> models.Q:
    named = models.Q(pk__in=[])
    for label, keys in wanted.items():
        for key in keys:
            named |= models.Q(body__contains=f'["{label}",{key},"')
    return models.Q(verb__in=list(among)) & named


def had_a_hand(obj: models.Model, actor_id: int, leaving_out: tuple[str, ...] = ()) -> bool:
    """Whether this person ever changed the object: who did never approves it. Having returned it is no such change."""
    return (
        LedgerPayload.objects.filter(
            object_kind=obj._meta.label_lower, object_id=str(obj.pk), actor_id=actor_id, entry__action__endswith=".change"
        )
        .exclude(verb__contains=".return_")
        .exclude(verb__in=leaving_out)
        .exists()
    )


def written_since(seq: int, *, kinds: Iterable[str], verbs: Iterable[str] = ()) -> bool:
    """Whether an entry after ``seq`` changed an object of these tables, or came from one of these commands."""
    concerned = models.Q(object_kind__in=list(kinds)) | models.Q(verb__in=list(verbs))
    return LedgerPayload.objects.filter(concerned, entry_id__gt=seq, entry__action__endswith=".change").exists()


def latest_checkpoint() -> Checkpoint | None:
    """The newest checkpoint."""
    return Checkpoint.objects.select_related("entry").order_by("-entry_id").first()


def undelivered(keeper: str, limit: int = 200) -> list[Checkpoint]:
    """The oldest checkpoints that were not sent to this keeper yet."""
    rows = Checkpoint.objects.exclude(deliveries__keeper=keeper).order_by("entry_id")
    return list(rows[:limit])


def payloads() -> models.QuerySet[LedgerPayload]:
    """Every entry that still has its payload, newest first, with entry and actor."""
    return LedgerPayload.objects.select_related("entry", "actor").order_by("-entry_id")


class Verification(NamedTuple):
    """What recomputing the chain found: ``wrong`` is None when it holds."""

    wrong: str | None
    entries: int
    head: LedgerEntry | None
    without_payload: int


def verification() -> Verification:
    """Recompute the whole chain, from the first entry to the head."""
    newest = head()
    upto = newest.seq if newest else 0
    return Verification(
        wrong=first_break(links(upto)) if newest else None,
        entries=upto,
        head=newest,
        without_payload=LedgerEntry.objects.filter(seq__lte=upto, payload__isnull=True).count(),
    )
