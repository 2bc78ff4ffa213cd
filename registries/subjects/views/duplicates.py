"""Duplicates: those that are likely, two side by side, merging them, taking a merge back."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.masking import masked_name, masked_phone
from registries.people.queries import keeps, own_units
from registries.subjects import commands, duplicates
from registries.subjects.forms import MergeForm
from registries.subjects.models import Subject


@access("registries.merge_subjects")
@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Entries of the own units that are likely the same."""
    groups = duplicates.likely(own_units(signed_in(request)))
    return render(request, "office/subjects/duplicates.html", {"groups": groups, "most": duplicates.MOST_GROUPS})


class Side(NamedTuple):
    """One field of both entries: what it says here and there, whether it differs, the one chosen."""

    name: str
    label: str
    stays: str
    goes: str
    differs: bool
    chosen: bool


def _sides(one: Subject, other: Subject, chosen: list[str]) -> list[Side]:
    labels = {
        "name": _("Name"),
        "uscc": _("Unified social credit code"),
        "old_number": _("Old registration number"),
        "kind": _("Kind"),
        "unit": _("Responsible unit"),
        "town": _("Township and address"),
        "contact": _("Person in charge"),
        "phone": _("Phone"),
        "risk_grade": _("Risk grade"),
    }
    first, second = _said(one), _said(other)
    return [
        Side(name, labels[name], first[name], second[name], first[name] != second[name], name in chosen)
        for name in commands.EXCHANGED
    ]


def _said(row: Subject) -> dict[str, str]:
    return {
        "name": row.name,
        "uscc": row.uscc or "",
        "old_number": row.old_number,
        "kind": row.get_kind_display(),
        "unit": f"{row.unit}{f' · {row.station}' if row.station else ''}",
        "town": f"{row.town} {row.address}",
        "contact": masked_name(row.contact),
        "phone": masked_phone(row.phone),
        "risk_grade": f"{row.get_risk_grade_display()} {row.graded_on or ''} {row.grade_source}".strip(),
    }


def _entry(key: str) -> Subject:
    return get_object_or_404(Subject.objects.select_related("unit", "station", "town"), key=key)


def _number(request: HttpRequest, name: str, now: int) -> int:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() else now


@access("registries.merge_subjects")
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """Two entries side by side: ``key`` stays, ``other`` goes; field by field which of the two is right."""
    one, two = _entry(key), _entry(other)
    if request.method == "GET" and not (keeps(signed_in(request), one.unit_id) and keeps(signed_in(request), two.unit_id)):
        return redirect("subject", key=key)
    versions = _number(request, "version", one.version), _number(request, "duplicate_version", two.version)
    form = MergeForm(request.POST or None)
    chosen = [name for name in commands.EXCHANGED if request.POST.get(f"take-{name}") == "goes"]
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"subject_id": one.pk, "version": versions[0], "duplicate_id": two.pk}
        given |= {"duplicate_version": versions[1], "fields": chosen, "reason": form.cleaned_data["reason"]}
        done = _("Merged. Permits, signals and visits of both count for the entry that stays.")
        if act(request, commands.merge_subjects, done=done, form=form, **given) is not None:
            return redirect("subject", key=key)
    context = {"form": form, "one": one, "two": two, "sides": _sides(one, two, chosen), "versions": versions}
    return render(request, "office/subjects/merge.html", context)


@access("registries.unmerge_subject")
@require_POST
def unmerge(request: HttpRequest, key: str) -> HttpResponse:
    """Take a merge back; ``key`` is the entry that went."""
    gone = get_object_or_404(Subject.objects.select_related("merged_into"), key=key)
    done, reason = _("The two entries are separate again."), request.POST.get("reason", "")
    act(request, commands.unmerge_subject, done=done, duplicate_id=gone.pk, reason=reason)
    return redirect("subject", key=gone.merged_into.key if gone.merged_into else key)
