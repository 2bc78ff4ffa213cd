"""The pages of replacements in the office: asking for one from the case, and the file of its evidence."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.cases import queries, replacing, rules, shares, states
from inspections.cases.forms import AskForm
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.queries import Viewer, viewer
from inspections.draws.states import REASONS, Reason, Replaced
from registries.evidence import download
from registries.ledger.change import Refused
from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.roles import Role


def choices_for(case: Case, team: list[Assignment], looks: Viewer) -> list[tuple[str, str]]:
    """What this person may ask for of a case: (``whom:reason``, words), those of the subject first."""
    clerk = Role.CLERK in looks.user.role_codes and looks.keeps(case.unit_id)
    offered = [
        (f"subject:{reason}", _("Subject %(name)s: %(why)s") % {"name": case.subject.name, "why": Reason(reason).label})
        for reason in REASONS[Replaced.SUBJECT]
        if rules.may_ask("subject", reason, clerk=clerk, himself=False)
    ]
    for place in team:
        himself = place.inspector.user_id == looks.user.pk
        offered += [
            (f"{place.pk}:{reason}", _("Inspector %(name)s: %(why)s") % {"name": place.inspector.name, "why": Reason(reason).label})
            for reason in REASONS[Replaced.INSPECTOR]
            if rules.may_ask("inspector", reason, clerk=clerk, himself=himself)
        ]
    return offered


def why_not_ask(case: Case) -> str:
    """Why nobody of this case can be replaced (any more), or nothing."""
    if case.drawn_id is None:
        return _("This case was not drawn by lot; there is nobody to step in by a drawn order.")
    why = states.why_not(case.state, "call_off")
    return Refused(why).sentence if why else ""


@access("inspections.ask_replacement")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a replacement. What was typed stays when it is refused; a file must be chosen again."""
    looks = viewer(signed_in(request))
    case = get_object_or_404(queries.visible_cases(looks).select_related("subject", "draw"), number=number)
    choices = choices_for(case, queries.team(case), looks)
    if shares.share_of(case, looks) is not None or (not choices and not why_not_ask(case)):
        raise Http404
    form = AskForm(request.POST or None, request.FILES or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        done = _("Asked. A supervisor decides in the approvals area; until then the case stays as it is.")
        if act(request, replacing.ask_replacement, form=form, done=done, case_id=case.pk, **form.arguments()):
            return redirect("case-page", number=number)
    context = {"case": case, "form": form, "closed": why_not_ask(case), "asked": queries.replacements_of(case)}
    return render(request, "office/cases/replace.html", context, status=422 if form.errors else 200)


@access("inspections.view_cases")
def evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The file of a request, for who may see its case. Downloaded, never shown in place."""
    looks = viewer(signed_in(request))
    cases = queries.visible_cases(looks)
    asked = get_object_or_404(Replacement.objects.select_related("case__unit"), pk=pk, case__in=cases.filter(number=number))
    share = shares.share_of(asked.case, looks)
    if share is not None and not share.replacements([asked], asked.case):
        raise Http404
    return download(bytes(asked.file or b""), f"evidence-{asked.pk}")


def panel(case: Any, team: list[Assignment], looks: Viewer) -> dict[str, Any]:
    """What the page of a case of ``with_progress`` says of replacements: those asked for, who stepped in, whether to ask."""
    asked = queries.replacements_of(case) if case.replacement_asked else []
    may_ask = looks.may("ask_replacement") and bool(choices_for(case, team, looks)) and not why_not_ask(case)
    return {"replacements": asked, "may_ask_replacement": may_ask, "followed_by": queries.case_that_followed(case)}
