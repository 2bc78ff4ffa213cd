"""Power cut while a file is taken over, or taken back: afterwards all of its rows stand, with the ledger's entry, or none (trust.md R14)."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, connections

from registries.codes.models import CodeTable
from registries.imports import commands
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, commit, subject_row, workbook

Told = Callable[[str, object], None]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usually("postgresql")]


@pytest.fixture
def clerk() -> User:
    """A brigade's clerk."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    return factories.user(Role.CLERK, unit=factories.unit(code="ZA"))


def table(rows: int, name: str = "示例旅馆") -> bytes:
    return workbook("subjects", subjects=[subject_row(n, name=name) for n in range(rows)])


def killed(work: Callable[[], object], seconds: float) -> None:
    """Do it in a process of its own, and end that with SIGKILL after a while."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while connection.vendor == "postgresql" and connected() > 1:  # the server may still do what it was last asked
        time.sleep(0.01)


def connected() -> int:
    """How many connections this database has; 1 is that of this process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def done(verb: str) -> int:
    """How often the ledger says that it was done; its chain is whole."""
    assert break_in_chain() is None
    return LedgerPayload.objects.filter(verb=verb).count()


def kill_commits(clerk: User, times: int, rows: int) -> str:
    """Kill commits at moments spread over the time that one takes. Each is whole or nothing; the figure."""
    first = bring(clerk, "subjects", table(rows))
    start = time.monotonic()
    commit(clerk, first)
    whole = 1.3 * (time.monotonic() - start)
    taken_over, batch = 1, None
    for at in range(times):
        batch = batch or bring(clerk, "subjects", table(rows, f"示例{at}号旅馆"))
        killed(partial(commands.commit_import, actor=clerk, import_id=batch.pk, version=batch.version), whole * at / times)
        batch.refresh_from_db()
        taken_over += batch.state == "committed"
        assert Subject.objects.filter(version=taken_over).count() == Subject.objects.count() == rows
        assert done("registries.commit_import") == taken_over
        batch = None if batch.state == "committed" else batch
    assert taken_over <= times, "no commit was killed before its end"
    if batch is not None:
        commit(clerk, batch)
        assert Subject.objects.filter(version=taken_over + 1).count() == rows
    return f"{times} of {times} killed commits of {rows} rows all or nothing ({taken_over - 1} were through before the kill); the same file then goes on"


def kill_undos(clerk: User, times: int, rows: int) -> str:
    """Kill undoings likewise: what the file had added is all there, or all gone; the figure."""
    batch = commit(clerk, bring(clerk, "subjects", table(rows)))
    start = time.monotonic()
    commands.undo_import(actor=clerk, import_id=batch.pk, version=batch.version)
    whole = 1.3 * (time.monotonic() - start)
    undone = 1
    batch.refresh_from_db()
    for at in range(times):
        if batch.state == "undone":
            batch = commit(clerk, bring(clerk, "subjects", table(rows)))
        killed(partial(commands.undo_import, actor=clerk, import_id=batch.pk, version=batch.version), whole * at / times)
        batch.refresh_from_db()
        undone += batch.state == "undone"
        assert Subject.objects.count() == (0 if batch.state == "undone" else rows)
        assert done("registries.undo_import") == undone
    assert undone <= times, "no undoing was killed before its end"
    return f"{times} of {times} killed undoings of {rows} rows all or nothing ({undone - 1} were through before the kill)"


@pytest.mark.proves("R14")
def test_a_killed_commit_leaves_all_or_nothing(clerk: User, record_property: Told) -> None:
    record_property("figure", kill_commits(clerk, 5, 150))


@pytest.mark.proves("R14")
def test_a_killed_undo_leaves_all_or_nothing(clerk: User, record_property: Told) -> None:
    record_property("figure", kill_undos(clerk, 3, 150))


@pytest.mark.proves("R14")
@pytest.mark.full
def test_a_hundred_killed_commits_leave_all_or_nothing(clerk: User, record_property: Told) -> None:
    record_property("figure", kill_commits(clerk, 100, 1000))


@pytest.mark.proves("R14")
@pytest.mark.full
def test_fifty_killed_undos_leave_all_or_nothing(clerk: User, record_property: Told) -> None:
    record_property("figure", kill_undos(clerk, 50, 1000))
