"""The writers of changes: proposed by one person, approved or returned by another; and results whose term is over."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import models

from inspections.cases.models import Case
from publicity.corrections import commands, queries, rules
from publicity.corrections.cleaning import cleaned, plain
from publicity.corrections.models import Objection, Proposal
from publicity.corrections.states import ProposalState, Stage, What
from publicity.corrections.workdays import works
from publicity.disclosures.masking import why_not_publish
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.states import Because, Removed
from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps

RECORD_STANDS = "现场检查笔录经签名后不再改动，本次更正以公示内容为准。"
"""What a version adds to its explanation where the signed record itself errs; the public reads it, in Chinese like the rest of the text."""


@command("publicity.propose_correction")
def propose_correction(
    *,
    actor: User,
    disclosure_id: int,
    version: int,
    values: Mapping[str, Any],
    explanation: str,
    because: str = Because.ERROR.value,
    record_wrong: bool = False,
    objection_id: int | None = None,
    objection_version: int = 0,
    findings: str = "",
    answer: str = "",
) -> Change:
    """Propose other values of copied columns. Nothing changes before a supervisor approves.

    ``version``: the one that was looked at. Refuses columns that are not on the list, texts that still hold a number of a person, and
    values that change nothing. For an objection its handler proposes, with the answer that goes out when it is approved.
    """
    result, objection = _start(disclosure_id, actor, version, explanation, objection_id)
    if objection is None and because not in (Because.ERROR, Because.FOLLOWED):
        refuse_now(say("Choose why the result is corrected."))
    changed = cleaned(result, values)
    refuse(why_not_publish(" ".join([explanation, *(str(value) for value in changed.values())])))
    row = Proposal(
        disclosure=result,
        what=What.CORRECTION.value,
        because=Because.OBJECTION.value if objection else Because(because).value,
        objection=objection,
        base=result.version,
        values=plain(changed),
        was=plain({name: getattr(result, name) for name in changed}),
        explanation=explanation.strip(),
        record_wrong=record_wrong,
        asked_by=actor,
        asked_at=clock.now(),
    )
    return _proposed(row, objection, actor, objection_version, findings, answer)


@command("publicity.propose_withdrawal")
def propose_withdrawal(
    *,
    actor: User,
    disclosure_id: int,
    version: int,
    event_on: dt.date,
    basis: str,
    explanation: str,
    objection_id: int | None = None,
    objection_version: int = 0,
    findings: str = "",
    answer: str = "",
) -> Change:
    """Propose that a result goes, because of an event (a penalty annulled, say) from which three working days count."""
    result, objection = _start(disclosure_id, actor, version, explanation, objection_id)
    published_on = result.published_at.astimezone(clock.BEIJING).date()
    refuse(
        rules.why_not_withdraw(basis=basis, event_on=event_on, published_on=published_on, today=clock.today())
        or why_not_publish(f"{basis} {explanation}")
    )
    last = rules.due(event_on, rules.WITHDRAWAL_DAYS, rules.WITHDRAWAL_CALENDAR_DAYS, works())
    row = Proposal(
        disclosure=result,
        what=What.WITHDRAWAL.value,
        because=Because.OBJECTION.value if objection else Because.ERROR.value,
        objection=objection,
        base=result.version,
        explanation=explanation.strip(),
        basis=basis.strip(),
        event_on=event_on,
        due_on=last.day,
        by_calendar=last.by_calendar,
        asked_by=actor,
        asked_at=clock.now(),
    )
    return _proposed(row, objection, actor, objection_version, findings, answer)


def _start(
    disclosure_id: int, actor: User, version: int, explanation: str, objection_id: int | None
) -> tuple[Disclosure, Objection | None]:
    """The result, locked, and the objection behind it, locked after it."""
    result = Disclosure.objects.select_for_update(of=("self",), no_key=True).select_related("case__subject").filter(pk=disclosure_id).first()
    if result is None or not keeps(actor, result.case.unit_id):
        refuse_now(say("There is no such result in your unit."))
    waiting = queries.waiting_proposals().filter(disclosure=result).exists()
    refuse(
        rules.why_not_propose(
            removed=result.removed_at is not None, waiting=waiting, seen=version, now=result.version, explanation=explanation
        )
    )
    if objection_id is None:
        return result, None
    objection = commands.locked(objection_id, actor)
    if objection.disclosure_id != result.pk:
        refuse_now(say("There is no such objection."))
    return result, objection


def _proposed(row: Proposal, objection: Objection | None, actor: User, version: int, findings: str, answer: str) -> Change:
    """Save the proposal; the objection behind it waits with it, its answer written already."""
    if objection is None:
        return created(row)
    refuse(commands.why_not_decide(objection, actor, version=version, findings=findings, answer=answer))
    alter(objection, state=Stage.PROPOSED.value, findings=findings.strip(), answer=answer.strip())
    return replace(created(row), also=(objection,))


@command("publicity.approve_proposal")
def approve_proposal(*, actor: User, proposal_id: int, version: int) -> Change:
    """Make the change: another version at the same address, or the notice in its place; and answer the objection behind it."""
    row = _locked(proposal_id)
    result = row.disclosure
    refuse(
        rules.why_not_approve(
            state=row.state,
            asked_by=row.asked_by_id,
            actor=actor.pk,
            on_case=queries.was_on_case(result.case, actor),
            seen=version,
            now=row.version,
        )
    )
    if result.version != row.base or result.removed_at is not None:
        refuse_now(say("The result was changed meanwhile. Return this, and have it proposed again."))
    made = _withdrawn(row) if row.what == What.WITHDRAWAL else _corrected(row)
    answered = _answered(row, actor)
    change = alter(row, state=ProposalState.APPROVED.value, decided_by=actor, decided_at=clock.now())
    return replace(change, also=(*made, *answered))


def _corrected(row: Proposal) -> tuple[models.Model, ...]:
    result, now = row.disclosure, clock.now()
    columns: dict[str, Any] = result.copied() | cleaned(result, row.values)
    told = f"{row.explanation}{RECORD_STANDS if row.record_wrong else ''}"
    made = DisclosureVersion.objects.create(
        disclosure=result, number=result.version + 1, because=row.because, explanation=told, made_at=now, **columns
    )
    alter(result, version=made.number, changed_at=now, **columns)
    return result, made


def _withdrawn(row: Proposal) -> tuple[models.Model, ...]:
    return _gone(row.disclosure, Removed.WITHDRAWN, basis=row.basis, explanation=row.explanation)


def _gone(result: Disclosure, because: Removed, *, basis: str = "", explanation: str = "") -> tuple[models.Model, ...]:
    now = clock.now()
    made = Removal.objects.create(disclosure=result, because=because.value, basis=basis, explanation=explanation, removed_at=now)
    alter(result, removed_at=now, changed_at=now, version=result.version)
    return result, made


def _answered(row: Proposal, actor: User) -> tuple[models.Model, ...]:
    if row.objection is None:
        return ()
    number = commands.answer_number(row.objection, actor)
    stage = Stage.WITHDRAWN if row.what == What.WITHDRAWAL else Stage.CORRECTED
    alter(row.objection, state=stage.value, document=number, decided_at=clock.now())
    return row.objection, number


@command("publicity.return_proposal")
def return_proposal(*, actor: User, proposal_id: int, version: int, reason: str) -> Change:
    """Say no, with the reason; the result stays as it is, and an objection goes back to its handler."""
    row = _locked(proposal_id)
    refuse(
        rules.why_not_approve(
            state=row.state, asked_by=row.asked_by_id, actor=actor.pk, on_case=False, seen=version, now=row.version
        )
        or rules.why_not_return(reason)
    )
    also: tuple[models.Model, ...] = ()
    if row.objection is not None:
        alter(row.objection, state=Stage.TAKEN.value)
        also = (row.objection,)
    change = alter(
        row, state=ProposalState.RETURNED.value, decided_by=actor, decided_at=clock.now(), returned_because=reason.strip()
    )
    return replace(change, also=also)


def _locked(proposal_id: int) -> Proposal:
    """The proposal; its result and its objection are locked before it, as everywhere."""
    result = Disclosure.objects.select_for_update(of=("self",), no_key=True).filter(proposals=proposal_id).first()
    if result is None:
        refuse_now(say("There is no such change."))
    objection = Objection.objects.select_for_update(of=("self",), no_key=True).defer("file").filter(proposals=proposal_id).first()
    row = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal_id)
    result.case = Case.objects.select_related("unit", "subject").get(pk=result.case_id)
    row.disclosure = result
    if objection is not None:
        objection.disclosure = result
    row.objection = objection
    return row


@command("publicity.take_down_over")
def take_down_over(*, actor: User, disclosure_id: int) -> Change:
    """Take down a result after its last day on line (five years; natural persons two)."""
    result = Disclosure.objects.select_for_update(of=("self",), no_key=True).get(pk=disclosure_id)
    refuse(rules.why_not_take_down(removed=result.removed_at is not None, shown_until=result.shown_until, today=clock.today()))
    _result, made = _gone(result, Removed.TERM)
    return Change(result, {"removed_at": None}, {"removed_at": result.removed_at}, also=(made,))
