"""The list of subjects: searched, filtered, as a file; and what is done to many entries at once, after a page that says to how many."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from registries import clock
from registries.ledger.change import Change
from registries.lists.paging import LongPaginator
from registries.lists.views import exported, finding
from registries.pages import ROWS, act, signed_in
from registries.people.access import access
from registries.people.models import User
from registries.people.queries import own_units
from registries.spreadsheets.writing import Writable
from registries.subjects import commands, listing, queries
from registries.subjects.forms import AssignForm, GoneForm, SubjectFilterForm
from registries.subjects.models import Subject
from registries.subjects.naming import published_name
from registries.subjects.rules import is_stale

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 20
"""Rows that the page before a change of many names."""


@dataclass(frozen=True)
class Action:
    """Something done to many entries: its title, what is said before it, its command and form, what is said when it is done."""

    title: "StrOrPromise"
    command: Callable[..., Change]
    done: Callable[[int], str]
    form: type[forms.Form] | None = None
    caution: "StrOrPromise" = ""


ACTIONS = {
    "verify": Action(
        gettext_lazy("Confirm entries as of today"),
        commands.verify_subjects,
        lambda n: ngettext("%(number)d entry is confirmed as of today.", "%(number)d entries are confirmed as of today.", n),
        caution=gettext_lazy("You say that every one of them is right today. Whoever confirmed stands in the history of each."),
    ),
    "assign": Action(
        gettext_lazy("Give entries to another unit"),
        commands.assign_subjects,
        lambda n: ngettext("%(number)d entry was given over.", "%(number)d entries were given over.", n),
        AssignForm,
    ),
    "gone": Action(
        gettext_lazy("Mark entries as gone"),
        commands.mark_subjects_gone,
        lambda n: ngettext("%(number)d entry is marked as gone.", "%(number)d entries are marked as gone.", n),
        GoneForm,
        gettext_lazy("They stay in the registry and are drawn no more. Each can be set back into operation on its own page."),
    ),
}


@access("registries.view_subjects")
@require_GET
def subject_list(request: HttpRequest) -> HttpResponse:
    """The registry, searched, filtered and paged; ``?export=`` gives what is seen as a file."""
    today, user = clock.today(), signed_in(request)
    form = SubjectFilterForm(request.GET)
    units = own_units(user)
    rows = _fitting(form, listing.rows(), units)
    found = finding(request, listing.LISTING)
    if "export" in request.GET:
        return exported(request, listing.LISTING, listing.NAME, rows, found["columns"])
    page = LongPaginator(rows, ROWS).get_page(request.GET.get("page"))
    pks = list(page)  # an index alone gives these, however many rows are passed over
    shown = list(listing.rows().filter(pk__in=pks).annotate(excluded=queries.is_excluded_on(today)))
    signals = queries.signals(pks, today)
    plain = not found["query"] and page.number == 1
    stale = queries.stale(Subject.objects.filter(status=Subject.Status.ACTIVE), today)
    context = {
        "form": form,
        "finding": found,
        "columns": found["columns"],
        "page": page,
        "query": found["query"],
        "filtered": bool(found["query"]),
        "rows": [
            {
                "subject": row,
                "name": listing.NAME.value(row),
                "cells": [(column.css, column.label, _text(column.value(row))) for column in found["columns"]],
                "stale": row.status == Subject.Status.ACTIVE and is_stale(row.verified_on, today),
                "excluded": row.excluded,
                "signals": any(signals[row.pk]),
            }
            for row in shown
        ],
        "stale_count": (stale if units is None else stale.filter(unit_id__in=units)).count() if plain else 0,
        "may_act": user.has_perm("registries.verify_subjects"),
        "may_register": user.has_perm("registries.register_subject"),
    }
    return render(request, "office/subjects/subject_list.html", context)


def _text(value: Writable) -> str:
    """What a cell shows."""
    return "" if value is None else str(value)


def _fitting(form: SubjectFilterForm, rows: QuerySet[Subject], units: set[int] | None) -> QuerySet[Subject]:
    return listing.found(rows, form.cleaned_data if form.is_valid() else {}, clock.today(), units)


@access("registries.verify_subjects")
@require_POST
def subject_several(request: HttpRequest) -> HttpResponse:
    """Confirm, give away or mark as gone many entries: first a page that says how many would change and which not, then the change."""
    user, action, query = signed_in(request), request.POST.get("action", ""), request.POST.get("query", "")
    if action not in ACTIONS:
        raise Http404
    decided = "sight" in request.POST
    form_type = ACTIONS[action].form
    form = form_type(request.POST if decided else None) if form_type is not None else None
    rows, back = _chosen(request, query), _back(request, query)
    if decided and _done(request, ACTIONS[action], form, [row.pk for row in rows]):
        return redirect(back)
    kept, left = _sorted_out(user, rows, action)
    context = {
        "action": action,
        "title": ACTIONS[action].title,
        "caution": ACTIONS[action].caution,
        "form": form,
        "query": query,
        "review": request.POST.get("review", ""),
        "back": back,
        "rows": kept[:SHOWN],
        "more": len(kept) - SHOWN,
        "count": len(kept),
        "most": commands.MOST_AT_ONCE,
        "left": left,
        "left_count": sum(len(names) for _why, names in left),
        "ids": ",".join(str(row.pk) for row in kept),
        "sight": commands.sight_of((row.pk, row.version) for row in kept),
    }
    return render(request, "office/subjects/several.html", context)


def _back(request: HttpRequest, query: str) -> str:
    """Where the person came from: a yearly review, or the list with its filters."""
    review = request.POST.get("review", "")
    if review.isdecimal() and len(review) == 4:
        return reverse("campaign", args=[int(review)])
    return f"{reverse('subject-list')}{'?' + query if query else ''}"


def _chosen(request: HttpRequest, query: str) -> list[Subject]:
    """The entries a person ticked, or all that fit the filters."""
    rows = listing.rows().prefetch_related(None)
    if "ids" in request.POST:
        ids = [int(text) for text in request.POST["ids"].split(",") if text.isdecimal()]
        return list(rows.filter(pk__in=ids[: commands.MOST_AT_ONCE + 1]))
    if request.POST.get("which") == "all":
        found = _fitting(SubjectFilterForm(QueryDict(query)), rows, own_units(signed_in(request)))
        return list(found[: commands.MOST_AT_ONCE + 1])
    return list(rows.filter(pk__in=[int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()]))


def _sorted_out(user: User, rows: list[Subject], action: str) -> tuple[list[Subject], list[tuple[str, list[str]]]]:
    """The entries that would change, and those that would not, by the reason."""
    units, today = own_units(user), clock.today()
    kept, left = [], dict[str, list[str]]()
    for row in rows:
        if row.status == Subject.Status.MERGED:
            why = _("merged into another entry")
        elif units is not None and row.unit_id not in units:
            why = _("kept by another unit")
        elif action == "verify" and row.verified_on >= today:
            why = _("confirmed today already")
        elif action == "gone" and row.status != Subject.Status.ACTIVE:
            why = _("not in operation already")
        else:
            kept.append(row)
            continue
        left.setdefault(why, []).append(published_name(row.kind, row.name))
    return kept, list(left.items())


def _done(request: HttpRequest, action: Action, form: forms.Form | None, ids: list[int]) -> bool:
    """Run what was confirmed; says how many entries changed."""
    given: dict[str, Any] = {"subject_ids": ids, "sight": request.POST["sight"]}
    if form is not None:
        if not form.is_valid():
            return False
        given |= form.arguments() if isinstance(form, AssignForm) else form.cleaned_data
    done = action.done(len(ids)) % {"number": len(ids)}
    return act(request, action.command, done=done, form=form, **given) is not None
