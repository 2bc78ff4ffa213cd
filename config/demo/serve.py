"""The process supervisor: web, worker and beat as real processes, started together and stopped together.

For the demo and for the tests that need a running product; production has systemd units for the same three. Nothing
here knows Django: what to run is a command line, and where it runs is an environment.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 20  # a polled queue's worker needs 5 to 7 to finish what it holds
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)

COMMANDS = {
    "web": ("gunicorn", "-c", "python:config.gunicorn", "--no-control-socket", "config.wsgi"),
    "worker": ("celery", "-q", "-A", "config.celery", "worker", "-l", "INFO", "-c", "2", "--without-gossip", "--without-mingle"),
    "beat": ("celery", "-q", "-A", "config.celery", "beat", "-l", "INFO", "--pidfile="),
}  # fmt: skip


class StackFailed(Exception):
    """The processes did not come up, or one of them keeps falling; the message is a sentence, with the log's last lines."""


def port_taken(port: int) -> bool:
    """Whether something listens on `port` of this machine's loopback address (0, any free port, never is)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A loopback port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """Web, worker and beat on the data in `data_dir`, answering on loopback `port`; a context manager.

    `env` is added to this process's environment (database, queue, keys …). Entering returns when the web process
    answers HTTP and worker and beat have said that they work, or raises StackFailed. Leaving sends each one SIGTERM and
    kills after 20 s what is still there. Logs are in ``data_dir/logs``. If this process dies, its children stop too.
    """

    def __init__(self, data_dir: Path, port: int = 0, env: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ, "PUBLIC_URL": self.url, **(env or {}), "DATA_DIR": str(self.data_dir),
            "BIND": f"127.0.0.1:{self.port}", "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs = self.data_dir / "logs"
        self._run = self.data_dir / "run"
        for folder in (self._logs, self._run):
            folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Stack:
        try:
            for name in COMMANDS:
                self.start(name)
            for name in COMMANDS:
                self.wait_ready(name)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self, name: str) -> None:
        """Start `name` (web, worker or beat) without waiting for it."""
        self._ready(name).unlink(missing_ok=True)
        self.processes[name] = self._spawn(name)

    def wait_ready(self, name: str) -> None:
        """Return when `name` works; raise StackFailed when it ends instead, or does not within a minute."""
        process = self.processes[name]
        deadline = time.monotonic() + START_SECONDS
        while not (self._answers() if name == "web" else self._ready(name).exists()):
            if process.poll() is not None:
                raise StackFailed(f"The {name} process ended with status {process.returncode}:\n{self.tail(name)}")
            if time.monotonic() > deadline:
                raise StackFailed(f"The {name} process was not ready within {START_SECONDS} seconds:\n{self.tail(name)}")
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """End `name` and all its children with SIGKILL, as a power cut would; for the tests of faults."""
        _kill_group(self.processes[name])

    def fallen(self) -> list[str]:
        """The names of the processes that ended without being asked to."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def stop(self) -> None:
        """One SIGTERM to each, then SIGKILL after 20 s (or at once on another Ctrl-C); nothing stays behind."""
        with contextlib.suppress(KeyboardInterrupt):
            for process in self.processes.values():
                if process.poll() is None:
                    process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for process in self.processes.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
        for process in self.processes.values():
            _kill_group(process)
        self.processes.clear()

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` with `arguments` on the same data and return what it prints; a failure raises StackFailed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise StackFailed(f"manage.py {' '.join(arguments)} ended with status {done.returncode}:\n{done.stderr[-3000:]}")
        return done.stdout

    def tail(self, name: str, lines: int = 15) -> str:
        """The last lines of a process's log."""
        text = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *COMMANDS[name]]
        if name == "beat":
            command += ["-s", str(self._run / "beat-schedule")]
        env = {**self.env, "READY_FILE": str(self._ready(name)), "PYTHONUNBUFFERED": "1"}
        with (self._logs / f"{name}.log").open("ab") as log:
            return _child(command, env, log)

    def _ready(self, name: str) -> Path:
        return self._run / f"{name}.ready"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=10):
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False


def _child(command: list[str], env: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own: a terminal's Ctrl-C reaches the parent only, which asks once, politely."""
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(env), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip


def die_with_parent(polite: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the new process `polite` when the one that started it dies, however it dies."""

    def ask() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, polite)

    return ask


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
