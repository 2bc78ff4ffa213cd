"""The timer of the ledger: gathered refusals, the daily checkpoint, mails to the keepers."""

from celery import shared_task

from registries import clock
from registries.ledger import mailing, record
from registries.people.queries import system_user


@shared_task(name="registries.sweep_ledger", acks_late=True)
def sweep_ledger() -> None:
    """Write gathered refusals, fix the day's checkpoint, mail what has not left yet. May run twice."""
    record.settle_refusals()
    record.daily_checkpoint(clock.today(), system_user().pk)
    mailing.send_checkpoints()
