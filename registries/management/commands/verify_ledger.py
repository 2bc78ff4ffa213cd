"""``manage.py verify_ledger``: recompute the whole ledger and say whether it holds."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registries.ledger.verifying import verify


class Command(BaseCommand):
    """Recompute every entry of the ledger from the first to the head."""

    help = (
        "Recompute the ledger: every hash of the chain, every payload, gaps, the columns that repeat a payload, the "
        "checkpoints. Says in a sentence whether it holds; exits 1 and names the first broken entry when it does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Machines read JSON."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print, exit."""
        found = verify()
        wrong = [what.text % what.values for what in found.wrong]
        if options["json"]:
            facts = {
                "holds": not wrong,
                "entries": found.entries,
                "head": found.head,
                "first_broken": found.broken.seq if found.broken else None,
                "without_payload": found.without_payload,
                "findings": wrong,
                "clock_went_back": [jump._asdict() for jump in found.jumps],
            }
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
        elif wrong:
            self.stdout.write("The ledger is broken: " + "\n".join(wrong))
        else:
            self.stdout.write(f"The ledger holds: {found.entries} entries, head {found.head or '-'}.")
            for jump in found.jumps:
                self.stdout.write(f"Note: {jump.what.text % jump.what.values}.")
        if wrong:
            sys.exit(1)
