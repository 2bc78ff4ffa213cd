"""Power cut while a file is taken over: afterwards all of its rows stand, with the ledger's entry, or none (trust.md R14)."""

import os
import signal
import time

import pytest
from django.db import connections

from registries.codes.models import CodeTable
from registries.imports import commands
from registries.imports.models import Import
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, commit, subject_row, workbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usually("postgresql")]
ROWS = 1000


def killed_while_committing(actor: User, batch: Import, seconds: float) -> None:
    """Take the import over in a process of its own, and end that with SIGKILL after a while."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            commands.commit_import(actor=actor, import_id=batch.pk, version=batch.version)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def kill_often(times: int) -> None:
    """Kill commits at moments spread over the time that one takes. Each is whole or nothing."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    clerk = factories.user(Role.CLERK, unit=factories.unit(code="ZA"))
    rows = [subject_row(n) for n in range(ROWS)]
    start = time.monotonic()
    commit(clerk, bring(clerk, "subjects", workbook("subjects", subjects=rows)))
    whole = time.monotonic() - start
    done, killed = 1, 0
    batch = None
    for at in range(times):
        if batch is None:
            rows = [{**row, "name": f"示例{at}号旅馆"} for row in rows]
            batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
        killed_while_committing(clerk, batch, whole * at / times)
        batch.refresh_from_db()
        taken = batch.state == "committed"
        done, killed = done + taken, killed + (not taken)
        assert Subject.objects.filter(version=done).count() == Subject.objects.count() == ROWS
        assert LedgerPayload.objects.filter(verb="registries.commit_import").count() == done
        assert break_in_chain() is None
        batch = None if taken else batch
    assert killed, "no commit was killed before its end"
    if batch is not None:
        commit(clerk, batch)
        assert Subject.objects.filter(version=done + 1).count() == ROWS


def test_a_killed_commit_leaves_all_or_nothing() -> None:
    kill_often(10)


@pytest.mark.full
def test_a_hundred_killed_commits_leave_all_or_nothing() -> None:
    kill_often(100)
