"""The figures of a period, counted by the database. Reads only.

Cases are counted by the day their visit ended, so that no figure of results, sources or people can tell who was drawn and is not
visited yet. Orders, replacements and how many an order drew are public facts of draws and counted as such.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case as Choose
from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from inspections.cases.models import Case, CaseMatter, Record
from inspections.cases.standings import last_day_in_time
from inspections.cases.states import NO_VISIT, CaseKind
from inspections.plans.models import PlanItem
from inspections.reports.rules import Period, share
from registries import clock
from registries.codes.models import Code, CodeTable, ResultGroup
from registries.people.models import Unit

GROUPS = (ResultGroup.CLEAN, ResultGroup.PROBLEM, ResultGroup.NOT_INSPECTABLE, ResultGroup.REFUSED)
UNREACHABLE = "unreachable"

HANDED_DOWN, ADHOC, RECHECK = "handed-down", "adhoc", "recheck"
WAYS: dict[str, Any] = {
    **dict(PlanItem.Source.choices),
    HANDED_DOWN: _("subjects named by a task from above"),
    ADHOC: _("ad-hoc inspections"),
    RECHECK: _("re-checks"),
}
"""How a visit came to be. The last three are no lots: they stand apart."""
APART = (HANDED_DOWN, ADHOC, RECHECK)


class Scope(NamedTuple):
    """What a report is about: the period, and the units it counts (None: every one)."""

    period: Period
    units: frozenset[int] | None

    def of(self, to: str = "unit_id") -> Q:
        """The rows of these units."""
        return Q() if self.units is None else Q(**{f"{to}__in": self.units})


class Sum(NamedTuple):
    """Visits of one kind: how many, and of them by group of results, not found at the place, disclosed, and how in time."""

    visits: int = 0
    clean: int = 0
    problem: int = 0
    not_inspectable: int = 0
    refused: int = 0
    unreachable: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def inspected(self) -> int:
        """Visits that count as inspected: with or without a problem."""
        return self.clean + self.problem

    @property
    def problem_share(self) -> float | None:
        """Problems found, of those inspected."""
        return share(self.problem, self.inspected)

    @property
    def unreachable_share(self) -> float | None:
        """Nobody to be found at the registered place, of all visits."""
        return share(self.unreachable, self.visits)

    @property
    def disclosed(self) -> int:
        """Results that are public."""
        return self.in_time + self.late

    @property
    def in_time_share(self) -> float | None:
        """Disclosed in time, of those that are disclosed or should be by now."""
        return share(self.in_time, self.in_time + self.late + self.overdue)


class DayOf(TruncDate):
    """The day of a moment in Beijing. SQLite reckons it itself instead of asking Python row by row; there is one time zone, without summer time."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """Stored moments are UTC."""
        sql, params = compiler.compile(self.lhs)
        return f"DATE({sql}, '+8 hours')", params


class Cell(NamedTuple):
    """One cell of the cube: visits that are alike in all that reports ask."""

    unit: int
    way: str
    month: int
    result: int | None
    timing: str
    number: int


def visits(scope: Scope) -> QuerySet[Case]:
    """The cases whose visit ended in the period."""
    return Case.objects.filter(scope.of(), ended_on__range=(scope.period.first, scope.period.last)).exclude(state__in=NO_VISIT)


def _result(case: str = "pk") -> Subquery:
    """The result of the record signed last."""
    signed = Record.objects.filter(case=OuterRef(case), signed_at__isnull=False)
    return Subquery(signed.order_by("-round").values("result_id")[:1])


def cube(scope: Scope) -> list[Cell]:
    """All visits of the scope, counted once by everything; the tables of a report are sums of it. One query."""
    way = Choose(
        When(kind=CaseKind.RECHECK, then=Value(RECHECK)),
        When(draw__request__plan_item__isnull=False, then=Value(HANDED_DOWN)),
        When(kind=CaseKind.ADHOC, then=Value(ADHOC)),
        default=F("draw__plan_item__source"),
        output_field=CharField(),
    )
    timing = Choose(
        When(disclosure__isnull=True, ended_on__lt=last_day_in_time(clock.today()), then=Value("overdue")),
        When(disclosure__isnull=True, then=Value("open")),
        When(public_on__lte=F("disclosure__due_on"), then=Value("in_time")),
        default=Value("late"),
        output_field=CharField(),
    )
    month = Choose(*(When(ended_on__lte=Period(scope.period.year, month).last, then=Value(month)) for month in range(1, 12)), default=Value(12))
    rows = visits(scope).order_by().annotate(public_on=DayOf("disclosure__published_at")).annotate(way=way, month=month, final=_result(), timing=timing)
    counted = rows.values_list("unit_id", "way", "month", "final", "timing").annotate(Count("pk"))
    return [Cell(*row) for row in counted]


def results() -> dict[int, Code]:
    """Every result there is, retired ones too, by key, in the order of the table."""
    return {code.pk: code for code in Code.objects.filter(table=CodeTable.RESULT)}


def add_up(cells: Iterable[Cell], codes: dict[int, Code]) -> Sum:
    """Cells as one count."""
    sums: Counter[str] = Counter()
    for cell in cells:
        code = codes.get(cell.result) if cell.result is not None else None
        sums["visits"] += cell.number
        sums[cell.timing] += cell.number
        if code is not None and code.group in ResultGroup.values:
            sums[code.group.replace("-", "_")] += cell.number
        if code is not None and code.code == UNREACHABLE:
            sums["unreachable"] += cell.number
    return Sum(**{name: sums[name] for name in Sum._fields})


class Matter(NamedTuple):
    """A matter's row; a joint visit counts with each of its matters."""

    code: str
    name: str
    visits: int
    clean: int
    problem: int
    not_inspectable: int
    refused: int

    @property
    def problem_share(self) -> float | None:
        """Problems found, of those inspected."""
        return share(self.problem, self.clean + self.problem)


def by_matter(scope: Scope, codes: dict[int, Code]) -> list[Matter]:
    """Every matter inspected in the period, by its code. One query."""
    rows = CaseMatter.objects.filter(case__in=visits(scope)).order_by().annotate(final=_result("case"))
    counted = rows.values_list("revision__matter__code", "final").annotate(Max("revision__name"), Count("pk"))
    sums: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    for matter, final, name, number in counted:
        sums.setdefault(matter, Counter())["visits"] += number
        names[matter] = name
        if final in codes:
            sums[matter][codes[final].group] += number
    return [Matter(code, names[code], sums[code]["visits"], *(sums[code][group] for group in GROUPS)) for code in sorted(sums)]


def units_of(scope: Scope, known: Sequence[Unit] | None = None) -> list[Unit]:
    """The units a report lists: those in use even with nothing, retired ones are added where they have visits. ``known`` are those in use."""
    rows = Unit.objects.filter(active=True).exclude(kind=Unit.Kind.PARTNER) if known is None else known
    return [row for row in rows if scope.units is None or row.pk in scope.units]
