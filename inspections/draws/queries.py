"""Reading draws: who may see which, what is due, the preview of a preparation, what the public may read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Collate
from django.utils.translation import gettext

from inspections.draws import places, rules, shelf
from inspections.draws import roster as rosters
from inspections.draws.candidates import REASONS
from inspections.draws.cells import Cure, Slot, cures, members_of, spelled
from inspections.draws.chances import inclusion_chances, small_cells
from inspections.draws.files import InspectorLine, RecusalLine, RosterLine
from inspections.draws.models import (
    Draw,
    DrawCertificate,
    DrawnEntry,
    DrawSecret,
    RosterEntry,
    RosterInspector,
    RosterRecusal,
    SeedSource,
    SourceEntry,
)
from inspections.draws.quotas import default_quotas, reckoned, why_not_drawn
from inspections.draws.replaced import meant_to_be_visited
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState, Mode
from inspections.draws.sufficiency import Finding, judge
from inspections.plans.models import PlanItem
from inspections.plans.rules import SUPERIOR
from registries.clock import BEIJING
from registries.codes.models import Code, CodeTable
from registries.ledger.models import LedgerPayload
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import limits_of, why_not_draw_on
from registries.people.models import User
from registries.people.queries import of_own_units
from registries.subjects.models import Subject, SubjectCategory

PUBLIC_STATES = (DrawState.COMMITTED, DrawState.DRAWN, DrawState.VOIDED)


def visible_draws(user: User) -> QuerySet[Draw]:
    """The draws of the units this person keeps; the bureau's clerks, reviewers, supervisors and auditors see all."""
    return Draw.objects.filter(of_own_units(user)).select_related("matter__matter", "unit", "plan_item", "request", "staffs")


def why_not_drawable(revision: MatterRevision | None, today: dt.date) -> Sentence | None:
    """Why nothing may be drawn on this published revision: not published, a lapsed basis, or watched otherwise."""
    wrong = why_not_draw_on(revision, today)
    if wrong is None and revision is not None and revision.regulation == MatterRevision.Regulation.FULL:
        return say("This matter is watched by full coverage, not by lot.")
    return wrong


def why_not_order(draw: Draw, today: dt.date, *, committing: bool = False) -> Sentence | None:
    """Why this order may not be submitted (or committed) today, as its mode asks."""
    if draw.mode == Mode.LOT:
        joint = (why_not_draw_on(revision, today) for revision in draw.joint_matters.select_related("matter"))
        return why_not_drawable(draw.matter, today) or next((wrong for wrong in joint if wrong is not None), None)
    return places.why_not(draw, today, committing=committing)


def owed_before(draw: Draw, today: dt.date) -> Draw | None:
    """An order for the same as ``draw``, voided after its first source, that no committed one replaces though it could (§3)."""
    same = {"mode": draw.mode, "unit": draw.unit_id, "staffs": draw.staffs_id}
    if draw.mode != Mode.TEAMS:  # a partner may take another plan item of its own
        item = draw.plan_item  # the same item in whatever version of the plan: an amendment is no way around
        same |= {"plan_item__code": item.code if item is not None else None, "request": draw.request_id}
    late = Draw.objects.filter(**same, state=DrawState.VOIDED).exclude(pk=draw.replaces_id or 0).annotate(first=Min("sources__moment"))
    owed = late.filter(Q(voided_at__gte=F("first")) | Q(keeps_roster=True)).exclude(successors__state__in=PUBLIC_STATES).order_by("pk")
    return next((old for old in owed if why_not_order(old, today) is None and places.closed_place(old) is None), None)


def drawn_on_item(item: PlanItem) -> int:
    """So many subjects are to be visited for this item by draws of before, in whatever version of the plan."""
    return meant_to_be_visited().filter(draw__mode=Mode.LOT, draw__plan_item__code=item.code).count()


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


def closes_at(source: SeedSource) -> dt.datetime | None:
    """When this source takes no value any more; None where nothing closes it."""
    publics = SeedSource.objects.filter(draw=source.draw_id, kind=SeedSource.Kind.PUBLIC).values_list("moment", flat=True)
    return rules.closes_at(source.kind, [moment.astimezone(BEIJING) for moment in publics])


SECRET_VERBS = ("inspections.read_sealed_copy", "inspections.give_secret")
"""What gives a person the secret of an order."""


def secret_of(draw: Draw) -> str | None:
    """The secret of a committed order; None where there is none or its key is not at hand (any more)."""
    try:
        return DrawSecret.objects.filter(draw=draw).values_list("secret", flat=True).first()
    except ImproperlyConfigured:
        return None


def sealed_copy_of(draw: Draw) -> str:
    """The auditor's sealed copy, base64; empty where none was made."""
    return DrawSecret.objects.filter(draw=draw).values_list("auditor_copy", flat=True).first() or ""


