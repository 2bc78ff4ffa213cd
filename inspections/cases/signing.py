"""The pages that end a record: the inspected person's side, and each inspector's signature by the own account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.cases import attached, commands, queries, shares, visiting
from inspections.cases.models import Case, Record
from inspections.cases.shares import Share
from inspections.cases.states import CaseState
from inspections.cases.visit_forms import AcknowledgeForm, SignForm
from registries.pages import act, signed_in
from registries.people.access import access


def _to_sign(request: HttpRequest, number: str) -> tuple[Case, Record | None]:
    """The case, for its team only, and its record if it is ready to sign."""
    case = get_object_or_404(queries.own_cases(signed_in(request)).select_related("subject", "draw"), number=number)
    newest = queries.last_record(case)
    ready = newest is not None and case.state == CaseState.ON_SITE and newest.submitted_at is not None
    return case, newest if ready else None


@access("inspections.sign_record")
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """What is signed, the whole or a partner's part: first the inspected person's side, then the own signature, by hand or by the own password."""
    case, record = _to_sign(request, number)
    if record is None:
        return redirect("case-page", number=number)
    share = shares.part_of_officer(case, signed_in(request))
    shown = shares.fingerprint_for(record, share)
    form = SignForm(
        request.POST if request.method == "POST" else None, initial={"content_hash": shown}, request=request, user=signed_in(request)
    )
    if request.method == "POST" and form.is_valid():
        arguments = {"case_id": case.pk, "content_hash": form.cleaned_data["content_hash"], "drawn": form.cleaned_data["drawn"]}
        if act(request, commands.sign_record, form=form, done=_("You have signed the record."), **arguments):
            return redirect("case-page", number=number)
    return _page(request, case, record, form, AcknowledgeForm(initial={"content_hash": shown}, prefix="side"), share)


@access("inspections.acknowledge_record")
@require_POST
def acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Note the inspected person's side; a refusal shows the same page with what was typed."""
    case, record = _to_sign(request, number)
    if record is None:
        return redirect("case-page", number=number)
    side = AcknowledgeForm(request.POST, prefix="side")
    if side.is_valid() and act(request, visiting.acknowledge_record, form=side, case_id=case.pk, **side.cleaned_data):
        messages.success(request, _("Noted. Now each of the team signs."))
        return redirect("case-sign", number=number)
    share = shares.part_of_officer(case, signed_in(request))
    shown = shares.fingerprint_for(record, share)
    form = SignForm(initial={"content_hash": shown}, request=request, user=signed_in(request))
    return _page(request, case, record, form, side, share)


def _page(request: HttpRequest, case: Case, record: Record, form: SignForm, side: AcknowledgeForm, share: Share | None) -> HttpResponse:
    signatures, sheets = queries.signatures(record), queries.sheets(case, record)
    beside = attached.beside(case, record, signatures)
    shown = form.initial["content_hash"] if share is None else shares.fingerprint_for(record, None)
    awaited = attached.awaits_side(record, beside, shown)
    if share is not None:
        signatures, sheets = share.signatures(signatures, share.team(case, queries.team(case))), share.sheets(sheets)
        beside = share.beside(beside, signatures)
    context = {
        "case": case,
        "record": record,
        "sheets": sheets,
        "share": share,
        "signatures": signatures,
        "beside": beside,
        "awaited": awaited,
        "form": form,
        "side": side,
    }
    return render(request, "office/cases/sign.html", context, status=422 if form.errors or side.errors else 200)
