"""How many cases every inspector has in hand, against the most they may have. Read only."""

from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Subquery, Sum, Value

from inspections.cases.models import Assignment
from inspections.cases.states import CaseState
from registries.inspectors.models import Inspector

OPEN = (CaseState.ASSIGNED, CaseState.ON_SITE, CaseState.RECORDED)


class Load(NamedTuple):
    """An inspector's open cases, the most they may have, and the share of it in percent (100 at most, for the bar)."""

    inspector: Inspector
    open: int
    most: int
    percent: int
    tone: str


def with_load(rows: QuerySet[Inspector]) -> QuerySet[Inspector]:
    """The inspectors on duty with ``load``, the number of their open cases, the busiest first."""
    mine = Q(assignments__ended_at=None, assignments__case__state__in=OPEN)
    busy = rows.filter(status=Inspector.Status.ACTIVE).select_related("unit")
    return busy.annotate(load=Count("assignments", filter=mine)).order_by("-load", "number")


def load_of(row: Inspector) -> Load:
    """One row of :func:`with_load` as the page shows it."""
    open_cases: int = row.load  # type: ignore[attr-defined]
    percent = min(100, round(100 * open_cases / row.most_open_cases))
    tone = "bad" if open_cases >= row.most_open_cases else "wait" if percent >= 75 else "good"
    return Load(row, open_cases, row.most_open_cases, percent, tone)


def places(rows: QuerySet[Inspector]) -> tuple[int, int]:
    """Over these inspectors on duty: places on teams that are taken, and that there are. One query."""
    on_duty = rows.filter(status=Inspector.Status.ACTIVE)
    taken = Assignment.objects.filter(ended_at=None, case__state__in=OPEN, inspector__in=on_duty).order_by().annotate(one=Value(1)).values("one")
    found = on_duty.aggregate(taken=Max(Subquery(taken.annotate(number=Count("pk")).values("number"))), there=Sum("most_open_cases"))
    return found["taken"] or 0, found["there"] or 0
