"""The writers of objections: sent by the public, taken and answered by somebody who had no part in the case."""

import hashlib
from dataclasses import replace

from inspections.papers.models import DocumentNumber
from inspections.papers.numbering import take_number
from inspections.papers.states import Kind as Paper
from publicity.corrections import queries, rules
from publicity.corrections.models import Objection
from publicity.corrections.states import Kind, Stage
from publicity.corrections.workdays import works
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import Sentence, say
from registries.people.models import User
from registries.people.queries import keeps

TOLD = ("number", "kind", "received_at", "due_on", "by_calendar", "text_sha256", "file_sha256", "claims_inspected")
"""What the ledger says of an objection; never its text, its author or its file."""


@command("publicity.send_objection")
def send_objection(
    *,
    actor: User,
    disclosure_id: int,
    token: str,
    address: str,
    kind: str,
    text: str,
    name: str = "",
    contact: str = "",
    uscc: str = "",
    claims_inspected: bool = False,
    file: bytes = b"",
    file_name: str = "",
) -> Change:
    """Keep what somebody says about a published result, with its number and its last day. ``token`` is the secret part of its address."""
    result = Disclosure.objects.select_for_update(of=("self",), no_key=True).filter(pk=disclosure_id).first()
    if result is None:
        refuse_now(say("There is no such result."))
    refuse(
        rules.why_not_send(
            kind=kind, kinds=Kind.values, named=result.named, removed=result.removed_at is not None, text=text, name=name, contact=contact
        )
    )
    now = clock.now()
    if queries.wait_seconds(result.pk, address, now):
        refuse_now(rules.TOO_MANY)
    today = now.astimezone(clock.BEIJING).date()
    last = rules.due(today, rules.ANSWER_DAYS, rules.ANSWER_CALENDAR_DAYS, works())
    row = Objection(
        number=f"YY-{today.year}-{next_number(f'objection/{today.year}'):04}",
        disclosure=result,
        kind=Kind(kind).value,
        text=text.strip(),
        text_sha256=hashlib.sha256(text.strip().encode()).hexdigest(),
        name=name.strip(),
        contact=contact.strip(),
        uscc=uscc.strip(),
        claims_inspected=claims_inspected or kind == Kind.STATEMENT,
        file=file,
        file_name=file_name[-200:] if file else "",
        file_sha256=hashlib.sha256(file).hexdigest() if file else "",
        token_digest=queries.token_digest(token),
        source=queries.source_of(address, today),
        received_at=now,
        due_on=last.day,
        by_calendar=last.by_calendar,
    )
    row.save(force_insert=True)
    return Change(row, {}, {"disclosure": result.pk, **{name: getattr(row, name) for name in TOLD}})


@command("publicity.take_objection")
def take_objection(*, actor: User, objection_id: int) -> Change:
    """Take an objection to examine, also from a colleague; never as somebody who had a part in the case."""
    row = locked(objection_id, actor)
    refuse(rules.why_not_take(kind=row.kind, state=row.state, on_case=queries.was_on_case(row.disclosure.case, actor)))
    return alter(row, state=Stage.TAKEN.value, handler=actor, taken_at=clock.now())


@command("publicity.answer_objection")
def answer_objection(*, actor: User, objection_id: int, version: int, findings: str, answer: str) -> Change:
    """Decide that the result stands, with a numbered answer that says what was examined."""
    row = locked(objection_id, actor)
    refuse(why_not_decide(row, actor, version=version, findings=findings, answer=answer))
    number = answer_number(row, actor)
    change = alter(
        row, state=Stage.UPHELD.value, findings=findings.strip(), answer=answer.strip(), document=number, decided_at=clock.now()
    )
    return replace(change, also=(number,))


@command("publicity.show_statement")
def show_statement(*, actor: User, objection_id: int) -> Change:
    """Put the inspected's statement beside the result as it was written, numbers of persons starred out."""
    row = locked(objection_id, actor)
    refuse(_why_not_check(row, actor, None))
    now = clock.now()
    shown = row.disclosure.statements.create(objection=row, text=queries.as_shown(row), shown_at=now)
    change = alter(row, state=Stage.SHOWN.value, handler=actor, taken_at=now, decided_at=now)
    return replace(change, also=(shown,))


@command("publicity.refuse_statement")
def refuse_statement(*, actor: User, objection_id: int, reason: str) -> Change:
    """Do not show a statement, with the reason that its author reads."""
    row = locked(objection_id, actor)
    refuse(_why_not_check(row, actor, reason))
    now = clock.now()
    return alter(row, state=Stage.DECLINED.value, handler=actor, taken_at=now, decided_at=now, answer=reason.strip())


def _why_not_check(row: Objection, actor: User, reason: str | None) -> Sentence | None:
    return rules.why_not_check(
        kind=row.kind,
        state=row.state,
        on_case=queries.was_on_case(row.disclosure.case, actor),
        named=row.disclosure.named,
        removed=row.disclosure.removed_at is not None,
        reason=reason,
    )


def why_not_decide(row: Objection, actor: User, *, version: int, findings: str, answer: str) -> Sentence | None:
    """Why this person cannot decide this objection so, or None."""
    return rules.why_not_decide(
        state=row.state,
        handler=row.handler_id,
        actor=actor.pk,
        on_case=queries.was_on_case(row.disclosure.case, actor),
        seen=version,
        now=row.version,
        findings=findings,
        answer=answer,
    )


def answer_number(row: Objection, actor: User) -> DocumentNumber:
    """The number of the answer, in the series of the unit that inspected."""
    case = row.disclosure.case
    return take_number(unit=case.unit, kind=Paper.OBJECTION, actor=actor, now=clock.now(), case=case)


def locked(objection_id: int, actor: User) -> Objection:
    """The objection, its result locked before it; refused to who keeps other units."""
    result = Disclosure.objects.select_for_update(of=("self",), no_key=True).filter(objections=objection_id).first()
    if result is None:
        refuse_now(say("There is no such objection."))
    row = Objection.objects.select_for_update(of=("self",), no_key=True).select_related("disclosure__case__unit").defer("file").get(pk=objection_id)
    if not keeps(actor, row.disclosure.case.unit_id):
        refuse_now(say("There is no such objection."))
    return row


@command("publicity.read_objector")
def read_objector(*, actor: User, objection_id: int, what: str, purpose: str) -> Change:
    """Say that this person reads who sent an objection, or the file that came with it. Nothing changes; the value stands nowhere."""
    return Change(Objection.objects.defer("text", "file", "name", "contact").get(pk=objection_id), {}, {"read": what, "purpose": purpose})
