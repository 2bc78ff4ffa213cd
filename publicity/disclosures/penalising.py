"""The writer of disclosed penalties: the frozen copy of one decision, when its clerk asks or on its day."""

from inspections.followups.models import FollowUp
from inspections.followups.rules import PENALTY_DISCLOSURE_DAYS, working_day
from inspections.followups.states import Kind, State
from publicity.disclosures import queries, rules
from publicity.disclosures.copying import NO_CATEGORY, categories_of, category_about, few_of, named, on_line_until
from publicity.disclosures.masking import masked, why_not_publish
from publicity.disclosures.owed import PenaltyDisclosure
from registries import clock
from registries.holidays import queries as holidays
from registries.ledger.change import Change, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import SYSTEM_USERNAME, keeps


@command("publicity.publish_penalty")
def publish_penalty(*, actor: User, followup_id: int) -> Change:
    """Disclose a penalty decision: number, day, penalty, amount and who was penalised; of counts-only categories day, unit, amount,
    and the category where it holds five subjects or more.

    By a clerk of the unit at any time, by the timer on its day. Once.
    """
    followup = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("case__subject", "case__unit").filter(pk=followup_id).first()
    asked = actor.username != SYSTEM_USERNAME
    if followup is None or (asked and not keeps(actor, followup.case.unit_id)):
        refuse_now(say("There is no such penalty in your unit."))
    now, decided_on = clock.now(), followup.decision_on
    refuse(
        rules.why_not_publish_penalty(
            decided=followup.kind == Kind.PENALTY and followup.state == State.DONE,
            disclosed=PenaltyDisclosure.objects.filter(followup=followup).exists(),
            held_until=queries.held_until(followup.case_id, now.date()),
            asked=asked,
            day=queries.publishing_day(now),
            term=rules.penalty_term(decided_on, followup.disclose_by) if decided_on else None,
        )
    )
    if decided_on is None:  # the database's constraints forbid it
        refuse_now(say("The decision of this penalty is not recorded yet."))
    subject = followup.case.subject
    categories = categories_of(subject)
    texts = {"number": masked(followup.decision_number), "penalty": masked(followup.decision), **named(subject, problem=True)}
    by_name = rules.is_named(category.publicity for category in categories)
    refuse(why_not_publish(f"{texts['subject_name']} {texts['number']} {texts['penalty']}") if by_name else None)
    due_on = followup.disclose_by or working_day(decided_on, PENALTY_DISCLOSURE_DAYS, holidays.calendar().works)
    return created(
        PenaltyDisclosure(
            followup=followup,
            category_name=NO_CATEGORY if not by_name and few_of(followup.case, categories) else category_about(None, categories),
            unit_name=followup.case.unit.name,
            decided_on=decided_on,
            amount=followup.amount,
            due_on=due_on,
            published_at=now,
            shown_until=on_line_until(now.date(), subject),
            **(texts if by_name else {"named": False}),
        )
    )
