"""Reading draws: who may see which, what is due, the preview of a preparation, what the public may read."""

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from inspections.draws import places
from inspections.draws import roster as rosters
from inspections.draws.candidates import REASONS
from inspections.draws.chances import inclusion_chances, small_cells
from inspections.draws.files import RosterLine
from inspections.draws.models import Draw, DrawFile, RosterEntry, RosterInspector, RosterRecusal, SeedSource
from inspections.draws.quotas import default_quotas
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState, Mode
from registries.codes.models import Code, CodeTable
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import why_not_draw_on
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.models import SubjectCategory

PUBLIC_STATES = (DrawState.COMMITTED, DrawState.DRAWN, DrawState.VOIDED)


def visible_draws(user: User) -> QuerySet[Draw]:
    """The draws of the units this person keeps; the bureau's clerks, reviewers, supervisors and auditors see all."""
    draws = Draw.objects.select_related("matter__matter", "unit", "plan_item", "request", "staffs")
    units = own_units(user)
    return draws if units is None else draws.filter(unit_id__in=units)


def why_not_drawable(revision: MatterRevision | None, today: dt.date) -> Sentence | None:
    """Why nothing may be drawn on this published revision: not published, a lapsed basis, or watched otherwise."""
    wrong = why_not_draw_on(revision, today)
    if wrong is None and revision is not None and revision.regulation == MatterRevision.Regulation.FULL:
        return say("This matter is watched by full coverage, not by lot.")
    return wrong


def why_not_order(draw: Draw, today: dt.date, *, committing: bool = False) -> Sentence | None:
    """Why this order may not be submitted (or committed) today, as its mode asks."""
    if draw.mode == Mode.LOT:
        return why_not_drawable(draw.matter, today)
    return places.why_not(draw, today, committing=committing)


def public_draws() -> QuerySet[Draw]:
    """Every order ever committed, newest first: open, drawn or voided, none is hidden."""
    return Draw.objects.filter(state__in=PUBLIC_STATES).select_related("matter__matter", "unit", "plan_item").order_by("-committed_at")


def due_draws(now: dt.datetime) -> QuerySet[Draw]:
    """Committed draws whose sources are all in and whose planned moment has come."""
    return (
        Draw.objects.filter(state=DrawState.COMMITTED, planned__lte=now)
        .annotate(missing=Count("sources", filter=Q(sources__value="")))
        .filter(missing=0)
    )


def draws_without_certificate() -> QuerySet[Draw]:
    """Drawn draws whose certificate was not made yet."""
    return Draw.objects.filter(state=DrawState.DRAWN, certificate__isnull=True)


def lapsing_draws(now: dt.datetime) -> QuerySet[Draw]:
    """Submitted draws whose first source is nearer than the lead: nobody can approve them in time any more."""
    soon = now + dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD)
    return Draw.objects.filter(state=DrawState.SUBMITTED, sources__position=1, sources__moment__lt=soon)


def announced(draw: Draw) -> list[Announced]:
    """The sources of a draw, in order, as the pure rules take them."""
    return [Announced(s.game, s.what, s.moment) for s in draw.sources.all()]


def file_bodies(draw: Draw) -> dict[str, bytes]:
    """The files of the bundle that exist, by name."""
    return {name: bytes(body) for name, body in DrawFile.objects.filter(draw=draw).values_list("name", "body")}


def quotas_of(draw: Draw, sizes: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """(the quotas in force, the quotas the plan item suggests): the clerk's own numbers where there are any; everybody where only teams are drawn."""
    item = draw.plan_item
    if item is None or draw.mode != Mode.LOT:
        return sizes, sizes
    suggested = default_quotas(sizes, percent=item.ratio_percent, number=item.number)
    return {s: int(draw.quotas.get(s, suggested[s])) for s in sizes}, suggested


def preview(draw: Draw, now: dt.datetime) -> dict[str, Any]:
    """Who would be in and out if the draw were submitted now, as plain values that the draw keeps until the next save.

    Per stratum its size, quota, the plan's quota and the chance of each slip count; small cells; whether inspectors suffice
    (``places``: positions to be filled, ``room``: cases they can still take).
    """
    roster = rosters.build(draw, now.date())
    sizes = roster.sizes
    quotas, suggested = quotas_of(draw, sizes)
    labels = stratum_labels(sizes)
    slips: dict[str, Counter[int]] = {stratum: Counter() for stratum in sizes}
    for entry in roster.entries:
        slips[entry.stratum][entry.slips] += 1
    lines = [RosterLine("", e.stratum, e.slips, e.tags) for e in roster.entries]
    return {
        "at": now.isoformat(timespec="seconds"),
        "in_scope": len(roster.entries) + len(roster.omissions),
        "entries": len(roster.entries),
        "left_out": {reason: roster.reasons[reason] for reason in REASONS if reason in roster.reasons},
        "strata": [
            {
                "code": s,
                "label": labels[s],
                "size": sizes[s],
                "quota": quotas[s],
                "suggested": suggested[s],
                "chances": [[w, slips[s][w], c] for w, c in inclusion_chances(slips[s], quotas[s]).items()],
            }
            for s in sizes
        ],
        "cells": [[labels[cell.stratum], cell.slips, cell.entries] for cell in small_cells(lines)],
        "inspectors": len(roster.people),
        "leads": sum(person.may_lead for person in roster.people),
        "visits": sum(quotas.values()),
        "places": sum(quotas.values()) * draw.team_size,
        "room": sum(max(0, person.most_open_cases - person.open_cases) for person in roster.people),
        "stale": len(roster.stale),
        "stale_names": [entry.name for entry in roster.stale[:10]],
    }


def stratum_labels(strata: Any) -> dict[str, str]:
    """Stratum → its name for people: a grade, a township, a category, everybody."""
    names = {c.code: c.label for c in Code.objects.filter(table=CodeTable.TOWN, code__in=strata)}
    names |= {c.code: c.name for c in SubjectCategory.objects.filter(code__in=strata)}
    names[places.EVERYBODY] = gettext("everybody")
    return {s: names.get(s, s) for s in strata}


def stored_digest(draw: Draw) -> str:
    """The digest of the roster rows as they stand in the database, to compare with the one at submission."""
    entries = RosterEntry.objects.filter(draw=draw).values_list("public_id", "name", "stratum", "slips", "tags")
    people = RosterInspector.objects.filter(draw=draw).values_list(
        "public_id", "name", "may_lead", "open_cases", "most_open_cases", "tags"
    )
    pairs = RosterRecusal.objects.filter(entry__draw=draw).values_list("entry__public_id", "inspector__public_id")
    return rosters.digest(
        [tuple(str(v) for v in row) for row in entries],
        [tuple(str(v) for v in row) for row in people],
        [(a, b) for a, b in pairs],
    )


def sources_with_entries(draw: Draw) -> list[SeedSource]:
    """The sources in order, each with what was typed and by whom."""
    return list(draw.sources.prefetch_related("entries__entered_by"))


def last_draw_on(draw: Draw) -> Draw | None:
    """The last draw of subjects on the same matter, to compare with."""
    return (
        Draw.objects.filter(mode=Mode.LOT, matter__matter=draw.matter.matter, state=DrawState.DRAWN)
        .exclude(pk=draw.pk)
        .order_by("-drawn_at")
        .first()
    )
