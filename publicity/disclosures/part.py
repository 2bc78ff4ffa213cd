"""What the page of a case says of its disclosure: the three dates, what goes out when, holds, failures, penalty decisions."""

import datetime as dt
from typing import Any

from inspections.cases.parts import Part, part
from inspections.cases.queries import Viewer
from inspections.cases.states import NO_VISIT
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind, State
from publicity.disclosures import failing, queries, rules
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty
from publicity.disclosures.states import HoldState
from registries import clock
from registries.ledger.change import Refused

ASK_AGAIN = dt.timedelta(days=7)
"""So long before a hold ends another can be asked for."""


@part
def terms_of(case: Any, looks: Viewer) -> Part | None:
    """From the end of the visit on; holds for those who follow the case in the office."""
    if case.state in NO_VISIT or case.ended_on is None:
        return None
    follows = looks.may("view_cases")
    duty: Duty | None = getattr(case, "duty", None)
    disclosure: Disclosure | None = getattr(case, "disclosure", None)
    holds = queries.holds_of(case) if follows and case.has_holds else []
    far = clock.today() + ASK_AGAIN
    waiting = any(one.state == HoldState.SUBMITTED or (_in_force(one) and one.until > far) for one in holds)
    why = failing.told(duty) if duty is not None and disclosure is None else None
    context = {
        "case": case,
        "duty": duty,
        "disclosure": disclosure,
        "holds": [(one, _in_force(one)) for one in holds],
        "may_ask": looks.user.has_perm("publicity.ask_hold") and looks.keeps(case.unit_id) and disclosure is None and not waiting,
        "may_preview": follows and disclosure is None and case.state in rules.SIGNED,
        "failure": Refused(why).sentence if why and follows else "",
        "penalties": _penalties(case) if follows and case.penalised else [],
        "may_take_down": looks.user.has_perm("publicity.take_down_penalty"),
        "may_publish_penalty": looks.user.has_perm("publicity.publish_penalty") and looks.keeps(case.unit_id),
    }
    rows = [*(case.clearances.all() if follows and case.has_clearances else []), *holds, *([duty] if duty is not None else []), *([disclosure] if disclosure is not None else [])]
    return Part("office/disclosures/_part.html", context, rows=rows)


def _in_force(hold: Any) -> bool:
    return bool(hold.state == HoldState.GRANTED and hold.lifted_at is None and hold.until >= clock.today())


def _penalties(case: Any) -> list[FollowUp]:
    """The decisions on penalties of this case, public or not yet."""
    rows = case.followups.filter(kind=Kind.PENALTY, state=State.DONE, decision_on__isnull=False)
    return list(rows.select_related("penalty_disclosure").order_by("pk"))
