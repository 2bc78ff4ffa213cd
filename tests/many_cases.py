"""Thousands of cases in a few statements, for the counts of disclosure: one matter, visits that somebody else might have drawn."""

import datetime as dt

from inspections.cases.models import Case, CaseMatter, Record, Review, Signature
from inspections.cases.states import CaseKind, CaseState, Decision
from registries import clock
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories


def reviewed(count: int, *, ended_on: dt.date, state: str = CaseState.REVIEWED) -> list[Case]:
    """So many cases, each with a record signed by two and, where reviewed, accepted by a reviewer; published by name."""
    now, revision = clock.now(), factories.matter()
    category, town, team = revision.categories.get(), factories.town(), [factories.inspector(unit=revision.unit) for _ in range(2)]
    reviewer, result = factories.user(Role.REVIEWER), factories.result()
    columns = {"kind": Subject.Kind.ENTERPRISE, "unit": revision.unit, "town": town, "risk_grade": "B", "verified_on": ended_on}
    start = Subject.objects.count()
    subjects = Subject.objects.bulk_create(
        Subject(key=f"M{start + n:07}", name=f"第{start + n}家旅馆", **columns) for n in range(count)
    )
    through = Subject.categories.through
    through.objects.bulk_create(through(subject=one, subjectcategory=category) for one in subjects)
    cases = Case.objects.bulk_create(
        Case(
            number=f"AJ-370323-2020-{start + n:06}", kind=CaseKind.ADHOC, subject=one, unit=revision.unit, state=state, opened_at=now,
            ended_on=ended_on, reviewed_at=now,
        )
        for n, one in enumerate(subjects)
    )  # fmt: skip
    CaseMatter.objects.bulk_create(CaseMatter(case=one, revision=revision) for one in cases)
    records = Record.objects.bulk_create(
        Record(case=one, inspected_on=ended_on, result=result, submitted_at=now, signed_at=now, saved_at=now) for one in cases
    )
    Signature.objects.bulk_create(
        Signature(record=record, inspector=member, signed_by=member.user, signed_at=now, content_hash="0" * 64)
        for record in records
        for member in team
        if member.user is not None
    )
    if state == CaseState.REVIEWED:
        Review.objects.bulk_create(
            Review(case=record.case, record=record, reviewer=reviewer, decision=Decision.ACCEPT, reviewed_at=now) for record in records
        )
    return cases
