"""What changed from version to version of one result, for a page that shows all of them: the old text stays, struck, beside the new."""

import datetime as dt
import json
from hashlib import sha256
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publicity.disclosures.models import Disclosure, DisclosureVersion
from publicity.disclosures.states import Form
from publicity.site.differing import Piece, pieces

FIELDS: tuple[tuple[str, Promise], ...] = (
    ("form", gettext_lazy("What is shown")),
    ("subject_name", gettext_lazy("Name")),
    ("subject_code", gettext_lazy("Code")),
    ("category_name", gettext_lazy("Category")),
    ("town_name", gettext_lazy("Township")),
    ("unit_name", gettext_lazy("Inspected by")),
    ("inspectors_count", gettext_lazy("Officers")),
    ("matters", gettext_lazy("Matters inspected")),
    ("inspected_on", gettext_lazy("Inspected on")),
    ("result_label", gettext_lazy("Result")),
    ("findings", gettext_lazy("Problems found")),
    ("disposal_label", gettext_lazy("What follows")),
    ("draw_number", gettext_lazy("Draw")),
    ("plan_item_code", gettext_lazy("Plan item")),
)
"""The copied columns that a reader can read, and what they are called."""

FORMS: dict[str, Promise] = {
    Form.WHOLE: gettext_lazy("everything that is public"),
    Form.CODED: gettext_lazy("the result; the text awaits review"),
    Form.VISIT: gettext_lazy("that the inspection took place; the result awaits review"),
}


class Difference(NamedTuple):
    """One column: as it stood with what is gone struck, and as it stands with what is new marked."""

    label: str
    before: list[Piece]
    after: list[Piece]


class Step(NamedTuple):
    """A version, why it was made, and what it changed against the one before; the first one changed nothing."""

    number: int
    because: str
    explanation: str
    made_at: dt.datetime
    differences: list[Difference]


def changes(result: Disclosure) -> list[Step]:
    """Every version, the newest first."""
    found: list[Step] = []
    before: DisclosureVersion | None = None
    for version in result.versions.order_by("number"):
        differences = _between(before, version) if before else []
        found.append(Step(version.number, version.get_because_display(), version.explanation, version.made_at, differences))
        before = version
    return found[::-1]


def digest(result: Disclosure) -> str:
    """SHA-256 of the copied columns as they stand, written as JSON with sorted names: on every print, to compare two of them."""
    return sha256(json.dumps(result.copied(), default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _between(before: DisclosureVersion, after: DisclosureVersion) -> list[Difference]:
    found = []
    for name, label in FIELDS:
        old, new = _said(before, name), _said(after, name)
        if old != new:
            parts = pieces(old, new)
            found.append(
                Difference(
                    str(label), [one for one in parts if one.kind != "add" and one.text], [one for one in parts if one.kind != "del" and one.text]
                )
            )
    return found


def _said(version: DisclosureVersion, name: str) -> str:
    """A column as it is read; of what the form keeps back, that it does."""
    value = getattr(version, name)
    if name == "form":
        return str(FORMS[value])
    if name == "matters":
        return "、".join(matter["name"] for matter in value)
    if name == "result_label" and version.form == Form.VISIT:
        return _("result awaits review")
    return str(value)
