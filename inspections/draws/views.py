"""The office pages of draws: list, new, the page of one draw (its steps by state), entering a source's value."""

import datetime as dt
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inspections.draws import commands, places, queries, staffing
from inspections.draws.after import rows_of
from inspections.draws.entering import closed_in_words, sources_told
from inspections.draws.explaining import cured, explained
from inspections.draws.forms import DrawForm, SourcesForm
from inspections.draws.models import Draw, DrawCertificate
from inspections.draws.replaced import counts_of
from inspections.draws.sources import entropy_bits, public_possibilities
from inspections.draws.states import DrawState, Mode
from inspections.draws.struck import certificate_name, reports_of, struck_results
from inspections.draws.wording import reason_label
from inspections.plans.queries import open_items
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.queries import history
from registries.ledger.words import in_words
from registries.pages import act, signed_in
from registries.people.access import access
from registries.reads import note_read

PER_PAGE = 50


@access("inspections.view_draws")
def draw_list(request: HttpRequest) -> HttpResponse:
    """All draws this person may see, newest first, by state."""
    draws = queries.visible_draws(signed_in(request))
    state = request.GET.get("state", "")
    if state in DrawState.values:
        draws = draws.filter(state=state)
    page = Paginator(draws, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": DrawState.choices,
        "query": f"state={state}" if state else "",
        "may_prepare": signed_in(request).has_perm("inspections.prepare_draw"),
        "joint": places.joint_wanting(signed_in(request)) if signed_in(request).has_perm("inspections.prepare_staffing") else [],
    }
    return render(request, "office/draws/list.html", context)


@access("inspections.prepare_draw")
def draw_new(request: HttpRequest) -> HttpResponse:
    """Choose the plan item; the draw begins with the defaults of its matter."""
    if request.method == "POST":
        try:
            item_id = int(request.POST.get("plan_item", ""))
            change = commands.prepare_draw(actor=signed_in(request), plan_item_id=item_id)
        except ValueError:
            messages.error(request, _("Choose a plan item."))
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("The draw is begun. Check who is in, then announce the sources."))
            return redirect("draw-page", pk=change.obj.pk)
    return render(request, "office/draws/new.html", {"items": open_items(signed_in(request))})


def _visible(request: HttpRequest, pk: int) -> Draw:
    return get_object_or_404(
        queries.visible_draws(signed_in(request))
        .select_related("prepared_by", "approved_by", "plan_item__plan", "staffs", "replaces")
        .annotate(certified=Exists(DrawCertificate.objects.filter(draw=OuterRef("pk"), correction=OuterRef("corrections")))),
        pk=pk,
    )


@access("inspections.view_draws")
def draw_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: while preparing its form with the live preview, afterwards its facts, sources and result."""
    draw = _visible(request, pk)
    if draw.state == DrawState.PREPARING and draw.mode != Mode.LOT and not draw.keeps_roster:
        return staffing.prepare(request, draw) if signed_in(request).has_perm("inspections.change_staffing") else _show(request, draw)
    if draw.state == DrawState.PREPARING and draw.keeps_roster and signed_in(request).has_perm("inspections.announce_sources"):
        return _announce(request, draw)
    if draw.state == DrawState.PREPARING and not draw.keeps_roster and signed_in(request).has_perm("inspections.change_draw"):
        return _prepare(request, draw)
    return _show(request, draw)


def _prepare(request: HttpRequest, draw: Draw) -> HttpResponse:
    """The form over the preview. Saving and submitting are two buttons of the same form, so nothing typed is lost."""
    codes = _codes(draw)
    if request.method == "POST":
        form = DrawForm(request.POST, draw=draw, strata=codes)
        if form.is_valid() and _save(request, draw, form):
            return redirect("draw-page", pk=draw.pk)
        form = _again(draw, form) if _codes(draw) != codes else form
    else:
        prefetch_related_objects([draw], "sources")
        quotas = {s["code"]: s["quota"] for s in draw.preview["strata"]}
        form = DrawForm(draw=draw, strata=codes, initial=DrawForm.initial_of(draw, quotas))
    sources = queries.announced(draw)
    context = {
        "draw": draw,
        "form": form,
        "preview": draw.preview,
        "preview_at": dt.datetime.fromisoformat(draw.preview["at"]),
        "strata": [(s, form[f"quota_{s['code']}"]) for s in draw.preview["strata"]],
        "reasons": [(reason_label(reason), count) for reason, count in draw.preview["left_out"].items()],
        "bits": entropy_bits(public_possibilities(sources)) if sources else None,
        **explained(draw),
    }
    return render(request, "office/draws/prepare.html", context, status=422 if form.errors else 200)


def _codes(draw: Draw) -> list[str]:
    return [s["code"] for s in draw.preview["strata"]]


def _again(draw: Draw, form: DrawForm) -> DrawForm:
    """The form with what was typed and refused, over the strata that the preview has by now."""
    shown = DrawForm(form.data, draw=draw, strata=_codes(draw))
    shown.full_clean()
    for said in form.non_field_errors():
        shown.add_error(None, said)
    return shown


def _announce(request: HttpRequest, draw: Draw) -> HttpResponse:
    """The form of a successor that keeps the roster of the order it replaces: sources and moment only."""
    form = SourcesForm(request.POST or None, initial=SourcesForm.announced(draw))
    if request.method == "POST" and form.is_valid() and _save(request, draw, form):
        return redirect("draw-page", pk=draw.pk)
    labels = queries.stratum_labels(draw.quotas, draw.merged_strata)
    sizes = draw.scope_counts.get("entries", {})
    context = {
        "draw": draw,
        "form": form,
        "strata": [(labels[s], sizes.get(s, 0), quota) for s, quota in sorted(draw.quotas.items())],
    }
    return render(request, "office/draws/announce.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, draw: Draw, form: SourcesForm) -> bool:
    """Save, and submit when that button was pressed; a refusal becomes the form's error."""
    save = commands.announce_sources if draw.keeps_roster else commands.change_draw
    arguments: dict[str, Any] | None = form.arguments()
    if "cure" in request.POST and isinstance(form, DrawForm):
        arguments = cured(draw, request.POST["cure"], form.arguments())
    if arguments is None:
        form.add_error(None, _("The strata are others by now. Save, look at the small cells again and choose then."))
        return False
    try:
        change = save(actor=signed_in(request), draw_id=draw.pk, **arguments)
        if "submit" not in request.POST:
            messages.success(request, _("Saved. The preview below is up to date."))
            return True
        commands.submit_draw(actor=signed_in(request), draw_id=draw.pk, version=cast(Draw, change.obj).version)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        draw.refresh_from_db()
        typed = request.POST.copy()
        typed["version"] = str(draw.version)
        form.data = typed
        return False
    messages.success(request, _("Submitted. The roster is frozen; a supervisor other than you must approve it."))
    return True


