"""The running product on servers of its own that a test may harm, with a worker that may be ill; and how tests wait for it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from config.bootstrap import ROOT
from config.demo import serve
from config.demo.serve import Stack
from config.testing.servers import killable_redis, server_folder
from tests.conftest import Template
from tests.faults.queues import Queue
from tests.faults.test_killed_draws import PATIENCE_SECONDS, Beside

SWEEP = "30"
"""Production's own pause between sweeps; the demo's is two seconds, which would hide who recovered."""
Told = Callable[[str, object], None]


class Product(Stack):
    """A stack with its Redis at hand."""

    queue: Queue

    @property
    def unacknowledged(self) -> int:
        with Redis.from_url(self.queue.url) as redis:
            return int(redis.hlen("unacked"))

    def runs(self, word: str = "began") -> Counter[int]:
        """Draw → how often the ill worker ``began`` (or ``ended``) to compute it."""
        log = Path(self.env["ILL_LOG"])
        lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        return Counter(int(line[1]) for line in lines if line[0] == word)

    def begun(self, draw_id: int) -> int:
        """How often the worker began to compute this draw."""
        return self.runs()[draw_id]

    def signal(self, name: str, sign: signal.Signals) -> None:
        """To a process and all its children."""
        os.killpg(self.processes[name].pid, sign)

    def holds(self) -> bool:
        """Whether everything that must hold does; says what does not."""
        command = [sys.executable, "manage.py", "check_invariants", "--json"]
        told = json.loads(subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False).stdout)
        assert told["holds"], told["findings"]
        return True


@contextmanager
def product(folder: Path, template: Template, patch: pytest.MonkeyPatch, **env: str) -> Iterator[Product]:
    """Web, worker and beat; the worker is that of ``ill.py``, healthy unless `env` says otherwise."""
    patch.setitem(serve.COMMANDS, "worker", tuple("tests.faults.ill" if part == "config.celery" else part for part in serve.COMMANDS["worker"]))
    with server_folder() as servers, killable_redis(servers) as (url, server):
        mine = {"CELERY_BROKER_URL": url, "SWEEP_SECONDS": SWEEP, "ILL_LOG": str(folder / "ill.log")}
        made = Product(folder, env=template.copied(folder) | mine | env)
        made.queue = Queue(url, server)
        with made:
            yield made


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait; how long it took. Fails with `what`."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - start


def whole(stands: dict[str, Any]) -> bool:
    """Whether a draw of ``rounds.py`` is done with everything that follows of itself."""
    return bool(stands["state"] == "drawn" and stands["certified"] and stands["cases"] == 30)


def finished(beside: Beside, stack: Stack) -> float:
    """Wait for the draw to be whole, without anybody's help, and look that there is one result; how long it took."""
    took = until(lambda: whole(beside.ask("look")), f"the draw\n{stack.tail('worker')}")
    stands = beside.ask("look")
    assert (stands["results"], stands["matches"]) == (1, True)
    return took
