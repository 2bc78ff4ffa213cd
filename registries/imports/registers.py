"""How one sheet meets one registry: which rows are new, changed, the same or refused, and how they are written.

A register is a layout whose columns are named like the model's; what is particular to one registry stands in
``registries/imports/particular.py``, matters in ``matters.py``. Checking reads only; writing runs inside the command.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from django.db import models
from django.utils.translation import gettext as _

from registries.imports.directories import AT_ONCE, Directories, Named, chunks
from registries.imports.drafts import Draft, Plain, plain, refuse_doubles, shown
from registries.imports.states import RowClass
from registries.ledger.change import refuse_now
from registries.ledger.sentences import say
from registries.spreadsheets.columns import Layout

if TYPE_CHECKING:
    from registries.imports.models import ImportRow
    from registries.people.models import User

CODE_OF = {"subject": "key", "inspector": "number"}
"""The column that a directory's codes stand in, where it is not ``code``."""


@dataclass
class Context:
    """For whom and when a file is checked: the units whose rows the person keeps (None: all), the day, what was read,
    and the sheets that were judged before this one (layout → rows)."""

    units: frozenset[int] | None
    today: dt.date
    directories: Directories = field(default_factory=Directories)
    earlier: dict[str, Sequence[Draft]] = field(default_factory=dict)


class HasValues(Protocol):
    """Whatever says which columns are written: a row of an import, or one taken back."""

    @property
    def values(self) -> Any:
        """``set`` holds the columns."""


class Standing(NamedTuple):
    """A row of the registry as it stands: the object and its columns in plain form."""

    obj: models.Model
    values: dict[str, Plain]