def _show(request: HttpRequest, draw: Draw) -> HttpResponse:
    """Facts of a draw that is not being prepared (any more)."""
    now = clock.now()
    sources = queries.sources_with_entries(draw)
    labels = queries.labels_at_hand(draw, draw.quotas)
    next_source = next((s for s in sources if not s.value), None)
    may_enter = draw.state == DrawState.COMMITTED and signed_in(request).has_perm("inspections.enter_source_value")
    lines = list(rows_of(draw).select_related("decided_by")) if draw.drawn_at else []
    teams = list(draw.staffing.select_related("unit").order_by("pk")) if draw.drawn_at else []
    context: dict[str, Any] = {
        "draw": draw,
        "sources": sources_told(signed_in(request), draw, sources, now),
        "next_source": next_source if may_enter else None,
        "source_form": may_enter and next_source is not None and next_source.moment <= now,
        "closed": closed_in_words(next_source, sources, now) if next_source else "",
        "waiting": draw.state == DrawState.COMMITTED,
        "wants_secret": draw.state == DrawState.COMMITTED and next_source is None and queries.wants_secret(draw, now),
        "shards": queries.progress(draw) if draw.state == DrawState.COMMITTED else None,
        "strata": [
            (labels[s], draw.scope_counts.get("entries", {}).get(s, 0), quota) for s, quota in sorted(draw.quotas.items())
        ],
        "left_out": [(reason_label(r), n) for r, n in draw.scope_counts.get("left_out", {}).items()],
        "drawn": draw.drawn.select_related("entry").annotate(members=Count("team")).order_by("-kind", "ticket")[:500]
        if draw.state == DrawState.DRAWN
        else [],
        "after": {"counts": counts_of(draw, lines), "lines": lines} if draw.drawn_at else None,
        "may_replace": draw.state == DrawState.VOIDED
        and not draw.successors.exists()
        and signed_in(request).has_perm("inspections.prepare_successor"),
        "wanting": places.wanting([draw], signed_in(request), teams)
        if signed_in(request).has_perm("inspections.prepare_staffing")
        else [],
        "staffing": teams,
        "reports": reports_of(draw),
        "struck": struck_results(draw),
        "history": [(payload, in_words(payload.verb)) for payload in history(draw).exclude(verb="inspections.read_drawn")],
    }
    if context["drawn"]:
        note_read(request, commands.read_drawn, f"draw-{draw.pk}", of=draw, purpose="the page of the draw", rows=len(context["drawn"]))
    return render(request, "office/draws/page.html", context)


@access("inspections.view_draws")
def draw_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as PDF; with ``?struck=n`` that of a struck result."""
    draw = _visible(request, pk)
    asked = request.GET.get("struck", "")
    correction = int(asked) if asked.isdecimal() and len(asked) < 4 else draw.corrections
    certificate = draw.certificates.filter(correction=correction).first()
    if certificate is None:
        raise Http404
    struck, draw.corrections = correction < draw.corrections, correction
    response = HttpResponse(bytes(certificate.pdf), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{certificate_name(draw, struck=struck)}"'
    return response


@access("inspections.prepare_successor")
def succeed(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the draw that replaces a voided one."""
    draw = _visible(request, pk)
    if request.method == "POST":
        change = act(request, commands.prepare_successor, draw_id=draw.pk)
        if change is not None:
            return redirect("draw-page", pk=change.obj.pk)
    return redirect("draw-page", pk=draw.pk)
