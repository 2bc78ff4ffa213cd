"""The worker's side of the matter list: a published edition is put on paper; the sweep finds what a lost message left."""

from celery import shared_task

from registries.attempts.trying import tried
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.matters import commands, papers, queries
from registries.people.queries import system_user


@shared_task(name="registries.issue_edition_paper", acks_late=True)
@tried("registries.issue_edition_paper")
def issue_edition_paper(edition_id: int) -> None:
    """Make the PDF outside any transaction, then keep it."""
    edition = queries.editions_without_paper().filter(pk=edition_id).first()
    if edition is not None:
        commands.issue_edition_paper(actor=system_user(), edition_id=edition_id, pdf=papers.pdf_of(edition))


@shared_task(name="registries.sweep_editions", acks_late=True)
def sweep_editions() -> None:
    """Find published editions that are not on paper yet."""
    each(issue_edition_paper, queries.editions_without_paper().values_list("pk", flat=True), Refused)