@dataclass(frozen=True)
class Register:
    """One sheet and its registry.

    ``links`` says which columns name rows of which directory; ``exclusive`` are columns that only one row may hold
    besides the key; ``kept_by`` is the column that says whose row it is; ``span`` are a first and a last day; ``past``
    are days that cannot lie in the future; ``fixed`` columns never change; ``recorded`` rows say who brought them;
    ``find_by`` is the part of the key by which rows are looked up, the first unless said otherwise; ``derived`` are
    columns that :meth:`derive` sets whenever a row is written.
    """

    layout: Layout
    model: type[models.Model]
    links: Mapping[str, str] = field(default_factory=dict)
    title: str = "name"
    exclusive: tuple[tuple[str, ...], ...] = ()
    kept_by: str = ""
    span: tuple[str, str] | None = None
    past: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    recorded: bool = False
    find_by: str = ""
    derived: tuple[str, ...] = ()

    # --- checking -----------------------------------------------------------------------------------------------------

    def judge(self, drafts: Sequence[Draft], context: Context) -> None:
        """Decide every row: resolve what it names, find what stands, compare, and say why not."""
        self.resolve(drafts, context)
        self.complete(drafts, context)
        for one in drafts:
            one.key = self.key_of(one.values)
            one.title = self.title_of(one, context)
        refuse_doubles(drafts, (self.layout.key, *self.exclusive))
        self._refuse_taken(drafts)
        standing = self.standing([one.key for one in drafts if one.key is not None], context)
        for one in drafts:
            stands = standing.get(one.key) if one.key is not None else None
            self.rule(one, stands, context)
            self._compare(one, stands, context)

    def resolve(self, drafts: Sequence[Draft], context: Context) -> None:
        """Put codes in place of what people wrote for rows of other tables."""
        for column, name in self.links.items():
            context.directories.load(name, self.mentions(column, drafts))
            self.announce(name, drafts, context)
            directory = context.directories[name]
            known: dict[str, Named | None] = {}
            for one in drafts:
                if column not in one.values:
                    continue
                value = one.values[column]
                found = []
                for text in _texts(value):
                    row = known[text] if text in known else known.setdefault(text, directory.find(text))
                    if row is None:
                        one.refuse(column, _("“%(text)s” is not known here.") % {"text": text}, directory.remedy(text), text)
                    else:
                        found.append(row.code)
                if len(found) < len(_texts(value)):
                    del one.values[column]
                else:
                    one.values[column] = sorted(set(found)) if isinstance(value, list) else found[0]

    def mentions(self, column: str, drafts: Sequence[Draft]) -> list[str]:
        """What the file writes in a column that names rows of another table."""
        return [text for one in drafts for text in _texts(one.values.get(column))]

    def announce(self, name: str, drafts: Sequence[Draft], context: Context) -> None:
        """Add to a directory the rows that this file itself brings. None, unless a register says so."""

    def complete(self, drafts: Sequence[Draft], context: Context) -> None:
        """Fill what follows from other columns. Nothing, unless a register says so."""

    def key_of(self, values: Mapping[str, Any]) -> tuple[Plain, ...] | None:
        """What the row is known by, or None while a part is missing."""
        key = tuple(values.get(name) for name in self.layout.key)
        return None if None in key else key

    def title_of(self, one: Draft, context: Context) -> str:
        """What people call the row."""
        value = one.values.get(self.title)
        link = self.links.get(self.title)
        if link and isinstance(value, str):
            return context.directories[link].label(value)
        return str(value or "")

    def rule(self, one: Draft, stands: Standing | None, context: Context) -> None:
        """Refuse what no registry may hold: another unit's row, an end before its beginning, a day to come."""
        self._rule_kept(one, stands, context)
        if self.span is not None:
            first, last = (one.values.get(name, stands.values.get(name) if stands else None) for name in self.span)
            if first and last and str(last) < str(first):
                one.refuse(
                    self.span[1], _("The last day lies before the first (%(first)s).") % {"first": first}, _("Correct one of the two days."), last
                )
        for name in self.past:
            day = one.values.get(name)
            if day and str(day) > context.today.isoformat():
                one.refuse(name, _("“%(day)s” lies in the future.") % {"day": day}, _("Correct the date."), day)
        for name in self.fixed:
            if stands and name in one.values and one.values[name] != stands.values[name]:
                label = context.directories[self.links[name]].label(str(stands.values[name])) if name in self.links else stands.values[name]
                one.refuse(
                    name,
                    _("In the registry this belongs to “%(label)s”.") % {"label": label},
                    _("Compare the numbers; what belongs to another is not moved by a file."),
                    one.values[name],
                )

    def _rule_kept(self, one: Draft, stands: Standing | None, context: Context) -> None:
        if not self.kept_by or context.units is None:
            return
        directory = context.directories[self.links[self.kept_by]]
        for value in (one.values.get(self.kept_by), stands.values[self.kept_by] if stands else None):
            row = directory.get(str(value)) if value else None
            if row is not None and row.unit_id not in context.units:
                unit = context.directories["unit"]
                one.refuse(
                    self.kept_by,
                    _("This row is kept by “%(unit)s”, which is not your unit.") % {"unit": unit.label(unit.code(row.unit_id))},
                    _("Leave the row to a clerk of that unit or of the bureau."),
                    value,
                )
                return

    def _refuse_taken(self, drafts: Sequence[Draft]) -> None:
        """Refuse what another row of the registry holds already."""
        for names in self.exclusive:
            wanted = sorted({str(one.values[names[-1]]) for one in drafts if names[-1] in one.values})
            holders: dict[tuple[str, ...], tuple[Plain, ...]] = {}
            for part in chunks(wanted):
                lookup = "whole_of" if hasattr(self.model._meta.get_field(names[-1]), "tokens") else "in"
                rows = self.model._default_manager.filter(**{f"{names[-1]}__{lookup}": part})
                for values in rows.values_list(*names, *self.layout.key):
                    holders[tuple(map(str, values[: len(names)]))] = tuple(values[len(names) :])
            for one in drafts:
                holder = holders.get(tuple(str(one.values.get(name)) for name in names))
                if holder is not None and one.key is not None and holder != one.key:
                    one.refuse(
                        names[-1],
                        _("“%(value)s” already belongs to %(holder)s.") % {"value": one.values[names[-1]], "holder": holder[-1]},
                        _("Compare both; one of the two is wrong."),
                        one.values[names[-1]],
                    )

    def _compare(self, one: Draft, stands: Standing | None, context: Context) -> None:
        if one.refused:
            return
        before = stands.values if stands else {}
        one.set = {name: value for name, value in one.values.items() if stands is None or before[name] != value}
        one.was = {name: before[name] for name in one.set} if stands else {}
        one.effect = RowClass.ADDED if stands is None else RowClass.CHANGED if one.set else RowClass.SAME
        if stands is not None:
            for name, value in one.set.items():
                one.changes[name] = [self.text_of(name, one.was[name], context), self.text_of(name, value, context)]

    def text_of(self, name: str, value: Plain, context: Context) -> str:
        """A column's value as people read it."""
        column = self.layout.column(name)
        if name not in self.links:
            return shown(column, value)
        directory = context.directories[self.links[name]]
        return shown(column, value, {code: directory.label(code) for code in _texts(value)})

    # --- what stands --------------------------------------------------------------------------------------------------

    def standing(
        self, keys: Iterable[tuple[Plain, ...]], context: Context, *, lock: bool = False
    ) -> dict[tuple[Plain, ...], Standing]:
        """The rows of the registry that have one of these keys; locked, in the order of their keys, before writing."""
        wanted = set(keys)
        name = self.find_by or self.layout.key[0]
        at = self.layout.key.index(name)
        path = f"{name}__{CODE_OF.get(self.links[name], 'code')}" if name in self.links else name
        found: dict[tuple[Plain, ...], Standing] = {}
        for part in chunks(sorted({str(key[at]) for key in wanted})):
            asked = self.model._default_manager.filter(**{f"{path}__in": part}).order_by(path, "pk")
            rows = list(asked.select_for_update(of=("self",), no_key=True) if lock else asked)
            many = self._many([row.pk for row in rows], context)
            for row in rows:
                values = self.snapshot(row, many.get(row.pk, {}), context)
                key = self.key_of(values)
                if key in wanted and key is not None:
                    found[key] = Standing(row, values)
        return found

    def snapshots(self, rows: Sequence[models.Model], context: Context) -> list[dict[str, Plain]]:
        """The columns of these rows in plain form."""
        many = self._many([row.pk for row in rows], context)
        return [self.snapshot(row, many.get(row.pk, {}), context) for row in rows]

    def snapshot(self, row: models.Model, many: Mapping[str, list[str]], context: Context) -> dict[str, Plain]:
        """The columns of a row in plain form."""
        values: dict[str, Plain] = {}
        for column in self.layout.columns:
            name = column.name
            if name in self.many:
                values[name] = sorted(many.get(name, ()))
            elif name in self.links:
                values[name] = context.directories[self.links[name]].code(getattr(row, f"{name}_id"))
            else:
                values[name] = plain(getattr(row, name))
        return values

    @cached_property
    def many(self) -> frozenset[str]:
        """The columns that name several rows of another table."""
        columns = {column.name for column in self.layout.columns}
        return frozenset(name for name in self.links if name in columns and self.model._meta.get_field(name).many_to_many)

    def _many(self, pks: Sequence[int], context: Context) -> dict[int, dict[str, list[str]]]:
        found: dict[int, dict[str, list[str]]] = {}
        for name in sorted(self.many):
            directory = context.directories[self.links[name]]
            manager, source, target = self._through(name)
            for at in range(0, len(pks), AT_ONCE):
                for mine, theirs in manager.filter(**{f"{source}__in": pks[at : at + AT_ONCE]}).values_list(source, target):
                    found.setdefault(mine, {}).setdefault(name, []).append(directory.code(theirs))
        return found

    def _through(self, name: str) -> tuple[models.Manager[models.Model], str, str]:
        relation = cast("models.ManyToManyField[Any, Any]", self.model._meta.get_field(name))
        manager = cast("type[models.Model]", relation.remote_field.through)._default_manager
        return manager, f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"

    # --- writing ------------------------------------------------------------------------------------------------------

    def take(self, rows: Sequence["ImportRow"], context: Context, actor: "User") -> list[models.Model]:
        """Write checked rows (added and changed ones), or refuse when the registry is no longer as it was checked.

        Returns what was written, for the ledger.
        """
        if not rows:
            return []
        self.load_links(rows, context)
        keys = {row.pk: tuple(row.values["key"]) for row in rows}
        standing = self.standing(keys.values(), context, lock=True)
        refuse_stale(rows, {row.pk: standing.get(keys[row.pk]) for row in rows})
        new = [row for row in rows if row.row_class == RowClass.ADDED]
        changed = [(row, standing[keys[row.pk]].obj) for row in rows if row.row_class == RowClass.CHANGED]
        return self._add(new, context, actor) + self.change(changed, context)

    def load_links(self, rows: Sequence["ImportRow"], context: Context) -> None:
        """Read what the rows name."""
        for column, name in self.links.items():
            at = self.layout.key.index(column) if column in self.layout.key else None
            texts = [text for row in rows for text in _texts(row.values["set"].get(column))]
            if at is not None:
                texts += [str(row.values["key"][at]) for row in rows]
            context.directories.load(name, texts)

    def _add(self, rows: Sequence["ImportRow"], context: Context, actor: "User") -> list[models.Model]:
        extra = {"recorded_by": actor} if self.recorded else {}
        made = [self._filled(self.model(**extra), row.values["set"], context) for row in rows]
        self.derive(made)
        self.model._default_manager.bulk_create(made, batch_size=1000)
        self._write_many([(obj, row.values["set"]) for obj, row in zip(made, rows, strict=True)], context)
        return made

    def change(self, rows: Sequence[tuple["HasValues", models.Model]], context: Context) -> list[models.Model]:
        """Write the columns in ``values["set"]`` of each row to its object, all in a few statements."""
        if not rows:
            return []
        columns = {name for row, _obj in rows for name in row.values["set"] if name not in self.many}
        for row, obj in rows:
            self._filled(obj, row.values["set"], context)
        objects = [obj for _row, obj in rows]
        self.derive(objects)
        columns.update(self.derived)
        for obj in objects:
            if hasattr(obj, "version"):
                obj.version += 1
                columns.add("version")
        if columns:
            self.model._default_manager.bulk_create(
                objects, batch_size=1000, update_conflicts=True, unique_fields=["pk"], update_fields=sorted(columns)
            )
        self._write_many([(obj, row.values["set"]) for row, obj in rows], context, anew=True)
        return objects

    def derive(self, objects: Sequence[models.Model]) -> None:
        """Set what follows from the other columns of rows about to be written. Nothing, unless a register says so."""

    def _filled(self, obj: models.Model, values: Mapping[str, Plain], context: Context) -> models.Model:
        for name, value in values.items():
            if name in self.many:
                continue
            if name in self.links:
                setattr(obj, f"{name}_id", pk_of(context.directories[self.links[name]].get(str(value))))
            else:
                setattr(obj, name, from_plain(self.model, name, value))
        return obj

    def _write_many(self, rows: Iterable[tuple[models.Model, Mapping[str, Any]]], context: Context, *, anew: bool = False) -> None:
        taken = list(rows)
        for name in sorted(self.many):
            manager, source, target = self._through(name)
            touched = [(obj, values[name]) for obj, values in taken if name in values]
            if anew:
                pks = [obj.pk for obj, _codes in touched]
                for at in range(0, len(pks), AT_ONCE):
                    manager.filter(**{f"{source}__in": pks[at : at + AT_ONCE]}).delete()
            directory = context.directories[self.links[name]]
            manager.bulk_create(
                [manager.model(**{source: obj.pk, target: pk_of(directory.get(code))}) for obj, codes in touched for code in codes],
                batch_size=1000,
            )


def refuse_stale(rows: Sequence["ImportRow"], standing: Mapping[int, Standing | None]) -> None:
    """Refuse to write over what somebody else changed since the check."""
    stale = [row for row in rows if _is_stale(row, standing[row.pk])]
    if stale:
        refuse_now(
            say(
                "Since the check, somebody changed %(count)s of these rows in the registry, first row %(row)s of the file. Check the file again.",
                count=len(stale),
                row=stale[0].number,
            )
        )


def _is_stale(row: "ImportRow", stands: Standing | None) -> bool:
    if row.row_class == RowClass.ADDED:
        return stands is not None
    return stands is None or any(stands.values[name] != value for name, value in row.values["was"].items())


def from_plain(model: type[models.Model], name: str, value: Plain) -> Any:
    """A plain value as the model's column holds it."""
    return cast("models.Field[Any, Any]", model._meta.get_field(name)).to_python(value)


def pk_of(row: Named | None) -> int:
    if row is None or row.pk is None:
        refuse_now(say("Since the check, something that these rows name has gone. Check the file again."))
    return row.pk


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    return [str(text) for text in value] if isinstance(value, list) else [str(value)]
