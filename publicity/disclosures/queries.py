"""What is due to be public and what keeps it from being so: cases, duties, holds, penalties, failures. Nothing here writes."""

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from inspections.cases.awaiting import cases_awaiting_disclosure
from inspections.cases.models import Case, Record
from inspections.cases.queries import accepted_record
from inspections.cases.secrecy import uncleared_of
from inspections.cases.standings import last_day_in_time
from inspections.cases.states import CaseState
from inspections.followups.models import FollowUp
from inspections.followups.states import Kind, State
from publicity.disclosures import deadlines, rules
from publicity.disclosures.deadlines import ThreeDates
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty, Hold, PenaltyDisclosure
from publicity.disclosures.states import Form, HoldState
from registries.holidays.queries import calendar
from registries.holidays.rules import Calendar

REVIEWED = (CaseState.REVIEWED, CaseState.CLOSED)
SIGNED = (CaseState.RECORDED, *REVIEWED)
TRIES = 3
"""After so many attempts that failed a result is tried again every ten minutes only."""
AGAIN_AFTER = dt.timedelta(minutes=10)


def publishing_day(now: dt.datetime) -> dt.date:
    """The last day whose hour of publication has come: until PUBLISH_HOUR it is yesterday."""
    return now.date() if now.hour >= settings.PUBLISH_HOUR else now.date() - dt.timedelta(days=1)


# --- holds -----------------------------------------------------------------------------------------------------------


def holds_in_force(day: dt.date) -> QuerySet[Hold]:
    """Holds that keep something back on ``day``; on the day after their last they do no more, whatever anybody does."""
    return Hold.objects.filter(state=HoldState.GRANTED, lifted_at=None, until__gte=day)


def held_until(case_id: int, day: dt.date) -> dt.date | None:
    """The last day of the hold in force on this case, if there is one."""
    return holds_in_force(day).filter(case=case_id).order_by("-until").values_list("until", flat=True).first()


def holds_of(case: Case) -> list[Hold]:
    """Every hold that was asked for on a case, the newest first."""
    return list(case.holds.select_related("asked_by", "decided_by", "lifted_by").order_by("-pk"))


def waiting_holds() -> QuerySet[Hold]:
    """Holds that wait for a supervisor, the oldest first."""
    return Hold.objects.filter(state=HoldState.SUBMITTED).select_related("case__subject", "case__unit", "asked_by").order_by("pk")


# --- cases -----------------------------------------------------------------------------------------------------------


def reduced_due(day: dt.date) -> QuerySet[Case]:
    """Signed cases on their last day, or past it, that lack the review or the secrecy check: they go out reduced (product.md §7)."""
    last = day - dt.timedelta(days=settings.DISCLOSURE_DAYS)
    late = Case.objects.filter(state__in=SIGNED, ended_on__lte=last, disclosure__isnull=True)
    return late.filter(Q(state=CaseState.RECORDED) | Q(pk__in=uncleared_of(late).values("pk")))


def due(day: dt.date) -> QuerySet[Case]:
    """What must go out by ``day`` and is not public: released, from day 15 on, or on the last day; held ones left out."""
    either = Q(pk__in=cases_awaiting_disclosure(day).order_by().values("pk")) | Q(pk__in=reduced_due(day).values("pk"))
    held = holds_in_force(day).filter(case=OuterRef("pk"))
    return Case.objects.filter(either).exclude(Exists(held)).order_by("ended_on", "pk")


def due_now(now: dt.datetime) -> QuerySet[Case]:
    """The same at this moment; what failed three times waits ten minutes between attempts."""
    held = holds_in_force(now.date()).filter(case=OuterRef("pk"))
    failing = Duty.objects.filter(case=OuterRef("pk"), attempts__gte=TRIES, failed_at__gt=now - AGAIN_AFTER, failed_at__lte=now)
    return due(publishing_day(now)).exclude(Exists(held)).exclude(Exists(failing))


def completable() -> QuerySet[Disclosure]:
    """Results that went out reduced and have been reviewed and cleared since."""
    cases = Case.objects.filter(state__in=REVIEWED, disclosure__isnull=False).exclude(disclosure__form=Form.WHOLE)
    ready = cases.exclude(pk__in=uncleared_of(cases).values("pk"))
    return Disclosure.objects.filter(case__in=ready.values("pk"), removed_at=None).exclude(form=Form.WHOLE)


def record_to_show(case: Case) -> Record | None:
    """The record that a reviewer accepted, or before that the one signed by all."""
    if case.state in REVIEWED:
        return accepted_record(case)
    newest = case.records.select_related("result", "disposal").order_by("-round").first()
    return newest if newest is not None and newest.signed_at is not None else None


