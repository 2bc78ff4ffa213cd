"""The writers of what leaves the unit: the penalty's decision, an order or letter issued, a transfer sent and received, the decision on a criminal transfer."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inspections.followups import letters, rules
from inspections.followups.holding import locked, undecided_by
from inspections.followups.states import Kind, State
from registries import clock
from registries.holidays import queries as holidays
from registries.ledger.change import Change, alter, refuse
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.record_penalty")
def record_penalty(
    *,
    actor: User,
    followup_id: int,
    version: int,
    number: str,
    decided_on: dt.date,
    decision: str = "",
    amount: Decimal | None = None,
) -> Change:
    """Note the decision of a penalty case. It has a disclosure term of its own, kept as a date (None: that year's calendar lacks)."""
    followup = locked(followup_id, actor, version, "penalise")
    now = clock.now()
    refuse(
        rules.why_not_penalise(
            number=number,
            decided_on=decided_on,
            filed_on=followup.filed_on or followup.ordered_at.astimezone(clock.BEIJING).date(),
            today=now.date(),
            amount=amount,
        )
    )
    return alter(
        followup,
        state=State.DONE.value,
        decision_number=number.strip(),
        decision_on=decided_on,
        decision=decision.strip(),
        amount=amount,
        disclose_by=rules.working_day(decided_on, rules.PENALTY_DISCLOSURE_DAYS, holidays.calendar().works),
        settled_at=now,
    )


@command("inspections.issue_letter")
def issue_letter(
    *, actor: User, followup_id: int, version: int, basis: str, addressee: str = "", enclosures: str = "", contact: str = ""
) -> Change:
    """Make the letter of a transfer, or an order again whose number was voided: its number is taken and its text frozen."""
    followup = locked(followup_id, actor, version, "issue")
    addressee = addressee.strip() or followup.addressee
    refuse(
        rules.why_not_issue(
            kind=followup.kind,
            decision_awaited=followup.kind == Kind.CRIME and followup.decided_at is None,
            standing=followup.letter.number.text if followup.letter is not None and not followup.is_void else "",
            sent=followup.sent_at is not None,
            basis=basis.strip(),
            addressee=addressee,
        )
    )
    letter = letters.made(followup, letters.Typed(basis.strip(), addressee, enclosures, contact.strip()), actor, clock.now())
    named = {"number": letter.number.text} if followup.kind == Kind.RECTIFICATION else {"addressee": addressee}
    return letters.beside(alter(followup, letter=letter, **named), letter)


@command("inspections.send_followup")
def send_followup(*, actor: User, followup_id: int, version: int, sent_at: dt.datetime) -> Change:
    """Note that the letter of a transfer was sent: a criminal one is done with that, another waits for its receipt."""
    followup = locked(followup_id, actor, version, "send")
    now = clock.now()
    crime = followup.kind == Kind.CRIME
    since = followup.decided_at if crime and followup.decided_at else followup.ordered_at
    refuse(
        rules.why_not_send(
            decision_awaited=crime and followup.decided_at is None,
            sent=followup.sent_at is not None,
            issued=followup.letter is not None and not followup.is_void,
            sent_at=sent_at,
            since=since.astimezone(clock.BEIJING).replace(second=0, microsecond=0),
            now=now,
        )
    )
    sent: dict[str, Any] = {"sent_at": sent_at, "sent_number": followup.letter.number.text}
    if crime:
        return alter(followup, state=State.DONE.value, settled_at=now, **sent)
    asked_for = sent_at.astimezone(clock.BEIJING).date() + dt.timedelta(days=rules.RECEIPT_DAYS)
    return alter(followup, due_on=asked_for, **sent)


@command("inspections.record_receipt")
def record_receipt(*, actor: User, followup_id: int, version: int, number: str, received_on: dt.date) -> Change:
    """Note the receipt of a transfer, which settles it."""
    followup = locked(followup_id, actor, version, "receive")
    refuse(
        rules.why_not_receive(
            sent_on=followup.sent_at.astimezone(clock.BEIJING).date() if followup.sent_at else None,
            number=number,
            received_on=received_on,
            today=clock.today(),
        )
    )
    return alter(
        followup, state=State.DONE.value, receipt_number=number.strip(), received_on=received_on, settled_at=clock.now()
    )


@command("inspections.approve_transfer")
def approve_transfer(*, actor: User, followup_id: int, version: int) -> Change:
    """A supervisor decides that a suspected crime is transferred: within 24 hours by the clock it must be sent."""
    followup = locked(followup_id, actor, version, "decide")
    _refuse_decided(followup, actor)
    now = clock.now()
    send_by = now + rules.SENDING
    return alter(followup, decided_by=actor, decided_at=now, send_by=send_by, due_on=send_by.date())


@command("inspections.refuse_transfer")
def refuse_transfer(*, actor: User, followup_id: int, version: int, reason: str) -> Change:
    """A supervisor decides, with the reason, that it is no crime: the case goes its administrative way."""
    followup = locked(followup_id, actor, version, "decide")
    _refuse_decided(followup, actor)
    refuse(rules.why_not_drop(reason))
    now = clock.now()
    return alter(
        followup, decided_by=actor, decided_at=now, state=State.DROPPED.value, remark=reason.strip(), settled_at=now
    )


def _refuse_decided(followup: Any, actor: User) -> None:
    """Once, and by another than who flagged it or inspected."""
    if followup.decided_at is not None:
        refuse(say("This was decided already."))
    if followup.ordered_by_id == actor.pk:
        refuse(say("You flagged this case; another supervisor decides on the transfer."))
    undecided_by(followup.case, actor)
