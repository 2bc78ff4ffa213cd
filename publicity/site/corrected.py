"""Every correction and withdrawal, the newest first: what stood there, what stands there, and why. Nothing is changed silently."""

import datetime as dt
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publicity.corrections import queries
from publicity.corrections.comparing import Changed, between
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.site import marks
from publicity.site.serving import MINUTE, published
from registries import clock
from registries.pages import page_of
from registries.people.access import PUBLIC, access

ROWS = 20


class Told(NamedTuple):
    """One change: of which result, when, why, and column by column. Of a result that was taken down no column is told any more."""

    result: Disclosure
    at: dt.datetime
    because: str
    withdrawn: bool
    number: int
    explanation: str
    basis: str
    changes: list[Changed]


@access(PUBLIC)
@published(MINUTE, marks.everything)
def correction_list(request: HttpRequest) -> HttpResponse:
    """The list with its numbers."""
    found = page_of(request, queries.public_changes(), ROWS)
    rows = list(found["page"])
    versions = _versions([pk for kind, pk, _at in rows if kind == "version"])
    removals = Removal.objects.select_related("disclosure").in_bulk([pk for kind, pk, _at in rows if kind == "removal"])
    told = [_of_version(*versions[pk]) if kind == "version" else _of_removal(removals[pk]) for kind, pk, _at in rows]
    context: dict[str, Any] = {**found, "told": told, "figures": queries.figures(clock.today()), "updated": told[0].at if told else None}
    return render(request, "public/corrections/list.html", context)


def _versions(keys: list[int]) -> dict[int, tuple[DisclosureVersion, DisclosureVersion]]:
    """Key → the version before and the version itself. Two queries."""
    made = DisclosureVersion.objects.select_related("disclosure").in_bulk(keys)
    siblings = DisclosureVersion.objects.filter(disclosure__in={one.disclosure_id for one in made.values()})
    at = {(one.disclosure_id, one.number): one for one in siblings}
    return {pk: (at[one.disclosure_id, one.number - 1], one) for pk, one in made.items()}


def _of_version(before: DisclosureVersion, after: DisclosureVersion) -> Told:
    result = after.disclosure
    changes = between(before, after) if result.removed_at is None else []
    return Told(result, after.made_at, after.get_because_display(), False, after.number, after.explanation, "", changes)


def _of_removal(removal: Removal) -> Told:
    return Told(removal.disclosure, removal.removed_at, removal.get_because_display(), True, 0, removal.explanation, removal.basis, [])
