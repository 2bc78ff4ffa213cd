"""The list of messages, marking them as read, the calendar's address, and the calendar itself."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inspections.cases.rules import countdown
from inspections.messages import commands, feed, queries
from inspections.messages.forms import WishesForm
from registries import clock
from registries.ledger.change import Refused
from registries.pages import act, page_of, signed_in
from registries.people.access import PUBLIC, access


@access("inspections.read_messages")
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first; ``all`` shows what is read or settled too."""
    user, today = signed_in(request), clock.today()
    everything = bool(request.GET.get("all"))
    listing = page_of(request, queries.messages_of(user) if everything else queries.unread(user))
    rows = []
    for one in listing["page"]:
        urgency, words = countdown(one.due_on, today) if one.due_on and one.closed_at is None else ("", None)
        rows.append((one, urgency, Refused(words).sentence if words else ""))
    calendar = queries.calendar_of(user)
    address = f"{settings.PUBLIC_URL}{reverse('calendar', args=[calendar.secret])}" if calendar else ""
    form = WishesForm(instance=queries.wishes_of(user))
    context = {**listing, "rows": rows, "everything": everything, "calendar": calendar, "address": address, "form": form}
    return render(request, "office/messages/list.html", {**context, "mailed": bool(settings.EMAIL_URL)})


@access("inspections.choose_messages")
@require_POST
def message_wishes(request: HttpRequest) -> HttpResponse:
    """Keep how one wants to be told."""
    form = WishesForm(request.POST)
    if form.is_valid():
        act(request, commands.choose_messages, done=_("Your choice is kept."), **form.cleaned_data)
    else:
        messages.error(request, _("Choose one of the languages."))
    return redirect(f"{reverse('message-list')}#wishes")


@access("inspections.read_messages")
@require_POST
def message_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it as read and go where it leads."""
    message = get_object_or_404(queries.messages_of(signed_in(request)), pk=pk)
    act(request, commands.read_messages, message_id=pk)
    inside = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if inside else reverse("message-list"))


@access("inspections.read_messages")
@require_POST
def message_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    act(request, commands.read_messages, done=_("All messages are marked as read."))
    return redirect("message-list")


@access("inspections.renew_calendar")
@require_POST
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """A new address."""
    act(request, commands.renew_calendar, done=_("This is your calendar's address now. One you had before opens nothing any more."))
    return redirect(f"{reverse('message-list')}#calendar")


@access("inspections.revoke_calendar")
@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    act(request, commands.revoke_calendar, done=_("Your calendar's address is revoked."))
    return redirect(f"{reverse('message-list')}#calendar")


@access(PUBLIC)
@require_GET
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The deadlines of the person whose secret this is, without names; for all else there is no such page."""
    user = queries.whose_calendar(secret)
    if user is None:
        raise Http404
    now = clock.now()
    with translation.override(queries.wishes_of(user).language):
        body = feed.calendar(queries.tasks_of(user, now), name=_("Inspection deadlines"), now=now)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
