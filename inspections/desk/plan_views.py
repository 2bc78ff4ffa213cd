"""The simulator of a plan: what it means, before it is approved."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from inspections.desk.charts import growth_columns, load_rows, odds_parts
from inspections.desk.simulating import listed, simulation
from inspections.desk.simulator_forms import SimulatorForm
from inspections.plans.queries import visible_plans
from registries import clock
from registries.pages import signed_in
from registries.people.access import access


@access("inspections.view_planning")
@require_GET
def simulator(request: HttpRequest, pk: int) -> HttpResponse:
    """Load, coverage, chances, caps and joint visits of a plan, computed anew with every change of the form."""
    plan = get_object_or_404(visible_plans(signed_in(request)), pk=pk)
    items = list(plan.items.select_related("matter", "unit").order_by("pk"))
    revisions = listed(items)
    form = SimulatorForm(request.GET, items=items, names={matter: one.revision.name for matter, one in revisions.items()})
    terms = form.terms()
    found = simulation(plan, items, revisions, terms, clock.today())
    told = found.outcome
    names = {one.item.pk: one.name for one in found.items}
    units = {item.unit_id: item.unit.short_name for item in items}
    rows = load_rows(units, told.by_month, found.strength, found.inspectors)
    context = {
        "plan": plan,
        "form": form,
        "terms": terms,
        "found": found,
        "told": told,
        "rows": rows,
        "over": sum(row.over for row in rows),
        "visits": sum(row.visits for row in rows),
        "grades": [(grade, odds, odds_parts(odds)) for grade, odds in told.grades.items()],
        "growth": growth_columns(told.growth),
        "saved": sum(one.saved for one in told.joint),
        "joint": [one for one in told.joint if one.subjects >= 0.05],
        "merging": [(one, names[one.one], names[one.other]) for one in told.merging if one.subjects >= 0.05],
    }
    return render(request, "office/plans/simulator.html", context)
