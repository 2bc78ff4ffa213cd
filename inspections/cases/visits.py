"""Whether the visits of a draw are over: what the public files, the openings and the receipts wait for. Reads only."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inspections.cases import rules
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws.models import Draw, DrawnEntry, RosterEntry


def with_visits(draws: QuerySet[Draw]) -> QuerySet[Draw]:
    """Each draw with ``winners``, ``all_cases`` (of winners) and ``unended`` (cases neither ended nor called off).

    An order in mode ``teams:`` has no cases of its own: those of its codes in the draw that it staffs count. A visit begun under
    a struck result is one of the draw's as long as it is not ended.
    """
    own = Case.objects.filter(drawn__isnull=False, draw=OuterRef("pk"))
    codes = RosterEntry.objects.filter(draw=OuterRef(OuterRef("pk"))).values("code")
    staffed = Case.objects.filter(draw=OuterRef("staffs"), drawn__entry__code__in=codes)
    standing = Q(drawn__correction=F("draw__corrections"))
    going_on = Q(ended_on=None) & ~Q(state=CaseState.CALLED_OFF)
    return draws.annotate(
        winners=_count_of(DrawnEntry.objects.filter(kind=DrawnEntry.Kind.WINNER, draw=OuterRef("pk"))),
        all_cases=_count_of(own.filter(standing, drawn__kind=DrawnEntry.Kind.WINNER)) + _count_of(staffed.filter(standing)),
        unended=_count_of(own.filter(going_on)) + _count_of(staffed.filter(going_on)),
    )


def are_over(draw: Any) -> bool:
    """Whether every visit of a draw of :func:`with_visits` is over."""
    return rules.visits_over(winners=draw.winners, cases=draw.all_cases, unended=draw.unended)


def visits_over(draw: Draw) -> bool:
    """The same of any draw."""
    return are_over(with_visits(Draw.objects.filter(pk=draw.pk)).get())


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("draw").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
