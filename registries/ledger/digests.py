"""The digest of a row's protected columns (``PROTECTED`` of its model): written into the ledger, recomputed by the self-check.

The same whether the row was just written or is read back: every value in one spelling (moments in UTC, decimals with
their column's places, rows of other tables by key, many of them as a sorted list).
"""

import datetime as dt
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from django.apps import apps
from django.db import models

from registries.ledger.chain import sha256_hex

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

GONE = ""
"""In place of a digest: the row was deleted."""
AT_ONCE = 500


def protected_models() -> list[type[models.Model]]:
    """Every model that has protected columns, by its label."""
    return sorted((m for m in apps.get_models() if getattr(m, "PROTECTED", ())), key=lambda m: m._meta.label_lower)


def digest(obj: models.Model) -> str:
    """The digest of one row; empty when its model protects nothing."""
    return next(digests([obj]))[2]


def digests(objects: Iterable[models.Model]) -> Iterator[tuple[str, int, str]]:
    """(table, key, digest) of each row, in their order. Many-to-many columns are read anew, one query per 500 rows."""
    rows = list(objects)
    read = {model: _many_of(model, [row.pk for row in rows if type(row) is model]) for model in {type(row) for row in rows}}
    for row in rows:
        values = values_of(row, read[type(row)].get(row.pk, {}))
        yield row._meta.label_lower, row.pk, digest_of_values(type(row), values) if values else ""


@functools.cache
def columns(model: type[models.Model]) -> tuple[tuple["models.Field[Any, Any]", ...], tuple[str, ...]]:
    """The protected columns of a model: its fields, and the names of its many-to-many ones."""
    fields = [model._meta.get_field(name) for name in getattr(model, "PROTECTED", ())]
    single = tuple(f for f in fields if isinstance(f, models.Field) and not f.many_to_many)
    return single, tuple(f.name for f in fields if f.many_to_many)


def digest_of(obj: models.Model) -> str:
    """:func:`digest` of a row whose many-to-many columns are read already."""
    values = values_of(obj)
    return digest_of_values(type(obj), values) if values else ""


def values_of(obj: models.Model, linked: Mapping[str, list[int]] | None = None) -> dict[str, Any]:
    """The protected columns of a row by name, each in the one spelling that is hashed; ``linked`` are its many-to-many ones, if read apart."""
    single, many = columns(type(obj))
    values = {field.name: _spelled(field, getattr(obj, field.attname)) for field in single}
    if linked is not None:
        values |= {name: sorted(linked.get(name, ())) for name in many}
    elif many:  # read straight from the prefetch: asking the manager would clone a query a row
        read = obj.__dict__.get("_prefetched_objects_cache", {})
        values |= {name: sorted(row.pk for row in (read[name] if name in read else getattr(obj, name).all())) for name in many}
    return values


def digest_of_values(model: type[models.Model], values: Mapping[str, Any]) -> str:
    """The hash of :func:`values_of`, of those values that are not the column's default.

    So a column that a later version adds leaves the digests of rows that do not use it as they are. A column's default is therefore
    never changed, once rows stand in a ledger.
    """
    plain = _defaults(model)
    told = {name: value for name, value in values.items() if not _same(value, plain[name])}
    return sha256_hex(_ENCODER.encode(told))


def _same(value: Any, other: Any) -> bool:
    """Equal, but a number is never a yes or no."""
    return value == other and isinstance(value, bool) == isinstance(other, bool)


@functools.cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    single, many = columns(model)
    return {field.name: _spelled(field, field.get_default()) for field in single} | {name: [] for name in many}


def _spelled(field: "models.Field[Any, Any]", value: Any) -> Any:
    kind = type(value)
    if value is None or kind is int or kind is bool or (kind is str and isinstance(field, models.CharField | models.TextField)):
        return value
    value = field.to_python(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal) and isinstance(field, models.DecimalField):
        return f"{value:.{field.decimal_places}f}"
    return value


def _many_of(model: type[models.Model], pks: list[int]) -> dict[int, dict[str, list[int]]]:
    """Row → many-to-many column → the keys of its rows, as they stand in the database."""
    found: dict[int, dict[str, list[int]]] = {}
    for name in columns(model)[1]:
        field = cast("models.ManyToManyField[Any, Any]", model._meta.get_field(name))
        mine, theirs = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        links = cast("type[models.Model]", field.remote_field.through)._base_manager
        for at in range(0, len(pks), AT_ONCE):
            for pk, other in links.filter(**{f"{mine}__in": pks[at : at + AT_ONCE]}).values_list(mine, theirs):
                found.setdefault(pk, {}).setdefault(name, []).append(other)
    return found
