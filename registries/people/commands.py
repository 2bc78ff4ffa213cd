"""The writers of accounts, roles and units. Passwords never stand in the ledger, only that one was set."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import Group

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people import queries, rules
from registries.people.models import Unit, User
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
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    return alter(user, name=name, unit_id=unit_id, email=email)


@command("registries.disable_account")
def disable_account(*, actor: User, user_id: int) -> Change:
    """Shut an account: it cannot sign in and has no rights; its roles stay."""
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    if not user.is_active:
        refuse_now(say("This account is disabled already."))
    return alter(user, is_active=False)


@command("registries.enable_account")
def enable_account(*, actor: User, user_id: int) -> Change:
    """Open a disabled account again."""
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    if user.is_active:
        refuse_now(say("This account is enabled already."))
    return alter(user, is_active=True)


@command("registries.reset_password")
def reset_password(*, actor: User, user_id: int, password: str) -> Change:
    """Give an account a one-time password; its open sessions end."""
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=user.pk == actor.pk, personal=_personal(user)))
    return _set_password(user, password, must_change=True)


@command("registries.set_own_password")
def set_own_password(*, actor: User, old_password: str, new_password: str) -> Change:
    """Choose an own password. Refuses a wrong old one, the same one again and a weak one."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    if not user.check_password(old_password):
        refuse_now(say("The present password is not right."))
    if old_password == new_password:
        refuse_now(say("The new password is the present one. Choose another."))
    return _set_password(user, new_password, must_change=False)


def _set_password(user: User, password: str, *, must_change: bool) -> Change:
    refuse(why_not_password(password, user))
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    return Change(user, {}, {"password": True, "must_change_password": must_change})


def _personal(user: User) -> bool:
    return user.username not in queries.ACTORS


@command("registries.grant_role")
def grant_role(*, actor: User, user_id: int, role: str) -> Change:
    """Give an account a role. Refuses the own account, roles of no person and roles that exclude one it holds."""
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    refuse(
        rules.why_not_grant(
            role=role,
            held=user.role_codes,
            own=user.pk == actor.pk,
            enabled=user.is_active,
            title=_title(role),
            titles={r.value: str(t) for r, t in TITLES.items()},
        )
    )
    return _hold(user, {*user.role_codes, role})


@command("registries.revoke_role")
def revoke_role(*, actor: User, user_id: int, role: str) -> Change:
    """Take a role from an account. Refuses the own account and a role it does not hold."""
    user = User.objects.select_for_update().get(pk=user_id)
    refuse(rules.why_not_change_account(own=False, personal=_personal(user)))
    refuse(rules.why_not_revoke(role=role, held=user.role_codes, own=user.pk == actor.pk, title=_title(role)))
    return _hold(user, user.role_codes - {role})


def _title(role: str) -> str:
    return title(role) if role in {r.value for r in Role} else role


def _hold(user: User, wanted: set[str] | frozenset[str]) -> Change:
    """Make the account hold exactly these roles."""
    before = user.role_codes
    user.groups.set(Group.objects.filter(name__in=wanted))
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
    return alter(Unit.objects.select_for_update().get(pk=unit_id), **values)


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
