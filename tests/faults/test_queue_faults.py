"""Redis killed, emptied, restarted under work; messages that come fifty times or too late; work that kills its worker. Real processes.

The short counts of R4, R6, R7, R8 and R10 stand in ``test_doorbell.py``, ``test_draw_races.py`` and ``test_poison.py``.
"""

import os
import random
import signal
import time
from functools import partial
from pathlib import Path

import psutil
import pytest
from redis import Redis

from tests.conftest import Template
from tests.faults.stacks import Told, finished, product, until, whole
from tests.faults.test_killed_draws import WITHIN_SECONDS, Beside

pytestmark = [pytest.mark.full, pytest.mark.engine("postgresql"), pytest.mark.usefixtures("template")]
patched = pytest.MonkeyPatch


@pytest.mark.proves("R4")
@pytest.mark.parametrize("how", ["flushed", "killed"])
def test_fifty_intents_survive_a_queue_that_forgets_them(tmp_path: Path, template: Template, monkeypatch: patched, how: str, record_property: Told) -> None:
    with product(tmp_path, template, monkeypatch) as stack:
        beside = Beside(stack)
        beside.ask("intents 50")
        stack.signal("worker", signal.SIGSTOP)
        beside.ask("release")
        assert stack.queue.waiting >= 50 - 2  # what a child had fetched already
        stack.queue.lose_everything(how)
        stack.signal("worker", signal.SIGCONT)
        took = until(lambda: beside.ask("published")["published"] == 50, f"published\n{stack.tail('worker')}")
        told = beside.ask("published")
        record_property("figure", f"queue {how}: {50 - told['published']} of 50 intents lost, all done {took:.0f} s later without a hand")
        assert told == {"published": 50, "entries": 50}
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R5")
def test_redis_restarts_six_times_with_a_draw_in_flight(tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told) -> None:
    with product(tmp_path, template, monkeypatch, ILL_SECONDS="4") as stack:
        beside, worker, slowest, fresh = Beside(stack), stack.processes["worker"].pid, 0.0, 0.0
        for _ in range(6):
            pk = beside.ask("prepare")["pk"]
            beside.ask("go")
            until(partial(stack.begun, pk), "the draw begins")
            stack.queue.server.kill()
            time.sleep(1)
            stack.queue.server.start()
            slowest = max(slowest, finished(beside, stack))
            fresh = max(fresh, float(beside.ask("heartbeat")["seconds"]))
        runs = stack.runs("ended")
        until(lambda: stack.unacknowledged == 0, "messages that nobody acknowledged", 60)
        record_property(
            "figure", f"6 of 6 restarts survived by the same worker, {len(runs)} draws with one result each, unacknowledged 0; "
            f"whole within {slowest:.0f} s, a new task within {fresh:.1f} s",
        )  # fmt: skip
        assert stack.fallen() == []
        assert stack.processes["worker"].pid == worker
        assert len(runs) == 6
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R3")
def test_a_draw_longer_than_the_queues_patience_has_one_effect(tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told) -> None:
    with product(tmp_path, template, monkeypatch, ILL_SECONDS="45", ILL_VISIBILITY="10", SWEEP_SECONDS="10") as stack:
        beside = Beside(stack)
        pk = beside.ask("prepare")["pk"]
        beside.ask("go")
        took = finished(beside, stack)
        again = stack.tail("worker", 10_000).count("is in another worker's hand")
        record_property("figure", f"a draw of 45 s, visibility 10 s: begun {stack.runs()[pk]} times, 1 result after {took:.0f} s, {again} copies sent home")
        assert stack.runs("ended")[pk] == 1
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R8")
def test_one_message_fifty_times_for_four_workers_draws_once(tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told) -> None:
    with product(tmp_path, template, monkeypatch) as stack:
        beside = Beside(stack)
        pk = beside.ask("prepare")["pk"]
        stack.processes["worker"].terminate()
        stack.processes["worker"].wait(60)
        beside.ask("go")
        beside.ask("ring 49")
        with Redis.from_url(stack.queue.url) as redis:
            messages = sum(b"run_draw" in one for one in redis.lrange("celery", 0, -1))
        stack.start("worker")
        second = stack.processes.pop("worker")
        stack.start("worker")  # two workers of two children
        stack.processes["second"] = second
        finished(beside, stack)
        until(lambda: stack.queue.waiting == 0 and stack.unacknowledged == 0, "messages")
        record_property("figure", f"{messages} messages, 4 children of 2 workers: computed {stack.runs()[pk]} times, 1 result")
        assert messages == 50
        assert stack.runs("ended")[pk] == 1
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R10")
def test_a_draw_that_kills_its_worker_is_held_and_everything_else_goes_on(
    tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told
) -> None:
    with product(tmp_path, template, monkeypatch, SWEEP_SECONDS="5") as stack:
        beside = Beside(stack)
        pk = beside.ask("prepare")["pk"]
        stack.kill("worker")
        stack.env["ILL_KILLS"] = str(pk)
        stack.start("worker")
        stack.wait_ready("worker")
        beside.ask("go")
        until(lambda: beside.ask("held")["held"], f"held\n{stack.tail('worker')}")
        beside.ask("intents 5")
        beside.ask("release")
        went_on = until(lambda: beside.ask("published")["published"] == 5, f"other work\n{stack.tail('worker')}")
        time.sleep(15)  # three sweeps more
        runs = stack.runs()[pk]
        stack.kill("worker")
        stack.env["ILL_KILLS"] = "0"
        stack.start("worker")
        beside.ask("free")
        released = finished(beside, stack)
        record_property("figure", f"{runs} runs, then held; 5 of 5 other pieces done within {went_on:.0f} s; drawn {released:.0f} s after its release")
        assert runs == 3
        beside.end()
        assert stack.holds()


@pytest.mark.parametrize(
    ("victim", "kills"),
    [pytest.param("child", 100, marks=pytest.mark.proves("R1")), pytest.param("worker", 20, marks=pytest.mark.proves("R2"))],
)
def test_a_worker_or_its_child_killed_at_productions_pace(
    tmp_path: Path, template: Template, monkeypatch: patched, victim: str, kills: int, record_property: Told
) -> None:
    """Sweeps every thirty seconds; a child is replaced by its worker, a worker by the system."""
    kills = int(os.environ.get("FAULT_KILLS", kills))
    moments, interrupted, slowest = random.Random(20260506), 0, 0.0
    with product(tmp_path, template, monkeypatch) as stack:
        beside = Beside(stack)
        for n in range(kills):
            if n % 10 == 0:
                beside.ask(f"stock {min(10, kills - n)}")
            beside.ask("prepare")
            beside.ask("go")
            time.sleep(moments.uniform(0, WITHIN_SECONDS))
            interrupted += not whole(beside.ask("look"))
            if victim == "child":
                for child in psutil.Process(stack.processes["worker"].pid).children():
                    child.kill()
            else:
                stack.kill("worker")
                stack.start("worker")
            slowest = max(slowest, finished(beside, stack))
            stack.wait_ready("worker")
        record_property("figure", f"{victim}: {kills} of {kills} one result that verifies, {interrupted} of the kills mid-draw, whole within {slowest:.1f} s")
        assert interrupted
        assert stack.fallen() == []
        beside.end()
        assert stack.holds()
