"""What the public reads of plans: every published version, what an amendment changed, and how far the items have come.

Drawn is told as the draws themselves are public; who a task from above names, and whom anybody has visited, is not told before the
disclosure.
"""

from collections import Counter, defaultdict
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import Http404
from django.shortcuts import render

from inspections.draws.models import Draw
from inspections.draws.queries import PUBLIC_STATES
from inspections.plans import papers
from inspections.plans.models import Plan, PlanItem
from inspections.plans.progress import drawn_by
from inspections.plans.queries import changes, versions
from inspections.plans.states import PlanState
from publicity.disclosures.models import Disclosure
from publicity.site import marks
from publicity.site.queries import published_matters
from publicity.site.serving import MINUTE, published
from registries.matters.models import Matter
from registries.matters.papers import download
from registries.pages import page_of
from registries.people.access import PUBLIC, access


def plans() -> QuerySet[Plan]:
    """Published plans, newest first, with the number of their items as ``size``; ``replaced``: amended since."""
    rows = Plan.objects.filter(state=PlanState.PUBLISHED).select_related("unit", "replaces")
    replaced = Count("amendments", filter=Q(amendments__state=PlanState.PUBLISHED), distinct=True)
    return rows.annotate(size=Count("items", distinct=True), replaced=replaced).order_by("-year", "-published_at")


class ItemProgress(NamedTuple):
    """A plan item: names of its matters (lead first), its public orders (number, state), subjects drawn and results disclosed."""

    item: PlanItem
    matters: list[tuple[str, str]]
    orders: list[tuple[str, str]]
    drawn: int
    disclosed: int


def plan_progress(plan: Plan) -> list[ItemProgress]:
    """The items of a published version and how far each has come; an item is the same in all versions, so are its draws."""
    names = dict(published_matters())
    items = list(plan.items.select_related("matter", "unit").prefetch_related("joint_matters").order_by("code"))
    codes = [item.code for item in items]
    drawn, disclosed = drawn_by(codes), _disclosed(codes)
    orders: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    public = Draw.objects.filter(state__in=PUBLIC_STATES, plan_item__code__in=codes).order_by("committed_at")
    for code, number, state in public.values_list("plan_item__code", "number", "state"):
        orders[code].append((str(number), state))
    return [
        ItemProgress(
            item,
            [(m.code, names.get(m.code, m.code)) for m in _matters_of(item)],
            orders[item.code],
            drawn.get(item.code, 0),
            disclosed[item.code],
        )
        for item in items
    ]


def _disclosed(codes: list[str]) -> Counter[str]:
    """Item code → results disclosed, of lots and of the subjects that a task names."""
    found: Counter[str] = Counter()
    for column in ("plan_item_code", "case__draw__request__plan_item__code"):
        rows = Disclosure.objects.filter(**{f"{column}__in": codes}).order_by().values_list(column)
        found.update(dict(rows.annotate(shown=Count("pk"))))
    return found


def _matters_of(item: PlanItem) -> list[Matter]:
    return [item.matter, *item.joint_matters.all()]


def _plan(number: str) -> Plan:
    plan = plans().filter(number=number).first()
    if plan is None:
        raise Http404
    return plan


@access(PUBLIC)
@published(MINUTE, marks.everything)
def plan_list(request: HttpRequest) -> HttpResponse:
    """Every published plan, amended ones too."""
    context = page_of(request, plans())
    newest = max((plan.published_at for plan in context["page"].object_list), default=None)
    return render(request, "public/plans/list.html", context | {"updated": newest})


@access(PUBLIC)
@published(MINUTE, marks.everything)
def plan_page(request: HttpRequest, number: str) -> HttpResponse:
    """One published version: its items and how far they have come, what it changed, and the other versions."""
    plan = _plan(number)
    items = plan_progress(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "items": items,
        "drawn": sum(item.drawn for item in items),
        "disclosed": sum(item.disclosed for item in items),
        "changes": changes(plan),
        "versions": [one for one in versions(plan) if one.state == PlanState.PUBLISHED],
        "updated": plan.published_at,
    }
    return render(request, "public/plans/page.html", context)


@access(PUBLIC)
@published(MINUTE)
def plan_sheet(request: HttpRequest, number: str) -> HttpResponse:
    """A published version as a workbook."""
    plan = _plan(number)
    body, _rows = papers.workbook_of(plan)
    return download(body, papers.file_name(plan))
