"""Reading draws: who may see which, what is due, the preview of a preparation, what the public may read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Prefetch, Q, QuerySet

from inspections.draws import roster as rosters
from inspections.draws.candidates import REASONS
from inspections.draws.cells import Cure, Slot, cures, members_of, spelled
from inspections.draws.chances import inclusion_chances, small_cells
from inspections.draws.files import InspectorLine, RecusalLine, RosterLine
from inspections.draws.models import (
    Draw,
    DrawFile,
    DrawnEntry,
    RosterEntry,
    RosterInspector,
    RosterRecusal,
    SeedSource,
    SourceEvidence,
)
from inspections.draws.quotas import default_quotas, reckoned
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState
from inspections.draws.sufficiency import Finding, judge
from registries.codes.models import Code, CodeTable
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import why_not_draw_on
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.models import Subject, SubjectCategory

PUBLIC_STATES = (DrawState.COMMITTED, DrawState.DRAWN, DrawState.VOIDED)


def visible_draws(user: User) -> QuerySet[Draw]:
    """The draws of the units this person keeps; the bureau's clerks, reviewers, supervisors and auditors see all."""
    draws = Draw.objects.select_related("matter__matter", "unit", "plan_item")
    units = own_units(user)
    return draws if units is None else draws.filter(unit_id__in=units)


def why_not_drawable(revision: MatterRevision | None, today: dt.date) -> Sentence | None:
    """Why nothing may be drawn on this published revision: not published, a lapsed basis, or watched otherwise."""
    wrong = why_not_draw_on(revision, today)
    if wrong is None and revision is not None and revision.regulation == MatterRevision.Regulation.FULL:
        return say("This matter is watched by full coverage, not by lot.")
    return wrong


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
    """(the quotas in force, the quotas the plan item suggests): the clerk's own numbers where there are any."""
    item = draw.plan_item
    suggested = default_quotas(sizes, percent=item.ratio_percent, number=item.number)
    return {s: int(draw.quotas.get(s, suggested[s])) for s in sizes}, suggested


def preview(draw: Draw, now: dt.datetime) -> dict[str, Any]:
    """Who would be in and out if the draw were submitted now, as plain values that the draw keeps until the next save.

    Per stratum its size, quota, the plan's quota and how it comes about, the chance of each slip count; small cells and
    their cures; whether inspectors suffice (``places``: positions to be filled, ``room``: cases they can still take).
    """
    roster = rosters.build(draw, now.date())
    sizes = roster.sizes
    quotas, suggested = quotas_of(draw, sizes)
    labels = stratum_labels(sizes, draw.merged_strata)
    item = draw.plan_item
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
                "reckoned": reckoned(sizes[s], sum(sizes.values()), percent=item.ratio_percent, number=item.number),
                "chances": [[w, slips[s][w], c] for w, c in inclusion_chances(slips[s], quotas[s]).items()],
            }
            for s in sizes
        ],
        "cells": [[labels[cell.stratum], cell.slips, cell.entries] for cell in small_cells(lines)],
        "slip_rule": draw.slip_rule,
        "cures": [spelled(cure) for cure in _cures(draw, roster)],
        "enough": sufficiency(roster, quotas, draw.team_size)._asdict(),
        "inspectors": len(roster.people),
        "leads": sum(person.may_lead for person in roster.people),
        "visits": sum(quotas.values()),
        "places": sum(quotas.values()) * draw.team_size,
        "room": sum(max(0, person.most_open_cases - person.open_cases) for person in roster.people),
        "stale": len(roster.stale),
        "stale_names": [entry.name for entry in roster.stale[:10]],
    }


def _cures(draw: Draw, roster: rosters.Roster) -> list[Cure]:
    slots = (Slot(e.stratum, e.slips, e.why.get("grade", e.slips), e.tags) for e in roster.entries)
    return cures(slots, draw.slip_rule)


def sufficiency(roster: rosters.Roster, quotas: dict[str, int], team_size: int) -> Finding:
    """Whether the inspectors of a roster suffice for its quotas, whatever comes out."""
    return judge(
        [RosterLine(str(e.subject_id), e.stratum, e.slips, e.tags) for e in roster.entries],
        quotas,
        [
            InspectorLine(str(p.inspector_id), p.may_lead, p.open_cases, p.most_open_cases, p.tags)
            for p in (*roster.people, *roster.unfit)
        ],
        [RecusalLine(str(subject), str(inspector)) for subject, inspector in roster.recusals],
        team_size,
    )


def stratum_labels(strata: Iterable[str], merged: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Stratum → its name for people: a grade, a township, a category; merged ones joined by ``+``.

    ``merged`` (``Draw.merged_strata``) names the members also of those whose name is too long to hold them.
    """
    parts = {s: members_of(s, merged) if s in merged.values() else s.split(".") for s in strata}
    wanted = {*parts, *(part for members in parts.values() for part in members)}
    names = {c.code: c.label for c in Code.objects.filter(table=CodeTable.TOWN, code__in=wanted)}
    names |= {c.code: c.name for c in SubjectCategory.objects.filter(code__in=wanted)}
    return {s: names.get(s) or "+".join(names.get(part, part) for part in members) for s, members in parts.items()}


def scope_kept(draw: Draw) -> dict[str, dict[str, Any]]:
    """The subtraction per stratum as the rows of the submission have it: in scope, left out per reason, entries."""
    sizes = dict(draw.roster.order_by().values_list("stratum").annotate(Count("pk")))
    out: dict[str, dict[str, int]] = {}
    for stratum, reason, count in draw.omissions.order_by().values_list("stratum", "reason").annotate(Count("pk")):
        out.setdefault(stratum, {})[reason] = count
    return rosters.scope_by_stratum(sizes, out)


def secret_winners(user: User) -> set[int]:
    """Subjects drawn by draws this person may not see and not visited since: that they were drawn is not told."""
    others = DrawnEntry.objects.filter(kind=DrawnEntry.Kind.WINNER).exclude(draw__in=visible_draws(user))
    return set(others.exclude(case__ended_on__isnull=False).values_list("entry__subject_id", flat=True))


def visits_before(subject_ids: Iterable[int], day: dt.date) -> dict[int, dt.date]:
    """Subject → day of its last inspection by anybody, up to ``day``."""
    rows = Subject.objects.filter(pk__in=list(subject_ids), cases__ended_on__lte=day).values("pk").annotate(last=Max("cases__ended_on"))
    return {row["pk"]: row["last"] for row in rows}


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
    files = Prefetch("entries__file", SourceEvidence.objects.defer("body"))
    return list(draw.sources.prefetch_related("entries__entered_by", files))


def last_draw_on(draw: Draw) -> Draw | None:
    """The last draw that was drawn on the same matter, to compare with."""
    return (
        Draw.objects.filter(matter__matter=draw.matter.matter, state=DrawState.DRAWN)
        .exclude(pk=draw.pk)
        .order_by("-drawn_at")
        .first()
    )
