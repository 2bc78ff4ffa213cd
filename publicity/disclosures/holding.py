"""The writers of holds: asked for by the unit's clerk, granted or refused by a supervisor, lifted by a supervisor."""

import datetime as dt

from inspections.cases.models import Case
from inspections.cases.states import NO_VISIT
from publicity.disclosures import queries, rules
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Hold
from publicity.disclosures.states import HoldState
from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.sentences import Sentence, say
from registries.people.models import User
from registries.people.queries import keeps


@command("publicity.ask_hold")
def ask_hold(*, actor: User, case_id: int, basis: str, reason: str, until: dt.date) -> Change:
    """Ask that the result of a case be held back until a day, on a legal basis. Nothing is held before a supervisor grants it."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    if case is None or not keeps(actor, case.unit_id):
        refuse_now(say("There is no such case in your unit."))
    refuse(_why_not_hold(case, basis=basis, reason=reason, until=until, waiting=case.holds.filter(state=HoldState.SUBMITTED).exists()))
    made = Hold(case=case, basis=basis.strip(), reason=reason.strip(), until=until, asked_by=actor, asked_at=clock.now())
    return created(made)


def _why_not_hold(case: Case, *, basis: str, reason: str, until: dt.date, waiting: bool) -> Sentence | None:
    return rules.why_not_hold(
        until=until,
        today=clock.today(),
        disclosed=Disclosure.objects.filter(case=case).exists(),
        visited=case.state not in NO_VISIT,
        waiting=waiting,
        basis=basis,
        reason=reason,
    )


@command("publicity.grant_hold")
def grant_hold(*, actor: User, hold_id: int, version: int) -> Change:
    """Hold the result back from now on until the last day that was asked for."""
    hold = _locked(hold_id, actor, version)
    refuse(_why_not_hold(hold.case, basis=hold.basis, reason=hold.reason, until=hold.until, waiting=False))
    return alter(hold, state=HoldState.GRANTED.value, decided_by=actor, decided_at=clock.now())


@command("publicity.refuse_hold")
def refuse_hold(*, actor: User, hold_id: int, version: int, reason: str) -> Change:
    """Say no to a hold, with the reason."""
    hold = _locked(hold_id, actor, version, reason)
    return alter(hold, state=HoldState.REFUSED.value, decided_by=actor, decided_at=clock.now(), refused_because=reason.strip())


@command("publicity.lift_hold")
def lift_hold(*, actor: User, hold_id: int, reason: str) -> Change:
    """End a hold before its last day; what is due goes out at once."""
    hold = _of(hold_id)
    in_force = queries.holds_in_force(clock.today()).filter(pk=hold.pk).exists()
    refuse(rules.why_not_lift(in_force=in_force, reason=reason))
    change = alter(hold, lifted_by=actor, lifted_at=clock.now(), lifted_because=reason.strip())
    wake("publicity.publish_case", case_id=hold.case_id)
    return change


def _of(hold_id: int) -> Hold:
    """The hold, with its case locked before it, as publishing locks it."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).filter(holds=hold_id).first()
    if case is None:
        refuse_now(say("There is no such hold."))
    return Hold.objects.select_for_update(of=("self",), no_key=True).select_related("case").get(pk=hold_id)


def _locked(hold_id: int, actor: User, version: int, reason: str | None = None) -> Hold:
    hold = _of(hold_id)
    refuse(
        rules.why_not_decide_hold(
            state=hold.state, asked_by=hold.asked_by_id, actor=actor.pk, seen=version, now=hold.version, reason=reason
        )
    )
    return hold
