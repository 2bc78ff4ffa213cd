"""What the program's own database role may do with each table (PostgreSQL): the rights that the triggers make superfluous are not given at all.

Two roles: the owner migrates, and alone could lift a trigger; the program may neither. A table whose rows are never changed is told by its
triggers (``triggers.append_only``), so this list cannot fall behind them.
"""

from collections.abc import Iterable

from registries.triggers import Trigger

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
ALWAYS = "1 = 1"
MADE_BY_MIGRATIONS = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
)
"""Read by the program, written while migrating alone: rights are in code, groups are the roles of ``people/roles.py``."""
WRITTEN_ONCE = frozenset({"django_admin_log"})


def rights(table: str, triggers: Iterable[Trigger]) -> tuple[str, ...]:
    """The rights on ``table``, in the order of `ALL`."""
    if table in MADE_BY_MIGRATIONS:
        return ("SELECT",)
    if table in WRITTEN_ONCE:
        return ("SELECT", "INSERT")
    refused = {one.event for one in triggers if one.table == table and one.condition == ALWAYS}
    return tuple(right for right in ALL if right not in refused)


def statements(tables: Iterable[str], triggers: Iterable[Trigger], role: str) -> list[str]:
    """SQL that gives ``role`` exactly these rights in the schema ``public``; run by the owner after every migration, as often as one likes."""
    known = tuple(triggers)
    name = '"' + role.replace('"', '""') + '"'
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}, PUBLIC",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}, PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f'GRANT {", ".join(rights(table, known))} ON "{table}" TO {name}' for table in sorted(tables)),
    ]
