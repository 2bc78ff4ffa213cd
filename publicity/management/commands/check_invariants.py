"""``manage.py check_invariants``: everything that must always hold, looked at now. It stands on the top floor, over all of them."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registries.ledger.findings import CHECKS, run_checks


class Command(BaseCommand):
    """Look at every invariant of every floor; each finding is a sentence that names the row."""

    help = (
        "Look whether everything that must always hold does: the ledger, protected rows against it, imports, draws (numbers, "
        "public facts, files, results computed again), open orders, cases, disclosures. Exits 1 when something does not; "
        "what is only late is a warning."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Machines read JSON."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print, exit."""
        findings = run_checks()
        wrong = [finding for finding in findings if not finding.warning]
        if options["json"]:
            listed = [{"check": f.check, "sentence": f.english, "warning": f.warning} for f in findings]
            self.stdout.write(json.dumps({"holds": not wrong, "checks": list(CHECKS), "findings": listed}, ensure_ascii=False))
        else:
            for finding in findings:
                self.stdout.write(f"{'warning' if finding.warning else 'WRONG'} [{finding.check}] {finding.english}")
            self.stdout.write(f"{len(CHECKS)} checks, {len(wrong)} findings, {len(findings) - len(wrong)} warnings.")
        if wrong:
            sys.exit(1)
