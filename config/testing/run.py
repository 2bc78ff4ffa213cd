"""``python3 manage.py test [--full] [pytest arguments]``: everything that tells whether Sunlot works.

pytest runs twice, side by side: once with SQLite and the folder queue, the browser and the linters among its tests, and once with
a private PostgreSQL and Redis, where those run that touch the database. Without --full, what no engine can change runs on one of the
two (tests/conftest.py). The second one's words come when the first has
ended. What could not run is named in the summary; under ``CI=true`` that is a failure.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from config import bootstrap
from config.testing import report
from config.testing.servers import ServicesFailed, services

NO_TESTS = 5  # pytest's exit status when it collected none
ONLY_TELLS = {"-h", "--help", "--version", "-V", "--markers", "--fixtures"}


@dataclass
class Pass:
    """One run of pytest: its name, exit status, counts, the reasons of its skips, and how long it took."""

    name: str
    status: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    trust: list[report.Row] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        """Whether this run failed; that no test of it was wanted is no failure."""
        return self.status not in (0, NO_TESTS)


def main(arguments: list[str]) -> int:
    """Run the tests and print the summary; the exit status."""
    lacking = bootstrap.missing(bootstrap.wants("test", arguments))
    not_run = [f"{part.needed_for}: {part.name} is missing; type “{bootstrap.apt_line([part])}”" for part in lacking]
    for reason in not_run:
        print(f"WILL NOT RUN: {reason}", file=sys.stderr)
    with ThreadPoolExecutor(1) as beside, tempfile.TemporaryFile("w+", encoding="utf-8") as words:
        second = None if ONLY_TELLS.intersection(arguments) else beside.submit(_second, arguments, words)
        passes = [_pytest("SQLite, folder queue", "embedded", arguments, {}, sys.stdout)]
        if second is not None:
            try:
                passes.append(second.result())
            except ServicesFailed as failure:
                not_run.append(f"the second pass, on PostgreSQL and Redis: {failure}")
            words.seek(0)
            print(words.read(), flush=True)
    return _summary(passes, not_run, full="--full" in arguments)


def _second(arguments: list[str], words: TextIO) -> Pass:
    """The pass on the servers, which writes what it has to say into a file."""
    with services() as servers:
        return _pytest("PostgreSQL, Redis", "servers", arguments, servers.env, words)


def _pytest(name: str, which: str, arguments: list[str], env: Mapping[str, str], out: TextIO) -> Pass:
    """Run pytest in a process of its own; it writes as it goes."""
    print(f"\n=== {name} ===", file=out, flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sunlot-tests-", ignore_cleanup_errors=True) as folder:
        tally, trust = Path(folder) / "tally.json", Path(folder) / "trust.json"
        embedded = {"DATABASE_URL": f"sqlite:///{folder}/data/sunlot.sqlite3", "CELERY_BROKER_URL": "fsqueue://localhost/"}
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "config.testing.tally", "-p", "config.testing.report", *arguments],
            cwd=bootstrap.ROOT,
            stdout=None if out is sys.stdout else out,
            stderr=subprocess.STDOUT if out is not sys.stdout else None,
            env={**_environment(), **embedded, **env, "TEST_PASS": which, "TALLY_FILE": str(tally), "REPORT_FILE": str(trust), "DATA_DIR": f"{folder}/data"},
        )
        status = None
        while status is None:
            with contextlib.suppress(KeyboardInterrupt):  # pytest got it too, and ends in good order
                status = process.wait()
        counts = json.loads(tally.read_text(encoding="utf-8")) if tally.exists() else {"reasons": {}}
        rows = report.read(trust)
    reasons = Counter(counts.pop("reasons"))
    return Pass(name, status, **counts, reasons=reasons, seconds=time.monotonic() - start, trust=rows)


def _environment() -> dict[str, str]:
    """This process's own, but Python keeps what it compiled: the tests start some hundred processes, each half a second slower without."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _report_file() -> Path:
    """REPORT_FILE, to which runs add; or else a file in the data folder, made anew."""
    if asked := os.environ.get("REPORT_FILE"):
        return Path(asked).with_suffix(".json")
    file = Path(os.environ.get("DATA_DIR", bootstrap.ROOT / "var")) / "report" / "trust.json"
    file.unlink(missing_ok=True)
    return file


def _summary(passes: list[Pass], not_run: list[str], *, full: bool) -> int:
    not_run = not_run + [f"{reason} ({count} tests, {one.name})" for one in passes for reason, count in one.reasons.items()]
    print("\n=== Summary ===")
    for one in passes:
        print(f"{one.name}: {one.passed} passed, {one.failed} failed, {one.skipped} skipped in {one.seconds:.0f} s")
    if not full:
        print("The long acceptance counts were not asked for (--full).")
    for reason in not_run:
        print(f"NOT RUN: {reason}")
    if rows := [row for one in passes for row in one.trust]:
        file = _report_file()
        print("\n".join(report.sentences(report.write(file, rows))))
        print(f"The figures stand in {file} and {file.with_suffix('.md').name} beside it.")
    bad = any(one.bad for one in passes) or all(one.status == NO_TESTS for one in passes)
    strict = os.environ.get("CI", "").lower() in ("true", "1")
    if not_run and strict:
        print("Nothing may be missing under CI=true.")
    passed, failed, skipped = (sum(getattr(one, key) for one in passes) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if bad or (not_run and strict) else 0
