"""Twenty people at work while a file of 10⁵ rows is imported and a draw of 10⁶ entries is drawn: how long their pages take, and a sign-in.

    python -m config.testing.servers python -m tests.bench.bench_office [entries] [rows] [seconds between two pages of a person]

Real processes on a private PostgreSQL and Redis: web with two processes of four threads, worker with two at nice 5 and beat, as the units
of production have them; each person a thread of this program that asks for a page every five seconds on the average and now and then confirms
a subject. First with nothing else running, then while both pieces of work run; the taking over of the file is a request like any other,
of its own clerk. The rest of the machine's work is not taken out of the figures: number of cores and load stand beside them. Says, never judges.
"""

import http.cookies
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.bootstrap import ROOT
from config.demo import keys
from config.demo.serve import Stack
from config.testing.servers import empty_queue, fresh_database
from tests.faults.visitors import CSRF, _Stay

QUIET_SECONDS, MOST_SECONDS = 60, 900
OPENER = urllib.request.build_opener(_Stay)


def ask(url: str, session: str, form: dict[str, object] | None = None) -> tuple[float, int]:
    """One page, or one form sent: milliseconds and status (0 where no answer came)."""
    body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": CSRF}).encode() if form is not None else None
    request = urllib.request.Request(urllib.parse.quote(url, safe=":/?=&%"), body, {"Cookie": f"sessionid={session}; csrftoken={CSRF}"})
    began = time.perf_counter()
    try:
        with OPENER.open(request, timeout=600) as answer:
            answer.read()
            status = int(answer.status)
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError:
        status = 0
    return (time.perf_counter() - began) * 1000, status


def sign_in(url: str, account: str, password: str) -> float:
    """Milliseconds from the button to the answer that opens the session."""
    address = f"{url}/office/sign-in/"
    with OPENER.open(address, timeout=60) as answer:
        cookie = http.cookies.SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))["csrftoken"].value
    body = urllib.parse.urlencode({"username": account, "password": password, "csrfmiddlewaretoken": cookie}).encode()
    began = time.perf_counter()
    try:
        OPENER.open(urllib.request.Request(address, body, {"Cookie": f"csrftoken={cookie}"}), timeout=60)
    except urllib.error.HTTPError as error:
        took, status = (time.perf_counter() - began) * 1000, error.code
    else:
        took, status = 0, 200
    assert status == 302, f"nobody was signed in: {status}"
    return took


@dataclass
class Office:
    """Twenty people until ``over``; every page with what it is, its milliseconds and its status."""

    url: str
    told: dict[str, Any]
    pause: float
    asked: list[tuple[str, float, int]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        self.threads = [threading.Thread(target=self._work, args=(n, person)) for n, person in enumerate(self.told["people"])]
        for thread in self.threads:
            thread.start()

    def _work(self, number: int, person: dict[str, Any]) -> None:
        dice, confirms = random.Random(number), list(person["confirms"])
        while not self.over.wait(dice.uniform(0, 2 * self.pause)):
            if confirms and dice.random() < 0.1:
                what, (took, status) = "confirm", ask(f"{self.url}/office/subjects/{confirms.pop()}/verify/", person["session"], {"version": 1})
            else:
                page = dice.choice(person["pages"])
                what, (took, status) = re.sub(r"[A-Z]{2}[-\w]+|\?.*", "…", page), ask(self.url + page, person["session"])
            self.asked.append((what, took, status))

    def tell(self, name: str) -> None:
        """What was asked since the last time."""
        asked, self.asked = self.asked, []
        times = sorted(took for _what, took, _status in asked)
        bad = [(what, status) for what, _took, status in asked if status not in (200, 302)]
        say(f"{name}: {len(asked)} requests, median {statistics.median(times):.0f} ms, p95 {times[int(len(times) * 0.95)]:.0f} ms, slowest {times[-1]:.0f} ms, {len(bad)} not answered well {bad[:5]}; load {os.getloadavg()[0]:.1f}")
        for what in sorted({what for what, *_ in asked}):
            mine = sorted(took for one, took, _status in asked if one == what)
            say(f"    {what:28} {len(mine):4}   median {statistics.median(mine):6.0f} ms   p95 {mine[int(len(mine) * 0.95)]:6.0f} ms")


def say(line: str) -> None:
    """Print it at once."""
    print(line, flush=True)


class Beside:
    """The process of ``office_county.py``."""

    def __init__(self, stack: Stack, *sizes: int) -> None:
        command = [sys.executable, "-m", "tests.bench.office_county", *map(str, sizes)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=stack.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def ask(self, word: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def signed_in(office: Office, name: str) -> None:
    """Ten sign-ins, one after the other."""
    took = sorted(sign_in(office.url, office.told["account"], office.told["password"]) for _ in range(10))
    say(f"{name}: sign-in median {statistics.median(took):.0f} ms, slowest of ten {took[-1]:.0f} ms")


def work(stack: Stack, beside: Beside, pause: float) -> None:
    """Quiet, then both pieces of work until both are done."""
    office = Office(stack.url, beside.ask("sessions"), pause)
    signed_in(office, "nobody at work")
    office.begin()
    time.sleep(QUIET_SECONDS)
    office.tell("twenty people, nothing else")
    began, taking = time.monotonic(), None
    beside.ask("go")
    seen: dict[str, Any] = {}
    shown: dict[str, float] = {}
    while time.monotonic() - began < MOST_SECONDS:
        seen = beside.ask("look")
        for what in (f"draw {seen['draw']}", f"certified {seen['certified']}", f"import {seen['import']}"):
            if shown.setdefault(what, passed := time.monotonic() - began) == passed:
                say(f"  {passed:5.0f} s: {what}")
        if seen["import"] == "checked" and taking is None:
            large = office.told["large"]
            taking = threading.Thread(target=ask, args=(stack.url + large["page"], large["session"], {"version": seen["version"]}))
            taking.start()
            signed_in(office, "  meanwhile")
        if seen["draw"] == "drawn" and seen["certified"] and seen["import"] == "committed":
            break
        time.sleep(1)
    office.tell(f"twenty people, draw and import for {time.monotonic() - began:.0f} s")
    office.over.set()
    say(f"  {seen}")


def main() -> None:
    """Lay out, then measure."""
    entries, rows, pause = [*sys.argv[1:], *("1000000", "100000", "5")[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as name:
        folder = Path(name)
        env = {
            "DEMO": "1", **keys.make(folder / "keys"), "CELERY_BROKER_URL": empty_queue(os.environ["CELERY_BROKER_URL"]), "SWEEP_SECONDS": "30",
            "DATABASE_URL": fresh_database(os.environ["DATABASE_URL"], "bench_office"), "WEB_CONCURRENCY": "2", "SESSION_IDLE_MINUTES": "60",
        }  # fmt: skip
        stack = Stack(folder, env=env)
        stack.manage("migrate", "--verbosity=0")
        began = time.monotonic()
        beside = Beside(stack, int(entries), int(rows))
        say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {entries} entries, {rows} rows laid out in {time.monotonic() - began:.0f} s")
        with stack:
            os.setpriority(os.PRIO_PGRP, stack.processes["worker"].pid, 5)
            work(stack, beside, float(pause))
        beside.end()


if __name__ == "__main__":
    main()
