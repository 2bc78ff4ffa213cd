"""The worker's side of messages: posting what is new, and the morning's mail."""

from celery import shared_task

from inspections.messages import commands, mailing, queries
from registries import clock
from registries.attempts.trying import tried
from registries.ledger.change import Refused
from registries.ledger.sweeping import each
from registries.people.queries import system_user


@tried("inspections.post_messages")
def post_for(user_id: int) -> None:
    """Tell one person what is new; nothing where nothing is."""
    now = clock.now()
    reader = queries.readers().get(pk=user_id)
    standing = queries.standing_notes(queries.tasks_of(reader, now), now.date())
    fresh = queries.news(reader, now)
    if queries.anything_new(reader, standing, fresh):
        commands.post_messages(actor=system_user(), user_id=user_id, standing=standing, news=fresh, now=now)


@shared_task(name="inspections.sweep_messages", acks_late=True)
def sweep_messages() -> None:
    """Tell everybody what is new; then the morning's mail. One person's failure does not stop the others."""
    each(post_for, queries.readers().values_list("pk", flat=True), Refused)
    mailing.send_digests()
