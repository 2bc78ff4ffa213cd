"""The parts of an entry: a permit entered or corrected; a permit, exclusion or violation ended; a complaint decided."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.queries import keeps
from registries.subjects import commands
from registries.subjects.forms import DecisionForm, EndForm, PermitForm
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, Violation


@access("registries.save_permit")
@require_http_methods(["GET", "POST"])
def permit(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Enter a permit, or correct one."""
    row = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    if request.method == "GET" and not keeps(signed_in(request), row.unit_id):
        return redirect("subject", key=key)
    standing = get_object_or_404(Permit, pk=pk, subject=row) if pk is not None else None
    form = PermitForm(request.POST or None, instance=standing)
    if request.method == "POST" and form.is_valid():
        done = _("The permit was saved.")
        given: dict[str, Any] = {"subject_id": row.pk, "permit_id": pk, "terms": form.terms()}
        if act(request, commands.save_permit, done=done, form=form, **given) is not None:
            return redirect("subject", key=key)
    title = _("Correct a permit") if pk is not None else _("Enter a permit")
    return render(request, "office/subjects/step.html", {"form": form, "subject": row, "title": title, "version": row.version})


ENDS: dict[str, tuple[type[Model], type[forms.Form], Any, dict[str, str], Any, Any]] = {
    "permit": (
        Permit,
        EndForm,
        commands.end_permit,
        {"day": "ended_on", "reason": "reason"},
        gettext_lazy("End a permit"),
        gettext_lazy("The permit was ended."),
    ),
    "exclusion": (
        Exclusion,
        EndForm,
        commands.end_exclusion,
        {"day": "ends_on", "reason": "reason"},
        gettext_lazy("End an exclusion"),
        gettext_lazy("The last day of the exclusion was set."),
    ),
    "violation": (
        Violation,
        EndForm,
        commands.withdraw_violation,
        {"day": "withdrawn_on", "reason": "reason"},
        gettext_lazy("Withdraw a violation"),
        gettext_lazy("The violation counts no more."),
    ),
    "complaint": (
        Complaint,
        DecisionForm,
        commands.decide_complaint,
        {"upheld": "upheld", "decided_on": "decided_on", "decision": "decision"},
        gettext_lazy("Decide a complaint"),
        gettext_lazy("The complaint was decided."),
    ),
}
"""Part → its table, form, command, the form's names as the command calls them, title, what is said when it is done."""


@access("registries.change_subject")
@require_http_methods(["GET", "POST"])
def part_end(request: HttpRequest, key: str, part: str, pk: int) -> HttpResponse:
    """The end of a part, with its day and reason."""
    if part not in ENDS:
        raise Http404
    model, form_type, command, names, title, done = ENDS[part]
    subject = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    row: Any = get_object_or_404(model, pk=pk)
    if subject.pk not in (row.subject_id, row.subject.merged_into_id):
        raise Http404
    if request.method == "GET" and not keeps(signed_in(request), subject.unit_id):
        return redirect("subject", key=key)
    form = form_type(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {f"{part}_id": pk, **{theirs: form.cleaned_data[mine] for mine, theirs in names.items()}}
        if act(request, command, done=str(done), form=form, **given) is not None:
            return redirect("subject", key=key)
    context = {"form": form, "subject": subject, "title": title, "version": subject.version, "about": str(row)}
    return render(request, "office/subjects/step.html", context)