def handlings_of_secret(draw: Draw) -> QuerySet[LedgerPayload]:
    """The entries of the ledger by which somebody had this order's secret in hand, newest first."""
    entries = LedgerPayload.objects.filter(object_kind=draw._meta.label_lower, object_id=str(draw.pk), verb__in=SECRET_VERBS)
    return entries.filter(entry__action__endswith=".change").select_related("entry", "actor").order_by("-entry_id")


def knows_secret(draw: Draw, user_id: int) -> bool:
    """Whether this person ever had the secret of this order in hand."""
    return handlings_of_secret(draw).filter(actor_id=user_id).exists()


def wants_secret(draw: Draw, now: dt.datetime) -> bool:
    """Whether the order is due and cannot be drawn because this server cannot read its secret."""
    return due_draws(now).filter(pk=draw.pk).exists() and secret_of(draw) is None


def progress(draw: Draw) -> tuple[int, int]:
    """How far the hashing of a draw's slips is: shards done, and all of them. A small roster is one."""
    if draw.drawn_at is not None:
        return (1, 1)
    total, done = draw.shards.aggregate(total=Count("pk"), done=Count("pk", filter=Q(slips__isnull=False))).values()
    return (done, total) if total else (0, 1)


def draws_without_certificate() -> QuerySet[Draw]:
    """Drawn draws whose certificate, that of the result that stands, was not made yet."""
    issued = DrawCertificate.objects.filter(draw=OuterRef("pk"), correction=OuterRef("corrections"))
    return Draw.objects.filter(~Exists(issued), state=DrawState.DRAWN)


def lapsing_draws(now: dt.datetime) -> QuerySet[Draw]:
    """Submitted draws whose first source is nearer than the lead: nobody can approve them in time any more."""
    soon = now + dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD)
    return Draw.objects.filter(state=DrawState.SUBMITTED, sources__position=1, sources__moment__lt=soon)


def announced(draw: Draw) -> list[Announced]:
    """The sources of a draw, in order, as the pure rules take them."""
    return [Announced(s.game, s.what, s.moment) for s in draw.sources.all()]


def by_bytes(column: str) -> Collate:
    """To order by a column as the protocol does: by bytes (``LC_ALL=C``), whatever language the database sorts in."""
    return Collate(F(column), "C" if connection.vendor == "postgresql" else "BINARY")


def stratum_sizes(draw: Draw) -> dict[str, int]:
    """Stratum → entries, counted in the rows of the roster."""
    return dict(draw.roster.order_by().values_list("stratum").annotate(Count("pk")))


def file_bodies(draw: Draw) -> dict[str, bytes]:
    """The files of the bundle that exist, by name."""
    return shelf.bodies(draw)


