"""Pages of the registry: who may inspect and who may not, one inspector, the entry, the figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.inspectors import commands, queries
from registries.inspectors.forms import (
    EligibilityForm,
    EntryForm,
    FindForm,
    InspectorFilterForm,
    RegistryFilterForm,
    StatusForm,
)
from registries.inspectors.models import Inspector
from registries.inspectors.rules import WARN_DAYS, Criterion, age_on
from registries.inspectors.views.filling import filled
from registries.ledger.change import Refused
from registries.ledger.telling import history_told
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.masking import masked_id, masked_name, masked_phone
from registries.people.models import User
from registries.people.queries import keeps_unit


@access("registries.view_inspectors")
@require_GET
def inspector_list(request: HttpRequest) -> HttpResponse:
    """The registry; every row says whether the person may inspect today, and if not, why."""
    form = RegistryFilterForm(request.GET)
    today = clock.today()
    listing = page_of(request, narrowed(matching(queries.inspectors().prefetch_related("experts"), form), form).order_by("number"))
    shown = Inspector.objects.filter(pk__in=[row.pk for row in listing["page"]])
    ends = {row.pk: row.ends for row in queries.certificates_ending(shown, today)}
    rows = [(row, queries.why_not_in_words(row, today), ends.get(row.pk)) for row in listing["page"]]
    user = signed_in(request)
    context = {
        "form": form,
        "rows": rows,
        "may_save": user.has_perm("registries.save_inspector"),
        "find": FindForm() if user.has_perm("registries.read_inspector_data") else None,
    }
    return render(request, "office/inspectors/inspector_list.html", {**listing, **context})


@access("registries.read_inspector_data")
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Whose ID number this is: on to that entry. The number stands in no address, no page and no log."""
    form = FindForm(request.POST)
    row = queries.by_id_number(form.cleaned_data["id_number"]) if form.is_valid() else None
    if act(request, commands.find_inspector, inspector_id=row.pk if row else None) is None:
        return redirect("inspector-list")
    if row is None:
        messages.error(request, _("No entry has this ID number."))
        return redirect("inspector-list")
    return redirect("inspector", number=row.number)


def matching(rows: QuerySet[Inspector], form: InspectorFilterForm) -> QuerySet[Inspector]:
    """The rows that name, number, unit and status fit."""
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(number__icontains=wanted["q"]))
    return rows.filter(**{name: wanted[name] for name in ("unit", "status") if wanted[name]})


def narrowed(rows: QuerySet[Inspector], form: RegistryFilterForm) -> QuerySet[Inspector]:
    """The rows that the other filters fit."""
    if not form.is_valid():
        return rows
    wanted, today = form.cleaned_data, clock.today()
    if wanted["tag"]:
        rows = rows.filter(Q(fields=wanted["tag"]) | Q(specialties=wanted["tag"]) | Q(experts=wanted["tag"])).distinct()
    rows = rows.filter(**{name: wanted[name] for name in ("duty", "level") if wanted[name]})
    if wanted["group"]:
        rows = rows.filter(pk__in=queries.members_of([wanted["group"].pk]))
    looks: dict[str, Callable[[QuerySet[Inspector]], QuerySet[Inspector]]] = {
        "able": lambda rows: queries.able_on(rows, today),
        "unable": lambda rows: rows.exclude(pk__in=queries.able_on(Inspector.objects.all(), today).values("pk")),
        "ending": lambda rows: queries.certificates_ending(rows, today),
        "untrained": lambda rows: queries.without_training(rows, today.year),
    }
    return looks[wanted["look"]](rows) if wanted["look"] else rows


def entry_context(row: Inspector) -> dict[str, Any]:
    """What the page of an inspector and their own page both show; personal data masked."""
    today = clock.today()
    recusals = list(row.recusals.select_related("subject", "declared_by"))
    return {
        "inspector": row,
        "phone": masked_phone(row.phone),
        "id_number": masked_id(row.id_number),
        "age": age_on(row.id_number, today),
        "certificates": [
            (c, c.valid_from <= today <= c.last_day, 0 <= (c.last_day - today).days <= WARN_DAYS) for c in row.certificates.all()
        ],
        "leaves": [(leave, leave.starts_on <= today <= leave.ends_on, leave.ends_on >= today) for leave in row.leaves.all()],
        "recusals": [(one, one.ends_on is None or one.ends_on >= today, masked_name(one.relative)) for one in recusals],
        "trainings": list(row.trainings.all()),
        "why_not": queries.why_not_in_words(row, today),
    }


