"""Disclosing: what is copied, what never is, when, exactly once, and that one failure stops nothing else."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.cases.awaiting import cases_awaiting_disclosure
from inspections.cases.models import Case
from publicity.disclosures import commands, tasks
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger.change import Change, Refused
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from registries.subjects.models import Subject, SubjectCategory
from tests import factories as make

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> dt.date:
    """The day so many days before today."""
    return clock.today() - dt.timedelta(days=days)


def with_category(publicity: str, **columns: Any) -> Case:
    """A case about a subject of one category, published this way."""
    category = make.category(publicity=publicity)
    matter = make.matter(categories=[category])
    subject = make.subject(categories=[category], unit=matter.unit, **columns)
    return make.case(make.drawn_draw(matter, winners=1, reserves=0, subjects=[subject]))


def publish(case: Case) -> Disclosure:
    """Disclose a case as the worker does."""
    commands.publish_case(actor=make.system(), case_id=case.pk)
    return Disclosure.objects.get(case=case)


def test_a_named_disclosure_copies_the_whitelisted_fields() -> None:
    case = make.reviewed_case(
        with_category("name"), released=True, result=make.result("problem-corrected"), findings="未登记3人次"
    )
    shown = publish(case)
    assert case.draw is not None
    assert shown.named
    assert (shown.subject_name, shown.subject_code) == (case.subject.name, case.subject.uscc)
    assert (shown.town_name, shown.unit_name) == (case.subject.town.label, case.unit.name)
    assert (shown.result_code, shown.result_group, shown.findings) == ("problem-corrected", "problem", "未登记3人次")
    assert shown.matters == [{"code": case.draw.matter.matter.code, "revision": 1, "name": case.draw.matter.name}]
    assert (shown.draw_number, shown.plan_item_code) == (case.draw.number, case.draw.plan.code)
    assert (shown.inspected_on, shown.due_on) == (clock.today(), clock.today() + dt.timedelta(days=20))
    assert shown.inspectors_count == 2


def test_nobody_is_named_where_one_category_is_published_as_counts_only() -> None:
    case = with_category("counts")
    case.subject.categories.add(make.category())
    case = make.reviewed_case(case, released=True, result=make.result("problem-pending"), findings="库房隐患")
    shown = publish(case)
    assert not shown.named
    assert (shown.subject_name, shown.subject_code, shown.town_name, shown.findings) == ("", "", "", "")
    assert shown.result_group == "problem"
    told = LedgerPayload.objects.get(verb="publicity.publish_case").body
    assert case.subject.name not in told


def test_numbers_of_persons_never_go_out() -> None:
    text = "王某(37032319900101123X,13805331234)驾驶鲁C12345,卡号6222021603001234567"
    case = make.reviewed_case(released=True, result=make.result("problem-pending"), findings=text)
    shown = publish(case)
    for part in ("3703", "1380533", "鲁C1", "6222"):
        assert part not in shown.findings
    assert shown.findings.startswith("王某(")
    assert case.subject.phone not in str(shown.__dict__)
    assert case.subject.contact not in str(shown.__dict__)
    assert case.subject.address not in str(shown.__dict__)


def test_of_a_natural_person_only_the_surname_is_published() -> None:
    case = with_category("name", name="张三丰", kind=Subject.Kind.PERSON, uscc=None)
    shown = publish(make.reviewed_case(case, released=True))
    assert shown.subject_name.startswith("张")
    assert "三" not in shown.subject_name
    assert shown.subject_code == ""


def test_a_result_is_due_when_released_or_from_day_15_on() -> None:
    released = make.reviewed_case(released=True, inspected_on=days_ago(1))
    unasked = make.reviewed_case(inspected_on=days_ago(15))
    make.reviewed_case(inspected_on=days_ago(14))
    make.recorded_case(inspected_on=days_ago(40))
    assert list(cases_awaiting_disclosure(clock.today())) == [unasked, released]
    publish(unasked)
    assert list(cases_awaiting_disclosure(clock.today())) == [released]


def test_what_is_not_due_is_refused() -> None:
    for case in (make.reviewed_case(inspected_on=days_ago(14)), make.recorded_case(inspected_on=days_ago(19)), make.case()):
        with pytest.raises(Refused):
            publish(case)
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN])
def test_only_the_worker_publishes(role: Role) -> None:
    case = make.reviewed_case(released=True)
    with pytest.raises(Refused):
        commands.publish_case(actor=make.user(role, unit=case.unit), case_id=case.pk)
    assert not Disclosure.objects.exists()


def test_a_message_that_comes_twice_publishes_once() -> None:
    case = make.reviewed_case(released=True)
    for _twice in range(2):
        tasks.publish_case(case.pk)
        tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=case).count() == 1
    assert LedgerPayload.objects.filter(verb="publicity.publish_case").count() == 1
    with pytest.raises(Refused):
        publish(case)


def test_the_database_allows_one_disclosure_a_case_and_never_changes_it() -> None:
    shown = publish(make.reviewed_case(released=True))
    for change in (
        lambda: Disclosure.objects.filter(pk=shown.pk).update(findings="另写"),
        lambda: Disclosure.objects.filter(pk=shown.pk).delete(),
        lambda: Disclosure.objects.create(
            case=shown.case,
            named=False,
            matters=[],
            inspectors_count=2,
            inspected_on=shown.inspected_on,
            due_on=shown.due_on,
            published_at=clock.now(),
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_database_refuses_a_name_where_only_counts_may_be_shown() -> None:
    case = make.reviewed_case(with_category(SubjectCategory.Publicity.COUNTS), released=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(
            case=case,
            named=False,
            subject_name=case.subject.name,
            matters=[],
            inspectors_count=2,
            inspected_on=clock.today(),
            due_on=clock.today(),
            published_at=clock.now(),
        )


def test_one_case_that_fails_never_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = make.reviewed_case(released=True), make.reviewed_case(released=True)
    real = commands.publish_case

    def fails(*, actor: object, case_id: int) -> Change:
        if case_id == broken.pk:
            raise RuntimeError
        return real(actor=make.system(), case_id=case_id)

    monkeypatch.setattr(commands, "publish_case", fails)
    tasks.sweep_disclosures()
    assert list(Disclosure.objects.values_list("case", flat=True)) == [fine.pk]
    monkeypatch.undo()
    tasks.sweep_disclosures()
    assert Disclosure.objects.count() == 2


def test_a_result_that_could_not_be_inspected_is_disclosed_apart() -> None:
    case = make.reviewed_case(released=True, result=make.result("closed"), findings="现场已拆除")
    shown = publish(case)
    assert (shown.result_group, shown.findings) == ("not-inspectable", "现场已拆除")
