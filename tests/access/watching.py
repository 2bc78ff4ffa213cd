"""What a request wrote and did not take back: every statement is heard, with the savepoints between them."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

WRITE = re.compile(r'\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(\w+)"')
SAVEPOINT = re.compile(r'(SAVEPOINT|ROLLBACK TO SAVEPOINT|RELEASE SAVEPOINT) "?(\w+)')
LEDGER = frozenset({"registries_ledgerentry", "registries_ledgerpayload", "registries_refusaltally"})
BESIDE = frozenset({"registries_session", "registries_signintries"})
"""No business rows: the session with its last-seen, and the log of who signed in."""


class Written(NamedTuple):
    """One statement that stayed."""

    table: str
    sql: str
    params: Any


class Watch:
    """Hears statements (``connection.execute_wrapper``); what a savepoint took back is forgotten."""

    def __init__(self) -> None:
        self.kept: list[Written] = []
        self._marks: list[tuple[str, int]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        done = execute(sql, params, many, context)
        if found := WRITE.match(sql):
            self.kept.append(Written(found[1], sql, params))
        elif found := SAVEPOINT.match(sql):
            self._savepoint(found[1], found[2])
        return done

    def _savepoint(self, what: str, name: str) -> None:
        if what == "SAVEPOINT":
            self._marks.append((name, len(self.kept)))
            return
        if what.startswith("ROLLBACK"):
            del self.kept[dict(self._marks).get(name, len(self.kept)) :]
        elif name in dict(self._marks):
            del self._marks[[one for one, _at in self._marks].index(name) :]

    @property
    def business(self) -> list[Written]:
        """What of it is neither the ledger nor beside the business."""
        return [one for one in self.kept if one.table not in LEDGER | BESIDE]

    @property
    def entries(self) -> int:
        """How many entries the ledger got."""
        return sum(one.table == "registries_ledgerentry" for one in self.kept)


@contextmanager
def watching() -> Iterator[Watch]:
    """Hear what is written inside."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


def digests() -> dict[str, str]:
    """Table → digest of all its rows; without the ledger and what is beside the business."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in LEDGER | BESIDE:
            rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in model._meta.concrete_fields))
            found[table] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found
