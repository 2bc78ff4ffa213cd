"""Two people at the same moment: numbers stay without gaps, and nobody overwrites the other."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from inspections.plans import commands as plans
from inspections.plans.models import Plan
from registries import clock
from registries.ledger.change import Change
from registries.ledger.models import LedgerEntry
from registries.ledger.queries import break_in_chain
from registries.people import commands as people
from registries.people.factors import codes
from registries.people.factors import commands as factors
from registries.people.factors.models import Factor
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects import commands as subjects
from tests import factories
from tests.asking import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_plans_approved_at_once_get_numbers_without_gaps() -> None:
    submitted = [factories.plan(state="submitted") for _ in range(4)]
    for plan in submitted:
        factories.plan_item(factories.matter(unit=plan.unit), plan=plan)
    supervisors = [factories.user(Role.SUPERVISOR) for _ in submitted]

    def approve(plan: Plan, supervisor: User) -> Callable[[], Change]:
        return lambda: plans.approve_plan(actor=supervisor, plan_id=plan.pk, version=plan.version)

    acts = [approve(plan, supervisor) for plan, supervisor in zip(submitted, supervisors, strict=True)]
    assert together(*acts) == ["", "", "", ""]
    year = submitted[0].year
    numbers = set(Plan.objects.filter(pk__in=[p.pk for p in submitted]).values_list("number", flat=True))
    assert numbers == {f"源公抽查计划〔{year}〕{n}号" for n in range(1, 5)}
    assert break_in_chain() is None


def test_two_clerks_who_save_the_same_entry_at_once_do_not_overwrite_each_other() -> None:
    subject = factories.subject(verified_on=dt.date(2020, 1, 1))
    clerks = [factories.user(Role.CLERK, unit=subject.unit) for _ in range(2)]

    def confirm(clerk: User) -> Callable[[], Change]:
        return lambda: subjects.verify_subject(actor=clerk, subject_id=subject.pk, version=1)

    outcomes = together(*(confirm(clerk) for clerk in clerks))
    assert sorted(bool(outcome) for outcome in outcomes) == [False, True]
    subject.refresh_from_db()
    assert subject.version == 2


def test_two_security_administrators_cannot_join_what_excludes_each_other() -> None:
    person = factories.user()
    first, second = factories.user(Role.SECURITY_ADMIN), factories.user(Role.SECURITY_ADMIN)
    outcomes = together(
        lambda: people.grant_role(actor=first, user_id=person.pk, role="clerk"),
        lambda: people.grant_role(actor=second, user_id=person.pk, role="auditor"),
    )
    assert sum(outcome == "" for outcome in outcomes) == 1
    assert len(User.objects.get(pk=person.pk).role_codes) == 1
    assert LedgerEntry.objects.exists()


@pytest.mark.proves("T5", "T12")
def test_one_code_of_the_authenticator_lets_one_in_and_guesses_at_once_do_not_outrun_the_count(record_property: Callable[[str, object], None]) -> None:
    user, key = factories.user(Role.SUPERVISOR), codes.fresh_key()
    now = clock.now()
    factors.enrol_factor(actor=user, key=key, code=codes.code_at(key, now - dt.timedelta(seconds=30)), recovery=[])
    code = codes.code_at(key, now)
    outcomes = together(*[lambda: factors.enter_code(actor=user, code=code, purpose="at sign-in")] * 4)
    assert outcomes.count("") == 1, outcomes
    wrong = next(f"{n:06}" for n in range(9) if codes.step_of(key, f"{n:06}", now) is None)
    outcomes = together(*[lambda: factors.enter_code(actor=user, code=wrong, purpose="at sign-in")] * 12)
    assert (outcomes.count(""), Factor.objects.get().wrong) == (5, 5), outcomes
    record_property("figure", "1 of 4 let in by one code at once; 5 of 12 guesses at once looked at")


@pytest.mark.full
@pytest.mark.engine("postgresql")
@pytest.mark.proves("T12")
def test_without_the_lock_of_its_row_one_code_would_let_several_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test before."""
    user, key, now = factories.user(Role.SUPERVISOR), codes.fresh_key(), clock.now()
    factors.enrol_factor(actor=user, key=key, code=codes.code_at(key, now - dt.timedelta(seconds=30)), recovery=[])
    code = codes.code_at(key, now)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
    assert together(*[lambda: factors.enter_code(actor=user, code=code, purpose="at sign-in")] * 4).count("") > 1
