"""The office pages of joint visits: those that other units lead, joining a case to another and taking it out, who covers what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.cases import joining, queries, shares, standings, uniting
from inspections.cases.forms import SeparateForm
from inspections.cases.models import Case
from inspections.cases.queries import Viewer, viewer
from inspections.cases.states import CaseState
from registries import clock
from registries.pages import act, page_of, signed_in
from registries.people.access import access


@access("inspections.view_joint_cases")
def joint_list(request: HttpRequest) -> HttpResponse:
    """The visits that other units lead and this person's unit has a team on: its own part of each, the next to visit first."""
    user = signed_in(request)
    cases = standings.by_urgency(standings.with_progress(queries.joint_cases(user), user))
    listed = page_of(request, cases)
    today = clock.today()
    rows = [{"case": case, "stands": standings.standing(case, today)} for case in listed["page"]]
    return render(request, "office/cases/joint.html", {**listed, "rows": rows})


@access("inspections.join_case")
@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Make one visit of this case and the earlier one of its subject."""
    case = _followed(request, number)
    act(request, uniting.join_case, case_id=case.pk, done=_("Joined: one visit covers both cases."))
    return redirect("case-page", number=number)


@access("inspections.separate_case")
def separate(request: HttpRequest, number: str) -> HttpResponse:
    """Take a case out of a joint visit, with the reason."""
    case = _followed(request, number)
    if case.state != CaseState.JOINED:
        return redirect("case-page", number=number)
    form = SeparateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("Taken out: each of the two cases has its own visit.")
        if act(request, uniting.separate_case, form=form, done=done, case_id=case.pk, **form.cleaned_data):
            return redirect("case-page", number=number)
    return render(request, "office/cases/separate.html", {"case": case, "form": form}, status=422 if form.errors else 200)


def _followed(request: HttpRequest, number: str) -> Case:
    cases = queries.office_cases(viewer(signed_in(request))).select_related("subject", "joined_to", "draw")
    return get_object_or_404(cases, number=number)


def panel(case: Case, looks: Viewer) -> dict[str, Any]:
    """What the page of a case says of who comes for what; ``part`` is None for who sees the whole."""
    covered = shares.covered_by(case)
    sides = shares.sides(case, covered)
    share = shares.share_of(case, looks, sides)
    covers = share.own if share is not None else sides
    follows = share is None and looks.may("join_case") and looks.keeps(case.unit_id)
    waits = case.state == CaseState.ASSIGNED and share is None
    other = joining.earlier_case(case) if follows and waits else None
    return {
        "share": share,
        "covers": covers,
        "joint": share is not None or len(covers) > 1,
        "joined": [(one, looks.keeps(one.unit_id)) for one in covered[1:]] if share is None else [],
        "awaited": [one.pk for one in queries.matters_awaited(case)] if len(sides) > 1 else [],
        "may_join": other,
        "may_separate": follows and case.joined_to is not None and case.joined_to.state == CaseState.ASSIGNED,
    }
