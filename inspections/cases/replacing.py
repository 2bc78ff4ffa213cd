"""The writers of replacements (draw protocol 1, §6): ask, accept, refuse.

Accepting is one transaction over two rooms: the line or lines of the draw's history with their public facts, and the cases
that follow — one called off, one opened for the reserve, assignments ended and begun. Who steps in is pure: ``draws/history.py``.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Model

from inspections.cases import awaiting, joining, queries, rules, states
from inspections.cases.models import Assignment, Case, CaseMatter, Replacement
from inspections.cases.opening import new_number
from inspections.cases.states import Asked
from inspections.draws import after
from inspections.draws.files import HistoryLine, text_of
from inspections.draws.history import Standing
from inspections.draws.matters import own_revisions
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.queries import file_bodies
from inspections.draws.replaced import HistoryRow
from inspections.draws.states import DrawState, Mode, Replaced
from registries import clock
from registries.ledger.change import Change, Fact, alter, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps
from registries.people.roles import Role


class Place(NamedTuple):
    """The place of a case in one draw: who visits whom there, and the winner that names it."""

    draw: Draw
    standing: Standing
    winner: str


@command("inspections.ask_replacement")
def ask_replacement(
    *,
    actor: User,
    case_id: int,
    kind: str,
    reason: str,
    explanation: str,
    evidence: str,
    assignment_id: int | None = None,
    file: bytes = b"",
    file_name: str = "",
) -> Change:
    """Ask that the subject of a case, or the inspector of this assignment, be replaced; a supervisor decides.

    The unit's clerk may ask, and an inspector of the team for himself; each for reasons of the closed list.
    """
    case = _locked_case(case_id)
    place = case.assignments.filter(pk=assignment_id, ended_at=None).select_related("inspector").first() if assignment_id else None
    if (kind == Replaced.INSPECTOR) != (place is not None):
        refuse_now(say("This inspector is not on the team any more."))
    clerk = Role.CLERK in actor.role_codes and keeps(actor, case.unit_id)
    if not clerk and not queries.is_on_team(case, actor):
        refuse_now(say("There is no such case among yours."))
    refuse(
        states.why_not(case.state, _move(kind))
        or rules.why_not_ask(
            drawn=case.drawn_id is not None,
            allowed=rules.may_ask(kind, reason, clerk=clerk, himself=place is not None and place.inspector.user_id == actor.pk),
            waiting=Replacement.objects.filter(case=case, kind=kind, assignment=place, state=Asked.WAITING).exists(),
            explanation=explanation,
            evidence=evidence,
        )
        or (rules.why_not_replace_joined(name=place.inspector.name, other=joining.came_with(place)) if place else None)
    )
    explanation, evidence = explanation.strip(), evidence.strip()
    sha256 = hashlib.sha256(file).hexdigest() if file else ""
    asked = Replacement(
        case=case,
        kind=kind,
        assignment=place,
        reason=reason,
        explanation=explanation,
        evidence=evidence,
        file=file,
        file_name=file_name[-200:] if file else "",
        file_sha256=sha256,
        evidence_digest=rules.evidence_digest(explanation=explanation, evidence=evidence, file_sha256=sha256),
        asked_by=actor,
        asked_at=clock.now(),
    )
    asked.save(force_insert=True)
    said = {"case": case.pk, "kind": kind, "reason": reason, "file_sha256": sha256, "evidence_digest": asked.evidence_digest}
    return Change(asked, {}, said)


@command("inspections.replace_drawn")
def replace_drawn(*, actor: User, replacement_id: int, version: int) -> Change:
    """Accept a request: who steps in follows from the committed order; lines, facts and cases are written at once (§6)."""
    draws = _locked_draws(replacement_id)
    asked, case = _decidable(replacement_id, actor, version)
    _hold_place(case)
    order = awaiting.order_finding_team(case)
    refuse(states.why_not(case.state, _move(asked.kind)) or rules.why_not_replace(order=str(order) if order else ""))
    now = clock.now()
    found = [place for draw in draws if (place := _place(draw, case)) is not None]
    if not found or found[0].draw.pk != case.draw_id:
        refuse_now(say("The stored files no longer agree with the cases. Call the auditor."))
    change = alter(asked, state=Asked.ACCEPTED.value, decided_by=actor, decided_at=now)
    if asked.kind == Replaced.SUBJECT:
        written = [(place, place.standing.replace_subject(place.winner, asked.reason)) for place in found]
        also = _subject_replaced(case, found, asked.reason, now)
    else:
        place, line = _inspector_line(found, asked)
        written = [(place, [line])]
        also = _inspector_replaced(case, place.draw, line, asked, now)
    rows = [row for place, lines in written for row in _kept(place.draw, lines, asked)]
    facts = tuple(_fact(place.draw, line) for place, lines in written for line in lines)
    return Change(asked, change.before, change.after, facts=facts, also=(*rows, *also))


@command("inspections.name_stand_in")
def name_stand_in(*, actor: User, replacement_id: int, version: int, inspector_id: int) -> Change:
    """Grant the recusal of an inspector of a re-check, whose team was named and not drawn, and name who takes the place."""
    asked, case = _decidable(replacement_id, actor, version)
    left = asked.assignment
    if case.drawn_id is not None or left is None:
        refuse_now(say("This team was drawn by lot: who steps in follows from the committed order."))
    refuse(states.why_not(case.state, _move(asked.kind)))
    if left.ended_at is not None:
        refuse_now(say("This inspector is not on the team any more."))
    now = clock.now()
    person = next((one for one in queries.stand_ins(case, now.date()) if one.pk == inspector_id), None)
    if person is None:
        refuse_now(say("Choose an inspector of the unit who may inspect today and has declared no conflict with this subject."))
    change = alter(asked, state=Asked.ACCEPTED.value, decided_by=actor, decided_at=now)
    alter(left, ended_at=now, ended_because=asked.reason)
    alter(case)
    came = Assignment.objects.create(case=case, inspector=person, position=left.position, assigned_at=now)
    return Change(asked, change.before, {**change.after, "inspector": person.number}, also=(case, left, came))


@command("inspections.refuse_replacement")
def refuse_replacement(*, actor: User, replacement_id: int, version: int, reason: str) -> Change:
    """Refuse a request, with the reason. Nothing changes; another may be asked for."""
    asked, _case = _decidable(replacement_id, actor, version, reason)
    return alter(asked, state=Asked.REFUSED.value, decided_by=actor, decided_at=clock.now(), refused_because=reason.strip())


def _move(kind: str) -> str:
    return "call_off" if kind == Replaced.SUBJECT else "change_team"


def _locked_case(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("draw", "drawn__entry").filter(pk=case_id).first()
    if case is None:
        refuse_now(say("There is no such case among yours."))
    return case


def _locked_draws(replacement_id: int) -> list[Draw]:
    """The draw of the case, and after it the orders for teams alone that staffed it; locked, so that lines come one by one."""
    asked = Replacement.objects.select_related("case__drawn__entry").filter(pk=replacement_id).first()
    if asked is None or asked.case.drawn is None:
        refuse_now(say("There is no such request."))
    entry = asked.case.drawn.entry
    own = Draw.objects.filter(cases=asked.case_id)
    staffing = Draw.objects.filter(
        mode=Mode.TEAMS, staffs=asked.case.draw_id, state=DrawState.DRAWN, drawn__entry__code=entry.code
    ).order_by("pk")
    keys = [*own.values_list("pk", flat=True), *staffing.values_list("pk", flat=True)]
    locked = {draw.pk: draw for draw in Draw.objects.select_for_update(of=("self",), no_key=True).select_related("plan_item", "request").filter(pk__in=keys)}
    return [locked[pk] for pk in keys]


def _hold_place(case: Case) -> None:
    """Lock the drawn entry of the case, as the commitment of an order for teams does, so that neither overtakes the other."""
    assert case.drawn is not None  # noqa: S101  (asked for drawn cases only)
    DrawnEntry.with_struck.select_for_update(no_key=True).get(pk=case.drawn.pk)


def _decidable(replacement_id: int, actor: User, version: int, reason: str | None = None) -> tuple[Replacement, Case]:
    """The request and its case, locked; refused when it is decided, old, or not this supervisor's to decide."""
    asked = (
        Replacement.objects.select_for_update(of=("self",), no_key=True).select_related("assignment__inspector").filter(pk=replacement_id).first()
    )
    if asked is None:
        refuse_now(say("There is no such request."))
    case = _locked_case(asked.case_id)
    refuse(
        rules.why_not_decide(
            waiting=asked.state == Asked.WAITING,
            had_a_hand=had_a_hand(asked, actor.pk) or asked.asked_by_id == actor.pk or queries.was_on_team(case, actor),
            seen=version,
            now=asked.version,
            reason=reason,
        )
    )
    return asked, case


