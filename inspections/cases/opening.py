"""From a winner to a case: its number, its matters under the revisions the draw ran under, its team as drawn.

Also what an order in mode ``teams:`` adds to the cases of the draw that it staffs: a team, and of a partner its matters.
"""

import datetime as dt
from collections import defaultdict

from django.conf import settings

from inspections.cases import awaiting, queries
from inspections.cases.models import Assignment, Case, CaseMatter
from inspections.cases.states import CaseKind
from inspections.draws.matters import own_revisions
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
    winners = list(awaiting.winners_without_case().filter(draw=draw).select_related("entry").order_by("rank", "pk"))
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
    CaseMatter.objects.bulk_create(
        CaseMatter(case=case, revision=revision, position=position)
        for case in cases
        for position, revision in enumerate(own_revisions(draw), start=1)
    )
    places = TeamPlace.objects.filter(drawn__in=winners).select_related("inspector")
    teams = Assignment.objects.bulk_create(
        Assignment(
            case=case_of[place.drawn_id],
            inspector_id=place.inspector.inspector_id,
            draw=draw,
            position=place.position,
            assigned_at=now,
        )
        for place in places
    )
    return cases, teams


def staff_cases_by(draw: Draw, now: dt.datetime) -> tuple[list[Case], list[Assignment]]:
    """Give the cases that a drawn ``teams:`` order is for their teams; returns them, and every assignment made or ended.

    The caller holds the draw's lock. A team of the same unit that had a gap nobody was left to fill gives way to the new one.
    A partner's team comes with its matters: their checklists stand after those that are there. Cases already begun, called
    off or given their team stay as they are.
    """
    waiting = awaiting.cases_awaiting_teams(draw).values("pk")
    cases = list(Case.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=waiting).select_related("draw", "drawn__entry").order_by("pk"))
    places: defaultdict[str, list[TeamPlace]] = defaultdict(list)
    for place in TeamPlace.objects.filter(drawn__draw=draw).select_related("drawn__entry", "inspector").order_by("position"):
        places[place.drawn.entry.code].append(place)
    written: list[Assignment] = []
    for case in cases:
        if case.drawn is not None and places[case.drawn.entry.code]:
            written += _join(case, draw, places[case.drawn.entry.code], now)
    return cases, written


def _join(case: Case, draw: Draw, places: list[TeamPlace], now: dt.datetime) -> list[Assignment]:
    """One team takes its places on one case."""
    there = list(case.assignments.select_related("draw").order_by("position"))
    ended = [one for one in there if one.ended_at is None and queries.unit_of(one, case) == draw.unit_id]
    for one in ended:
        one.ended_at, one.ended_because = now, "new-team"
        one.save(update_fields=["ended_at", "ended_because"])
    partner = draw.unit_id != case.unit_id
    least = case.draw.team_size if case.draw is not None else 0
    after = max([least, *(one.position for one in there)]) if partner else 0
    if partner:
        last = case.matters.count()
        have = set(case.matters.values_list("revision_id", flat=True))
        new = [revision for revision in own_revisions(draw) if revision.pk not in have]
        CaseMatter.objects.bulk_create(
            CaseMatter(case=case, revision=revision, position=position) for position, revision in enumerate(new, start=last + 1)
        )
    made = Assignment.objects.bulk_create(
        Assignment(
            case=case,
            inspector_id=place.inspector.inspector_id,
            draw=draw,
            position=after + place.position,
            assigned_at=now,
        )
        for place in places
    )
    return [*ended, *made]
