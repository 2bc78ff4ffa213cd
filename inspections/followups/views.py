"""The office pages of follow-ups: the open ones by their day, one follow-up with its step, ordering one, waiving, closing a case."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.cases import queries as case_queries
from inspections.cases.models import Case
from inspections.cases.queries import Viewer, viewer
from inspections.followups import commands, letters, queries, sending
from inspections.followups import forms as shapes
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind, State
from inspections.followups.steps import standing, step_of
from registries import clock, overtaken
from registries.ledger.change import Change, Refused
from registries.ledger.telling import history_told
from registries.overtaken import Seen
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.models import Unit


def row_of(followup: Any, looks: Viewer) -> dict[str, Any]:
    """A follow-up as a list shows it: where it stands, how long still, its step for this person."""
    stands = standing(followup, clock.now())
    left = Refused(stands.countdown).sentence if stands.countdown else ""
    return {"one": followup, "stands": stands, "left": left, "step": step_of(followup, looks)}


@access("inspections.view_cases")
def followup_list(request: HttpRequest) -> HttpResponse:
    """Open follow-ups of the units this person keeps, the earliest due first."""
    looks, today = viewer(signed_in(request)), clock.today()
    offered = Unit.objects.filter(cases__followups__state=State.OPEN).distinct() if looks.units is None else None
    form = shapes.FollowUpFilter(request.GET or None, units=offered)
    rows = queries.open_followups(looks)
    late = rows.filter(due_on__lt=today).count()
    if form.is_valid():
        rows = rows.filter(**form.conditions(today))
        if words := form.cleaned_data["q"]:
            rows = rows.filter(Q(case__number__icontains=words) | Q(case__subject__name__icontains=words))
    listed = page_of(request, rows)
    context = {**listed, "form": form, "rows": [row_of(one, looks) for one in listed["page"]], "late": late}
    return render(request, "office/followups/list.html", context)


@access("inspections.view_cases")
def followup_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One follow-up: what was ordered, how it stands, its history, and the forms that this person may send."""
    looks = viewer(signed_in(request))
    followup: Any = get_object_or_404(queries.visible_followups(looks), pk=pk)
    sent = request.POST.get("act", "") if request.method == "POST" else ""
    bound = None
    if sent:
        _name, _title, make, run = next((one for one in _acts(followup, looks, sent) if one[0] == sent), NO_ACT)
        bound = make(request.POST)
        if bound.is_valid() and run(request, bound):
            return _after(sent, followup)
        followup = get_object_or_404(queries.visible_followups(looks), pk=pk)
        overtaken.renewed(bound, followup.version)
    shown = [(name, title, bound if name == sent else make(None)) for name, title, make, _run in _acts(followup, looks)]
    context = {
        **row_of(followup, looks),
        "acts": shown,
        "form": bound,
        "typed": [] if sent in {name for name, _title, _form in shown} else overtaken.typed(bound),
        "letters": letters.of(followup),
        "extensions": followup.extensions.select_related("decided_by", "letter__number"),
        "rechecks": followup.rechecks.select_related("case", "ordered_by"),
        "history": history_told(followup),
    }
    return render(request, "office/followups/page.html", context, status=overtaken.status_of(bound))


def _after(name: str, followup: Any) -> HttpResponse:
    if name == "conclude":
        return redirect("case-page", number=followup.case.number)
    return redirect("followup", pk=followup.pk)


Act = tuple[str, str, Callable[[Any], forms.Form], Callable[[HttpRequest, Any], Change | None]]


def _no_such(*_sent: Any) -> Any:
    raise Http404


NO_ACT: Act = ("", "", _no_such, _no_such)


def _acts(followup: Any, looks: Viewer, sent: str = "") -> list[Act]:
    """The forms of a follow-up that this person may send now: its step first, then an extension; and what was ``sent``, from a page of before."""
    opened = followup.state == State.OPEN
    own = looks.keeps(followup.case.unit_id)
    going_on, checked = queries.under_way(followup), queries.is_checked(followup)
    awaited = followup.kind == Kind.CRIME and followup.decided_at is None
    transfer = followup.kind in (Kind.TRANSFER, Kind.CRIME) and not awaited
    wanted: list[tuple[bool, str, str, str, type[forms.Form], Callable[..., Change]]] = [
        (checked and not followup.is_void, "conclude", "conclude_rectification", _("Conclude the rectification"), shapes.ConcludeForm, commands.conclude_rectification),
        (
            own and followup.kind == Kind.RECTIFICATION and not going_on and not followup.is_void,
            "recheck", "open_recheck", _("Send a re-check") if not checked else _("Send another re-check"), shapes.RecheckForm,
            commands.open_recheck,
        ),
        (own and followup.kind == Kind.PENALTY, "penalty", "record_penalty", _("Record the penalty decision"), shapes.DecisionForm, sending.record_penalty),
        (
            own and followup.sent_at is None and (followup.is_void or (transfer and not followup.is_issued)),
            "issue", "issue_letter", _("Issue the order again") if followup.kind == Kind.RECTIFICATION else _("Make the letter"),
            shapes.IssueForm, sending.issue_letter,
        ),
        (own and transfer and followup.sent_at is None and followup.letter is not None and not followup.is_void, "send", "send_followup", _("Record that it was sent"), shapes.SendForm, sending.send_followup),
        (own and transfer and followup.sent_at is not None, "receive", "record_receipt", _("Record the receipt"), shapes.ReceiptForm, sending.record_receipt),
        (followup.kind == Kind.RECTIFICATION and not followup.is_void, "extend", "extend_followup", _("Extend the term"), shapes.ExtendForm, commands.extend_followup),
    ]  # fmt: skip
    return [
        (name, title, _form(name, form, followup), _runner(command, followup))
        for fits, name, right, title, form, command in wanted
        if (name == sent or (opened and fits)) and looks.may(right)
    ]


