"""What waits for the worker or for a decision: cases to be opened, staffed or disclosed, replacements asked for. Nothing here writes."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.secrecy import uncleared_of
from inspections.cases.states import STRUCK, Asked, CaseState
from inspections.draws.models import Draw, DrawnEntry, RosterEntry, TeamPlace
from inspections.draws.states import DrawState, Mode


def replacements_waiting() -> QuerySet[Replacement]:
    """Requests that wait for a supervisor, the oldest first."""
    rows = Replacement.objects.filter(state=Asked.WAITING).defer("file")
    return rows.select_related("case__subject", "assignment__inspector", "asked_by").order_by("asked_at", "pk")


def winners_without_case() -> QuerySet[DrawnEntry]:
    """Winners of drawn draws that no case was opened for yet. Orders that draw teams only add to cases of another draw."""
    return DrawnEntry.objects.filter(draw__state=DrawState.DRAWN, kind=DrawnEntry.Kind.WINNER, case__isnull=True).exclude(
        draw__mode=Mode.TEAMS
    )


def cases_of(draw: Draw) -> QuerySet[Case]:
    """The cases of an order's entries: its own, or for an order in mode ``teams:`` those of the draw that it staffs."""
    if draw.mode != Mode.TEAMS:
        return Case.objects.filter(draw=draw)
    codes = RosterEntry.objects.filter(draw=draw).values("code")
    return Case.objects.filter(draw=draw.staffs_id, drawn__entry__code__in=codes)


def cases_awaiting_teams(draw: Draw) -> QuerySet[Case]:
    """The cases to which a drawn ``teams:`` order gave a team that has not taken its places; visits begun do not wait."""
    return _awaiting(draw.pk, draw.staffs_id)


def draws_awaiting_staffing() -> QuerySet[Draw]:
    """Drawn ``teams:`` orders with a team that a waiting case has not got yet."""
    waiting = _awaiting(OuterRef(OuterRef("pk")), OuterRef("staffs"))
    return Draw.objects.filter(Exists(waiting), mode=Mode.TEAMS, state=DrawState.DRAWN)


def _awaiting(order: Any, staffed: Any) -> QuerySet[Case]:
    places = TeamPlace.objects.filter(drawn__draw=order).values("drawn__entry__code")
    arrived = Assignment.objects.filter(case=OuterRef("pk"), draw=order).exclude(ended_because=STRUCK)
    return Case.objects.filter(~Exists(arrived), draw=staffed, state=CaseState.ASSIGNED, drawn__entry__code__in=places)


def order_finding_team(case: Case) -> Draw | None:
    """The order that draws a team for this case now, or has and the team is not there yet: the visit waits for it.

    So it does for a successor in preparation that must take over its roster as it stands.
    """
    if case.drawn is None:
        return None
    orders = Draw.objects.filter(mode=Mode.TEAMS, staffs=case.draw_id, roster__code=case.drawn.entry.code)
    taken_over = Q(keeps_roster=True, state__in=[DrawState.PREPARING, DrawState.SUBMITTED])
    for draw in orders.filter(taken_over | Q(state__in=[DrawState.COMMITTED, DrawState.DRAWN])):
        if draw.state != DrawState.DRAWN or cases_awaiting_teams(draw).filter(pk=case.pk).exists():
            return draw
    return None


def draws_awaiting_cases() -> QuerySet[Draw]:
    """Drawn draws with a winner that has no case yet."""
    return Draw.objects.filter(pk__in=winners_without_case().values("draw"))


def cases_awaiting_disclosure(today: dt.date) -> QuerySet[Case]:
    """Reviewed cases that are not disclosed and were released, or whose visit ended 15 days ago or earlier."""
    unasked = today - dt.timedelta(days=settings.DISCLOSURE_UNASKED_FROM_DAY)
    due = Case.objects.filter(
        Q(released_at__isnull=False) | Q(ended_on__lte=unasked),
        state__in=[CaseState.REVIEWED, CaseState.CLOSED],
        disclosure__isnull=True,
    )
    return due.exclude(pk__in=uncleared_of(due).values("pk")).order_by("ended_on", "pk")
