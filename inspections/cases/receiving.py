"""The office's page of receipts: find a subject of a draw whose visits are over, print what proves its part in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.cases import commands, receipts, rules, visits
from inspections.draws.models import Draw
from inspections.draws.queries import visible_draws
from inspections.draws.states import DrawState
from inspections.draws.wording import reason_label
from registries.ledger.change import Refused
from registries.pages import act, signed_in
from registries.paper import MissingFonts
from registries.people.access import access

MOST = 50


@access("inspections.print_receipt")
def receipt_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by name or number. Before the visits are over nobody is listed, and the page says why."""
    draw = _drawn(request, pk)
    why = rules.why_not_receipt(drawn=draw.state == DrawState.DRAWN, over=visits.visits_over(draw), listed=True)
    words = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"draw": draw, "closed": Refused(why).sentence if why else "", "q": words}
    if words and why is None:
        entries, omissions = receipts.found(draw, words)
        context |= {
            "entries": entries[:MOST],
            "omissions": [(one, reason_label(one.reason)) for one in omissions[:MOST]],
            "most": MOST,
        }
    return render(request, "office/draws/receipts.html", context)


@access("inspections.print_receipt")
@require_POST
def receipt(request: HttpRequest, pk: int, subject_id: int) -> HttpResponse:
    """Print one: the entry of the ledger first, then the PDF."""
    draw = _drawn(request, pk)
    if act(request, commands.print_receipt, draw_id=draw.pk, subject_id=subject_id) is None:
        return redirect("draw-receipts", pk=pk)
    try:
        body = receipts.pdf_of(draw, subject_id)
    except MissingFonts:
        messages.error(request, _("Chinese fonts are missing on this machine, so no document can be printed. Tell the administrator."))
        return redirect("draw-receipts", pk=pk)
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{draw.number}-{subject_id}.pdf"'
    return response


def _drawn(request: HttpRequest, pk: int) -> Draw:
    return get_object_or_404(visible_draws(signed_in(request)), pk=pk)
