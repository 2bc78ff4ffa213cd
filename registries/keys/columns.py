"""What is sealed, and where: every encrypted column of every floor, and the sealed files. Reads raw values, never opens one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Length

from registries.fields import HEAD, TOKEN, head_of
from registries.imports.sealed import SealedBytesField
from registries.sealedfiles import keeping

AT_ONCE = 500
FILES_AT_ONCE = 8
"""Values of a column of files that are in memory at a time."""
NO_INDEX = "without index"


class Column(NamedTuple):
    """One sealed column by its field, which opens and seals values."""

    field: Any

    @property
    def binary(self) -> bool:
        """Whether it holds files."""
        return isinstance(self.field, SealedBytesField)

    @property
    def place(self) -> str:
        """Its full name, as it is authenticated with every value."""
        return f"{self.field.model._meta.label_lower}.{self.field.name}"

    @property
    def searchable(self) -> bool:
        """Whether its values have a blind index."""
        return hasattr(self.field, "tokens")

    def name_of(self, head: Any) -> str:
        """The name of the key of a value that begins so; for one that lacks its index that too."""
        if self.binary:
            return bytes(head).partition(b":")[0].decode("ascii", "replace")
        token, name = head_of(head)
        return name if token or not self.searchable else f"{name} ({NO_INDEX})"


def sealed_columns() -> list[Column]:
    """Every sealed column of every table that is there, by its full name."""
    there = set(connection.introspection.table_names())
    found = [
        Column(field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if getattr(field, "sealed", False) and model._meta.db_table in there
    ]
    return sorted(found, key=lambda one: one.place)


def _raw(column: Column) -> models.QuerySet[Any]:
    """The rows whose value is not empty, with it as ``sealed_raw``, as it stands in the database."""
    name, kind = column.field.name, models.BinaryField() if column.binary else models.TextField()
    rows: models.QuerySet[Any] = column.field.model._base_manager.annotate(sealed_raw=ExpressionWrapper(F(name), output_field=kind), sealed_size=Length(name))
    return rows.filter(sealed_size__gt=0).order_by("pk")


def _cut(column: Column, at: int, length: int) -> Func:
    """So many characters of the stored value, from the ``at``-th on."""
    kind = models.BinaryField() if column.binary else models.TextField()
    return Func(F(column.field.name), at, length, function="SUBSTR", output_field=kind)


def heads(column: Column, after: int = 0, most: int | None = None) -> list[tuple[int, Any]]:
    """(key of the row, first characters of the value) of filled values, by the key of the row."""
    rows = _raw(column).filter(pk__gt=after).annotate(sealed_head=_cut(column, 1, HEAD)).values_list("pk", "sealed_head")
    return list(rows[:most])


def in_use(column: Column) -> Counter[str]:
    """How many values of a column are under which key."""
    return Counter(column.name_of(head) for _pk, head in heads(column))


def files_in_use() -> Counter[str]:
    """How many sealed files are under which key."""
    return Counter(keeping.beginning(name, HEAD).partition(b":")[0].decode("ascii", "replace") for name in keeping.names())


def strange(column: Column) -> str | None:
    """The name of a key that a value of the column needs and that is not at hand; None when there is none such."""
    rows = _raw(column)
    for number, key in enumerate(settings.FIELD_KEYS):
        known = Q()
        for at, text in ((1, f"{key}:"), *(((TOKEN + 1, f".{key}:"),) if column.searchable else ())):
            name = f"sealed_start_{number}_{at}"
            rows = rows.annotate(**{name: _cut(column, at, len(text))})
            known |= Q(**{name: text.encode() if column.binary else text})
        rows = rows.exclude(known)
    head = rows.order_by().annotate(sealed_head=_cut(column, 1, HEAD)).values_list("sealed_head", flat=True).first()
    return column.name_of(head).partition(" ")[0] if head is not None else None


def missing_keys() -> list[tuple[str, str]]:
    """(column, name of the key) for every column of which some value cannot be read."""
    return [(one.place, name) for one in sealed_columns() if (name := strange(one)) is not None]


def values(column: Column, keys: Sequence[int]) -> list[tuple[int, Any]]:
    """(key of the row, stored value) of these rows."""
    found = _raw(column).filter(pk__in=keys).values_list("pk", "sealed_raw")
    return [(pk, bytes(raw) if column.binary else raw) for pk, raw in found]


def replace(column: Column, pk: int, was: Any, now: Any) -> bool:
    """Store a value in place of another, if that one still stands there."""
    kind = models.BinaryField() if column.binary else models.TextField()
    return bool(_raw(column).filter(pk=pk, sealed_raw=was).order_by().update(**{column.field.name: Value(now, output_field=kind)}))
