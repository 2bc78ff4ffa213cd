"""The first page after sign-in."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inspections.desk import queries
from registries import clock
from registries.ledger.change import Refused
from registries.pages import ROWS, signed_in
from registries.people.access import access


@access("registries.use_office")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the earliest due first, and how their cases stand."""
    user, now = signed_in(request), clock.now()
    waiting = queries.todo(user, now)
    page = Paginator(waiting, ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": [(row, Refused(row.left).sentence if row.left else "") for row in page],
        "page": page,
        "query": "",
        "late": sum(row.urgency == "late" for row in waiting),
        "waiting": len(waiting),
        "figures": queries.figures(user, now.date()),
        "works": queries.has_tasks(user),
    }
    return render(request, "office/desk/desk.html", context)
