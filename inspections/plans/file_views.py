"""The pages of what belongs to a plan in preparation: its files, and dropping an amendment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inspections.plans import commands, handing, queries
from inspections.plans.forms import DropForm, PlanFileForm
from inspections.plans.models import Plan, PlanFile
from inspections.plans.views import page_of_plan
from registries.evidence import shown
from registries.overtaken import Seen
from registries.pages import act, signed_in
from registries.people.access import access


def _plan(request: HttpRequest, pk: int) -> Plan:
    return get_object_or_404(queries.visible_plans(signed_in(request)), pk=pk)


@access("inspections.drop_amendment")
@require_POST
def plan_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an amendment that is not published, with the reason; what was typed stays when it is refused."""
    row = _plan(request, pk)
    form = DropForm(request.POST)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() else row.version
    if form.is_valid():
        done = _("The amendment is dropped. The plan in force stays as it is and can be amended anew.")
        if act(request, commands.drop_amendment, form=form, done=done, shown=Seen(row, version), plan_id=pk, version=version, **form.cleaned_data):
            return redirect("plan", pk=pk)
    return page_of_plan(request, pk, drop=form)


@access("inspections.attach_plan_file")
@require_POST
def file_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a file to a plan in preparation."""
    _plan(request, pk)
    form = PlanFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        arguments = {"plan_id": pk, "file_name": file.name, "content": file.read()}
        if act(request, handing.attach_plan_file, form=form, done=_("Kept with the plan."), **arguments):
            return redirect("plan", pk=pk)
    return page_of_plan(request, pk, attach=form)


@access("inspections.remove_plan_file")
@require_POST
def file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file out of a plan in preparation."""
    _plan(request, pk)
    act(request, handing.remove_plan_file, done=_("Taken out of the plan."), plan_id=pk, file_id=file_pk)
    return redirect("plan", pk=pk)


@access("inspections.view_plans")
@require_GET
def file_page(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A file of a plan, opened in the browser."""
    row = get_object_or_404(PlanFile, plan=_plan(request, pk), pk=file_pk)
    return shown(bytes(row.file), row.file_name)
