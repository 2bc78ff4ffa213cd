"""kill -9 of a worker while it hashes a shard of a large roster: another does it again, and the bytes are the same."""

import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from config.bootstrap import ROOT
from config.demo.serve import Stack
from tests.faults.test_killed_draws import PATIENCE_SECONDS, Beside

pytestmark = pytest.mark.usually("postgresql")

SEIZE = """
import time
import django
django.setup()
from inspections.draws import engine, shards
from inspections.draws.models import Draw
from registries import clock
draw = Draw.objects.get(state="committed")
shards.cut(draw)
shard = shards.take(draw.shards.all()[0].pk, clock.now())
def forever(*_, **__):
    print("hashing", flush=True)
    time.sleep(600)
engine.low_slips = forever
shards.hash_slips(shard)
"""


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """3,000 entries in 30 shards; a lost one is free again after four seconds. Set before the product starts."""
    for name, value in {"DRAW_FILE_PART": "2000", "DRAW_SHARD_ENTRIES": "100", "DRAW_SHARD_LEASE": "4"}.items():
        monkeypatch.setenv(name, value)


def finished(beside: Beside, stack: Stack) -> dict[str, Any]:
    """Wait for the draw to be whole, without anybody's help."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ((stands := beside.ask("look"))["state"] == "drawn" and stands["certified"] and stands["cases"] == 30):
        assert time.monotonic() < deadline, f"nobody finished the draw: {stands}\n{stack.tail('worker')}"
        time.sleep(0.2)
    return stands


@pytest.mark.proves("R2")
def test_a_worker_killed_while_it_hashes_a_shard_is_replaced_after_its_lease(stack: Stack) -> None:
    beside = Beside(stack)
    stack.kill("worker")
    beside.ask("prepare")
    beside.ask("go")
    lost = subprocess.Popen([sys.executable, "-c", SEIZE], cwd=ROOT, env=stack.env, stdout=subprocess.PIPE, text=True)
    assert lost.stdout is not None
    assert lost.stdout.readline() == "hashing\n"
    os.kill(lost.pid, signal.SIGKILL)
    lost.wait(10)
    stack.start("worker")
    stands = finished(beside, stack)
    assert (stands["results"], stands["matches"], stands["hashed"]) == (1, True, 30)
    assert stands["again"] >= 1
    beside.end()


@pytest.mark.proves("R2")
@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.full)])
def test_workers_killed_between_and_in_shards_lose_nothing_and_repeat_nothing(stack: Stack, kills: int) -> None:
    moments, interrupted = random.Random(20260505), 0
    beside = Beside(stack)
    for _ in range(kills):
        beside.ask("prepare")
        beside.ask("go")
        time.sleep(moments.uniform(0.2, 1.2))
        stack.kill("worker")
        stands = beside.ask("look")
        interrupted += stands["state"] == "committed" and stands["hashed"] < 30
        stack.start("worker")
        stands = finished(beside, stack)
        assert (stands["results"], stands["matches"], stands["hashed"]) == (1, True, 30)
        stack.wait_ready("worker")
    beside.end()
    assert interrupted, "no kill came before the shards were done: the test proves nothing"
