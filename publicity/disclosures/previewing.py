"""公示预览: the public page of a case as it would stand now, for those who follow the case, before anything is public."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inspections.cases.models import Case, Record
from inspections.cases.queries import office_cases, viewer
from publicity.disclosures import queries, rules
from publicity.disclosures.copying import categories_of, copied_from, on_line_until
from publicity.disclosures.models import Disclosure
from publicity.disclosures.states import Form
from registries import clock
from registries.ledger.change import Refused
from registries.pages import signed_in
from registries.people.access import access
from registries.subjects.models import Subject


@access("inspections.view_cases")
@require_safe
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The public template with the copy that would be made now. Nothing is written; what is public already has its own page."""
    cases = office_cases(viewer(signed_in(request))).select_related("subject__town", "unit", "draw", "disclosure")
    case = get_object_or_404(cases, number=number)
    shown = getattr(case, "disclosure", None)
    if shown is not None:
        return redirect("public-result", public_id=shown.public_id)
    record = queries.record_to_show(case)
    if record is None:
        messages.info(request, _("There is nothing to preview before everybody has signed the record."))
        return redirect("case-page", number=number)
    try:
        result = _as_it_would_stand(case, record)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("case-page", number=number)
    context = {
        "case": case,
        "result": result,
        "on_time": result.published_at.date() <= result.due_on,
        "by_counts": [one for one in categories_of(case.subject) if not rules.is_named([one.publicity])],
        "person": case.subject.kind == Subject.Kind.PERSON,
        "reviewed": case.state in rules.REVIEWED,
    }
    return render(request, "office/disclosures/preview.html", context)


def _as_it_would_stand(case: Case, record: Record) -> Disclosure:
    """The row that would be written, never saved and without an address."""
    ended_on = case.ended_on or clock.today()
    dates, now = queries.dates_of(case, ended_on), clock.now()
    return Disclosure(
        public_id="",
        case=case,
        due_on=dates.promise,
        rolled_on=dates.rolled,
        working_on=dates.working,
        published_at=now,
        changed_at=now,
        shown_until=on_line_until(now.date(), case.subject),
        **copied_from(case, record, Form.WHOLE),
    )
