"""The worker's side of disclosures: publish what is due; the sweep asks the database, never what a schedule remembers."""

from celery import shared_task

from publicity.disclosures import commands, failing, noting, penalising, queries
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.attempts.trying import tried
from registries.holidays.queries import calendar
from registries.ledger.change import Refused
from registries.ledger.sweeping import each, in_time
from registries.people.queries import system_user


@shared_task(name="publicity.publish_case", acks_late=True)
def publish_case(case_id: int) -> None:
    """Disclose a case, if it is due. A message that comes twice finds nothing due the second time; what fails is noted."""
    if queries.due_now(clock.now()).filter(pk=case_id).exists():
        _publish(case_id)


@tried("publicity.publish_case")
def _publish(case_id: int) -> None:
    """Disclose a case of the list of what is due; another sweep may have been faster."""
    if Disclosure.objects.filter(case=case_id).exists():
        return
    try:
        commands.publish_case(actor=system_user(), case_id=case_id)
    except Refused as refused:
        if queries.due_now(clock.now()).filter(pk=case_id).exists():  # or another was faster
            failing.noted(case_id, refused.why, clock.now())
        raise
    except Exception as error:
        failing.noted(case_id, failing.broken(error), clock.now())
        raise


@shared_task(name="publicity.sweep_disclosures", acks_late=True)
def sweep_disclosures() -> None:
    """Note what is owed, disclose everything that is due, complete what was reviewed since; one that fails does not stop the others."""
    each(_keep_first_version, Disclosure.objects.filter(versions=None).values_list("pk", flat=True), Refused)
    each(_note_duty, in_time(queries.cases_to_note().values_list("pk", flat=True), 0.25), Refused)
    each(_note_duty, queries.duties_to_complete(calendar()), Refused)
    each(_publish, in_time(queries.due_now(clock.now()).values_list("pk", flat=True), 0.75), Refused)
    each(_complete, queries.completable().order_by("pk").values_list("pk", flat=True), Refused)
    each(_publish_penalty, queries.penalties_due(clock.now()), Refused)


def _keep_first_version(disclosure_id: int) -> None:
    commands.keep_first_version(actor=system_user(), disclosure_id=disclosure_id)


def _note_duty(case_id: int) -> None:
    noting.note_duty(actor=system_user(), case_id=case_id)


@tried("publicity.complete_disclosure")
def _complete(disclosure_id: int) -> None:
    commands.complete_disclosure(actor=system_user(), disclosure_id=disclosure_id)


@tried("publicity.publish_penalty")
def _publish_penalty(followup_id: int) -> None:
    penalising.publish_penalty(actor=system_user(), followup_id=followup_id)
