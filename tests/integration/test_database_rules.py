"""What the database itself refuses, whatever the code above it does. Every statement here goes past the models."""

import itertools

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from config.checks import TRIGGERS, every_trigger_stands
from inspections.plans.states import PlanState
from registries import clock, triggers
from registries.campaigns.models import Campaign
from registries.comparisons.models import Comparison, Difference
from registries.ledger import record
from registries.people.models import User
from registries.people.queries import system_user
from registries.people.roles import EXCLUSIVE, Role
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC))


def refused(statement: str, *values: str | int | None) -> str:
    """Run the statement; it must fail. Returns what the database says."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


def run(statement: str, *values: str | int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def test_every_trigger_stands_and_the_check_would_notice_one_that_does_not() -> None:
    assert every_trigger_stands(databases=["default"]) == []
    gone = TRIGGERS[0]
    with transaction.atomic():
        table = "" if connection.vendor == "sqlite" else f' ON "{gone.table}"'
        run(f'DROP TRIGGER "{gone.name}"{table}')
        messages = every_trigger_stands(databases=["default"])
        assert [message.id for message in messages] == ["sunlot.E020"]
        triggers.make([gone], "default")
    assert every_trigger_stands(databases=["default"]) == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("registries_ledgerentry", "action"),
        ("registries_ledgerpayload", "body"),
        ("registries_checkpoint", "text"),
    ],
)
def test_the_ledger_is_append_only(table: str, column: str) -> None:
    record.daily_checkpoint(clock.today(), system_user().pk)
    assert "append-only" in refused(f"UPDATE {table} SET {column} = 'x'")  # noqa: S608
    assert "append-only" in refused(f"DELETE FROM {table}")  # noqa: S608


def test_a_comparison_with_its_lines_and_a_review_that_has_ended_stand() -> None:
    user, today = factories.user(Role.CLERK), clock.today()
    kept = Comparison.objects.create(
        category=factories.category(), source="名单", file_name="a.csv", sha256="0" * 64, compared_by=user, compared_at=clock.now()
    )
    Difference.objects.create(comparison=kept, kind="missing", number=2)
    assert "append-only" in refused("UPDATE registries_comparison SET source = 'x'")
    assert "append-only" in refused("UPDATE registries_difference SET number = 3")
    assert "append-only" in refused("DELETE FROM registries_difference")
    review = Campaign.objects.create(year=today.year, since=today, due_on=today, started_by=user, started_on=today)
    assert run("UPDATE registries_campaign SET ended_by_id = %s, ended_on = %s", user.pk, today.isoformat()) == 1
    assert "never changed" in refused("UPDATE registries_campaign SET outcome = '{}' WHERE id = %s", review.pk)
    assert "never deleted" in refused("DELETE FROM registries_campaign")


def test_no_two_entries_follow_the_same_one() -> None:
    record.daily_checkpoint(clock.today(), system_user().pk)
    refused(
        "INSERT INTO registries_ledgerentry (seq, time, action, payload_hash, previous, entry_hash) "
        "SELECT seq + 1, time, action, payload_hash, previous, 'x' FROM registries_ledgerentry"
    )


def hold(user: User, role: Role) -> str:
    statement = "INSERT INTO registries_user_groups (user_id, group_id) VALUES (%s, %s)"
    return refused(statement, user.pk, Group.objects.get(name=role.value).pk)


@pytest.mark.parametrize(("one", "other"), [*EXCLUSIVE, *((b, a) for a, b in EXCLUSIVE)])
def test_roles_that_exclude_each_other_never_meet_in_one_account(one: Role, other: Role) -> None:
    user = factories.user()
    run("INSERT INTO registries_user_groups (user_id, group_id) VALUES (%s, %s)", user.pk, Group.objects.get(name=one).pk)
    assert "exclude each other" in hold(user, other)


def test_roles_that_do_not_exclude_each_other_may_meet() -> None:
    for one, other in itertools.combinations(ROLES, 2):
        if (one, other) not in EXCLUSIVE and (other, one) not in EXCLUSIVE:
            assert factories.user(one, other).role_codes == {one.value, other.value}


def test_a_held_role_is_not_turned_into_another_one() -> None:
    user = factories.user(Role.CLERK)
    auditor = Group.objects.get(name=Role.AUDITOR).pk
    refused("UPDATE registries_user_groups SET group_id = %s WHERE user_id = %s", auditor, user.pk)


def test_there_is_no_superuser() -> None:
    user = factories.user(Role.SYSTEM_ADMIN)
    refused("UPDATE registries_user SET is_superuser = %s WHERE id = %s", True, user.pk)


def test_a_published_edition_and_what_it_holds_are_never_changed() -> None:
    revision = factories.matter()
    edition = revision.editions.get()
    refused("UPDATE registries_edition SET title = 'x' WHERE id = %s", edition.pk)
    refused("DELETE FROM registries_edition_revisions WHERE edition_id = %s", edition.pk)
    refused("UPDATE registries_matterrevision SET name = 'x' WHERE id = %s", revision.pk)
    refused("DELETE FROM registries_legalbasis WHERE revision_id = %s", revision.pk)
    refused("UPDATE registries_checklistitem SET content = 'x' WHERE revision_id = %s", revision.pk)


def test_a_published_plan_is_never_changed_nor_deleted() -> None:
    plan = factories.plan()
    refused("UPDATE inspections_plan SET title = 'x' WHERE id = %s", plan.pk)
    refused("DELETE FROM inspections_plan WHERE id = %s", plan.pk)


def test_nobody_approves_what_they_prepared() -> None:
    revision = factories.matter(published=False)
    plan = factories.plan(state=PlanState.SUBMITTED)
    draw = factories.draw(factories.matter())
    edition = factories.edition(revision)
    refused("UPDATE inspections_plan SET approved_by_id = prepared_by_id WHERE id = %s", plan.pk)
    refused("UPDATE inspections_draw SET approved_by_id = prepared_by_id WHERE id = %s", draw.pk)
    refused(
        "INSERT INTO registries_edition (title, state, note, prepared_by_id, prepared_at, approved_by_id, returned_because, version) "
        "SELECT title, 'submitted', note, prepared_by_id, prepared_at, prepared_by_id, '', 1 FROM registries_edition WHERE id = %s",
        edition.pk,
    )


def test_a_plan_is_published_only_when_approved_and_numbered() -> None:
    plan = factories.plan(state=PlanState.SUBMITTED)
    refused("UPDATE inspections_plan SET state = 'published' WHERE id = %s", plan.pk)
    refused("UPDATE inspections_plan SET state = 'published', number = '1' WHERE id = %s", plan.pk)
