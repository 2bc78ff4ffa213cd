"""The subject registry: changing and confirming entries, categories, and what draws read of it."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from registries import clock
from registries.ledger.change import Change
from registries.ledger.models import LedgerPayload
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects import commands, queries
from registries.subjects.commands import Entry
from registries.subjects.models import Complaint, Subject, SubjectCategory, Violation
from registries.subjects.rules import NO_SIGNALS, Signals, is_stale, months_before
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject() -> Subject:
    return factories.subject()


@pytest.fixture
def clerk(subject: Subject) -> User:
    return factories.user(Role.CLERK, unit=subject.unit)


def entry_of(subject: Subject) -> Entry:
    return Entry(
        name=subject.name,
        kind=subject.kind,
        unit_id=subject.unit_id,
        town_id=subject.town_id,
        categories=tuple(subject.categories.values_list("pk", flat=True)),
        uscc=subject.uscc or "",
        address=subject.address,
        contact=subject.contact,
        phone=subject.phone,
        risk_grade=subject.risk_grade,
        status=subject.status,
    )


def change(clerk: User, subject: Subject, reason: str = "现场核实", version: int = 1, **values: Any) -> Change:
    entry = replace(entry_of(subject), **values)
    return commands.change_subject(actor=clerk, subject_id=subject.pk, version=version, entry=entry, reason=reason)


def test_a_change_keeps_who_when_why_before_and_after(clerk: User, subject: Subject) -> None:
    old = subject.name
    other = factories.category("茶馆")
    change(clerk, subject, name="新名旅馆", risk_grade="D", categories=(other.pk,))
    subject.refresh_from_db()
    assert (subject.name, subject.risk_grade, subject.version) == ("新名旅馆", "D", 2)
    assert list(subject.categories.all()) == [other]
    body = json.loads(LedgerPayload.objects.latest("entry_id").body)
    assert body["before"]["name"] == old
    assert body["after"]["name"] == "新名旅馆"
    assert body["after"]["categories"] == ["茶馆"]
    assert body["note"] == "现场核实"
    assert body["actor"] == clerk.pk


def test_phone_and_person_in_charge_never_stand_in_the_ledger(clerk: User, subject: Subject) -> None:
    change(clerk, subject, phone="13900001111", contact="新负责人")
    subject.refresh_from_db()
    assert (subject.phone, subject.contact) == ("13900001111", "新负责人")
    body = LedgerPayload.objects.latest("entry_id").body
    assert "13900001111" not in body
    assert "新负责人" not in body
    assert json.loads(body)["after"] == {"contact": True, "phone": True}


def test_a_change_needs_a_reason_a_category_and_something_new(clerk: User, subject: Subject) -> None:
    assert "Say why" in refusal(lambda: change(clerk, subject, reason=" ", name="x"))
    assert "category" in refusal(lambda: change(clerk, subject, categories=()))
    assert "Nothing is new" in refusal(lambda: change(clerk, subject))
    subject.refresh_from_db()
    assert subject.version == 1


def test_a_credit_code_is_right_and_belongs_to_one_subject(clerk: User, subject: Subject) -> None:
    other = factories.subject()
    assert "no valid" in refusal(lambda: change(clerk, subject, uscc="91370323MA3XXXXX00"))
    assert other.name in refusal(lambda: change(clerk, subject, uscc=other.uscc))


def test_two_clerks_do_not_overwrite_each_other(clerk: User, subject: Subject) -> None:
    change(clerk, subject, name="甲旅馆")
    assert "meanwhile" in refusal(lambda: change(clerk, subject, name="乙旅馆"))
    subject.refresh_from_db()
    assert subject.name == "甲旅馆"


def test_an_entry_is_kept_by_its_unit_and_by_the_bureau(subject: Subject) -> None:
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert str(subject.unit) in refusal(lambda: change(stranger, subject, name="x"))
    station = factories.unit("派出所", Unit.Kind.STATION, parent=subject.unit)
    below = factories.subject(unit=station)
    change(factories.user(Role.CLERK, unit=subject.unit), below, name="下属辖区旅馆")
    change(factories.user(Role.CLERK, unit=factories.unit("局", Unit.Kind.BUREAU)), subject, name="局里改的")


def test_confirming_sets_today_once(clerk: User) -> None:
    stale = factories.subject(unit=clerk.unit, verified_on=clock.today() - dt.timedelta(days=400))
    assert is_stale(stale.verified_on, clock.today())
    commands.verify_subject(actor=clerk, subject_id=stale.pk, version=1)
    stale.refresh_from_db()
    assert stale.verified_on == clock.today()
    assert "already" in refusal(lambda: commands.verify_subject(actor=clerk, subject_id=stale.pk, version=2))


def test_categories_are_made_changed_and_retired_by_the_system_administrator() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    commands.save_category(actor=admin, code="hotel", name="旅馆业", publicity="name")
    category = SubjectCategory.objects.get(code="hotel")
    save = commands.save_category
    assert "exists" in refusal(lambda: save(actor=admin, code="hotel", name="别的", publicity="name"))
    renamed: dict[str, Any] = {"category_id": category.pk, "code": "hotels", "name": "旅馆业", "publicity": "name"}
    assert "never changes" in refusal(lambda: save(actor=admin, **renamed))
    save(actor=admin, category_id=category.pk, code="hotel", name="旅馆业", publicity="counts", active=False)
    category.refresh_from_db()
    assert (category.publicity, category.active) == ("counts", False)


def test_the_scope_of_categories_holds_each_subject_once() -> None:
    first, second = factories.category(), factories.category()
    both = factories.subject(categories=[first, second])
    one = factories.subject(categories=[second])
    factories.subject()
    rows = list(queries.subjects_in_scope([first.pk, second.pk]))
    assert [row.pk for row in rows] == [subject.pk for subject in sorted((both, one), key=lambda subject: subject.key)]
    assert {row.pk: set(row.categories) for row in rows} == {both.pk: {first.pk, second.pk}, one.pk: {second.pk}}


def test_an_exclusion_counts_on_its_days_only() -> None:
    today = clock.today()
    open_end, past, future = factories.subject(), factories.subject(), factories.subject()
    factories.exclusion(open_end, starts_on=today)
    factories.exclusion(past, ends_on=today - dt.timedelta(days=1))
    factories.exclusion(future, starts_on=today + dt.timedelta(days=1))
    assert queries.excluded_on(today) == {open_end.pk}
    assert queries.exclusion_on(open_end.pk, today) is not None
    assert queries.exclusion_on(past.pk, today) is None


def test_signals_count_upheld_complaints_and_serious_violations_in_their_months(subject: Subject) -> None:
    today = dt.date(2026, 6, 30)
    clerk, quiet = factories.user(), factories.subject()
    for upheld, day in ((True, today), (True, dt.date(2025, 6, 30)), (True, dt.date(2025, 6, 29)), (None, today)):
        Complaint.objects.create(subject=subject, received_on=day, channel="110", content="x", upheld=upheld, recorded_by=clerk)
    for serious, day in ((True, dt.date(2024, 6, 30)), (True, dt.date(2024, 6, 29)), (False, today)):
        Violation.objects.create(subject=subject, found_on=day, facts="x", serious=serious, recorded_by=clerk)
    assert queries.signals([subject.pk, quiet.pk], today) == {subject.pk: Signals(2, 1), quiet.pk: NO_SIGNALS}


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (dt.date(2026, 3, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2026, 1, 15), 1, dt.date(2025, 12, 15)),
        (dt.date(2026, 12, 31), 24, dt.date(2024, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last(day: dt.date, months: int, before: dt.date) -> None:
    assert months_before(day, months) == before


def test_an_entry_is_stale_the_day_after_a_year() -> None:
    assert not is_stale(dt.date(2025, 6, 30), dt.date(2026, 6, 30))
    assert is_stale(dt.date(2025, 6, 29), dt.date(2026, 6, 30))
