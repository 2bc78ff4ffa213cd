"""One entry: everything about it in time order, registering, changing, confirming, grading it, its status."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock, overtaken
from registries.ledger.telling import told_of
from registries.overtaken import Seen
from registries.pages import ROWS, act, signed_in
from registries.people.access import access
from registries.people.masking import masked_name, masked_phone
from registries.people.models import User
from registries.people.queries import keeps
from registries.reads import note_read
from registries.subjects import commands, outlook, queries
from registries.subjects.forms import (
    ComplaintForm,
    ExclusionForm,
    GradeForm,
    RegisterForm,
    StatusForm,
    SubjectForm,
    ViolationForm,
)
from registries.subjects.listing import EXPIRES_WITHIN
from registries.subjects.models import Permit, Subject
from registries.subjects.naming import published_name
from registries.subjects.outlook import Happening
from registries.subjects.rules import OF_MANY, is_stale, signals_among


@access("registries.view_subjects")
@require_GET
def subject(request: HttpRequest, key: str) -> HttpResponse:
    """One entry: facts, permits, what keeps it out, signals against it, what is next."""
    user = signed_in(request)
    row = get_object_or_404(Subject.objects.select_related("unit", "station", "town", "merged_into"), key=key)
    today = clock.today()
    kept = keeps(user, row.unit_id)
    permits, complaints = list(queries.permits_of(row)), list(queries.complaints_of(row))
    violations, exclusions = list(queries.violations_of(row)), list(queries.exclusions_of(row))
    categories, merged = list(row.categories.all()), list(row.merged.all())
    standing = [(one, one.starts_on <= today and (one.ends_on is None or one.ends_on >= today)) for one in exclusions]
    known = outlook.Known(
        subject=row,
        user=user,
        today=today,
        categories=[category.pk for category in categories],
        signals=signals_among(
            [one.received_on for one in complaints if one.upheld],
            [one.found_on for one in violations if one.serious and one.withdrawn_on is None],
            today,
        ),
        excluded=any(stands for _one, stands in standing),
    )
    sections = [reader(known) for reader in outlook.SECTIONS]
    context = {
        "subject": row,
        "name": _name(row, kept=kept),
        "categories": categories,
        "contact": masked_name(row.contact),
        "phone": masked_phone(row.phone),
        "stale": row.status == Subject.Status.ACTIVE and is_stale(row.verified_on, today),
        "verified_today": row.verified_on >= today,
        "permits": [(permit, _standing(permit, today)) for permit in permits],
        "exclusions": standing,
        "excluded": next((one for one, stands in standing if stands), None),
        "complaints": complaints,
        "violations": violations,
        "signals": known.signals,
        "merged": [(one, bool(one.merge_terms) and one.merge_terms.get("version") == row.version) for one in merged],
        "may_change": kept and row.merged_into is None and user.has_perm("registries.change_subject"),
        "sections": [one for one in sections if one is not None],
    }
    return render(request, "office/subjects/subject.html", context)


@access("registries.view_history")
@require_GET
def subject_history(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one entry in time order, the newest first."""
    user = signed_in(request)
    row = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    kept = keeps(user, row.unit_id)
    hidden = row.kind == Subject.Kind.PERSON and not kept
    page = Paginator(history(row, user, hidden=hidden), ROWS).get_page(request.GET.get("page"))
    return render(request, "office/subjects/history.html", {"subject": row, "name": _name(row, kept=kept), "page": page, "query": ""})


def _name(row: Subject, *, kept: bool) -> str:
    return row.name if kept else published_name(row.kind, row.name)


def _standing(permit: Permit, today: dt.date) -> tuple[str, str]:
    """How a permit stands: words and colour."""
    if permit.ended_on is not None:
        return _("has ended"), "neutral"
    if permit.valid_from is not None and permit.valid_from > today:
        return _("not yet valid"), "wait"
    if permit.long_term:
        return _("long-term"), "good"
    if permit.valid_until is None:
        return _("no last day given"), "wait"
    if permit.valid_until < today:
        return _("permit lapsed"), "bad"
    days = (permit.valid_until - today).days
    return (_("%(days)s days left") % {"days": days}, "wait") if permit.valid_until <= today + EXPIRES_WITHIN else (_("valid"), "good")


def history(row: Subject, user: User, *, hidden: bool) -> list[Happening]:
    """Everything about the entry, its parts and what was merged into it, over all floors, the newest first.

    ``hidden``: a natural person's, whose particulars another unit does not need.
    """
    found = [*_told(row, hidden=hidden), *(one for reader in outlook.HAPPENINGS for one in reader(row, user))]
    return sorted(found, key=lambda one: (one.day, one.time, one.order), reverse=True)


def _told(row: Subject, *, hidden: bool) -> Iterator[Happening]:
    """The ledger's entries about these rows, and those about many entries at once that name them."""
    itself = str(Permit._meta.get_field("subject").verbose_name)
    for telling in told_of(queries.parts_of(row), among=OF_MANY):
        moment = telling.time.astimezone(clock.BEIJING)
        several = telling.verb in OF_MANY
        other = telling.object_kind == row._meta.label_lower and telling.object_id != str(row.pk) and not several
        yield Happening(
            moment.date(),
            f"{moment:%H:%M}",
            _("Merged entry: %(what)s") % {"what": telling.what} if other else telling.what,
            "" if hidden or telling.note in {one.after for one in telling.fields} else telling.note,
            telling.who,
            fields=[] if hidden else [one for one in telling.fields if one.field != itself],
            order=telling.seq,
        )


