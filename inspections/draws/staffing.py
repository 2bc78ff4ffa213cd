"""The office pages of orders for teams alone: beginning one, and its form. All that follows is the page of every draw."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inspections.adhoc.queries import visible_requests
from inspections.draws import commands, places
from inspections.draws.explaining import by_reason
from inspections.draws.forms import StaffingForm
from inspections.draws.matters import own_revisions
from inspections.draws.models import Draw
from inspections.draws.roster import Roster, origin_of
from inspections.draws.states import Mode
from inspections.draws.wording import reason_label
from inspections.plans.queries import open_items
from registries import clock
from registries.ledger.change import Refused
from registries.pages import act, signed_in
from registries.people.access import access


@access("inspections.prepare_staffing")
@require_POST
def begin_staffing(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the order that finds teams for open places of a drawn draw, for the unit named."""
    unit = request.POST.get("unit", "")
    unit_id = int(unit) if unit.isascii() and unit.isdecimal() else 0
    done = _("The order is begun. Choose the units, then announce the sources.")
    change = act(request, commands.prepare_staffing, done=done, draw_id=pk, unit_id=unit_id)
    return redirect("draw-list") if change is None else redirect("draw-page", pk=change.obj.pk)


@access("inspections.prepare_adhoc")
@require_POST
def begin_adhoc(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the order that draws the team for an approved ad-hoc request."""
    get_object_or_404(visible_requests(signed_in(request)), pk=pk)
    done = _("The order is begun. Choose the units, then announce the sources.")
    change = act(request, commands.prepare_adhoc, done=done, request_id=pk)
    return redirect("adhoc-page", pk=pk) if change is None else redirect("draw-page", pk=change.obj.pk)


def prepare(request: HttpRequest, draw: Draw) -> HttpResponse:
    """The form of an order for teams alone, beside who is in it as things stand. Save and submit keep what was typed."""
    matters = own_revisions(draw)
    items = list(places.plan_items(draw, open_items(signed_in(request)), matters))
    origin = origin_of(draw)
    if request.method == "POST":
        form = StaffingForm(request.POST, draw=draw, items=items)
        if form.is_valid() and _save(request, draw, form):
            return redirect("draw-page", pk=draw.pk)
    else:
        form = StaffingForm(draw=draw, items=items, initial=StaffingForm.initial_of(draw, origin))
    figures = _figures(draw, places.preview(draw, matters, origin_of(draw) if form.is_bound else origin, clock.today()))
    context = {"draw": draw, "form": form, "matters": matters, "adhoc": draw.mode == Mode.ADHOC, **figures}
    return render(request, "office/draws/staffing.html", context, status=422 if form.errors else 200)


def _figures(draw: Draw, roster: Roster) -> dict[str, object]:
    """Who is in and who may be sent, in numbers: names stay with the cases."""
    return {
        "entries": len(roster.entries),
        "left_out": [(reason_label(reason), count) for reason, count in roster.reasons.items()],
        "inspectors": len(roster.people),
        "kept_out": by_reason(roster.kept_out),
        "leads": sum(person.may_lead for person in roster.people),
        "wanted": len(roster.entries) * draw.team_size,
        "room": sum(max(0, person.most_open_cases - person.open_cases) for person in roster.people),
    }


def _save(request: HttpRequest, draw: Draw, form: StaffingForm) -> bool:
    """Save, and submit when that button was pressed; a refusal becomes the form's error."""
    actor = signed_in(request)
    try:
        change = commands.change_staffing(actor=actor, draw_id=draw.pk, **form.arguments())
        if "submit" not in request.POST:
            messages.success(request, _("Saved."))
            return True
        commands.submit_draw(actor=actor, draw_id=draw.pk, version=cast(Draw, change.obj).version)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        draw.refresh_from_db()
        typed = request.POST.copy()
        typed["version"] = str(draw.version)
        form.data = typed
        return False
    messages.success(request, _("Submitted. The roster is frozen; a supervisor other than you must approve it."))
    return True
