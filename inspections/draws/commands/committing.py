"""Return a submitted draw, or approve it, which commits: nonces, codes, secret, files and hashes in one transaction."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from inspections.draws import files as forms_of_files
from inspections.draws import ordering, queries, rules, sealing, shelf
from inspections.draws.commands import blinding
from inspections.draws.commands.rows import hold_places, locked_draw, other_open_order, take_time
from inspections.draws.grammar import BadForm
from inspections.draws.models import Draw, DrawSecret, SeedSource
from inspections.draws.sources import why_not_announce
from inspections.draws.states import DrawState, Mode
from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, Fact, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.people.models import User

DECIDING = ("inspections.approve_draw", "inspections.void_draw")
"""What a supervisor did to an order is no hand in its preparation."""


@command("inspections.return_draw")
def return_draw(*, actor: User, draw_id: int, version: int, reason: str) -> Change:
    """Hand a submitted draw back to its clerk, with the reason. Nobody can know an outcome yet, so it costs nothing."""
    draw = locked_draw(draw_id, actor, "return", version)
    refuse(rules.why_not_return(reason=reason))
    return alter(draw, state=DrawState.PREPARING.value, returned_because=reason.strip())


@command("inspections.approve_draw")
def approve_draw(*, actor: User, draw_id: int, version: int, accept_stale: bool = False) -> Change:
    """Commit (draw protocol 1, §2): nonces, codes, secret, files and hashes in one transaction; then nothing can change."""
    draw = locked_draw(draw_id, actor, "approve", version)
    take_time()
    other = other_open_order(draw)
    hold_places(draw)
    sources = list(draw.sources.all())
    now = clock.now()
    refuse(
        rules.why_not_approve(
            prepared=_prepared(draw, actor.pk),
            first_source=sources[0].moment,
            now=now,
            lead=dt.timedelta(seconds=settings.DRAW_SOURCE_LEAD),
            open_order=str(other) if other else "",
            stale=draw.scope_counts.get("stale", 0),
            stale_accepted=accept_stale,
            roster_changed=queries.stored_digest(draw) != draw.roster_digest,
        )
        or rules.why_not_commit_before(owed=str(queries.owed_before(draw, clock.today()) or ""))
        or queries.why_not_order(draw, clock.today(), committing=True)
        or why_not_announce(
            queries.announced(draw),
            planned=draw.planned,
            gap=dt.timedelta(seconds=settings.DRAW_SOURCE_GAP),
            demo_lottery=settings.DEMO_LOTTERY,
        )
    )
    number = f"{now.year}-{next_number(f'draw/{now.year}'):03d}"
    secret = secrets.token_hex(32)
    try:
        if not draw.keeps_roster:  # a roster taken over keeps its nonces and codes
            blinding.blind(draw)
        blinded = blinding.keep_files(draw)
        voided = draw.replaces if draw.keeps_roster else None
        if voided is not None and any(file.sha256 != shelf.sha256(voided, file.name) for file in blinded):
            refuse_now(say("The roster is not that of order %(number)s, which it replaces.", number=str(voided)))
        sealed = ordering.seal(
            _terms(draw, number, sources), {file.name: file.sha256 for file in blinded}, queries.stratum_sizes(draw), secret
        )
    except BadForm as bad:
        refuse_now(say("The files of this draw do not fit the protocol: %(reason)s", reason=str(bad)))
    order = shelf.keep(draw, "order.txt", [sealed.order])
    kept = DrawSecret.objects.create(draw=draw, secret=secret, auditor_copy=sealing.sealed(secret, settings.AUDITOR_PUBLIC_KEY))
    change = alter(
        draw,
        note="stale entries accepted" if accept_stale and draw.scope_counts.get("stale") else "",
        facts=(Fact("draws.commit", {"draw": number, "plan": draw.plan.reference, "order": order.sha256}),),
        number=number,
        state=DrawState.COMMITTED.value,
        approved_by=actor,
        committed_at=now,
        order_hash=order.sha256,
        commitment=sealed.commitment,
    )
    return replace(change, also=(*blinded, order, kept))


def _prepared(draw: Draw, actor_id: int) -> bool:
    """Whether this person asked for the visit, or had a hand in this order or in one whose roster it takes over."""
    asked = draw.mode == Mode.ADHOC and draw.request is not None and draw.request.asked_by_id == actor_id
    hand = actor_id == draw.prepared_by_id or had_a_hand(draw, actor_id, leaving_out=DECIDING)
    return asked or hand or (draw.keeps_roster and draw.replaces is not None and _prepared(draw.replaces, actor_id))


def _terms(draw: Draw, number: str, sources: Sequence[SeedSource]) -> ordering.Terms:
    joint = sorted(revision.reference for revision in draw.joint_matters.select_related("matter"))
    assert draw.planned is not None  # noqa: S101  (why_not_announce refused otherwise)
    return ordering.Terms(
        number=number,
        bureau=settings.DIVISION_CODE,
        plan=draw.plan.reference,
        mode=draw.mode_text,
        matters=(draw.matter.reference, *joint),
        quotas=draw.quotas,
        reserves=draw.reserves,
        team=draw.team_size,
        replaces=draw.replaces.number or "-" if draw.replaces else "-",
        sources=tuple(forms_of_files.Source(s.kind, s.what, clock.moment_text(s.moment), s.form) for s in sources),
        planned=clock.moment_text(draw.planned),
    )
