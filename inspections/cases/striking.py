"""The decision on a wrong value (draw protocol 1, §3): the result is struck and computed again, or the report is refused.

Striking is one transaction over two rooms: the right value, the second result with its public facts, and the cases that follow.
Nothing of the struck result is erased. It is struck however far the visits are: what began stays a visit, and whoever the
right result draws is visited too.
"""

import datetime as dt

from django.db.models import Model, Q

from inspections.cases import joining, opening, states
from inspections.cases.models import Assignment, Case
from inspections.cases.states import STRUCK, CaseState
from inspections.draws import rules
from inspections.draws.commands.drawing import compute_and_keep
from inspections.draws.commands.rows import locked_draw
from inspections.draws.models import Draw, DrawnEntry, SeedSource, SourceEntry
from inspections.draws.states import Mode, Reported
from inspections.draws.struck import Strike
from registries import clock
from registries.ledger.change import Change, Fact, alter, refuse, refuse_now
from registries.ledger.commands import command, wake
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.people.models import User

DECIDING = ("inspections.strike_result",)
"""What a supervisor did to the draw before that is no hand in it."""


@command("inspections.strike_result")
def strike_result(*, actor: User, strike_id: int, version: int) -> Change:
    """Strike the result that was drawn from a wrong value, and compute it again from the same order and secret and the right one."""
    draw, report, source = _decidable(strike_id, actor, version)
    now, struck = clock.now(), draw.result_hash
    alter(
        report, state=Reported.STRUCK.value, decided_by=actor, decided_at=now, correction=draw.corrections + 1, result_hash=struck
    )
    alter(source, value=report.right, settled_at=now, corrections=source.corrections + 1)
    draw.corrections += 1
    hashed, files = compute_and_keep(draw, [one.value for one in draw.sources.order_by("position")])
    change = alter(draw, corrections=draw.corrections, result_hash=hashed)
    also = cases_follow(draw, now)
    wake("inspections.issue_certificate", draw_id=draw.pk)
    before, after = {"result_hash": struck}, {"corrections": draw.corrections, "result_hash": hashed, "report": report.pk}
    return Change(draw, before, after, change.note, _facts(draw, report, source), (report, source, *files, *also))


@command("inspections.refuse_strike")
def refuse_strike(*, actor: User, strike_id: int, version: int, reason: str) -> Change:
    """Refuse a report, with the reason: the result stands. Two people may report a value anew."""
    _draw, report, _source = _decidable(strike_id, actor, version, reason)
    return alter(
        report, state=Reported.REFUSED.value, decided_by=actor, decided_at=clock.now(), refused_because=reason.strip()
    )


def _decidable(strike_id: int, actor: User, version: int, reason: str | None = None) -> tuple[Draw, Strike, SeedSource]:
    """Draw, report and source, locked in this order; refused when it is decided, old, or not this supervisor's to decide."""
    found = Strike.objects.filter(pk=strike_id).values_list("draw", "source").first()
    if found is None:
        refuse_now(say("There is no such report."))
    draw = locked_draw(found[0], actor, "strike")
    report = Strike.objects.select_for_update(no_key=True).get(pk=strike_id)
    source = SeedSource.objects.select_for_update(no_key=True).get(pk=found[1])
    refuse(
        rules.why_not_strike(
            waiting=report.state == Reported.WAITING,
            typed=SourceEntry.objects.filter(source__draw=draw, entered_by=actor).exists(),
            had_a_hand=actor.pk in (draw.prepared_by_id, draw.approved_by_id) or had_a_hand(draw, actor.pk, leaving_out=DECIDING),
            same=reason is not None or source.value == report.wrong,
            seen=version,
            now=report.version,
            reason=reason,
        )
    )
    return draw, report, source


def _facts(draw: Draw, report: Strike, source: SeedSource) -> tuple[Fact, Fact]:
    """The right value, and the result that takes the place of the struck one: exact and public (§7)."""
    about = {"draw": draw.number, "plan": draw.plan.reference, "order": draw.order_hash}
    value = {"source": f"source.{source.position}", "value": report.right, "corrects": report.wrong, "reason": report.reason}
    result = {"result": draw.result_hash, "strikes": report.result_hash}
    return Fact("draws.source", about | value), Fact("draws.result", about | result)


def cases_follow(draw: Draw, now: dt.datetime) -> list[Model]:
    """Cases after a strike: bound to the right result's place of their subject, left as they are, called off, or opened.

    A visit that began keeps its team and stands: in the place of the right result where that draws its subject too. One that did
    not goes on where subject and team are the same; else it is called off. Returns all rows written.
    """
    apart = joining.separated_of(draw, now)
    if draw.mode == Mode.TEAMS:
        return [*apart, *_teams_follow(draw, now)]
    places = {place.entry_id: place for place in DrawnEntry.objects.filter(draw=draw, kind=DrawnEntry.Kind.WINNER).prefetch_related("team")}
    cases = Case.objects.select_for_update(of=("self",), no_key=True).filter(draw=draw, drawn__isnull=False).exclude(state=CaseState.CALLED_OFF)
    written = apart
    for case in cases.select_related("drawn").order_by("pk"):
        assert case.drawn is not None  # noqa: S101  (filtered)
        place = places.get(case.drawn.entry_id)
        begun = states.why_not(case.state, "strike") is not None
        if place is not None and (begun or _same_team(case, place)):
            alter(case, drawn=place)
            written.append(case)
        elif not begun:
            written += _called_off(case, now)
    opened, teams = opening.open_cases_for(draw, now)
    return [*written, *opened, *teams]


def _teams_follow(order: Draw, now: dt.datetime) -> list[Model]:
    """The cases of another draw: whom a struck order for teams had sent leaves those not begun, whom the right result sends comes."""
    list(Case.objects.select_for_update(of=("self",), no_key=True).filter(draw=order.staffs_id, state=CaseState.ASSIGNED).order_by("pk").values_list("pk"))
    left = list(Assignment.objects.select_for_update(of=("self",), no_key=True).filter(draw=order, ended_at=None, case__state=CaseState.ASSIGNED))
    for one in left:
        alter(one, ended_at=now, ended_because=STRUCK)
    _cases, teams = opening.staff_cases_by(order, now)
    return [*left, *teams]


def _same_team(case: Case, place: DrawnEntry) -> bool:
    """Whether those whom this draw sends are those whom the right result sends; other orders' teams come again by themselves."""
    wanted = sorted(place.team.values_list("position", "inspector__inspector"))
    there = case.assignments.filter(Q(draw=place.draw_id) | Q(draw=None), ended_at=None).order_by("position")
    return wanted == list(there.values_list("position", "inspector"))


def _called_off(case: Case, now: dt.datetime) -> list[Model]:
    ended = list(case.assignments.select_for_update(no_key=True).filter(ended_at=None))
    for one in ended:
        alter(one, ended_at=now, ended_because=STRUCK)
    alter(case, state=states.MOVES["strike"][1], called_off_at=now, called_off_because=STRUCK)
    return [case, *ended]
