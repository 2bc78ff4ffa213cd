"""The writers of the subject registry: changing an entry, confirming it, categories."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from registries import clock
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps
from registries.spreadsheets.identifiers import check_uscc
from registries.spreadsheets.refusals import BadCell
from registries.subjects import rules
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


def _locked(actor: User, subject_id: int, version: int) -> Subject:
    """Lock an entry; refuses other units' entries and an old version."""
    subject = Subject.objects.select_for_update().get(pk=subject_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, subject.unit_id), unit=str(subject.unit)))
    refuse(rules.why_not_same(seen=version, now=subject.version))
    return subject


@command("registries.change_subject")
def change_subject(*, actor: User, subject_id: int, version: int, entry: Entry, reason: str) -> Change:
    """Correct an entry, with the reason. Refuses a wrong or taken credit code, and a change in which nothing is new."""
    subject = _locked(actor, subject_id, version)
    refuse(rules.why_not_entry(reason=reason, categories=len(entry.categories)))
    if entry.uscc:
        _refuse_credit_code(subject, entry.uscc)
    values: dict[str, Any] = {**asdict(entry), "uscc": entry.uscc or None}
    wanted = set(values.pop("categories"))
    had = {category.pk: category.name for category in subject.categories.all()}
    secrets = {name for name in ("contact", "phone") if getattr(subject, name) != values[name]}
    change = alter(subject, note=reason, **values)
    if not change.after and not secrets and wanted == set(had):
        refuse_now(say("Nothing is new in this change."))
    before, after = dict(change.before), dict(change.after)
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
    subject = _locked(actor, subject_id, version)
    today = clock.today()
    if subject.verified_on >= today:
        refuse_now(say("The entry was already confirmed on %(day)s.", day=subject.verified_on.isoformat()))
    return alter(subject, verified_on=today)


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
    category = SubjectCategory.objects.select_for_update().get(pk=category_id)
    if category.code != code:
        refuse_now(say("The code of a row never changes. Retire this row and make a new one."))
    return alter(category, name=name, publicity=publicity, active=active)
