"""From what was typed to values of copied columns: only those on the list, in their types, only those that differ."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from publicity.corrections.comparing import longest
from publicity.corrections.rules import correctable
from publicity.disclosures.masking import masked, masked_numbers
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.ledger.change import refuse_now
from registries.ledger.sentences import say
from registries.subjects.models import Subject
from registries.subjects.naming import published_name

NEEDED = ("subject_name", "category_name", "unit_name", "result_code")
CODED = ("result_label", "result_group")
"""Follow the code of the result; never typed."""


def cleaned(result: Disclosure, values: Mapping[str, Any]) -> dict[str, Any]:
    """The copied columns that these values change. Refuses other columns, empty or impossible values, and a change of nothing."""
    may = correctable(named=result.named, form=result.form)
    if set(values) - {*may, *CODED}:
        refuse_now(say("This column cannot be corrected here."))
    changed = {name: _value(result, name, value) for name, value in values.items() if name not in CODED}
    changed = {name: value for name, value in changed.items() if value != getattr(result, name)}
    if not changed:
        refuse_now(say("Nothing differs from what is published."))
    if "result_code" in changed:
        changed |= _coded(changed["result_code"])
    return changed


def _value(result: Disclosure, name: str, value: Any) -> Any:
    text = str(value).strip()
    if not text and name in NEEDED:
        refuse_now(say("This column cannot be empty."))
    if name == "inspected_on":
        return _day(result, text)
    if name == "inspectors_count":
        if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 100:
            refuse_now(say("Give the number of officers."))
        return int(text)
    most = longest(name)
    if most and len(text) > most:
        refuse_now(say("The text is too long: %(most)s characters at most.", most=most))
    if name == "subject_name" and result.case.subject.kind == Subject.Kind.PERSON:
        text = published_name(Subject.Kind.PERSON, text)
    if name == "subject_code" and text and result.case.subject.kind == Subject.Kind.PERSON:
        refuse_now(say("Of a natural person no code is published."))
    if name == "subject_name":  # as at the first publication: a name may hold what looks like a plate and is none
        return masked_numbers(text)
    return masked(text) if name == "findings" else text


def _day(result: Disclosure, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        refuse_now(say("Give the day of the inspection."))
    if day > result.published_at.astimezone(clock.BEIJING).date():
        refuse_now(say("The inspection cannot lie after its publication."))
    return day


def _coded(code: str) -> dict[str, str]:
    found = Code.objects.filter(table=CodeTable.RESULT, code=code).first()
    if found is None:
        refuse_now(say("Choose a result of the list."))
    return {"result_code": found.code, "result_label": found.label, "result_group": found.group}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
