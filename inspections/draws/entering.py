"""The office pages of source values: typing one, correcting a settled one, the file of evidence.

What another person typed is shown to nobody before the value is settled: two people must read the announcement, not
each other.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.draws import commands, queries
from inspections.draws.commands.sources import File
from inspections.draws.forms import CorrectionForm, SourceValueForm
from inspections.draws.models import Draw, SeedSource, SourceEntry, SourceEvidence
from inspections.draws.rules import why_not_move, why_not_reopen
from inspections.draws.sources import GAMES
from inspections.draws.spelling import example, in_words
from inspections.draws.states import MOVES
from inspections.draws.wording import sentence
from registries.ledger.change import Refused
from registries.pages import signed_in
from registries.people.access import access
from registries.people.models import User


class Entered(NamedTuple):
    """An entry as this reader may see it: ``value`` and ``file`` only where nothing can be copied from them."""

    entry: SourceEntry
    value: str
    file: SourceEvidence | None


class Told(NamedTuple):
    """A source with its entries; whether the newest differ; whether its settled value may be corrected, and is being."""

    source: SeedSource
    entries: list[Entered]
    differ: bool
    correctable: bool
    pending: bool


def sources_told(user: User, draw: Draw, sources: Sequence[SeedSource], now: dt.datetime) -> list[Told]:
    """The sources of a draw as this person may see them."""
    may_correct = user.has_perm("inspections.correct_source_value")
    open_for_it = why_not_move(MOVES, "correct_source", draw.state) is None
    complete = all(source.value for source in sources)
    told = []
    for source in sources:
        correctable = bool(source.value) and may_correct and open_for_it
        if correctable:
            correctable = why_not_reopen(complete=complete, planned=draw.planned, now=now) is None
        pending = bool(source.value) and bool(_newest(source))
        told.append(Told(source, _entries(user, source), _differ(source), correctable, pending))
    return told


def _round(source: SeedSource) -> int:
    """The round that is not settled yet."""
    return source.corrections + 1 if source.value else 0


def _newest(source: SeedSource) -> dict[int, SourceEntry]:
    """Person → the newest entry of the open round."""
    return {entry.entered_by_id: entry for entry in source.entries.all() if entry.correction == _round(source)}


def _differ(source: SeedSource) -> bool:
    return len({(entry.value, entry.reason) for entry in _newest(source).values()}) > 1


def _entries(user: User, source: SeedSource) -> list[Entered]:
    return [
        Entered(entry, entry.value if _own_or_settled(user, entry) else "", _file(entry) if may_see_file(user, entry) else None)
        for entry in source.entries.all()
    ]


def _own_or_settled(user: User, entry: SourceEntry) -> bool:
    return entry.entered_by_id == user.pk or entry.correction < _round(entry.source)


def _file(entry: SourceEntry) -> SourceEvidence | None:
    return getattr(entry, "file", None)


def may_see_file(user: User, entry: SourceEntry) -> bool:
    """Evidence shows the value: until it is settled, whoever may still type sees the own file only, or after typing."""
    if _own_or_settled(user, entry) or not user.has_perm("inspections.enter_source_value"):
        return True
    return user.pk in _newest(entry.source)


# --- typing --------------------------------------------------------------------------------------------------------------


@access("inspections.enter_source_value")
def enter_source(request: HttpRequest, pk: int, source_id: int) -> HttpResponse:
    """Type a source's value; two people must agree."""
    draw, source = _source(request, pk, source_id)
    form = SourceValueForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _kept(request, commands.enter_source_value, source, form):
        return redirect("draw-page", pk=draw.pk)
    return _page(request, "office/draws/source.html", draw, source, form)


@access("inspections.correct_source_value")
def correct_source(request: HttpRequest, pk: int, source_id: int) -> HttpResponse:
    """Type a settled value anew, with the reason; two people again."""
    draw, source = _source(request, pk, source_id)
    if not source.value:
        return redirect("draw-source", pk=draw.pk, source_id=source.pk)
    form = CorrectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _kept(request, commands.correct_source_value, source, form):
        return redirect("draw-page", pk=draw.pk)
    return _page(request, "office/draws/correction.html", draw, source, form)


def _source(request: HttpRequest, pk: int, source_id: int) -> tuple[Draw, SeedSource]:
    draw = get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk)
    return draw, get_object_or_404(draw.sources.prefetch_related("entries"), pk=source_id)


def _kept(request: HttpRequest, command: Any, source: SeedSource, form: SourceValueForm) -> bool:
    """Run the command and say how it stands: settled, differing from another's, or waiting for the second person."""
    try:
        change = command(actor=signed_in(request), source_id=source.pk, **form.arguments(File))
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return False
    source = SeedSource.objects.prefetch_related("entries").get(pk=source.pk)
    if change.facts:
        messages.success(request, _("Two people agree: the value is settled and public."))
    elif _differ(source):
        messages.warning(
            request,
            _("%(what)s: what you typed differs from what another person typed. Compare yours with the announcement; whoever was wrong types it again.")
            % {"what": source.what},
        )
    else:
        messages.info(request, _("Kept. A second person must now type the same value."))
    return True


def _page(request: HttpRequest, template: str, draw: Draw, source: SeedSource, form: SourceValueForm) -> HttpResponse:
    mine = _newest(source).get(signed_in(request).pk)
    context = {
        "draw": draw,
        "source": source,
        "form": form,
        "game": GAMES.get(source.game),
        "spelled": sentence(in_words(source.form)),
        "example": example(source.form),
        "mine": mine,
        "differ": _differ(source) and mine is not None,
    }
    return render(request, template, context, status=422 if form.errors else 200)


@access("inspections.view_draws")
def evidence_file(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """A file of evidence, to be saved; to whom may see it now."""
    draw = get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk)
    found = SourceEvidence.objects.select_related("entry__source").filter(pk=evidence_id, entry__source__draw=draw).first()
    if found is None or not may_see_file(signed_in(request), found.entry):
        raise Http404
    response = HttpResponse(bytes(found.body), content_type=found.kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
