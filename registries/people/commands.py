"""The writers of accounts, roles and units. Passwords never stand in the ledger, only that one was set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.contrib.auth.models import Group

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people import passwords, queries, rules, sessions, throttle
from registries.people.models import PasswordReset, Unit, User
from registries.people.passwords import why_not_password
from registries.people.roles import Role
from registries.people.titles import TITLES, title, titles


def _new_account(*, username: str, name: str, unit_id: int | None, email: str, password: str) -> User:
    """Make an account that must choose its own password at the first sign-in."""
    if User.objects.filter(username=username).exists():
        refuse_now(say("The account %(username)s exists already.", username=username))
    user = User(
        username=username,
        name=name,
        unit_id=unit_id,
        email=email,
        must_change_password=True,
        created_at=clock.now(),
    )
    refuse(why_not_password(password, user))
    user.set_password(password)
    user.password_set_at = user.created_at
    user.save(force_insert=True)
    return user


@command("registries.create_account")
def create_account(*, actor: User, username: str, name: str, unit_id: int | None, email: str = "", password: str) -> Change:
    """Make an account without roles; ``password`` works once. Refuses a name that is taken and a weak password."""
    user = _new_account(username=username, name=name, unit_id=unit_id, email=email, password=password)
    return Change(user, {}, {"username": username, "name": name, "unit": unit_id, "email": email})


@command("registries.change_account")
def change_account(*, actor: User, user_id: int, name: str, unit_id: int | None, email: str = "") -> Change:
    """Change name, unit and address of an account. The account name stays."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    return alter(user, name=name, unit_id=unit_id, email=email)


@command("registries.disable_account")
def disable_account(*, actor: User, user_id: int) -> Change:
    """Shut an account: it cannot sign in and has no rights; its roles stay."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    if not user.is_active:
        refuse_now(say("This account is disabled already."))
    sessions.end(user, "disabled")
    return alter(user, is_active=False)


@command("registries.enable_account")
def enable_account(*, actor: User, user_id: int) -> Change:
    """Open a disabled account again."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    if user.is_active:
        refuse_now(say("This account is enabled already."))
    return alter(user, is_active=True)


@command("registries.reset_password")
def reset_password(*, actor: User, user_id: int, password: str) -> Change:
    """Give an account a one-time password; its open sessions end. For those who decide only once another administrator has confirmed it."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    now, guarded = clock.now(), rules.is_guarded(user.role_codes)
    asked = queries.open_resets().select_for_update(no_key=True).filter(user=user).first() if guarded else None
    refuse(rules.why_not_reset(guarded=guarded, asked=asked is not None, confirmed_at=asked.confirmed_at if asked else None, now=now))
    if asked is not None:
        asked.used_at = now
        asked.save(update_fields=["used_at"])
    sessions.end(user, "password")
    throttle.unlock(user.username)
    change = _set_password(user, password, must_change=True)
    return replace(change, also=(asked,)) if asked is not None else change


@command("registries.set_own_password")
def set_own_password(*, actor: User, old_password: str, new_password: str) -> Change:
    """Choose an own password. Refuses a wrong old one, one of the last five and a weak one."""
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if not user.check_password(old_password):
        refuse_now(say("The present password is not right."))
    if old_password == new_password:
        refuse_now(say("The new password is the present one. Choose another."))
    return _set_password(user, new_password, must_change=False)


def _set_password(user: User, password: str, *, must_change: bool) -> Change:
    refuse(why_not_password(password, user))
    if not must_change and not user.past_passwords.exists():
        passwords.remember(user)  # the first one, which somebody else made
    user.set_password(password)
    user.must_change_password = must_change
    user.password_set_at = clock.now()
    user.save(update_fields=["password", "must_change_password", "password_set_at"])
    passwords.remember(user)
    return Change(user, {}, {"password": True, "must_change_password": must_change})


@command("registries.ask_reset")
def ask_reset(*, actor: User, user_id: int) -> Change:
    """Ask for a new password of somebody who decides; the security administrator confirms it (for one of their own: the auditor)."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    now = clock.now()
    late = queries.open_resets().filter(user=user, confirmed_at__lt=now - rules.RESET_TERM).first()
    if late is not None:
        late.dropped_at = now
        late.save(update_fields=["dropped_at"])
    refuse(rules.why_not_ask_reset(guarded=rules.is_guarded(user.role_codes), waiting=queries.open_resets().filter(user=user).exists()))
    change = created(PasswordReset(user=user, asked_by=actor, asked_at=now))
    return replace(change, also=(late,)) if late is not None else change


