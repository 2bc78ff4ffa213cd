"""A database of the first landed version, with a draw in it, migrates to today's and keeps what it held."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from inspections.draws import queries, shelf
from inspections.draws.models import Draw
from registries import clock, triggers
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = [("registries", "0001_initial"), ("inspections", "0002_initial"), ("publicity", "0001_initial")]


def back_to_the_first() -> Any:
    """The tables as they first landed, empty of draws; their models."""
    triggers.lift("default", plan=[1])
    executor = MigrationExecutor(connection)
    executor.migrate(FIRST)
    return MigrationExecutor(connection).loader.project_state(FIRST).apps


def old_draw() -> int:
    """A committed draw with a secret and a file, as the first version kept it; what it points at is older still."""
    revision, clerk, supervisor = factories.matter(), factories.user(), factories.user()
    item = factories.plan_item(revision)
    apps, now = back_to_the_first(), clock.now()
    draw = apps.get_model("inspections", "Draw").objects.create(
        number="2026-001", plan_item_id=item.pk, matter_id=revision.pk, unit_id=revision.unit_id, state="committed",
        prepared_by_id=clerk.pk, prepared_at=now, approved_by_id=supervisor.pk, committed_at=now,
        order_hash="0" * 64, commitment="1" * 64, secret="a secret", auditor_copy="a copy",
    )  # fmt: skip
    apps.get_model("inspections", "DrawFile").objects.create(draw=draw, name="order.txt", body=b"sunlot-order-1\n", sha256="0" * 64)
    return int(draw.pk)


def test_secrets_and_files_move_over_and_the_triggers_stand_again() -> None:
    standing = triggers.present("default")
    pk = old_draw()
    call_command("migrate", verbosity=0)
    draw = Draw.objects.get(pk=pk)
    assert queries.secret_of(draw) == "a secret"
    assert queries.sealed_copy_of(draw) == "a copy"
    assert shelf.body(draw, "order.txt") == b"sunlot-order-1\n"
    assert [file.size for file in shelf.kept(draw)] == [15]
    assert triggers.present("default") == standing
