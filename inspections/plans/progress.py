"""How far the items of a plan have come: planned, drawn, visited, disclosed. Reads only.

Draws, requests and cases stand above plans on the same floor and are read by relation. An item is the same in all versions of its
plan: what was drawn for an older one counts. Complete is what was disclosed (domain.md §1.9).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, F, Q

from inspections.plans.models import HandedSubject, Plan, PlanItem
from inspections.plans.queries import is_new, planned_number, scope_sizes
from inspections.plans.rules import completion


class Progress(NamedTuple):
    """Visits planned, subjects drawn (or named by the task), visits over, results disclosed; the numbers of its orders for subjects."""

    planned: int
    drawn: int
    visited: int
    disclosed: int
    orders: Sequence[str] = ()

    @property
    def percent(self) -> int:
        """Completion."""
        return completion(self.planned, self.disclosed)


def progress_of(items: Sequence[PlanItem]) -> dict[int, Progress]:
    """Item (by key) → its progress. Four queries at most, however many items."""
    codes = {item.code for item in items if not is_new(item.code)}
    sizes = scope_sizes(item.matter_id for item in items if item.number is None)
    lots = lots_of(codes - {item.code for item in items if item.handed_down})
    drawn = _summed(lots)
    named = _named(item.code for item in items if item.handed_down)
    visited, disclosed = _cases(codes)
    return {
        item.pk: Progress(
            planned_number(item, sizes),
            named.get(item.code, 0) if item.handed_down else drawn[item.code],
            visited[item.code],
            disclosed[item.code],
            [lot.number for lot in lots if lot.code == item.code],
        )
        for item in items
    }


def of_plans(plans: Sequence[Plan]) -> list[tuple[Plan, Progress]]:
    """Each plan with the progress of all its items together. Six queries, however many plans."""
    items = list(PlanItem.objects.filter(plan__in=plans).select_related("matter"))
    found = progress_of(items)
    return [(plan, total(found[item.pk] for item in items if item.plan_id == plan.pk)) for plan in plans]


def total(rows: Iterable[Progress]) -> Progress:
    """All of them together."""
    told = list(rows)
    planned, drawn = sum(row.planned for row in told), sum(row.drawn for row in told)
    return Progress(planned, drawn, sum(row.visited for row in told), sum(row.disclosed for row in told))


class Lot(NamedTuple):
    """An order of an item, by its number: public from the commitment on, as is how many subjects it drew by the result that stands."""

    code: str
    number: str
    drawn: int


def lots_of(codes: Iterable[str]) -> list[Lot]:
    """The orders for subjects of these items, voided ones too, oldest first. One query."""
    wanted = list(codes)
    if not wanted:
        return []
    winners = Q(draws__drawn__kind="W", draws__drawn__correction=F("draws__corrections"), draws__state="drawn")
    rows = _of(wanted).filter(draws__mode="lot", draws__number__isnull=False).order_by("draws__committed_at")
    counted = rows.values_list("code", "draws__number").annotate(drawn=Count("draws__drawn", filter=winners, distinct=True))
    return [Lot(code, str(number), drawn) for code, number, drawn in counted]


def drawn_by(codes: Iterable[str]) -> dict[str, int]:
    """Item code → subjects drawn by lot for it, by results that stand."""
    return dict(_summed(lots_of(codes)))


def _summed(lots: Iterable[Lot]) -> Counter[str]:
    found: Counter[str] = Counter()
    for lot in lots:
        found[lot.code] += lot.drawn
    return found


def _of(codes: Iterable[str]) -> Any:
    return PlanItem.objects.filter(code__in=list(codes)).order_by().values_list("code")


def _named(codes: Iterable[str]) -> dict[str, int]:
    wanted = list(codes)
    if not wanted:
        return {}
    rows = HandedSubject.objects.filter(handed__item__code__in=wanted).order_by()
    return dict(rows.values_list("handed__item__code").annotate(named=Count("subject", distinct=True)))


def _cases(codes: set[str]) -> tuple[Counter[str], Counter[str]]:
    """Item code → visits that are over, and results disclosed: of lots, and of the requests for subjects a task names."""
    visited: Counter[str] = Counter()
    disclosed: Counter[str] = Counter()
    lots, requests = (_cases_by(way, codes) for way in ("draws", "requests__draws"))
    for code, over, public in lots.union(requests, all=True):
        visited[code] += over
        disclosed[code] += public
    return visited, disclosed


def _cases_by(way: str, codes: set[str]) -> Any:
    """(code, visits over, results disclosed) of the cases that this way leads to, orders for teams apart."""
    mode, case = Q(**{f"{way}__mode__in": ["lot", "adhoc"]}), f"{way}__cases"
    over = Count(case, filter=mode & Q(**{f"{case}__ended_on__isnull": False}), distinct=True)
    own, joint = Q(**{f"{case}__disclosure__isnull": False}), Q(**{f"{case}__joined_to__disclosure__isnull": False})
    public = Count(case, filter=mode & (own | joint), distinct=True)
    return _of(codes).annotate(over=over, public=public)
