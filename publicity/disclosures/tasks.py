"""The worker's side of disclosures: publish what is due; the sweep finds what a lost message left."""

from celery import shared_task

from inspections.cases.awaiting import cases_awaiting_disclosure
from publicity.disclosures import commands
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people.queries import system_user


@shared_task(name="publicity.publish_case", acks_late=True)
def publish_case(case_id: int) -> None:
    """Disclose a case, if it is due. A message that comes twice finds nothing due the second time."""
    if cases_awaiting_disclosure(clock.today()).filter(pk=case_id).exists():
        commands.publish_case(actor=system_user(), case_id=case_id)


@shared_task(name="publicity.sweep_disclosures", acks_late=True)
def sweep_disclosures() -> None:
    """Disclose everything that is due; one that fails does not stop the others."""
    each(_keep_first_version, Disclosure.objects.filter(versions=None).values_list("pk", flat=True), Refused)
    each(publish_case, cases_awaiting_disclosure(clock.today()).values_list("pk", flat=True), Refused)


def _keep_first_version(disclosure_id: int) -> None:
    commands.keep_first_version(actor=system_user(), disclosure_id=disclosure_id)
