"""Writing and reading heartbeats. No command: nothing of the business changes, and a process that is ill must not need the ledger."""

import datetime as dt

from django.core.cache import cache

from registries import clock
from registries.heartbeats import rules
from registries.heartbeats.models import Heartbeat
from registries.ledger.sentences import Sentence

WORKER, BEAT, SWEEP, BACKUP = "worker", "beat", "sweep", "backup"
KEPT_SECONDS = 30
_KEY = "heartbeats"


def beats(name: str, now: dt.datetime) -> None:
    """This process is at work now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": now})


def seen() -> dict[str, dt.datetime]:
    """Process → when it was last seen, in Beijing time. One small query, kept for half a minute."""
    found: dict[str, dt.datetime] | None = cache.get(_KEY)
    if found is None:
        rows = Heartbeat.objects.values_list("name", "seen_at")
        found = {name: at.astimezone(clock.BEIJING) for name, at in rows}
        cache.set(_KEY, found, KEPT_SECONDS)
    return found


def forget() -> None:
    """Ask the database anew the next time."""
    cache.delete(_KEY)


def silence(now: dt.datetime) -> Sentence | None:
    """What to say on every page of the office, or None."""
    found = seen()
    return rules.told(found.get(WORKER), found.get(BEAT), now)
