"""Office pages of comparisons: all of them, a new one, what one found and what can be done about each line."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries.comparisons import commands, comparing, queries
from registries.comparisons.forms import CompareForm
from registries.comparisons.models import Difference
from registries.pages import ROWS, act, page_of, signed_in
from registries.people.access import access
from registries.people.queries import own_units
from registries.spreadsheets.gate import Unreadable


@access("registries.view_subjects")
@require_GET
def comparison_list(request: HttpRequest) -> HttpResponse:
    """Every comparison with its day and figures, the newest first."""
    user = signed_in(request)
    listing = page_of(request, queries.visible_comparisons(user))
    may_compare = user.has_perm("registries.keep_comparison")
    return render(request, "office/comparisons/list.html", {**listing, "may_compare": may_compare})


@access("registries.keep_comparison")
@require_http_methods(["GET", "POST"])
def comparison_new(request: HttpRequest) -> HttpResponse:
    """Bring a list and have it compared at once."""
    form = CompareForm(request.POST or None, request.FILES or None, user=signed_in(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            lines, unread = comparing.read(content)
        except Unreadable as no:
            form.add_error("file", no.sentence)
        else:
            category, unit = form.cleaned_data["category"], form.cleaned_data["unit"]
            change = act(
                request,
                commands.keep_comparison,
                done=_("The list was compared."),
                form=form,
                category_id=category.pk,
                unit_id=unit.pk if unit else None,
                source=form.cleaned_data["source"],
                file_name=file.name,
                content=content,
                findings=comparing.compare(lines, unread, category, unit),
            )
            if change is not None:
                return redirect("comparison", pk=change.obj.pk)
    return render(request, "office/comparisons/new.html", {"form": form})


@access("registries.view_subjects")
@require_GET
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """What one comparison found, kind by kind, with the next step of each line."""
    user = signed_in(request)
    row = get_object_or_404(queries.visible_comparisons(user), pk=pk)
    kind = request.GET.get("kind", "")
    if kind not in Difference.Kind.values:
        kind = next((k for k in Difference.Kind.values if row.counts.get(k)), Difference.Kind.MISSING)
    page = Paginator(queries.lines(row, kind), ROWS).get_page(request.GET.get("page"))
    shown, units = list(page), own_units(user)
    since = queries.registered_since(shown)
    context = {
        "comparison": row,
        "kind": kind,
        "kinds": [(value, label, row.counts.get(value, 0)) for value, label in Difference.Kind.choices],
        "page": page,
        "query": f"kind={kind}",
        "rows": [(one, since.get(one.listed.get("code", "").upper()) if one.listed.get("code") else None, _kept(units, one)) for one in shown],
        "may_register": user.has_perm("registries.register_subject"),
        "may_change": user.has_perm("registries.change_subject"),
    }
    return render(request, "office/comparisons/page.html", context)


def _kept(units: set[int] | None, one: Difference) -> bool:
    return one.subject is not None and (units is None or one.subject.unit_id in units)
