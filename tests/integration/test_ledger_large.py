"""A ledger of a million entries is recomputed within a minute, and one changed byte in the midst of it is named (trust.md R28)."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from registries import clock
from registries.ledger import chain
from registries.ledger.models import LedgerEntry, LedgerPayload
from registries.ledger.verifying import verify
from registries.people.queries import system_user
from tests import tampering

AT_ONCE = 10_000
COLUMNS = {LedgerEntry: "seq time action payload_hash previous entry_hash", LedgerPayload: "entry_id body verb actor_id object_kind object_id public"}


def write(count: int) -> None:
    """So many entries of changes, each with its payload, as ``append`` would have written them one after the other."""
    previous, actor, now = chain.FIRST_PREVIOUS, system_user().pk, clock.now()
    for start in range(1, count + 1, AT_ONCE):
        entries, payloads = [], []
        for seq in range(start, min(start + AT_ONCE, count + 1)):
            time_of = (now + dt.timedelta(milliseconds=seq)).isoformat(timespec="microseconds")
            facts = {"verb": "registries.save_subject", "actor": actor, "from": "", "object": "registries.subject", "id": seq, "before": {}, "after": {"address": f"示例路{seq}号"}}
            body = chain.payload_text(facts)
            hashed = chain.sha256_hex(body)
            mine = chain.entry_hash(previous=previous, seq=seq, time=time_of, action="subject.change", payload_hash=hashed)
            entries.append((seq, time_of, "subject.change", hashed, previous, mine))
            payloads.append((seq, body, "registries.save_subject", actor, "registries.subject", str(seq), False))
            previous = mine
        for model, rows in ((LedgerEntry, entries), (LedgerPayload, payloads)):
            put(model, rows)


def put(model: type[Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows into a table, the fastest way each engine has: a million objects of Django's would take longer than what is measured."""
    names = COLUMNS[model].split()
    table, listed = model._meta.db_table, ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({', '.join(['%s'] * len(names))})", rows)  # noqa: S608
            return
        with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


@pytest.mark.proves("R28")
@pytest.mark.django_db
@pytest.mark.parametrize("count", [500, pytest.param(100_000, marks=pytest.mark.full), pytest.param(1_000_000, marks=pytest.mark.full)])
def test_a_large_ledger_is_recomputed_and_one_edit_is_named(count: int, record_property: Callable[[str, object], None]) -> None:
    write(count)
    began, processor = time.perf_counter(), time.process_time()
    told = verify()
    took, processor = time.perf_counter() - began, time.process_time() - processor
    assert (told.entries, told.wrong) == (count, [])
    tampering.lift_triggers()
    LedgerEntry.objects.filter(seq=count // 2).update(action="x")
    assert [one.text % one.values for one in verify().wrong] == [f"entry {count // 2} was changed"]
    assert processor <= 60
    record_property("figure", f"{count} entries recomputed in {took:.1f} s by the clock, {processor:.1f} s of the processor; one edit named")
