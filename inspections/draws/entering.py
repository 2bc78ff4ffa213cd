"""The office pages of source values: typing one, correcting a settled one, the file of evidence.

What another person typed is shown to nobody before the value is settled: two people must read the announcement, not
each other.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.draws import commands, queries
from inspections.draws.commands.sources import File
from inspections.draws.forms import CorrectionForm, SourceValueForm
from inspections.draws.models import Draw, SeedSource, SourceEntry, SourceEvidence
from inspections.draws.rules import closes_at, why_closed, why_not_move, why_not_reopen
from inspections.draws.sources import GAMES
from inspections.draws.spelling import example, in_words
from inspections.draws.states import MOVES, DrawState, Reported
from inspections.draws.struck import Strike, reports_of
from registries.clock import BEIJING
from registries.ledger.change import Refused, translated
from registries.pages import signed_in
from registries.people.access import access
from registries.people.models import User


class Entered(NamedTuple):
    """An entry as this reader may see it: ``value`` and ``file`` only where nothing can be copied from them."""

    entry: SourceEntry
    value: str
    file: SourceEvidence | None


class Told(NamedTuple):
    """A source with its entries; whether the newest differ; whether its settled value may be corrected, and is being; whether
    it may be reported as wrong after the draw."""

    source: SeedSource
    entries: list[Entered]
    differ: bool
    correctable: bool
    pending: bool
    reportable: bool


def sources_told(user: User, draw: Draw, sources: Sequence[SeedSource], now: dt.datetime) -> list[Told]:
    """The sources of a draw as this person may see them."""
    may_correct = user.has_perm("inspections.correct_source_value")
    reports = reports_of(draw)
    reportable = (
        draw.state == DrawState.DRAWN
        and user.has_perm("inspections.report_wrong_value")
        and not any(one.state == Reported.WAITING for one in reports)
    )
    open_for_it = why_not_move(MOVES, "correct_source", draw.state) is None
    complete = all(source.value for source in sources)
    told = []
    for source in sources:
        correctable = bool(source.value) and may_correct and open_for_it and not closed_in_words(source, sources, now)
        if correctable:
            correctable = why_not_reopen(complete=complete, planned=draw.planned, now=now) is None
        since = max((one.entry_id for one in reports if one.source_id == source.pk), default=0)
        pending = bool(source.value) and bool(_newest(source, since))
        told.append(Told(source, _entries(user, source, since), _differ(source, since), correctable, pending, reportable))
    return told


def closed_in_words(source: SeedSource, sources: Iterable[SeedSource], now: dt.datetime) -> str:
    """Why this one of the draw's sources takes no value any more, in a sentence; empty while it does."""
    publics = [one.moment.astimezone(BEIJING) for one in sources if one.kind == SeedSource.Kind.PUBLIC]
    why = why_closed(closes_at(source.kind, publics), now)
    return translated(why) if why else ""


def _round(source: SeedSource) -> int:
    """The round that is not settled yet."""
    return source.corrections + 1 if source.value else 0


def _newest(source: SeedSource, since: int) -> dict[int, SourceEntry]:
    """Person → the newest entry of the open round; ``since``: the last entry of it that a supervisor was told of, 0 for none."""
    open_round = _round(source)
    return {one.entered_by_id: one for one in source.entries.all() if one.correction == open_round and one.pk > since}


def _since(source: SeedSource) -> int:
    return Strike.objects.filter(source=source).aggregate(last=Max("entry_id"))["last"] or 0


def _differ(source: SeedSource, since: int) -> bool:
    return len({(entry.value, entry.reason) for entry in _newest(source, since).values()}) > 1


def _entries(user: User, source: SeedSource, since: int) -> list[Entered]:
    return [
        Entered(
            entry,
            entry.value if _own_or_settled(user, entry, since) else "",
            _file(entry) if may_see_file(user, entry, since) else None,
        )
        for entry in source.entries.all()
    ]


def _own_or_settled(user: User, entry: SourceEntry, since: int) -> bool:
    return entry.entered_by_id == user.pk or entry.correction < _round(entry.source) or entry.pk <= since


def _file(entry: SourceEntry) -> SourceEvidence | None:
    return getattr(entry, "file", None)


def may_see_file(user: User, entry: SourceEntry, since: int) -> bool:
    """Evidence shows the value: until it is settled, whoever may still type sees the own file only, or after typing."""
    if _own_or_settled(user, entry, since) or not user.has_perm("inspections.enter_source_value"):
        return True
    return user.pk in _newest(entry.source, since)


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


@access("inspections.report_wrong_value")
def report_value(request: HttpRequest, pk: int, source_id: int) -> HttpResponse:
    """Type the right value of a source after the draw, with the reason; two people, then a supervisor decides."""
    draw, source = _source(request, pk, source_id)
    if draw.state != DrawState.DRAWN:
        return redirect("draw-page", pk=draw.pk)
    form = CorrectionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _kept(request, commands.report_wrong_value, source, form):
        return redirect("draw-page", pk=draw.pk)
    return _page(request, "office/draws/wrong_value.html", draw, source, form)


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
    elif change.note == "reported":
        messages.success(request, _("Two people agree: a supervisor who typed none of it decides now."))
    elif _differ(source, _since(source)):
        messages.warning(
            request,
            _("%(what)s: what you typed differs from what another person typed. Compare yours with the announcement; whoever was wrong types it again.")
            % {"what": source.what},
        )
    else:
        messages.info(request, _("Kept. A second person must now type the same value."))
    return True


def _page(request: HttpRequest, template: str, draw: Draw, source: SeedSource, form: SourceValueForm) -> HttpResponse:
    since = _since(source)
    mine = _newest(source, since).get(signed_in(request).pk)
    context = {
        "draw": draw,
        "source": source,
        "form": form,
        "game": GAMES.get(source.game),
        "spelled": translated(in_words(source.form)),
        "example": example(source.form),
        "mine": mine,
        "closes": queries.closes_at(source),
        "differ": _differ(source, since) and mine is not None,
    }
    return render(request, template, context, status=422 if form.errors else 200)


@access("inspections.view_draws")
def evidence_file(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponse:
    """A file of evidence, to be saved; to whom may see it now."""
    draw = get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk)
    found = SourceEvidence.objects.select_related("entry__source").filter(pk=evidence_id, entry__source__draw=draw).first()
    if found is None or not may_see_file(signed_in(request), found.entry, _since(found.entry.source)):
        raise Http404
    response = HttpResponse(bytes(found.body), content_type=found.kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
