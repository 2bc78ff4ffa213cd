"""The first page after sign-in."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inspections.cases.queries import viewer
from inspections.desk import queries
from registries import clock
from registries.ledger.change import Refused
from registries.pages import ROWS, signed_in
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