def _form(name: str, form: type[forms.Form], followup: Any) -> Callable[[Any], forms.Form]:
    initial: dict[str, Any] = {"version": followup.version}
    offered: dict[str, Any] = {"offered": queries.colleagues(followup, clock.today())} if name == "recheck" else {}
    if name == "issue":
        offered["to_subject"] = followup.kind == Kind.RECTIFICATION
        initial |= letters.suggested(followup)
    return lambda data: form(data, initial=initial, prefix=name, **offered)


def _runner(command: Callable[..., Change], followup: FollowUp) -> Callable[[HttpRequest, Any], Change | None]:
    def run(request: HttpRequest, form: Any) -> Change | None:
        arguments = form.arguments() if hasattr(form, "arguments") else form.cleaned_data
        seen = Seen(followup, arguments["version"])
        return act(request, command, form=form, done=_("Recorded."), shown=seen, followup_id=followup.pk, **arguments)

    return run


def _case(request: HttpRequest, number: str) -> Any:
    """The case, or no such page for whoever may not follow it."""
    looks = viewer(signed_in(request))
    return get_object_or_404(case_queries.office_cases(looks).select_related("subject", "unit"), number=number)


@access("inspections.order_followup")
def followup_new(request: HttpRequest, number: str) -> HttpResponse:
    """Choose what follows, then say what, by when and under which number."""
    case = _case(request, number)
    kind = request.GET.get("kind", "")
    shape = shapes.ORDERS.get(kind)
    initial = {"version": case.version}
    if kind == Kind.RECTIFICATION:
        initial["basis"] = letters.basis_of(case)
    form = shape(request.POST or None, initial=initial) if shape else None
    if form is not None and request.method == "POST" and form.is_valid():
        arguments = {"case_id": case.pk, "version": form.cleaned_data["version"], "order": form.order()}
        done = _("Ordered. It stands on the desk of the unit.")
        if act(request, commands.order_followup, form=form, done=done, shown=_seen(case, form.cleaned_data["version"]), **arguments):
            return redirect("case-page", number=number)
    if form is not None and form.is_bound:
        overtaken.renewed(form, overtaken.version_now(case))
    context = {
        "case": case,
        "record": case_queries.accepted_record(case),
        "kinds": [(one, Kind(one).label) for one in shapes.ORDERS],
        "kind": kind if shape else "",
        "form": form,
        "may_waive": signed_in(request).has_perm("inspections.waive_followup"),
    }
    return render(request, "office/followups/new.html", context, status=overtaken.status_of(form))


def _seen(case: Case, version: int) -> Seen:
    """The case as the page showed it; what was done to its follow-ups was done to it."""
    return Seen(case, version, tuple(case.followups.all()))


def _simple(request: HttpRequest, number: str, form: Any, run: Callable[..., Change], words: dict[str, str]) -> HttpResponse:
    """A page with one form about a case."""
    case = _case(request, number)
    asked = request.method == "POST" and form.is_valid()
    seen = _seen(case, form.cleaned_data["version"]) if asked and "version" in form.cleaned_data else None
    if asked and act(request, run, form=form, done=words["done"], shown=seen, case_id=case.pk, **form.cleaned_data):
        return redirect("case-page", number=number)
    if form.is_bound:
        overtaken.renewed(form, overtaken.version_now(case))
    context = {"case": case, "form": form, **words}
    return render(request, "office/followups/simple.html", context, status=overtaken.status_of(form))


@access("inspections.waive_followup")
def waive(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing follows, and why."""
    form = shapes.WaiverForm(request.POST or None, initial={"version": _case(request, number).version})
    words = {
        "title": _("Waive a follow-up"),
        "text": _("A problem was found, and nothing (more) is to follow. The reason stands in the file and cannot be taken back."),
        "label": _("Waive it"),
        "done": _("Waived. The reason stands in the file."),
    }
    return _simple(request, number, form, commands.waive_followup, words)


@access("inspections.flag_crime")
def flag(request: HttpRequest, number: str) -> HttpResponse:
    """Flag a suspected crime."""
    words = {
        "title": _("Flag a suspected crime"),
        "text": _("A supervisor decides within three days; then it must be sent within 24 hours. The case cannot be closed before, on a penalty neither."),
        "label": _("Flag the case"),
        "done": _("Flagged. A supervisor decides in the approvals area."),
    }
    return _simple(request, number, shapes.CrimeForm(request.POST or None), commands.flag_crime, words)


@access("inspections.close_case")
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """结案."""
    case: Case = _case(request, number)
    act(request, commands.close_case, case_id=case.pk, done=_("The case is closed."))
    return redirect("case-page", number=number)
