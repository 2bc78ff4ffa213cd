"""Office pages of the yearly review: all of them, starting one, how far the units are, ending it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registries import clock
from registries.campaigns import commands, queries
from registries.campaigns.forms import StartForm
from registries.campaigns.models import Campaign
from registries.pages import act, signed_in
from registries.people.access import access
from registries.people.queries import own_units
from registries.subjects.models import Subject
from registries.subjects.naming import published_name

SAMPLE = 20
"""Entries left that the page of a review names."""


@access("registries.view_subjects")
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """All reviews, the newest first; the page of the one that runs is one click away."""
    rows = Campaign.objects.select_related("started_by", "ended_by")
    may_start = signed_in(request).has_perm("registries.start_campaign")
    return render(request, "office/campaigns/list.html", {"rows": rows, "may_start": may_start, "running": queries.running()})


@access("registries.start_campaign")
@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Start the review of this year."""
    today = clock.today()
    form = StartForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        done = _("The review is started. Every unit finds what is left on its desk.")
        change = act(request, commands.start_campaign, done=done, form=form, year=today.year, **form.cleaned_data)
        if change is not None:
            return redirect("campaign", year=today.year)
    return render(request, "office/campaigns/new.html", {"form": form, "year": today.year})


@access("registries.view_subjects")
@require_GET
def campaign(request: HttpRequest, year: int) -> HttpResponse:
    """One review: how far each unit is, and what is left to the person who looks."""
    row = get_object_or_404(Campaign.objects.select_related("started_by", "ended_by"), year=year)
    user = signed_in(request)
    units = own_units(user)
    progress = queries.progress(row)
    filters = f"status={Subject.Status.ACTIVE}&before={row.since.isoformat()}"
    mine = [one for one in progress if units is None or one.unit_id in units]
    context = {
        "campaign": row,
        "progress": progress,
        "entries": sum(one.entries for one in progress),
        "confirmed": sum(one.confirmed for one in progress),
        "left": sum(one.left for one in mine),
        "sample": _oldest(row, units) if row.ended_on is None else [],
        "filters": filters,
        "at": f"{reverse('subject-list')}?{filters}",
        "all_units": units is None,
        "late": row.ended_on is None and row.due_on < clock.today(),
        "may_end": row.ended_on is None and user.has_perm("registries.end_campaign"),
        "may_confirm": user.has_perm("registries.verify_subjects"),
    }
    return render(request, "office/campaigns/page.html", context)


def _oldest(row: Campaign, units: set[int] | None) -> list[tuple[Subject, str]]:
    """The entries left that were confirmed longest ago, each with the name that lists show."""
    rows = queries.left(row, units).defer("contact", "phone").select_related("unit", "town").order_by("verified_on", "key")
    return [(one, published_name(one.kind, one.name)) for one in rows[:SAMPLE]]


@access("registries.end_campaign")
@require_POST
def campaign_end(request: HttpRequest, year: int) -> HttpResponse:
    """End a review."""
    row = get_object_or_404(Campaign, year=year)
    done = _("The review has ended; how far each unit came is kept.")
    act(request, commands.end_campaign, done=done, campaign_id=row.pk, note=request.POST.get("note", "")[:500])
    return redirect("campaign", year=year)
