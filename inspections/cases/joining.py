"""One visit for several cases of one subject (product.md §2: one visit may cover several matters and departments).

Two draws of one month that hit the same subject make one visit: the later case is joined to the earlier, which carries the
matters of both, each under its own checklist, and the teams of both as drawn; nobody is chosen. Ad-hoc cases stay apart. Until
the visit begins a case can be taken out again, and is, where the other is called off.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Model, Q, QuerySet

from inspections.cases import awaiting, queries, rules, states
from inspections.cases.models import Assignment, Case, CaseMatter
from inspections.cases.states import JOINED_ELSEWHERE, SEPARATED, Asked, CaseKind, CaseState
from inspections.draws.models import Draw
from inspections.draws.states import Mode
from registries import clock
from registries.ledger.change import alter

# --- which cases -----------------------------------------------------------------------------------------------------


def earlier_case(case: Case) -> Case | None:
    """The case of the same subject, drawn by another lot of the same month, whose visit can cover this one too: the first of them."""
    found = _alike(case).filter(pk__lt=case.pk).exclude(matters__revision__matter__in=case.matters.values("revision__matter"))
    return found.select_related("draw", "unit").order_by("pk").first()


def _alike(case: Case) -> QuerySet[Case]:
    """Cases that wait for their visit and come from other lots of the month, of the same subject."""
    if case.draw is None or case.draw.drawn_at is None or case.kind != CaseKind.RANDOM:
        return Case.objects.none()
    first, last = month_of(case.draw.drawn_at)
    return Case.objects.filter(
        state=CaseState.ASSIGNED,
        kind=CaseKind.RANDOM,
        subject=case.subject_id,
        draw__drawn_at__gte=first,
        draw__drawn_at__lt=last,
    ).exclude(draw=case.draw_id)


def month_of(moment: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The calendar month in Beijing: its first moment, and that of the next."""
    first = moment.astimezone(clock.BEIJING).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def is_whole(case: Case) -> bool:
    """Whether everybody who goes is on the case: two or more of the unit that leads and of each partner, no matter awaited."""
    sides = Counter(queries.unit_of(one, case) for one in queries.team(case))
    return sides[case.unit_id] >= rules.AT_LEAST and min(sides.values()) >= rules.AT_LEAST and not queries.matters_awaited(case)


def is_moving(case: Case) -> bool:
    """Whether somebody of the case is about to change: an order draws a team for it, or a replacement is asked for."""
    return awaiting.order_finding_team(case) is not None or case.replacements.filter(state=Asked.WAITING).exists()


def joinable_after(draw: Draw) -> list[int]:
    """The later cases of subjects that this order drew, or found teams for, with another case to be joined to; never joined before."""
    cases = awaiting.cases_of(draw).filter(state=CaseState.ASSIGNED, kind=CaseKind.RANDOM).select_related("draw")
    met: defaultdict[int, set[int]] = defaultdict(set)
    for case in cases:
        others = set(_alike(case).values_list("pk", flat=True))
        met[case.subject_id] |= others | ({case.pk} if others else set())
    later = [pk for alike in met.values() for pk in sorted(alike)[1:]]
    return list(Case.objects.filter(pk__in=later).exclude(assignments__ended_because=JOINED_ELSEWHERE).order_by("pk").values_list("pk", flat=True))


def came_with(place: Assignment) -> str:
    """The number of the joined case that this member of a team was drawn for; empty for one of the case's own."""
    went = Case.objects.filter(joined_to=place.case_id, assignments__draw=place.draw_id, assignments__ended_because=JOINED_ELSEWHERE)
    return went.values_list("number", flat=True).first() or ""


# --- what the writers share ---------------------------------------------------------------------------------------------


def separated(case: Case, now: dt.datetime) -> list[Model]:
    """The same inside other commands, which hold both cases' locks; returns the rows written, the case first."""
    other = case.joined_to
    assert other is not None  # noqa: S101  (a constraint of the database)
    own = list(case.assignments.filter(ended_because=JOINED_ELSEWHERE).order_by("position"))
    left = list(other.assignments.filter(ended_at=None, draw__in=[one.draw_id or case.draw_id for one in own]))
    for one in left:
        alter(one, ended_at=now, ended_because=SEPARATED)
    other.matters.filter(revision__in=case.matters.values("revision")).delete()
    came = Assignment.objects.bulk_create(
        Assignment(case=case, inspector_id=one.inspector_id, draw_id=one.draw_id, position=one.position, assigned_at=now)
        for one in _latest(own)
    )
    alter(case, state=states.MOVES["separate"][1], joined_to=None)
    alter(other)
    return [case, other, *left, *came]


def separated_of(draw: Draw, now: dt.datetime) -> list[Model]:
    """Every case of this draw, or joined to one of it, out of its joint visit where that has not begun: for a strike of its result."""
    staffed = draw.staffs if draw.mode == Mode.TEAMS else draw
    waiting = Case.objects.filter(Q(draw=staffed) | Q(joined_to__draw=staffed), joined_to__state=CaseState.ASSIGNED)
    keys = set(waiting.values_list("pk", "joined_to"))
    locked = {one.pk: one for one in locked_cases({pk for pair in keys for pk in pair if pk})}
    return [row for pk, _other in sorted(keys, key=lambda pair: pair[0]) for row in separated(locked[pk], now)]


def separated_from(case: Case, now: dt.datetime) -> list[Model]:
    """Every case joined to this one out of its visit, which is called off."""
    return [row for one in locked_cases(case.joined.values_list("pk", flat=True)) for row in separated(one, now)]


def ended_with(case: Case) -> list[Model]:
    """The cases joined to one whose inspection has ended: theirs ended the same day."""
    joined: list[Model] = []
    for one in case.joined.select_for_update(of=("self",), no_key=True).order_by("pk"):
        alter(one, ended_on=case.ended_on)
        joined.append(one)
    return joined


def locked_cases(keys: Iterable[int]) -> list[Case]:
    """These cases, locked in the order of their keys."""
    return list(Case.objects.select_for_update(of=("self",), no_key=True).select_related("draw", "joined_to").filter(pk__in=list(keys)).order_by("pk"))


def _latest(rows: Iterable[Assignment]) -> list[Assignment]:
    """One row a position: the last that was joined."""
    return list({one.position: one for one in sorted(rows, key=lambda one: one.pk)}.values())


def go_over(case: Case, other: Case, now: dt.datetime) -> list[Model]:
    """The matters and the team of a case onto another, after those that are there; who is there already is there once."""
    last = other.matters.count()
    CaseMatter.objects.bulk_create(
        CaseMatter(case=other, revision_id=revision, position=last + position)
        for position, revision in enumerate(case.matters.order_by("position").values_list("revision_id", flat=True), start=1)
    )
    going = list(case.assignments.filter(ended_at=None).order_by("position"))
    for one in going:
        alter(one, ended_at=now, ended_because=JOINED_ELSEWHERE)
    there = set(other.assignments.filter(ended_at=None).values_list("inspector_id", flat=True))
    least = other.draw.team_size if other.draw is not None else 0
    after = max([least, *other.assignments.values_list("position", flat=True)])
    came = Assignment.objects.bulk_create(
        Assignment(case=other, inspector_id=one.inspector_id, draw_id=one.draw_id or case.draw_id, position=after + number, assigned_at=now)
        for number, one in enumerate((one for one in going if one.inspector_id not in there), start=1)
    )
    return [*going, *came]
