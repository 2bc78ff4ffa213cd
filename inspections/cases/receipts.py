"""The receipt of a subject (draw protocol 1, §1): its own opening, what the draw made of it, its officers; or why it was left out."""

from typing import Any

import segno
from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from inspections.cases.awaiting import cases_of
from inspections.cases.models import Case
from inspections.draws.candidates import DRAWN_BEFORE
from inspections.draws.models import Draw, DrawnEntry, RosterEntry, RosterInspector, RosterOmission
from inspections.draws.queries import awaited_visits, stratum_labels
from inspections.draws.replaced import HistoryRow
from inspections.draws.struck import Strike, strikes_of
from inspections.draws.wording import SLIPS_FOR, reason_label
from registries import clock
from registries.paper import pdf
from registries.subjects.queries import whose


def found(draw: Draw, words: str) -> tuple[QuerySet[RosterEntry], QuerySet[RosterOmission]]:
    """Those in the roster, and those left out of it, whose name has these words or whose code or number begins with them.

    Nobody who was left out because another draw had drawn it, as long as that draw's visit is to come: the receipt would tell it.
    """
    entries = draw.roster.filter(Q(name__icontains=words) | Q(public_id__istartswith=words) | Q(subject__name__icontains=words))
    awaited = awaited_visits().annotate(whose=whose("entry__subject"))
    drawn_elsewhere = Q(subject__in=awaited.values("entry__subject")) | Q(subject__in=awaited.values("whose"))
    secret = drawn_elsewhere & Q(reason__in=DRAWN_BEFORE)
    named = Q(subject__name__icontains=words) | Q(subject__uscc__istartswith=words) | Q(subject__key__istartswith=words)
    return entries.select_related("subject").prefetch_related("drawn").order_by("name"), draw.omissions.filter(named).exclude(secret).select_related("subject")


def facts_of(draw: Draw, subject_id: int) -> dict[str, Any]:
    """What the receipt says. The caller has seen to it that the visits are over and the subject is listed."""
    entry = RosterEntry.objects.filter(draw=draw, subject=subject_id).first()
    omission = RosterOmission.objects.filter(draw=draw, subject=subject_id).select_related("subject").first()
    address = f"{settings.PUBLIC_URL}/draws/{draw.number}/verify/"
    facts: dict[str, Any] = {
        "draw": draw,
        "bureau": settings.BUREAU_NAME,
        "demo": settings.DEMO,
        "today": clock.today(),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=3, border=1),
        "entry": entry,
        "omission": omission,
    }
    if entry is None:
        return facts | {"why_out": reason_label(omission.reason) if omission else ""}
    return facts | _drawn_facts(draw, entry)


def _drawn_facts(draw: Draw, entry: RosterEntry) -> dict[str, Any]:
    drawn = DrawnEntry.objects.filter(entry=entry).first()
    made = cases_of(draw).filter(drawn__entry__code=entry.code).exclude(ended_on=None)
    case = made.order_by("ended_on").first() if drawn else None
    left = HistoryRow.objects.filter(subject_out=drawn).first() if drawn else None
    return {
        "stratum": stratum_labels([entry.stratum])[entry.stratum],
        "slips": [(SLIPS_FOR.get(why, why), number) for why, number in entry.slips_why.items()],
        "drawn": drawn,
        "won": drawn is not None and drawn.kind == DrawnEntry.Kind.WINNER,
        "came": HistoryRow.objects.filter(subject_in=drawn).exists() if drawn else False,
        "left": left.get_reason_display() if left else "",
        "struck": _struck(draw, entry),
        "case": case,
        "team": _team(case) if case is not None else [],
    }


def _struck(draw: Draw, entry: RosterEntry) -> list[tuple[Strike, DrawnEntry]]:
    """The struck results that had drawn this subject, or kept it in reserve."""
    was = {one.correction: one for one in DrawnEntry.with_struck.filter(entry=entry, correction__lt=draw.corrections)}
    return [(strike, was[(strike.correction or 0) - 1]) for strike in strikes_of(draw) if (strike.correction or 0) - 1 in was]


def _team(case: Case) -> list[RosterInspector]:
    """The openings of those who made the visit, the leader first: as the draw has them that put them on the team."""
    visit = case.joined_to or case
    there = visit.assignments.filter(ended_at=None).order_by("position").values_list("draw_id", "inspector_id")
    members = [(order or visit.draw_id, person) for order, person in there]
    blinded = RosterInspector.objects.filter(draw__in={order for order, _ in members}, inspector__in={person for _, person in members})
    person_of = {(row.draw_id, row.inspector_id): row for row in blinded.exclude(code="").select_related("draw")}
    return [person_of[member] for member in members if member in person_of]


def pdf_of(draw: Draw, subject_id: int) -> bytes:
    """The receipt. Raises ``MissingFonts`` rather than print boxes."""
    return pdf(render_to_string("documents/receipt.html", facts_of(draw, subject_id)))
