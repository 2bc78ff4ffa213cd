"""Who may hold which role, and who may change which account. Pure."""

import datetime as dt
from collections.abc import Iterable

from registries.ledger.sentences import Sentence, say
from registries.people.roles import Role, excluded_by

PERSONAL: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC))
"""The roles a person may hold; the other two belong to the timers and to visitors."""


ADMINISTRATORS = frozenset((Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR))
"""The three who exclude each other."""

GUARDED = ADMINISTRATORS | {Role.SUPERVISOR, Role.REVIEWER}
"""Who decides or keeps order: two people give such an account a new password."""

RESET_TERM = dt.timedelta(hours=24)
"""So long a confirmed reset may be carried out."""

UNUSED_AFTER = dt.timedelta(days=90)

LONGEST_GLASS = 8
"""Hours for which a break-glass account is open at most."""

ALARM_EVERY = dt.timedelta(hours=1)

ENDED: dict[str, Sentence] = {
    "idle": say("You were away for a while, so your session has ended. Sign in again to go on."),
    "over": say("A session lasts eight hours at most. Sign in again to go on."),
    "newer": say("Somebody has signed in with your account on another device, which ended this session: supervisors have one at a time. If it was not you, tell the security administrator."),
    "elsewhere": say("You ended this session from another device."),
    "password": say("The password of this account was changed, so this session has ended. Sign in with the new one."),
    "factor": say("The second factor of this account was set up anew, changed or cleared, so this session has ended. Sign in again."),
    "disabled": say("This account was disabled. Ask the system administrator of the bureau."),
}
"""Why a session is over → what its person is told on the sign-in page."""


def why_over(*, ended: str, began: dt.datetime, seen: dt.datetime, now: dt.datetime, idle: dt.timedelta, most: dt.timedelta) -> str:
    """The word why a session is over, or "". A moment further in the future than a clock may jump counts as over too."""
    if ended:
        return ended
    if not -idle <= now - began < most:
        return "over"
    return "" if -idle <= now - seen < idle else "idle"


def is_guarded(roles: Iterable[str]) -> bool:
    """Whether a new password for somebody with these roles takes two people."""
    return not GUARDED.isdisjoint(set(roles))


def is_unused(*, last: dt.datetime | None, created: dt.datetime, now: dt.datetime) -> bool:
    """Whether nobody has signed in with an account for 90 days."""
    return now - (last or created) > UNUSED_AFTER


def why_not_ask_reset(*, guarded: bool, waiting: bool) -> Sentence | None:
    """Why no confirmation is asked for."""
    if not guarded:
        return say("This account needs nobody's confirmation: set the one-time password at once.")
    if waiting:
        return say("A new password for this account is asked for already.")
    return None


def why_not_confirm_reset(*, own: bool, asked_by_self: bool, confirmed: bool, right_kind: bool) -> Sentence | None:
    """Why this person may not confirm that an account gets a new password."""
    if own:
        return say("Nobody confirms a new password for their own account.")
    if asked_by_self:
        return say("You asked for it yourself. Another administrator confirms it.")
    if not right_kind:
        return say("A new password of a security administrator is confirmed by an auditor, everybody else's by a security administrator.")
    if confirmed:
        return say("This was confirmed already.")
    return None


def why_not_reset(*, guarded: bool, asked: bool, confirmed_at: dt.datetime | None, now: dt.datetime) -> Sentence | None:
    """Why no one-time password is set yet."""
    if not guarded:
        return None
    if asked and confirmed_at is None:
        return say("Another administrator confirms it first.")
    if confirmed_at is None:
        return say("Two people give this account a new password: ask for it here, and the security administrator confirms it.")
    if not dt.timedelta(0) <= now - confirmed_at <= RESET_TERM:
        return say("The confirmation is older than a day. Ask again.")
    return None


def why_not_break_glass(*, role: str, hours: int, reason: str, taken: bool) -> Sentence | None:
    """Why no break-glass account is opened."""
    if role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return say("A break-glass account is a system administrator or a security administrator, nothing else.")
    if not 1 <= hours <= LONGEST_GLASS:
        return say("A break-glass account is open for one to %(most)s hours.", most=LONGEST_GLASS)
    if len(reason.strip()) < 10:
        return say("Say why in a sentence; it stands in the ledger.")
    if taken:
        return say("This account name is taken. A break-glass account is a new one, named after whoever uses it.")
    return None


def is_alarming(*, failures: int, most: int, last: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether so many failed tries of the last quarter of an hour are an alarm, unless one was raised within the hour."""
    return failures >= most > 0 and (last is None or not dt.timedelta(0) <= now - last < ALARM_EVERY)


def why_not_grant(
    *, role: str, held: Iterable[str], own: bool, enabled: bool, title: str, titles: dict[str, str], one_time: bool = False
) -> Sentence | None:
    """Why this account may not be given ``role``. ``titles`` names roles for people; ``one_time``: somebody else knows its password."""
    held = set(held)
    if own:
        return say("Nobody grants a role to themselves. Ask the other security administrator.")
    if role not in {r.value for r in PERSONAL}:
        return say("This role belongs to no person.")
    if not enabled:
        return say("This account is disabled. It is enabled before it gets a role.")
    if role in held:
        return say("This account holds the role %(role)s already.", role=title)
    clash = sorted({r.value for r in excluded_by(Role(role))} & held)
    if clash:
        return say(
            "The roles %(role)s and %(other)s exclude each other. Revoke the other one first, or choose another account.",
            role=title,
            other=titles[clash[0]],
        )
    if one_time and role in GUARDED:
        return say("This account has a one-time password, which somebody else knows too. Its person signs in and chooses an own one first.")
    return None


def why_not_revoke(*, role: str, held: Iterable[str], own: bool, title: str) -> Sentence | None:
    """Why ``role`` may not be taken from this account."""
    if own:
        return say("Nobody revokes a role of their own. Ask the other security administrator.")
    if role not in set(held):
        return say("This account does not hold the role %(role)s.", role=title)
    return None


def why_not_change_account(*, own: bool, personal: bool) -> Sentence | None:
    """Why an administrator may not disable, enable or reset this account."""
    if not personal:
        return say("The actors of the timers and of visitors are no accounts of persons.")
    if own:
        return say("Nobody does this to their own account. Ask another system administrator.")
    return None


def why_not_found(*, founded: bool, roles: Iterable[str]) -> Sentence | None:
    """The office is founded once, with its three administrators, each another account."""
    if founded:
        return say("The office was founded already: there is a system administrator.")
    if set(roles) != {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}:
        return say("The office is founded with a system administrator, a security administrator and an auditor.")
    return None
