"""How the roles are called on pages (the table of rights in ``roles.py`` knows no languages)."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registries.people.roles import Role

TITLES: dict[Role, Promise] = {
    Role.CLERK: _("clerk"),
    Role.INSPECTOR: _("inspector"),
    Role.REVIEWER: _("legal reviewer"),
    Role.SUPERVISOR: _("supervisor"),
    Role.AUDITOR: _("auditor"),
    Role.SYSTEM_ADMIN: _("system administrator"),
    Role.SECURITY_ADMIN: _("security administrator"),
    Role.PARTNER: _("partner department"),
    Role.SYSTEM: _("system"),
    Role.PUBLIC: _("public"),
}


def title(code: str) -> str:
    """The title of a role code (a group's name)."""
    return str(TITLES[Role(code)])


def titles(codes: Iterable[str]) -> list[str]:
    """Titles in the order of the roles table."""
    held = set(codes)
    return [str(text) for role, text in TITLES.items() if role.value in held]
