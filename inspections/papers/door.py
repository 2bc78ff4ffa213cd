"""A notice that is handed over at the door, as the visit begins: written in the transaction of the begin (``cases/announcing.py``)."""

import datetime as dt

from inspections.cases import announcing
from inspections.cases.announcing import Handed, Shown
from inspections.cases.models import Case
from inspections.papers import drafting, rules
from inspections.papers.models import Notice
from registries import clock
from registries.ledger.change import alter, refuse, refuse_now
from registries.ledger.sentences import say
from registries.people.models import User


def hand_over(case: Case, handed: Handed, actor: User, today: dt.date) -> Shown:
    """Record that the notice of this case is handed over now; refused where there is none to hand over."""
    rows = Notice.objects.select_for_update(of=("self",), no_key=True).select_related("number")
    notice = rows.filter(case=case, number__voided_at=None).first()
    if notice is None:
        refuse_now(say("There is no notice of this visit to hand over. Have it made in the office, or say why there is none."))
    refuse(
        rules.why_not_serve(
            voided=False,
            served=notice.served_at is not None,
            made_on=drafting.day_of(notice.number.taken_at) or today,
            on=today,
            today=today,
            to=handed.served_to,
            witness=handed.witness,
            how=handed.service,
        )
    )
    alter(
        notice,
        service=handed.service,
        served_on=today,
        served_to=handed.served_to.strip()[:80],
        witness=handed.witness.strip()[:80],
        served_by=actor,
        served_at=clock.now(),
    )
    return Shown((notice,), {"notice": notice.number.text, "service": handed.service})


announcing.DOOR.append(hand_over)
