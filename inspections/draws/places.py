"""Orders for teams alone (draw protocol 1, §2): whose place on a team is open, and the roster that follows. Reads only.

An order in mode ``teams:`` holds codes that came out of the draw it staffs, unchanged, so that anybody can look them up; one in
mode ``adhoc`` holds whom an approved request is about, one subject or a list. Nobody chooses among them: every open place is in. Cases stand above
draws and are read by relation.

Two kinds of place: that of the draw's own team, open while a winner has none (or one with a gap that no inspector was left to
fill: such a team is drawn anew whole), and that of a partner, the unit whose joint matters the draw carries.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, prefetch_related_objects

from inspections.draws import roster as lots
from inspections.draws.grammar import as_words
from inspections.draws.matters import JOINT, needs_of, own_revisions, sides_of
from inspections.draws.models import Draw, DrawnEntry, RosterEntry
from inspections.draws.roster import Entry, Omission, Roster
from inspections.draws.states import DrawState, Mode
from inspections.plans.models import PlanItem
from registries.inspectors.models import Inspector
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import why_not_draw_on
from registries.people.models import Unit, User
from registries.people.queries import keeps_unit, of_own_units
from registries.subjects.naming import published_name
from registries.subjects.queries import excluded_on

EVERYBODY = "all"
"""The one stratum of an ad-hoc order: a grade or township there would say more of its subject than the matter does."""

OPEN = (DrawState.PREPARING, DrawState.SUBMITTED, DrawState.COMMITTED)


# --- whose matters, whose teams ---------------------------------------------------------------------------------------


class Wanting(NamedTuple):
    """Teams that a drawn draw still needs of one unit: its own, or a partner's for these matters; how many places are open."""

    draw: Draw
    unit: Unit
    own: bool
    matters: list[MatterRevision]
    places: int


def wanting(draws: Iterable[Draw], user: User, orders: Iterable[Draw] | None = None) -> list[Wanting]:
    """The units of this person whose teams drawn draws wait for, of each draw its own first; none with an order under way.

    ``orders``: those that find teams for the draws, if at hand. Three queries, however many draws there are.
    """
    draws = [draw for draw in draws if draw.state == DrawState.DRAWN and draw.mode != Mode.TEAMS]
    waiting, members = _waiting(draws)
    draws = [draw for draw in draws if draw.pk in waiting]
    if not draws:
        return []
    under_way = Draw.objects.filter(staffs__in=draws, state__in=OPEN) if orders is None else orders
    busy = {(one.staffs_id, one.unit_id) for one in under_way if one.state in OPEN}
    prefetch_related_objects(draws, JOINT)
    found = []
    for draw in draws:
        for unit_id, revisions in sides_of(draw).items():
            own = unit_id == draw.unit_id
            unit = draw.unit if own else revisions[0].unit
            if keeps_unit(user, unit) and (draw.pk, unit_id) not in busy:
                places = len(waiting[draw.pk] - _staffed(members, unit_id))
                if places:
                    found.append(Wanting(draw, unit, own, revisions, places))
    return found


def joint_wanting(user: User) -> list[Wanting]:
    """Draws of other units that wait for a team of this person's, the newest first; a partner sees nothing else of them."""
    draws = Draw.objects.filter(state=DrawState.DRAWN, mode=Mode.LOT, joint_matters__isnull=False, cases__state="assigned")
    own = of_own_units(user)
    if own:
        draws = draws.filter(of_own_units(user, "joint_matters__unit")).exclude(own)
    newest = draws.select_related("matter__matter", "unit").distinct().order_by("-drawn_at")[:20]
    return [one for one in wanting(newest, user) if not one.own]


def unstaffed_draws(user: User) -> QuerySet[Draw]:
    """Drawn draws of this person's units with a visit that nobody is on and no order under way to find its team."""
    waiting = Draw.objects.filter(state=DrawState.DRAWN, cases__state="assigned", cases__assignments__isnull=True)
    found = waiting.exclude(staffing__in=Draw.objects.filter(state__in=OPEN, unit=F("staffs__unit"))).distinct()
    return found.filter(of_own_units(user))


