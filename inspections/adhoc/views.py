"""The office pages of ad-hoc requests: the list, asking for one, one request with its next step."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inspections.adhoc import commands, queries
from inspections.adhoc.forms import AdhocForm
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import COUNTING, DECIDED, Ground, RequestState
from registries import clock
from registries.evidence import download
from registries.ledger.change import Refused
from registries.ledger.queries import history
from registries.ledger.words import in_words
from registries.pages import act, page_of, signed_in
from registries.people.access import access


@access("inspections.view_adhoc")
def request_list(request: HttpRequest) -> HttpResponse:
    """All requests this person may see, newest first, by state."""
    rows = queries.visible_requests(signed_in(request))
    year = clock.today().year
    figures = queries.figures_by_ground(rows, year)
    ground = request.GET.get("ground", "")
    if ground in Ground.values:
        rows = rows.filter(ground=ground)
    state = request.GET.get("state", "")
    if state in RequestState.values:
        rows = rows.filter(state=state)
    context = {
        **page_of(request, rows),
        "state": state,
        "states": RequestState.choices,
        "ground": ground,
        "ground_label": Ground(ground).label if ground in Ground.values else "",
        "figures": figures,
        "year": year,
        "may_ask": signed_in(request).has_perm("inspections.ask_adhoc"),
    }
    return render(request, "office/adhoc/list.html", context)


@access("inspections.ask_adhoc")
def request_new(request: HttpRequest) -> HttpResponse:
    """Find the subject, then ask. Searching keeps everything that was typed."""
    typed = request.POST or request.GET
    chosen = typed.get("subject", "")
    subjects = queries.subjects_found(typed.get("q", "") or (chosen if chosen.isascii() and not chosen.isdecimal() else ""))
    matters = list(queries.matters_to_ask_for(signed_in(request)))
    asking = request.method == "POST" and "ask" in request.POST
    if asking:
        form = AdhocForm(request.POST, request.FILES, subjects=subjects, matters=matters)
    else:
        form = AdhocForm(initial=_typed(request), subjects=subjects, matters=matters)
    if asking and form.is_valid():
        change = act(request, commands.ask_adhoc, form=form, **form.arguments())
        if change is not None:
            if cast(AdhocRequest, change.obj).state == RequestState.BARRED:
                messages.error(request, Refused(DECIDED["barred"]).sentence)
            else:
                messages.success(request, _("Asked for. A supervisor other than you decides."))
            return redirect("adhoc-page", pk=change.obj.pk)
    searched = bool(typed.get("q"))
    context = {"form": form, "searched": searched, "found": len(subjects), "matters": matters}
    return render(request, "office/adhoc/new.html", context, status=422 if form.errors else 200)


def _typed(request: HttpRequest) -> dict[str, object]:
    """What stands in the form while the subject is searched for."""
    typed = request.POST or request.GET
    kept: dict[str, object] = {name: typed[name] for name in AdhocForm.base_fields if name in typed}
    kept["matters"] = typed.getlist("matters")
    return kept


@access("inspections.view_adhoc")
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was asked, how it was decided, and the order that draws its team."""
    row = get_object_or_404(queries.visible_requests(signed_in(request)), pk=pk)
    context = {
        "row": row,
        "counts": row.ground in COUNTING,
        "named": row.subjects.select_related("unit").order_by("key") if row.subject is None else (),
        "joint": row.joint_matters.select_related("matter"),
        "draws": row.draws.prefetch_related("cases").order_by("pk"),
        "may_prepare": row.state == RequestState.APPROVED
        and not row.draws.exclude(state="voided").exists()
        and signed_in(request).has_perm("inspections.prepare_adhoc"),
        "history": [(payload, in_words(payload.verb)) for payload in history(row)],
    }
    return render(request, "office/adhoc/page.html", context)


@access("inspections.view_adhoc")
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of the ground, for who may see the request. Downloaded, never shown in place."""
    row = get_object_or_404(queries.visible_requests(signed_in(request)), pk=pk)
    return download(bytes(row.file or b""), f"adhoc-{row.pk}")
