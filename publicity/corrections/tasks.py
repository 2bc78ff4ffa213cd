"""The worker's side: results whose term on line is over go down."""

from celery import shared_task

from publicity.corrections import proposing, queries
from registries import clock
from registries.attempts.trying import tried
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people.queries import system_user

AT_ONCE = 500


@shared_task(name="publicity.sweep_terms", acks_late=True)
def sweep_terms() -> None:
    """Take down what is over; one that fails does not stop the others."""
    each(_take_down, queries.over(clock.today()).values_list("pk", flat=True)[:AT_ONCE], Refused)


@tried("publicity.take_down_over")
def _take_down(disclosure_id: int) -> None:
    proposing.take_down_over(actor=system_user(), disclosure_id=disclosure_id)
