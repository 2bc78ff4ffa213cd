"""The writer of the check before disclosure, and its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.cases import queries, rules, secrecy, standings
from inspections.cases.forms import SecrecyForm
from inspections.cases.models import Case
from inspections.cases.secrecy import SecrecyCheck
from registries import clock
from registries.ledger.change import Change, Refused, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import Sentence, say
from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.models import User


@command("inspections.check_disclosure")
def check_disclosure(*, actor: User, case_id: int, cleared: bool, remark: str = "") -> Change:
    """Record that the accepted record may be disclosed, or must be kept back and why.

    By another than who inspected or accepted it. A later check takes the place of an earlier one.
    """
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    record = queries.accepted_record(case) if case is not None else None
    if case is None or record is None:
        refuse_now(say("Only a reviewed case can be checked before disclosure."))
    refuse(why_not_check(case, actor) or rules.why_not_keep_back(cleared=cleared, remark=remark))
    made = SecrecyCheck(
        case=case, record=record, cleared=cleared, remark=remark.strip(), checked_by=actor, checked_at=clock.now()
    )
    return created(made)


def why_not_check(case: Case, user: User) -> Sentence | None:
    """Why this person cannot check this case (now), or None."""
    return rules.why_not_check(
        asked=secrecy.asks(case),
        disclosed=Case.objects.filter(pk=case.pk, disclosure__form=standings.WHOLE).exists(),
        had_a_hand=queries.was_on_team(case, user) or secrecy.accepted_by(case) == user.pk,
    )


@access("inspections.check_disclosure")
def check(request: HttpRequest, number: str) -> HttpResponse:
    """The accepted record whole, and whether it may go out."""
    user = signed_in(request)
    looks = queries.viewer(user)
    case = get_object_or_404(standings.with_progress(queries.visible_cases(looks), user), number=number)
    record = queries.accepted_record(case)
    if record is None:
        return redirect("case-page", number=number)
    form = SecrecyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("The check is recorded.")
        if act(request, check_disclosure, form=form, done=done, case_id=case.pk, **form.arguments()):
            return redirect("case-page", number=number)
    why = why_not_check(case, user)
    context = {
        "case": case,
        "record": record,
        "sheets": queries.sheets(case, record),
        "signatures": queries.signatures(record),
        "checks": case.secrecy_checks.select_related("checked_by").order_by("-pk"),
        "closed": Refused(why).sentence if why else "",
        "form": form,
    }
    return render(request, "office/cases/check.html", context, status=422 if form.errors else 200)