def quotas_of(draw: Draw, sizes: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """(the quotas in force, the quotas the plan item suggests): the clerk's own numbers where there are any; everybody where only teams are drawn."""
    item = draw.plan_item
    if item is None or draw.mode != Mode.LOT:
        return sizes, sizes
    suggested = default_quotas(sizes, percent=item.ratio_percent, number=item.number)
    return {s: int(draw.quotas.get(s, suggested[s])) for s in sizes}, suggested


def why_not_share(draw: Draw, sizes: Mapping[str, int], quotas: Mapping[str, int]) -> Sentence | None:
    """Why these quotas do not keep the ratio that the matter list sets. A task from above carries its own (guideline 四.3)."""
    if draw.mode != Mode.LOT or draw.plan_item is None or draw.plan_item.source in SUPERIOR:
        return None
    return why_not_drawn(sizes, quotas, limits_of(draw.matter))


def preview(draw: Draw, now: dt.datetime) -> dict[str, Any]:
    """Who would be in and out if the draw were submitted now, as plain values that the draw keeps until the next save.

    Per stratum its size, quota, the plan's quota and how it comes about, the chance of each slip count; small cells and
    their cures; whether inspectors suffice (``places``: positions to be filled, ``room``: cases they can still take), and who
    of the chosen units is left out and why; why the share does not keep the matter list, if so.
    """
    roster = rosters.build(draw, now.date())
    sizes = roster.sizes
    quotas, suggested = quotas_of(draw, sizes)
    labels = stratum_labels(sizes, draw.merged_strata)
    item = draw.plan_item
    assert item is not None  # noqa: S101  (asked for draws of subjects only)
    slips: dict[str, Counter[int]] = {stratum: Counter() for stratum in sizes}
    for entry in roster.entries:
        slips[entry.stratum][entry.slips] += 1
    lines = [RosterLine("", e.stratum, e.slips, e.tags) for e in roster.entries]
    share = why_not_share(draw, sizes, quotas)
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
                "reckoned": reckoned(sizes[s], sum(sizes.values()), percent=item.ratio_percent, number=item.number) if item else None,
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
        "kept_out": [[one.name, one.number, one.unit, *one.why] for one in roster.kept_out],
        "share": list(share) if share else None,
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
    """Stratum → its name for people: a grade, a township, a category, everybody; merged ones joined by ``+``.

    ``merged`` (``Draw.merged_strata``) names the members also of those whose name is too long to hold them.
    """
    parts = {s: members_of(s, merged) if s in merged.values() else s.split(".") for s in strata}
    wanted = {*parts, *(part for members in parts.values() for part in members)}
    towns = Code.objects.filter(table=CodeTable.TOWN, code__in=wanted).order_by().values_list("code", "label", Value(0))
    kinds = SubjectCategory.objects.filter(code__in=wanted).order_by().values_list("code", "name", Value(1))
    named = sorted(towns.union(kinds, all=True), key=itemgetter(2))
    names: dict[str, str] = {code: name for code, name, _category in named}
    names[places.EVERYBODY] = gettext("everybody")
    return {s: names.get(s) or "+".join(names.get(part, part) for part in members) for s, members in parts.items()}


def labels_at_hand(draw: Draw, strata: Iterable[str]) -> dict[str, str]:
    """The names of the strata of a draw; those of its preview are known already."""
    known: dict[str, str] = {stratum["code"]: stratum["label"] for stratum in draw.preview.get("strata", ())}
    unknown = set(strata) - known.keys()
    return known | (stratum_labels(unknown, draw.merged_strata) if unknown else {})


def scope_kept(draw: Draw) -> dict[str, dict[str, Any]]:
    """The subtraction per stratum as the rows of the submission have it: in scope, left out per reason, entries."""
    sizes = dict(draw.roster.order_by().values_list("stratum").annotate(Count("pk")))
    out: dict[str, dict[str, int]] = {}
    for stratum, reason, count in draw.omissions.order_by().values_list("stratum", "reason").annotate(Count("pk")):
        out.setdefault(stratum, {})[reason] = count
    return rosters.scope_by_stratum(sizes, out)


def secret_winners(user: User) -> set[int]:
    """Subjects drawn by draws this person may not see and not visited since: that they were drawn is not told.

    Who was merged since goes with the entry that stayed, for which the draw counts.
    """
    rows = awaited_visits().exclude(draw__in=visible_draws(user)).values_list("entry__subject_id", "entry__subject__merged_into_id")
    return {pk for row in rows for pk in row if pk is not None}


def awaited_visits() -> QuerySet[DrawnEntry]:
    """Whoever any draw has drawn, or let step in, and nobody has visited yet."""
    return meant_to_be_visited().exclude(case__ended_on__isnull=False)


def visits_before(subject_ids: Iterable[int], day: dt.date) -> dict[int, dt.date]:
    """Subject → day of the last inspection of it or of an entry merged into it, by anybody, up to ``day``."""
    wanted = set(subject_ids)
    visited = Subject.objects.filter(Q(pk__in=wanted) | Q(merged_into__in=wanted), cases__ended_on__lte=day).order_by()
    found: dict[int, dt.date] = {}
    for pk, into, last in visited.values_list("pk", "merged_into_id").annotate(Max("cases__ended_on")):
        for one in wanted.intersection((pk, into)):
            found[one] = max(last, found.get(one, last))
    return found


def stored_digest(draw: Draw) -> str:
    """The digest of the roster rows as they stand in the database, to compare with the one at submission.

    Read row by row: no key stands twice in a roster, so sorted by it the rows are sorted.
    """
    columns = ("public_id", "name", "stratum", "slips", "tags")
    entries = RosterEntry.objects.filter(draw=draw).order_by(by_bytes("public_id")).values_list(*columns)
    people = RosterInspector.objects.filter(draw=draw).values_list(
        "public_id", "name", "may_lead", "open_cases", "most_open_cases", "tags"
    )
    pairs = RosterRecusal.objects.filter(entry__draw=draw).values_list("entry__public_id", "inspector__public_id")
    return rosters.digest(
        (tuple(str(v) for v in row) for row in entries.iterator(chunk_size=5000)),
        sorted(tuple(str(v) for v in row) for row in people),
        sorted((a, b) for a, b in pairs),
    )


def sources_with_entries(draw: Draw) -> list[SeedSource]:
    """The sources in order, each with what was typed and by whom."""
    entries = SourceEntry.objects.select_related("entered_by", "file").defer("file__body")
    return list(draw.sources.prefetch_related(Prefetch("entries", entries)))


def last_draw_on(draw: Draw) -> Draw | None:
    """The last draw of subjects on the same matter, to compare with."""
    return (
        Draw.objects.filter(mode=Mode.LOT, matter__matter=draw.matter.matter_id, state=DrawState.DRAWN)
        .select_related("matter__matter", "unit")
        .exclude(pk=draw.pk)
        .order_by("-drawn_at")
        .first()
    )
