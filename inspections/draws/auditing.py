"""The auditor's page of a committed draw: the roster opened by name against the registry, and the outcome recorded."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.draws import commands, queries
from inspections.draws.audit import KINDS, Audit, audit
from inspections.draws.models import Draw, RosterAudit
from inspections.draws.rules import why_not_audit
from inspections.draws.states import DrawState
from inspections.draws.wording import AUDITED
from registries import clock
from registries.ledger.change import translated
from registries.pages import act, signed_in
from registries.people.access import access

PER_PAGE = 200
NAMES = gettext_lazy("The names are secret until the visit. That you read them is an entry of the ledger.")


@access("inspections.audit_roster")
def audit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the check is, and its outcome once recorded. ``open`` reads the roster by name; ``record`` keeps the outcome."""
    draw = get_object_or_404(queries.visible_draws(signed_in(request)), pk=pk, state__in=queries.PUBLIC_STATES)
    context: dict[str, Any] = {"draw": draw, "names": NAMES, "outcome": _outcome(draw), "closed": _closed(draw)}
    if request.method == "POST" and "record" in request.POST:
        done = _("The outcome is in the ledger and on the public page.")
        if act(request, commands.audit_roster, done=done, draw_id=draw.pk, audit=audit(draw)):
            return redirect("draw-audit", pk=draw.pk)
    elif request.method == "POST":
        page = _number(request.POST.get("page"))
        if act(request, commands.open_roster, draw_id=draw.pk, page=page):
            context |= _opened(draw, audit(draw), page, request.POST.get("q", "").strip())
    return render(request, "office/draws/audit.html", context)


def _closed(draw: Draw) -> str:
    """Why the roster is not opened (any more), or nothing."""
    if draw.state != DrawState.COMMITTED:
        return _("This order is not open any more.")
    first = draw.sources.order_by("position").values_list("moment", flat=True)[0]
    why = why_not_audit(first_source=first, audited=RosterAudit.objects.filter(draw=draw).exists(), now=clock.now())
    return translated(why) if why else ""


def _outcome(draw: Draw) -> dict[str, Any] | None:
    """What was recorded, in words."""
    kept = RosterAudit.objects.filter(draw=draw).select_related("auditor").first()
    if kept is None:
        return None
    lines = [_(text) % values for text, values in kept.findings]
    return {"audit": kept, "counts": _counted(kept.counts), "findings": lines}


def _counted(counts: dict[str, int]) -> list[tuple[str, int, bool]]:
    """(what, how many, whether that is wrong) in the order of the page."""
    return [(str(label), counts.get(kind, 0), kind in KINDS and counts.get(kind, 0) > 0) for kind, label in AUDITED.items()]


def _opened(draw: Draw, found: Audit, page: int, wanted: str) -> dict[str, Any]:
    """The entries of one page with their names, and everything the check found."""
    entries = draw.roster.select_related("subject").order_by("code")
    if wanted:
        entries = entries.filter(Q(name__icontains=wanted) | Q(code__startswith=wanted) | Q(public_id=wanted))
    marked: dict[int, list[str]] = {}
    for one in found.found:
        marked.setdefault(one.subject_id, []).append(translated(one.what))
    listing = Paginator(entries, PER_PAGE).get_page(page)
    omitted = draw.omissions.filter(subject_id__in=list(marked)).select_related("subject")
    return {
        "found": found,
        "counts": _counted(found.counts),
        "sentences": [translated(what) for what in found.findings],
        "page": listing,
        "rows": [(entry, entry.subject, marked.get(entry.subject_id, [])) for entry in listing],
        "omitted": [(omission, omission.subject, marked[omission.subject_id]) for omission in omitted],
        "q": wanted,
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 1
