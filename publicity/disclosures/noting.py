"""The writer of duties: the three dates of a case, noted when its visit has ended, completed when the holiday table has the year."""

from dataclasses import replace
from typing import Any

from django.conf import settings

from inspections.cases.models import Case
from inspections.cases.states import NO_VISIT
from publicity.disclosures.deadlines import ThreeDates, three_dates
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty
from registries import clock
from registries.holidays import queries as holidays
from registries.holidays.rules import Calendar
from registries.ledger.change import Change, alter, created, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("publicity.note_duty")
def note_duty(*, actor: User, case_id: int) -> Change:
    """Note by when the result of a case is public. A date once noted stands, unless the visit ended on another day.

    Dates that were unknown are filled in when the holiday table has the year; then also in a result that is public already.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    if case.ended_on is None or case.state in NO_VISIT:
        refuse_now(say("The visit of this case has not ended."))
    calendar = holidays.calendar()
    dates = three_dates(case.ended_on, calendar, settings.DISCLOSURE_DAYS)
    values: dict[str, Any] = {
        "ended_on": case.ended_on,
        "due_on": dates.promise,
        "rolled_on": dates.rolled,
        "working_on": dates.working,
        "calendar": _edition(dates, case, calendar),
        "noted_at": clock.now(),
    }
    duty = Duty.objects.filter(case=case).first()
    if duty is None:
        return created(Duty(case=case, **values))
    if duty.ended_on != case.ended_on:
        return alter(duty, note="the visit ended on another day than was noted", **values)
    return _completed(duty, dates, calendar)


def _completed(duty: Duty, dates: ThreeDates, calendar: Calendar) -> Change:
    unknown = {"rolled_on": dates.rolled, "working_on": dates.working}
    found: dict[str, Any] = {name: day for name, day in unknown.items() if getattr(duty, name) is None and day is not None}
    if not found:
        refuse_now(say("Nothing of these dates is left to be counted."))
    change = alter(duty, calendar=_edition(dates, duty.case, calendar), note="the holiday table has the year now", **found)
    disclosure = Disclosure.objects.select_for_update(of=("self",), no_key=True).filter(case=duty.case_id).first()
    if disclosure is None:
        return change
    missing = {name: day for name, day in found.items() if getattr(disclosure, name) is None}
    if missing:
        Disclosure.objects.filter(pk=disclosure.pk).update(**missing)
    return replace(change, also=(disclosure,))


def _edition(dates: ThreeDates, case: Case, calendar: Calendar) -> str:
    assert case.ended_on is not None  # noqa: S101  (looked at above)
    return calendar.edition_for(case.ended_on, dates.working or dates.rolled or dates.promise)
