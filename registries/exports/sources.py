"""What can be exported: of which list, under whose right, which rows fit the filters of its page, and their cells.

The columns are those of the import of that kind. Sealed columns (persons, telephones) and natural persons come only when asked
for, of the own unit's rows; an ID number never does.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from registries import clock
from registries.imports import matters
from registries.imports.directories import AT_ONCE
from registries.imports.drafts import Plain, shown
from registries.imports.kinds import KINDS, TableKind
from registries.imports.registers import Context, Register
from registries.inspectors.forms import RegistryFilterForm
from registries.inspectors.models import Certificate, Inspector
from registries.inspectors.views.registry import matching as matching_inspectors
from registries.inspectors.views.registry import narrowed
from registries.matters.forms import MatterFilterForm
from registries.matters.models import MatterRevision
from registries.matters.queries import visible_revisions
from registries.matters.views import matching as matching_matters
from registries.people.models import User
from registries.people.queries import own_units
from registries.spreadsheets.columns import Column, Kind
from registries.spreadsheets.streaming import Stream
from registries.spreadsheets.writing import Writable
from registries.subjects.forms import SubjectFilterForm
from registries.subjects.listing import found
from registries.subjects.models import Complaint, Permit, Subject, Violation

NEVER = frozenset(("id_number",))
SEALED = frozenset(("contact", "phone"))

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Asked:
    """Who asks for which rows: the person, the filters as in the address, whether persons' data come along."""

    user: User
    filters: QueryDict
    persons: bool = False

    @property
    def units(self) -> set[int] | None:
        """The units whose persons' data may come along; None: all."""
        return own_units(self.user)


class BadFilter(ValueError):
    """The filters cannot be read."""


@dataclass(frozen=True)
class Source:
    """One list: the right to see it, its rows for somebody's filters, and where the units of its rows stand."""

    kind: TableKind
    right: str
    rows: Callable[[Asked], Rows]
    keeper: str = "unit_id"
    names: dict[str, str] = field(default_factory=dict)

    def sheets(self, asked: Asked) -> tuple[int, list[Stream]]:
        """How many rows there are, and the sheets, which read their rows when they are written."""
        rows = self.rows(asked)
        register = _without(self.kind.registers[0], asked)
        return rows.count(), [_stream(register, lambda: self._cells(register, rows, asked))]

    def _cells(self, register: Register, rows: Rows, asked: Asked) -> Iterator[list[Writable]]:
        context = Context(None, clock.today())
        units = asked.units
        for some in _portions(rows):
            for name, path in self.names.items():
                context.directories.load(name, [_follow(row, path) for row in some])
            for row, values in zip(some, register.snapshots(some, context), strict=True):
                strange = units is not None and _follow(row, self.keeper) not in units
                yield [
                    "" if strange and column.name in SEALED else _written(column, values[column.name], register, context)
                    for column in register.layout.columns
                ]


@dataclass(frozen=True)
class InspectorSource(Source):
    """Inspectors, with their certificates on the second sheet."""

    def sheets(self, asked: Asked) -> tuple[int, list[Stream]]:
        """Both sheets."""
        total, sheets = super().sheets(asked)
        register = self.kind.registers[1]
        inspectors = self.rows(asked).order_by().values("pk")
        cards = Certificate.objects.filter(inspector__in=inspectors).select_related("inspector").order_by("inspector__number", "pk")
        source = Source(self.kind, self.right, self.rows, "inspector.unit_id", {"inspector": "inspector.number"})
        return total, [*sheets, _stream(register, lambda: source._cells(register, cards, asked))]


@dataclass(frozen=True)
class MatterSource(Source):
    """Matters in their newest revision, with their bases, checklists and materials on the other sheets."""

    def sheets(self, asked: Asked) -> tuple[int, list[Stream]]:
        """All sheets."""
        codes = sorted(set(self.rows(asked).values_list("matter__code", flat=True)))
        context = Context(None, clock.today())
        contents = matters.read_contents(set(codes), context)
        kept = [contents[code] for code in codes if code in contents]
        sheets = []
        for register in self.kind.registers:
            name = register.layout.kind
            rows = [content.columns for content in kept] if name == "matters" else [v for content in kept for v in content.lists[name].values()]
            cells = [[_written(column, values[column.name], register, context) for column in register.layout.columns] for values in rows]
            sheets.append(_stream(register, partial(iter, cells)))
        return len(kept), sheets


