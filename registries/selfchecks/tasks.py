"""The worker's side of self-checks: ask when the night has come, run what was asked for."""

from celery import shared_task

from registries import clock
from registries.ledger.change import Refused
from registries.ledger.findings import run_checks
from registries.ledger.queries import head
from registries.ledger.sweeping import each
from registries.people.queries import system_user
from registries.selfchecks import commands, queries


@shared_task(name="registries.run_self_check", acks_late=True)
def run_self_check(check_id: int) -> None:
    """Run one that waits. A message that comes twice finds it taken."""
    if queries.begin(check_id, clock.now()):
        newest = head()
        findings = run_checks()
        commands.keep_self_check(
            actor=system_user(), check_id=check_id, entries=newest.seq if newest else 0, findings=findings
        )


@shared_task(name="registries.sweep_self_checks", acks_late=True)
def sweep_self_checks() -> None:
    """Ask for the night's run when none was asked for, and take up what a lost message or a killed worker left."""
    if queries.is_due(clock.now()):
        commands.ask_self_check(actor=system_user())
    each(run_self_check, queries.waiting().values_list("pk", flat=True), Refused)
