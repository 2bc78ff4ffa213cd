"""What the forms of this room share: one page, one way from the form through the command to the next page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registries.inspectors.forms import Filled
from registries.ledger.change import Change
from registries.pages import act, signed_in
from registries.people.queries import keeps


def filled(
    request: HttpRequest,
    form: Filled,
    command: Callable[..., Change],
    *,
    title: str,
    done: str,
    back: str,
    lead: str = "",
    button: str = "",
    tone: str = "primary",
    trail: tuple[tuple[str, str], ...] = (),
    version: int | None = None,
    unit: int | None = None,
    **arguments: Any,
) -> HttpResponse:
    """Show the form on a page of its own; once it is sent right, run the command and go ``back``.

    ``version`` is what the person sees: it travels with the form, so that nobody writes over what they have not read.
    ``unit`` is whose row it is: whoever does not keep it is led back, and refused by the command where they send something all the same.
    """
    if request.method == "GET" and unit is not None and not keeps(signed_in(request), unit):
        return redirect(back)
    sent = request.POST.get("version", "")
    seen = int(sent) if sent.isdecimal() else version
    if request.method == "POST" and form.is_valid():
        wanted = {**arguments, **form.values()}
        if version is not None:
            wanted["version"] = seen
        if act(request, command, done=done, form=form, **wanted) is not None:
            return redirect(back)
    context = {"form": form, "title": title, "lead": lead, "button": button, "tone": tone, "trail": trail, "back": back, "seen": seen}
    return render(request, "office/inspectors/form.html", context)
