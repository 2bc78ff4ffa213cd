"""The office page of the self-checks: what the last one found, in words; the auditor may ask for one now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registries import clock
from registries.ledger.change import Refused
from registries.pages import act, page_of, signed_in
from registries.people.access import access
from registries.people.queries import open_glass
from registries.selfchecks import commands, queries


@access("registries.view_ledger")
def self_check(request: HttpRequest) -> HttpResponse:
    """The outcome of the last run with its findings, the alarm if there is one, the runs before; POST asks for a new one."""
    if request.method == "POST":
        act(request, commands.ask_self_check, done=_("Asked for. The worker looks at everything now."))
        return redirect("office-self-check")
    last, alarm = queries.finished().first(), queries.alarm(clock.now())
    context = {
        "last": last,
        "findings": queries.told(last) if last else [],
        "alarm": Refused(alarm).sentence if alarm else "",
        "running": queries.waiting().exists(),
        "may_ask": signed_in(request).has_perm("registries.ask_self_check"),
        "glass": open_glass(),
        **page_of(request, queries.finished().defer("findings")),
    }
    return render(request, "office/selfchecks/page.html", context)
