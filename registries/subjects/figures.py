"""Counting the registry: one line per unit, category, grade… and per line the entries, their grades, permits, what is stale."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registries.codes.models import Code
from registries.people.models import Unit
from registries.subjects.listing import EXPIRES_WITHIN
from registries.subjects.models import Permit, Subject, SubjectCategory
from registries.subjects.queries import excluded_on, having
from registries.subjects.rules import STALE_AFTER_MONTHS, months_before

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLE = gettext_lazy("Statistics of the subjects")
BY: dict[str, tuple["StrOrPromise", str]] = {
    "unit": (gettext_lazy("Responsible unit"), "unit_id"),
    "category": (gettext_lazy("Category"), "categories"),
    "grade": (gettext_lazy("Risk grade"), "risk_grade"),
    "town": (gettext_lazy("Township"), "town_id"),
    "kind": (gettext_lazy("Kind"), "kind"),
    "status": (gettext_lazy("Status"), "status"),
}
"""What lines may stand for → its name and column."""


class Line(NamedTuple):
    """One line: what it stands for, the filter of the list behind it, its numbers."""

    label: str
    value: str
    numbers: list[int]


class Table(NamedTuple):
    """The lines, the headings of their numbers, the totals; an entry of two categories counts once in the total."""

    by: str
    code: str
    headings: list[str]
    lines: list[Line]
    total: Line


def table(by: str, today: dt.date, *, unit: Unit | None = None, category: SubjectCategory | None = None) -> Table:
    """The registry without merged entries, of one unit or category if asked."""
    rows = Subject.objects.exclude(status=Subject.Status.MERGED).order_by()
    if unit is not None:
        rows = rows.filter(unit=unit)
    if category is not None:
        rows = rows.filter(pk__in=Subject.categories.through.objects.filter(subjectcategory=category).values("subject_id"))
    column = BY[by][1]
    counted = rows.values_list(column).annotate(**_counts(today))
    names = _names(by)
    found = {values[0]: [int(n) for n in values[1:]] for values in counted}
    order = [value for value in names if value in found] + [value for value in found if value not in names]
    lines = [Line(names.get(value, _("none")), str(value or ""), found[value]) for value in order]
    total = [int(n) for n in rows.aggregate(**_counts(today)).values()]
    return Table(str(BY[by][0]), by, _headings(), lines, Line(_("Total"), "", total))


def _headings() -> list[str]:
    return [
        _("Number of entries"), _("in operation"), "A", "B", "C", "D", _("to be confirmed"), _("out of scope"), _("with a permit"), _("permit ends within 60 days or lapsed"),
    ]  # fmt: skip


def _counts(today: dt.date) -> dict[str, Any]:
    active = Q(status=Subject.Status.ACTIVE)
    permits = Permit.objects.filter(ended_on=None)
    ending = permits.filter(valid_until__lte=today + EXPIRES_WITHIN)
    asked: Iterable[Q | None] = [
        None,
        active,
        *(Q(risk_grade=grade) for grade in Subject.Grade.values),
        active & Q(verified_on__lt=months_before(today, STALE_AFTER_MONTHS)),
        Q(pk__in=excluded_on(today)),
        having(permits),
        having(ending),
    ]
    return {f"n{at}": Count("pk", filter=one) for at, one in enumerate(asked)}


def _names(by: str) -> dict[Any, str]:
    """Value → label, in the order people know."""
    match by:
        case "unit":
            return {unit.pk: unit.short_name for unit in Unit.objects.order_by("code")}
        case "category":
            return {one.pk: one.name for one in SubjectCategory.objects.order_by("code")}
        case "town":
            return {one.pk: one.label for one in Code.objects.filter(table="town")}
        case "grade":
            return {value: str(label) for value, label in Subject.Grade.choices}
        case "kind":
            return {value: str(label) for value, label in Subject.Kind.choices}
        case _:
            return {value: str(label) for value, label in Subject.Status.choices}
