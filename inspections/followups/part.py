"""What the page of a case says of its follow-ups, its re-check, its checks before disclosure, and closing it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.parts import Part, part
from inspections.cases.queries import Viewer
from inspections.cases.standings import WHOLE
from inspections.cases.states import CaseState
from inspections.cases.steps import Step
from inspections.followups import queries
from inspections.followups.rules import PROBLEM
from inspections.followups.states import Kind, State
from inspections.followups.steps import case_step
from inspections.followups.views import row_of
from registries.ledger.change import Refused

FOLLOWED = (CaseState.REVIEWED, CaseState.CLOSED)
FLAGGED_IN = (CaseState.ON_SITE, CaseState.RECORDED, CaseState.REVIEWED)


@part
def followups_of(case: Any, looks: Viewer) -> Part | None:
    """The follow-ups of a case with their steps; what is still to be decided; whether it can be closed, or why not."""
    if case.state not in (*FOLLOWED, *FLAGGED_IN) or not looks.may("view_cases"):
        return None
    rows = [row_of(one, looks) for one in queries.of_case(case)]
    reviewed = case.state == CaseState.REVIEWED
    checked = queries.recheck_of(case) if case.draw_id is None else None
    group = case.accepted_group or "" if reviewed and checked is None else ""
    problem = group in PROBLEM
    states = {row["one"].state for row in rows}
    why = queries.why_not_close(case, rows=[row["one"] for row in rows], group=group, checked=checked)
    unfollowed = problem and not states & {State.OPEN, State.DONE}
    steps = [row["step"] for row in sorted(rows, key=lambda row: row["one"].due_on) if row["step"]]
    own = case_step(case, looks, why, unfollowed=unfollowed) if reviewed else None
    context = {
        "followups": rows,
        "recheck": checked,
        "problem": problem,
        "why_open": Refused(why).sentence if why and case.shown_form == WHOLE else "",
        "may_order": problem and looks.may("order_followup"),
        "may_flag": checked is None and case.state in FLAGGED_IN and looks.may("flag_crime") and not _flagged(rows),
    }
    return Part("office/followups/_part.html", context, _one(steps, own), [row["one"] for row in rows])


def _flagged(rows: list[dict[str, Any]]) -> bool:
    return any(row["one"].kind == Kind.CRIME and row["one"].state == State.OPEN for row in rows)


def _one(steps: list[Step], own: Step | None) -> Step | None:
    """The viewer's own step among those of the follow-ups, else that of the case, else whatever waits."""
    offered = [*steps, *([own] if own else [])]
    return next((step for step in offered if step.mine), offered[0] if offered else None)


@part
def check_of(case: Any, looks: Viewer) -> Part | None:
    """The checks before disclosure, where a matter of the case asks for them."""
    if case.state not in FOLLOWED or not looks.may("view_cases") or not case.check_asked:
        return None
    checks = list(case.secrecy_checks.select_related("checked_by").order_by("-pk"))
    wanted = case.shown_form != WHOLE and not (checks and checks[0].cleared)
    step = None
    if wanted:
        title = _("Check before disclosure")
        text = _("The matter asks for a legal and secrecy check by another than who inspected or accepted it.")
        url = reverse("case-check", kwargs={"number": case.number})
        mine = looks.may("check_disclosure") and not case.was_on_team and case.accepted_by != looks.user.pk
        step = Step(title, text, _("Check"), url) if mine else Step(title, text)
    return Part("office/cases/_checks.html", {"checks": checks, "check_wanted": wanted}, step, checks)
