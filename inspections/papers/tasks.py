"""The worker's part of documents: printing many in one file, and finding what a lost message or worker left."""

from celery import shared_task

from inspections.papers import commands, pressing, queries
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people.queries import system_user


@shared_task(name="inspections.print_papers", acks_late=True)
def print_papers(bundle_id: int) -> None:
    """Print one bundle; a message that comes twice, or after it was stopped, finds nothing to do."""
    done = pressing.pressed(bundle_id)
    if done is not None:
        commands.keep_bundle(actor=system_user(), bundle_id=bundle_id, **done)


@shared_task(name="inspections.sweep_papers", acks_late=True)
def sweep_papers() -> None:
    """Print what waited or stood still for too long; drop files of a week ago."""
    now = clock.now()
    each(print_papers, queries.bundles_due(now).values_list("pk", flat=True), Refused)
    for bundle_id in queries.bundles_expired(now).values_list("pk", flat=True):
        commands.expire_bundle(actor=system_user(), bundle_id=bundle_id)