def _place(draw: Draw, case: Case) -> Place | None:
    """Where the subject of this case stands in a draw now; refused when its files are not those that were committed to."""
    bodies = file_bodies(draw)
    if after.why_files_astray(draw, bodies):
        refuse_now(say("The stored files no longer agree with the committed hashes. Call the auditor."))
    standing = after.standing_of(draw, bodies)
    assert case.drawn is not None  # noqa: S101  (asked for drawn cases only)
    winner = standing.place_visiting(case.drawn.entry.code)
    return Place(draw, standing, winner) if winner is not None else None


def _inspector_line(places: Sequence[Place], asked: Replacement) -> tuple[Place, HistoryLine]:
    """The line that takes the inspector out, in the draw that gave him his position."""
    assert asked.assignment is not None  # noqa: S101  (a constraint of the database)
    if asked.assignment.ended_at is not None:
        refuse_now(say("This inspector is not on the team any more."))
    by = asked.assignment.draw_id or asked.case.draw_id
    place = next((place for place in places if place.draw.pk == by), None)
    code = place.draw.inspectors.filter(inspector=asked.assignment.inspector_id).values_list("code", flat=True).first() if place else None
    position = place.standing.position_of(place.winner, code) if place and code else None
    if place is None or position is None:
        refuse_now(say("The draw did not put this inspector on the team."))
    return place, place.standing.replace_inspector(place.winner, position, asked.reason)


