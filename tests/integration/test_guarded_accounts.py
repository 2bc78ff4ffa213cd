"""Passwords and their rules, new passwords by two people, break-glass accounts, accounts nobody uses."""

import datetime as dt
import itertools
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from config import checks
from inspections.messages import queries as messages
from registries import clock
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people import commands, passwords, tasks
from registries.people.models import Alarm, BreakGlass, PasswordReset, Session, User
from registries.people.roles import EXCLUSIVE, Role
from tests import factories
from tests.asking import refusal, signed_in

pytestmark = pytest.mark.django_db

GOOD, OWN = "Kestrel-marsh-40817", "Plover-quarry-52963"


@pytest.mark.parametrize(
    ("password", "role", "good"),
    [
        ("Ab1-xyz", Role.CLERK, False),  # seven
        ("Ab1-xyzq", Role.CLERK, True),
        ("Ab1-xyzq", Role.SYSTEM_ADMIN, False),  # administrators: twelve
        ("Ab1-xyzqwert", Role.SYSTEM_ADMIN, True),
        ("abcdefghij1", Role.CLERK, False),  # two kinds
        ("红旗-Tuolaji", Role.CLERK, True),
        ("Password123", Role.CLERK, False),  # a common one
        ("Gongan@Yiyuan1", Role.CLERK, False),  # what everybody would guess
        ("Zhangsan-2026", Role.CLERK, False),  # like the account
        (" spaces Are 4 ", Role.CLERK, True),
        ("A1-" + "长" * 120, Role.CLERK, True),
    ],
)
def test_the_rules_for_passwords(password: str, role: Role, good: bool) -> None:
    user = factories.user(role, username="zhangsan-2026")
    assert (passwords.why_not_password(password, user) is None) is good


def test_a_long_password_is_taken_whole() -> None:
    user, long = factories.user(Role.CLERK), f"{GOOD}-" + "语" * 30 + "z" * 50
    commands.set_own_password(actor=user, old_password=factories.PASSWORD, new_password=long)
    user.refresh_from_db()
    assert user.check_password(long)
    assert not user.check_password(long[:-1])
    assert not user.check_password(long.upper())


def test_none_of_the_last_five_comes_back_but_the_sixth_may() -> None:
    user = factories.user(Role.CLERK)
    chosen = [factories.PASSWORD, *(f"{GOOD}-{n}" for n in range(6))]
    for old, new in itertools.pairwise(chosen):
        commands.set_own_password(actor=user, old_password=old, new_password=new)
    for before in chosen[2:-1]:
        assert "too easy" in refusal(commands.set_own_password, actor=user, old_password=chosen[-1], new_password=before)
    commands.set_own_password(actor=user, old_password=chosen[-1], new_password=chosen[1])
    assert user.past_passwords.count() == 5


def test_an_old_password_is_changed_before_anything_else_unless_the_setting_says_never(settings: Any) -> None:
    user = factories.user(Role.CLERK, unit=factories.unit())
    User.objects.filter(pk=user.pk).update(password_set_at=clock.now() - dt.timedelta(days=90))
    client = signed_in(user)
    assert client.get("/office/").status_code == 200
    settings.PASSWORD_DAYS = 90
    assert client.get("/office/").headers["Location"] == "/office/password/"
    assert client.get("/office/password/").status_code == 200


def test_the_password_page_tells_the_rules_and_keeps_nothing_typed() -> None:
    page = signed_in(factories.user(Role.CLERK)).post("/office/password/", {"old_password": "Falsch-4711", "new_password": "x", "again": "y"})
    text = page.content.decode()
    assert text.count("<li>") >= 6
    assert "Falsch-4711" not in text
    assert text.count('type="password"') == 3


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_who_decides_gets_a_new_password_by_two_people(role: Role) -> None:
    system, person = factories.user(Role.SYSTEM_ADMIN), factories.user(role)
    first, second = (Role.AUDITOR, Role.SECURITY_ADMIN) if role == Role.SECURITY_ADMIN else (Role.SECURITY_ADMIN, Role.AUDITOR)
    assert "Two people" in refusal(commands.reset_password, actor=system, user_id=person.pk, password=GOOD)
    commands.ask_reset(actor=system, user_id=person.pk)
    assert "already" in refusal(commands.ask_reset, actor=system, user_id=person.pk)
    asked = PasswordReset.objects.get()
    assert "confirms it first" in refusal(commands.reset_password, actor=system, user_id=person.pk, password=GOOD)
    assert "role does not allow" in refusal(commands.confirm_reset, actor=system, reset_id=asked.pk)
    assert "confirmed by" in refusal(commands.confirm_reset, actor=factories.user(second), reset_id=asked.pk)
    confirmer = factories.user(first)
    page = signed_in(confirmer)
    assert person.name in page.get("/office/resets/").content.decode()
    assert page.post(f"/office/resets/{asked.pk}/confirm/").status_code == 302
    commands.reset_password(actor=system, user_id=person.pk, password=GOOD)
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert "Two people" in refusal(commands.reset_password, actor=system, user_id=person.pk, password=GOOD + "x"), "once"
    told = [note.text.english for note in messages.news(person, clock.now()) if "one-time" in note.text.english]
    assert told == [f"{system.username} set a one-time password for your account, {confirmer.username} confirmed it. If you did not want that, tell the auditor."]


