"""The rows of results: those on line, all their versions, what was corrected and taken down. Reads only frozen copies.

What was taken down gives no row but that of its removal; what is not disclosed has none anywhere.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, F, QuerySet

from publicity.corrections.models import Statement
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.disclosures.queries import penalties as public_penalties
from publicity.disclosures.searching import question
from publicity.disclosures.states import Because
from publicity.opendata.dictionary import ANNULLED, STATEMENT
from publicity.opendata.fields import BEIJING, Value
from publicity.site import finding
from publicity.site import queries as site
from registries import clock

Row = tuple[Value, ...]

_COPIED = (
    "subject_name", "subject_code", "category_name", "matters", "result_code", "result_label", "result_group", "findings",
    "disposal_label", "inspected_on", "inspectors_count", "unit_name", "town_name", "draw_number", "plan_item_code", "form", "named",
)  # fmt: skip
"""The columns behind ``dictionary.COPIED``; the one of matters gives two."""
_RESULT = ("public_id", *_COPIED, "published_at", "due_on", "rolled_on", "working_on", "version", "changed_at", "shown_until")
_VERSION = ("number", "because", "explanation", "made_at", *_COPIED)
AT_ONCE = 2000


def address(public_id: str) -> str:
    """The permanent address of a result."""
    return f"{settings.PUBLIC_URL}/results/{public_id}/"


def shown() -> QuerySet[Disclosure]:
    """Results that are on line, newest first."""
    return Disclosure.objects.filter(removed_at=None).order_by("-published_at", "-id")


def _copied(values: tuple[Any, ...]) -> Row:
    name, code, category, matters, *rest = values
    return (name, code, category, [m["code"] for m in matters], [m["name"] for m in matters], *rest)


def _result(values: tuple[Any, ...]) -> Row:
    public_id, published, due, rolled, working, version, changed, until = values[0], *values[-7:]
    on_time = published.astimezone(BEIJING).date() <= due
    return (public_id, address(public_id), *_copied(values[1:-7]), published, due, rolled, working, on_time, version, changed, until)


def _version(values: tuple[Any, ...], in_force: int) -> Row:
    number, because, explanation, made_at = values[:4]
    return (number, number == in_force, because, explanation, made_at, *_copied(values[4:]))


def results() -> Iterator[Row]:
    """Every result on line, oldest first, so that new ones are added at the end."""
    rows = shown().order_by("published_at", "id").values_list(*_RESULT)
    return map(_result, rows.iterator(chunk_size=AT_ONCE))


def versions() -> Iterator[Row]:
    """Every version of every result on line, in the order of the results."""
    rows = DisclosureVersion.objects.filter(disclosure__removed_at=None).order_by("disclosure__published_at", "disclosure_id", "number")
    for public_id, in_force, *values in rows.values_list("disclosure__public_id", "disclosure__version", *_VERSION).iterator(chunk_size=AT_ONCE):
        yield (public_id, *_version(tuple(values), in_force))


def corrections() -> list[Row]:
    """Every correction, completion and statement of results on line, every removal of a result or a penalty; newest first."""
    later = DisclosureVersion.objects.filter(disclosure__removed_at=None).exclude(because=Because.FIRST)
    changed = later.values_list("disclosure__public_id", "because", "made_at", "number", "explanation").order_by()
    gone = Removal.objects.values_list("disclosure__public_id", "because", "removed_at", "explanation", "basis").order_by()
    rows: list[Row] = [(pk, address(pk), what, at, number, why, "") for pk, what, at, number, why in changed]
    rows += [(pk, address(pk), what, at, None, why, basis) for pk, what, at, why, basis in gone]
    said = Statement.objects.filter(disclosure__removed_at=None).values_list("disclosure__public_id", "shown_at", "text").order_by()
    rows += [(pk, address(pk), STATEMENT, at, None, text, "") for pk, at, text in said]
    annulled = PenaltyDisclosure.objects.filter(removed_at__isnull=False).values_list("public_id", "removed_at", "removed_because", "removed_basis", "annulled_by")
    rows += [
        (pk, f"{settings.PUBLIC_URL}/penalties/{pk}/", ANNULLED, at, None, why, "；".join(filter(None, (number, basis))))
        for pk, at, why, basis, number in annulled.order_by()
    ]
    return sorted(rows, key=itemgetter(3, 0, 2), reverse=True)


# --- a page of results -----------------------------------------------------------------------------------------------


class Gone(NamedTuple):
    """Why the result at an address is shown no more."""

    because: str
    basis: str
    explanation: str
    removed_at: dt.datetime


class Page(NamedTuple):
    """Rows from somewhere on, how many fit in all, and the key to go on with ("" at the end)."""

    rows: list[Row]
    total: int
    after: str


def page(asked: Mapping[str, Any], after: str, size: int) -> Page | None:
    """The page behind the result ``after`` ("" for the first), in the order in which they became public, the newest first.

    ``asked``: the filters of the site's search, found as there. None when there is no such result to go on from.
    """
    start = finding.place_of(after) if after else None
    if after and start is None:
        return None
    wanted = question(asked)
    keys, more = finding.page(wanted, finding.Place(after=start), size)
    read = finding.rows(keys, *_RESULT)
    return Page([_result(row) for row in read], sum(finding.counts(wanted).values()), read[-1][0] if more else "")


def one(public_id: str) -> tuple[Row, list[Row]] | Gone | None:
    """A result and its versions; or why it was taken down; or None where nothing was ever disclosed."""
    found = Disclosure.objects.filter(public_id=public_id).values_list("id", "removed_at", *_RESULT).first()
    if found is None:
        return None
    if found[1] is not None:
        columns = ("because", "basis", "explanation", "removed_at")
        told = Removal.objects.filter(disclosure_id=found[0]).values_list(*columns).first()
        return Gone(*told) if told else Gone("", "", "", found[1])
    row = _result(found[2:])
    made = DisclosureVersion.objects.filter(disclosure_id=found[0]).order_by("number").annotate(in_force=F("disclosure__version"))
    return row, [_version(values[:-1], values[-1]) for values in made.values_list(*_VERSION, "in_force")]


# --- units -----------------------------------------------------------------------------------------------------------


def statistics() -> Iterator[Row]:
    """Per unit, by name: disclosed and on time as the site counts them, and what is on line by group of result."""
    counted = shown().order_by().values_list("unit_name", "result_group").annotate(Count("pk"))
    groups = {(unit, group): count for unit, group, count in counted}
    for unit in site.punctuality():
        by_group = [groups.get((unit.unit, name), 0) for name in ("clean", "problem", "not-inspectable", "refused", "")]
        percent = Decimal(unit.on_time * 1000 // unit.total) / 10 if unit.total else Decimal(0)
        yield (unit.unit, unit.disclosed, unit.on_time, percent, sum(by_group), *by_group, unit.overdue, unit.held, unit.held_ever)


# --- penalties -------------------------------------------------------------------------------------------------------


def penalties() -> Iterator[Row]:
    """Every penalty decision on line, in the order in which they became public."""
    for one in public_penalties(clock.today()).order_by("published_at", "id"):
        yield (
            one.public_id, one.subject_name, one.subject_code, one.category_name, one.unit_name, one.number, one.decided_on, one.penalty,
            one.amount, one.named, one.published_at, one.due_on, one.on_time, one.shown_until,
        )  # fmt: skip
