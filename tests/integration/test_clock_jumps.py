"""A server's clock that jumps a day or a year, either way, moves no result; it is seen in the ledger (trust.md R16)."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command

from inspections.draws import commands, queries, tasks
from inspections.draws.states import DrawState
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerEntry
from registries.people import commands as people
from registries.people.roles import Role
from tests import factories, public_draws

pytestmark = pytest.mark.django_db

JUMPS = [dt.timedelta(hours=-1), dt.timedelta(days=-1), dt.timedelta(days=1), dt.timedelta(days=365), dt.timedelta(days=-365)]


@pytest.mark.proves("R16")
@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_before_the_draw_at_most_delays_it(jump: dt.timedelta) -> None:
    draw = public_draws.committed()
    before = dict(queries.file_bodies(draw))
    public_draws.typed(draw)
    assert draw.planned is not None
    with public_draws.at(draw.planned + jump):
        tasks.run_draw(draw.pk)
        draw.refresh_from_db()
        assert draw.state == (DrawState.DRAWN if jump > dt.timedelta(0) else DrawState.COMMITTED)
    with public_draws.at(draw.planned + dt.timedelta(minutes=1)):
        tasks.run_draw(draw.pk)
    draw.refresh_from_db()
    after = queries.file_bodies(draw)
    assert draw.state == DrawState.DRAWN
    assert {name: after[name] for name in before} == before
    assert verify_bundle(after).matches


@pytest.mark.proves("R16")
def test_a_clock_that_runs_ahead_and_is_mended_keeps_nobody_waiting() -> None:
    """A year ahead an order is committed; mended, its sources are far: it is called a mistake and its plan item is free."""
    with public_draws.at(clock.now() + dt.timedelta(days=365)):
        draw = public_draws.committed()
    commands.void_draw(actor=factories.user(Role.SUPERVISOR), draw_id=draw.pk, version=draw.version, kind="mistake", reason="服务器时钟走错一年")
    draw.refresh_from_db()
    assert draw.state == DrawState.VOIDED


def test_a_value_is_not_typed_before_its_time_by_a_clock_that_went_back() -> None:
    draw = public_draws.committed()
    source = draw.sources.get(position=1)
    with public_draws.at(source.moment - dt.timedelta(days=1)), pytest.raises(Refused, match="known only from"):
        commands.enter_source_value(
            actor=factories.user(Role.REVIEWER), source_id=source.pk, value=public_draws.DICE, evidence="公告"
        )


def written(code: str) -> LedgerEntry:
    """One change in the ledger."""
    people.save_unit(actor=factories.user(Role.SYSTEM_ADMIN), unit_id=None, code=code, name=code, short_name=code, kind="brigade")
    return LedgerEntry.objects.latest("seq")


@pytest.mark.proves("R16")
def test_the_ledger_shows_when_the_clock_went_back() -> None:
    written("ZA")
    assert not [finding for finding in run_check("ledger") if finding.check == "clock"]
    with public_draws.at(clock.now() + dt.timedelta(days=1)):
        ahead = written("WA")
    back = written("NB")
    jumps = [finding for finding in run_check("ledger") if finding.check == "clock"]
    assert [(jump.warning, jump.what.values["seq"]) for jump in jumps] == [(True, back.seq)]
    assert ahead.time > back.time
    out = StringIO()
    call_command("verify_ledger", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["holds"]
    assert told["clock_went_back"] == [{"seq": back.seq, "before": ahead.time, "at": back.time}]