def test_nobody_confirms_for_themselves_and_a_confirmation_ages() -> None:
    system, person = factories.user(Role.SYSTEM_ADMIN), factories.user(Role.SUPERVISOR)
    security = factories.user(Role.SECURITY_ADMIN)
    commands.ask_reset(actor=system, user_id=person.pk)
    commands.confirm_reset(actor=security, reset_id=PasswordReset.objects.get().pk)
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        assert "older than a day" in refusal(commands.reset_password, actor=system, user_id=person.pk, password=GOOD)
        commands.ask_reset(actor=system, user_id=person.pk)
    asked = PasswordReset.objects.get(confirmed_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        PasswordReset.objects.filter(pk=asked.pk).update(confirmed_by=system, confirmed_at=clock.now())
    commands.refuse_reset(actor=security, reset_id=asked.pk)
    assert "Two people" in refusal(commands.reset_password, actor=system, user_id=person.pk, password=GOOD)


def test_a_role_that_decides_is_not_given_to_an_account_whose_password_somebody_else_knows() -> None:
    system, security = factories.user(Role.SYSTEM_ADMIN), factories.user(Role.SECURITY_ADMIN)
    commands.create_account(actor=system, username="new", name="新", unit_id=None, password=GOOD)
    made = User.objects.get(username="new")
    assert "one-time" in refusal(commands.grant_role, actor=security, user_id=made.pk, role="supervisor")
    client = Client()  # without any role: the own password is all that is open
    client.force_login(made, backend="registries.people.backend.Accounts")
    assert client.get("/office/").headers["Location"] == "/office/password/"
    chosen = {"old_password": GOOD, "new_password": OWN, "again": OWN}
    assert client.post("/office/password/", chosen).status_code == 302
    assert client.get("/office/password/").status_code == 403
    commands.grant_role(actor=security, user_id=made.pk, role="supervisor")


def test_roles_that_exclude_each_other_never_meet_whatever_writes_them() -> None:
    """Every pair, past every command: the database refuses (trust.md 2.3)."""
    from django.contrib.auth.models import Group

    groups = {group.name: group for group in Group.objects.all()}
    for one, other in EXCLUSIVE:
        user = factories.user(one)
        with pytest.raises(DatabaseError), transaction.atomic():
            user.groups.add(groups[other.value])


def test_there_is_no_way_to_a_superuser() -> None:
    user = factories.user(Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    with pytest.raises((CommandError, AttributeError)):
        call_command("createsuperuser", "--noinput", "--username", "root", "--name", "root")
    assert checks.no_superuser(["default"]) == []
    assert list(run_check("accounts")) == []


def test_a_break_glass_account_opens_rings_and_closes_by_itself() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="Say why"):
        call_command("break_glass", "notfall-li", "--reason", "x")
    call_command("break_glass", "notfall-li", "--name", "李某", "--reason", "三名管理员同时不在岗，须停用一个账户", "--hours", "2", stdout=out)
    password = out.getvalue().split()[2]
    user = User.objects.get(username="notfall-li")
    client = Client()
    assert client.post("/office/sign-in/", {"username": "notfall-li", "password": password}).headers["Location"] == "/office/"
    assert client.get("/office/").headers["Location"] == "/office/password/"
    new = {"old_password": password, "new_password": GOOD, "again": GOOD}
    assert client.post("/office/password/", new).status_code == 302
    assert client.get("/office/accounts/").status_code == 200
    for role in (Role.AUDITOR, Role.SUPERVISOR, Role.SECURITY_ADMIN):
        page = signed_in(factories.user(role))
        assert "notfall-li" in page.get("/office/").content.decode(), role
        if role != Role.SECURITY_ADMIN:
            assert "notfall-li" in page.get("/office/ledger/").content.decode()
            assert "notfall-li" in page.get("/office/ledger/self-check/").content.decode()
        assert "三名管理员同时不在岗" in page.get("/office/alarms/").content.decode()
    with time_machine.travel(clock.now() + dt.timedelta(hours=2, seconds=1)):
        assert client.get("/office/accounts/").status_code == 302, "before any timer has run"
        tasks.sweep_accounts()
    user.refresh_from_db()
    assert (user.is_active, user.role_codes) == (False, frozenset())
    assert BreakGlass.objects.get().closed_at is not None
    assert not Session.objects.filter(user=user, ended_because="").exists()
    verbs = list(LedgerPayload.objects.order_by("entry_id").values_list("verb", flat=True))
    assert "registries.break_glass" in verbs
    assert verbs[-1] == "registries.close_glass"
    assert Alarm.objects.get().noted_at is None, "it rings until somebody has looked"
    assert list(run_check("accounts")) == []


def test_accounts_that_nobody_uses_are_flagged() -> None:
    admin = factories.user(Role.SYSTEM_ADMIN)
    long_ago = clock.now() - dt.timedelta(days=91)
    factories.user(Role.CLERK, username="idle1", last_login=long_ago)
    factories.user(Role.CLERK, username="idle2", created_at=long_ago)
    factories.user(Role.CLERK, username="busy", created_at=long_ago, last_login=clock.now())
    page = signed_in(admin).get("/office/accounts/?state=unused").content.decode()
    assert "idle1" in page
    assert "idle2" in page
    assert "busy" not in page


def test_production_is_told_what_is_open(settings: Any) -> None:
    settings.OFFICE_NETWORKS, settings.PASSWORD_DAYS, settings.SIGN_IN_ALARM, settings.SESSION_IDLE_MINUTES = [], 0, 0, 0
    assert [one.id for one in checks.signing_in_is_guarded()] == ["sunlot.E051", "sunlot.E052", "sunlot.W054", "sunlot.W055"]
    settings.OFFICE_NETWORKS, settings.PASSWORD_DAYS, settings.SIGN_IN_ALARM = ["10.0.0.0/8"], 90, 30
    settings.SESSION_IDLE_MINUTES = 15
    assert checks.signing_in_is_guarded() == []
