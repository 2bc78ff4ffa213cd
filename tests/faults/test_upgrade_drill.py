"""An upgrade in the middle of a draw of 100,000 entries while people look at pages: the order of ``deploy/install.sh``, with real processes.

systemd's part is played by this test: it holds the socket while the web process is away. The product runs as the program's own database
role, the migration as the owner. The code before and after is the same, so nothing is pending and the web process is away for its own start
only; the second run does as if something were. That a release differs is for its migrations to stand.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.demo.serve import COMMANDS, Stack
from tests.conftest import Template
from tests.faults import database_roles
from tests.faults.test_killed_draws import Beside

pytestmark = [pytest.mark.full, pytest.mark.engine("postgresql")]

ENTRIES = 100_000
PATIENCE_SECONDS = 600


class Held(Stack):
    """The web process takes its socket from whoever started it, as from systemd."""

    def __init__(self, data_dir: Path, env: dict[str, str]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        super().__init__(data_dir, self.listener.getsockname()[1], env)

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        if name != "web":
            return super()._spawn(name)
        command = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", sys.executable, "-m", *COMMANDS[name]]
        with (self.data_dir / "logs" / "web.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**self.env, "LISTEN_FDS": "1"}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=(3,), preexec_fn=self._hand_over, start_new_session=True,
            )  # fmt: skip

    def _hand_over(self) -> None:
        os.dup2(self.listener.fileno(), 3)


class Visitors(threading.Thread):
    """Ask for pages one after the other until told to stop; what failed, and the longest that one waited."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.stopped = url, threading.Event()
        self.answered, self.longest, self.failed = 0, 0.0, list[str]()

    def run(self) -> None:
        while not self.stopped.is_set():
            for path in ("/", "/office/sign-in/", "/results/"):
                began = time.monotonic()
                try:
                    with urllib.request.urlopen(self.url + path, timeout=600) as answer:
                        answer.read()
                    self.answered += 1
                except OSError as error:
                    self.failed.append(f"{path}: {error}")
                self.longest = max(self.longest, time.monotonic() - began)
                self.stopped.wait(0.1)


class Larger(Beside):
    """The process beside, with many subjects."""

    def __init__(self, stack: Stack, entries: int = ENTRIES, command: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [*command, sys.executable, "-m", "tests.faults.large_rounds", str(entries)], cwd=ROOT, env=stack.env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._answer()


def until(done: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.3)
    return time.monotonic() - began


@pytest.mark.proves("R26")
@pytest.mark.parametrize("pending", [False, True], ids=["nothing to migrate", "a migration"])
def test_an_upgrade_in_the_middle_of_a_draw_loses_nothing(
    tmp_path: Path, template: Template, pending: bool, record_property: Callable[[str, object], None]
) -> None:
    env = database_roles.as_program(template.copied(tmp_path)) | {"PUBLIC_REQUESTS_PER_MINUTE": "0", "DRAW_SHARD_ENTRIES": "1000000"}
    held = Held(tmp_path, env)
    with held as stack:
        beside = Larger(stack)
        visitors = Visitors(stack.url)
        visitors.start()
        beside.ask("prepare")
        beside.ask("go")
        time.sleep(1.5)  # the worker has begun
        in_the_middle = beside.ask("look")["state"] != "drawn"
        stopped, away = _upgraded(stack, env, pending=pending)
        until(lambda: bool((seen := beside.ask("look"))["state"] == "drawn" and seen["certified"] and seen["cases"] == 30))
        assert beside.ask("look")["results"] == 1
        assert beside.ask("look")["matches"]
        visitors.stopped.set()
        visitors.join(700)
        told = json.loads(stack.manage("check_invariants", "--json"))
        beside.end()
    held.listener.close()
    assert told["holds"], told["findings"]
    assert in_the_middle, "the draw was over before the upgrade: the test proves nothing"
    assert visitors.failed == []
    record_property(
        "figure",
        f"draw of {ENTRIES:,} entries once; 0 of {visitors.answered} requests lost, longest wait {visitors.longest:.1f} s; "
        f"worker stopped in {stopped:.1f} s, web away for {away:.1f} s" + (" with a migration" if pending else ""),
    )


def _upgraded(stack: Stack, env: dict[str, str], *, pending: bool) -> tuple[float, float]:
    """Worker and timer end what they hold; where something is to migrate, the web process goes first; seconds until the worker was gone, and without web."""
    began = time.monotonic()
    for name in ("beat", "worker"):
        stack.processes[name].send_signal(signal.SIGTERM)
    for name in ("beat", "worker"):
        stack.processes[name].wait(620)
    stopped = time.monotonic() - began
    owner = {**stack.env, "DATABASE_URL": env["OWNER_URL"]}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    nothing = subprocess.run([*migrate, "--check"], cwd=ROOT, env=owner, check=False).returncode == 0
    assert nothing
    left = time.monotonic()
    if pending:
        _gone(stack)
        subprocess.run(migrate, cwd=ROOT, env=owner, check=True)
    database_roles.give(env, env["OWNER_URL"], env["PROGRAM_ROLE"])
    if not pending:
        left = time.monotonic()
        _gone(stack)
    stack.start("web")
    stack.wait_ready("web")
    away = time.monotonic() - left
    for name in ("worker", "beat"):  # people wait for neither
        stack.start(name)
    for name in ("worker", "beat"):
        stack.wait_ready(name)
    return stopped, away


def _gone(stack: Stack) -> None:
    stack.processes["web"].terminate()
    stack.processes["web"].wait(30)
