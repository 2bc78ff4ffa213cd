"""What is copied of a case into the public copy: the whitelist at work. Reads; the commands write."""

from typing import Any

from django.db.models import QuerySet

from inspections.cases.models import Case, Record
from publicity.disclosures import rules
from publicity.disclosures.masking import masked, why_not_publish
from publicity.disclosures.states import Form
from registries.ledger.change import refuse, refuse_now
from registries.ledger.sentences import say
from registries.subjects.models import Subject, SubjectCategory
from registries.subjects.naming import published_name


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
    if form != Form.WHOLE:
        copied |= {"findings": ""}
    if form == Form.VISIT:
        copied |= {"result_code": "", "result_label": "", "result_group": "", "disposal_label": ""}
    refuse(why_not_publish(f"{copied['subject_name']} {copied['findings']}"))
    return copied


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


def named(subject: Subject) -> dict[str, object]:
    """What names a subject: of a natural person the surname only, and no code (domain.md §8)."""
    person = subject.kind == Subject.Kind.PERSON
    return {
        "named": True,
        "subject_name": masked(published_name(subject.kind, subject.name)),
        "subject_code": "" if person else subject.public_id,
    }


def _naming(subject: Subject, record: Record) -> dict[str, object]:
    return {**named(subject), "town_name": subject.town.label, "findings": masked(record.findings)}
