"""Accounts, roles, units: what each command does, refuses and records."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registries.ledger.models import LedgerEntry, LedgerPayload
from registries.people import commands
from registries.people.commands import Founder
from registries.people.models import Unit, User
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.people.titles import title
from tests import factories
from tests.asking import refusal

pytestmark = pytest.mark.django_db

GOOD = "Kestrel-marsh-40817"


def last() -> LedgerPayload:
    return LedgerPayload.objects.select_related("entry").latest("entry_id")


def test_a_new_account_has_no_role_and_must_choose_its_password() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    commands.create_account(actor=admin, username="wang", name="王一", unit_id=None, password=GOOD)
    made = User.objects.get(username="wang")
    assert made.check_password(GOOD)
    assert made.must_change_password
    assert not made.role_codes
    entry = last()
    assert entry.verb == "registries.create_account"
    assert entry.actor == admin
    assert entry.object_id == str(made.pk)


def test_no_password_and_no_hash_of_one_stands_in_the_ledger() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    commands.create_account(actor=admin, username="wang", name="王一", unit_id=None, password=GOOD)
    made = User.objects.get(username="wang")
    commands.reset_password(actor=admin, user_id=made.pk, password=GOOD + "x")
    made.refresh_from_db()
    for body in LedgerPayload.objects.values_list("body", flat=True):
        assert GOOD not in body
        assert made.password not in body


def test_an_account_name_is_taken_once_and_nothing_is_half_made() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    commands.create_account(actor=admin, username="wang", name="王一", unit_id=None, password=GOOD)
    accounts = User.objects.count()
    reason = refusal(lambda: commands.create_account(actor=admin, username="wang", name="王二", unit_id=None, password=GOOD))
    assert reason == "The account wang exists already."
    assert User.objects.count() == accounts
    assert json.loads(last().body)["refused"] == reason


@pytest.mark.parametrize("weak", ["short-1", "1234567890123", "password1234"])
def test_a_weak_password_is_refused(weak: str) -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    reason = refusal(lambda: commands.create_account(actor=admin, username="wang", name="王一", unit_id=None, password=weak))
    assert reason.startswith("This password is too easy")
    assert not User.objects.filter(username="wang").exists()


def test_an_own_password_needs_the_present_one() -> None:
    clerk = factories.user(Role.CLERK, must_change_password=True)
    assert "not right" in refusal(lambda: commands.set_own_password(actor=clerk, old_password="wrong", new_password=GOOD))
    assert "Choose another" in refusal(
        lambda: commands.set_own_password(actor=clerk, old_password=factories.PASSWORD, new_password=factories.PASSWORD)
    )
    commands.set_own_password(actor=clerk, old_password=factories.PASSWORD, new_password=GOOD)
    clerk.refresh_from_db()
    assert clerk.check_password(GOOD)
    assert not clerk.must_change_password


def test_a_disabled_account_has_no_right_left_and_can_be_enabled() -> None:
    admin, clerk = factories.user(Role.SYSTEM_ADMIN), factories.user(Role.CLERK)
    commands.disable_account(actor=admin, user_id=clerk.pk)
    shut = User.objects.get(pk=clerk.pk)
    assert not shut.has_perm("registries.use_office")
    assert "already" in refusal(lambda: commands.disable_account(actor=admin, user_id=clerk.pk))
    commands.enable_account(actor=admin, user_id=clerk.pk)
    assert User.objects.get(pk=clerk.pk).has_perm("registries.use_office")
    assert "already" in refusal(lambda: commands.enable_account(actor=admin, user_id=clerk.pk))


def test_nobody_disables_or_resets_their_own_account_nor_the_timers() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    assert "own account" in refusal(lambda: commands.disable_account(actor=admin, user_id=admin.pk))
    assert "own account" in refusal(lambda: commands.reset_password(actor=admin, user_id=admin.pk, password=GOOD))
    timer = system_user()
    assert "no accounts of persons" in refusal(lambda: commands.disable_account(actor=admin, user_id=timer.pk))
    assert "no accounts of persons" in refusal(lambda: commands.reset_password(actor=admin, user_id=timer.pk, password=GOOD))
    assert not User.objects.get(pk=timer.pk).has_usable_password()


def test_a_role_is_granted_and_revoked_by_the_security_administrator() -> None:
    security, person = factories.user(Role.SECURITY_ADMIN), factories.user()
    commands.grant_role(actor=security, user_id=person.pk, role="clerk")
    assert User.objects.get(pk=person.pk).role_codes == {"clerk"}
    body = json.loads(last().body)
    assert (body["before"], body["after"]) == ({"roles": []}, {"roles": [title("clerk")]})
    assert "already" in refusal(lambda: commands.grant_role(actor=security, user_id=person.pk, role="clerk"))
    commands.revoke_role(actor=security, user_id=person.pk, role="clerk")
    assert not User.objects.get(pk=person.pk).role_codes
    assert "does not hold" in refusal(lambda: commands.revoke_role(actor=security, user_id=person.pk, role="clerk"))


def test_a_security_administrator_never_touches_the_own_roles() -> None:
    security = factories.user(Role.SECURITY_ADMIN)
    assert "themselves" in refusal(lambda: commands.grant_role(actor=security, user_id=security.pk, role="clerk"))
    assert "of their own" in refusal(lambda: commands.revoke_role(actor=security, user_id=security.pk, role="security-admin"))
    assert User.objects.get(pk=security.pk).role_codes == {"security-admin"}


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
        (Role.SYSTEM_ADMIN, Role.AUDITOR),
        (Role.AUDITOR, Role.SECURITY_ADMIN),
        (Role.AUDITOR, Role.SUPERVISOR),
        (Role.CLERK, Role.SYSTEM_ADMIN),
        (Role.PARTNER, Role.CLERK),
    ],
)
def test_roles_that_exclude_each_other_are_refused_in_a_sentence(held: Role, wanted: Role) -> None:
    security, person = factories.user(Role.SECURITY_ADMIN), factories.user(held)
    reason = refusal(lambda: commands.grant_role(actor=security, user_id=person.pk, role=wanted.value))
    assert "exclude each other" in reason
    assert User.objects.get(pk=person.pk).role_codes == {held.value}


@pytest.mark.parametrize("role", ["system", "public", "no-such-role"])
def test_roles_of_no_person_are_never_granted(role: str) -> None:
    security, person = factories.user(Role.SECURITY_ADMIN), factories.user()
    assert "no person" in refusal(lambda: commands.grant_role(actor=security, user_id=person.pk, role=role))


def test_a_disabled_account_gets_no_role() -> None:
    security, person = factories.user(Role.SECURITY_ADMIN), factories.user(is_active=False)
    assert "disabled" in refusal(lambda: commands.grant_role(actor=security, user_id=person.pk, role="clerk"))


def test_units_are_made_and_changed_but_not_twice_nor_under_themselves() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    commands.save_unit(actor=admin, code="ZA", name="治安大队", short_name="治安", kind="brigade")
    unit = Unit.objects.get(code="ZA")
    assert "exists already" in refusal(
        lambda: commands.save_unit(actor=admin, code="ZA", name="别的", short_name="别", kind="brigade")
    )
    assert "itself" in refusal(
        lambda: commands.save_unit(
            actor=admin, unit_id=unit.pk, code="ZA", name="治安大队", short_name="治安", kind="brigade", parent_id=unit.pk
        )
    )
    commands.save_unit(
        actor=admin, unit_id=unit.pk, code="ZA", name="治安管理大队", short_name="治安", kind="brigade", active=False
    )
    unit.refresh_from_db()
    assert (unit.name, unit.active) == ("治安管理大队", False)
    assert json.loads(last().body)["before"] == {"name": "治安大队", "active": True}


def test_the_office_is_founded_once_with_its_three_administrators() -> None:
    founders = {
        role.value: Founder(role.value, role.value, GOOD) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    }
    timer = system_user()
    incomplete = {k: v for k, v in founders.items() if k != "auditor"}
    assert "an auditor" in refusal(lambda: commands.found_office(actor=timer, founders=incomplete))
    commands.found_office(actor=timer, founders=founders)
    for role in founders:
        made = User.objects.get(username=role)
        assert made.role_codes == {role}
        assert made.must_change_password
    assert "already" in refusal(lambda: commands.found_office(actor=timer, founders=founders))


def test_founding_refuses_whole_when_one_password_is_weak() -> None:
    founders = {"system-admin": Founder("a1", "甲", GOOD), "security-admin": Founder("b1", "乙", "weak")}
    founders["auditor"] = Founder("c1", "丙", GOOD)
    before = User.objects.count()
    refusal(lambda: commands.found_office(actor=system_user(), founders=founders))
    assert User.objects.count() == before


def test_the_operators_command_prints_each_password_once() -> None:
    out = StringIO()
    call_command("found_office", stdout=out)
    printed = out.getvalue()
    for username in ("sysadmin", "secadmin", "auditor"):
        line = next(line for line in printed.splitlines() if f" {username} " in line)
        assert User.objects.get(username=username).check_password(line.split()[-1])
    with pytest.raises(CommandError, match="founded already"):
        call_command("found_office", stdout=out)


def test_every_change_is_one_entry_of_the_chain() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    before = LedgerEntry.objects.count()
    commands.save_unit(actor=admin, code="ZA", name="治安大队", short_name="治安", kind="brigade")
    assert LedgerEntry.objects.count() == before + 1
