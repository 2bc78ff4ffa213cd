"""Finding a person by a whole number; the report of what is kept about one, to be printed and handed over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from registries import clock
from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.queries import own_units
from registries.persons import commands, queries
from registries.persons.forms import FindForm, ReportForm


@access("registries.find_person")
@require_http_methods(["GET", "POST"])
def person_find(request: HttpRequest) -> HttpResponse:
    """Who has this number, among the entries this person keeps. That it was asked is written before anything is shown."""
    user = signed_in(request)
    form = FindForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "may_report": user.has_perm("registries.report_person")}
    if request.method == "POST" and form.is_valid():
        found = queries.by_number(form.cleaned_data["number"], own_units(user))
        if act(request, commands.find_person, form=form, purpose=form.cleaned_data["purpose"], found=len(found)):
            context |= {"found": found, "asked": True}
    return render(request, "office/persons/find.html", context, status=422 if form.errors else 200)


@access("registries.report_person")
@require_http_methods(["GET", "POST"])
def person_report(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, where, why, until when, and who read it."""
    form = ReportForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        made = queries.report(form.cleaned_data["number"], form.cleaned_data["account"])
        people = [(one._meta.label_lower, one.pk) for one in made.people]
        if act(request, commands.report_person, form=form, purpose=form.cleaned_data["purpose"], people=people):
            context |= {"report": made, "purpose": form.cleaned_data["purpose"], "moment": clock.now(), "who": signed_in(request)}
    return render(request, "office/persons/report.html", context, status=422 if form.errors else 200)
