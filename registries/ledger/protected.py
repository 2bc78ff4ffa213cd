"""Protected rows against the ledger: every row must agree with the last digest that an entry keeps of it (product.md §8).

A row no entry knows, and a row that is gone without an entry that says so, are findings too. The office works on while
this runs; so whatever looks wrong is looked at again under the ledger's lock, where rows and ledger agree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models, transaction

from registries.ledger.digests import columns, digest_of, protected_models
from registries.ledger.record import lock_head
from registries.ledger.sentences import Sentence, say
from registries.ledger.verifying import Newest

AT_ONCE = 2000
SUSPECTS_AT_ONCE = 200

Standing = Callable[[models.Model], bool]
"""Whether a row stands by the program itself (made after every migration) and is as the program makes it."""


def rows_astray(newest: Newest, stands: Standing, only: Iterable[type[models.Model]] | None = None) -> Iterator[Sentence]:
    """What of the protected rows does not agree with the ledger as ``newest`` has read it, table by table, row by row."""
    for model in only or protected_models():
        suspects = list(_suspects(model, newest, stands))
        for at in range(0, len(suspects), SUSPECTS_AT_ONCE):
            yield from _certain(model, suspects[at : at + SUSPECTS_AT_ONCE], newest, stands)


def read_rows(model: type[models.Model], **asked: Any) -> models.QuerySet[models.Model]:
    """The rows of a table with their protected columns alone."""
    single, many = columns(model)
    rows = model._base_manager.filter(**asked).order_by("pk").only("pk", *(field.name for field in single))
    return rows.prefetch_related(*many)


def _suspects(model: type[models.Model], newest: Newest, stands: Standing) -> Iterator[int]:
    label, seen = model._meta.label_lower, set()
    for row in read_rows(model).iterator(chunk_size=AT_ONCE):
        seen.add(row.pk)
        if _wrong(row, newest, stands) is not None:
            yield row.pk
    yield from (pk for pk, kept in newest.rows.get(label, {}).items() if kept.digest and pk not in seen)


def _certain(model: type[models.Model], pks: Sequence[int], newest: Newest, stands: Standing) -> list[Sentence]:
    """The suspects that are still wrong when nobody can be half-way through a change."""
    found = []
    with transaction.atomic():
        lock_head()
        newest.read_on()
        rows = {row.pk: row for row in read_rows(model, pk__in=pks)}
        for pk in pks:
            kept = newest.of(model._meta.label_lower, pk)
            if pk in rows:
                wrong = _wrong(rows[pk], newest, stands)
            elif kept is not None:
                wrong = say("%(kind)s %(pk)s is gone, and no entry after %(seq)s says why", kind=_kind(model), pk=pk, seq=kept.seq)
            else:
                wrong = None
            if wrong is not None:
                found.append(wrong)
    return found


def _wrong(row: models.Model, newest: Newest, stands: Standing) -> Sentence | None:
    kept = newest.of(row._meta.label_lower, row.pk)
    if kept is None:
        return None if stands(row) else say("%(kind)s %(pk)s stands in no entry of the ledger", kind=_kind(type(row)), pk=row.pk)
    if digest_of(row) != kept.digest:
        return say(
            "%(kind)s %(pk)s was changed past the ledger: it does not agree with entry %(seq)s",
            kind=_kind(type(row)),
            pk=row.pk,
            seq=kept.seq,
        )
    return None


def _kind(model: type[models.Model]) -> str:
    return model._meta.label_lower

