"""The program's own database role, on a real PostgreSQL: it works, and cannot undo what was written (ASVS 16.4.2)."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from registries import clock
from registries.ledger import record
from registries.people.queries import system_user
from tests import factories, tampering

pytestmark = [pytest.mark.django_db, pytest.mark.engine("postgresql")]

ROLE = "sunlot_of_this_test"


@pytest.fixture
def as_program() -> Iterator[None]:
    """Everything the test does is done by the program's role; the role goes with the test's transaction."""
    factories.subject()
    tampering.adopt()
    record.daily_checkpoint(clock.today(), system_user().pk)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        call_command("database_roles", "--apply", role=ROLE, verbosity=0)
        connection.check_constraints()
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.proves("T18")
def test_the_program_cannot_undo_what_stands_in_the_ledger(as_program: None) -> None:
    for table, column in (("registries_ledgerentry", "action"), ("registries_ledgerpayload", "body"), ("registries_checkpoint", "text")):
        for statement in (
            f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE",  # noqa: S608
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (seq) DO UPDATE SET {column} = 'x'",  # noqa: S608
        ):  # fmt: skip
            said = refused(statement)
            by_trigger = statement == "DELETE FROM registries_ledgerpayload"  # goes when it has been kept long enough, not before
            assert by_trigger or "permission denied" in said or "column" in said, (statement, said)


@pytest.mark.proves("T18")
def test_the_program_cannot_lift_a_trigger_or_change_a_table(as_program: None) -> None:
    for statement in (
        "ALTER TABLE registries_ledgerentry DISABLE TRIGGER ALL",
        "DROP TRIGGER registries_ledgerentry_no_update ON registries_ledgerentry",
        "CREATE OR REPLACE FUNCTION registries_ledgerentry_no_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP TABLE registries_ledgerentry CASCADE",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
        "INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('x', 1, 'x')",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ):
        said = refused(statement)
        assert "permission denied" in said or "must be" in said, (statement, said)
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON registries_ledgerentry TO CURRENT_USER")  # a warning, and nothing is given
        cursor.execute("SELECT has_table_privilege('registries_ledgerentry', 'UPDATE, DELETE, TRUNCATE, TRIGGER')")
        assert cursor.fetchone() == (False,)


def test_the_program_works_with_what_it_has(as_program: None) -> None:
    from publicity import invariants as _public  # noqa: F401
    from registries.subjects.models import Subject

    before = record_count()
    record.daily_checkpoint(clock.today(), system_user().pk)
    with transaction.atomic():
        one = Subject.objects.select_for_update().get()
        one.save()
    call_command("check_invariants", verbosity=0)
    call_command("verify_ledger", verbosity=0)
    assert record_count() >= before


def record_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registries_ledgerentry")
        return int(cursor.fetchone()[0])
