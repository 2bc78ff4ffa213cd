"""The commands of messages: posting, marking as read, how one wants to be told, and the secret address of a calendar."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.conf import settings

from inspections.messages.models import CalendarAddress, Message, Wishes
from inspections.messages.queries import STANDING, Note
from inspections.messages.rules import digest_of
from registries import clock
from registries.ledger.change import Change, alter, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("inspections.post_messages")
def post_messages(*, actor: User, user_id: int, standing: Sequence[Note], news: Sequence[Note], now: dt.datetime) -> Change:
    """Tell a person what is new, and settle what waits no more. A thing told of and still waiting is not told of again."""
    reader = User.objects.select_for_update(no_key=True).get(pk=user_id)
    told = set(Message.objects.filter(user=reader).exclude(kind__in=STANDING).values_list("key", flat=True))
    waits = Message.objects.filter(user=reader, kind__in=STANDING, closed_at=None)
    over = waits.exclude(key__in=[note.key for note in standing])
    settled = over.update(closed_at=now)
    told |= set(waits.values_list("key", flat=True))
    fresh = [note for note in (*standing, *news) if note.key not in told]
    if not fresh and not settled:
        refuse_now(say("There is nothing new to tell."))
    Message.objects.bulk_create(Message(user=reader, posted_at=now, **note._asdict()) for note in fresh)
    return Change(reader, {}, {"posted": len(fresh), "settled": settled})


@command("inspections.read_messages")
def read_messages(*, actor: User, message_id: int | None = None) -> Change:
    """Mark one message of one's own as read, or all of them."""
    rows = Message.objects.filter(user=actor, read_at=None)
    marked = (rows if message_id is None else rows.filter(pk=message_id)).update(read_at=clock.now())
    return Change(actor, {}, {"read": marked})


@command("inspections.choose_messages")
def choose_messages(*, actor: User, morning_mail: bool, language: str) -> Change:
    """How one wants to be told oneself: whether the morning's mail comes, and in which language mail and calendar are."""
    if language not in dict(settings.LANGUAGES):
        refuse_now(say("There is no such language."))
    wishes, _made = Wishes.objects.get_or_create(user=actor)
    return alter(wishes, morning_mail=morning_mail, language=language)


@command("inspections.renew_calendar")
def renew_calendar(*, actor: User) -> Change:
    """A new secret address of one's own calendar; the one before opens nothing from now on."""
    CalendarAddress.objects.select_for_update(no_key=True).filter(user=actor).delete()
    secret = secrets.token_urlsafe(32)
    CalendarAddress.objects.create(user=actor, secret=secret, digest=digest_of(secret), made_at=clock.now())
    return Change(actor, {}, {"calendar": True})


@command("inspections.revoke_calendar")
def revoke_calendar(*, actor: User) -> Change:
    """One's own calendar is read nowhere any more."""
    gone, _rows = CalendarAddress.objects.filter(user=actor).delete()
    if not gone:
        refuse_now(say("You have no calendar address."))
    return Change(actor, {"calendar": True}, {"calendar": False})
