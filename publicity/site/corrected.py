"""Every correction and withdrawal, the newest first: what stood there, what stands there, and why. Nothing is changed silently."""

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from publicity.corrections import queries
from publicity.corrections.comparing import Changed, between
from publicity.corrections.models import Statement
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.site import marks
from publicity.site.serving import MINUTE, published
from registries import clock
from registries.pages import page_of
from registries.people.access import PUBLIC, access

ROWS = 20


class Told(NamedTuple):
    """One change: of what, where, when, why, and column by column. Of what was taken down no column is told any more, only its number."""

    address: str
    title: str
    gone: bool
    unit: str
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
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for kind, pk, _at in rows:
        keys[kind].append(pk)
    told = {
        **{("version", pk): _of_version(*pair) for pk, pair in _versions(keys["version"]).items()},
        **{("removal", one.pk): _of_removal(one) for one in Removal.objects.select_related("disclosure").filter(pk__in=keys["removal"])},
        **{("statement", one.pk): _of_statement(one) for one in Statement.objects.select_related("disclosure").filter(pk__in=keys["statement"])},
        **{("penalty", one.pk): _of_penalty(one) for one in PenaltyDisclosure.objects.filter(pk__in=keys["penalty"])},
    }
    listed = [told[kind, pk] for kind, pk, _at in rows]
    context: dict[str, Any] = {**found, "told": listed, "figures": queries.figures(clock.today()), "updated": listed[0].at if listed else None}
    return render(request, "public/corrections/list.html", context)


def _versions(keys: list[int]) -> dict[int, tuple[DisclosureVersion, DisclosureVersion]]:
    """Key → the version before and the version itself. Two queries."""
    made = DisclosureVersion.objects.select_related("disclosure").in_bulk(keys)
    siblings = DisclosureVersion.objects.filter(disclosure__in={one.disclosure_id for one in made.values()})
    at = {(one.disclosure_id, one.number): one for one in siblings}
    return {pk: (at[one.disclosure_id, one.number - 1], one) for pk, one in made.items()}


def _of_result(result: Disclosure, at: dt.datetime, because: str, **more: Any) -> Told:
    gone = result.removed_at is not None
    title = result.public_id[:12] if gone else result.subject_name or result.category_name
    said: dict[str, Any] = {"withdrawn": False, "number": 0, "explanation": "", "basis": "", "changes": []} | more
    return Told(reverse("public-result", args=[result.public_id]), title, gone, "" if gone else result.unit_name, at, because, **said)


def _of_version(before: DisclosureVersion, after: DisclosureVersion) -> Told:
    result = after.disclosure
    changes = between(before, after) if result.removed_at is None else []
    return _of_result(result, after.made_at, after.get_because_display(), number=after.number, explanation=after.explanation, changes=changes)


def _of_removal(removal: Removal) -> Told:
    because = removal.get_because_display()
    return _of_result(removal.disclosure, removal.removed_at, because, withdrawn=True, explanation=removal.explanation, basis=removal.basis)


def _of_statement(one: Statement) -> Told:
    text = one.text if one.disclosure.removed_at is None else ""
    return _of_result(one.disclosure, one.shown_at, _("statement of the inspected"), explanation=text)


def _of_penalty(one: PenaltyDisclosure) -> Told:
    address = reverse("public-penalty", args=[one.public_id])
    at, basis = one.removed_at or one.published_at, "；".join(filter(None, (one.annulled_by, one.removed_basis)))
    return Told(address, one.public_id[:12], True, "", at, _("penalty decision taken down"), True, 0, one.removed_because, basis, [])
