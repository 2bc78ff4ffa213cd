"""Signals: complaints with their outcome, violations. Neither is ever deleted; both count in draws by the published table."""

import datetime as dt

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.subjects import rules
from registries.subjects.commands.locks import answering, kept
from registries.subjects.models import Complaint, Violation
from registries.subjects.queries import why_not_inspect


@command("registries.record_complaint")
def record_complaint(*, actor: User, subject_id: int, received_on: dt.date | None, channel: str, content: str) -> Change:
    """A complaint was received. It counts when it is upheld. Refused for an excluded subject, and the attempt recorded."""
    subject = kept(actor, subject_id)
    today = clock.today()
    refuse(why_not_inspect(subject.pk, today) or rules.why_not_day(received_on, today))
    if received_on is None or not channel.strip() or not content.strip():
        refuse_now(say("Say which way the complaint came and what it says."))
    if Complaint.objects.filter(subject=subject, received_on=received_on, content=content).exists():
        refuse_now(say("The same complaint of this day stands already."))
    return created(
        Complaint(subject=subject, received_on=received_on, channel=channel, content=content, recorded_by=actor)
    )


@command("registries.decide_complaint")
def decide_complaint(*, actor: User, complaint_id: int, upheld: bool, decided_on: dt.date | None, decision: str) -> Change:
    """A complaint was looked into: upheld or not, on which day, and what was found. Decided once."""
    complaint = Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
    answering(actor, complaint.subject_id)
    if complaint.upheld is not None:
        refuse_now(say("This complaint was decided already."))
    if not decision.strip():
        refuse_now(say("Say what was found."))
    refuse(rules.why_not_day(decided_on, clock.today()))
    if decided_on is not None and decided_on < complaint.received_on:
        refuse_now(say("It was received on %(day)s, later than that.", day=complaint.received_on.isoformat()))
    return alter(complaint, note=decision, upheld=upheld, decided_on=decided_on, decision=decision)


@command("registries.record_violation")
def record_violation(
    *, actor: User, subject_id: int, found_on: dt.date | None, facts: str, document_number: str, serious: bool
) -> Change:
    """A violation was established. A serious one counts for 24 months. Needs the number of the decision.

    Refused for an excluded subject, like a complaint.
    """
    subject = kept(actor, subject_id)
    today = clock.today()
    refuse(why_not_inspect(subject.pk, today) or rules.why_not_day(found_on, today))
    if found_on is None or not facts.strip() or not document_number.strip():
        refuse_now(say("Say what was established and give the number of the decision."))
    if Violation.objects.filter(subject=subject, found_on=found_on, document_number=document_number).exists():
        refuse_now(say("The decision %(number)s of this day stands already.", number=document_number))
    return created(
        Violation(
            subject=subject,
            found_on=found_on,
            facts=facts,
            document_number=document_number,
            serious=serious,
            recorded_by=actor,
        )
    )


@command("registries.withdraw_violation")
def withdraw_violation(*, actor: User, violation_id: int, withdrawn_on: dt.date | None, reason: str) -> Change:
    """The decision was lifted, or belonged to another: it stays readable and counts no more."""
    violation = Violation.objects.select_for_update(no_key=True).get(pk=violation_id)
    answering(actor, violation.subject_id)
    if violation.withdrawn_on is not None:
        refuse_now(say("This violation was withdrawn already."))
    if not reason.strip():
        refuse_now(say("Say why it is withdrawn."))
    refuse(rules.why_not_day(withdrawn_on, clock.today()))
    return alter(violation, note=reason, withdrawn_on=withdrawn_on, withdrawn_because=reason)
