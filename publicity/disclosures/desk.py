"""What of disclosures waits on desks and is told in messages: terms that come near at 7, 3 and 1 days, holds, failures, penalties.

The reminders are those of every task with a day (inspections/messages/rules.py): a task that appears seven days before is told of
at seven, three and one days, and once more when it is late.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.models import Case
from inspections.cases.queries import Viewer, office_cases
from inspections.cases.standings import due_on, late, standing, with_progress
from inspections.cases.states import Stage
from inspections.desk.queries import offered
from inspections.desk.task import MOST, Task
from inspections.messages.models import Message
from inspections.messages.queries import TOLD, Note
from inspections.messages.rules import REMIND, key_of
from publicity.disclosures import queries
from publicity.disclosures.owed import Hold
from publicity.disclosures.rules import penalty_term
from publicity.disclosures.states import HoldState
from registries.ledger.sentences import say
from registries.people.models import User


def near(looks: Viewer, now: dt.datetime) -> QuerySet[Case]:
    """Cases this person follows whose day is seven days away or less and whose result nobody holds back, the first due first."""
    last = now.date() - dt.timedelta(days=settings.DISCLOSURE_DAYS - max(REMIND))
    held = queries.holds_in_force(now.date()).filter(case=OuterRef("pk"))
    open_ones = office_cases(looks).filter(late(last + dt.timedelta(days=1)))
    return open_ones.exclude(Exists(held)).order_by("ended_on", "pk")


def _told(looks: Viewer, now: dt.datetime, rows: QuerySet[Case]) -> Iterator[Task]:
    for case in with_progress(rows, looks.user)[:MOST]:
        text = f"{case.number} · {_waits_for(case, now)}"
        yield Task(_("Disclosure"), case.subject.name, text, _("Look at it"), reverse("case-page", args=[case.number]), due_on(case), case.number)


def _waits_for(case: Any, now: dt.datetime) -> str:
    """On whom it waits, in words."""
    stage = standing(case, now.date()).stage
    if stage == Stage.IN_REVIEW:
        return _("waits for the reviewer")
    if stage == Stage.TO_PUBLISH:
        return _("waits for the check before disclosure") if case.uncleared else _("waits for its release")
    return _("waits for the team")


@offered("inspections.release_case")
def units_terms(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """For the unit's clerks; what they can release stands on their desk already, what is released goes out by itself."""
    rows: Any = with_progress(near(looks, now), looks.user)  # annotated with ``uncleared``
    own = rows.filter(state__in=queries.REVIEWED, uncleared=False)
    return _told(looks, now, near(looks, now).exclude(pk__in=own.values("pk")))


@offered("publicity.grant_hold")
def supervisors_terms(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """For the supervisor: every term that comes near, whoever it waits for."""
    return _told(looks, now, near(looks, now))


@offered("publicity.grant_hold")
def holds_to_decide(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Holds that another than the asker decides."""
    for hold in queries.waiting_holds().exclude(asked_by=looks.user)[:MOST]:
        url = reverse("admin:publicity_hold_decide", args=[hold.pk])
        yield Task(_("Hold"), hold.case.subject.name, f"{hold.case.number} · {hold.basis}", _("Grant or refuse"), url, now.date(), hold.case.number)


@offered("publicity.view_duties")
def holds_that_end(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Holds whose last day comes near: then the result goes out by itself."""
    if not looks.may("release_case") and not looks.user.has_perm("publicity.grant_hold"):
        return
    soon = now.date() + dt.timedelta(days=max(REMIND))
    ending = queries.holds_in_force(now.date()).filter(until__lte=soon, case__in=office_cases(looks).values("pk"))
    for hold in ending.filter(case__disclosure__isnull=True).select_related("case__subject").order_by("until", "pk")[:MOST]:
        url = reverse("case-page", args=[hold.case.number])
        ends = _("The hold ends; then the result goes out by itself.")
        text = f"{hold.case.number} · {ends}"
        yield Task(_("Hold"), hold.case.subject.name, text, _("Look at it"), url, hold.until, hold.case.number)


@offered("publicity.view_failures")
def failures(_looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """Results that the worker could not publish."""
    count = queries.failing().count()
    if count:
        title = _("%(count)s results could not be published") % {"count": count}
        yield Task(_("Disclosure"), title, _("The page says why."), _("Look at it"), reverse("disclosure-failures"), now.date())


@offered("publicity.publish_penalty")
def penalties(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Penalty decisions of the own unit that are not public yet; on their day they go out by themselves."""
    for one in queries.penalties_owed().filter(case__in=office_cases(looks).values("pk")).order_by("decision_on", "pk")[:MOST]:
        url = f"{reverse('case-page', args=[one.case.number])}#terms"
        waits = _("The penalty decision is not public yet.")
        text = f"{one.case.number} · {waits}"
        day = penalty_term(one.decision_on, one.disclose_by) if one.decision_on else None
        yield Task(_("Follow-up"), one.case.subject.name, text, _("Disclose it"), url, day, one.case.number)


def decided_holds(user: User, since: dt.datetime) -> Iterator[Note]:
    """What was decided on a hold that this person asked for."""
    mine = Hold.objects.filter(asked_by=user).select_related("case")
    for hold in mine.filter(Q(decided_at__gte=since) | Q(lifted_at__gte=since)).exclude(state=HoldState.SUBMITTED):
        title, url = say("Case %(number)s", number=str(hold.case.number)), reverse("case-page", args=[hold.case.number])
        text = say("The hold was granted.") if hold.state == HoldState.GRANTED else say("The hold was refused.")
        text = say("The hold was lifted.") if hold.lifted_at else text
        yield Note(Message.Kind.DECIDED, key_of("hold", hold.pk, text.text), title, text, url)


TOLD.append(decided_holds)
