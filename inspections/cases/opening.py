"""From a winner to a case: its number, its matters under the revisions the draw ran under, its team as drawn."""

import datetime as dt

from django.conf import settings

from inspections.cases import queries
from inspections.cases.models import Assignment, Case, CaseMatter
from inspections.cases.states import CaseKind
from inspections.draws.models import Draw, TeamPlace
from inspections.draws.states import Mode
from registries.codes.serials import next_number


def new_number(year: int) -> str:
    """The next ``AJ-<division>-<year>-<serial>``, without gaps, taken inside the transaction that uses it."""
    return f"AJ-{settings.DIVISION_CODE}-{year}-{next_number(f'case/{year}'):04d}"


def open_cases_for(draw: Draw, now: dt.datetime) -> tuple[list[Case], list[Assignment]]:
    """Open a case for every winner of a drawn draw that has none; returns them in the order of the result, and their teams.

    The caller holds the draw's lock. A winner without a team gets a case without one.
    """
    winners = list(queries.winners_without_case().filter(draw=draw).select_related("entry").order_by("rank", "pk"))
    kind = CaseKind.ADHOC if draw.mode == Mode.ADHOC else CaseKind.RANDOM
    cases = Case.objects.bulk_create(
        Case(
            number=new_number(now.year),
            kind=kind,
            draw=draw,
            drawn=won,
            subject_id=won.entry.subject_id,
            unit_id=draw.unit_id,
            opened_at=now,
        )
        for won in winners
    )
    case_of = {case.drawn_id: case for case in cases}
    revisions = [draw.matter_id, *draw.joint_matters.order_by("matter__code").values_list("pk", flat=True)]
    CaseMatter.objects.bulk_create(
        CaseMatter(case=case, revision_id=revision, position=position)
        for case in cases
        for position, revision in enumerate(revisions, start=1)
    )
    places = TeamPlace.objects.filter(drawn__in=winners).select_related("inspector")
    teams = Assignment.objects.bulk_create(
        Assignment(
            case=case_of[place.drawn_id],
            inspector_id=place.inspector.inspector_id,
            position=place.position,
            assigned_at=now,
        )
        for place in places
    )
    return cases, teams
