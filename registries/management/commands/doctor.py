"""``manage.py doctor``: the operations page on the console, for when no page opens."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from registries import clock
from registries.ledger.change import translated
from registries.operations import probing
from registries.operations.rules import Light


class Command(BaseCommand):
    """Looks; changes nothing."""

    help = "Say of every item of the server's condition how it is and what to do about it. Exits 1 when one is red."
    requires_system_checks: list[str] = []  # it must speak when nothing else does

    def handle(self, *args: Any, **options: Any) -> None:
        """The worst first."""
        all_ = sorted(probing.found(clock.now()), key=lambda one: -one.reading.light)
        for one in all_:
            seen = f" (seen {one.reading.seen_at:%Y-%m-%d %H:%M})" if one.reading.seen_at else ""
            self.stdout.write(f"{one.reading.light.name:5} {one.item.name}: {translated(one.reading.what)}{seen}")
            if one.reading.todo:
                self.stdout.write(f"      {translated(one.reading.todo)} docs/operations.md, “{one.item.section}”")
        if probing.worst(all_) == Light.RED:
            sys.exit(1)
