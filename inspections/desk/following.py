"""What of the follow-ups waits for a person: by the reminders at 7, 3 and 1 days, and at once what holds the others up."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases import secrecy
from inspections.cases.models import Case
from inspections.cases.queries import Viewer, office_cases
from inspections.cases.standings import due_on
from inspections.desk.task import MOST, Task, named
from inspections.followups import queries
from inspections.followups.models import FollowUp
from inspections.followups.rules import REMINDERS
from inspections.followups.states import Kind
from inspections.followups.steps import standing, step_of
from registries import clock
from registries.ledger.change import Refused

FIRST, SECOND, LAST = REMINDERS


def to_carry_out(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """The unit's open follow-ups from seven days before they are due; criminal transfers as soon as they are decided."""
    soon = now.date() + dt.timedelta(days=FIRST)
    for one in _lean(looks).filter(due_on__lte=soon)[:MOST]:
        step = step_of(one, looks)
        if step is not None and step.mine:
            yield _task(one, step.label, step.url)


def to_decide(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """What a reviewer decides: problems that nothing follows yet, re-checks that are reviewed; from three days before, what is late soon."""
    for case in named(queries.unfollowed(looks))[:MOST]:
        url = reverse("followup-new", args=[case.number])
        text = _("The result has a problem, and nothing follows yet.")
        yield Task(_("Follow-up"), case.subject.name, f"{case.number} · {text}", _("Decide what follows"), url, due_on(case), case.number)
    soon = now.date() + dt.timedelta(days=SECOND)
    for one in _lean(looks).filter(kind__in=[Kind.RECTIFICATION, Kind.PENALTY, Kind.TRANSFER])[:MOST]:
        step = step_of(one, looks)
        if step is not None and step.mine:
            yield _task(one, step.label, step.url)
        elif one.due_on <= soon:
            yield _task(one, _("Look at it"), reverse("followup", args=[one.pk]))


def suspected_crimes(looks: Viewer, now: dt.datetime) -> Iterator[Task]:
    """What a supervisor decides at once; and, from the last day on, every follow-up that is not done."""
    soon = now.date() + dt.timedelta(days=LAST)
    for one in _lean(looks)[:MOST]:
        step = step_of(one, looks)
        if step is not None and step.mine and one.ordered_by_id != looks.user.pk:
            yield _task(one, step.label, step.url)
        elif one.due_on <= soon:
            yield _task(one, _("Look at it"), reverse("followup", args=[one.pk]))


def unchecked(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Results that a legal and secrecy check holds back, but for those this person had a hand in."""
    waiting = secrecy.awaiting().filter(pk__in=office_cases(looks).values("pk"))
    waiting = waiting.exclude(assignments__inspector__user=looks.user).exclude(reviews__reviewer=looks.user)
    for case in named(waiting).order_by("ended_on", "pk")[:MOST]:
        url = reverse("case-check", args=[case.number])
        yield _case_task(case, _("Legal and secrecy check before disclosure"), _("Check"), url)


def to_close(looks: Viewer, _now: dt.datetime) -> Iterator[Task]:
    """Disclosed cases from which nothing is left to follow."""
    for case in named(queries.to_close(looks))[:MOST]:
        url = reverse("case-page", args=[case.number])
        text = _("Disclosed, and nothing is left to follow.")
        yield Task(_("Case"), case.subject.name, f"{case.number} · {text}", _("Close the case"), url, mark=case.number)


def _lean(looks: Viewer) -> QuerySet[FollowUp]:
    """The open follow-ups with what their steps are told from, and no more of their cases and people."""
    return named(queries.open_followups(looks).select_related(None).select_related("case", "letter__number").defer("letter__facts"), "case__subject")


def _case_task(case: Case, text: str, label: str, url: str) -> Task:
    return Task(_("Case"), case.subject.name, f"{case.number} · {text}", label, url, due_on(case), case.number)


def _task(one: Any, label: str, url: str) -> Task:
    text = f"{one.case.number} · {one.get_kind_display()}"
    by_the_clock = standing(one, clock.now()).countdown if one.send_by else None
    if by_the_clock is not None:
        text += f" · {Refused(by_the_clock).sentence}"
    return Task(_("Follow-up"), one.case.subject.name, text, label, url, one.due_on, one.case.number)
