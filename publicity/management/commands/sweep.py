"""``manage.py sweep``: one pass of every sweep, for a systemd timer beside beat. It stands on the top floor, over all of them."""

import logging
import sys
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand

from registries import clock
from registries.heartbeats import beating

log = logging.getLogger("sunlot.sweep")
OF_THE_WORKER = "registries.sweep_heartbeat"
"""Shows that the worker works; done here it would say so falsely."""


class Command(BaseCommand):
    """Needs no queue: what is due is asked of the database, and done in this process."""

    help = (
        "Do once whatever is due: open imports, draws, cases, documents, disclosures, messages, checkpoints, self-checks. "
        "May run beside beat and the worker and as often as one likes; each thing is done once. Exits 1 when a sweep failed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Every sweep of the schedule; one that fails does not stop the others."""
        current_app.loader.import_default_modules()
        names = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] != OF_THE_WORKER]
        failed = [name for name in names if not self._swept(name)]
        beating.beats(beating.SWEEP, clock.now())
        self.stdout.write(f"{len(names)} sweeps, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}.")
        if failed:
            sys.exit(1)

    def _swept(self, name: str) -> bool:
        try:
            current_app.tasks[name]()
        except Exception:
            log.exception("%s failed; the other sweeps go on", name)
            return False
        return True
