"""Memory of the whole stack at rest: gunicorn with two processes, worker with two, timer, Redis, PostgreSQL; nginx where it is installed.

    python -m config.testing.servers python -m tests.bench.bench_memory

Proportional set size (what processes share is divided among them), read from smaps_rollup a minute after a few pages were asked for. The goal of
trust.md 5.2 is 600 MB.
"""

import contextlib
import os
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

import psutil

from config.demo import keys
from config.demo.serve import Stack
from config.testing.servers import empty_queue, fresh_database
from tests.reverse_proxy import installed, proxy

REST_SECONDS = 60


def pss(process: psutil.Process) -> int:
    """Kilobytes."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def part(command: str) -> str:
    """The row of the table that a command line belongs to."""
    words = {"gunicorn": "web", " worker": "worker", " beat": "timer", "postgres": "PostgreSQL", "redis": "Redis", "nginx": "nginx"}
    return next((name for word, name in words.items() if word in command), "")


def main() -> None:
    """Start, ask, rest, add up."""
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as name:
        folder = Path(name)
        env = {
            "DEMO": "1", "WEB_CONCURRENCY": "2", **keys.make(folder / "keys"), "CELERY_BROKER_URL": empty_queue(os.environ["CELERY_BROKER_URL"]),
            "DATABASE_URL": fresh_database(os.environ["DATABASE_URL"], "bench_memory"),
        }  # fmt: skip
        Stack(folder, env=env).manage("migrate", "--verbosity=0")
        with Stack(folder, env=env) as stack:
            for path in ("/", "/results/", "/draws/", "/office/sign-in/") * 5:
                urllib.request.urlopen(stack.url + path, timeout=30).read()
            (folder / "nginx").mkdir()
            if installed():
                with proxy(folder / "nginx", f"127.0.0.1:{stack.port}", folder):
                    _tell()
            else:
                _tell()


def _tell() -> None:
    time.sleep(REST_SECONDS)
    total: Counter[str] = Counter()
    for process in psutil.Process(os.getppid()).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError, FileNotFoundError):  # PostgreSQL's helpers come and go
            total[part(" ".join(process.cmdline()) or process.name())] += pss(process)
    del total[""]
    for name, kilobytes in total.most_common():
        print(f"{name:12} {kilobytes / 1024:6.0f} MB")
    print(f"{'all':12} {sum(total.values()) / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
