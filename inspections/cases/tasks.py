"""The worker's side of cases: open them when a draw is done; the sweep finds what a lost message left."""

from celery import shared_task

from inspections.cases import awaiting, commands, joining, uniting
from inspections.draws.models import Draw
from registries.attempts.trying import tried
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people.queries import system_user


@shared_task(name="inspections.open_cases", acks_late=True)
@tried("inspections.open_cases")
def open_cases(draw_id: int) -> None:
    """Open the cases of a draw, or give those of another their teams. A message that comes twice finds nothing to do."""
    if awaiting.draws_awaiting_cases().filter(pk=draw_id).exists():
        commands.open_cases(actor=system_user(), draw_id=draw_id)
    elif awaiting.draws_awaiting_staffing().filter(pk=draw_id).exists():
        commands.staff_cases(actor=system_user(), draw_id=draw_id)
    each(join_case, joining.joinable_after(Draw.objects.get(pk=draw_id)), Refused)


@shared_task(name="inspections.join_case", acks_late=True)
@tried("inspections.join_case")
def join_case(case_id: int) -> None:
    """Make one visit of a case and the earlier one of its subject, where the rules allow it."""
    uniting.join_case(actor=system_user(), case_id=case_id)


@shared_task(name="inspections.sweep_cases", acks_late=True)
def sweep_cases() -> None:
    """Find draws with winners that have no case; one that fails does not stop the others."""
    each(open_cases, awaiting.draws_awaiting_cases().values_list("pk", flat=True), Refused)
    each(open_cases, awaiting.draws_awaiting_staffing().values_list("pk", flat=True), Refused)
