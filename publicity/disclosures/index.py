"""What the database keeps by itself beside the disclosures: the index that searches read, and the mark that changes with them.

SQLite: an FTS5 table over ``Disclosure.terms`` and triggers that feed it. PostgreSQL: a GIN index over the same terms. Both are derived:
``rebuild`` makes them anew. The mark is one number, raised in the same transaction as any row of :data:`TABLES`, so that whoever
kept a page knows with one small read whether it still stands; nobody who writes can forget it.
"""

from typing import Any

from django.db import connections

DISCLOSURES = "publicity_disclosure"
TABLES = (DISCLOSURES, "publicity_disclosureversion", "publicity_removal", "publicity_hold", "publicity_statement", "publicity_penaltydisclosure")
"""Whatever results, their lists and their statistics are made of."""
EVENTS = ("INSERT", "UPDATE", "DELETE")
SHOWN = "removed_at IS NULL"

_FTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS publicity_terms USING fts5("
    f"terms, content='{DISCLOSURES}', content_rowid='id', detail=none, columnsize=0, tokenize=\"ascii tokenchars '=_'\")"
)
_OUT = "INSERT INTO publicity_terms(publicity_terms, rowid, terms) SELECT 'delete', OLD.id, OLD.terms WHERE OLD.removed_at IS NULL"
_IN = "INSERT INTO publicity_terms(rowid, terms) SELECT NEW.id, NEW.terms WHERE NEW.removed_at IS NULL"
_FED = {"INSERT": (_IN,), "UPDATE": (_OUT, _IN), "DELETE": (_OUT,)}
_REBUILT = (
    "INSERT INTO publicity_terms(publicity_terms) VALUES ('delete-all')",
    "INSERT INTO publicity_terms(rowid, terms) SELECT id, terms FROM publicity_disclosure WHERE removed_at IS NULL",
)
_MARK = (
    "CREATE TABLE IF NOT EXISTS publicity_mark (one integer PRIMARY KEY, number bigint NOT NULL)",
    "INSERT INTO publicity_mark SELECT 1, 1 WHERE NOT EXISTS (SELECT 1 FROM publicity_mark)",
)
_RAISE = "UPDATE publicity_mark SET number = number + 1"


def _sqlite(tables: list[str]) -> list[str]:
    made = [_FTS, *_MARK]
    for event, fed in _FED.items():
        made.append(
            f'CREATE TRIGGER IF NOT EXISTS "publicity_terms_{event.lower()}" AFTER {event} ON {DISCLOSURES} BEGIN {"; ".join(fed)}; END'
        )
    made += [
        f'CREATE TRIGGER IF NOT EXISTS "{table}_mark_{event.lower()}" AFTER {event} ON {table} BEGIN {_RAISE}; END'
        for table in tables
        for event in EVENTS
    ]
    return made


def _postgresql(tables: list[str]) -> list[str]:
    made = [
        *_MARK,
        f"CREATE INDEX IF NOT EXISTS publicity_terms ON {DISCLOSURES} USING gin (string_to_array(terms, ' ')) WHERE {SHOWN}",
        "CREATE OR REPLACE FUNCTION publicity_mark_raised() RETURNS trigger LANGUAGE plpgsql AS $body$ "
        f"BEGIN {_RAISE}; RETURN NULL; END $body$",
    ]
    for table in tables:
        made += [
            f'DROP TRIGGER IF EXISTS "{table}_mark" ON {table}',
            f'CREATE TRIGGER "{table}_mark" AFTER INSERT OR UPDATE OR DELETE ON {table} '
            "FOR EACH STATEMENT EXECUTE FUNCTION publicity_mark_raised()",
        ]
    return made


def set_up(using: str) -> bool:
    """Make index, mark and triggers where they are missing; called after every migration, which lifts the triggers.

    False where the database is migrated to a state that has no terms yet.
    """
    connection = connections[using]
    there = connection.introspection.table_names()
    tables = [table for table in TABLES if table in there]
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if DISCLOSURES not in tables or "terms" not in {
            column.name for column in connection.introspection.get_table_description(cursor, DISCLOSURES)
        }:
            return False
        fed = not sqlite or _stands(cursor, "publicity_terms_insert")
        for statement in _sqlite(tables) if sqlite else _postgresql(tables):
            cursor.execute(statement)
        if not fed:
            rebuild(using)
        cursor.execute(_RAISE)
    return True


def rebuild(using: str = "default") -> None:
    """Make the index of SQLite anew from the terms of the rows; PostgreSQL's is never apart from them."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in _REBUILT:
                cursor.execute(statement)


def _stands(cursor: Any, trigger: str) -> bool:
    cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = %s", [trigger])
    return cursor.fetchone() is not None


def mark(using: str = "default") -> int:
    """The number that changes whenever anything of the disclosures does."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT number FROM publicity_mark")
        return int(cursor.fetchone()[0])
