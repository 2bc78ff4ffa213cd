"""``manage.py database_roles``: what the program's database role may do. On the top floor, because the triggers of all floors tell it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from inspections.standing import TRIGGERS as INSPECTIONS
from publicity.standing import TRIGGERS as PUBLICITY
from registries import grants
from registries.standing import TRIGGERS as REGISTRIES


class Command(BaseCommand):
    """Printed for psql, or applied at once by the owner of the tables."""

    help = (
        "Print the SQL that gives the program's database role its rights on every table (PostgreSQL): no UPDATE and no DELETE on what is "
        "append-only. Run it as the owner of the database after every migration; --apply does it at once."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The role's name, and whether to do it."""
        parser.add_argument("--role", default="sunlot", help="the program's database role (sunlot)")
        parser.add_argument("--apply", action="store_true", help="run the statements instead of printing them")

    def handle(self, *args: Any, role: str, apply: bool, **options: Any) -> None:
        """Refused on SQLite, which has no roles."""
        if connection.vendor != "postgresql":
            raise CommandError("Database roles are PostgreSQL's; DATABASE_URL names another database.")
        statements = grants.statements(connection.introspection.table_names(), (*REGISTRIES, *INSPECTIONS, *PUBLICITY), role)
        if not apply:
            self.stdout.write(";\n".join(["BEGIN", *statements, "COMMIT;"]))
            return
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self.stdout.write(f"{role}: rights on {len(statements) - 4} tables.")
