"""How far the items of a plan have come: planned, drawn, visited, disclosed. Reads only.

Draws, requests and cases stand above plans on the same floor and are read by relation. An item is the same in all versions of its
plan: what was drawn for an older one counts. Complete is what was disclosed (domain.md §1.9).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, F, Q

from inspections.plans.models import HandedSubject, PlanItem
from inspections.plans.queries import is_new, planned_number, scope_sizes
from inspections.plans.rules import completion


class Progress(NamedTuple):
    """Visits planned, subjects drawn (or named by the task), visits over, results disclosed; ``percent``: disclosed of planned."""

    planned: int
    drawn: int
    visited: int
    disclosed: int

    @property
    def percent(self) -> int:
        """Completion."""
        return completion(self.planned, self.disclosed)


def progress_of(items: Sequence[PlanItem]) -> dict[int, Progress]:
    """Item (by key) → its progress. Five queries, however many items."""
    codes = {item.code for item in items if not is_new(item.code)}
    sizes = scope_sizes(item.matter_id for item in items)
    drawn = drawn_by(codes)
    named = _named(codes)
    visited, disclosed = _cases(codes)
    return {
        item.pk: Progress(
            planned_number(item, sizes),
            named.get(item.code, 0) if item.handed_down else drawn.get(item.code, 0),
            visited.get(item.code, 0),
            disclosed.get(item.code, 0),
        )
        for item in items
    }


def total(rows: Iterable[Progress]) -> Progress:
    """All of them together."""
    rows = list(rows)
    return Progress(*(sum(column) for column in zip(*rows, strict=True))) if rows else Progress(0, 0, 0, 0)


def drawn_by(codes: Iterable[str]) -> dict[str, int]:
    """Item code → subjects drawn by lot for it, by results that stand. Public as the draws are."""
    standing = Q(draws__state="drawn", draws__mode="lot", draws__drawn__kind="W", draws__drawn__correction=F("draws__corrections"))
    return dict(_of(codes).annotate(drawn=Count("draws__drawn", filter=standing, distinct=True)))


def _of(codes: Iterable[str]) -> Any:
    return PlanItem.objects.filter(code__in=list(codes)).order_by().values_list("code")


def _named(codes: Iterable[str]) -> dict[str, int]:
    rows = HandedSubject.objects.filter(handed__item__code__in=list(codes), handed__item__handed_down=True).order_by()
    return dict(rows.values_list("handed__item__code").annotate(named=Count("subject", distinct=True)))


def _cases(codes: set[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Item code → visits that are over, and results disclosed: of lots, and of the requests for subjects a task names."""
    visited: dict[str, int] = {}
    disclosed: dict[str, int] = {}
    for way in ("draws", "requests__draws"):
        mode = {f"{way}__mode__in": ["lot", "adhoc"]}
        over = Q(**mode, **{f"{way}__cases__ended_on__isnull": False})
        public = Q(**mode, **{f"{way}__cases__disclosure__isnull": False})
        case = f"{way}__cases"
        rows = _of(codes).annotate(over=Count(case, filter=over, distinct=True), public=Count(case, filter=public, distinct=True))
        for code, ended, shown in rows:
            visited[code] = visited.get(code, 0) + ended
            disclosed[code] = disclosed.get(code, 0) + shown
    return visited, disclosed
