"""The copied columns of a result as a person reads them, and what one version changed against another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Field
from django.utils.translation import gettext_lazy as _

from publicity.disclosures.models import COPIED, Copy, Disclosure
from publicity.disclosures.states import Form

LABELS = {
    "form": _("What is shown"),
    "subject_name": _("Name"),
    "subject_code": _("Code"),
    "category_name": _("Category"),
    "town_name": _("Township"),
    "unit_name": _("Inspected by"),
    "inspectors_count": _("Officers"),
    "matters": _("Matters inspected"),
    "inspected_on": _("Inspected on"),
    "result_label": _("Result"),
    "findings": _("Problems found"),
    "disposal_label": _("What follows"),
    "draw_number": _("Draw"),
    "plan_item_code": _("Plan item"),
}
"""The columns that are read; codes and groups behind them are not."""


class Changed(NamedTuple):
    """A column, what stood there and what stands there now."""

    label: str
    before: str
    after: str


def told(values: Mapping[str, Any]) -> dict[str, str]:
    """Values of copied columns as they are read."""
    found = {name: str(value) for name, value in values.items() if name in LABELS}
    if "form" in found:
        found["form"] = str(Form(found["form"]).label)
    if "matters" in values:
        found["matters"] = "、".join(str(matter["name"]) for matter in values["matters"])
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """The columns of both that differ."""
    old, new = told(before), told(after)
    return [Changed(str(LABELS[name]), old[name], new[name]) for name in LABELS if name in old and name in new and old[name] != new[name]]


def between(before: Copy, after: Copy) -> list[Changed]:
    """What one copy changed against another."""
    return changes(before.copied(), after.copied())


def texts(values: Mapping[str, Any], names: Iterable[str] = COPIED) -> Iterator[str]:
    """The texts among these values, to be scanned."""
    yield from (str(values[name]) for name in names if isinstance(values.get(name), str))


def longest(name: str) -> int | None:
    """How many characters this copied column holds; None where it has no limit."""
    column = Disclosure._meta.get_field(name)
    return column.max_length if isinstance(column, Field) else None
