"""The worker's side of open data: the sweep makes the files anew when something public changed, and every night."""

from celery import shared_task

from publicity.opendata import commands, queries
from publicity.opendata.writing import written
from registries import clock
from registries.attempts.trying import tried
from registries.people.queries import system_user


@shared_task(name="publicity.sweep_opendata", acks_late=True)
@tried("publicity.sweep_opendata")
def sweep_opendata() -> None:
    """Make all files outside any transaction, then keep them. What changes meanwhile is found by the next sweep."""
    if queries.is_due(clock.now()):
        mark = queries.mark()
        with written() as files:
            commands.keep_snapshot(actor=system_user(), mark=mark, files=files)