def under_way(draw: Draw, unit_id: int) -> Draw | None:
    """The order of this unit that finds teams for this draw and has not ended."""
    return Draw.objects.filter(staffs=draw, unit=unit_id, state__in=OPEN).first()


def open_places(draw: Draw, unit_id: int) -> QuerySet[DrawnEntry]:
    """Who came out of the draw, is to be visited, whose visit has not begun, and who lacks (part of) the team of this unit.

    Winners and the reserves that stepped in: whoever has a case that waits for its visit. Other units' members do not count.
    """
    waiting, members = _waiting([draw])
    found = DrawnEntry.objects.filter(pk__in=waiting.get(draw.pk, set()) - _staffed(members, unit_id))
    return found.select_related("entry").order_by("ticket")


Members = dict[tuple[int, int], tuple[int, int]]
"""(drawn entry, unit) → so many inspectors of that unit are on the case now, so many its order asked for."""


def _waiting(draws: Sequence[Draw]) -> tuple[dict[int, set[int]], Members]:
    """The drawn entries whose visit has not begun, by draw, and who is on their cases."""
    of = {draw.pk: draw for draw in draws}
    rows = DrawnEntry.objects.filter(draw__in=of, case__state="assigned").values_list(
        "draw",
        "pk",
        "case__assignments__pk",
        "case__assignments__ended_at",
        "case__assignments__draw__unit",
        "case__assignments__draw__team_size",
    )
    waiting: dict[int, set[int]] = {}
    members = Members()
    for draw, pk, assignment, ended, unit, size in rows:
        waiting.setdefault(draw, set()).add(pk)
        if assignment is not None and ended is None:
            side = (pk, unit or of[draw].unit_id)
            members[side] = (members.get(side, (0, 0))[0] + 1, size or of[draw].team_size)
    return waiting, members


def _staffed(members: Members, unit_id: int) -> set[int]:
    """The drawn entries on which the team of this unit is whole."""
    return {pk for (pk, unit), (here, wanted) in members.items() if unit == unit_id and here >= wanted}


def plan_items(draw: Draw, items: QuerySet[PlanItem], matters: Sequence[MatterRevision]) -> QuerySet[PlanItem]:
    """Those of ``items`` under which a partner's order can run instead of the staffed draw's: its unit's, on its ``matters``."""
    if draw.mode != Mode.TEAMS or draw.staffs is None or draw.unit_id == draw.staffs.unit_id:
        return items.none()
    return items.filter(unit=draw.unit_id, matter__in=[revision.matter_id for revision in matters])


# --- the roster ------------------------------------------------------------------------------------------------------


def roster_of(draw: Draw, today: dt.date) -> Roster:
    """The roster of a draw in any mode from the registries as they stand."""
    if draw.mode == Mode.LOT:
        return lots.build(draw, today)
    found = preview(draw, own_revisions(draw), lots.origin_of(draw), today)
    pairs = lots.recusals_of(found.entries, found.people, today)
    pairs += _met(draw, {person.inspector_id for person in found.people}, found.entries)
    return found._replace(recusals=sorted(set(pairs)))


def preview(draw: Draw, matters: Sequence[MatterRevision], origin: lots.Origin, today: dt.date) -> Roster:
    """The same of an order for teams on these matters, without the pairs that cannot meet: what its form shows in figures."""
    tags = needs_of(matters)
    entries, omissions = subjects(draw, tags, today)
    people = lots.people_of(origin, matters, tags, today)
    return Roster(entries, omissions, people.able, [], tuple(people.unfit), tuple(people.out))


def subjects(draw: Draw, tags: tuple[str, ...], today: dt.date) -> tuple[list[Entry], list[Omission]]:
    """Who is in, and who is out, each with its reason, in any mode."""
    if draw.mode == Mode.LOT:
        return lots.subjects(draw, tags, today)
    return _requested(draw, tags, today) if draw.mode == Mode.ADHOC else _drawn_before(draw, tags, today)


