"""What ends an order without a result: lapses, voids by kind, and the rule of successors."""

import datetime as dt
from typing import Any

import pytest

from inspections.draws import commands, queries, tasks
from inspections.draws.models import Draw
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal
from tests.offices import VALUE, Office

pytestmark = pytest.mark.django_db


def committed(office: Office, *, lead: float = 5) -> Draw:
    draw = office.submitted(lead=lead)
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    return draw


def void(office: Office, draw: Draw, kind: str) -> Draw:
    commands.void_draw(
        actor=office.supervisor, draw_id=draw.pk, version=draw.version, kind=kind, reason="开奖机构公告本期取消"
    )
    draw.refresh_from_db()
    return draw


def test_a_mistake_found_in_time_voids_an_order_and_the_void_is_public(office: Office) -> None:
    draw = void(office, committed(office, lead=600), "mistake")
    assert draw.state == DrawState.VOIDED
    fact = LedgerPayload.objects.get(verb="draws.void")
    assert fact.public
    assert '"kind":"mistake"' in fact.body
    assert queries.public_draws().filter(pk=draw.pk).exists()


def test_after_the_first_source_a_mistake_no_longer_voids(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    arguments = {"actor": office.supervisor, "draw_id": draw.pk, "version": draw.version, "reason": "x"}
    assert "no longer" in refusal(commands.void_draw, **arguments, kind="mistake")
    assert "30 minutes" in refusal(commands.void_draw, **arguments, kind="source-failed")
    time_machine.move_to(clock.now() + dt.timedelta(minutes=31))
    void(office, draw, "source-failed")


def test_an_order_whose_sources_are_all_in_is_drawn_and_never_voided(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    for who in (office.clerk, office.second):
        commands.enter_source_value(actor=who, source_id=draw.sources.get().pk, value=VALUE, evidence="公告")
    said = refusal(
        commands.void_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version, kind="server-failed", reason="x"
    )
    assert "whatever comes out" in said
    commands.run_draw(actor=make.system(), draw_id=draw.pk)
    draw.refresh_from_db()
    said = refusal(
        commands.void_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version, kind="server-failed", reason="x"
    )
    assert "final" in said


def test_whoever_prepared_an_order_does_not_void_it(office: Office) -> None:
    office.clerk = make.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    draw = committed(office, lead=600)
    said = refusal(
        commands.void_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version, kind="mistake", reason="x"
    )
    assert "another supervisor" in said


def test_a_successor_of_an_early_void_is_free(office: Office) -> None:
    old = void(office, committed(office, lead=600), "mistake")
    new = Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=old.pk).obj.pk)
    assert (new.replaces, new.keeps_roster, new.roster.count()) == (old, False, 0)
    assert "already" in refusal(commands.prepare_successor, actor=office.clerk, draw_id=old.pk)


def test_a_successor_of_a_late_void_keeps_the_same_bytes(office: Office, time_machine: Any) -> None:
    old = office.committed(time_machine)
    time_machine.move_to(clock.now() + dt.timedelta(minutes=31), tick=True)
    void(office, old, "source-failed")
    make.subject(categories=[office.category], unit=office.unit)
    new = Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=old.pk).obj.pk)
    assert "only sources and moments" in refusal(office.change, draw=new)
    new.refresh_from_db()
    moment = clock.now() + dt.timedelta(seconds=5)
    commands.announce_sources(
        actor=office.clerk, draw_id=new.pk, version=new.version, planned=moment, sources=[Announced("demo", "0002", moment)]
    )
    new.refresh_from_db()
    commands.submit_draw(actor=office.clerk, draw_id=new.pk, version=new.version)
    new.refresh_from_db()
    commands.approve_draw(actor=office.supervisor, draw_id=new.pk, version=new.version)
    new.refresh_from_db()
    before, after = queries.file_bodies(old), queries.file_bodies(new)
    for name in ("roster.txt", "inspectors.txt", "recusals.txt"):
        assert before[name] == after[name]
    assert f"replaces\t{old.number}".encode() in after["order.txt"]
    assert new.commitment != old.commitment
    time_machine.move_to(clock.now() + dt.timedelta(seconds=10), tick=True)
    for who in (office.clerk, office.second):
        commands.enter_source_value(actor=who, source_id=new.sources.get().pk, value=VALUE, evidence="公告")
    commands.run_draw(actor=make.system(), draw_id=new.pk)
    assert verify_bundle(queries.file_bodies(new)).matches


def test_a_submission_out_of_time_lapses_by_itself(office: Office, time_machine: Any) -> None:
    draw = office.submitted(lead=600)
    tasks.sweep_draws()
    draw.refresh_from_db()
    assert draw.state == DrawState.SUBMITTED
    time_machine.move_to(clock.now() + dt.timedelta(seconds=700))
    tasks.sweep_draws()
    draw.refresh_from_db()
    assert draw.state == DrawState.PREPARING
    assert draw.returned_because
