"""The office pages of documents: the documents of a case and of a draw, notices, numbers, and the files themselves."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections.cases import queries as cases
from inspections.cases.models import Case
from inspections.cases.queries import viewer
from inspections.cases.shares import share_of
from inspections.cases.states import CaseState
from inspections.draws.models import Draw
from inspections.draws.queries import visible_draws
from inspections.draws.states import DrawState
from inspections.papers import commands, drafting, forms, pressing, printing, queries, rules
from inspections.papers.models import Bundle, Letter
from inspections.papers.states import BundleState, Kind, Sheet
from inspections.plans.queries import visible_plans
from registries import clock, overtaken
from registries.ledger.change import Refused
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.models import Unit

TONES = {
    BundleState.WAITING: "wait",
    BundleState.PRINTING: "info",
    BundleState.READY: "good",
    BundleState.FAILED: "bad",
    BundleState.CANCELLED: "neutral",
    BundleState.EXPIRED: "neutral",
}
AFTER_THE_VISIT = (CaseState.RECORDED, CaseState.REVIEWED, CaseState.CLOSED)


def _file(body: bytes, name: str) -> HttpResponse:
    """A PDF to keep, under a Chinese name."""
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.pdf") or "attachment"
    return response


def _printed(request: HttpRequest, made: Callable[[], bytes], name: str, *, what: str, of: Any, back: HttpResponse) -> HttpResponse:
    """Fonts first, then the ledger's entry that it is taken, then the file; a sentence on the page before where it cannot be."""
    why = rules.why_not_print(fonts=printing.ready())
    if why is not None:
        messages.error(request, Refused(why).sentence)
        return back
    body = made()
    if act(request, commands.take_paper, what=what, of=of, sha256=hashlib.sha256(body).hexdigest()) is None:
        return back
    return _file(body, name)


# --- one case --------------------------------------------------------------------------------------------------------


def _case(request: HttpRequest, number: str) -> Case:
    """The case, or no such page for whoever may not know of it."""
    rows = cases.whole_cases(viewer(signed_in(request))).select_related(*pressing.PRINTED_WITH)
    return get_object_or_404(rows, number=number)


@access("registries.use_office")
@require_safe
def case_papers(request: HttpRequest, number: str) -> HttpResponse:
    """Every document of a case: what there is, its number, what comes next."""
    case, user = _case(request, number), signed_in(request)
    notice = queries.notice_of(case)
    clerk = commands.keeps_case(user, case)
    waits = case.state == CaseState.ASSIGNED
    officers = queries.officers_now(notice) if notice else []
    context = {
        "case": case,
        "notice": notice,
        "officers": officers,
        "changed": notice is not None and waits and queries.team_changed(notice, officers),
        "address": queries.facts_of(notice).address if notice and notice.served_at else "",
        "numbers": queries.numbers_of(case),
        "recorded": case.state in AFTER_THE_VISIT,
        "may_make": clerk and waits and notice is None,
        "may_serve": notice is not None and notice.served_at is None and (clerk or cases.is_on_team(case, user)),
        "may_void": user.has_perm("inspections.void_number") and clerk,
    }
    return render(request, "office/papers/case.html", context)


@access("inspections.make_notice")
def notice_new(request: HttpRequest, number: str) -> HttpResponse:
    """Make the notice of a case."""
    case = _case(request, number)
    form = forms.NoticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("The notice is made. Print it and hand it over.")
        if act(request, commands.make_notice, form=form, done=done, case_id=case.pk, **form.cleaned_data):
            return redirect("case-papers", number=number)
    context = {"case": case, "form": form, "team": cases.team(case)}
    return render(request, "office/papers/notice_new.html", context, status=422 if form.errors else 200)


