"""The list of subjects: its columns, and which entries fit the filters. Reads only."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registries.lists.listing import ListColumn, Listing, listing
from registries.subjects import outlook
from registries.subjects.models import Permit, Subject
from registries.subjects.naming import published_name
from registries.subjects.queries import excluded_on, having, signalled, stale
from registries.subjects.rules import STALE_AFTER_MONTHS, months_before
from registries.subjects.searching import fitting

EXPIRES_WITHIN = dt.timedelta(days=60)
"""A permit that ends within so many days is shown as expiring."""

NAME = ListColumn("name", _("Name"), lambda row: published_name(row.kind, row.name))
"""The first column; natural persons by their surname, here and in every file."""

LISTING = listing(
    Listing(
        "subjects",
        "subject-list",
        "registries.view_subjects",
        _("Subjects"),
        (
            ListColumn("code", _("Code"), lambda row: row.public_id, css="mono nowrap"),
            ListColumn("key", _("Registry key"), lambda row: row.key, shown=False, css="mono nowrap"),
            ListColumn("old_number", _("Old registration number"), lambda row: row.old_number, shown=False, css="mono nowrap"),
            ListColumn("kind", _("Kind"), lambda row: row.get_kind_display(), shown=False),
            ListColumn("categories", _("Category"), lambda row: "、".join(one.name for one in row.categories.all())),
            ListColumn("unit", _("Responsible unit"), lambda row: row.unit.short_name),
            ListColumn("station", _("Station or squad"), lambda row: row.station.short_name if row.station else "", shown=False),
            ListColumn("town", _("Township"), lambda row: row.town.label, css="nowrap"),
            ListColumn("address", _("Address"), lambda row: row.address, shown=False),
            ListColumn("grade", _("Grade"), lambda row: row.risk_grade),
            ListColumn("graded_on", _("Graded on"), lambda row: row.graded_on, shown=False, css="nowrap"),
            ListColumn("status", _("Status"), lambda row: row.get_status_display(), shown=False),
            ListColumn("verified_on", _("Confirmed"), lambda row: row.verified_on, shown=False, css="nowrap"),
        ),
    )
)

COLUMNS = {"unit": "unit", "station": "station", "town": "town", "grade": "risk_grade", "kind": "kind"}
"""Filter → column, where one value is asked for."""


def rows() -> QuerySet[Subject]:
    """The entries with what the list shows, by key; never the sealed columns."""
    return (
        Subject.objects.defer("contact", "phone", "search", "merge_terms")
        .select_related("unit", "station", "town")
        .prefetch_related("categories")
        .order_by("key")
    )


def found(
    entries: QuerySet[Subject], wanted: Mapping[str, Any], today: dt.date, units: set[int] | None = None
) -> QuerySet[Subject]:
    """Those of ``entries`` that fit every filter that is filled in; merged ones only when they are asked for.

    ``units`` are those of the person who asks (None: all), for the filter ``own``.
    """
    if wanted.get("status") == Subject.Status.ACTIVE and not (wanted.get("freshness") or wanted.get("before")):
        entries = _in_operation(entries)
    else:
        entries = entries.filter(status=wanted["status"]) if wanted.get("status") else entries.exclude(status=Subject.Status.MERGED)
    if wanted.get("q"):
        entries = fitting(entries, wanted["q"])
    entries = entries.filter(**{column: wanted[name] for name, column in COLUMNS.items() if wanted.get(name)})
    if wanted.get("category"):
        members = Subject.categories.through.objects.filter(subjectcategory_id=wanted["category"].pk)
        entries = entries.filter(pk__in=members.values("subject_id"))
    if wanted.get("freshness") == "stale":
        entries = stale(entries, today)
    elif wanted.get("freshness") == "fresh":
        entries = entries.filter(verified_on__gte=months_before(today, STALE_AFTER_MONTHS))
    if wanted.get("before"):
        entries = entries.filter(verified_on__lt=wanted["before"])
    if wanted.get("own") and units is not None:
        entries = entries.filter(unit_id__in=units)
    if wanted.get("remark"):
        entries = _remarked(entries, wanted["remark"], today)
    return entries


def _in_operation(entries: QuerySet[Subject]) -> QuerySet[Subject]:
    """Those in operation, said by what they are not: nearly all are, and an index of the status would have to sort them all by key."""
    return entries.exclude(status__in=[one for one in Subject.Status.values if one != Subject.Status.ACTIVE])


def _remarked(entries: QuerySet[Subject], remark: str, today: dt.date) -> QuerySet[Subject]:
    """By what stands about an entry in another table."""
    permits = Permit.objects.filter(ended_on=None)
    match remark:
        case "never-visited":
            for narrowing in outlook.NEVER_VISITED:
                entries = narrowing(entries)
            return _in_operation(entries)
        case "excluded":
            return entries.filter(pk__in=excluded_on(today))
        case "signals":
            return entries.filter(pk__in=list(signalled(today)))
        case "expiring":
            ending = permits.filter(valid_until__gte=today, valid_until__lte=today + EXPIRES_WITHIN)
            return entries.filter(having(ending))
        case "lapsed":
            return entries.filter(having(permits.filter(valid_until__lt=today)))
        case "no-permit":
            return entries.exclude(having(permits))
        case "no-code":
            return entries.filter(uscc=None).exclude(kind__in=[Subject.Kind.PERSON, Subject.Kind.SITE, Subject.Kind.EVENT])
        case _:
            return entries
