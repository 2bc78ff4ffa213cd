"""What is copied of a case into the public copy: the whitelist at work. Reads; the commands write."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from inspections.cases.clearance import public_findings
from inspections.cases.models import Case, Record
from publicity.disclosures import rules
from publicity.disclosures.masking import masked_numbers, why_not_publish
from publicity.disclosures.states import Form
from registries.codes.models import ResultGroup
from registries.ledger.change import refuse, refuse_now
from registries.ledger.sentences import say
from registries.scanning import is_name
from registries.subjects.models import Subject, SubjectCategory
from registries.subjects.naming import published_name

FEWEST = 5
"""Fewer of a category than this, and a count of it points at somebody (as the small cells of a draw, protocol 1, §1)."""
NO_CATEGORY = "按数公示的对象"
"""The category of a result that must not be told: a subject published by counts only."""


def categories_of(subject: Subject) -> list[SubjectCategory]:
    """The categories of a subject, by code."""
    return list(subject.categories.order_by("code"))


def copied_from(case: Case, record: Record, form: str) -> dict[str, Any]:
    """The copied columns (``models.COPIED``) of a case in this form. What is not named here is never copied.

    Refuses a text that still holds a number of a person after masking.
    """
    categories = categories_of(case.subject)
    copied = _of_every_result(case, record, categories) | {"form": form}
    if rules.is_named(category.publicity for category in categories):
        copied |= _naming(case.subject, record)
    else:
        copied |= _counting(case, categories)
    if form != Form.WHOLE:
        copied |= {"findings": ""}
    if form == Form.VISIT:
        copied |= {"result_code": "", "result_label": "", "result_group": "", "disposal_label": ""}
    refuse(why_not_publish(f"{copied['subject_name']} {copied['findings']}"))
    return copied


def on_line_until(day: dt.date, subject: Subject) -> dt.date:
    """The last day on line of what is published about ``subject`` on ``day``."""
    years = (settings.DISCLOSURE_YEARS, settings.DISCLOSURE_YEARS_OF_PERSONS)
    return rules.shown_until(day, person=subject.kind == Subject.Kind.PERSON, years=years)


def category_about(matters: QuerySet[SubjectCategory] | None, categories: list[SubjectCategory]) -> str:
    """The name of the category under which a visit is counted: the first that its lead matter is about."""
    about = set(matters.values_list("pk", flat=True)) if matters is not None else set()
    category = next((one for one in categories if one.pk in about), categories[0] if categories else None)
    return category.name if category else ""


def _of_every_result(case: Case, record: Record, categories: list[SubjectCategory]) -> dict[str, object]:
    """What is public of every result, named or not."""
    matters = [one.revision for one in case.matters.select_related("revision__matter").order_by("position")]
    if case.ended_on is None or record.result is None:  # the database's constraints forbid it
        refuse_now(say("Only a reviewed result can be disclosed."))
    return {
        "named": False,
        "subject_name": "",
        "subject_code": "",
        "town_name": "",
        "findings": "",
        "category_name": category_about(matters[0].categories.all() if matters else None, categories),
        "unit_name": case.unit.name,
        "matters": [{"code": m.matter.code, "revision": m.number, "name": m.name} for m in matters],
        "inspectors_count": record.signatures.count(),
        "inspected_on": case.ended_on,
        "result_code": record.result.code,
        "result_label": record.result.label,
        "result_group": record.result.group,
        "disposal_label": record.disposal.label if record.disposal else "",
        "draw_number": (case.draw.number or "") if case.draw else "",
        "plan_item_code": (case.draw.plan.code or "") if case.draw else "",
    }


def named(subject: Subject, *, problem: bool = False) -> dict[str, object]:
    """What names a subject: of a natural person the surname only, and no code (domain.md §8).

    An individual business that is registered under a person's name is named as registered, or, where the bureau has switched
    that on (DISCLOSURE_MASKS_TRADERS) and a ``problem`` was found, like a natural person.
    """
    kind = str(subject.kind)
    if problem and settings.DISCLOSURE_MASKS_TRADERS and kind == Subject.Kind.INDIVIDUAL and is_name(subject.name):
        kind = str(Subject.Kind.PERSON)
    return {
        "named": True,
        "subject_name": masked_numbers(published_name(kind, subject.name)),
        "subject_code": "" if kind == Subject.Kind.PERSON else subject.public_id,
    }


def _counting(case: Case, categories: list[SubjectCategory]) -> dict[str, object]:
    """What a result by counts only leaves out: its draw, whose strata may be small, and what was ordered.

    Where few are registered in one of its counts-only categories, the category, the matters and the plan's item as well: who
    knows that there are two knows whom it is about.
    """
    closed: dict[str, object] = {"draw_number": "", "disposal_label": ""}
    return closed | ({"category_name": NO_CATEGORY, "matters": [], "plan_item_code": ""} if few_of(case, categories) else {})


def few_of(case: Case, categories: list[SubjectCategory]) -> bool:
    """Whether one of these categories is published as counts only and fewer than five are registered in it.

    The result names the unit that inspected. Where that is the subject's own unit, only those of this unit can be meant.
    """
    among = Subject.objects.filter(merged_into=None)
    if case.unit_id == case.subject.unit_id:
        among = among.filter(unit=case.unit_id)
    secret = [one for one in categories if not rules.is_named([one.publicity])]
    return any(among.filter(categories=one)[:FEWEST].count() < FEWEST for one in secret)


def _naming(subject: Subject, record: Record) -> dict[str, object]:
    problem = record.result is not None and record.result.group != ResultGroup.CLEAN
    return {**named(subject, problem=problem), "town_name": subject.town.label, "findings": public_findings(record)}
