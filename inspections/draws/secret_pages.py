"""The office pages of an open order's secret: the auditor takes the sealed copy out, a supervisor enters the secret again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.draws import commands, queries
from inspections.draws.forms import SecretForm
from inspections.draws.models import Draw
from inspections.draws.states import DrawState
from registries import clock
from registries.ledger.words import in_words
from registries.pages import act, signed_in
from registries.people.access import access


def _open_order(request: HttpRequest, pk: int) -> Draw:
    return get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk, state__in=queries.PUBLIC_STATES)


@access("inspections.read_sealed_copy")
def sealed_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """What the copy is for and who took it; taking it is a POST, because it is an entry of the ledger."""
    draw = _open_order(request, pk)
    if request.method == "POST" and act(request, commands.read_sealed_copy, draw_id=draw.pk):
        response = HttpResponse(queries.sealed_copy_of(draw) + "\n", content_type="text/plain; charset=ascii")
        response.headers["Content-Disposition"] = f'attachment; filename="draw-{draw.number}-sealed.txt"'
        response.headers["Cache-Control"] = "no-store"
        return response
    context = {
        "draw": draw,
        "is_open": draw.state == DrawState.COMMITTED,
        "sealed": bool(queries.sealed_copy_of(draw)),
        "wanted": queries.wants_secret(draw, clock.now()),
        "handlings": [(payload, in_words(payload.verb)) for payload in queries.handlings_of_secret(draw)],
    }
    return render(request, "office/draws/sealed.html", context)


@access("inspections.give_secret")
def give_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the secret that the auditor's copy holds, when the order is due and the server has lost its own."""
    draw = _open_order(request, pk)
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        change = act(request, commands.give_secret, form=form, draw_id=draw.pk, secret=form.cleaned_data["secret"])
        if change is not None:
            messages.success(request, _("It is the secret the order committed to. The worker draws now."))
            return redirect("draw-page", pk=draw.pk)
    context = {"draw": draw, "form": form, "wanted": queries.wants_secret(draw, clock.now())}
    return render(request, "office/draws/give_secret.html", context, status=422 if form.errors else 200)
