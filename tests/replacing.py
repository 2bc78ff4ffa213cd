"""Replacements as people make them: asked for, accepted; and what the public may then take."""

from typing import Any

from inspections.cases import replacing
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.states import CaseState
from inspections.draws import after
from inspections.draws.files import text_of
from inspections.draws.models import Draw
from publicity.site import orders
from registries import clock
from registries.people.models import User
from tests import factories as make
from tests.offices import Office


def first(draw: Draw) -> Case:
    return draw.cases.order_by("pk")[0]


def ask(actor: User, case: Case, whom: str | int, reason: str, **different: Any) -> Replacement:
    arguments: dict[str, Any] = {
        "case_id": case.pk,
        "kind": "subject" if whom == "subject" else "inspector",
        "assignment_id": None if whom == "subject" else whom,
        "reason": reason,
        "explanation": "门店已拆除",
        "evidence": "现场照片3",
    }
    made = replacing.ask_replacement(actor=actor, **arguments | different).obj
    assert isinstance(made, Replacement)
    return made


def accept(actor: User, asked: Replacement) -> None:
    asked.refresh_from_db()
    replacing.replace_drawn(actor=actor, replacement_id=asked.pk, version=asked.version)


def replaced(office: Office, case: Case, whom: str | int, reason: str) -> None:
    accept(office.supervisor, ask(office.clerk, case, whom, reason))


def team(case: Case) -> list[Assignment]:
    return list(case.assignments.filter(ended_at=None).select_related("inspector__user").order_by("position"))


def visited(draw: Draw) -> None:
    """Every case that was not called off is inspected and reviewed; short teams are filled up, as a later draw would."""
    for case in draw.cases.exclude(state=CaseState.CALLED_OFF):
        for position in {1, 2} - set(case.assignments.filter(ended_at=None).values_list("position", flat=True)):
            person = make.inspector(unit=case.unit)
            Assignment.objects.create(case=case, inspector=person, position=position, assigned_at=clock.now())
        make.reviewed_case(case)


def public_bundle(draw: Draw) -> dict[str, bytes]:
    found = orders.order(str(draw.number))
    assert found is not None
    return {file.name: b"".join(file.pieces()) for file in orders.bundle(found)}


def lines(draw: Draw) -> list[str]:
    return [text_of(line) for line in after.lines_of(draw)]
