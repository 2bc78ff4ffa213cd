"""The rows that a command on a follow-up locks and looks at first: its case, itself, whose they are."""

from typing import Any, NoReturn

from inspections.cases import queries as case_queries
from inspections.cases.models import Case
from inspections.followups import queries, rules, states
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind
from registries.ledger.change import alter, refuse, refuse_now
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps


def no_such() -> NoReturn:
    """The same words whether there is none or the person may not know of it."""
    refuse_now(say("There is no such case in your unit."))


def locked_case(case_id: int, actor: User, version: int | None = None) -> Case:
    """The case, locked, if the actor keeps its unit; with ``version``, as they have seen it."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("unit").filter(pk=case_id).first()
    if case is None or not keeps(actor, case.unit_id):
        no_such()
    if version is not None and version != case.version:
        refuse_now(rules.CHANGED)
    return case


def touch(case: Case) -> None:
    """Whoever has an older page of this case open is told before they add to it."""
    alter(case)


def undecided_by(case: Case, actor: User) -> None:
    """Refuse who was on the team of the case or of one of its re-checks: they do not decide what follows."""
    hand = case_queries.was_on_team(case, actor)
    hand = hand or Case.objects.filter(recheck__followup__case=case, assignments__inspector__user=actor).exists()
    refuse(rules.why_not_decide(was_on_team=hand))


def locked(followup_id: int, actor: User, version: int, move: str) -> Any:
    """The follow-up of ``with_rechecks`` with its case locked first; refused in the wrong state or seen otherwise."""
    found = FollowUp.objects.filter(pk=followup_id).values_list("case", flat=True).first()
    if found is None:
        no_such()
    locked_case(found, actor)
    followup = queries.with_rechecks(FollowUp.objects.filter(pk=followup_id)).get()
    refuse(states.why_not(followup.kind, followup.state, move))
    if version != followup.version:
        refuse_now(rules.CHANGED)
    if followup.kind == Kind.RECTIFICATION and followup.letter is not None and followup.is_void and move != "issue":
        refuse_now(rules.why_void(followup.letter.number.text))
    return followup


def recheck_number(case: Case) -> str:
    """The number of the case that this one re-checks, or nothing."""
    found = queries.recheck_of(case)
    return found.followup.case.number if found is not None else ""