def _requested(draw: Draw, tags: tuple[str, ...], today: dt.date) -> tuple[list[Entry], list[Omission]]:
    assert draw.request is not None  # noqa: S101  (a constraint of the database)
    request, out = draw.request, excluded_on(today)
    entries, omissions = [], []
    for one in [request.subject] if request.subject is not None else request.subjects.order_by("pk"):
        if one.pk in out:
            omissions.append(Omission(one.pk, "excluded", EVERYBODY))
        else:
            name = as_words(published_name(one.kind, one.name))
            entries.append(Entry(one.pk, one.public_id, name, EVERYBODY, 1, {"equal": 1}, tags, stale=False))
    return entries, omissions


def _drawn_before(draw: Draw, tags: tuple[str, ...], today: dt.date) -> tuple[list[Entry], list[Omission]]:
    """The open places with key, name, stratum and slips as they were; the tags are what this order's matters need."""
    assert draw.staffs is not None  # noqa: S101  (a constraint of the database)
    out = excluded_on(today)
    entries, omissions = [], []
    for drawn in open_places(draw.staffs, draw.unit_id):
        e = drawn.entry
        if e.subject_id in out:
            omissions.append(Omission(e.subject_id, "excluded", e.stratum))
        else:
            entries.append(Entry(e.subject_id, e.public_id, e.name, e.stratum, e.slips, e.slips_why, tags, stale=False))
    return entries, omissions


def _met(draw: Draw, inspector_ids: set[int], entries: Sequence[Entry]) -> list[tuple[int, int]]:
    """(subject, inspector) who cannot meet: on the case's team for another unit, or off it before."""
    if draw.staffs is None:
        return []
    rows = Inspector.objects.filter(
        pk__in=inspector_ids, assignments__case__draw=draw.staffs, assignments__case__state="assigned"
    ).values_list("assignments__case__subject", "pk", "assignments__ended_at", "assignments__draw__unit")
    inside = {entry.subject_id for entry in entries}
    return [
        (subject, pk)
        for subject, pk, ended, unit in rows
        if subject in inside and (ended is not None or (unit or draw.staffs.unit_id) != draw.unit_id)
    ]


def codes_of(draw: Draw) -> dict[int, tuple[str, str]]:
    """Subject → (nonce, code) in the draw that is staffed: entries of a ``teams:`` order keep theirs."""
    rows = RosterEntry.objects.filter(draw=draw.staffs, drawn__isnull=False).values_list("subject_id", "nonce", "code")
    return {subject: (nonce, code) for subject, nonce, code in rows}


# --- what keeps an order from being submitted or committed ------------------------------------------------------------


def why_not(draw: Draw, today: dt.date, *, committing: bool = False) -> Sentence | None:
    """Why no team may be drawn by this ``teams:`` or ``adhoc`` order today; at the commitment its roster is looked at too."""
    for revision in (draw.matter, *draw.joint_matters.all()):
        wrong = why_not_draw_on(revision, today)
        if wrong is not None:
            return wrong
    if committing and draw.roster.filter(subject__in=excluded_on(today)).exists():
        return say("A subject of this roster is lawfully out of scope by now. Return the draw.")
    code = closed_place(draw) if committing else None
    if code is None:
        return None
    return say(
        "Code %(code)s did not come out of draw %(number)s, or its visit has begun, or it has its team. Return the draw.",
        code=code[:8] + "…",
        number=str(draw.staffs),
    )


def closed_place(draw: Draw) -> str | None:
    """A code in the roster of a ``teams:`` order whose place is not open (any more), or None."""
    if draw.staffs is None:
        return None
    wanted = {place.entry.code for place in open_places(draw.staffs, draw.unit_id)}
    return next((code for code in draw.roster.order_by("code").values_list("code", flat=True) if code not in wanted), None)


def roster_astray(draw: Draw) -> Iterator[Sentence]:
    """The lines of a ``teams:`` order that are not those of the draw it staffs (nobody else may get a team by it)."""
    if draw.mode != Mode.TEAMS:
        return
    columns = ("code", "nonce", "public_id", "name", "stratum", "slips")
    known: set[tuple[Any, ...]] = set(RosterEntry.objects.filter(draw=draw.staffs, drawn__isnull=False).values_list(*columns))
    strange = sum(row not in known for row in draw.roster.values_list(*columns))
    if strange:
        yield say(
            "%(count)s entries of order %(number)s did not come out of draw %(staffed)s.",
            count=strange,
            number=str(draw),
            staffed=str(draw.staffs),
        )
