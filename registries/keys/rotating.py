"""Moving everything that is sealed to the key that writes: in batches, each whole or not at all, begun again wherever it stopped.

What stands under the first key already is passed over, so a second run goes on where a killed one ended. A value that somebody
wrote meanwhile stays as it is: it was sealed with the first key then.
"""

from collections.abc import Callable, Sequence

from django.db import transaction

from registries.fields import HEAD, writing_key
from registries.imports.sealed import seal_bytes, unseal_bytes
from registries.keys import columns
from registries.keys.columns import AT_ONCE, FILES_AT_ONCE, Column
from registries.keys.models import KeyRotation
from registries.sealedfiles import keeping

Said = Callable[[str, int], None]


def rotate(rotation: KeyRotation, place: bytes, said: Said) -> dict[str, int]:
    """Move every column and every file; ``said`` hears of each batch. Returns what was moved, this run and those before it.
    ``place`` is what is authenticated with every file."""
    for column in columns.sealed_columns():
        move(rotation, column, said)
    count = move_files(place)
    if count:
        _count(rotation, place.decode(), count)
        said(place.decode(), count)
    return dict(KeyRotation.objects.get(pk=rotation.pk).done)


def move(rotation: KeyRotation, column: Column, said: Said) -> None:
    """Move one column, batch by batch."""
    last, most = 0, FILES_AT_ONCE if column.binary else AT_ONCE
    while rows := columns.heads(column, last, AT_ONCE):
        last = rows[-1][0]
        old = [pk for pk, head in rows if not column.field.is_current(bytes(head) if column.binary else head)]
        for at in range(0, len(old), most):
            moved = _batch(rotation, column, old[at : at + most])
            said(column.place, moved)


def _batch(rotation: KeyRotation, column: Column, keys: Sequence[int]) -> int:
    with transaction.atomic(durable=True):
        stored = [(pk, was) for pk, was in columns.values(column, keys) if was and not column.field.is_current(was[:HEAD])]
        moved = sum(columns.replace(column, pk, was, column.field.resealed(was)) for pk, was in stored)
        _count(rotation, column.place, moved)
    return moved


def _count(rotation: KeyRotation, place: str, moved: int) -> None:
    with transaction.atomic():
        row = KeyRotation.objects.select_for_update(no_key=True).get(pk=rotation.pk)
        row.done = {**row.done, place: row.done.get(place, 0) + moved}
        row.save(update_fields=["done"])


def move_files(place: bytes) -> int:
    """Seal every file anew that is not under the first key; each is replaced whole."""
    start, moved = f"{writing_key()[0]}:".encode(), 0
    for name in keeping.names():
        stored = keeping.fetch(name)
        if not stored.startswith(start):
            keeping.keep(name, seal_bytes(unseal_bytes(stored, place), place))
            moved += 1
    return moved


def index_missing(app_label: str) -> None:
    """Give values that were stored before their column could be searched an index; called after every migration, does nothing mostly."""
    for column in columns.sealed_columns():
        if not column.searchable or column.field.model._meta.app_label != app_label:
            continue
        old = [pk for pk, head in columns.heads(column) if columns.NO_INDEX in column.name_of(head)]
        for at in range(0, len(old), AT_ONCE):
            with transaction.atomic():
                for pk, was in columns.values(column, old[at : at + AT_ONCE]):
                    columns.replace(column, pk, was, column.field.resealed(was))
