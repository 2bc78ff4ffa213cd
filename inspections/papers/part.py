"""What the page of a case says of its notice, with the clerk's step before the visit; and the history of its documents."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.parts import Part, part
from inspections.cases.queries import Viewer
from inspections.cases.rules import countdown
from inspections.cases.states import NO_VISIT, CaseState
from inspections.cases.steps import Step
from inspections.papers import door, queries
from inspections.papers.models import Notice
from registries import clock
from registries.ledger.change import Refused

__all__ = ["door", "notice_on_page"]


@part
def notice_on_page(case: Any, looks: Viewer) -> Part | None:
    """The notice of a case: served when and how, still to be handed over, or why there was none."""
    if case.state in NO_VISIT:
        return None
    numbers = queries.numbers_of(case) if case.has_papers else []
    notice = next((one.notice for one in numbers if one.voided_at is None and hasattr(one, "notice")), None)
    if notice is None and case.state != CaseState.ASSIGNED and not numbers and not case.no_notice_because:
        return None
    left = _left(notice) if case.state == CaseState.ASSIGNED else ("", "")
    told = [one.notice for one in numbers if hasattr(one, "notice")] + [one for one in numbers if one.voided_at is not None]
    context = {"notice": notice, "urgency": left[0], "left": left[1]}
    return Part("office/papers/_notice.html", context, notice_step(case, notice, looks), told, reviewed=True)


def notice_step(case: Any, notice: Notice | None, looks: Viewer) -> Step | None:
    """What the unit's clerk does about the notice of a case of ``with_progress`` before the visit."""
    mine = looks.may("make_notice") and looks.keeps(case.unit_id)
    if not mine or case.state != CaseState.ASSIGNED or not case.staffed or (notice is not None and notice.served_at is not None):
        return None
    at = {"number": case.number}
    if notice is None:
        text = _("It is handed over before the visit, except where notice would defeat the purpose.")
        return Step(_("Make the notice"), text, _("Make the notice"), reverse("notice-new", kwargs=at))
    told = _("%(number)s, for the visit from %(day)s. %(left)s") % {
        "number": notice.number.text,
        "day": notice.first_day.isoformat(),
        "left": _left(notice)[1],
    }
    return Step(_("Hand over the notice"), told, _("Record that it was handed over"), reverse("notice-serve", kwargs=at))


def _left(notice: Notice | None) -> tuple[str, str]:
    """How long there still is to hand it over: until the first day of the visit. (Colour, words.)"""
    if notice is None or notice.served_at is not None:
        return "", ""
    urgency, words = countdown(notice.first_day, clock.today())
    return urgency, Refused(words).sentence
