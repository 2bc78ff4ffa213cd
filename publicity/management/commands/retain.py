"""``manage.py retain``: lets go what has passed its time, for a daily systemd timer. It stands on the top floor, over all of them."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registries.ledger.change import Refused
from registries.people.queries import system_user
from registries.retention.commands import forget_due
from registries.retention.lines import LINES

AT_ONCE = 1000


class Command(BaseCommand):
    """Each portion is one entry of the ledger, with its line and number."""

    help = (
        "Let go what has passed its time by the table of retention (docs/security/data.md): sessions, old sign-ins, settled messages, "
        "objectors' contacts, files without a record, what entries say of reading. Protected rows never. --check only counts what is due."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Only counting can be asked for."""
        parser.add_argument("--check", action="store_true", help="change nothing; tell what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        """Line by line; what is refused is told and does not stop the others."""
        refused = False
        for line in LINES.values():
            if line.due is None or line.forget is None:
                continue
            due = line.due()
            self.stdout.write(f"{line.code}: {due} due")
            while due > 0 and not options["check"]:
                try:
                    forget_due(actor=system_user(), line=line.code, most=AT_ONCE)
                except Refused as why:
                    self.stderr.write(f"{line.code}: {why.reason}")
                    refused = True
                    break
                due = line.due()
        if refused:
            sys.exit(1)
