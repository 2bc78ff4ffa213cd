"""Taking an import back: what it added goes, what it changed becomes what it was — while nothing builds on it.

Reads and writes inside the command ``registries.undo_import`` only.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import ForeignObjectRel, Model

from registries.imports import matters
from registries.imports.directories import AT_ONCE
from registries.imports.registers import Context, Register
from registries.imports.states import RowClass
from registries.ledger.change import leaving, refuse_now
from registries.ledger.sentences import Sentence, say

if TYPE_CHECKING:
    from registries.imports.kinds import TableKind
    from registries.imports.models import ImportRow

MOST_NAMED = 3


class Undone(NamedTuple):
    """The rows that are again what they were, and those that are gone (table, key)."""

    restored: list[Model]
    gone: list[tuple[str, int]]


class Back(NamedTuple):
    """A row's columns as they were, in the shape in which a register writes them."""

    values: dict[str, Any]


def undo(kind: "TableKind", sheets: Mapping[str, Sequence["ImportRow"]], context: Context) -> Undone:
    """Undo the rows of a committed import, sheet after sheet from the last; refuses when anything builds on them."""
    if kind.code == "matters":
        return _undo_matters(sheets)
    done = Undone([], [])
    for register in reversed(kind.registers):
        rows = [row for row in sheets.get(register.layout.kind, ()) if row.row_class in (RowClass.ADDED, RowClass.CHANGED)]
        if rows:
            part = _undo_sheet(register, rows, context)
            done.restored.extend(part.restored)
            done.gone.extend(part.gone)
            context.directories.forget()
    return done


def _undo_sheet(register: Register, rows: Sequence["ImportRow"], context: Context) -> Undone:
    register.load_links(rows, context)
    keys = {row.pk: tuple(row.values["key"]) for row in rows}
    standing = register.standing(keys.values(), context, lock=True)
    changed_since = []
    for row in rows:
        stands = standing.get(keys[row.pk])
        same = stands is not None and all(stands.values[name] == value for name, value in row.values["set"].items())
        if not same or (row.row_class == RowClass.ADDED and stands is not None and getattr(stands.obj, "version", 1) > 1):
            changed_since.append(row)
    if changed_since:
        refuse_now(_changed_since(changed_since))
    added = [standing[keys[row.pk]].obj for row in rows if row.row_class == RowClass.ADDED]
    back = [(Back({"set": row.values["was"]}), standing[keys[row.pk]].obj) for row in rows if row.row_class == RowClass.CHANGED]
    return Undone(register.change(back, context), _remove(register.model, added))


def _undo_matters(sheets: Mapping[str, Sequence["ImportRow"]]) -> Undone:
    """The revision that the import made of each matter goes; so does a matter that came with it."""
    made: dict[str, int] = {}
    touched: set[str] = set()
    for rows in sheets.values():
        for row in rows:
            code = str(row.values["key"][0])
            made[code] = row.values["revision"] + 1
            if row.row_class != RowClass.SAME:
                touched.add(code)
    newest = {revision.matter.code: revision for revision in matters.newest_of(touched)}
    for code in sorted(touched):
        if code not in newest or newest[code].number != made[code]:
            refuse_now(say("The matter %(code)s was revised after this import. What came later would stand on nothing.", code=code))
    revisions = list(newest.values())
    gone = _remove(type(revisions[0]), revisions, own=("bases", "items", "materials", "outcomes")) if revisions else []
    first = [revision.matter for revision in revisions if revision.number == 1]
    return Undone([revision.matter for revision in revisions if revision.number > 1], gone + (_remove(type(first[0]), first) if first else []))


def _remove(model: type[Model], objects: Sequence[Model], own: Iterable[str] = ()) -> list[tuple[str, int]]:
    """Delete these rows, unless rows of other tables point to them; ``own`` are relations that belong to them."""
    pks = [obj.pk for obj in objects]
    built = builders(model, pks, own)
    if built:
        refuse_now(_built_upon(built))
    gone = list(leaving(objects))
    for at in range(0, len(pks), AT_ONCE):
        model._base_manager.filter(pk__in=pks[at : at + AT_ONCE]).delete()
    return gone


def builders(model: type[Model], pks: Sequence[int], own: Iterable[str] = ()) -> dict[str, int]:
    """What points to these rows: the name of each kind of thing → how many of them."""
    mine = {relation.remote_field.through for relation in model._meta.many_to_many}
    found: dict[str, int] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or (relation.get_accessor_name() or "") in own:
            continue
        other = relation.related_model
        if isinstance(other, str) or other in mine:
            continue
        count = sum(
            other._base_manager.filter(**{f"{relation.field.name}__in": pks[at : at + AT_ONCE]}).count() for at in range(0, len(pks), AT_ONCE)
        )
        if count:
            owner = next((field.related_model for field in other._meta.get_fields() if field.is_relation and field.related_model is not model), other)
            name = (owner if other._meta.auto_created and not isinstance(owner, str) and owner is not None else other)._meta.verbose_name
            found[str(name)] = found.get(str(name), 0) + count
    return found


def _changed_since(rows: Sequence["ImportRow"]) -> Sentence:
    named = "、".join(f"{row.number} {row.title}".strip() for row in rows[:MOST_NAMED])
    return say(
        "After this import, %(count)s of its rows were changed: row %(rows)s. Correct the registry by hand, or bring the old table again.",
        count=len(rows),
        rows=named,
    )


def _built_upon(built: Mapping[str, int]) -> Sentence:
    named = "、".join(f"{name} {count}" for name, count in built.items())
    return say("This import cannot be undone any more, since other things build on what it added: %(built)s.", built=named)
