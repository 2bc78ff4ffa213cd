"""The timer. Celery's own, which stands still when its schedule remembers a last run that lies in the future (trust.md §0.3)."""

import contextlib
import datetime as dt
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, close_old_connections

from registries import clock
from registries.heartbeats import beating

EVERY = dt.timedelta(seconds=30)
"""How often the timer says that it ticks."""


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Forgets last runs that a clock set back has left in the future, at the start and while it runs; and shows that it ticks."""

    _told: dt.datetime | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One round."""
        self.forget_the_future()
        self._show()
        delay: float = super().tick(*args, **kwargs)
        return delay

    def forget_the_future(self) -> int:
        """Entries whose last run lies ahead of the clock are due at once; returns how many there were."""
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = entry.default_now() - dt.timedelta(days=1)
        if ahead:
            self._heap = None  # its order was made by the clock that ran ahead
        return len(ahead)

    def _show(self) -> None:
        now = clock.now()
        if self._told is not None and dt.timedelta(0) <= now - self._told < EVERY:
            return
        self._told = now
        close_old_connections()
        with contextlib.suppress(DatabaseError):  # the timer ticks on without the database
            beating.beats(beating.BEAT, now)
