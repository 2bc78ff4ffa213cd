"""What somebody with the database's password could do: triggers lifted, rows changed by plain SQL. And what an honest
office has: every row that a factory made directly stands in an entry of the ledger.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from registries import triggers
from registries.ledger import record
from registries.ledger.change import Change
from registries.ledger.digests import protected_models
from registries.people.queries import system_user


def adopt() -> None:
    """Write the digests of all protected rows into one entry, as if a command had made them."""
    rows = [row for model in protected_models() for row in model._default_manager.all()]
    with transaction.atomic():
        record.record_change("tests.adopt", system_user().pk, Change(rows[0], also=tuple(rows[1:])))


def lift_triggers() -> None:
    """Drop every trigger, as the owner of the tables can; the test's rollback brings them back."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # a table with constraints still to be checked cannot lose its triggers
    tables = dict(_tables())
    for name in triggers.present("default"):
        on = "" if connection.vendor == "sqlite" else f' ON "{tables[name]}"'
        sql(f'DROP TRIGGER "{name}"{on}')


def _tables() -> list[tuple[str, str]]:
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [(str(name), str(table)) for name, table in cursor.fetchall()]


def sql(statement: str, *values: Any) -> int:
    """Run a statement past everything; how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def change(row: models.Model, column: str, value: Any) -> None:
    """Change one column of one row by plain SQL."""
    field = row._meta.get_field(column)
    assert isinstance(field, models.Field)
    stored = field.get_db_prep_save(value, connection)
    assert sql(f'UPDATE "{row._meta.db_table}" SET "{field.column}" = %s WHERE "id" = %s', stored, row.pk) == 1  # noqa: S608


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)


def other_values(field: "models.Field[Any, Any]", value: Any) -> list[Any]:
    """Values that differ from ``value`` as little as the column allows; the first that the database takes will do."""
    if isinstance(field, models.ForeignKey):
        return [(value or 0) + 1, (value or 0) + 2, *([None] if value else [])]
    if isinstance(field, models.DateTimeField):
        moment = value or dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        return [moment + dt.timedelta(microseconds=1), *([None] if value else [])]
    if isinstance(field, models.DateField):
        return [(value or dt.date(2026, 1, 1)) + dt.timedelta(days=1), *([None] if value else [])]
    if isinstance(field, models.BooleanField):
        return [not value]
    if isinstance(field, models.JSONField):
        return [[value, 1]]
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return [value + 1, value - 1] if value is not None else [1]
    choices = [key for key, _label in field.flatchoices if key != value]
    return [f"{value or ''}x"[-(field.max_length or 99) :], *choices, f"{value or ''}"[:-1] + "y"]