def failing() -> QuerySet[Duty]:
    """Results that the worker could not publish, the oldest due first."""
    rows = Duty.objects.filter(failed_at__isnull=False, case__disclosure__isnull=True)
    return rows.select_related("case__unit").order_by("due_on", "pk")


# --- duties ----------------------------------------------------------------------------------------------------------


def cases_to_note() -> QuerySet[Case]:
    """Cases whose visit has ended, or ended on another day than was noted, and whose result is not public."""
    ended = Case.objects.filter(ended_on__isnull=False, joined_to=None, disclosure__isnull=True).exclude(state=CaseState.CALLED_OFF)
    return ended.filter(Q(duty=None) | ~Q(duty__ended_on=F("ended_on"))).order_by("ended_on", "pk")


def dates_of(case: Case, ended_on: dt.date) -> ThreeDates:
    """The three dates of a case whose visit has ended: as they were noted, or else as the table counts them now."""
    duty = Duty.objects.filter(case=case, ended_on=ended_on).first()
    if duty is not None:
        return ThreeDates(duty.due_on, duty.rolled_on, duty.working_on)
    return deadlines.three_dates(ended_on, calendar(), settings.DISCLOSURE_DAYS)


def duties_to_complete(table: Calendar) -> list[int]:
    """The cases of duties with a date that was unknown and that this table knows."""
    unknown = Duty.objects.filter(Q(rolled_on=None) | Q(working_on=None))
    known: set[dt.date] = set()
    for ended_on in unknown.order_by().values_list("ended_on", flat=True).distinct():
        dates = deadlines.three_dates(ended_on, table, settings.DISCLOSURE_DAYS)
        if dates.working is not None or (dates.rolled is not None and unknown.filter(ended_on=ended_on, rolled_on=None).exists()):
            known.add(ended_on)
    return list(unknown.filter(ended_on__in=known).order_by("pk").values_list("case", flat=True))


# --- counted in public -----------------------------------------------------------------------------------------------


def overdue(today: dt.date) -> QuerySet[Case]:
    """Cases whose result should be public by now and is not, unsigned ones too: those by the day that their record names."""
    last = last_day_in_time(today)
    named = Record.objects.filter(case=OuterRef("pk"), inspected_on__lt=last)
    unsigned = Q(Exists(named), state=CaseState.ON_SITE, ended_on=None)
    owing = Case.objects.filter(disclosure__isnull=True, joined_to=None).exclude(state=CaseState.CALLED_OFF)
    return owing.filter(Q(ended_on__lt=last) | unsigned)


def overdue_by_unit(today: dt.date) -> dict[str, int]:
    """How many results each unit owes past their day."""
    return dict(overdue(today).order_by().values_list("unit__name").annotate(Count("pk")))


class Holds(NamedTuple):
    """How many holds of a unit are in force, and how many there ever were."""

    now: int = 0
    ever: int = 0


def holds_by_unit(today: dt.date) -> dict[str, Holds]:
    """Counted, never named."""
    granted = Hold.objects.filter(state=HoldState.GRANTED)
    force = Count("pk", filter=Q(lifted_at=None, until__gte=today))
    rows = granted.order_by().values_list("case__unit__name").annotate(now=force, ever=Count("pk"))
    return {unit: Holds(now, ever) for unit, now, ever in rows}


# --- penalties -------------------------------------------------------------------------------------------------------


def penalties_owed() -> QuerySet[FollowUp]:
    """Penalties with a decision that is not public yet."""
    decided = FollowUp.objects.filter(kind=Kind.PENALTY, state=State.DONE, decision_on__isnull=False)
    return decided.filter(penalty_disclosure=None).select_related("case__subject", "case__unit")


def penalties_due(now: dt.datetime) -> list[int]:
    """Those whose day has come and whose case nobody holds back."""
    held = holds_in_force(now.date()).filter(case=OuterRef("case"))
    day = publishing_day(now)
    rows = penalties_owed().exclude(Exists(held)).filter(decision_on__lte=day).order_by("decision_on", "pk")
    return [one.pk for one in rows if one.decision_on and rules.penalty_term(one.decision_on, one.disclose_by) <= day]


def penalties(today: dt.date) -> QuerySet[PenaltyDisclosure]:
    """The penalties that are shown, the newest first: neither taken down nor past their term on line."""
    return PenaltyDisclosure.objects.filter(removed_at=None, shown_until__gte=today).order_by("-published_at", "-pk")


def penalty(public_id: str) -> PenaltyDisclosure | None:
    """The penalty under this address, shown or taken down, or None where there never was one."""
    return PenaltyDisclosure.objects.select_related("followup").filter(public_id=public_id).first()
