"""Four writers on SQLite: nobody ever reads “database is locked” (trust.md R13). And that without IMMEDIATE many would."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from registries.ledger.queries import break_in_chain
from registries.people.roles import Role
from registries.subjects import commands
from registries.subjects.models import Subject
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine("sqlite3")]
WRITERS, EACH = 4, 15


def at_once(write: Callable[[int], object], each: int, *, deferred: bool = False) -> Counter[str]:
    """Every writer begins at the same moment; what became of each of its transactions."""
    start, settings = Barrier(WRITERS), copy.deepcopy(connection.settings_dict)
    settings["OPTIONS"]["transaction_mode"] = None if deferred else settings["OPTIONS"]["transaction_mode"]

    def run(writer: int) -> Counter[str]:
        connection.settings_dict = settings
        start.wait()
        try:
            return Counter(_ended(write, writer * 1000 + n) for n in range(each))
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(run, range(WRITERS)), Counter())


def _ended(write: Callable[[int], object], number: int) -> str:
    try:
        write(number)
    except OperationalError as error:
        return str(error)
    return "done"


@pytest.mark.proves("R13")
@pytest.mark.parametrize("each", [EACH, pytest.param(300, marks=pytest.mark.full)])
def test_four_writers_never_meet_a_locked_database(each: int, record_property: Callable[[str, object], None]) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000
    unit = factories.unit()
    clerk = factories.user(Role.CLERK, unit=unit)
    subjects = {w * 1000 + n: factories.subject(unit=unit, verified_on=dt.date(2020, 1, 1)).pk for w in range(WRITERS) for n in range(each)}
    ended = at_once(lambda number: commands.verify_subject(actor=clerk, subject_id=subjects[number], version=1), each)
    record_property("figure", f"{sum(ended.values()) - ended['done']} of {WRITERS * each} transactions met a locked database")
    assert ended == {"done": WRITERS * each}
    assert Subject.objects.filter(version=2).count() == WRITERS * each
    assert break_in_chain() is None


@pytest.mark.proves("R13")
def test_without_immediate_transactions_they_would(record_property: Callable[[str, object], None]) -> None:
    """The control: read, then write, in deferred transactions."""
    subject = factories.subject()

    def read_then_write(_number: int) -> None:
        with transaction.atomic():
            Subject.objects.get(pk=subject.pk)
            Subject.objects.filter(pk=subject.pk).update(version=F("version") + 1)

    ended = at_once(read_then_write, EACH, deferred=True)
    record_property("figure", f"control: {ended['database is locked']} of {WRITERS * EACH} deferred transactions failed")
    assert ended["database is locked"] > 0
