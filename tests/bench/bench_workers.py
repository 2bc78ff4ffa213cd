"""How much more 1, 2 and 4 worker processes do: draws waiting to be drawn, and how many of them are in a minute, on the private PostgreSQL and Redis.

    python -m config.testing.servers python -m tests.bench.bench_workers

With fewer cores than workers the figures say how they share, not how they would scale: the number of cores stands beside them.
"""

import os
import tempfile
import time
from pathlib import Path

from config.demo import keys
from config.demo.serve import COMMANDS, Stack
from config.testing.servers import empty_queue, fresh_database
from tests.faults.test_upgrade_drill import Larger

DRAWS, ENTRIES = int(os.environ.get("BENCH_DRAWS", "8")), int(os.environ.get("BENCH_ENTRIES", "20000"))


def measured(workers: int) -> float:
    """Draws a minute: each with its files and its certificate. 0: nothing but the database that the others are copies of."""
    COMMANDS["worker"] = tuple(str(workers) if before == "-c" else word for before, word in zip(("", *COMMANDS["worker"]), COMMANDS["worker"], strict=False))
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as name:
        folder = Path(name)
        env = {
            "DEMO": "1", "WEB_CONCURRENCY": "1", **keys.make(folder / "keys"), "CELERY_BROKER_URL": empty_queue(os.environ["CELERY_BROKER_URL"]),
            "DATABASE_URL": fresh_database(os.environ["DATABASE_URL"], f"bench_workers_{workers}", "bench_workers_0" if workers else ""),
        }  # fmt: skip
        if not workers:
            Stack(folder, env=env).manage("migrate", "--verbosity=0")
            return 0
        with Stack(folder, env=env) as stack:
            beside = Larger(stack, ENTRIES)
            for _ in range(DRAWS):
                beside.ask("gather")
            began = time.monotonic()
            beside.ask("release")
            while beside.ask("finished")["finished"] < DRAWS:
                time.sleep(0.2)
            seconds = time.monotonic() - began
            beside.end()
    return 60 * DRAWS / seconds


def main() -> None:
    """One line for each number of workers."""
    print(f"{os.cpu_count()} cores, {DRAWS} draws of {ENTRIES} entries", flush=True)
    measured(0)
    for workers in (1, 2, 4):
        print(f"{workers} worker processes: {measured(workers):.1f} draws a minute, load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
