"""The office page of held work: what the worker could not do, what waits for it, and the button to try again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registries.attempts import commands, kinds, queries
from registries.pages import act, page_of, signed_in
from registries.people.access import access


@access("registries.view_held_work")
def held_work(request: HttpRequest) -> HttpResponse:
    """Everything that is held; POST with ``attempt`` releases one."""
    if request.method == "POST":
        pk = request.POST.get("attempt", "")
        act(request, commands.release_work, done=_("Released. The worker tries again with its next round."), attempt_id=int(pk) if pk.isdecimal() else 0)
        return redirect("held-work")
    listing = page_of(request, queries.held())
    rows = [(one, kinds.KINDS.get(one.work)) for one in listing["page"]]
    may_release = signed_in(request).has_perm("registries.release_work")
    return render(request, "office/attempts/page.html", {**listing, "rows": rows, "may_release": may_release, "most": kinds.MOST})
