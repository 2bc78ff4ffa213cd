"""PostgreSQL stopped, cut off and killed under people at work; a worker's transaction ended from outside; processes asked to leave (R11, R12, R26)."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from config.bootstrap import program
from config.testing.servers import SAFE, Server, killable_postgres, server_folder
from tests.conftest import Template
from tests.faults.stacks import Told, finished, product, until
from tests.faults.test_killed_draws import Beside
from tests.faults.visitors import at_work, confirm

pytestmark = [pytest.mark.full, pytest.mark.engine("postgresql"), pytest.mark.usefixtures("template")]
patched = pytest.MonkeyPatch
FAULTS: dict[str, Callable[[Server], None]] = {
    "fast": lambda server: server.stop(signal.SIGINT),
    "immediate": lambda server: server.stop(signal.SIGQUIT),
    "kill -9": lambda server: server.kill(),
}


@contextmanager
def own_postgres(template: Template) -> Iterator[tuple[str, Server]]:
    """A PostgreSQL that keeps what it acknowledges, with a copy of the template in it."""
    with server_folder() as folder, killable_postgres(folder, SAFE) as (url, server):
        dump = subprocess.run([str(program("pg_dump")), "-d", template.database_url], capture_output=True, check=True).stdout
        subprocess.run([str(program("psql")), "-q", "-d", url], input=dump, capture_output=True, check=True)
        yield url, server


def rows(url: str, statement: str) -> list[str]:
    """The first column of a query, by a connection of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        return [str(row[0]) for row in connection.execute(statement.encode()).fetchall()]


@pytest.mark.proves("R11")
def test_a_database_that_goes_and_comes_back_loses_nothing_it_acknowledged(
    tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told
) -> None:
    with own_postgres(template) as (url, server), product(tmp_path, template, monkeypatch, DATABASE_URL=url) as stack:
        beside = Beside(stack)
        session = beside.ask("session")["session"]
        keys = [f"R{n:05}" for n in range(3000)]
        slowest = 0.0
        with at_work(stack.url, session, keys) as load:
            began = time.monotonic()
            time.sleep(6)
            for name, harm in FAULTS.items():
                harm(server)
                time.sleep(2)
                server.start()
                back = time.monotonic()
                time.sleep(12)
                recovered, errors = load.first_good(back), load.errors(back, back + 12)
                slowest = max(slowest, recovered)
                record_property("figure", f"{name}: first good click {recovered:.1f} s after the server was back, {errors} errors after it")
                assert errors == 0, name
            rate = len(load.acknowledged) / (time.monotonic() - began)
        there = set(rows(url, "SELECT key FROM registries_subject WHERE version = 2"))
        lost = len(set(load.acknowledged) - there)
        record_property("figure", f"{lost} of {len(load.acknowledged)} acknowledged lost at {rate:.0f} a second")
        assert lost == 0
        assert stack.fallen() == []
        beside.ask("intents 5")
        beside.ask("release")
        took = until(lambda: beside.ask("published")["published"] == 5, f"the worker works\n{stack.tail('worker')}")
        record_property("figure", f"recovery {slowest:.1f} s at most; the same worker did new work {took:.0f} s after it was asked")
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R12")
def test_a_workers_transaction_ended_from_outside_is_done_again_once(
    tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told
) -> None:
    rounds = int(os.environ.get("FAULT_KILLS", "10"))
    with product(tmp_path, template, monkeypatch, ILL_SECONDS="1.5", SWEEP_SECONDS="5") as stack:
        beside, slowest, most = Beside(stack), 0.0, 0
        url = stack.env["DATABASE_URL"]
        for _ in range(rounds):
            pk = beside.ask("prepare")["pk"]
            beside.ask("go")
            until(partial(stack.begun, pk), "the draw begins")
            mine = url.rpartition("/")[2]
            ended = rows(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{mine}' AND state = 'idle in transaction'")  # noqa: S608
            assert "True" in ended
            slowest, most = max(slowest, finished(beside, stack)), max(most, stack.runs()[pk])
        record_property("figure", f"{rounds} of {rounds} one result after at most {most - 1} retries, whole within {slowest:.0f} s (sweep every 5 s)")
        assert most <= 4
        beside.end()
        assert stack.holds()


@pytest.mark.proves("R26")
def test_processes_asked_to_leave_finish_what_they_have_in_hand(tmp_path: Path, template: Template, monkeypatch: patched, record_property: Told) -> None:
    """The web process with four clicks that wait for a lock, the worker in the middle of a draw: as a deployment does."""
    with product(tmp_path, template, monkeypatch, ILL_SECONDS="5") as stack:
        beside = Beside(stack)
        session, keys = beside.ask("session")["session"], [f"R{n:05}" for n in range(4)]
        with psycopg.connect(stack.env["DATABASE_URL"]) as lock, ThreadPoolExecutor(4) as people:
            lock.execute("SELECT key FROM registries_subject WHERE key < 'R00004' FOR UPDATE")
            clicks = [people.submit(confirm, stack.url, session, key) for key in keys]
            time.sleep(2)
            left = time.monotonic()
            stack.processes["web"].terminate()
            time.sleep(2)
            lock.rollback()
            answers = [click.result() for click in clicks]
        stack.processes["web"].wait(30)
        left = time.monotonic() - left
        stack.start("web")
        stack.wait_ready("web")
        pk = beside.ask("prepare")["pk"]
        beside.ask("go")
        until(partial(stack.begun, pk), "the draw begins")
        start = time.monotonic()
        stack.processes["worker"].terminate()
        stack.processes["worker"].wait(60)
        drained = time.monotonic() - start
        record_property(
            "figure", f"web left after {left:.1f} s with {answers.count(302)} of 4 clicks answered; worker after {drained:.1f} s, its draw "
            f"computed {stack.runs('ended')[pk]} time, unacknowledged {stack.unacknowledged}",
        )  # fmt: skip
        assert answers == [302] * 4
        assert (stack.runs("began")[pk], stack.runs("ended")[pk], stack.unacknowledged) == (1, 1, 0)
        stack.start("worker")
        finished(beside, stack)
        beside.end()
        assert stack.holds()
