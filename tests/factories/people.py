"""Units, and accounts with roles."""

import functools
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from registries import clock
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests.factories.counting import following

PASSWORD = "correct horse battery staple"
"""The password of every account made here."""


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)


def unit(name: str = "", kind: str = Unit.Kind.BRIGADE, **columns: Any) -> Unit:
    """A brigade, unless ``kind`` says otherwise."""
    n = following()
    name = name or f"第{n}大队"
    columns = {"code": f"U{n:04}", "short_name": name[:20], "document_word": "治", **columns}
    return Unit.objects.create(name=name, kind=kind, **columns)


def some_unit() -> Unit:
    """Any brigade; the name ``unit`` is an argument of most factories."""
    return unit()


def user(*roles: Role, unit: Unit | None = None, **columns: Any) -> User:
    """An account with these roles; its password is :data:`PASSWORD`."""
    n = following()
    columns = {"username": f"user{n}", "name": f"用户{n}", "created_at": clock.now(), "password": _hashed(), **columns}
    account = User.objects.create(unit=unit, **columns)
    account.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    return account


def system() -> User:
    """The timers' actor, made after every migration."""
    return User.objects.get(username="system")
