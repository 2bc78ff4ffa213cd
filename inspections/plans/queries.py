"""Reading plans: which of them somebody sees, and which items are open for draws."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet

from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries.matters.queries import revision_names
from registries.people.models import User
from registries.people.queries import of_own_units, own_units
from registries.people.roles import Role


def visible_plans(user: User) -> QuerySet[Plan]:
    """All published plans, and those in preparation of the units this person keeps (everybody's for who reads all)."""
    plans = Plan.objects.select_related("unit", "prepared_by", "approved_by")
    units = own_units(user) if Role.PARTNER not in user.role_codes else set()
    if units is None:
        return plans
    return plans.filter(Q(state=PlanState.PUBLISHED) | Q(unit_id__in=units))


def open_items(user: User) -> QuerySet[PlanItem]:
    """The items of published plans that this person may prepare draws for: those of the own units, by code.

    A clerk of the bureau itself sees every unit's. With plan, lead matter, unit; joint matters prefetched.
    """
    return (
        PlanItem.objects.filter(of_own_units(user), plan__state=PlanState.PUBLISHED)
        .select_related("plan", "matter", "unit")
        .prefetch_related("joint_matters")
        .order_by("code")
    )


def titles_of(items: Iterable[PlanItem]) -> dict[int, str]:
    """Matter → its name, for every matter these items plan (joint ones prefetched)."""
    wanted = {matter.pk for item in items for matter in (item.matter, *item.joint_matters.all())}
    return revision_names(wanted)


class Line(NamedTuple):
    """An item with the names of its matters, as a table shows it."""

    item: PlanItem
    code: str
    name: str
    joint: list[str]


def lines(plan: Plan) -> list[Line]:
    """The items of a plan with names, in order. Items not approved yet have no code. Four queries."""
    items = list(plan.items.select_related("matter", "unit").prefetch_related("joint_matters").order_by("pk"))
    names = titles_of(items)
    return [
        Line(
            item,
            "" if item.code.startswith("~") else item.code,
            f"{item.matter.code} {names[item.matter_id]}",
            [f"{matter.code} {names[matter.pk]}" for matter in item.joint_matters.all()],
        )
        for item in items
    ]
