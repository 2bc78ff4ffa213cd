"""Reading plans: which of them somebody sees, and which items are open for draws."""

from django.db.models import Q, QuerySet

from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries.people.models import User
from registries.people.queries import own_units
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
    items = (
        PlanItem.objects.filter(plan__state=PlanState.PUBLISHED)
        .select_related("plan", "matter", "unit")
        .prefetch_related("joint_matters")
        .order_by("code")
    )
    units = own_units(user)
    return items if units is None else items.filter(unit_id__in=units)
