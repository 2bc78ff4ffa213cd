"""When a self-check is due, and when its silence is an alarm. Pure."""

import datetime as dt

from registries.ledger.sentences import Sentence, say

AT_HOUR = 2
"""The hour of the night (Beijing) from which the day's run is due."""
SILENT_AFTER = dt.timedelta(hours=26)
GIVEN_UP_AFTER = dt.timedelta(minutes=15)
"""A run that began so long ago and did not finish has died."""
MOST_ATTEMPTS = 3


def is_due(last: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the night's run was not asked for yet. A last run in the future (the clock jumped back) does not count."""
    night = now.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    if now < night:
        night -= dt.timedelta(days=1)
    return last is None or not night <= last <= now


def why_not_ask(*, waiting: bool) -> Sentence | None:
    """One at a time is enough."""
    return say("A self-check is on its way already. Wait for its outcome.") if waiting else None


def why_not_keep(*, finished: bool) -> Sentence | None:
    """An outcome stands."""
    return say("This self-check is finished; its outcome stands.") if finished else None


def alarm(
    *, finished: dt.datetime | None, wrong: int, first_entry: dt.datetime | None, now: dt.datetime
) -> Sentence | None:
    """What auditors and supervisors must hear: the last run found something, or none has finished for 26 hours.

    ``first_entry``: when the ledger began; an office younger than that is not late yet.
    """
    if finished is not None and wrong:
        return say("The last self-check has %(count)s findings.", count=wrong)
    since = finished or first_entry
    if since is not None and not dt.timedelta(0) <= now - since <= SILENT_AFTER:
        return say("No self-check has finished for more than %(hours)s hours.", hours=int(SILENT_AFTER.total_seconds() // 3600))
    return None
