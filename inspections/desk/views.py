"""The first page after sign-in, and the workload of the inspectors."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inspections.cases.queries import viewer
from inspections.desk import queries
from inspections.desk.workload import load_of, places, with_load
from registries import clock
from registries.inspectors.forms import InspectorFilterForm
from registries.inspectors.models import Inspector
from registries.ledger.change import Refused
from registries.pages import ROWS, page_of, signed_in
from registries.people.access import access


@access("registries.use_office")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the earliest due first, and how their cases stand."""
    user, now = signed_in(request), clock.now()
    looks = viewer(user)
    follows_cases = user.has_perm("inspections.view_cases") or user.has_perm("inspections.view_own_cases")
    waiting = queries.todo(looks, now)
    works = queries.has_tasks(user) or bool(waiting)
    page = Paginator(waiting, ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": [(row, Refused(row.left).sentence if row.left else "") for row in page],
        "page": page,
        "query": "",
        "late": sum(row.urgency == "late" for row in waiting),
        "waiting": len(waiting),
        "figures": queries.figures(looks, now.date()),
        "works": works,
        "overview": not (works and follows_cases),
    }
    return render(request, "office/desk/desk.html", context)


@access("registries.view_inspectors")
@require_GET
def workload(request: HttpRequest) -> HttpResponse:
    """Every inspector's open cases beside the most they may have, the busiest first."""
    form = InspectorFilterForm(request.GET)
    del form.fields["status"]
    rows = Inspector.objects.all()
    if form.is_valid():
        wanted = form.cleaned_data
        if wanted["q"]:
            rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(number__icontains=wanted["q"]))
        if wanted["unit"]:
            rows = rows.filter(unit=wanted["unit"])
    taken, there = places(rows)
    listing = page_of(request, with_load(rows))
    loads = [load_of(row) for row in listing["page"]]
    context = {"form": form, "loads": loads, "taken": taken, "there": there, "free": there - taken}
    return render(request, "office/desk/workload.html", {**listing, **context})
