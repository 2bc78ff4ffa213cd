"""A report put together from its figures, and who may read which. Reads only."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Record
from inspections.plans import progress
from inspections.plans.models import PlanItem
from inspections.plans.queries import items_in_force, titles_of
from inspections.reports import fairness, figures
from inspections.reports.fairness import Rate
from inspections.reports.figures import APART, WAYS, Cell, Matter, Scope, Sum
from inspections.reports.rules import Period
from registries import clock
from registries.codes.models import Code
from registries.people.models import Unit, User
from registries.people.queries import own_units


class Line(NamedTuple):
    """A row of a table: what it stands for and its count."""

    label: str
    told: Sum


class Month(NamedTuple):
    """A month of the year and its count."""

    month: int
    told: Sum


class Report(NamedTuple):
    """Everything a report tells."""

    scope: Scope
    unit: Unit | None
    told_on: dt.date
    total: Sum
    lots: Sum
    months: list[Month]
    units: list[Line]
    sources: list[Line]
    apart: list[Line]
    matters: list[Matter]
    results: list[tuple[Code, int]]
    fairness: list[Rate]
    followed: list[Rate]
    counts: Counter[str]
    plans: list[tuple[str, progress.Progress]]

    @property
    def plan(self) -> progress.Progress | None:
        """The year's plan as a whole; None for a month."""
        return None if self.scope.period.month else progress.total(far for _unit, far in self.plans)

    @property
    def planned(self) -> list[Rate]:
        """How far the year's plan has come; nothing for a month."""
        plan = self.plan
        if plan is None:
            return []
        return [
            Rate(_("Visited of the plan"), plan.visited, plan.planned, _("%(part)s of %(whole)s planned")),
            Rate(_("Completion"), plan.disclosed, plan.planned, _("%(part)s of %(whole)s planned are disclosed")),
        ]

    @property
    def rates(self) -> list[Rate]:
        """Every rate beside the tables of visits, for the files."""
        total = self.total
        return [
            *self.planned,
            Rate(_("Unreachable rate"), total.unreachable, total.visits, _("%(part)s of %(whole)s visits")),
            Rate(_("Disclosed in time"), total.in_time, total.disclosed + total.overdue, _("%(part)s of %(whole)s disclosed or due")),
            *self.fairness,
            *self.followed,
        ]


def units_read_by(user: User) -> set[int] | None:
    """The units whose figures this person reads; None is every one."""
    return own_units(user)


def scope_for(user: User, period: Period, unit: Unit | None) -> Scope:
    """The period for the units this person reads, or one of them."""
    read = units_read_by(user)
    if unit is not None:
        return Scope(period, frozenset({unit.pk} if read is None or unit.pk in read else set()))
    return Scope(period, None if read is None else frozenset(read))


def report(scope: Scope, unit: Unit | None = None, units: Sequence[Unit] | None = None, also: Mapping[str, QuerySet[Any]] | None = None, *, matters: bool = True) -> Report:
    """The report of a scope: a cube of counts and a dozen queries at most. ``also`` are rows to be counted with the others."""
    codes, cells, units = figures.results(), figures.cube(scope), figures.units_of(scope, units)
    counts = fairness.count_all(**fairness.rows(scope), **fairness.following(scope), **(also or {}))
    by_unit, by_way = _parts(cells, "unit"), _parts(cells, "way")
    by_month, by_result = _parts(cells, "month"), _parts(cells, "result")
    known = {row.pk for row in units}
    units += list(Unit.objects.filter(pk__in=set(by_unit) - known)) if set(by_unit) - known else []

    def line(label: Any, rows: list[Cell]) -> Line:
        return Line(str(label), figures.add_up(rows, codes))

    months = [scope.period.month] if scope.period.month else range(1, 13)
    return Report(
        scope,
        unit,
        clock.today(),
        figures.add_up(cells, codes),
        figures.add_up([cell for cell in cells if cell.way not in APART], codes),
        [Month(month, figures.add_up(by_month[month], codes)) for month in months],
        [line(row.short_name, by_unit[row.pk]) for row in units],
        [line(label, by_way[way]) for way, label in WAYS.items() if way not in APART],
        [line(label, by_way[way]) for way, label in WAYS.items() if way in APART],
        figures.by_matter(scope, codes) if matters else [],
        [(code, sum(cell.number for cell in by_result[pk])) for pk, code in codes.items() if code.active or pk in by_result],
        fairness.fairness(scope, counts),
        fairness.followed(counts),
        counts,
        [] if scope.period.month else _plans(scope),
    )


def _parts(cells: list[Cell], by: str) -> defaultdict[Any, list[Cell]]:
    found: defaultdict[Any, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[getattr(cell, by)].append(cell)
    return found


def _plans(scope: Scope) -> list[tuple[str, progress.Progress]]:
    """How far each unit has come with the year's plan, the furthest behind first."""
    rows = list(items_in_force().prefetch_related(None).filter(scope.of(), plan__year=scope.period.year).order_by("code", "pk"))
    how_far = progress.progress_of(rows)
    by_unit: defaultdict[str, list[progress.Progress]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit.short_name].append(how_far[row.pk])
    return sorted(((unit, progress.total(told)) for unit, told in by_unit.items()), key=lambda row: row[1].percent)


def items(scope: Scope) -> list[PlanItem]:
    """The items of the year's plans in force that these units answer for."""
    rows = items_in_force().filter(scope.of(), plan__year=scope.period.year)
    return list(rows.order_by("code", "pk"))


# --- the routine report upwards -----------------------------------------------------------------------------------------


class Task(NamedTuple):
    """A task as higher platforms count it: how far it has come, results and disposals by code, and what is settled."""

    item: PlanItem
    name: str
    progress: progress.Progress
    results: dict[int, int]
    disposals: dict[int, int]


def tasks(scope: Scope) -> list[Task]:
    """The year's tasks. Visits are those that are over in the period, of the item and of what was handed down for it."""
    rows = items(scope)
    if not rows:
        return []
    how_far, names = progress.progress_of(rows), titles_of(rows)
    found, disposed = _by_item(scope, "result_id"), _by_item(scope, "disposal_id")
    return [Task(row, names[row.matter_id], how_far[row.pk], found[row.code], disposed[row.code]) for row in rows]


def _by_item(scope: Scope, column: str) -> defaultdict[str, dict[int, int]]:
    """Item code → code → visits whose record signed last has it."""
    signed = Record.objects.filter(case=OuterRef("pk"), signed_at__isnull=False).order_by("-round")
    rows = figures.visits(scope).order_by().annotate(item=Coalesce(F("draw__plan_item__code"), F("draw__request__plan_item__code")), final=Subquery(signed.values(column)[:1]))
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for item, code, number in rows.exclude(final=None).values_list("item", "final").annotate(Count("pk")):
        found[item][code] = number
    return found
