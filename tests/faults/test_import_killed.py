"""Power cut while a file is taken over: afterwards all of its rows stand, with the ledger's entry, or none (trust.md R14)."""

import os
import random
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
from tests.import_files import bring, check, commit, confirm, subject_row, workbook

pytestmark = pytest.mark.django_db(transaction=True)
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


def kill_often(times: int) -> set[str]:
    """Kill commits at random moments; the states in which the imports were found. Each is whole or nothing."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    clerk = factories.user(Role.CLERK, unit=factories.unit(code="ZA"))
    rows = [subject_row(n) for n in range(ROWS)]
    batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
    chance, states, done = random.Random(20260101), set(), 0
    for round_ in range(times):
        killed_while_committing(clerk, batch, chance.uniform(0, 0.5))
        batch.refresh_from_db()
        states.add(batch.state)
        taken = batch.state == "committed"
        done += taken
        address = rows[0]["address"]
        assert Subject.objects.filter(address__startswith=address[:4], version=done).count() == (ROWS if taken or done else 0)
        assert LedgerPayload.objects.filter(verb="registries.commit_import").count() == done
        assert break_in_chain() is None
        if taken:
            rows = [{**row, "name": f"示例{round_}号旅馆"} for row in rows]
            batch = bring(clerk, "subjects", workbook("subjects", subjects=rows))
        elif round_ % 3 == 2:
            batch = check(confirm(clerk, batch))
    commit(clerk, batch)
    assert Subject.objects.filter(version=done + 1).count() == ROWS
    return states


def test_a_killed_commit_leaves_all_or_nothing() -> None:
    assert kill_often(10) == {"checked", "committed"}


@pytest.mark.full
def test_a_hundred_killed_commits_leave_all_or_nothing() -> None:
    assert kill_often(100) == {"checked", "committed"}
