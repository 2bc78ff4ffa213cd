"""The writer of penalties taken down: a disclosed decision that another authority or the bureau itself has annulled (domain.md §8)."""

import datetime as dt

from publicity.corrections import queries, rules
from publicity.corrections.workdays import works
from publicity.disclosures.masking import why_not_publish
from publicity.disclosures.owed import PenaltyDisclosure
from registries import clock
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("publicity.take_down_penalty")
def take_down_penalty(*, actor: User, penalty_id: int, number: str, annulled_on: dt.date, basis: str, explanation: str) -> Change:
    """Show an annulled penalty no more. Its address answers with the notice for ever: why, the legal basis, the annulling document.

    By a supervisor who had no part in the case, within three working days after the day of the document (calendar days without holidays).
    """
    row = PenaltyDisclosure.objects.select_for_update(of=("self",), no_key=True).select_related("followup__case").filter(pk=penalty_id).first()
    if row is None:
        refuse_now(say("There is no such penalty decision."))
    refuse(
        rules.why_not_annul(
            removed=row.removed_at is not None,
            on_case=queries.was_on_case(row.followup.case, actor),
            number=number,
            basis=basis,
            explanation=explanation,
            annulled_on=annulled_on,
            decided_on=row.decided_on,
            today=clock.today(),
        )
        or why_not_publish(f"{number} {basis} {explanation}")
    )
    last = rules.due(annulled_on, rules.WITHDRAWAL_DAYS, rules.WITHDRAWAL_CALENDAR_DAYS, works())
    return alter(
        row,
        removed_at=clock.now(),
        removed_because=explanation.strip(),
        removed_basis=basis.strip(),
        annulled_by=number.strip(),
        annulled_on=annulled_on,
        remove_by=last.day,
    )
