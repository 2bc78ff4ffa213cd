"""Two hundred connections that search without pause, before the shipped proxy and a real stack, while twenty people work in the office (trust.md T10)."""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.bootstrap import ROOT
from config.demo.serve import Stack
from tests.conftest import Template
from tests.reverse_proxy import NAME, Proxy, installed, proxy

CONNECTIONS, SECONDS, MOST_MS, PEOPLE = 200, 60, 500, 20
LAID_OUT = """
import json
from django.conf import settings
from django.test import Client
from registries.people.roles import Role
from tests import factories
from tests.bench import bench_desk, bench_site
units, reviewer = bench_desk.fill(300)
bench_site.fill(5000)
def cookie(person):
    client = Client()
    client.force_login(person, backend="registries.people.backend.Accounts")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
people = [factories.user(Role.CLERK, unit=unit) for unit in units[1:13]] + [factories.user(role) for role in (Role.REVIEWER, Role.SUPERVISOR) for _ in range(4)]
print("told " + json.dumps({"name": settings.SESSION_COOKIE_NAME, "sessions": [cookie(one) for one in people]}))
"""
PAGES = ("/office/", "/office/cases/", "/office/subjects/", "/office/subjects/?q=%E7%A4%BA%E4%BE%8B", "/office/draws/")
Told = Callable[[str, object], None]


@dataclass
class Work:
    """People who open a page about every other second, each over a connection of their own."""

    front: Proxy
    cookies: list[str]
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def person(self, number: int) -> None:
        """Until it is over."""
        dice, connection = random.Random(number), http.client.HTTPConnection(NAME)
        bare = socket.create_connection(("127.0.0.1", self.front.port), timeout=60)
        connection.sock = self.front.trust.wrap_socket(bare, server_hostname=NAME)
        while not self.over.wait(dice.uniform(0, 4)):
            began = time.perf_counter()
            connection.request("GET", dice.choice(PAGES), headers={"Cookie": self.cookies[number]})
            answer = connection.getresponse()
            answer.read()
            self.took.append((time.perf_counter() - began) * 1000)
            self.statuses[answer.status] += 1

    def told(self) -> tuple[float, float, dict[int, int]]:
        """Median and p95 in milliseconds, and the statuses, since the last time."""
        took, statuses = sorted(self.took), dict(self.statuses)
        self.took, self.statuses = [], Counter()
        return took[len(took) // 2], took[int(len(took) * 0.95)], statuses


def flooded(front: Proxy, how: str) -> dict[str, int]:
    """What the flood was answered."""
    command = [sys.executable, "-m", "tests.faults.flood", str(front.port), str(front.folder / "fullchain.pem"), str(CONNECTIONS), str(SECONDS), how]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "DJANGO_SETTINGS_MODULE": ""}, capture_output=True, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout)
    return told


def laid_out(stack: Stack) -> list[str]:
    """The cookies of twenty people."""
    lines = stack.manage("shell", "-c", LAID_OUT).splitlines()
    told: dict[str, Any] = json.loads(next(line for line in lines if line.startswith("told ")).removeprefix("told "))
    return [f"{told['name']}={session}" for session in told["sessions"]]


@pytest.mark.full
@pytest.mark.engine("postgresql")
@pytest.mark.proves("T10")
@pytest.mark.skipif(not installed(), reason="nginx is not installed")
def test_two_hundred_connections_that_search_do_not_stop_the_office(tmp_path: Path, template: Template, record_property: Told) -> None:
    env = template.copied(tmp_path) | {
        "ALLOWED_HOSTS": NAME, "BEHIND_PROXY": "true", "PROXY_COUNT": "1", "TLS": "true", "WEB_CONCURRENCY": "2", "SESSION_IDLE_MINUTES": "60",
    }  # fmt: skip
    folder = tmp_path / "nginx"
    folder.mkdir()
    with Stack(tmp_path, env=env) as stack:
        stack.manage("collectstatic", "--no-input", "--verbosity=0")
        cookies = laid_out(stack)
        with proxy(folder, f"127.0.0.1:{stack.port}", tmp_path / "static") as front:
            work = Work(front, cookies)
            threads = [threading.Thread(target=work.person, args=(n,)) for n in range(PEOPLE)]
            for thread in threads:
                thread.start()
            try:
                time.sleep(30)
                quiet = work.told()
                said = [f"nobody else: p95 {quiet[1]:.0f} ms"]
                for how, name in (("one", "one address"), ("each", f"{CONNECTIONS} addresses")):
                    answers = flooded(front, how)
                    median, p95, statuses = work.told()
                    said.append(f"{name}: {sum(answers.values())} searches in {SECONDS} s ({answers}), office median {median:.0f} ms, p95 {p95:.0f} ms {statuses}")
                    record_property("figure", "; ".join(said) + f"; load {os.getloadavg()[0]:.1f}")
                    assert set(statuses) == {200}, said
                    assert how == "each" or answers.get("429", 0) > answers.get("200", 0), said
                    assert how == "each" or p95 <= max(MOST_MS, 4 * quiet[1]), said
            finally:
                work.over.set()
                for thread in threads:
                    thread.join(70)
