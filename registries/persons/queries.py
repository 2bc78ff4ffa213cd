"""Who has this number, what is kept about a person, and who read it. Reads by blind index and by keys, opens nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, Count, F, Model, Q, QuerySet, Value
from django.db.models.fields.reverse_related import ForeignObjectRel

from registries.inspectors.models import Assistant, Inspector
from registries.keys.columns import sealed_columns
from registries.ledger.models import LedgerPayload
from registries.ledger.words import in_words
from registries.people.models import User
from registries.reads import READS
from registries.retention.lines import Line, line_of
from registries.subjects.models import Subject

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 50
"""Rows of a table that are shown."""
MOST_READS = 200


class Found(NamedTuple):
    """Somebody who has the number: what kind of row, its row."""

    kind: "StrOrPromise"
    row: Any


def by_number(number: str, units: set[int] | None) -> list[Found]:
    """Inspectors, assistants and subjects of these units (None: all) with this ID number or phone, whole, in whatever spelling."""
    found: list[Found] = []
    for model, fits in (
        (Inspector, Q(id_number__whole=number) | Q(phone__whole=number)),
        (Assistant, Q(phone__whole=number)),
        (Subject, Q(phone__whole=number)),
    ):
        rows: QuerySet[Any] = model._default_manager.filter(fits).select_related("unit")
        rows = rows if units is None else rows.filter(unit_id__in=units)
        found += [Found(model._meta.verbose_name or "", row) for row in rows[:MOST]]
    return found


class Part(NamedTuple):
    """Rows of one table that are about the person: how many, what of them it holds, and the line of retention."""

    table: "StrOrPromise"
    rows: int
    holds: str
    line: Line | None


class Read(NamedTuple):
    """That somebody read it."""

    moment: dt.datetime
    who: str
    what: str


class Report(NamedTuple):
    """What is kept about a person."""

    people: list[Model]
    parts: list[Part]
    reads: list[Read]


def report(number: str, account: str) -> Report:
    """All rows with this number, the account of this name, and what hangs on them."""
    people = _people(number, account)
    own = [Part(one._meta.verbose_name or "", 1, _held(one), line_of(type(one))) for one in people]
    return Report(people, own + _hanging(people), _reads(people))


def _people(number: str, account: str) -> list[Model]:
    found: dict[tuple[str, int], Model] = {}
    if number:
        for column in sealed_columns():
            if column.searchable:
                rows = column.field.model._base_manager.filter(**{f"{column.field.name}__whole": number})[:MOST]
                found |= {(row._meta.label_lower, row.pk): row for row in rows}
    users = [row.user_id for row in found.values() if isinstance(row, Inspector) and row.user_id]
    for user in User.objects.filter(pk__in=users) | User.objects.filter(username=account or "-"):
        found[user._meta.label_lower, user.pk] = user
        for row in Inspector.objects.filter(user=user):
            found[row._meta.label_lower, row.pk] = row
    return list(found.values())


def _held(row: Model) -> str:
    """The names of the columns that are filled."""
    names = [
        str(field.verbose_name)
        for field in row._meta.concrete_fields
        if field.editable and getattr(field, "_verbose_name", None) and field.name != "password" and getattr(row, field.attname) not in (None, "", False)
    ]
    return "、".join(names)


def _hanging(people: Sequence[Model]) -> list[Part]:
    """The rows of other tables that name these, counted in one query a person."""
    counted: dict[type[Model], int] = {}
    for one in people:
        naming = [
            (to.related_model, to.field.name)
            for to in one._meta.get_fields(include_hidden=True)
            if isinstance(to, ForeignObjectRel) and isinstance(to.related_model, type) and not to.related_model._meta.auto_created
        ]
        by_label = {model._meta.label_lower: model for model, _name in naming}
        asked = [_naming(model, name, one.pk) for model, name in naming]
        for label, rows in asked[0].union(*asked[1:], all=True) if asked else ():
            if rows:
                counted[by_label[label]] = counted.get(by_label[label], 0) + rows
    parts = [Part(model._meta.verbose_name_plural or "", rows, "", line_of(model)) for model, rows in counted.items()]
    return sorted(parts, key=lambda part: str(part.table))


def _naming(model: type[Model], name: str, pk: int) -> QuerySet[Any, Any]:
    """(label of the table, number of its rows whose column ``name`` is this row)."""
    labelled: QuerySet[Any, Any] = model._base_manager.filter(**{name: pk}).order_by().values(label=Value(model._meta.label_lower, output_field=CharField()))
    counted: QuerySet[Any, Any] = labelled.annotate(rows=Count("pk")).values_list("label", "rows")
    return counted


def _reads(people: Sequence[Model]) -> list[Read]:
    """Who read sensitive data of these rows, the newest first."""
    rows = LedgerPayload.objects.none()
    for one in people:
        rows |= LedgerPayload.objects.filter(object_kind=one._meta.label_lower, object_id=str(one.pk), verb__in=READS)
    told = rows.order_by("-entry_id").annotate(at=F("entry__time")).select_related("actor")[:MOST_READS]
    return [Read(dt.datetime.fromisoformat(row.at), str(row.actor or ""), in_words(row.verb)) for row in told]

