"""Findings per inspector, with the caution that small numbers need. Reads only.

Teams are drawn by lot, so over many visits everybody meets much the same subjects; what differs by matter is set right by the
expected number: for each visit the share of problems that all visits on its lead matter had in the period.
"""

from collections import Counter
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from inspections.cases.models import Assignment, Record
from inspections.reports.figures import Scope, visits
from inspections.reports.rules import margin, share, stands_apart
from registries.codes.models import ResultGroup
from registries.inspectors.models import Inspector

INSPECTED = (ResultGroup.CLEAN.value, ResultGroup.PROBLEM.value)


class Person(NamedTuple):
    """An inspector's visits that count as inspected, those with a problem, how many were to be expected, and how sure that is."""

    inspector: Inspector
    visits: int
    found: int
    expected: float
    below: float
    above: float
    apart: str

    @property
    def share(self) -> float | None:
        """Problems found, in percent."""
        return share(self.found, self.visits)


def people(scope: Scope) -> list[Person]:
    """Everybody who was on the team when a visit of the period ended, most visits first. Three queries."""
    signed = Record.objects.filter(case=OuterRef("pk"), signed_at__isnull=False).order_by("-round")
    cases = visits(scope).annotate(group=Subquery(signed.values("result__group")[:1])).filter(group__in=INSPECTED)
    usual = _usual(scope)
    problem = Q(case__in=cases.filter(group=ResultGroup.PROBLEM).values("pk"))
    places = Assignment.objects.filter(case__in=cases.values("pk"), ended_at=None).order_by()
    rows = places.values_list("inspector", "case__draw__matter__matter").annotate(number=Count("pk"), found=Count("pk", filter=problem))
    sums: dict[int, list[float]] = {}
    for pk, matter, number, found in rows:
        chance = usual.get(matter, 0.0)
        of = sums.setdefault(pk, [0, 0, 0, 0])
        for at, value in enumerate((number, found, number * chance, number * chance * (1 - chance))):
            of[at] += value
    known = Inspector.objects.filter(pk__in=sums).select_related("unit").in_bulk()
    told = [_told(known[pk], *of) for pk, of in sums.items()]
    return sorted(told, key=lambda one: (-one.visits, one.inspector.number))


def _usual(scope: Scope) -> dict[int | None, float]:
    """Lead matter → the share of its visits, by all units, that found a problem."""
    signed = Record.objects.filter(case=OuterRef("pk"), signed_at__isnull=False).order_by("-round")
    rows = visits(scope._replace(units=None)).order_by().annotate(group=Subquery(signed.values("result__group")[:1])).filter(group__in=INSPECTED)
    whole: Counter[int | None] = Counter()
    found: Counter[int | None] = Counter()
    for matter, group, number in rows.values_list("draw__matter__matter", "group").annotate(Count("pk")):
        whole[matter] += number
        found[matter] += number if group == ResultGroup.PROBLEM else 0
    return {matter: found[matter] / number for matter, number in whole.items()}


def _told(inspector: Inspector, number: float, found: float, expected: float, spread: float) -> Person:
    visits_, found_ = int(number), int(found)
    below, above = margin(found_, visits_)
    return Person(inspector, visits_, found_, expected, below, above, stands_apart(found_, visits_, expected, spread))
