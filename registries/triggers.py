"""Rules the database itself keeps: triggers, written once for SQLite and PostgreSQL.

They are lifted before migrations and made again after them (SQLite drops a table's triggers silently when a migration remakes it) and a
system check asserts them.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


class Trigger(NamedTuple):
    """Before ``event`` on a row of ``table``: refuse with ``message`` when ``condition`` (SQL over NEW and OLD) holds."""

    name: str
    table: str
    event: str
    condition: str
    message: str


EXPECTED: list[Trigger] = []
"""What has to stand, of every floor; the house's checks (config/checks.py) fill it."""


def append_only(table: str) -> tuple[Trigger, Trigger]:
    """The two triggers that refuse UPDATE and DELETE on ``table``."""
    return (
        Trigger(f"{table}_no_update", table, "UPDATE", "1 = 1", f"{table} is append-only"),
        Trigger(f"{table}_no_delete", table, "DELETE", "1 = 1", f"{table} is append-only"),
    )


def _sqlite(trigger: Trigger) -> list[str]:
    return [
        f'DROP TRIGGER IF EXISTS "{trigger.name}"',
        f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.event} ON "{trigger.table}" FOR EACH ROW '
        f"WHEN {trigger.condition} BEGIN SELECT RAISE(ABORT, '{trigger.message}'); END",
    ]


def _postgresql(trigger: Trigger) -> list[str]:
    row = "OLD" if trigger.event == "DELETE" else "NEW"
    return [
        f'CREATE OR REPLACE FUNCTION "{trigger.name}"() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN '
        f"IF {trigger.condition} THEN RAISE EXCEPTION '{trigger.message}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $body$",
        f'DROP TRIGGER IF EXISTS "{trigger.name}" ON "{trigger.table}"',
        f'CREATE TRIGGER "{trigger.name}" BEFORE {trigger.event} ON "{trigger.table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{trigger.name}"()',
    ]


def make(triggers: Iterable[Trigger], using: str) -> None:
    """Create or renew the triggers whose tables exist on the database ``using``."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    statements = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for trigger in triggers:
            if trigger.table in tables:
                for statement in statements(_open_to_rotation(trigger, using)):
                    cursor.execute(statement)


def _open_to_rotation(trigger: Trigger, using: str) -> Trigger:
    """A rule against changes lets a sealed value be stored under another key: while a rotation is open, and if all else stays.

    What such a value says stands in the row or in the ledger as a digest of its own, which the rotation does not touch.
    """
    if trigger.event != "UPDATE" or not (sealed := _sealed_columns(trigger.table)):
        return trigger
    connection = connections[using]
    with connection.cursor() as cursor:
        others = [one.name for one in connection.introspection.get_table_description(cursor, trigger.table) if one.name not in sealed]
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    kept = " AND ".join(f'NEW."{name}" {same} OLD."{name}"' for name in others)
    opened = "EXISTS (SELECT 1 FROM registries_keyrotation AS turning WHERE turning.finished_at IS NULL)"
    return trigger._replace(condition=f"({trigger.condition}) AND NOT ({opened} AND {kept})")


def _sealed_columns(table: str) -> set[str]:
    """The encrypted columns of a table (``fields.py``)."""
    of_table = (model for model in apps.get_models() if model._meta.db_table == table)
    return {str(field.column) for model in of_table for field in model._meta.concrete_fields if getattr(field, "sealed", False)}


def lift(using: str, plan: Sequence[Any], **_: Any) -> None:
    """Drop all triggers before migrations that do something: they would refuse to let rows move, and SQLite to remake a table.

    Who may migrate may do this by hand as well. They are made again at the end; until then the database check says that they are missing.
    """
    if using != "default" or not plan:
        return
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            drops = [f'DROP TRIGGER "{name}"' for (name,) in cursor.fetchall()]
        else:
            cursor.execute("SELECT t.tgname, t.tgrelid::regclass::text FROM pg_trigger AS t WHERE NOT t.tgisinternal")
            drops = [f'DROP TRIGGER "{name}" ON {table}' for name, table in cursor.fetchall()]
        for drop in drops:
            cursor.execute(drop)


def present(using: str) -> set[str]:
    """The names of the triggers that stand in the database ``using``."""
    connection = connections[using]
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def missing(triggers: Iterable[Trigger], databases: Iterable[str] | None) -> list[CheckMessage]:
    """One message for each trigger that should stand and does not (for a database check).

    An error, unless migrations wait to be applied: one that broke off left the triggers lifted, and has to be run again.
    """
    messages: list[CheckMessage] = []
    for using in databases or []:
        tables = set(connections[using].introspection.table_names())
        there = present(using) if tables else set()
        gone = [trigger for trigger in triggers if trigger.table in tables and trigger.name not in there]
        kind, number = (Warning, "W020") if gone and _migrations_wait(using) else (Error, "E020")
        messages += [
            kind(
                f"The trigger {trigger.name} is missing from the database {using!r}.",
                hint="Run `python3 manage.py migrate --skip-checks`, which makes it again, and find out who removed it.",
                id=f"sunlot.{number}",
            )
            for trigger in gone
        ]
    return messages


def _migrations_wait(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
