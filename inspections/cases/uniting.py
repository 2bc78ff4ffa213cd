"""The writers of joint visits: join a case to the earlier one of its subject, and take it out again."""

from inspections.cases import joining, rules, states
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from registries import clock
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps, system_user


@command("inspections.join_case")
def join_case(*, actor: User, case_id: int) -> Change:
    """Join a case to the earlier one of its subject: one visit. Its matters and team go over, its number and draw stay."""
    case = Case.objects.select_related("draw").filter(pk=case_id).first()
    other = joining.earlier_case(case) if case is not None else None
    locked = {one.pk: one for one in joining.locked_cases([case_id, *([other.pk] if other else [])])}
    case, other = locked.get(case_id), locked.get(other.pk) if other else None
    if case is None or not (actor == system_user() or keeps(actor, case.unit_id)):
        refuse_now(say("There is no such case among yours."))
    refuse(states.why_not(case.state, "join"))
    if other is None:
        refuse_now(say("No other draw of the month drew this subject, or that visit has begun: there is nothing to join."))
    refuse(
        states.why_not(other.state, "join")
        or rules.why_not_join(whole=joining.is_whole(case) and joining.is_whole(other), moving=joining.is_moving(case) or joining.is_moving(other), other=other.number)
    )
    now = clock.now()
    written = [*joining.go_over(case, other, now), other]
    change = alter(case, state=states.MOVES["join"][1], joined_to=other)
    alter(other)
    return Change(case, change.before, change.after, also=tuple(written))


@command("inspections.separate_case")
def separate_case(*, actor: User, case_id: int, reason: str) -> Change:
    """Take a case out of a joint visit that has not begun: its matters and its team as drawn are its own again."""
    case = Case.objects.filter(pk=case_id).select_related("joined_to").first()
    if case is None or not (keeps(actor, case.unit_id) or (case.joined_to and keeps(actor, case.joined_to.unit_id))):
        refuse_now(say("There is no such case among yours."))
    refuse(None if case.state == CaseState.JOINED else states.TOO_EARLY["separate"])
    locked = {one.pk: one for one in joining.locked_cases([pk for pk in (case.pk, case.joined_to_id) if pk])}
    case = locked[case.pk]
    refuse(rules.why_not_separate(begun=locked[case.joined_to_id or 0].state != CaseState.ASSIGNED, reason=reason))
    written = joining.separated(case, clock.now())
    return Change(case, {"state": CaseState.JOINED.value}, {"state": case.state}, reason.strip(), also=tuple(written[1:]))
