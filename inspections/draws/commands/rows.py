"""What the writers of draws share: the locked row, time for large rosters, announcing sources."""

from collections.abc import Sequence

from django.db import connection

from inspections.adhoc.models import AdhocRequest
from inspections.draws import queries
from inspections.draws.models import Draw, DrawnEntry, SeedSource
from inspections.draws.places import codes_of
from inspections.draws.rules import why_not_move, why_not_version
from inspections.draws.sources import GAMES, Announced
from inspections.draws.states import MOVES, DrawState
from inspections.plans.models import PlanItem
from registries.ledger.change import leaving, refuse, refuse_now
from registries.ledger.sentences import say
from registries.people.models import User

BATCH = 2000


def locked_draw(draw_id: int, actor: User, move: str, version: int | None = None) -> Draw:
    """The draw, locked; refused when the person may not see it, when the state forbids the move or the page was old."""
    draw = Draw.objects.select_for_update(of=("self",), no_key=True).select_related("plan_item", "request", "staffs", "matter").filter(pk=draw_id).first()
    if draw is None or (not actor.has_perm("inspections.run_draw") and not queries.visible_draws(actor).filter(pk=draw_id).exists()):
        refuse_now(say("There is no such draw in your unit."))
    refuse(why_not_move(MOVES, move, draw.state))
    if version is not None:
        refuse(why_not_version(version, draw.version))
    return draw


def take_time() -> None:
    """Let this transaction last: a large roster takes longer than the minute after which PostgreSQL gives a connection up."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")


def other_open_order(draw: Draw) -> Draw | None:
    """The committed order on the same plan item (or ad-hoc request), which this locks: one at a time (protocol §3).

    An item is the same in every version of its plan.
    """
    if draw.plan_item is not None:
        list(PlanItem.objects.select_for_update(no_key=True).filter(code=draw.plan_item.code).order_by("pk"))
        return Draw.objects.filter(plan_item__code=draw.plan_item.code, state=DrawState.COMMITTED).first()
    AdhocRequest.objects.select_for_update(no_key=True).get(pk=draw.plan.pk)
    return Draw.objects.filter(request=draw.plan.pk, state=DrawState.COMMITTED).first()


def keep_codes(draw: Draw) -> None:
    """The entries of a submitted ``teams:`` order take nonce and code over from the draw that they came out of."""
    if draw.staffs is None:
        return
    known = codes_of(draw)
    rows = list(draw.roster.all())
    for row in rows:
        row.nonce, row.code = known[row.subject_id]
    draw.roster.bulk_update(rows, ["nonce", "code"], batch_size=BATCH)


def hold_places(draw: Draw) -> None:
    """Lock the drawn entries that a ``teams:`` order finds teams for, so that none of their visits begins meanwhile."""
    if draw.staffs is not None:
        codes = draw.roster.values("code")
        list(DrawnEntry.objects.select_for_update(no_key=True).filter(draw=draw.staffs, entry__code__in=codes).order_by("pk"))


def announce(draw: Draw, sources: Sequence[Announced]) -> tuple[tuple[SeedSource, ...], tuple[tuple[str, int], ...]]:
    """Replace the announced sources as a whole; returns the new rows and what is gone, for the ledger."""
    gone = leaving(draw.sources.all())
    draw.sources.all().delete()
    rows = [
        SeedSource(
            draw=draw,
            position=position,
            kind=GAMES[source.game].kind,
            game=source.game,
            what=source.what,
            moment=source.moment,
            form=GAMES[source.game].form,
        )
        for position, source in enumerate(sources, 1)
    ]
    return tuple(SeedSource.objects.bulk_create(rows)), gone
