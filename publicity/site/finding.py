"""How lists of results are read: by terms, newest first, from one result on, as many as a page holds; and counted exactly.

A place in a list is the public number of the result at its edge (``?after=``, ``?before=``): a page deep in the list costs what the first one
does, and no result moves from page to page while somebody reads. Lists are in the order in which results became public.
"""

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter, sub
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, QuerySet

from publicity.disclosures.index import SHOWN
from publicity.disclosures.models import Disclosure
from publicity.disclosures.searching import GROUPS, Question, span, with_group
from publicity.site import marks

ROWS = 50


class Place(NamedTuple):
    """Where a page begins: after or before a result (its key), or at one of the ends."""

    after: int | None = None
    before: int | None = None
    last: bool = False

    @property
    def backwards(self) -> bool:
        """Whether the page is read from its end."""
        return self.last or self.before is not None


def place_of(public_id: str) -> int | None:
    """The key of the result under this public number, one that was taken down too; None for none."""
    found = _read("d.id FROM publicity_disclosure AS d WHERE d.public_id = %s", [public_id]) if len(public_id) == 32 else []
    return found[0][0] if found else None


def page(asked: Question, place: Place, size: int = 0) -> tuple[list[int], bool]:
    """The keys of a page (of :data:`ROWS`), newest first, and whether there are more beyond it in the direction it was read."""
    size = size or ROWS
    beyond, order = (">", "ASC") if place.backwards else ("<", "DESC")
    start = place.before if place.backwards else place.after
    key, source = _source(asked)
    where, values = _where(asked)
    if start is not None:
        where.append(f"{key} {beyond} %s")
        values.append(start)
    keys = [row[0] for row in _read(f"{key} FROM {source} WHERE {' AND '.join(where)} ORDER BY {key} {order} LIMIT {size + 1}", values)]
    more, keys = len(keys) > size, keys[:size]
    return (keys[::-1] if place.backwards else keys), more


def rows(keys: Sequence[int], *columns: str) -> list[tuple[Any, ...]]:
    """These columns of these results, newest first."""
    return list(_columns(*columns).filter(pk__in=keys))


@functools.cache
def _columns(*columns: str) -> QuerySet[Disclosure, tuple[Any, ...]]:
    """These columns of all results, newest first: to put the question together anew for every page costs as much as a fifth of its rows."""
    return Disclosure.objects.order_by("-pk").values_list(*columns)


def counts(asked: Question) -> dict[str, int]:
    """How many results fit, by result group; exact, and kept until anything of the results changes.

    A span of days alone is added up from the counts of days, because it asks for up to seventy terms.
    """
    if len(asked) == 1 and (days := span(asked[0])):
        dates, sums = marks.kept("counts-until-days", _until_days)
        start, end = bisect_left(dates, days[0].isoformat()), bisect_right(dates, days[1].isoformat())
        return dict(zip(GROUPS, map(sub, sums[end], sums[start]), strict=True))
    return marks.kept(f"counts/{sha256(repr(asked).encode()).hexdigest()}", lambda: _counts(asked), large=not asked)


def _until_days() -> tuple[list[str], list[tuple[int, ...]]]:
    """The days on which was inspected what is on line, and before each of them and after the last: how many results of each group."""
    rows = Disclosure.objects.filter(removed_at=None).order_by("inspected_on").values_list("inspected_on", "result_group").annotate(Count("pk"))
    dates, sums = [], [(0,) * len(GROUPS)]
    for day, groups in groupby(rows, itemgetter(0)):
        counted = {group: number for _day, group, number in groups}
        dates.append(day.isoformat())
        sums.append(tuple(before + counted.get(group, 0) for before, group in zip(sums[-1], GROUPS, strict=True)))
    return dates, sums


def _counts(asked: Question) -> dict[str, int]:
    """SQLite asks its index once a group, PostgreSQL reads the rows once: each is the cheaper way there."""
    if connection.vendor != "sqlite":
        where, given = _where(asked)
        found = _read(f"d.result_group, count(*) FROM {_source(asked)[1]} WHERE {' AND '.join(where)} GROUP BY 1", given)
        return dict.fromkeys(GROUPS, 0) | dict(found)
    each = [asked, *(with_group(asked, group) for group in GROUPS[1:])] if asked else [with_group(asked, group) for group in GROUPS]
    told, values = zip(*map(_count, each), strict=True)
    first, *others = _read(", ".join(f"({one})" for one in told), [value for some in values for value in some])[0]
    # the first group holds most results: what is not in the others is cheaper to know than to find
    return dict(zip(GROUPS, [first - sum(others) if asked else first, *others], strict=True))


def _count(asked: Question) -> tuple[str, list[Any]]:
    where, values = _where(asked)
    return f"SELECT count(*) FROM {_source(asked)[1]} WHERE {' AND '.join(where)}", values  # noqa: S608


def _read(what: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what}", values)
        return list(cursor.fetchall())


def _source(asked: Question) -> tuple[str, str]:
    """The key's column, and where it is read from: with terms SQLite's index alone."""
    if asked and connection.vendor == "sqlite":
        return "d.rowid", "publicity_terms AS d"
    return "d.id", "publicity_disclosure AS d"


def _where(asked: Question) -> tuple[list[str], list[Any]]:
    """The conditions of a question and their values."""
    if connection.vendor == "sqlite":
        return (["publicity_terms MATCH %s"], [_match(asked)]) if asked else ([f"d.{SHOWN}"], [])
    where: list[str] = [f"d.{SHOWN}"]
    values: list[Any] = []
    for part in asked:
        if days := span(part):
            where.append("d.inspected_on BETWEEN %s AND %s")
            values += days
        else:
            where.append("(" + " OR ".join("string_to_array(d.terms, ' ') @> %s::text[]" for _ in part) + ")")
            values += [list(alternative) for alternative in part]
    return where, values


def _match(asked: Question) -> str:
    """A question as FTS5 reads it; terms hold no quotation marks (searching.py)."""
    parts = (" OR ".join("(" + " AND ".join(f'"{one}"' for one in alternative) + ")" for alternative in part) for part in asked)
    return " AND ".join(f"({part})" for part in parts)