def _open_reset(reset_id: int, actor: User) -> PasswordReset:
    """The reset asked for, which this administrator may decide on."""
    asked = queries.open_resets().select_for_update(no_key=True).filter(pk=reset_id).first()
    if asked is None:
        refuse_now(say("This was carried out or refused already."))
    refuse(
        rules.why_not_confirm_reset(
            own=asked.user_id == actor.pk,
            asked_by_self=asked.asked_by_id == actor.pk,
            confirmed=asked.confirmed_at is not None,
            right_kind=(Role.SECURITY_ADMIN in asked.user.role_codes) == (Role.AUDITOR in actor.role_codes),
        )
    )
    return asked


@command("registries.confirm_reset")
def confirm_reset(*, actor: User, reset_id: int) -> Change:
    """Confirm that an account gets a new password. Refuses the own account, one's own asking and administrators of the own kind."""
    return alter(_open_reset(reset_id, actor), confirmed_by=actor, confirmed_at=clock.now())


@command("registries.refuse_reset")
def refuse_reset(*, actor: User, reset_id: int) -> Change:
    """Refuse that an account gets a new password."""
    return alter(_open_reset(reset_id, actor), dropped_at=clock.now())


@command("registries.end_own_sessions")
def end_own_sessions(*, actor: User, keep: str, only: str | None = None) -> Change:
    """End the own sessions on other devices: all but ``keep``, or of those only one."""
    ended = sessions.end(actor, "elsewhere", keep=keep, only=only)
    if not ended:
        refuse_now(say("There is no other session of yours; it may have ended by itself."))
    return Change(actor, {}, {"sessions": ended})


def _personal(user: User) -> bool:
    return user.username not in queries.ACTORS


@command("registries.grant_role")
def grant_role(*, actor: User, user_id: int, role: str) -> Change:
    """Give an account a role. Refuses the own account, roles of no person and roles that exclude one it holds."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    refuse(
        rules.why_not_grant(
            role=role,
            held=user.role_codes,
            own=user.pk == actor.pk,
            enabled=user.is_active,
            title=_title(role),
            titles={r.value: str(t) for r, t in TITLES.items()},
            one_time=user.must_change_password,
        )
    )
    if role in rules.ADMINISTRATORS and user.has_usable_password():
        user.must_change_password = True  # their passwords are longer, and nobody knows how long this one is
        user.save(update_fields=["must_change_password"])
    return _hold(user, {*user.role_codes, role})


@command("registries.revoke_role")
def revoke_role(*, actor: User, user_id: int, role: str) -> Change:
    """Take a role from an account. Refuses the own account and a role it does not hold."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    refuse(rules.why_not_revoke(role=role, held=user.role_codes, own=user.pk == actor.pk, title=_title(role)))
    return _hold(user, user.role_codes - {role})


def _title(role: str) -> str:
    return title(role) if role in {r.value for r in Role} else role


def _hold(user: User, wanted: set[str] | frozenset[str]) -> Change:
    """Make the account hold exactly these roles."""
    before = user.role_codes
    user.groups.set(Group.objects.filter(name__in=wanted))
    sessions.renew(user)
    return Change(user, {"roles": titles(before)}, {"roles": titles(wanted)})


@command("registries.save_unit")
def save_unit(
    *,
    actor: User,
    unit_id: int | None = None,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    parent_id: int | None = None,
    document_word: str = "",
    phone: str = "",
    active: bool = True,
) -> Change:
    """Make a unit (``unit_id`` None) or change one. Refuses a code or name that is taken, and a unit under itself."""
    others = Unit.objects.all() if unit_id is None else Unit.objects.exclude(pk=unit_id)
    if others.filter(code=code).exists() or others.filter(name=name).exists():
        refuse_now(say("A unit with this code or name exists already."))
    if unit_id is not None and parent_id == unit_id:
        refuse_now(say("A unit does not belong to itself."))
    values: dict[str, Any] = {
        "code": code,
        "name": name,
        "short_name": short_name,
        "kind": kind,
        "parent_id": parent_id,
        "document_word": document_word,
        "phone": phone,
        "active": active,
    }
    if unit_id is None:
        return created(Unit(**values))
    return alter(Unit.objects.select_for_update(no_key=True).get(pk=unit_id), **values)


class Founder(NamedTuple):
    """One of the three first administrators."""

    username: str
    name: str
    password: str


@command("registries.found_office")
def found_office(*, actor: User, founders: Mapping[str, Founder]) -> Change:
    """Make the three administrators, once: role → account. Refuses when a system administrator exists."""
    refuse(rules.why_not_found(founded=queries.has_system_administrator(), roles=founders))
    made: dict[str, User] = {}
    for role, founder in founders.items():
        user = _new_account(username=founder.username, name=founder.name, unit_id=None, email="", password=founder.password)
        user.groups.set(Group.objects.filter(name=role))
        made[role] = user
    first = made[Role.SYSTEM_ADMIN.value]
    accounts = {role: user.username for role, user in made.items()}
    return Change(first, {}, {"founders": accounts}, also=tuple(user for user in made.values() if user is not first))
