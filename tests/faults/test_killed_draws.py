"""kill -9 of the whole worker at any moment of a draw: without anybody's help exactly one result, the one that follows (trust.md R2)."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from config.bootstrap import ROOT
from config.demo.serve import Stack

pytestmark = pytest.mark.usually("postgresql")

PATIENCE_SECONDS = 180
WITHIN_SECONDS = 0.8
"""A draw of 3,000 entries with its certificate takes about as long."""


class Beside:
    """The process of ``rounds.py`` on the data of a running product."""

    def __init__(self, stack: Stack) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.rounds"], cwd=ROOT, env=stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()

    def ask(self, word: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process beside the product ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


@pytest.mark.proves("R2")
@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.full)])
def test_a_worker_killed_in_the_middle_of_a_draw_loses_nothing_and_repeats_nothing(
    stack: Stack, kills: int, record_property: Callable[[str, object], None]
) -> None:
    moments, interrupted, slowest = random.Random(20260504), 0, 0.0
    beside = Beside(stack)
    for n in range(kills):
        if n % 10 == 0:
            beside.ask(f"stock {min(10, kills - n)}")
        beside.ask("prepare")
        beside.ask("go")
        time.sleep(moments.uniform(0, WITHIN_SECONDS))
        stack.kill("worker")
        stands = beside.ask("look")
        interrupted += not (stands["state"] == "drawn" and stands["certified"] and stands["cases"] == 30)
        stack.start("worker")
        killed = time.monotonic()
        deadline = killed + PATIENCE_SECONDS
        while not (stands["state"] == "drawn" and stands["certified"] and stands["cases"] == 30):
            assert time.monotonic() < deadline, f"nobody finished the draw: {stands}\n{stack.tail('worker')}"
            time.sleep(0.2)
            stands = beside.ask("look")
        slowest = max(slowest, time.monotonic() - killed)
        assert (stands["results"], stands["matches"]) == (1, True)
        stack.wait_ready("worker")
    record_property("figure", f"{kills} of {kills} one result that verifies, {interrupted} of the kills mid-draw, whole within {slowest:.0f} s of the new worker")
    beside.end()
    assert interrupted, "no kill came before the draw was finished: the test proves nothing"
    told = json.loads(stack.manage("check_invariants", "--json"))
    assert told["holds"], told["findings"]
