"""不在检查范围: taking a subject out of scope by law, and the end of that."""

import datetime as dt

from registries import clock
from registries.ledger.change import Change, alter, created, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.subjects.commands.locks import answering, kept
from registries.subjects.models import Exclusion


@command("registries.record_exclusion")
def record_exclusion(
    *, actor: User, subject_id: int, basis: str, reason: str, starts_on: dt.date | None, ends_on: dt.date | None
) -> Change:
    """From ``starts_on`` on the subject can be neither drawn nor inspected; needs the legal basis and the reason."""
    subject = kept(actor, subject_id)
    if not basis.strip() or not reason.strip():
        refuse_now(say("An exclusion has its legal basis and its reason."))
    if starts_on is None:
        refuse_now(say("Give the day."))
    if ends_on is not None and ends_on < starts_on:
        refuse_now(say("The last day lies before the first (%(first)s).", first=starts_on.isoformat()))
    if Exclusion.objects.filter(subject=subject, basis=basis, starts_on=starts_on).exists():
        refuse_now(say("The same exclusion from this day stands already."))
    return created(
        Exclusion(subject=subject, basis=basis, reason=reason, starts_on=starts_on, ends_on=ends_on, recorded_by=actor)
    )


@command("registries.end_exclusion")
def end_exclusion(*, actor: User, exclusion_id: int, ends_on: dt.date | None, reason: str) -> Change:
    """Set the last day of an exclusion, today at the earliest of its days that are over; with the reason."""
    exclusion = Exclusion.objects.select_for_update(no_key=True).get(pk=exclusion_id)
    answering(actor, exclusion.subject_id)
    today = clock.today()
    if exclusion.ends_on is not None and exclusion.ends_on < today:
        refuse_now(say("This exclusion ended on %(day)s already.", day=exclusion.ends_on.isoformat()))
    if ends_on is None:
        refuse_now(say("Give the day."))
    earliest = max(exclusion.starts_on, today - dt.timedelta(days=1))
    if ends_on < earliest:
        refuse_now(say("An exclusion ends on %(day)s at the earliest; what was, was.", day=earliest.isoformat()))
    if not reason.strip():
        refuse_now(say("Say why it ends."))
    return alter(exclusion, note=reason, ends_on=ends_on)