@dataclass(frozen=True)
class _Later:
    """Rows that are read when they are written."""

    read: Callable[[], Iterator[Sequence[Writable]]]

    def __iter__(self) -> Iterator[Sequence[Writable]]:
        return self.read()


def _stream(register: Register, read: Callable[[], Iterator[Sequence[Writable]]]) -> Stream:
    columns = register.layout.columns
    days = frozenset(at for at, column in enumerate(columns) if column.kind is Kind.DATE)
    return Stream(register.layout.sheet, [column.heading for column in columns], days, _Later(read))


def _without(register: Register, asked: Asked) -> Register:
    """The register without the columns that do not leave the house, or not unasked."""
    left_out = NEVER if asked.persons else NEVER | SEALED
    columns = tuple(column for column in register.layout.columns if column.name not in left_out)
    return replace(register, layout=replace(register.layout, columns=columns))


def _portions(rows: Rows) -> Iterator[list[Model]]:
    some: list[Model] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _follow(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _written(column: Column, value: Plain, register: Register, context: Context) -> Writable:
    """A column's value as the import reads it again."""
    link = register.links.get(column.name)
    if link is not None:
        if link in ("unit", "subject", "inspector", "matter"):
            return "、".join(value) if isinstance(value, list) else str(value or "")
        directory = context.directories[link]
        return "、".join(directory.label(code) for code in (value if isinstance(value, list) else [str(value or "")]) if code)
    if column.kind is Kind.DATE:
        return dt.date.fromisoformat(str(value)) if value else ""
    if column.kind is Kind.PERCENT and value:
        return f"{value}%"
    return shown(replace(column, endless=False), value) if not isinstance(value, int) or isinstance(value, bool) else value


def _cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise BadFilter
    found: dict[str, Any] = form.cleaned_data
    return found


def _subjects(asked: Asked) -> Rows:
    rows = found(Subject.objects.all(), _cleaned(SubjectFilterForm(asked.filters)), clock.today(), own_units(asked.user))
    if not asked.persons:
        return rows.exclude(kind=Subject.Kind.PERSON).defer("contact", "phone").order_by("key")
    units = asked.units
    return (rows if units is None else rows.exclude(~Q(unit_id__in=units), kind=Subject.Kind.PERSON)).order_by("key")


def _of_subjects(model: type[Model]) -> Callable[[Asked], Rows]:
    def rows(asked: Asked) -> Rows:
        listed = model._default_manager.select_related("subject").order_by("subject__key", "pk")
        if asked.filters.get("subject"):
            listed = listed.filter(subject__key=asked.filters["subject"])
        return listed.filter(subject__in=_subjects(asked).order_by().values("pk"))

    return rows


def _matters(asked: Asked) -> QuerySet[MatterRevision]:
    form = MatterFilterForm(asked.filters)
    _cleaned(form)
    return matching_matters(visible_revisions(asked.user), form)


def _inspectors(asked: Asked) -> QuerySet[Inspector]:
    form = RegistryFilterForm(asked.filters)
    _cleaned(form)
    rows = narrowed(matching_inspectors(Inspector.objects.select_related("unit"), form), form).order_by("number")
    return rows if asked.persons else rows.defer("phone", "id_number")


_BY_SUBJECT = {"subject": "subject.key"}

SOURCES: dict[str, Source] = {
    source.kind.code: source
    for source in (
        MatterSource(KINDS["matters"], "registries.view_matters", _matters),
        Source(KINDS["subjects"], "registries.view_subjects", _subjects),
        Source(KINDS["permits"], "registries.view_subjects", _of_subjects(Permit), "subject.unit_id", _BY_SUBJECT),
        Source(KINDS["complaints"], "registries.view_subjects", _of_subjects(Complaint), "subject.unit_id", _BY_SUBJECT),
        Source(KINDS["violations"], "registries.view_subjects", _of_subjects(Violation), "subject.unit_id", _BY_SUBJECT),
        InspectorSource(KINDS["inspectors"], "registries.view_inspectors", _inspectors),
    )
}
"""Every list that can be exported, by its kind."""
