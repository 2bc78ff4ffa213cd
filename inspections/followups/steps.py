"""The one next step of a follow-up, and of a case after its review, for whoever looks at it."""

import datetime as dt
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.queries import Viewer
from inspections.cases.rules import countdown
from inspections.cases.steps import Step
from inspections.followups import queries
from inspections.followups.rules import hours_left
from inspections.followups.states import TONES, Kind, State
from registries.ledger.sentences import Sentence


class Standing(NamedTuple):
    """How long a follow-up still has: ``late``, ``soon`` or empty for the colour, and the words; None once settled."""

    tone: str
    urgency: str
    countdown: Sentence | None


def standing(followup: Any, now: dt.datetime) -> Standing:
    """Where a follow-up stands now. A criminal transfer that is decided is counted by the clock."""
    tone = TONES[State(followup.state)]
    if followup.state != State.OPEN:
        return Standing(tone, "", None)
    if followup.kind == Kind.CRIME and followup.send_by is not None:
        return Standing(tone, *hours_left(followup.send_by, now))
    return Standing(tone, *countdown(followup.due_on, now.date()))


def step_of(followup: Any, looks: Viewer) -> Step | None:
    """The step of an open follow-up of ``with_rechecks``; None when it is settled."""
    if followup.state != State.OPEN:
        return None
    if followup.kind == Kind.RECTIFICATION:
        return _rectification_step(followup, looks)
    if followup.kind == Kind.CRIME and followup.decided_at is None:
        url = reverse("admin:inspections_followup_decide", args=[followup.pk])
        text = _("Suspected crime: within three days a supervisor decides whether it is transferred.")
        return _step(looks, "approve_transfer", url, _("Decide on the criminal transfer"), text, _("Decide"))
    if followup.kind == Kind.PENALTY:
        text = _("When it is made, note number, day and amount.")
        return _clerks(followup, looks, "record_penalty", _("Record the penalty decision"), text, _("Record the decision"))
    if followup.sent_at is None and not followup.is_issued:
        title = _("Make the criminal transfer letter") if followup.kind == Kind.CRIME else _("Make the transfer letter")
        return _clerks(followup, looks, "issue_letter", title, _("It takes its number now. Print it and have it sealed."), _("Make the letter"))
    if followup.sent_at is None:
        text = _("To: %(addressee)s") % {"addressee": followup.addressee} if followup.addressee else ""
        title = _("Send the criminal transfer") if followup.kind == Kind.CRIME else _("Send the transfer")
        return _clerks(followup, looks, "send_followup", title, text, _("Record that it was sent"))
    text = _("The other authority confirms that it has it.")
    return _clerks(followup, looks, "record_receipt", _("Record the receipt"), text, _("Record the receipt"))


def _rectification_step(followup: Any, looks: Viewer) -> Step:
    url = reverse("followup", args=[followup.pk])
    if followup.is_void:
        text = _("%(number)s is void.") % {"number": followup.letter.number.text}
        return _clerks(followup, looks, "issue_letter", _("Issue the order again"), text, _("Issue the order again"))
    going_on = queries.under_way(followup)
    if going_on:
        return Step(_("The re-check is under way"), _("Case %(number)s") % {"number": going_on})
    if queries.is_checked(followup):
        text = _("Re-check %(number)s is reviewed: put right or not?") % {"number": followup.recheck_number}
        return _step(looks, "conclude_rectification", url, _("Conclude the rectification"), text, _("Conclude"))
    text = _("See on the spot whether it was put right. The visit is directed and counts to no cap.")
    return _clerks(followup, looks, "open_recheck", _("Send a re-check"), text, _("Send a re-check"))


def _clerks(followup: Any, looks: Viewer, right: str, title: str, text: str, label: str) -> Step:
    if not looks.keeps(followup.case.unit_id):
        return Step(title, text)
    return _step(looks, right, reverse("followup", args=[followup.pk]), title, text, label)


def _step(looks: Viewer, right: str, url: str, title: str, text: str, label: str) -> Step:
    return Step(title, text, label, url) if looks.may(right) else Step(title, text)


def case_step(case: Any, looks: Viewer, why_not_close: Sentence | None, *, unfollowed: bool) -> Step | None:
    """What a reviewed case without an open follow-up asks for: a decision on what follows, or to be closed."""
    at = {"number": case.number}
    if unfollowed:
        title = _("Decide what follows")
        text = _("The result has a problem: order a rectification, a penalty case or a transfer, or waive it with a reason.")
        return _step(looks, "order_followup", reverse("followup-new", kwargs=at), title, text, _("Decide what follows"))
    if why_not_close is None:
        title, text = _("Close the case"), _("It is disclosed, and nothing is left to follow.")
        mine = looks.may("close_case") and looks.keeps(case.unit_id)
        return Step(title, text, _("Close the case"), reverse("case-close", kwargs=at), post=True) if mine else Step(title, text)
    return None
