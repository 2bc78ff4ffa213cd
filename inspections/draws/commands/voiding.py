"""What ends an order without a result: the lapse before it is committed, the void after; and the order that replaces a voided one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from inspections.draws import queries, rules
from inspections.draws.commands.preparing import keep_preview
from inspections.draws.commands.rows import BATCH, announce, hold_places, locked_draw
from inspections.draws.models import Draw, RosterEntry, RosterInspector, RosterOmission, RosterRecusal
from inspections.draws.places import closed_place
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState
from registries import clock
from registries.ledger.change import Change, Fact, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.people.models import User

COPIED = (
    "plan_item", "request", "matter", "unit", "mode", "staffs", "grades", "stratify", "merged_strata", "slip_rule", "reserves",
    "team_size",
)  # fmt: skip
"""What a successor takes over from the order it replaces."""


@command("inspections.lapse_draw")
def lapse_draw(*, actor: User, draw_id: int) -> Change:
    """Give back a submitted draw that can no longer be approved in time before its first source."""
    draw = locked_draw(draw_id, actor, "lapse")
    first = draw.sources.order_by("position")[0].moment
    if first - clock.now() >= dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD):
        refuse_now(say("There is still time to approve this draw."))
    with translation.override(settings.LANGUAGE_CODE):
        why = gettext("Lapsed: nobody approved it in time before its first source. Announce later sources and submit again.")
    return alter(draw, state=DrawState.PREPARING.value, returned_because=why)


@command("inspections.void_draw")
def void_draw(*, actor: User, draw_id: int, version: int, kind: str, reason: str) -> Change:
    """End a committed order without a result. It stays public, with its kind, and is counted."""
    draw = locked_draw(draw_id, actor, "void", version)
    sources = list(draw.sources.order_by("position"))
    waiting = next((source for source in sources if not source.value), None)
    refuse(
        rules.why_not_void(
            kind=kind,
            reason=reason,
            first_source=sources[0].moment,
            last_source=sources[-1].moment,
            open_source=waiting.moment if waiting else None,
            closes=queries.closes_at(waiting) if waiting else None,
            now=clock.now(),
            prepared=actor.pk == draw.prepared_by_id
            or had_a_hand(draw, actor.pk, leaving_out=("inspections.approve_draw",)),
        )
    )
    fact = Fact(
        "draws.void",
        {"draw": draw.number, "plan": draw.plan.reference, "order": draw.order_hash, "kind": kind},
    )
    return alter(
        draw,
        facts=(fact,),
        state=DrawState.VOIDED.value,
        voided_at=clock.now(),
        voided_by=actor,
        void_kind=kind,
        void_reason=reason.strip(),
    )


@command("inspections.prepare_successor")
def prepare_successor(*, actor: User, draw_id: int) -> Change:
    """A new draw in place of a voided one (draw protocol 1, §3).

    Voided before its first source, the successor is free; voided after it, roster, inspectors, recusals, quotas, reserves
    and team stay byte by byte, and only number, secret, sources and moments are new; so they do once they were taken over.
    """
    old = locked_draw(draw_id, actor, "succeed")
    refuse(
        rules.why_not_succeed(
            voided=old.state == DrawState.VOIDED, succeeded=Draw.objects.filter(replaces=old).exists()
        )
    )
    first = old.sources.order_by("position")[0].moment
    assert old.voided_at is not None  # noqa: S101  (a constraint of the database)
    keeps_roster = old.keeps_roster or old.voided_at >= first
    if keeps_roster:
        hold_places(old)
        refuse(rules.why_not_keep_places(closed=closed_place(old) or ""))
    new = Draw(
        **{name: getattr(old, name) for name in COPIED},
        replaces=old,
        keeps_roster=keeps_roster,
        prepared_by=actor,
        prepared_at=clock.now(),
    )
    change = created(new)
    for name in ("joint_matters", "categories", "towns", "inspector_units", "inspector_groups"):
        getattr(new, name).set(getattr(old, name).all())
    if new.keeps_roster:
        _take_over(old, new)
    else:
        keep_preview(new)
    return change


def _take_over(old: Draw, new: Draw) -> None:
    """The same roster, names, nonces and codes, so that the files come out with the same bytes."""
    entries = _copied(RosterEntry, old, new)
    people = _copied(RosterInspector, old, new)
    _copied(RosterOmission, old, new)
    pairs = RosterRecusal.objects.filter(entry__draw=old).values_list("entry_id", "inspector_id")
    RosterRecusal.objects.bulk_create(
        [RosterRecusal(entry=entries[a], inspector=people[b]) for a, b in pairs], batch_size=BATCH
    )
    new.quotas, new.preview, new.scope_counts = old.quotas, old.preview, old.scope_counts
    new.cells_hide_roster = old.cells_hide_roster
    new.save(update_fields=["quotas", "preview", "scope_counts", "cells_hide_roster"])


def _copied(model: Any, old: Draw, new: Draw) -> dict[int, Any]:
    """Copies of a table's rows of ``old`` for ``new``: old key → new row."""
    rows = list(model.objects.filter(draw=old))
    keys = [row.pk for row in rows]
    for row in rows:
        row.pk, row.draw = None, new
    return dict(zip(keys, model.objects.bulk_create(rows, batch_size=BATCH), strict=True))


@command("inspections.announce_sources")
def announce_sources(
    *, actor: User, draw_id: int, version: int, planned: dt.datetime | None, sources: Sequence[Announced]
) -> Change:
    """New sources and moments for a successor that keeps the roster of the order it replaces."""
    draw = locked_draw(draw_id, actor, "change", version)
    if not draw.keeps_roster:
        refuse_now(say("This draw has a roster of its own; change it as a whole."))
    change = alter(draw, planned=planned, returned_because="")
    also, gone = announce(draw, sources)
    return replace(change, also=also, gone=gone)