@access("registries.view_inspectors")
@require_GET
def inspector(request: HttpRequest, number: str) -> HttpResponse:
    """One inspector: whether they may inspect and why not, the entry, what belongs to it."""
    user = signed_in(request)
    row = get_object_or_404(queries.inspectors().prefetch_related("matters"), number=number)
    return render(request, "office/inspectors/inspector.html", _page(user, row))


def _page(user: User, row: Inspector) -> dict[str, Any]:
    """The whole page."""
    context = entry_context(row)
    told = (row, *(c for c, *_rest in context["certificates"]), *(r for r, *_rest in context["recusals"]))
    kept = keeps_unit(user, row.unit)
    return {
        **context,
        "groups": row.groups.filter(active=True),
        "criteria": [_said(one) for one in queries.criteria_on(row, clock.today())],
        "may_save": user.has_perm("registries.save_inspector") and kept,
        "may_read": user.has_perm("registries.read_inspector_data") and kept,
        "history": history_told(*told) if user.has_perm("registries.view_history") else None,
    }


@access("registries.view_inspectors")
@require_GET
def eligibility(request: HttpRequest, number: str) -> HttpResponse:
    """Whether an inspector may go on a chosen day, on a chosen matter, and every reason against."""
    row = get_object_or_404(queries.inspectors().prefetch_related("matters"), number=number)
    form = EligibilityForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = asked.get("day") or clock.today()
    criteria = [_said(one) for one in queries.criteria_on(row, day, asked.get("matter"))]
    context = {"inspector": row, "form": form, "day": day, "matter": asked.get("matter"), "criteria": criteria}
    return render(request, "office/inspectors/eligibility.html", context)


def _said(one: Criterion) -> tuple[str, str]:
    """A criterion in the reader's language: what is asked, and why not ("")."""
    return Refused(one.asked).sentence, Refused(one.why_not).sentence if one.why_not is not None else ""


@access("registries.read_inspector_data")
@require_POST
def inspector_data(request: HttpRequest, number: str) -> HttpResponse:
    """Phone and ID number in full, once; that they were read stands in the ledger before they are shown."""
    user = signed_in(request)
    row = get_object_or_404(queries.inspectors().prefetch_related("matters"), number=number)
    if act(request, commands.read_inspector_data, inspector_id=row.pk) is None:
        return redirect("inspector", number=number)
    context = {**_page(user, row), "phone": row.phone, "id_number": row.id_number, "in_full": True}
    response = render(request, "office/inspectors/inspector.html", context)
    response["Cache-Control"] = "no-store"
    return response


@access("registries.save_inspector")
@require_http_methods(["GET", "POST"])
def inspector_form(request: HttpRequest, number: str = "") -> HttpResponse:
    """A new entry, or the change of one."""
    user = signed_in(request)
    row = get_object_or_404(Inspector, number=number) if number else None
    form = EntryForm(request.POST or None, instance=row, user=user)
    if row is None:
        return filled(
            request,
            form,
            commands.save_inspector,
            title=_("New inspector"),
            lead=_("Certificates, leave and conflicts are added on the page of the entry."),
            done=_("The entry was made. Add the certificate next: without one nobody is drawn."),
            back=reverse("inspector-list"),
        )
    return filled(
        request,
        form,
        commands.save_inspector,
        title=_("Change the entry of %(name)s") % {"name": row.name},
        done=_("The entry was saved."),
        back=reverse("inspector", args=[number]),
        trail=((row.name, reverse("inspector", args=[number])),),
        inspector_id=row.pk,
        version=row.version,
        unit=row.unit_id,
    )


@access("registries.change_inspector_status")
@require_http_methods(["GET", "POST"])
def inspector_status(request: HttpRequest, number: str) -> HttpResponse:
    """Suspend, let go, or take on duty again, with the reason."""
    row = get_object_or_404(Inspector, number=number)
    return filled(
        request,
        StatusForm(request.POST or None, initial={"status": row.status}),
        commands.change_inspector_status,
        title=_("Change the status of %(name)s") % {"name": row.name},
        lead=_("Only who is on duty is drawn. Cases that are open stay with their team."),
        done=_("The status was changed."),
        back=reverse("inspector", args=[number]),
        trail=((row.name, reverse("inspector", args=[number])),),
        inspector_id=row.pk,
        version=row.version,
        unit=row.unit_id,
    )


@access("registries.view_inspectors")
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """The registry in figures."""
    form = InspectorFilterForm(request.GET)
    today = clock.today()
    rows = matching(queries.inspectors().prefetch_related("experts"), form)
    whole = rows.aggregate(everybody=Count("pk"))
    tables = queries.statistics(rows, today)
    return render(request, "office/inspectors/statistics.html", {"form": form, "tables": tables, "today": today, **whole})
