"""Cases with their teams, and how far they have come: recorded, signed, reviewed."""

from typing import Any

from inspections.cases.models import Assignment, Case, CaseMatter, Record, RecordAnswer, Review, Signature
from inspections.cases.states import Answer, CaseState, Decision
from inspections.draws.models import Draw, DrawnEntry
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.ledger.chain import sha256_hex
from registries.matters.models import ChecklistItem
from registries.people.roles import Role
from tests.factories.counting import following
from tests.factories.draws import drawn_draw
from tests.factories.people import user


def case(draw: Draw | None = None, *, team: list[Inspector] | None = None, **columns: Any) -> Case:
    """The case of a winner that has none yet, assigned to its drawn team; from a draw of one winner unless one is given."""
    if draw is None:
        draw = drawn_draw(winners=1, reserves=0, teams=None if team is None else [team])
    won = DrawnEntry.objects.filter(draw=draw, kind=DrawnEntry.Kind.WINNER, case=None).order_by("rank")[0]
    now = columns.setdefault("opened_at", clock.now())
    columns = {"number": f"AJ-370323-{now.year}-{following() + 90000}", "unit": draw.unit, **columns}
    made = Case.objects.create(draw=draw, drawn=won, subject=won.entry.subject, **columns)
    for position, revision in enumerate([draw.matter, *draw.joint_matters.order_by("matter__code")], start=1):
        CaseMatter.objects.create(case=made, revision=revision, position=position)
    for place in won.team.select_related("inspector__inspector"):
        Assignment.objects.create(case=made, inspector=place.inspector.inspector, position=place.position, assigned_at=now)
    return made


def team_of(case: Case) -> list[Inspector]:
    """Who is on the case's team now, the leader first."""
    return [one.inspector for one in case.assignments.filter(ended_at=None).select_related("inspector__user")]


def result(code: str = "clean") -> Code:
    """An official result, by its code."""
    return Code.objects.get(table=CodeTable.RESULT, code=code)


def record(case: Case, *, answered: bool = True, signed: int = 0, **columns: Any) -> Record:
    """A record of a case being recorded: all answers *yes*, found clean today; with ``signed`` signatures it is submitted."""
    Case.objects.filter(pk=case.pk).update(state=CaseState.ON_SITE)
    case.refresh_from_db()
    today, now = clock.today(), clock.now()
    columns = {"round": case.records.count() + 1, "inspected_on": today, "saved_at": now, **columns}
    if answered:
        columns.setdefault("result", result())
    team = team_of(case)
    columns.setdefault("saved_by", team[0].user if team else None)
    if signed:
        columns.setdefault("submitted_at", now)
    made = Record.objects.create(case=case, **columns)
    if answered:
        items = ChecklistItem.objects.filter(revision__in=[one.revision_id for one in case.matters.all()])
        RecordAnswer.objects.bulk_create(RecordAnswer(record=made, item=item, answer=Answer.YES) for item in items)
    for member in team[:signed]:
        assert member.user is not None
        Signature.objects.create(
            record=made, inspector=member, signed_by=member.user, signed_at=now, content_hash=sha256_hex(f"record {made.pk}")
        )
    return made


def recorded_case(case_: Case | None = None, **columns: Any) -> Case:
    """A case whose whole team has signed; ``inspected_on``, ``result``, ``findings`` go to the record."""
    made = case_ or case()
    signed = record(made, signed=len(team_of(made)), **columns)
    Record.objects.filter(pk=signed.pk).update(signed_at=clock.now())
    made.state = CaseState.RECORDED
    made.ended_on = signed.inspected_on
    made.save()
    return made


def reviewed_case(case_: Case | None = None, *, released: bool = False, **columns: Any) -> Case:
    """A recorded case that a reviewer has accepted, released by its clerk if wanted."""
    made = recorded_case(case_, **columns)
    last = made.records.order_by("-round")[0]
    now = clock.now()
    Review.objects.create(case=made, record=last, reviewer=user(Role.REVIEWER), decision=Decision.ACCEPT, reviewed_at=now)
    made.state = CaseState.REVIEWED
    made.reviewed_at = now
    made.released_at = now if released else None
    made.save()
    return made
