"""The writers of follow-ups: order, flag a suspected crime, extend, re-check, conclude, waive; and closing the case.

What is sent and received stands in ``sending.py``.
"""

import datetime as dt
from collections.abc import Sequence

from inspections.cases import queries as case_queries
from inspections.cases import rules as case_rules
from inspections.cases.models import Assignment, Case, CaseMatter
from inspections.cases.opening import new_number
from inspections.cases.states import MOVES, CaseKind
from inspections.followups import letters, queries, rules
from inspections.followups.holding import locked, locked_case, recheck_number, touch, undecided_by
from inspections.followups.models import Extension, FollowUp, Recheck
from inspections.followups.rules import Order
from inspections.followups.states import Kind, State
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.order_followup")
def order_followup(*, actor: User, case_id: int, version: int, order: Order) -> Change:
    """A reviewer orders a rectification, a penalty case or a transfer, because the accepted result has a problem.

    ``version`` is that of the case as the page showed it. Refuses who was on the team.
    """
    case, order = locked_case(case_id, actor, version), order.kept()
    if order.kind not in (Kind.RECTIFICATION, Kind.PENALTY, Kind.TRANSFER):
        refuse_now(say("Choose what is to follow."))
    undecided_by(case, actor)
    refuse(
        rules.why_not_follow(state=case.state, group=queries.group_of(case), rechecks=recheck_number(case))
        or rules.why_not_order(order, clock.today())
    )
    day, now = order.day or clock.today(), clock.now()
    letter = letters.ordered(case, order, actor, now) if order.kind == Kind.RECTIFICATION else None
    filed = day if order.kind == Kind.PENALTY else None
    made = FollowUp(
        case=case,
        kind=order.kind,
        what=order.what,
        number=order.number if letter is None else letter.number.text,
        letter=letter,
        addressee=order.addressee,
        filed_on=filed,
        due_on=filed + dt.timedelta(days=rules.PENALTY_DAYS) if filed else day,
        ordered_by=actor,
        ordered_at=now,
    )
    touch(case)
    return letters.beside(created(made), letter)


@command("inspections.flag_crime")
def flag_crime(*, actor: User, case_id: int, what: str, addressee: str = "") -> Change:
    """Flag a case as suspected crime: within three days a supervisor decides on the transfer. From then on it closes on nothing less."""
    case = locked_case(case_id, actor)
    what, now = what.strip(), clock.now()
    refuse(
        rules.why_not_flag(
            state=case.state,
            what=what,
            open_already=case.followups.filter(kind=Kind.CRIME, state=State.OPEN).exists(),
            rechecks=recheck_number(case),
        )
    )
    made = FollowUp(
        case=case,
        kind=Kind.CRIME.value,
        what=what,
        addressee=addressee.strip(),
        due_on=now.date() + dt.timedelta(days=rules.DECISION_DAYS),
        ordered_by=actor,
        ordered_at=now,
    )
    touch(case)
    return created(made)


@command("inspections.extend_followup")
def extend_followup(*, actor: User, followup_id: int, version: int, due_on: dt.date, reason: str) -> Change:
    """Move the day of a rectification back, with the reason."""
    followup = locked(followup_id, actor, version, "extend")
    undecided_by(followup.case, actor)
    refuse(rules.why_not_extend(day=due_on, due=followup.due_on, today=clock.today(), reason=reason))
    now = clock.now()
    letter = letters.extended(followup, due_on, reason.strip(), actor, now)
    made = Extension(
        followup=followup,
        letter=letter,
        was_due_on=followup.due_on,
        due_on=due_on,
        reason=reason.strip(),
        decided_by=actor,
        decided_at=now,
    )
    made.save(force_insert=True)
    change = alter(followup, due_on=due_on)
    said = {**change.after, "reason": made.reason}
    return letters.beside(Change(followup, change.before, said, also=(made,)), letter)


@command("inspections.open_recheck")
def open_recheck(*, actor: User, followup_id: int, version: int, inspector_ids: Sequence[int]) -> Change:
    """Send inspectors to see whether a rectification was done: a directed visit, with a case and a record of its own.

    On the matters of the case. It comes from no draw and counts to no cap. Refuses inspectors who may not inspect today.
    """
    followup = locked(followup_id, actor, version, "recheck")
    refuse(rules.why_not_recheck(under_way=queries.under_way(followup)))
    origin, now = followup.case, clock.now()
    people = list(Inspector.objects.filter(pk__in=list(inspector_ids)).order_by("name"))
    allowed = {one.pk: leads for one, leads in queries.colleagues(followup, now.date())}
    if any(one.pk not in allowed for one in people):
        refuse_now(say("Choose inspectors of the unit or of the visit who may inspect today."))
    people.sort(key=lambda one: not allowed[one.pk])
    case = Case.objects.create(
        number=new_number(now.year), kind=CaseKind.RECHECK, subject=origin.subject, unit=origin.unit, opened_at=now
    )
    CaseMatter.objects.bulk_create(
        CaseMatter(case=case, revision_id=one.revision_id, position=one.position) for one in origin.matters.order_by("position")
    )
    team = Assignment.objects.bulk_create(
        Assignment(case=case, inspector=one, position=place, assigned_at=now) for place, one in enumerate(people, start=1)
    )
    excluded = case_queries.is_excluded(case, now.date())
    refuse(case_rules.why_not_visit(case_queries.members_on(case, now.date()), excluded=excluded))
    made = Recheck.objects.create(followup=followup, case=case, ordered_by=actor, ordered_at=now)
    change = alter(followup)
    return Change(followup, change.before, {"recheck": case.number}, also=(made, case, *team))


@command("inspections.conclude_rectification")
def conclude_rectification(*, actor: User, followup_id: int, version: int, passed: bool, remark: str = "") -> Change:
    """Settle a rectification by its reviewed re-check: put right, or not, and then something else must follow."""
    followup = locked(followup_id, actor, version, "conclude")
    undecided_by(followup.case, actor)
    refuse(
        rules.why_not_conclude(
            checked=queries.is_checked(followup), group=followup.recheck_group or "", passed=passed, remark=remark
        )
    )
    state = State.DONE if passed else State.FAILED
    return alter(followup, state=state.value, remark=remark.strip(), settled_at=clock.now())


@command("inspections.waive_followup")
def waive_followup(*, actor: User, case_id: int, version: int, reason: str) -> Change:
    """A reviewer decides, with the reason, that nothing (more) follows from a problem."""
    case, now = locked_case(case_id, actor, version), clock.now()
    undecided_by(case, actor)
    refuse(
        rules.why_not_follow(state=case.state, group=queries.group_of(case), rechecks=recheck_number(case))
        or rules.why_not_waive(reason=reason, lines=queries.lines_of(case))
    )
    made = FollowUp(
        case=case,
        kind=Kind.WAIVER.value,
        state=State.DONE.value,
        what=reason.strip(),
        due_on=now.date(),
        ordered_by=actor,
        ordered_at=now,
        settled_at=now,
    )
    touch(case)
    return created(made)


@command("inspections.close_case")
def close_case(*, actor: User, case_id: int) -> Change:
    """结案: the clerk closes a disclosed case from which nothing is left to follow."""
    case = locked_case(case_id, actor)
    checked = queries.recheck_of(case)
    refuse(
        queries.why_not_close(
            case,
            rows=list(case.followups.order_by("pk")),
            group="" if checked is not None else queries.group_of(case),
            checked=checked,
        )
    )
    return alter(case, state=MOVES["close"][1])
