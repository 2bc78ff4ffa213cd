"""Writing what belongs to an inspector: certificates, leave, declared conflicts."""

import datetime as dt
from typing import Any

from registries import clock
from registries.inspectors import queries, rules
from registries.inspectors.commands.entries import locked
from registries.inspectors.models import Certificate, Inspector, Leave, Recusal
from registries.inspectors.rules import Away
from registries.ledger.change import Change, alter, created, leaving, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.save_certificate")
def save_certificate(
    *,
    actor: User,
    inspector_id: int,
    kind: str,
    number: str,
    valid_from: dt.date,
    valid_until: dt.date,
    issuer: str = "",
    certificate_id: int | None = None,
) -> Change:
    """Add a certificate, or renew one (its number may stay). Refuses one that is ended and a number of somebody else's."""
    inspector = locked(actor, inspector_id)
    refuse(rules.why_not_span(valid_from, valid_until))
    if Certificate.objects.filter(kind=kind, number=number).exclude(pk=certificate_id or 0).exists():
        refuse_now(say("This certificate is on record already."))
    values: dict[str, Any] = {"kind": kind, "number": number, "issuer": issuer, "valid_from": valid_from, "valid_until": valid_until}
    if certificate_id is None:
        return created(Certificate(inspector=inspector, **values))
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate_id, inspector=inspector)
    if certificate.ended_on is not None:
        refuse_now(say("This certificate was withdrawn. Add the new one."))
    return alter(certificate, **values)


@command("registries.end_certificate")
def end_certificate(*, actor: User, certificate_id: int, reason: str) -> Change:
    """Withdraw a certificate from today on, with the reason."""
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate_id)
    locked(actor, certificate.inspector_id)
    today = clock.today()
    ended = certificate.ended_on is not None
    refuse(rules.why_not_end(ended=ended, day=today, starts_on=min(today, certificate.valid_from), reason=reason))
    return alter(certificate, ended_on=today, ended_because=reason.strip())


@command("registries.record_leave")
def record_leave(
    *, actor: User, inspector_id: int, kind: str, starts_on: dt.date, ends_on: dt.date, remarks: str = "", leave_id: int | None = None
) -> Change:
    """Record a leave, or change one. Refuses one that overlaps another."""
    inspector = locked(actor, inspector_id)
    others = inspector.leaves.exclude(pk=leave_id or 0).values_list("starts_on", "ends_on")
    refuse(rules.why_not_leave(Away(starts_on, ends_on), [Away(*one) for one in others]))
    values: dict[str, Any] = {"kind": kind, "starts_on": starts_on, "ends_on": ends_on, "remarks": remarks}
    if leave_id is None:
        return created(Leave(inspector=inspector, **values))
    return alter(Leave.objects.select_for_update(no_key=True).get(pk=leave_id, inspector=inspector), **values)


@command("registries.cancel_leave")
def cancel_leave(*, actor: User, leave_id: int) -> Change:
    """Take a leave back that has not begun; one that has is ended yesterday, so that the inspector is back today."""
    leave = Leave.objects.select_for_update(no_key=True).select_related("inspector").get(pk=leave_id)
    inspector = locked(actor, leave.inspector_id)
    today = clock.today()
    if leave.ends_on < today:
        refuse_now(say("This leave is over."))
    if leave.starts_on < today:
        return alter(leave, ends_on=today - dt.timedelta(days=1))
    gone, told = leaving([leave]), f"{leave.starts_on} – {leave.ends_on}"
    leave.delete()
    return Change(inspector, {"leave": told}, {"leave": ""}, gone=gone)


@command("registries.record_recusal")
def record_recusal(
    *,
    actor: User,
    inspector_id: int,
    whom: str,
    relation: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    relative: str = "",
) -> Change:
    """Record a conflict between an inspector and ``whom`` (number, credit code or name)."""
    return _declared(actor, locked(actor, inspector_id), whom, relation, starts_on, ends_on, relative)


@command("registries.declare_own_recusal")
def declare_own_recusal(
    *, actor: User, whom: str, relation: str, starts_on: dt.date, ends_on: dt.date | None = None, relative: str = ""
) -> Change:
    """The inspector declares a conflict of their own. Refuses an account that is joined to no entry."""
    inspector = Inspector.objects.select_for_update(no_key=True).filter(user=actor).first()
    if inspector is None:
        refuse_now(say("Your account is joined to no entry of the inspector registry."))
    return _declared(actor, inspector, whom, relation, starts_on, ends_on, relative)


def _declared(
    actor: User, inspector: Inspector, whom: str, relation: str, starts_on: dt.date, ends_on: dt.date | None, relative: str
) -> Change:
    """Write a conflict: with the one subject that is meant, or with a name that the registry does not know (yet)."""
    refuse(rules.why_not_span(starts_on, ends_on))
    subject = queries.subject_meant(whom)
    same = {"subject": subject} if subject is not None else {"organisation": whom}
    today = clock.today()
    standing = [one for one in inspector.recusals.filter(**same) if one.ends_on is None or one.ends_on >= today]
    if standing:
        refuse_now(say("This conflict is declared already."))
    return created(
        Recusal(
            inspector=inspector,
            relation=relation,
            relative=relative,
            starts_on=starts_on,
            ends_on=ends_on,
            declared_by=actor,
            declared_at=clock.now(),
            **same,
        )
    )


@command("registries.end_recusal")
def end_recusal(*, actor: User, recusal_id: int, ends_on: dt.date, reason: str) -> Change:
    """End a conflict with a last day and the reason. Who declared it for themselves does not end it."""
    recusal = Recusal.objects.select_for_update(no_key=True).select_related("inspector").get(pk=recusal_id)
    inspector = locked(actor, recusal.inspector_id)
    if inspector.user_id == actor.pk:
        refuse_now(say("Nobody ends a conflict of their own. Ask a colleague."))
    ended = recusal.ends_on is not None and recusal.ends_on < clock.today()
    refuse(rules.why_not_end(ended=ended, day=ends_on, starts_on=recusal.starts_on, reason=reason))
    return alter(recusal, ends_on=ends_on, ended_because=reason.strip())
