"""The registry in figures: how many entries by unit, category, grade, township, kind, status; printed and exported (P16, P17)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registries import clock
from registries.lists.listing import ListColumn, Listing, listing
from registries.lists.views import FORMS, exported
from registries.people.access import access
from registries.subjects import figures
from registries.subjects.forms import StatisticsForm
from registries.subjects.listing import LISTING

STATISTICS = listing(Listing("subject-figures", "subject-statistics", LISTING.right, figures.TITLE, ()))


@access("registries.view_subjects")
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """One table: a line for each value of what is asked, a column for each figure, and totals."""
    form = StatisticsForm(request.GET)
    by = form.cleaned_data["by"] if form.is_valid() and form.cleaned_data["by"] else "unit"
    unit = form.cleaned_data.get("unit") if form.is_valid() else None
    category = form.cleaned_data.get("category") if form.is_valid() else None
    table = figures.table(by, clock.today(), unit=unit, category=category)
    if request.GET.get("export") in FORMS:
        first = ListColumn("label", str(table.by), lambda line: line.label)
        return exported(request, STATISTICS, first, [*table.lines, table.total], [_column(at, name) for at, name in enumerate(table.headings)])
    kept = request.GET.copy()
    kept.pop("export", None)
    context = {"form": form, "table": table, "query": kept.urlencode(), "today": clock.today()}
    return render(request, "office/subjects/statistics.html", context)


def _column(at: int, name: str) -> ListColumn:
    """The figure at this place of each line."""
    return ListColumn(f"n{at}", name, lambda line: line.numbers[at])
