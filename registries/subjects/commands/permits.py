"""Permits of a subject: entered, corrected, ended."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.subjects import rules
from registries.subjects.commands.locks import answering, kept
from registries.subjects.models import Permit


@dataclass(frozen=True)
class PermitTerms:
    """What a permit says."""

    name: str
    number: str
    issuer: str = ""
    issued_on: dt.date | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    long_term: bool = False


@command("registries.save_permit")
def save_permit(*, actor: User, subject_id: int, terms: PermitTerms, permit_id: int | None = None) -> Change:
    """Enter a permit (``permit_id`` None) or correct one. A subject holds a permit of one name and number once (P14)."""
    subject = kept(actor, subject_id)
    values: dict[str, Any] = asdict(terms)
    issuer = values.pop("issuer")
    refuse(rules.why_not_permit(**values, today=clock.today()))
    held = Permit.objects.filter(subject=subject, name=terms.name, number=terms.number).exclude(pk=permit_id or 0).first()
    if held is not None:
        text = say("%(subject)s holds %(name)s %(number)s already.", subject=subject.name, name=held.name, number=held.number)
        refuse_now(text)
    other = Permit.objects.filter(name=terms.name, number=terms.number, ended_on=None).exclude(subject=subject).first()
    if other is not None and not terms_of_merged(other, subject.pk):
        refuse_now(
            say(
                "%(name)s %(number)s is entered for %(subject)s. End it there first, or compare the numbers.",
                name=other.name,
                number=other.number,
                subject=other.subject.name,
            )
        )
    if permit_id is None:
        return created(Permit(subject=subject, recorded_by=actor, issuer=issuer, **values))
    permit = Permit.objects.select_for_update(no_key=True).get(pk=permit_id, subject=subject)
    change = alter(permit, issuer=issuer, **values)
    if not change.after:
        refuse_now(say("Nothing is new in this change."))
    return change


def terms_of_merged(permit: Permit, subject_id: int) -> bool:
    """Whether a permit belongs to an entry that was merged into this one."""
    return permit.subject.merged_into_id == subject_id


@command("registries.end_permit")
def end_permit(*, actor: User, permit_id: int, ended_on: dt.date | None, reason: str) -> Change:
    """A permit was withdrawn, given back or replaced before its last day; it stays in the history with day and reason."""
    permit = Permit.objects.select_for_update(no_key=True).get(pk=permit_id)
    answering(actor, permit.subject_id)
    if permit.ended_on is not None:
        refuse_now(say("This permit ended on %(day)s already.", day=permit.ended_on.isoformat()))
    if not reason.strip():
        refuse_now(say("Say why the permit ended."))
    refuse(rules.why_not_day(ended_on, clock.today()))
    return alter(permit, note=reason, ended_on=ended_on, ended_because=reason)
