"""The office pages of disclosures: asking for a hold, publishing a penalty decision, what the worker could not publish."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inspections.cases.queries import office_cases, viewer
from inspections.followups.models import FollowUp
from publicity.disclosures import failing, holding, penalising, queries
from publicity.disclosures.forms import HoldForm
from registries.ledger.change import Refused
from registries.pages import act, page_of, signed_in
from registries.people.access import access


@access("publicity.ask_hold")
@require_http_methods(["GET", "POST"])
def hold_ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask that the result of a case be held back; a supervisor decides."""
    case = get_object_or_404(office_cases(viewer(signed_in(request))).select_related("subject"), number=number)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("Asked. Until a supervisor grants it, nothing is held back.")
        if act(request, holding.ask_hold, form=form, done=done, case_id=case.pk, **form.cleaned_data):
            return redirect("case-page", number=number)
    context = {"case": case, "form": form, "holds": queries.holds_of(case)}
    return render(request, "office/disclosures/hold.html", context, status=422 if form.errors else 200)


@access("publicity.publish_penalty")
@require_POST
def penalty_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a penalty decision now."""
    mine = office_cases(viewer(signed_in(request))).values("pk")
    followup = get_object_or_404(FollowUp.objects.select_related("case"), pk=pk, case__in=mine)
    act(request, penalising.publish_penalty, done=_("The penalty decision is public."), followup_id=pk)
    return redirect("case-page", number=followup.case.number)


@access("publicity.view_failures")
@require_GET
def failure_list(request: HttpRequest) -> HttpResponse:
    """Results that are due and could not be published: why, how often it was tried."""
    listing = page_of(request, queries.failing())
    rows = []
    for duty in listing["page"]:
        why = failing.told(duty)
        rows.append((duty, Refused(why).sentence if why else ""))
    return render(request, "office/disclosures/failures.html", {**listing, "rows": rows})
