"""The answer to an objection on paper, from its frozen decision: the same row gives the same document."""

from django.conf import settings

from inspections.papers import printing
from inspections.papers.facts import ObjectionFacts, Party
from publicity.corrections.models import Objection
from registries import clock

BASIS = "《中华人民共和国政府信息公开条例》第四十一条"


def facts_of(row: Objection) -> ObjectionFacts:
    """What stands on the answer of a decided objection."""
    case = row.disclosure.case
    if row.document is None or row.decided_at is None:
        raise ValueError(row.number)
    return ObjectionFacts(
        number=row.document.text,
        bureau=settings.BUREAU_NAME,
        unit=case.unit.name,
        party=Party(row.name or "异议人"),
        case=case.number or "",
        received_on=row.received_at.astimezone(clock.BEIJING).date(),
        objection=row.text,
        findings=row.findings,
        decision=row.answer,
        basis=BASIS,
        issued_on=row.decided_at.astimezone(clock.BEIJING).date(),
        phone=settings.SUPERVISION_PHONE,
        demo=settings.DEMO,
    )


def answer_pdf(row: Objection) -> bytes:
    """The answer as PDF."""
    return printing.pdf_of(facts_of(row))


def ready() -> bool:
    """Whether this machine can print Chinese."""
    return printing.ready()
