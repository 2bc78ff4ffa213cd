"""The writers of alarms about sign-in and of break-glass accounts. The timers' actor raises and closes; auditors and security administrators note."""

import datetime as dt
from typing import NamedTuple

from django.contrib.auth.models import Group

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import Sentence, say
from registries.people import queries, rules, sessions
from registries.people.models import Alarm, BreakGlass, User
from registries.people.passwords import why_not_password


class Glass(NamedTuple):
    """Who uses a break-glass account, as what, for how many hours, and why."""

    username: str
    name: str
    role: str
    hours: int
    reason: str


def _alarm(kind: str, what: Sentence, now: dt.datetime) -> Alarm:
    return Alarm(kind=kind, sentence=[what.text, what.values], raised_at=now)


@command("registries.raise_alarm")
def raise_alarm(*, actor: User, failures: int, accounts: int, addresses: int) -> Change:
    """Many tries to sign in have failed within a quarter of an hour: ring, with the numbers. One alarm an hour."""
    text = say(
        "%(failures)s tries to sign in failed within a quarter of an hour, over %(accounts)s account names and %(addresses)s addresses.",
        failures=failures,
        accounts=accounts,
        addresses=addresses,
    )
    return created(_alarm(Alarm.Kind.TRIES, text, clock.now()))


@command("registries.note_alarm")
def note_alarm(*, actor: User, alarm_id: int, note: str) -> Change:
    """Say what was done about an alarm; it stops ringing for everybody."""
    alarm = Alarm.objects.select_for_update(no_key=True).get(pk=alarm_id)
    if alarm.noted_at is not None:
        refuse_now(say("This alarm was noted already."))
    if not note.strip():
        refuse_now(say("Say what was found or done."))
    return alter(alarm, noted_by=actor, noted_at=clock.now(), finding=note.strip()[:500])


@command("registries.break_glass")
def break_glass(*, actor: User, glass: Glass, password: str) -> Change:
    """Open a new administrator's account for some hours, from the server's console. It rings, and closes by itself."""
    taken = User.objects.filter(username=glass.username).exists()
    refuse(rules.why_not_break_glass(role=glass.role, hours=glass.hours, reason=glass.reason, taken=taken))
    now = clock.now()
    until = now + dt.timedelta(hours=glass.hours)
    user = User(
        username=glass.username, name=glass.name, must_change_password=True, created_at=now, password_set_at=now, open_until=until
    )
    refuse(why_not_password(password, user))
    user.set_password(password)
    user.save(force_insert=True)
    user.groups.set(Group.objects.filter(name=glass.role))
    text = say(
        "A break-glass account was opened at the server: %(account)s, until %(until)s. Why: %(reason)s",
        account=glass.username,
        until=f"{until:%Y-%m-%d %H:%M}",
        reason=glass.reason.strip(),
    )
    alarm = _alarm(Alarm.Kind.GLASS, text, now)
    alarm.save(force_insert=True)
    row = BreakGlass(user=user, role=glass.role, reason=glass.reason.strip()[:500], opened_at=now, until=until)
    change = created(row)
    return Change(row, {}, {**change.after, "username": glass.username}, also=(user, alarm))


@command("registries.close_glass")
def close_glass(*, actor: User, glass_id: int) -> Change:
    """Close a break-glass account: disabled, without roles, signed out. Its entry stays."""
    row = BreakGlass.objects.select_for_update(no_key=True).get(pk=glass_id)
    if row.closed_at is not None:
        refuse_now(say("This break-glass account is closed already."))
    user = User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.groups.clear()
    sessions.end(user, "disabled")
    change = alter(row, closed_at=clock.now())
    return Change(row, change.before, change.after, also=(user,))


def glass_to_close(now: dt.datetime) -> list[int]:
    """The break-glass accounts whose time is over."""
    return list(queries.open_glass().filter(until__lte=now).values_list("pk", flat=True))
