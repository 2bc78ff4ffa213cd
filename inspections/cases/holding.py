"""What the writers of cases share: a case and its record locked, the refusals that stand before each, answers kept, messages arrived."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NoReturn

from inspections.cases import queries, rules, shares, states
from inspections.cases.evidence import Arrival
from inspections.cases.models import Case, Record, RecordAnswer
from inspections.cases.rules import Draft
from inspections.cases.shares import Share
from inspections.cases.vocabulary import offered
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.ledger.change import Change, alter, refuse, refuse_now
from registries.ledger.sentences import say
from registries.people.models import User


def locked(case_id: int) -> Case:
    """The case, locked, with its draw at hand."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("draw").filter(pk=case_id).first()
    return case or no_case()


def no_case() -> NoReturn:
    """The same words whether there is none or the person may not know of it."""
    refuse_now(say("There is no such case among yours."))


def of_team(case_id: int, actor: User, move: str) -> Case:
    """The case, locked; refused unless the actor is on its team now and its state allows the move."""
    case = locked(case_id)
    if not queries.is_on_team(case, actor):
        no_case()
    refuse(states.why_not(case.state, move))
    return case


def round_of(case: Case) -> Record:
    """The record of the newest round, locked."""
    return Record.objects.select_for_update(no_key=True).filter(case=case).order_by("-round")[0]


def refuse_visit(case: Case, day: dt.date) -> None:
    """Refuse unless the team could and the subject might be inspected on the day of the visit."""
    refuse(
        rules.why_not_visit(
            queries.members_on(case, day), excluded=queries.is_excluded(case, day), partners=queries.sides_of(case)
        )
    )


def arrive(key: str, case: Case, actor: User, kind: str) -> None:
    """Write down that the message of this key has arrived, in the transaction of what it does; without a key nothing.

    Raises ``IntegrityError`` for a key that is there: the other one did it.
    """
    if key:
        Arrival.objects.create(key=key, case=case, kind=kind, sent_by=actor, arrived_at=clock.now())


def active_code(table: str, pk: int | None, kept: int | None, may: Collection[Code]) -> Code | None:
    """The chosen row of a code table: in use and named by a matter of the case, or already chosen; refused otherwise."""
    if pk is None:
        return None
    code = Code.objects.filter(table=table, pk=pk).first()
    if code is None or not (code.active or pk == kept):
        refuse_now(say("This code is not in use. Choose another."))
    if pk != kept and code not in may:
        refuse_now(say("The matter list does not name “%(code)s” for this case. Choose another.", code=code.label))
    return code


def fill_record(case: Case, record: Record, draft: Draft, share: Share | None, actor: User) -> Change:
    """Write the draft into the record, the answers that differ with it; the ledger hears of both as one change."""
    may = offered(case, record)
    before, after = _keep_answers(case, record, draft, share)
    change = alter(
        record,
        inspected_on=draft.inspected_on,
        result=active_code(CodeTable.RESULT, draft.result_id, record.result_id, may.results),
        findings=draft.findings,
        disposal=active_code(CodeTable.DISPOSAL, draft.disposal_id, record.disposal_id, may.all_disposals),
        present=draft.present,
        saved_by=actor,
        saved_at=clock.now(),
    )
    return Change(record, {**change.before, **before}, {**change.after, **after})


def _keep_answers(case: Case, record: Record, draft: Draft, share: Share | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the answers that differ; returns them as (before, after) for the ledger, by checklist item key.

    A partner's officers answer their own checklists only (``share``).
    """
    items = queries.items_of(case)
    if not {item.pk for item in items}.issuperset(draft.answers):
        refuse_now(say("An answer belongs to no checklist item of this case."))
    old = queries.draft_of(record).answers
    changed = {item for item in {*old, *draft.answers} if old.get(item) != draft.answers.get(item)}
    if not changed:
        return {}, {}
    refuse(shares.why_not_write(share, changed, items))
    RecordAnswer.objects.filter(record=record, item__in=changed).delete()
    RecordAnswer.objects.bulk_create(
        RecordAnswer(record=record, item_id=item, answer=line.answer, remark=line.remark)
        for item, line in draft.answers.items()
        if item in changed
    )
    return (
        {"answers": {str(item): list(old[item]) for item in sorted(changed) if item in old}},
        {"answers": {str(item): list(draft.answers[item]) for item in sorted(changed) if item in draft.answers}},
    )
