"""Entries that are likely the same: one normal name, one old number, or one phone within a township. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from registries.fields import TOKEN
from registries.subjects.listing import rows
from registries.subjects.models import Subject

MOST_GROUPS = 200


class Group(NamedTuple):
    """Entries that share something, and what."""

    why: str
    entries: list[Subject]


def likely(units: set[int] | None) -> list[Group]:
    """Groups of entries of these units (None: all) that are likely the same, at most :data:`MOST_GROUPS`."""
    entries = Subject.objects.exclude(status=Subject.Status.MERGED)
    if units is not None:
        entries = entries.filter(unit_id__in=units)
    columns = list(entries.order_by("pk").values_list("pk", "search", "old_number", "town_id"))
    clues: list[tuple[str, Iterable[tuple[object, int]]]] = [
        (_("same name"), ((search.partition(" ")[0], pk) for pk, search, _old, _town in columns if search)),
        (_("same old registration number"), ((old, pk) for pk, _search, old, _town in columns if old)),
    ]
    towns = {pk: town for pk, _search, _old, town in columns}
    phones = entries.order_by("pk").annotate(phone_index=Substr("phone", 1, TOKEN)).values_list("pk", "phone_index")
    clues.append((_("same phone in the same township"), (((index, towns[pk]), pk) for pk, index in phones if index)))
    groups: dict[tuple[int, ...], list[str]] = {}
    for why, pairs in clues:
        for pks in _shared(pairs):
            groups.setdefault(pks, []).append(why)
    shown = list(groups.items())[:MOST_GROUPS]
    found = rows().in_bulk([pk for pks, _whys in shown for pk in pks])
    return [Group("、".join(whys), [found[pk] for pk in pks if pk in found]) for pks, whys in shown]


def _shared(pairs: Iterable[tuple[object, int]]) -> Iterator[tuple[int, ...]]:
    held: defaultdict[object, list[int]] = defaultdict(list)
    for clue, pk in pairs:
        held[clue].append(pk)
    return (tuple(pks) for pks in held.values() if len(pks) > 1)
