"""Office pages of the holiday table: the years, one year with its editions, and entering or changing it with a preview."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registries import clock
from registries.holidays import commands, library, queries
from registries.holidays.forms import HolidaysForm
from registries.holidays.models import HolidayYear
from registries.holidays.rules import Day, written
from registries.pages import act, signed_in
from registries.people.access import access

FIRST, AHEAD = 2020, 2
"""The first year that can be entered, and how many after this one."""


def _year(year: int) -> int:
    if not FIRST <= year <= clock.today().year + AHEAD:
        raise Http404
    return year


@access("registries.view_holidays")
@require_GET
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The years that were entered, and those that are missing."""
    today = clock.today()
    rows = list(queries.in_force().prefetch_related("days"))
    known = {row.year for row in rows}
    offered = [year for year in range(today.year + 1, today.year - 2, -1) if year not in known]
    context = {
        "rows": [(row, *_counts(queries.days_of(row))) for row in rows],
        "offered": offered,
        "missing": queries.missing(today),
        "may_save": signed_in(request).has_perm("registries.save_holidays"),
    }
    return render(request, "office/holidays/list.html", context)


def _counts(days: list[Day]) -> tuple[int, int]:
    worked = sum(one.works for one in days)
    return len(days) - worked, worked


@access("registries.view_holidays")
@require_GET
def holiday_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year: its days, and every edition with who saved it and why."""
    editions = list(queries.editions_of(_year(year)))
    held = editions[0] if editions else None
    context = {
        "year": year,
        "held": held,
        "editions": [(row, *_counts(queries.days_of(row))) for row in editions],
        "days": _lists(queries.days_of(held)),
        "may_save": signed_in(request).has_perm("registries.save_holidays"),
    }
    return render(request, "office/holidays/year.html", context)


def _lists(days: list[Day]) -> dict[str, Any]:
    """The days of a year as people read them: a line for every stretch, and how many days there are."""
    off, worked = ([one for one in days if one.works == works] for works in (False, True))
    return {"off": written(off).splitlines(), "worked": written(worked).splitlines(), "days_off": len(off), "days_worked": len(worked)}


@access("registries.save_holidays")
@require_http_methods(["GET", "POST"])
def holiday_form(request: HttpRequest, year: int) -> HttpResponse:
    """Enter or change a year: filled from the built-in list when asked (``?fill=``), shown once more before it is kept."""
    held = queries.editions_of(_year(year)).first()
    proposed = library.proposed(year) if "fill" in request.GET else []
    form = HolidaysForm(request.POST or None, first=held is None, initial=_initial(held, proposed))
    before, preview = queries.days_of(held), None
    if request.method == "POST" and form.is_valid():
        arguments = form.arguments()
        if "save" in request.POST and act(
            request, commands.save_holidays, done=_("The holidays are saved."), form=form, year=year, **arguments
        ):
            return redirect("holiday-year", year=year)
        preview = _preview(before, arguments["days"])
    elif proposed:
        preview = _preview(before, proposed)
    context = {
        "form": form,
        "year": year,
        "held": held,
        "preview": preview,
        "known": bool(library.proposed(year)),
        "filled": bool(proposed),
    }
    return render(request, "office/holidays/form.html", context, status=422 if form.errors else 200)


def _initial(held: HolidayYear | None, proposed: list[Day]) -> dict[str, Any]:
    days = proposed or queries.days_of(held)
    return {
        "seen": held.edition if held else 0,
        "notice": held.notice if held else "",
        "off": written(one for one in days if not one.works),
        "worked": written(one for one in days if one.works),
    }


def _preview(before: list[Day], after: list[Day]) -> dict[str, Any]:
    """What would be kept, and what of it is new or gone against the edition in force."""
    old, new = {(one.day, one.works): one for one in before}, {(one.day, one.works): one for one in after}
    return {
        **_lists(sorted(after)),
        "added": [one for key, one in sorted(new.items()) if key not in old],
        "gone": [one for key, one in sorted(old.items()) if key not in new],
        "against": bool(before),
    }
