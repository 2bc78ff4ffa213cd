"""Begin and change orders for teams alone: for winners left without one, for a partner's matters, for an ad-hoc case.

From the submission on they go the way of every order. An order in mode ``teams:`` runs under the plan item of the draw that it
staffs, whose own order has ended by then, or under one of its unit's own; so two partners of one draw need not wait for each other. An ad-hoc
order has no plan item, because nothing of it was planned: its ``plan`` is the approved request. Either way at most one order
per plan is open at a time, as the protocol and its verifiers ask.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.queries import visible_requests
from inspections.adhoc.states import RequestState
from inspections.draws import places, rules
from inspections.draws.commands.rows import announce, locked_draw
from inspections.draws.matters import own_revisions, partner_revisions
from inspections.draws.models import Draw
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState, Mode, SlipRule, Stratify
from inspections.plans.queries import open_items
from registries import clock
from registries.inspectors.queries import groups
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.matters.queries import why_not_draw_on
from registries.people.models import Unit, User
from registries.people.queries import keeps


@command("inspections.prepare_staffing")
def prepare_staffing(*, actor: User, draw_id: int, unit_id: int) -> Change:
    """A new order in mode ``teams:`` over the open places of a drawn draw, for a unit the actor keeps.

    That unit is the draw's own (winners left without a team) or a partner's, whose joint matters the order is then on.
    """
    staffed = Draw.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "matter").filter(pk=draw_id).first()
    wanted = {one.unit.pk: one for one in places.wanting([staffed], actor)} if staffed is not None else {}
    if staffed is None or not _concerned(staffed, unit_id, actor):
        refuse_now(say("There is no such draw in your unit."))
    under_way = places.under_way(staffed, unit_id)
    refuse(
        rules.why_not_staff(
            drawn=staffed.state == DrawState.DRAWN and staffed.mode != Mode.TEAMS,
            under_way=str(under_way) if under_way else "",
            places=wanted[unit_id].places if unit_id in wanted else 0,
        )
    )
    one = wanted[unit_id]
    for revision in one.matters:
        refuse(why_not_draw_on(revision, clock.today()))
    draw = Draw(
        plan_item=staffed.plan_item,
        request=staffed.request,
        matter=one.matters[0],
        unit=one.unit,
        mode=Mode.TEAMS.value,
        staffs=staffed,
        merged_strata=staffed.merged_strata,
        team_size=max([revision.team_size for revision in one.matters]),
        **_everybody(actor),
    )
    change = created(draw)
    draw.joint_matters.set(one.matters[1:])
    draw.inspector_units.set([one.unit])
    return change


def _concerned(draw: Draw, unit_id: int, actor: User) -> bool:
    """Whether the unit has matters in the draw and is one the actor keeps."""
    units = {draw.unit_id, *(revision.unit_id for revision in partner_revisions(draw))}
    return unit_id in units and keeps(actor, unit_id)


def _everybody(actor: User) -> dict[str, object]:
    """What is the same in every order for teams alone: nobody is left to chance, and who prepares it."""
    return {
        "reserves": 0,
        "stratify": Stratify.NONE.value,
        "slip_rule": SlipRule.EQUAL.value,
        "prepared_by": actor,
        "prepared_at": clock.now(),
    }


@command("inspections.prepare_adhoc")
def prepare_adhoc(*, actor: User, request_id: int) -> Change:
    """A new order in mode ``adhoc`` that draws the team for an approved request of the own unit. One order a request."""
    found = visible_requests(actor).filter(pk=request_id).first()
    if found is None:
        refuse_now(say("There is no such request in your unit."))
    request = AdhocRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    drawn = request.draws.exclude(state=DrawState.VOIDED).first()
    refuse(rules.why_not_draw_for(approved=request.state == RequestState.APPROVED, order=str(drawn) if drawn else ""))
    matters = [request.matter, *request.joint_matters.all()]
    draw = Draw(
        request=request,
        matter=request.matter,
        unit=request.unit,
        mode=Mode.ADHOC.value,
        team_size=max([revision.team_size for revision in matters]),
        **_everybody(actor),
    )
    change = created(draw)
    draw.joint_matters.set(matters[1:])
    draw.inspector_units.set([request.unit_id])
    return change


@command("inspections.change_staffing")
def change_staffing(
    *,
    actor: User,
    draw_id: int,
    version: int,
    team_size: int,
    inspector_unit_ids: Sequence[int],
    planned: dt.datetime | None,
    sources: Sequence[Announced],
    inspector_group_ids: Sequence[int] = (),
    plan_item_id: int | None = None,
) -> Change:
    """Set what is chosen in an order for teams alone. ``plan_item_id``: another open item of the own unit on these matters."""
    draw = locked_draw(draw_id, actor, "change", version)
    if draw.mode == Mode.LOT or draw.keeps_roster:
        refuse_now(say("This order has another form."))
    least = max(revision.team_size for revision in (draw.matter, *draw.joint_matters.all()))
    if team_size < least:
        refuse_now(say("This matter asks for at least %(size)d inspectors per visit.", size=least))
    item = draw.plan_item
    if plan_item_id is not None and plan_item_id != draw.plan_item_id:
        item = places.plan_items(draw, open_items(actor), own_revisions(draw)).filter(pk=plan_item_id).first()
        if item is None:
            refuse_now(say("This plan item is not in a published plan of your unit."))
    change = alter(draw, plan_item=item, team_size=team_size, planned=planned, returned_because="")
    draw.inspector_units.set(Unit.objects.filter(pk__in=inspector_unit_ids, active=True))
    draw.inspector_groups.set(groups().filter(pk__in=inspector_group_ids))
    also, gone = announce(draw, sources)
    return replace(change, also=also, gone=gone)
