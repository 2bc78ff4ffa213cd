"""The page behind the QR code of a notice: genuine or not, for whoever holds its address; and their request for a recusal.

Until the notice is handed over, and for every wrong address, one and the same answer. Nothing of it is kept by anybody on the way.
"""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inspections.cases.rules import promised_by
from inspections.cases.states import NO_VISIT, CaseState
from inspections.papers import commands, queries, rules
from inspections.papers.forms import RecusalForm
from inspections.papers.models import Notice
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger.change import Refused
from registries.people.access import PUBLIC, access
from registries.people.queries import public_user
from registries.subjects.models import Subject
from registries.subjects.naming import published_name

VISITED = (CaseState.RECORDED, CaseState.REVIEWED, CaseState.CLOSED)


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Kept by nobody, sent on to no other site, found by no search engine: whoever has the address has it from us.

    Not ``no-referrer``: with it browsers send the form with ``Origin: null``, and the form is refused as forged.
    """

    @functools.wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return served


@access(PUBLIC)
@private
@require_http_methods(["GET", "HEAD", "POST"])
def notice_page(request: HttpRequest, address: str) -> HttpResponse:
    """Whether the notice at this address is genuine; a request for a recusal is sent from here."""
    notice = queries.found(address)
    if notice is None:
        return render(request, "public/notices/none.html", status=404)
    standing, officers = _standing(notice)
    form = _form(request, standing, officers)
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            commands.request_recusal(actor=public_user(), address=address, **form.cleaned_data)
            return redirect("public-notice", address=address)
        except Refused as refused:
            form.add_error(None, refused.sentence)
    open_ = standing in ("genuine", "changed")
    context = {
        "standing": standing,
        "open": open_,
        "facts": queries.facts_of(notice),
        "check": rules.spelled_check(queries.facts_of(notice).check),
        "party": published_name(Subject.Kind(notice.case.subject.kind), queries.facts_of(notice).party.name) if open_ else "",
        "case": notice.case,
        "officers": officers,
        "asked": [(one, rules.decided_by(one.asked_at.astimezone(clock.BEIJING).date())) for one in queries.requests_of(notice)] if open_ else [],
        "form": form,
        **_result(notice, standing),
    }
    return render(request, "public/notices/page.html", context, status=422 if form is not None and form.errors else 200)


def _standing(notice: Notice) -> tuple[str, list[queries.OfficerNow]]:
    """``void``, ``called-off``, ``over``, ``changed`` or ``genuine``, and the officers while the visit is to come or going on."""
    if notice.number.voided_at is not None:
        return "void", []
    if notice.case.state in NO_VISIT:
        return "called-off", []
    if notice.case.state in VISITED or notice.case.ended_on is not None:
        return "over", []
    officers = queries.officers_now(notice)
    return ("changed" if queries.team_changed(notice, officers) else "genuine"), officers


def _form(request: HttpRequest, standing: str, officers: list[queries.OfficerNow]) -> RecusalForm | None:
    """The form, while an officer can be replaced: until the visit begins."""
    there = [one for one in officers if one.place is not None]
    if standing not in ("genuine", "changed") or not there or there[0].place is None or there[0].place.case.state != CaseState.ASSIGNED:
        return None
    choices = [(one.officer.number, f"{one.officer.name} {one.officer.certificate}") for one in there]
    return RecusalForm(request.POST if request.method == "POST" else None, officers=choices)


def _result(notice: Notice, standing: str) -> dict[str, str | dt.date | None]:
    """Where the result stands or by when it will, once the visit is over."""
    case = notice.case
    if standing != "over" or case.ended_on is None:
        return {"result_url": None, "result_due": None}
    disclosed = Disclosure.objects.filter(case=case).first()
    url = reverse("public-result", args=[disclosed.public_id]) if disclosed is not None and disclosed.named else None
    due = promised_by(case.ended_on, settings.DISCLOSURE_DAYS) if disclosed is None else None
    return {"result_url": url, "result_due": due}
