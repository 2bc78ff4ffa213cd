"""Whoever wants a second result of a draw tries every door: page, admin, service, message, database (trust.md T1, T13)."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from inspections.draws import commands, tasks
from inspections.draws.models import Draw, DrawFile, DrawnEntry
from inspections.draws.states import DrawState
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.queries import system_user
from registries.people.roles import Role
from tests import factories, public_draws, tampering
from tests.asking import signed_in
from tests.integration.test_protected_rows import astray
from tests.tampering import sql

pytestmark = pytest.mark.django_db


def result(draw: Draw) -> tuple[Any, ...]:
    """Everything that a result is."""
    draw = Draw.objects.get(pk=draw.pk)
    drawn = DrawnEntry.objects.filter(draw=draw).order_by("pk").values_list("entry", "rank", "kind", "ticket")
    files = DrawFile.objects.filter(draw=draw).order_by("name", "pk").values_list("name", "sha256")
    return draw.state, draw.result_hash, draw.order_hash, tuple(drawn), tuple(files), Draw.objects.count()


def by_the_page(draw: Draw) -> None:
    """A clerk asks for the order that replaces a voided one."""
    signed_in(factories.user(Role.CLERK, unit=draw.unit)).post(f"/office/draws/{draw.pk}/successor/")


def by_the_admin(draw: Draw) -> None:
    """A supervisor approves it once more, then voids it."""
    client, page = signed_in(factories.user(Role.SUPERVISOR)), f"/admin/inspections/draw/{draw.pk}/decide/"
    client.post(page, {"approve": "1", "version": draw.version, "password": factories.PASSWORD, "accept_stale": "on"})
    voided = {"void": "1", "version": draw.version, "kind": "mistake", "void_reason": "重抽", "void_password": factories.PASSWORD}
    client.post(page, voided)


def by_the_service(draw: Draw) -> None:
    """Somebody at the console calls the command of the worker."""
    with pytest.raises(Refused):
        commands.run_draw(actor=system_user(), draw_id=draw.pk)


def by_a_message(draw: Draw) -> None:
    """Somebody who reaches the queue rings ten times."""
    for _ in range(10):
        tasks.run_draw(draw.pk)


def by_the_database(draw: Draw) -> None:
    """The application's own account sets it back."""
    for statement in (
        "UPDATE inspections_draw SET state = 'committed', drawn_at = NULL, result_hash = '' WHERE id = %s",
        "DELETE FROM inspections_drawnentry WHERE draw_id = %s",
        "DELETE FROM inspections_draw WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement, draw.pk)


@pytest.mark.proves("T1")
def test_no_door_leads_to_a_second_result(record_property: Any) -> None:
    draw = public_draws.drawn(entries=4, quota=1)
    before = result(draw)
    doors = (by_the_page, by_the_admin, by_the_service, by_a_message, by_the_database)
    for door in doors:
        door(draw)
        assert result(draw) == before, door.__doc__
    record_property("figure", f"{len(doors)} of {len(doors)} doors closed")


@pytest.mark.proves("T1", "T18")
def test_the_owner_of_the_tables_who_draws_again_is_found_by_its_row() -> None:
    draw = public_draws.drawn(entries=4, quota=1)
    tampering.adopt()
    tampering.lift_triggers()
    assert astray(Draw) == []
    sql("UPDATE inspections_draw SET result_hash = %s WHERE id = %s", "0" * 64, draw.pk)
    assert [line.partition(" was ")[0] for line in astray(Draw)] == [f"inspections.draw {draw.pk}"]


@pytest.mark.proves("T13")
@pytest.mark.parametrize("state", ["preparing", "submitted", "absent"])
def test_a_forged_message_for_an_order_nobody_approved_draws_nothing_and_stands_in_the_ledger(state: str, record_property: Any) -> None:
    draw = factories.draw(state=DrawState(state)) if state != "absent" else None
    tasks.run_draw(draw.pk if draw is not None else 999_999)
    if draw is not None:
        draw.refresh_from_db()
        assert (draw.state, draw.result_hash, DrawnEntry.objects.count()) == (state, "", 0)
    entry = LedgerPayload.objects.latest("entry_id")
    assert (entry.verb, entry.actor) == ("inspections.run_draw", system_user())
    assert "refused" in json.loads(entry.body)
    record_property("figure", "no draw, one refusal in the ledger")


@pytest.mark.proves("T13")
def test_a_message_that_comes_too_often_or_too_early_is_no_alarm() -> None:
    for draw in (factories.committed_draw(factories.draw()), factories.drawn_draw()):
        entries = LedgerPayload.objects.count()
        tasks.run_draw(draw.pk)
        assert LedgerPayload.objects.count() == entries