def _version(request: HttpRequest, row: Subject) -> int:
    """The version the clerk saw: as the form sent says, or the present one on first sight."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() else row.version


@access("registries.register_subject")
@require_http_methods(["GET", "POST"])
def subject_new(request: HttpRequest) -> HttpResponse:
    """Register a subject that was found; ``?name=&uscc=&address=&category=`` fill the form from a list."""
    user = signed_in(request)
    given = {name: request.GET[name] for name in ("name", "uscc", "old_number", "address", "reason") if name in request.GET}
    start: dict[str, Any] = {"unit": user.unit_id, "kind": Subject.Kind.ENTERPRISE, **given}
    if request.GET.get("category", "").isdecimal():
        start["categories"] = [int(request.GET["category"])]
    form = RegisterForm(request.POST or None, instance=Subject(), initial=start)
    if request.method == "POST" and form.is_valid():
        change = act(
            request,
            commands.register_subject,
            done=_("The subject is registered. Enter its permits, if it has any."),
            form=form,
            entry=form.entry(),
            reason=form.cleaned_data["reason"],
            another=form.cleaned_data["another"],
        )
        if change is not None and isinstance(change.obj, Subject):
            return redirect("subject", key=change.obj.key)
    return render(request, "office/subjects/subject_new.html", {"form": form})


@access("registries.change_subject")
@require_http_methods(["GET", "POST"])
def subject_change(request: HttpRequest, key: str) -> HttpResponse:
    """Correct an entry of the own unit."""
    user = signed_in(request)
    row = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    if not keeps(user, row.unit_id) or row.merged_into_id is not None:
        return redirect("subject", key=key)
    version, name = _version(request, row), row.name
    form = SubjectForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        change = act(
            request,
            commands.change_subject,
            done=_("The entry was changed."),
            form=form,
            shown=Seen(row, version),
            subject_id=row.pk,
            version=version,
            entry=form.entry(),
            reason=form.cleaned_data["reason"],
        )
        if change is not None:
            return redirect("subject", key=key)
    note_read(request, commands.read_subject_data, f"subject-{row.pk}", subject_id=row.pk)  # the form shows both in full
    context = {"form": form, "key": key, "name": name, "version": version}
    return render(request, "office/subjects/subject_change.html", context, status=overtaken.status_of(form))


STEPS: dict[str, tuple[type[forms.Form], Any, Any, Any]] = {
    "grade": (GradeForm, commands.grade_subject, gettext_lazy("Enter a risk grade"), gettext_lazy("The grade was entered.")),
    "status": (StatusForm, commands.change_status, gettext_lazy("Change the status"), gettext_lazy("The status was changed.")),
    "complaint": (ComplaintForm, commands.record_complaint, gettext_lazy("Record a complaint"), gettext_lazy("The complaint was recorded.")),
    "violation": (ViolationForm, commands.record_violation, gettext_lazy("Record a violation"), gettext_lazy("The violation was recorded.")),
    "exclusion": (ExclusionForm, commands.record_exclusion, gettext_lazy("Take out of scope"), gettext_lazy("The exclusion was recorded.")),
}
"""Step → form, command, title, what is said when it is done."""
VERSIONED = ("grade", "status")


@access("registries.change_subject")
@require_http_methods(["GET", "POST"])
def subject_step(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """One thing about an entry, on a page of its own: a grade, a status, a complaint, a violation, an exclusion."""
    if step not in STEPS:
        raise Http404
    row = get_object_or_404(Subject.objects.select_related("unit"), key=key)
    if request.method == "GET" and not keeps(signed_in(request), row.unit_id):
        return redirect("subject", key=key)
    form_type, command, title, done = STEPS[step]
    start = {"grade": row.risk_grade, "status": row.status} if step in VERSIONED else {"starts_on": clock.today()}
    form = form_type(request.POST or None, initial=start)
    version = _version(request, row)
    if request.method == "POST" and form.is_valid():
        given = {"subject_id": row.pk, **({"version": version} if step in VERSIONED else {}), **form.cleaned_data}
        seen = Seen(row, version) if step in VERSIONED else None
        if act(request, command, done=str(done), form=form, shown=seen, **given) is not None:
            return redirect("subject", key=key)
    excluded = queries.exclusion_on(row.pk, clock.today()) if step == "complaint" else None
    context = {"form": form, "subject": row, "title": title, "version": version, "excluded": excluded, "about": ""}
    return render(request, "office/subjects/step.html", context, status=overtaken.status_of(form))


@access("registries.view_subjects")
@require_POST
def subject_verify(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm an entry as of today."""
    row = get_object_or_404(Subject, key=key)
    done = _("The entry is confirmed as of today.")
    version = _version(request, row)
    act(request, commands.verify_subject, done=done, shown=Seen(row, version), subject_id=row.pk, version=version)
    return redirect("subject", key=key)