@access("inspections.serve_notice")
def notice_serve(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the notice was handed over."""
    case = _case(request, number)
    notice = queries.notice_of(case)
    if notice is None:
        raise Http404
    if notice.served_at is not None:
        return redirect("case-papers", number=number)
    form = forms.ServiceForm(request.POST or None, initial={"served_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = _("Recorded. From now on the QR code tells that this notice is genuine.")
        if act(request, commands.serve_notice, form=form, done=done, notice_id=notice.pk, **form.cleaned_data):
            return redirect("case-papers", number=number)
    context = {"case": case, "notice": notice, "form": form}
    return render(request, "office/papers/notice_serve.html", context, status=422 if form.errors else 200)


@access("registries.use_office")
@require_safe
def case_sheet(request: HttpRequest, number: str, sheet: str) -> HttpResponse:
    """One document of a case as PDF; of a unit that takes part, its part of the record. Record and result form are forms to be
    filled in by hand before the visit."""
    looks = viewer(signed_in(request))
    case = get_object_or_404(cases.visible_cases(looks).select_related(*pressing.PRINTED_WITH), number=number)
    share = share_of(case, looks)
    back = redirect("case-papers" if share is None else "case-page", number=number)
    if sheet not in Sheet.values or (share is not None and sheet != Sheet.RECORD):
        raise Http404
    name = f"{Sheet(sheet).label}-{case.number}"
    if sheet == Sheet.NOTICE:
        notice = queries.notice_of(case)
        if notice is None:
            raise Http404
        return _printed(
            request, lambda: printing.pdf_of(queries.facts_of(notice)), name, what=f"{sheet} {notice.number.text}", of=case, back=back
        )
    return _printed(request, lambda: printing.pdf(pressing.sheet_of(sheet, case, share)), name, what=sheet, of=case, back=back)


@access("registries.use_office")
@require_safe
def letter_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """An order or letter of a case as PDF, as it was issued; a void one too, for the file."""
    case = _case(request, number)
    letter = get_object_or_404(Letter.objects.select_related("number"), pk=pk, case=case)
    name, back = f"{drafting.TITLES[letter.number.kind]}-{case.number}", redirect("case-papers", number=number)
    return _printed(
        request, lambda: printing.pdf_of(queries.letter_facts(letter)), name, what=f"{letter.number.kind} {letter.number.text}", of=case, back=back
    )


# --- a draw, a plan --------------------------------------------------------------------------------------------------


def _draw(request: HttpRequest, pk: int) -> Draw:
    """A drawn order whose cases this person follows: its documents name who was drawn."""
    user = signed_in(request)
    draws = visible_draws(user).filter(state=DrawState.DRAWN)
    looks = viewer(user)
    return get_object_or_404(draws if looks.units is None else draws.filter(unit__in=looks.units), pk=pk)


@access("inspections.view_papers")
def draw_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The documents of all cases of a draw: make the notices that are missing, print any kind in one file."""
    draw, user = _draw(request, pk), signed_in(request)
    waiting = queries.cases_without_notice(draw).count()
    form = forms.NoticeForm(request.POST if "notices" in request.POST else None)
    sheets = forms.SheetForm(request.POST if "print" in request.POST else None)
    if request.method == "POST":
        made = _ordered(request, draw, form, sheets)
        if made is not None:
            return redirect("bundle", pk=made)
    context = {
        "draw": draw,
        "waiting": waiting,
        "form": form,
        "sheets": sheets,
        "may": user.has_perm("inspections.make_notices"),
        "bundles": [(one, TONES[BundleState(one.state)]) for one in queries.visible_bundles(viewer(user)).filter(draw=draw)[:20]],
    }
    refused = form.errors or sheets.errors
    return render(request, "office/papers/draw.html", context, status=422 if refused else 200)


def _ordered(request: HttpRequest, draw: Draw, form: forms.NoticeForm, sheets: forms.SheetForm) -> int | None:
    """Order what was asked for; the bundle that the worker prints now, or None where a form shows why not."""
    why = rules.why_not_print(fonts=printing.ready())
    if why is not None:
        messages.error(request, Refused(why).sentence)
        return None
    if form.is_bound and form.is_valid():
        change = act(request, commands.make_notices, form=form, draw_id=draw.pk, **form.cleaned_data)
    elif sheets.is_bound and sheets.is_valid():
        change = act(request, commands.print_bundle, form=sheets, draw_id=draw.pk, **sheets.cleaned_data)
    else:
        return None
    return change.obj.pk if change else None


def _bundle(request: HttpRequest, pk: int) -> Bundle:
    return get_object_or_404(queries.visible_bundles(viewer(signed_in(request))), pk=pk)


@access("inspections.view_papers")
@require_safe
def bundle_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the printing is; left and come back to at any time."""
    bundle = _bundle(request, pk)
    context = {"bundle": bundle, "running": queries.is_open(bundle), "tone": TONES[BundleState(bundle.state)], "days": rules.KEPT_DAYS}
    return render(request, "office/papers/bundle.html", context)


@access("inspections.cancel_bundle")
@require_POST
def bundle_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it."""
    act(request, commands.cancel_bundle, bundle_id=_bundle(request, pk).pk, done=_("Stopped. What was made stays made."))
    return redirect("bundle", pk=pk)


@access("inspections.view_papers")
@require_safe
def bundle_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The printed file, as it was kept."""
    bundle = _bundle(request, pk)
    if bundle.state != BundleState.READY:
        raise Http404
    if act(request, commands.take_paper, what=f"{bundle.sheet} × {bundle.total}", of=bundle, sha256=bundle.sha256) is None:
        return redirect("bundle", pk=pk)
    body = bytes(Bundle.objects.values_list("pdf", flat=True).get(pk=pk))
    return _file(body, f"{bundle.get_sheet_display()}-{bundle.draw.number}")


@access("inspections.view_draws")
@require_safe
def draw_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """行政检查审批表 of an order: figures alone, for whoever sees the order."""
    draws = visible_draws(signed_in(request)).exclude(state__in=[DrawState.PREPARING]).select_related(
        "plan_item__plan", "request", "matter", "unit", "prepared_by", "approved_by"
    )
    draw = get_object_or_404(draws, pk=pk)
    back = redirect("draw-page", pk=pk)
    return _printed(
        request, lambda: printing.pdf_of(drafting.approval_of(draw)), f"行政检查审批表-{draw}", what="approval", of=draw, back=back
    )


@access("inspections.view_plans")
@require_safe
def plan_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The year's plan as a document; it names nobody, so that nothing is written to the ledger."""
    plan = get_object_or_404(visible_plans(signed_in(request)).select_related("unit"), pk=pk)
    why = rules.why_not_print(fonts=printing.ready())
    if why is not None:
        messages.error(request, Refused(why).sentence)
        return redirect("plan-page", pk=pk)
    return _file(printing.pdf_of(drafting.plan_of(plan)), plan.title)


# --- numbers ---------------------------------------------------------------------------------------------------------


@access("inspections.view_papers")
@require_safe
def number_list(request: HttpRequest) -> HttpResponse:
    """Every document number by unit, kind and year, void ones with their reasons."""
    looks = viewer(signed_in(request))
    numbers = queries.visible_numbers(looks)
    form = forms.NumberFilter(request.GET or None, units=Unit.objects.filter(document_numbers__in=numbers).distinct())
    wanted = form.cleaned_data if form.is_valid() else {}
    for name in ("unit", "kind", "year"):
        if wanted.get(name):
            numbers = numbers.filter(**{name: wanted[name]})
    series = [(one, Kind(one.kind).label) for one in queries.series(numbers)]
    if wanted.get("void"):
        numbers = numbers.filter(voided_at__isnull=False)
    listed = page_of(request, numbers.order_by("-year", "word", "kind", "-serial"))
    may = looks.may("void_number")
    return render(request, "office/papers/numbers.html", {**listed, "form": form, "series": series, "may_void": may})


@access("inspections.void_number")
def number_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a number, with the reason."""
    number = get_object_or_404(queries.visible_numbers(viewer(signed_in(request))), pk=pk)
    form = forms.VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("%(number)s is void. It stays in the list.") % {"number": number.text}
        if act(request, commands.void_number, form=form, done=done, number_id=pk, **form.cleaned_data):
            return redirect("case-papers", number=number.case.number) if number.case else redirect("document-numbers")
        number.refresh_from_db()
        if number.voided_at is not None:
            overtaken.note(form, overtaken.last_hand(signed_in(request), number))
    return render(request, "office/papers/void.html", {"number": number, "form": form}, status=overtaken.status_of(form))
