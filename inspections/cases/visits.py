"""Whether the visits of a draw are over: what the public files, the openings and the receipts wait for. Reads only."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inspections.cases import rules
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.draws.models import Draw, DrawnEntry


def with_visits(draws: QuerySet[Draw]) -> QuerySet[Draw]:
    """Each draw with ``winners``, ``all_cases`` (of winners) and ``unended`` (cases neither ended nor called off)."""
    cases = Case.objects.filter(drawn__isnull=False)
    return draws.annotate(
        winners=_count_of(DrawnEntry.objects.filter(kind=DrawnEntry.Kind.WINNER)),
        all_cases=_count_of(cases.filter(drawn__kind=DrawnEntry.Kind.WINNER)),
        unended=_count_of(cases.filter(ended_on=None).exclude(state=CaseState.CALLED_OFF)),
    )


def are_over(draw: Any) -> bool:
    """Whether every visit of a draw of :func:`with_visits` is over."""
    return rules.visits_over(winners=draw.winners, cases=draw.all_cases, unended=draw.unended)


def visits_over(draw: Draw) -> bool:
    """The same of any draw."""
    return are_over(with_visits(Draw.objects.filter(pk=draw.pk)).get())


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(draw=OuterRef("pk")).order_by().values("draw").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
