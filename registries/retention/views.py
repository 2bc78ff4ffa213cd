"""The table of retention, with what there is and what is due."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registries.people.access import access
from registries.retention.lines import LINES


@access("registries.view_retention")
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """What is kept how long, by which rule, and who ends it."""
    rows = [(line, line.there() if line.tables else None, line.due() if line.due else None) for line in LINES.values()]
    return render(request, "office/retention/retention.html", {"rows": rows, "due": sum(due or 0 for _line, _count, due in rows)})
