"""The pages of reports: figures with charts, the report upwards, the leader's view, findings per inspector; and their files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inspections.cases.queries import office_cases, viewer
from inspections.cases.standings import overdue
from inspections.desk.workload import places
from inspections.reports import charts, commands, papers, people, queries
from inspections.reports.definitions import DEFINITIONS
from inspections.reports.figures import Scope, visits
from inspections.reports.forms import PeriodForm
from inspections.reports.rules import ENOUGH, Period
from registries import clock
from registries.inspectors.models import Inspector
from registries.matters.papers import download
from registries.pages import signed_in
from registries.paper import MissingFonts
from registries.people.access import access
from registries.watermark import mark


def _form(request: HttpRequest) -> PeriodForm:
    """The form as asked; a bound one that is not valid is shown with its errors."""
    return PeriodForm(request.GET, today=clock.today(), units=queries.units_read_by(signed_in(request)))


def _report(request: HttpRequest, form: PeriodForm) -> queries.Report:
    unit = form.cleaned_data["unit"]
    return queries.report(queries.scope_for(signed_in(request), form.period, unit), unit, form.units)


@access("inspections.view_reports")
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The report of a month or a year, with its charts and what each figure means."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "definitions": DEFINITIONS, "query": request.GET.urlencode()}
    if form.is_valid():
        told = _report(request, form)
        context |= {"report": told, "columns": charts.columns(told.months), "units": charts.bars(told.units)}
        context |= {"rows": list(zip(told.units, context["units"], strict=True))}
    return render(request, "office/reports/report.html", context)


@access("inspections.view_reports")
@require_GET
def report_pdf(request: HttpRequest) -> HttpResponse:
    """The same as PDF."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    told = _report(request, form)
    try:
        marked = mark(signed_in(request))
        body = papers.pdf_of(told, marked.line)
    except MissingFonts:
        messages.error(request, _("Chinese fonts are missing on the server, so no PDF can be made. Ask the administrator to install them; nothing is lost."))
        return redirect(f"{reverse('report')}?{request.GET.urlencode()}")
    return _taken(request, body, marked.named(papers.title_of(form.period, told.unit.name if told.unit else ""), "pdf"))


@access("inspections.view_reports")
@require_GET
def report_sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    told = _report(request, form)
    marked = mark(signed_in(request))
    name = marked.named(papers.title_of(form.period, told.unit.name if told.unit else ""), "xlsx")
    return _taken(request, papers.workbook_of(told, marked.line), name)


@access("inspections.view_reports")
@require_GET
def upward(request: HttpRequest) -> HttpResponse:
    """The routine report upwards: a row a task, in the columns that higher platforms take."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode()}
    if form.is_valid():
        scope = queries.scope_for(signed_in(request), form.period, form.cleaned_data["unit"])
        results, disposals = papers.upward_headings()
        context |= {
            "rows": papers.upward_rows(queries.tasks(scope), results, disposals),
            "headings": papers.UPWARD,
            "results": results,
            "disposals": disposals,
        }
    return render(request, "office/reports/upward.html", context)


@access("inspections.view_reports")
@require_GET
def upward_sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    form = _form(request)
    if not form.is_valid():
        raise Http404
    scope = queries.scope_for(signed_in(request), form.period, form.cleaned_data["unit"])
    marked = mark(signed_in(request))
    body = papers.upward_workbook(form.period, queries.tasks(scope), clock.today(), marked.line)
    return _taken(request, body, marked.named(f"双随机抽查情况报表-{form.period.code}", "xlsx"))


@access("inspections.view_overview")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """One page for the leader: how the year stands, against the year before, and where to look."""
    user, today = signed_in(request), clock.today()
    scope = Scope(Period(today.year), None)
    also = {"before": visits(Scope(Period(today.year - 1), None)), "overdue": overdue(office_cases(viewer(user)), today)}
    told = queries.report(scope, also=also, matters=False)
    taken, there = places(Inspector.objects.all())
    context = {
        "report": told,
        "before": told.counts["before"],
        "plans": told.plans,
        "overdue": told.counts["overdue"],
        "taken": taken,
        "there": there,
        "columns": charts.columns(told.months),
        "today": today,
    }
    return render(request, "office/reports/overview.html", context)


@access("inspections.view_leniency")
@require_GET
def inspectors(request: HttpRequest) -> HttpResponse:
    """Findings per inspector, beside what was to be expected by matter."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "enough": ENOUGH}
    if form.is_valid():
        found = people.people(queries.scope_for(signed_in(request), form.period, form.cleaned_data["unit"]))
        context |= {"many": [one for one in found if one.visits >= ENOUGH], "few": [one for one in found if one.visits < ENOUGH]}
    return render(request, "office/reports/inspectors.html", context)


def _taken(request: HttpRequest, body: bytes, name: str) -> HttpResponse:
    commands.export_report(actor=signed_in(request), file_name=name, query=request.GET.urlencode(), content=body)
    return download(body, name)
