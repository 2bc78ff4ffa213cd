"""The orders and letters that follow-ups issue: which are ours, what stands on them, and those of other bodies in the case file.

Ours, with a number taken when they are issued: 责令限期改正通知书, 责令限期改正延期通知书, 案件移送函, 涉嫌犯罪案件移送书. Of others, with a typed number:
filing and decision of a penalty case (issued in the case system), the receipt of an authority.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings

from inspections.cases import queries as cases
from inspections.cases.models import Case, Record
from inspections.cases.states import Answer
from inspections.followups.models import FollowUp
from inspections.followups.rules import Order
from inspections.followups.states import Kind
from inspections.papers import drafting, facts, queries
from inspections.papers.issuing import issue
from inspections.papers.models import Letter
from inspections.papers.states import Kind as Paper
from registries.ledger.change import Change
from registries.people.models import User

CRIME_BASIS = "《行政执法机关移送涉嫌犯罪案件的规定》第五条"
NUMBERED = {Kind.RECTIFICATION: Paper.RECTIFICATION, Kind.TRANSFER: Paper.TRANSFER, Kind.CRIME: Paper.CRIMINAL}
ENDS = "。．；;，,、 \t"
"""What a typed line loses at its end: the document sets its own."""


class Typed(NamedTuple):
    """What is typed for a letter: provision, addressee, enclosures (one a line), who can be asked."""

    basis: str
    addressee: str = ""
    enclosures: str = ""
    contact: str = ""


def lines_of(text: str) -> list[str]:
    """The lines of a typed text, without empty ones and without the marks that the document sets itself."""
    return [line for one in text.splitlines() if (line := one.strip().rstrip(ENDS))]


def _phone(case: Case) -> str:
    return case.unit.phone or settings.SUPERVISION_PHONE


def _whole(case: Case) -> Case:
    return Case.objects.select_related("unit", "subject__town").get(pk=case.pk)


def basis_of(case: Case) -> str:
    """The provisions of the matters of a case, offered for its order."""
    return "；".join(dict.fromkeys(str(one) for revision in drafting.revisions_of(case) for one in revision.bases.all()))


def _problems(case: Case, record: Record | None) -> list[str]:
    """What the accepted record found: its words; where it has none, the items answered no."""
    if record is None:
        return []
    if said := lines_of(record.findings):
        return said
    refused = [(item, line) for sheet in cases.sheets(case, record) for item, line in sheet.lines if line and line.answer == Answer.NO]
    return [f"{item.title}：{line.remark}" for item, line in refused] or [record.result.label if record.result else ""]


def _order(case: Case, what: str, basis: str, due_on: dt.date, on: dt.date) -> facts.RectificationFacts:
    case, record = _whole(case), cases.accepted_record(case)
    return facts.RectificationFacts(
        number="",
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        party=drafting.party_of(case.subject),
        case=case.number,
        inspected_on=(record.inspected_on if record else None) or case.ended_on or on,
        problems=_problems(case, record),
        basis=basis.rstrip(ENDS),
        demands=lines_of(what),
        due_on=due_on,
        issued_on=on,
        phone=_phone(case),
        demo=settings.DEMO,
    )


def ordered(case: Case, order: Order, actor: User, now: dt.datetime) -> Letter:
    """The order of a rectification, issued as it is decided."""
    on = drafting.day_of(now) or now.date()
    return issue(Paper.RECTIFICATION, _order(case, order.what, order.basis, order.day or on, on), case=case, actor=actor, now=now)


def extended(followup: FollowUp, due_on: dt.date, reason: str, actor: User, now: dt.datetime) -> Letter:
    """What the subject is told of a later day."""
    case, on = _whole(followup.case), drafting.day_of(now) or now.date()
    told = facts.ExtensionFacts(
        number="",
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        party=drafting.party_of(case.subject),
        order=followup.number,
        ordered_on=drafting.day_of(followup.ordered_at) or on,
        was_due_on=followup.due_on,
        due_on=due_on,
        reason=reason.rstrip(ENDS),
        issued_on=on,
        phone=_phone(case),
        demo=settings.DEMO,
    )
    return issue(Paper.EXTENSION, told, case=case, actor=actor, now=now)


def made(followup: FollowUp, typed: Typed, actor: User, now: dt.datetime) -> Letter:
    """The letter of a transfer, or the order of a rectification again."""
    on = drafting.day_of(now) or now.date()
    if followup.kind == Kind.RECTIFICATION:
        told: facts.LetterFacts = _order(followup.case, followup.what, typed.basis, followup.due_on, on)
    else:
        told = _transfer(followup, typed, on)
    return issue(NUMBERED[Kind(followup.kind)], told, case=followup.case, actor=actor, now=now)


def _transfer(followup: FollowUp, typed: Typed, on: dt.date) -> facts.TransferFacts:
    case = _whole(followup.case)
    record = cases.accepted_record(case) or cases.last_record(case)
    return facts.TransferFacts(
        number="",
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        to=typed.addressee,
        party=drafting.party_of(case.subject),
        case=case.number,
        inspected_on=(record.inspected_on if record else None) or case.ended_on or on,
        found="".join(f"{line}。" for line in lines_of(followup.what)),
        basis=typed.basis.rstrip(ENDS),
        enclosures=lines_of(typed.enclosures),
        issued_on=on,
        contact=typed.contact,
        phone=_phone(case),
        criminal=followup.kind == Kind.CRIME,
        demo=settings.DEMO,
    )


def suggested(followup: FollowUp) -> dict[str, Any]:
    """What the form of a letter offers: of the one that was voided, else what usually stands there."""
    if followup.letter is not None:
        was = queries.letter_facts(followup.letter)
        kept = {"basis": getattr(was, "basis", ""), "addressee": getattr(was, "to", ""), "contact": getattr(was, "contact", "")}
        return {**kept, "enclosures": "\n".join(getattr(was, "enclosures", ()))}
    usual = {"addressee": followup.addressee, "enclosures": f"现场检查笔录（检查编号{followup.case.number}）1份"}
    return {**usual, "basis": CRIME_BASIS if followup.kind == Kind.CRIME else ""}


def beside(change: Change, letter: Letter | None) -> Change:
    """The change with the letter and its number as rows written with it."""
    if letter is None:
        return change
    return Change(change.obj, change.before, change.after, change.note, change.facts, (*change.also, letter, letter.number), change.gone)


def of(followup: FollowUp) -> list[Letter]:
    """The order or letter of a follow-up, then those of its extensions."""
    extensions = [one.letter for one in followup.extensions.select_related("letter__number") if one.letter]
    return [*([followup.letter] if followup.letter else []), *extensions]


def _of_others(case: Case) -> Iterator[facts.IndexLine]:
    """What stands in the file of a case and was issued by others, with the number that was typed."""
    for one in case.followups.select_related("case__unit").order_by("pk"):
        unit = one.case.unit.short_name
        if one.kind == Kind.PENALTY and one.number:
            yield facts.IndexLine("行政处罚立案审批表", one.number, one.filed_on, unit)
        if one.decision_number:
            yield facts.IndexLine("行政处罚决定书", one.decision_number, one.decision_on, unit)
        if one.received_on:
            yield facts.IndexLine("移送回执", one.receipt_number, one.received_on, one.addressee)
        for extension in one.extensions.filter(letter=None):
            yield facts.IndexLine("整改延期决定", "", drafting.day_of(extension.decided_at), unit)


drafting.FOLLOWED.append(_of_others)
