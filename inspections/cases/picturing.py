"""The pages of photos, scans and the paper form of a visit; they work without JavaScript."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inspections.cases import attached, photos, queries, shares, visiting
from inspections.cases.evidence import Photo
from inspections.cases.models import Case
from inspections.cases.queries import viewer
from inspections.cases.shares import Share
from inspections.cases.states import CaseState, PhotoKind
from inspections.cases.visit_forms import PhotoForm
from inspections.cases.vocabulary import offered
from registries.ledger.change import Refused
from registries.pages import act, signed_in
from registries.paper import MissingFonts, pdf
from registries.people.access import access

TYPES = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


def _own(request: HttpRequest, number: str) -> Case:
    return get_object_or_404(queries.own_cases(signed_in(request)).select_related("subject__town", "draw", "unit"), number=number)


@access("inspections.keep_photo")
def photo_list(request: HttpRequest, number: str) -> HttpResponse:
    """The photos and scans of an own case; another one is kept while the record is open."""
    case = _own(request, number)
    record = queries.last_record(case)
    open_now = record is not None and case.state == CaseState.ON_SITE and record.submitted_at is None
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    share = shares.part_of_officer(case, signed_in(request))
    items = queries.items_of(case)
    offered_items = items if share is None else share.items(items)
    form = PhotoForm(*sent, items=offered_items, part=share is not None, initial={"item": request.GET.get("item")})
    if request.method == "POST" and form.is_valid() and _keep(request, case, form):
        return redirect("case-photos", number=number)
    shown = attached.photos_of(case) if share is None else share.photos(attached.photos_of(case))
    context = {"case": case, "record": record, "form": form, "photos": shown, "open": open_now}
    return render(request, "office/cases/photos.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, case: Case, form: PhotoForm) -> bool:
    data = form.cleaned_data
    body = data["file"].read(photos.LIMIT_BYTES + 1)
    try:
        kept = photos.scan(body) if data["kind"] == PhotoKind.SCAN else photos.photo(body, as_evidence=data["evidence"])
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return False
    values = {"kept": kept, "kind": data["kind"], "item": data["item"]}
    return act(request, visiting.keep_photo, form=form, done=_("Kept."), case_id=case.pk, **values) is not None


@access("inspections.withdraw_photo")
@require_POST
def withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a photo out of the open record."""
    case = _own(request, number)
    act(request, visiting.withdraw_photo, case_id=case.pk, photo_id=pk, done=_("Withdrawn. The file stays kept, out of the record."))
    return redirect("case-photos", number=number)


@access("registries.use_office")
@require_GET
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The file, for who may see its case; read from the sealed store, never kept by a browser."""
    looks = viewer(signed_in(request))
    cases = queries.visible_cases(looks)
    row = get_object_or_404(Photo.objects.select_related("case__unit", "item"), pk=pk, case__in=cases.filter(number=number))
    body = photos.read(row.sha256) if shares.sees_photo(row, looks) else None
    if body is None:
        raise Http404
    response = HttpResponse(body, content_type=row.content_type)
    place = "inline" if row.content_type == "image/jpeg" else "attachment"
    response.headers["Content-Disposition"] = f'{place}; filename="{number}-{row.pk}{TYPES[row.content_type]}"'
    return response


@access("inspections.save_record")
@require_GET
def paper_form(request: HttpRequest, number: str) -> HttpResponse:
    """The record's empty form as PDF: to be filled in by hand where no phone is at hand, and typed in and attached later."""
    case = _own(request, number)
    try:
        body = pdf(form_html(case, shares.part_of_officer(case, signed_in(request))))
    except MissingFonts:
        messages.error(request, _("The server has no Chinese fonts: the form cannot be printed. Tell the system administrator."))
        return redirect("case-page", number=number)
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{number}-form.pdf"'
    return response


def form_html(case: Case, share: Share | None = None) -> str:
    """The empty form as a document: the whole, or a partner's part."""
    return render_to_string("documents/record_form.html", form_facts(case, share))


def form_facts(case: Case, share: Share | None = None) -> dict[str, Any]:
    """What the empty form says: whom, who, which items, the results to choose from; nothing of it answered."""
    may = offered(case)
    sheets, team = queries.sheets(case, None), queries.team(case)
    return {
        "case": case,
        "team": team if share is None or share.on_team else share.team(case, team),
        "sheets": sheets if share is None else share.sheets(sheets),
        "results": may.results if share is None else [],
        "disposals": may.all_disposals if share is None else [],
        "share": share,
        "bureau": settings.BUREAU_NAME,
        "demo": settings.DEMO,
    }
