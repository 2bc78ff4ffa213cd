"""The worker's side of draws: draw when due, issue the certificate; the sweep finds what a lost message left."""

import logging
from contextlib import suppress

from celery import shared_task

from inspections.draws import certificate, commands, queries, shards
from registries import clock
from registries.attempts.trying import tried
from registries.ledger.change import Refused
from registries.ledger.commands import wake
from registries.ledger.sweeping import each
from registries.people.queries import system_user

log = logging.getLogger("sunlot.draws")


@shared_task(name="inspections.run_draw", acks_late=True)
@tried("inspections.run_draw")
def run_draw(draw_id: int) -> None:
    """Draw, if it is due. A message that comes twice finds nothing due the second time."""
    draw = queries.due_draws(clock.now()).filter(pk=draw_id).first()
    if draw is None:
        _refuse_unapproved(draw_id)
    elif queries.secret_of(draw) is None:
        log.error("draw %s is due, but its secret cannot be read: put the key file back or enter the secret", draw)
    elif shards.wanted(draw) and not shards.done(draw):
        shards.cut(draw)
        for pk in shards.free(clock.now()).filter(draw=draw).values_list("pk", flat=True):
            wake("inspections.hash_shard", shard_id=pk)
    else:
        commands.run_draw(actor=system_user(), draw_id=draw_id)


def _refuse_unapproved(draw_id: int) -> None:
    """Nobody of ours rings for an order that was never committed: whoever did leaves a refusal in the ledger, and a line for the watch."""
    if not queries.public_draws().filter(pk=draw_id).exists():
        log.error("somebody asked to draw %s, which no supervisor has approved: look at who can reach the queue", draw_id)
        with suppress(Refused):
            commands.run_draw(actor=system_user(), draw_id=draw_id)


@shared_task(name="inspections.hash_shard", acks_late=True)
@tried("inspections.hash_shard")
def hash_shard(shard_id: int) -> None:
    """Hash the slips of one shard, unless another worker does or did; whoever ends the last one rings for the draw."""
    shard = shards.take(shard_id, clock.now())
    if shard is not None:
        shards.hash_slips(shard)
        if shards.done(shard.draw):
            wake("inspections.run_draw", draw_id=shard.draw_id)


@shared_task(name="inspections.issue_certificate", acks_late=True)
@tried("inspections.issue_certificate")
def issue_certificate(draw_id: int) -> None:
    """Make the certificate outside any transaction, then keep it."""
    draw = queries.draws_without_certificate().filter(pk=draw_id).first()
    if draw is not None:
        pdf = certificate.pdf_of(draw)
        commands.issue_certificate(actor=system_user(), draw_id=draw_id, pdf=pdf, correction=draw.corrections)


@shared_task(name="inspections.sweep_draws", acks_late=True)
def sweep_draws() -> None:
    """Find draws that are due, certificates not made yet and submissions out of time; one that fails does not stop the others."""
    each(run_draw, queries.due_draws(clock.now()).values_list("pk", flat=True), Refused)
    each(issue_certificate, queries.draws_without_certificate().values_list("pk", flat=True), Refused)
    each(_lapse, queries.lapsing_draws(clock.now()).values_list("pk", flat=True), Refused)


def _lapse(draw_id: int) -> None:
    commands.lapse_draw(actor=system_user(), draw_id=draw_id)
