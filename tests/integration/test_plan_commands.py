"""Plans: what each command does, in which states, who is refused, and what stands in the ledger."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from inspections.plans import commands
from inspections.plans.commands import ItemValues
from inspections.plans.models import Plan, PlanItem
from inspections.plans.queries import lines, open_items, visible_plans
from registries import clock
from registries.ledger.models import LedgerPayload
from registries.matters.models import MatterRevision
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db

YEAR = clock.today().year


def begun(clerk: User, year: int = YEAR) -> Plan:
    change = commands.prepare_plan(actor=clerk, year=year, title="年度计划")
    assert isinstance(change.obj, Plan)
    return change.obj


def values(revision: MatterRevision, **other: Any) -> ItemValues:
    plain = ItemValues(
        matter_id=revision.matter_id, unit_id=revision.unit_id, first_month=3, last_month=9, ratio_percent=Decimal(5)
    )
    return replace(plain, **other)


@pytest.fixture
def revision() -> MatterRevision:
    return factories.matter()


@pytest.fixture
def clerk(revision: MatterRevision) -> User:
    return factories.user(Role.CLERK, unit=revision.unit)


def passed(plan: Plan, version: int) -> int:
    """Through the legal review; returns the version after it."""
    commands.review_plan(actor=factories.user(Role.REVIEWER), plan_id=plan.pk, version=version)
    return version + 1


@pytest.fixture
def submitted(clerk: User, revision: MatterRevision) -> Plan:
    plan = begun(clerk)
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=values(revision))
    commands.submit_plan(actor=clerk, plan_id=plan.pk, version=2)
    passed(plan, 3)
    plan.refresh_from_db()
    return plan


def test_a_plan_is_begun_for_the_clerks_own_unit(clerk: User) -> None:
    plan = begun(clerk)
    assert (plan.unit, plan.state, plan.prepared_by) == (clerk.unit, "preparing", clerk)
    entry = LedgerPayload.objects.latest("entry_id")
    assert (entry.verb, entry.object_id) == ("inspections.prepare_plan", str(plan.pk))


def test_nobody_plans_without_a_unit_or_for_a_far_year(clerk: User) -> None:
    homeless = factories.user(Role.CLERK)
    assert "no unit" in refusal(lambda: commands.prepare_plan(actor=homeless, year=YEAR, title="x"))
    assert "a year from" in refusal(lambda: commands.prepare_plan(actor=clerk, year=YEAR + 2, title="x"))


def test_items_are_added_changed_and_removed_while_preparing(clerk: User, revision: MatterRevision) -> None:
    plan = begun(clerk)
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=values(revision))
    item = plan.items.get()
    number = values(revision, ratio_percent=None, number=12, source="municipal", document_number="淄公发〔2026〕3号")
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=2, item_id=item.pk, item=number)
    item.refresh_from_db()
    assert (item.ratio_percent, item.number, item.source) == (None, 12, "municipal")
    body = json.loads(LedgerPayload.objects.latest("entry_id").body)
    assert "5" in body["before"]["item"]
    assert "12" in body["after"]["item"]
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=3, item_id=item.pk)
    assert not plan.items.exists()


def test_a_joint_item_names_its_matters(clerk: User) -> None:
    lead, other = factories.matter(unit=clerk.unit, published=False), factories.matter(published=False)
    factories.edition(lead, other)
    plan = begun(clerk)
    item = values(lead, unit_id=clerk.unit_id, joint_matters=(other.matter_id,))
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=item)
    line = lines(plan)[0]
    assert line.joint == [f"{other.matter.code} {other.name}"]
    assert line.code == ""


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ratio_percent": None}, "either a ratio or a number"),
        ({"number": 3}, "either a ratio or a number"),
        ({"ratio_percent": Decimal(0)}, "above 0"),
        ({"ratio_percent": Decimal(101)}, "100 at most"),
        ({"first_month": 10}, "does not come after"),
        ({"source": "national"}, "document number"),
    ],
)
def test_an_item_that_says_too_little_or_too_much_is_refused(
    clerk: User, revision: MatterRevision, wrong: dict[str, Any], reason: str
) -> None:
    plan = begun(clerk)
    item = values(revision, **wrong)
    assert reason in refusal(lambda: commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=item))
    assert not plan.items.exists()


def test_only_matters_of_the_published_edition_are_planned(clerk: User) -> None:
    unpublished = factories.matter(unit=clerk.unit, published=False)
    plan = begun(clerk)
    reason = refusal(lambda: commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=values(unpublished)))
    assert "published edition" in reason


def test_a_brigades_clerk_plans_for_the_own_unit_and_the_bureaus_for_all(clerk: User, revision: MatterRevision) -> None:
    elsewhere = factories.unit()
    plan = begun(clerk)
    item = values(revision, unit_id=elsewhere.pk)
    assert "your own unit" in refusal(lambda: commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=item))
    chief = factories.user(Role.CLERK, unit=factories.unit("县公安局", Unit.Kind.BUREAU))
    wide = begun(chief)
    commands.change_plan(actor=chief, plan_id=wide.pk, version=1, item=item)
    assert wide.items.get().unit == elsewhere


def test_another_brigades_plan_is_neither_seen_nor_changed(clerk: User, revision: MatterRevision) -> None:
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    plan = begun(clerk)
    assert plan not in visible_plans(stranger)
    item = values(revision, unit_id=stranger.unit_id)
    assert "another unit's" in refusal(lambda: commands.change_plan(actor=stranger, plan_id=plan.pk, version=1, item=item))


def test_an_old_version_of_a_plan_is_refused(clerk: User, revision: MatterRevision) -> None:
    plan = begun(clerk)
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=values(revision))
    assert "changed meanwhile" in refusal(lambda: commands.submit_plan(actor=clerk, plan_id=plan.pk, version=1))


def test_an_empty_plan_is_not_submitted(clerk: User) -> None:
    plan = begun(clerk)
    assert "no item" in refusal(lambda: commands.submit_plan(actor=clerk, plan_id=plan.pk, version=1))


def test_a_matter_that_left_the_list_holds_the_plan_up(clerk: User, revision: MatterRevision) -> None:
    plan = begun(clerk)
    commands.change_plan(actor=clerk, plan_id=plan.pk, version=1, item=values(revision))
    factories.matter()  # a new edition without the planned matter
    assert "published edition" in refusal(lambda: commands.submit_plan(actor=clerk, plan_id=plan.pk, version=2))


def test_a_submitted_plan_is_not_changed(clerk: User, submitted: Plan, revision: MatterRevision) -> None:
    version = submitted.version
    reason = refusal(lambda: commands.change_plan(actor=clerk, plan_id=submitted.pk, version=version, item=values(revision)))
    assert reason.startswith("The plan is")
    assert submitted.items.count() == 1


def test_approval_numbers_the_plan_and_its_items_without_gaps(clerk: User, revision: MatterRevision) -> None:
    supervisor = factories.user(Role.SUPERVISOR)
    for nth in (1, 2):
        plan = begun(clerk)
        for version in (1, 2, 3):
            commands.change_plan(actor=clerk, plan_id=plan.pk, version=version, item=values(revision))
        commands.change_plan(actor=clerk, plan_id=plan.pk, version=4, item_id=plan.items.order_by("pk")[1].pk)
        commands.submit_plan(actor=clerk, plan_id=plan.pk, version=5)
        commands.approve_plan(actor=supervisor, plan_id=plan.pk, version=passed(plan, 6))
        plan.refresh_from_db()
        assert (plan.state, plan.number) == ("published", f"源公抽查计划〔{YEAR}〕{nth}号")
        assert plan.approved_by == supervisor
        first = 2 * nth - 1
        codes = list(plan.items.order_by("pk").values_list("code", flat=True))
        assert codes == [f"{YEAR}-P{first:02}", f"{YEAR}-P{first + 1:02}"]


def test_who_prepared_or_changed_a_plan_never_approves_it(submitted: Plan, revision: MatterRevision) -> None:
    both = factories.user(Role.CLERK, Role.SUPERVISOR, unit=revision.unit)
    mine = begun(both)
    commands.change_plan(actor=both, plan_id=mine.pk, version=1, item=values(revision))
    commands.submit_plan(actor=both, plan_id=mine.pk, version=2)
    version = passed(mine, 3)
    assert "You prepared" in refusal(lambda: commands.approve_plan(actor=both, plan_id=mine.pk, version=version))
    commands.return_plan(actor=both, plan_id=submitted.pk, version=submitted.version, reason="补充")
    commands.change_plan(actor=both, plan_id=submitted.pk, version=5, item=values(revision))
    commands.submit_plan(actor=both, plan_id=submitted.pk, version=6)
    after = passed(submitted, 7)
    assert "changed or reviewed" in refusal(lambda: commands.approve_plan(actor=both, plan_id=submitted.pk, version=after))
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_a_plan_is_returned_with_a_reason_only(submitted: Plan) -> None:
    supervisor = factories.user(Role.SUPERVISOR)
    back = commands.return_plan
    version = submitted.version
    assert "Say why" in refusal(lambda: back(actor=supervisor, plan_id=submitted.pk, version=version, reason="  "))
    back(actor=supervisor, plan_id=submitted.pk, version=version, reason="比例过低")
    submitted.refresh_from_db()
    assert (submitted.state, submitted.returned_because) == ("preparing", "比例过低")
    assert refusal(lambda: back(actor=supervisor, plan_id=submitted.pk, version=version + 1, reason="x"))


def test_open_items_are_those_of_published_plans_of_the_own_unit(clerk: User, submitted: Plan) -> None:
    assert not open_items(clerk)
    commands.approve_plan(actor=factories.user(Role.SUPERVISOR), plan_id=submitted.pk, version=submitted.version)
    assert list(open_items(clerk)) == list(PlanItem.objects.filter(plan=submitted))
    assert not open_items(factories.user(Role.CLERK, unit=factories.unit()))
    assert open_items(factories.user(Role.CLERK, unit=factories.unit("局", Unit.Kind.BUREAU))).count() == 1


def test_the_database_refuses_an_own_approval_and_a_published_plan_without_number(submitted: Plan) -> None:
    table = connection.ops.quote_name(Plan._meta.db_table)
    for statement in (
        f"UPDATE {table} SET approved_by_id = prepared_by_id WHERE id = %s",  # noqa: S608
        f"UPDATE {table} SET state = 'published' WHERE id = %s",  # noqa: S608
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [submitted.pk])