def _subject_replaced(case: Case, places: Sequence[Place], reason: str, now: dt.datetime) -> list[Model]:
    """Call the case off, and open one for the reserve with the matters and the team that the draw itself gives it.

    Orders for teams alone give none: their reserves are none, so their teams are free, a partner's too, which comes again
    with its matters by a new order.
    """
    apart = joining.separated_from(case, now)
    ended = list(case.assignments.select_for_update(no_key=True).filter(ended_at=None))
    for one in ended:
        alter(one, ended_at=now, ended_because="subject-replaced")
    alter(case, state=states.MOVES["call_off"][1], called_off_at=now, called_off_because=reason)
    own = places[0].standing.places[places[0].winner]
    if own.visited is None:
        return [*apart, case, *ended]
    drawn = DrawnEntry.objects.select_related("entry").get(draw=case.draw_id, entry__code=own.visited)
    following = Case.objects.create(
        number=new_number(now.year),
        kind=case.kind,
        draw=case.draw,
        drawn=drawn,
        subject_id=drawn.entry.subject_id,
        unit_id=case.unit_id,
        opened_at=now,
    )
    CaseMatter.objects.bulk_create(
        CaseMatter(case=following, revision=revision, position=position)
        for position, revision in enumerate(own_revisions(places[0].draw), start=1)
    )
    person_of = dict(places[0].draw.inspectors.values_list("code", "inspector_id"))
    team = Assignment.objects.bulk_create(
        Assignment(case=following, inspector_id=person_of[code], draw=places[0].draw, position=position, assigned_at=now)
        for position, code in enumerate(own.team, 1)
        if code is not None
    )
    return [*apart, case, *ended, following, *team]


def _inspector_replaced(case: Case, draw: Draw, line: HistoryLine, asked: Replacement, now: dt.datetime) -> list[Model]:
    """End one assignment and begin that of whoever steps in by the same draw, at the same position on the case."""
    left = asked.assignment
    assert left is not None  # noqa: S101  (a constraint of the database)
    alter(left, ended_at=now, ended_because=asked.reason)
    alter(case)
    if line.into is None:
        return [left]
    person = draw.inspectors.get(code=line.into)
    came = Assignment.objects.create(
        case=case, inspector_id=person.inspector_id, draw=draw, position=left.position, assigned_at=now
    )
    return [left, came]


def _kept(draw: Draw, lines: Sequence[HistoryLine], asked: Replacement) -> list[HistoryRow]:
    """The lines as rows, in order."""
    assert asked.decided_at is not None  # noqa: S101  (it was just accepted)
    codes = {code for line in lines for code in (line.winner, line.out, line.into) if code}
    entries = {row.entry.code: row for row in draw.drawn.select_related("entry").filter(entry__code__in=codes)}
    people = {row.code: row for row in draw.inspectors.filter(code__in=codes)}
    rows = []
    for line in lines:
        side, known = ("subject", entries) if line.kind == Replaced.SUBJECT else ("inspector", people)
        moved = {f"{side}_out": known[line.out], f"{side}_in": known[line.into] if line.into else None}
        rows.append(
            HistoryRow(
                draw=draw,
                correction=draw.corrections,
                number=line.number,
                kind=line.kind,
                winner=entries[line.winner],
                position=line.position,
                reason=line.reason,
                decided_by=asked.decided_by,
                decided_at=asked.decided_at,
                evidence_digest=asked.evidence_digest,
                **moved,
            )
        )
    return HistoryRow.objects.bulk_create(rows)


def _fact(draw: Draw, line: HistoryLine) -> Fact:
    """The public fact of a line: the very line of the file (§7)."""
    return Fact(
        "draws.replace",
        {"draw": draw.number, "plan": draw.plan.reference, "order": draw.order_hash, "line": text_of(line)},
    )
