"""Two people on one record: what each changed is merged field by field, and no field is overwritten unseen. Pure.

A field is named as on the page (``findings``, ``answer_7``, ``remark_7`` …) and its value is text, empty for none.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from inspections.cases.rules import Draft, Line

HEAD = ("inspected_on", "result", "findings", "disposal", "present")


class Merged(NamedTuple):
    """The values of all fields afterwards, and the names of those where somebody else wrote something different."""

    values: dict[str, str]
    conflicts: tuple[str, ...]


def spelled(value: str) -> str:
    """A value as it is kept: one spelling of line ends, no white space at the ends."""
    return value.replace("\r\n", "\n").strip()


def merge(now: Mapping[str, str], typed: Mapping[str, str], base: Mapping[str, str]) -> Merged:
    """Take over what was typed where the field still says what the typist had seen (``base``), or the same already."""
    values, conflicts = dict(now), []
    for name, value in typed.items():
        mine, theirs, seen = spelled(value), now.get(name, ""), spelled(base.get(name, ""))
        if theirs in (mine, seen):
            values[name] = mine
        else:
            conflicts.append(name)
    return Merged(values, tuple(conflicts))


def flat(draft: Draft) -> dict[str, str]:
    """A draft as fields."""
    values = {
        "inspected_on": draft.inspected_on.isoformat() if draft.inspected_on else "",
        "result": str(draft.result_id or ""),
        "findings": draft.findings,
        "disposal": str(draft.disposal_id or ""),
        "present": draft.present,
    }
    for item, line in draft.answers.items():
        values |= {f"answer_{item}": line.answer, f"remark_{item}": line.remark}
    return values


def names_of(items: Iterable[int]) -> set[str]:
    """Every field of a record with these checklist items."""
    return {*HEAD, *(f"{part}_{item}" for item in items for part in ("answer", "remark"))}


def draft_of(values: Mapping[str, str], items: Iterable[int]) -> Draft:
    """Fields as a draft. The values were cleaned by the form: a day is a day, a key a number."""
    return Draft(
        inspected_on=dt.date.fromisoformat(values["inspected_on"]) if values.get("inspected_on") else None,
        result_id=int(values["result"]) if values.get("result") else None,
        findings=values.get("findings", ""),
        disposal_id=int(values["disposal"]) if values.get("disposal") else None,
        present=values.get("present", ""),
        answers={item: Line(values.get(f"answer_{item}", ""), values.get(f"remark_{item}", "")) for item in items},
    ).kept()
