"""Office pages for the administrators' two: alarms about sign-in, break-glass accounts, new passwords that two people give."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from registries.pages import act, page_of, signed_in
from registries.people import commands, emergencies, queries
from registries.people.access import access
from registries.people.models import Alarm, BreakGlass, PasswordReset
from registries.people.titles import title, titles


@access("registries.view_alarms")
@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """Alarms, the open ones first, and every break-glass account there ever was."""
    glass = [(one, title(one.role)) for one in BreakGlass.objects.select_related("user").order_by("-opened_at")[:50]]
    context = {"glass": glass, "may_note": signed_in(request).has_perm("registries.note_alarm")}
    listing = page_of(request, queries.alarms())
    return render(request, "office/people/alarms.html", {**listing, **context})


@access("registries.note_alarm")
@require_POST
def alarm_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an alarm, with what was found or done."""
    get_object_or_404(Alarm, pk=pk)
    act(request, emergencies.note_alarm, done=_("The alarm is noted."), alarm_id=pk, note=request.POST.get("note", ""))
    return redirect("alarms")


@access("registries.confirm_reset")
@require_GET
def resets(request: HttpRequest) -> HttpResponse:
    """New passwords asked for that this administrator may confirm."""
    rows = [(one, titles(one.user.role_codes)) for one in queries.resets_to_confirm(signed_in(request)).select_related("asked_by")[:50]]
    return render(request, "office/people/resets.html", {"rows": rows})


@access("registries.confirm_reset")
@require_POST
def reset_decide(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Confirm or refuse one."""
    get_object_or_404(PasswordReset, pk=pk)
    if to == "confirm":
        done = _("Confirmed. The system administrator can set the one-time password within a day.")
        act(request, commands.confirm_reset, done=done, reset_id=pk)
    else:
        act(request, commands.refuse_reset, done=_("Refused. The present password stays."), reset_id=pk)
    return redirect("resets")


@access("registries.ask_reset")
@require_POST
def reset_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new password of somebody who decides."""
    get_object_or_404(queries.people(), pk=pk)
    if act(request, commands.ask_reset, user_id=pk) is not None:
        messages.success(request, _("Asked for. Once it is confirmed, come back to this page and set the one-time password."))
    return redirect("account", pk=pk)
