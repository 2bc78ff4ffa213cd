"""When a process counts as silent. Pure."""

import datetime as dt

from registries.ledger.sentences import Sentence, say

SILENT_AFTER = dt.timedelta(minutes=10)
AHEAD = dt.timedelta(minutes=1)
"""A heartbeat further in the future than this was written by a clock that ran ahead: it says nothing."""


def is_silent(seen_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Never seen, not for ten minutes, or only by a clock that ran ahead."""
    return seen_at is None or not -AHEAD <= now - seen_at <= SILENT_AFTER


def told(worker: dt.datetime | None, beat: dt.datetime | None, now: dt.datetime) -> Sentence | None:
    """What everybody in the office is told while the worker is silent; None when it works.

    Tasks come from the timer, so where that is silent too, it is what stands still.
    """
    if not is_silent(worker, now):
        return None
    since = worker if worker is not None and worker <= now else None
    who = say("The timer") if is_silent(beat, now) else say("The worker")
    if since is None:
        return say("%(who)s is not running: draws, disclosures and mails wait. Tell whoever runs the server.", who=who)
    return say(
        "%(who)s has been silent since %(since)s: draws, disclosures and mails wait. Tell whoever runs the server.",
        who=who,
        since=f"{since:%Y-%m-%d %H:%M}",
    )
