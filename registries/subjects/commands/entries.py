"""An entry: registered, changed, confirmed, graded, its status; and the categories."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.lists.searching import normalised
from registries.people.models import Unit, User
from registries.people.queries import keeps
from registries.spreadsheets.identifiers import check_uscc
from registries.spreadsheets.refusals import BadCell
from registries.subjects import rules, searching
from registries.subjects.commands.locks import locked
from registries.subjects.models import Subject, SubjectCategory


@dataclass(frozen=True)
class Entry:
    """What an entry says; unit, township and categories by primary key. The registry key never changes."""

    name: str
    kind: str
    unit_id: int
    town_id: int
    categories: tuple[int, ...]
    uscc: str = ""
    old_number: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""
    risk_grade: str = Subject.Grade.B.value
    graded_on: dt.date | None = None
    grade_source: str = ""
    status: str = Subject.Status.ACTIVE.value
    station_id: int | None = None


@command("registries.register_subject")
def register_subject(*, actor: User, entry: Entry, reason: str, another: bool = False) -> Change:
    """Register a subject that was found, as of today: registered first, inspected after (product.md, completeness).

    Its key is its credit code, or a new number. Refuses another unit's entry, a wrong or taken code, an old number that is
    mistyped, and a name that stands already, unless the person says that it is ``another`` one.
    """
    unit = Unit.objects.get(pk=entry.unit_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, unit.pk), unit=str(unit)))
    refuse(rules.why_not_entry(reason=reason, categories=len(entry.categories)) or rules.why_not_old_number(entry.old_number))
    values: dict[str, Any] = {**asdict(entry), "uscc": entry.uscc or None}
    categories = values.pop("categories")
    today = clock.today()
    subject = Subject(**values, key=entry.uscc or "", verified_on=today)
    if entry.uscc:
        _refuse_credit_code(subject, entry.uscc)
    _refuse_namesake(entry, another=another)
    subject.key = subject.key or f"{settings.DIVISION_CODE}-{today.year}-{next_number(f'subject/{today.year}'):05d}"
    if Subject.objects.filter(key=subject.key).exists():
        refuse_now(say("An entry with the key %(key)s stands in the registry already.", key=subject.key))
    searching.fill([subject])
    change = created(subject, note=reason)
    subject.categories.set(categories)
    after = {**change.after, "categories": sorted(subject.categories.values_list("name", flat=True))}
    after.pop("search", None)
    return Change(subject, {}, after, reason)


def _refuse_namesake(entry: Entry, *, another: bool) -> None:
    if another:
        return
    same = f"{normalised(entry.name)} "
    found = Subject.objects.filter(search__startswith=same, merged_into=None).first()
    if found is None and entry.old_number:
        found = Subject.objects.filter(old_number=entry.old_number, merged_into=None).first()
    if found is not None:
        refuse_now(
            say(
                "%(name)s (%(code)s) stands in the registry already. If this is another one, say so below.",
                name=found.name,
                code=found.public_id,
            )
        )


@command("registries.change_subject")
def change_subject(*, actor: User, subject_id: int, version: int, entry: Entry, reason: str) -> Change:
    """Correct an entry, with the reason. Refuses a wrong or taken credit code, and a change in which nothing is new."""
    subject = locked(actor, subject_id, version)
    refuse(rules.why_not_entry(reason=reason, categories=len(entry.categories)))
    if entry.uscc:
        _refuse_credit_code(subject, entry.uscc)
    values: dict[str, Any] = {**asdict(entry), "uscc": entry.uscc or None}
    wanted = set(values.pop("categories"))
    if entry.old_number != subject.old_number:
        refuse(rules.why_not_old_number(entry.old_number))
    if entry.status != subject.status:
        values |= {"status_since": clock.today(), "status_reason": reason}
    had = {category.pk: category.name for category in subject.categories.all()}
    secrets = {name for name in ("contact", "phone") if getattr(subject, name) != values[name]}
    change = alter(subject, note=reason, **values)
    if not change.after and not secrets and wanted == set(had):
        refuse_now(say("Nothing is new in this change."))
    before, after = dict(change.before), dict(change.after)
    searching.fill([subject])
    subject.save(update_fields=["search"])
    for name in secrets:
        before[name], after[name] = before.get(name, True), after.get(name, True)
    if wanted != set(had):
        subject.categories.set(wanted)
        before["categories"] = sorted(had.values())
        after["categories"] = sorted(subject.categories.values_list("name", flat=True))
    return Change(subject, before, after, reason)


def _refuse_credit_code(subject: Subject, uscc: str) -> None:
    try:
        check_uscc(uscc)
    except BadCell:
        refuse_now(say("%(code)s is no valid unified social credit code. Compare it with the licence.", code=uscc))
    other = Subject.objects.filter(uscc=uscc).exclude(pk=subject.pk).first()
    if other is not None:
        refuse_now(say("The code %(code)s belongs to %(name)s already.", code=uscc, name=other.name))


@command("registries.verify_subject")
def verify_subject(*, actor: User, subject_id: int, version: int) -> Change:
    """Confirm that an entry is as it should be, today (yearly renewal, guideline 三.4)."""
    subject = locked(actor, subject_id, version)
    today = clock.today()
    if subject.verified_on >= today:
        refuse_now(say("The entry was already confirmed on %(day)s.", day=subject.verified_on.isoformat()))
    return alter(subject, verified_on=today)


@command("registries.grade_subject")
def grade_subject(*, actor: User, subject_id: int, version: int, grade: str, graded_on: dt.date | None, source: str) -> Change:
    """Enter a risk grade with its day and who gave it. Refuses a day to come and one before the grade that stands."""
    subject = locked(actor, subject_id, version)
    if grade not in Subject.Grade.values:
        refuse_now(say("There is no such grade."))
    refuse(
        rules.why_not_grade(
            grade=grade, now=subject.risk_grade, graded_on=graded_on, last=subject.graded_on, source=source, today=clock.today()
        )
    )
    return alter(subject, risk_grade=grade, graded_on=graded_on, grade_source=source)


@command("registries.change_status")
def change_status(*, actor: User, subject_id: int, version: int, status: str, since: dt.date | None, reason: str) -> Change:
    """Say that a subject closed, moved, was deregistered… or is in operation again, with the day and the reason (P15)."""
    subject = locked(actor, subject_id, version)
    known = status in Subject.Status.values and status != Subject.Status.MERGED
    refuse(
        rules.why_not_status(
            status=status, now=subject.status, known=known, reason=reason, since=since, today=clock.today()
        )
    )
    return alter(subject, note=reason, status=status, status_since=since, status_reason=reason)


@command("registries.save_category")
def save_category(
    *, actor: User, category_id: int | None = None, code: str, name: str, publicity: str, active: bool = True
) -> Change:
    """Make a subject category (``category_id`` None), change or retire one. Refuses what is taken; the code stays."""
    others = SubjectCategory.objects.all()
    if category_id is not None:
        others = others.exclude(pk=category_id)
    if others.filter(code=code).exists() or others.filter(name=name).exists():
        refuse_now(say("A category with this code or name exists already."))
    if category_id is None:
        return created(SubjectCategory(code=code, name=name, publicity=publicity, active=active))
    category = SubjectCategory.objects.select_for_update(no_key=True).get(pk=category_id)
    if category.code != code:
        refuse_now(say("The code of a row never changes. Retire this row and make a new one."))
    return alter(category, name=name, publicity=publicity, active=active)


@command("registries.read_subject_data")
def read_subject_data(*, actor: User, subject_id: int) -> Change:
    """Say that contact and phone of a subject stand in full before somebody who changes the entry. Nothing changes."""
    subject = Subject.objects.select_related("unit").get(pk=subject_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, subject.unit_id), unit=str(subject.unit)))
    return Change(subject, {}, {"read": ["contact", "phone"], "purpose": "to change the entry"})
