"""The office page of a task from above: its terms, the report upward, and the subjects that it names.

Who is named on a list is told to the unit that inspects and to who reads everything, never before the visit to anybody else.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inspections.plans import handing, progress, queries
from inspections.plans.forms import BEGINNINGS, HandedForm, ReportForm
from inspections.plans.models import PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.comparisons.comparing import read
from registries.pages import ROWS, act, signed_in
from registries.people.access import access
from registries.people.queries import keeps_unit
from registries.spreadsheets.gate import Unreadable


def _item(request: HttpRequest, pk: int, item_pk: int) -> PlanItem:
    """The item of a task, for its own unit and for who reads everything."""
    user = signed_in(request)
    rows = PlanItem.objects.exclude(source=PlanItem.Source.ROUTINE).select_related("plan__unit", "matter", "unit")
    item = get_object_or_404(rows.prefetch_related("joint_matters"), pk=item_pk, plan=pk)
    seen = item.plan.state == PlanState.PUBLISHED or keeps_unit(user, item.plan.unit)
    if not seen or not keeps_unit(user, item.unit):
        raise Http404
    return item


@access("inspections.view_planning")
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """One task: what it asks for, how far it has come, its report, its subjects."""
    item = _item(request, pk, item_pk)
    form = ReportForm(request.POST or None, request.FILES or None, initial={"reported_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        terms = {"reported_on": form.cleaned_data["reported_on"], "remark": form.cleaned_data["remark"]}
        done = _("Recorded: the task is reported.")
        if act(request, handing.report_task, done=done, form=form, item_id=item.pk, file_name=file.name, content=file.read(), **terms):
            return redirect("plan-task", pk=pk, item_pk=item_pk)
    return _page(request, item, report=form)


def _page(request: HttpRequest, item: PlanItem, **forms: Any) -> HttpResponse:
    user = signed_in(request)
    current = queries.now_in_force(item)
    subjects, asked = queries.handed_subjects(item), queries.asked_for(item)
    page = Paginator(subjects, ROWS).get_page(request.GET.get("page"))
    context = {
        "item": item,
        "plan": item.plan,
        "line": queries.lines_of([item])[0],
        "current": current,
        "in_force": current is not None and current[1] == item.pk,
        "progress": progress.progress_of([item])[item.pk],
        "reports": queries.reports_of(item),
        "late": item.report_due is not None and item.report_due < clock.today(),
        "lists": queries.lists_of(item),
        "subjects": [(row.line, row.subject, asked.get(row.subject_id)) for row in page],
        "page": page,
        "query": "",
        "left": page.paginator.count - len(asked),
        "may_ask": user.has_perm("inspections.ask_adhoc"),
        "may_report": user.has_perm("inspections.report_task"),
        "may_list": user.has_perm("inspections.import_handed"),
        "report": ReportForm(initial={"reported_on": clock.today()}),
        "handed": HandedForm(),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "office/plans/task.html", context, status=422 if refused else 200)


@access("inspections.import_handed")
@require_POST
def handed_list(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Attach a list of subjects from above to its task."""
    item = _item(request, pk, item_pk)
    form = HandedForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            lines, unread = read(content)
        except Unreadable as wrong:
            form.add_error("file", str(wrong))
        else:
            change = act(request, handing.import_handed, form=form, item_id=item.pk, file_name=file.name, content=content, lines=lines)
            if change is not None:
                _tell(request, change.after, unread)
                return redirect("plan-task", pk=pk, item_pk=item_pk)
    return _page(request, item, handed=form)


def _tell(request: HttpRequest, said: Any, unread: int) -> None:
    added, unknown = said["added"], said["refused"]
    messages.success(request, ngettext("%(n)d subject was added.", "%(n)d subjects were added.", added) % {"n": added})
    if unknown:
        text = ngettext("%(n)d line is nobody in the registry.", "%(n)d lines are nobody in the registry.", unknown)
        messages.warning(request, text % {"n": unknown})
    if unread:
        messages.warning(request, ngettext("%(n)d line has no name.", "%(n)d lines have no name.", unread) % {"n": unread})


@access("inspections.view_planning")
@require_GET
def report_file(request: HttpRequest, pk: int, item_pk: int, report_pk: int) -> HttpResponse:
    """The report as it was sent. Downloaded, never shown in place."""
    item = _item(request, pk, item_pk)
    report = get_object_or_404(queries.reports_of(item).defer(None), pk=report_pk)
    body = bytes(report.file)
    kind = next((kind for begins, kind in BEGINNINGS.items() if body.startswith(begins)), "application/octet-stream")
    kind = "application/octet-stream" if kind == "application/zip" else kind
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=report.file_name) or "attachment"
    return response
