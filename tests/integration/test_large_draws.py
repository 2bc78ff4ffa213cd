"""A roster larger than a shard: parts, shards with leases, workers that come twice or never, and always the same bytes."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from inspections.draws import commands, engine, queries, shards, shelf, tasks
from inspections.draws.files import RosterLine, write_roster
from inspections.draws.invariants import draws as drawn_draws
from inspections.draws.models import Draw, DrawFilePart, DrawShard
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.ledger.change import Refused
from registries.people.roles import Role
from tests import factories, public_draws
from tests.public_draws import at
from tests.tampering import lift_triggers, sql

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_shards(settings: Any) -> None:
    settings.DRAW_FILE_PART = 500
    settings.DRAW_SHARD_ENTRIES = 25
    settings.DRAW_SHARD_LEASE = 60


@pytest.fixture
def ready() -> Draw:
    """A committed draw of 120 entries in 3 strata whose values are all in."""
    draw = public_draws.committed(entries=40, quota=4, grades="ABC")
    public_draws.typed(draw)
    return draw


def later(draw: Draw, minutes: int = 2) -> Any:
    assert draw.planned is not None
    return at(draw.planned + dt.timedelta(minutes=minutes))


def work(draw: Draw) -> None:
    """What the worker does when it is rung."""
    factories.system()
    tasks.run_draw(draw.pk)
    for pk in list(shards.free(clock.now()).filter(draw=draw).values_list("pk", flat=True)):
        tasks.hash_shard(pk)
    tasks.run_draw(draw.pk)


def in_one_piece(draw: Draw, settings: Any) -> bytes:
    """``result.txt`` of the same order drawn without shards, thrown away again."""
    settings.DRAW_SHARD_ENTRIES = 10**6
    with transaction.atomic():
        commands_run(draw)
        body = shelf.body(draw, "result.txt")
        transaction.set_rollback(True)
    settings.DRAW_SHARD_ENTRIES = 25
    return body


def commands_run(draw: Draw) -> None:
    commands.run_draw.__wrapped__(actor=factories.system(), draw_id=draw.pk)  # type: ignore[attr-defined]


def test_files_are_kept_in_parts_that_end_with_a_line_and_read_as_one(ready: Draw) -> None:
    bodies = [bytes(body) for body in DrawFilePart.objects.filter(draw=ready, name="roster.txt").order_by("position").values_list("body", flat=True)]
    assert len(bodies) > 5
    assert all(body.endswith(b"\n") and len(body) <= 500 for body in bodies)
    rows = ready.roster.values_list("code", "stratum", "slips", "tags")
    lines = [RosterLine(code, stratum, slips, () if tags == "-" else tuple(tags.split(","))) for code, stratum, slips, tags in rows]
    assert b"".join(bodies) == write_roster(lines) == shelf.body(ready, "roster.txt") == b"".join(shelf.stream(ready, "roster.txt"))
    file = shelf.kept(ready).get(name="roster.txt")
    assert (file.sha256, file.size) == (shelf.sha256(ready, "roster.txt"), sum(map(len, bodies)))


def test_a_kept_file_takes_no_further_part_and_no_part_changes(ready: Draw) -> None:
    part = DrawFilePart.objects.filter(draw=ready, name="roster.txt")[0]
    with pytest.raises(DatabaseError, match="gains no part"), transaction.atomic():
        DrawFilePart.objects.create(draw=ready, name="roster.txt", position=999, body=b"x\n")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DrawFilePart.objects.filter(pk=part.pk).update(body=b"x\n")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        part.delete()


def test_the_shards_give_the_bytes_of_the_whole_and_progress_is_seen(ready: Draw, settings: Any) -> None:
    with later(ready):
        whole = in_one_piece(ready, settings)
        assert queries.progress(ready) == (0, 1)
        factories.system()
        tasks.run_draw(ready.pk)
        todo = list(shards.free(clock.now()).values_list("pk", flat=True))
        assert len(todo) == 5
        for count, pk in enumerate(todo, 1):
            tasks.hash_shard(pk)
            assert queries.progress(ready) == (count, 5)
        tasks.run_draw(ready.pk)
    ready.refresh_from_db()
    assert ready.state == "drawn"
    assert shelf.body(ready, "result.txt") == whole
    assert verify_bundle(shelf.bodies(ready)).matches
    assert list(drawn_draws()) == []
    assert queries.progress(ready) == (1, 1)


def test_the_office_page_shows_how_far_it_is(ready: Draw, client: Any) -> None:
    client.force_login(factories.user(Role.CLERK, unit=ready.unit))
    client.cookies["language"] = "en"
    with later(ready):
        shards.cut(ready)
        shards.hash_slips(ready.shards.all()[0])
        assert "1 of 5 parts of the roster are done" in client.get(f"/office/draws/{ready.pk}/").content.decode()


def test_a_lost_workers_shard_is_free_again_after_its_lease_and_not_before(ready: Draw) -> None:
    with later(ready):
        shards.cut(ready)
        first = ready.shards.all()[0]
        assert shards.take(first.pk, clock.now()) is not None  # a worker that dies now
        assert shards.take(first.pk, clock.now()) is None
        work(ready)
        assert queries.progress(ready) == (4, 5)
    ready.refresh_from_db()
    assert ready.state == "committed"
    with later(ready, 4):
        work(ready)
    ready.refresh_from_db()
    assert ready.state == "drawn"
    assert ready.shards.get(pk=first.pk).attempts == 2
    assert verify_bundle(shelf.bodies(ready)).matches


def test_messages_that_come_twice_do_nothing_twice(ready: Draw) -> None:
    with later(ready):
        for _ in range(3):
            work(ready)
            for shard in ready.shards.all():
                tasks.hash_shard(shard.pk)
    ready.refresh_from_db()
    assert ready.state == "drawn"
    assert set(ready.shards.values_list("attempts", flat=True)) == {1}
    assert shelf.kept(ready).filter(name="result.txt").count() == 1


def test_two_workers_on_one_shard_leave_the_same_slips(ready: Draw) -> None:
    with later(ready):
        shards.cut(ready)
        shard = shards.take(ready.shards.all()[0].pk, clock.now())
        assert shard is not None
        late = shards.take(shard.pk, clock.now() + dt.timedelta(minutes=2))
        assert late is not None
        shards.hash_slips(late)
        kept = bytes(DrawShard.objects.get(pk=shard.pk).slips or b"")
        shards.hash_slips(shard)
    assert bytes(DrawShard.objects.get(pk=shard.pk).slips or b"") == kept != b""


@pytest.mark.parametrize("column", ["slips", "mark", "read"])
def test_a_shard_that_is_not_of_this_draw_is_not_believed(ready: Draw, settings: Any, column: str) -> None:
    """Whatever stands in a shard, the result is the one that follows: the roster is hashed anew where anything looks wrong."""
    with later(ready):
        whole = in_one_piece(ready, settings)
        shards.cut(ready)
        for shard in ready.shards.all():
            shards.hash_slips(shard)
        wrong = {"slips": None, "mark": "0" * 64, "read": "0" * 64}[column]
        ready.shards.filter(position=1).update(**{column: wrong})
        commands_run(ready)
    assert shelf.body(ready, "result.txt") == whole


def test_too_few_slips_of_the_shards_are_no_answer(ready: Draw, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with later(ready):
        whole = in_one_piece(ready, settings)
        limits = engine.limits_for
        monkeypatch.setattr(engine, "limits_for", lambda *told: limits(*told) if len(told) == 4 and told[3] > 3 else dict.fromkeys("ABC", bytes(31) + b"\1"))
        work(ready)
    assert shelf.body(ready, "result.txt") == whole


def test_changed_bytes_of_the_roster_are_refused(ready: Draw) -> None:
    with later(ready):
        tasks.run_draw(ready.pk)
        part = DrawFilePart.objects.filter(draw=ready, name="roster.txt", position=1).get()
        body = bytes(part.body)
        lift_triggers()
        sql("UPDATE inspections_drawfilepart SET body = %s WHERE id = %s", (b"1" if body[:1] == b"0" else b"0") + body[1:], part.pk)
        for shard in ready.shards.all():
            tasks.hash_shard(shard.pk)
        with pytest.raises(Refused, match="no longer agree"):
            commands.run_draw(actor=factories.system(), draw_id=ready.pk)
