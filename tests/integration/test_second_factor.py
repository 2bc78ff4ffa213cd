"""The second factor: setting up, signing in by code or recovery code, locks, clearing; and being asked again before what weighs."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import segno
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from config.checks import nothing_of_the_demo
from inspections.messages import queries as messages
from inspections.messages import tasks
from inspections.plans.models import Plan
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.commands import COMMANDS
from registries.ledger.context import Unconfirmed, withheld
from registries.ledger.models import LedgerPayload
from registries.people.confirmed import CONFIRMED
from registries.people.factors import codes, commands, queries, rules
from registries.people.factors.models import Factor, RecoveryCode
from registries.people.models import User
from registries.people.roles import Role, who_may
from tests import factories

pytestmark = pytest.mark.django_db
BEGIN = dt.datetime(2026, 5, 11, 9, 0, 10, tzinfo=clock.BEIJING)
Property = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def strict(settings: Any, time_machine: Any) -> None:
    """As production is: a second factor for those who must, a confirmation for five minutes; the time stands."""
    settings.REQUIRE_SECOND_FACTOR, settings.CONFIRM_SECONDS = True, 300
    time_machine.move_to(BEGIN, tick=False)


def later(time_machine: Any, **passed: float) -> None:
    time_machine.move_to(clock.now() + dt.timedelta(**passed), tick=False)


def enrolled(user: User) -> tuple[str, list[str]]:
    """Give the person a factor, set up a minute ago: its key, the recovery codes."""
    key = codes.fresh_key()
    shown, kept = codes.fresh_recovery()
    commands.enrol_factor(actor=user, key=key, code=codes.code_at(key, clock.now()), recovery=kept)
    Factor.objects.filter(user=user).update(last_step=0)
    user.__dict__.pop("factor_since", None)
    return key, shown


def person(*roles: Role) -> tuple[User, str, list[str]]:
    user = factories.user(*(roles or (Role.SUPERVISOR,)), unit=factories.unit())
    return (user, *enrolled(user))


def password(client: Client, user: User, goes_to: str = "/office/") -> Any:
    return client.post("/office/sign-in/", {"username": user.username, "password": factories.PASSWORD, "next": goes_to})


def code(client: Client, text: str) -> Any:
    return client.post("/office/sign-in/code/", {"code": text})


def inside(client: Client) -> bool:
    return client.get("/office/second-factor/").status_code == 200


def signed_in(user: User, key: str) -> Client:
    client = Client()
    password(client, user)
    assert code(client, codes.code_at(key, clock.now())).status_code == 302
    return client


def said(response: Any) -> str:
    return str(response.content.decode())


# --- codes ----------------------------------------------------------------------------------------------------------------


def test_codes_are_those_of_the_standard_and_one_step_around_counts() -> None:
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: “12345678901234567890”
    at = dt.datetime.fromtimestamp(1111111109, dt.UTC)
    assert codes.code_at(key, at) == "081804"
    for seconds, step in ((0, 37037036), (-30, 37037036), (30, 37037036), (60, None), (-60, None)):
        assert codes.step_of(key, "081804", at + dt.timedelta(seconds=seconds)) == step
    assert codes.step_of(key, "081804", at, after=37037036) is None
    assert rules.typed(" ０81 804 ") == "081804"


def test_the_picture_holds_the_key_under_the_account() -> None:
    said = codes.address("ABCD", username="wang", issuer="沂源县公安局")
    assert said.startswith("otpauth://totp/%E6%B2%82%E6%BA%90")
    assert "secret=ABCD&" in said
    side, path = codes.picture(said)
    assert side > 30
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", path)
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h", path)}
    edge, plain = 3, segno.make(said, error="m").matrix
    assert dark == {(x + edge, y + edge) for y, row in enumerate(plain) for x, module in enumerate(row) if module}


# --- signing in -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("T12")
def test_password_and_code_sign_in_and_the_password_alone_opens_nothing() -> None:
    user, key, _ = person()
    client = Client()
    client.get("/office/sign-in/")
    assert password(client, user, "/office/plans/").headers["Location"] == "/office/sign-in/code/"
    between = client.session.session_key
    assert not inside(client)
    assert "one-time-code" in said(client.get("/office/sign-in/code/"))
    assert code(client, codes.code_at(key, clock.now())).headers["Location"] == "/office/plans/"
    assert inside(client)
    assert client.session.session_key != between


@pytest.mark.proves("T5", "T12")
def test_a_code_works_once_whoever_saw_it(time_machine: Any) -> None:
    user, key, _ = person()
    seen = codes.code_at(key, clock.now())
    signed_in(user, key)
    thief = Client()
    password(thief, user)
    assert "这个验证码已经用过" in said(code(thief, seen))
    later(time_machine, seconds=30)
    assert code(thief, seen).status_code == 200
    assert not inside(thief)


@pytest.mark.proves("T5")
def test_five_wrong_codes_lock_and_no_session_of_its_own_helps(time_machine: Any, record_property: Property) -> None:
    user, key, recovery = person()
    for n in range(rules.WRONG_AT_MOST):
        client = Client()
        password(client, user)
        assert "验证码不正确" in said(code(client, f"{n}00000" if f"{n}00000" != codes.code_at(key, clock.now()) else "999999"))
    for right in (codes.code_at(key, clock.now()), recovery[0]):
        assert "输错次数过多。请等 15 分钟" in said(code(client, right))
    later(time_machine, minutes=16)
    password(client, user)
    assert "输错次数过多" in said(code(client, "abcd-efgh-jkmn"))
    assert "输错次数过多。请等 15 分钟" in said(code(client, codes.code_at(key, clock.now())))
    later(time_machine, minutes=16)
    signed_in(user, key)
    tasks.post_for(user.pk)
    record_property("figure", "after 5 wrong codes 1 try in 15 minutes")


def test_who_waited_too_long_or_was_disabled_begins_again(time_machine: Any) -> None:
    user, key, _ = person()
    client = Client()
    password(client, user)
    later(time_machine, minutes=6)
    assert code(client, codes.code_at(key, clock.now())).headers["Location"] == "/office/sign-in/"
    password(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert code(client, codes.code_at(key, clock.now())).headers["Location"] == "/office/sign-in/"
    assert Client().get("/office/sign-in/code/").headers["Location"] == "/office/sign-in/"


def test_each_recovery_code_works_once_and_renewing_ends_the_others() -> None:
    user, _key, recovery = person()
    client = Client()
    password(client, user)
    page = said(client.get("/office/sign-in/code/?with=recovery"))
    assert "恢复码单上十个" in page
    assert code(client, f"  {recovery[0].upper().replace('-', ' ')} ").status_code == 302
    assert "还剩 9 个" in said(client.get("/office/second-factor/"))
    again = Client()
    password(again, user)
    assert "验证码不正确" in said(code(again, recovery[0]))
    renewed = re.findall(r'class="mono">([a-z0-9-]{14})<', said(client.post("/office/second-factor/recovery-codes/")))
    assert len(set(renewed)) == 10
    assert "验证码不正确" in said(code(again, recovery[1]))
    assert code(again, renewed[1]).status_code == 302


# --- setting up -----------------------------------------------------------------------------------------------------------


def test_approvers_reviewers_auditors_and_administrators_must_have_one() -> None:
    must = {Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
    assert {role for role in Role if queries.must_have(factories.user(role))} == must


def test_who_must_have_one_gets_nowhere_before_it_is_set_up() -> None:
    user, client = factories.user(Role.SUPERVISOR, unit=factories.unit()), Client()
    password(client, user)
    for address in ("/office/", "/admin/", "/office/plans/", "/office/accounts/", "/office/second-factor/"):
        assert client.get(address).headers["Location"] == "/office/second-factor/set-up/", address
    assert client.post("/office/second-factor/off/").headers["Location"] == "/office/second-factor/set-up/"
    page = client.get("/office/second-factor/set-up/")
    key = re.search(r'id="factor-key">([A-Z2-7 ]+)<', said(page))[1].replace(" ", "")  # type: ignore[index]
    assert "<svg" in said(page)
    assert page.headers["Cache-Control"] == "no-store"
    wrong = client.post("/office/second-factor/set-up/", {"code": "000000"})
    assert "验证码不符" in said(wrong)
    assert key in said(wrong).replace(" ", "")
    done = client.post("/office/second-factor/set-up/", {"code": codes.code_at(key, clock.now())})
    assert len(re.findall(r'class="mono">[a-z0-9-]{14}<', said(done))) == 10
    assert client.get("/office/").status_code == 200


def test_others_may_have_one_and_turn_it_off_again() -> None:
    clerk, client = factories.user(Role.CLERK, unit=factories.unit()), Client()
    password(client, clerk)
    assert client.get("/office/").status_code == 200
    assert "尚未开通" in said(client.get("/office/second-factor/"))
    key, _ = enrolled(clerk)
    mine = signed_in(clerk, key)
    assert mine.post("/office/second-factor/off/").status_code == 302
    assert inside(mine)
    assert password(Client(), clerk).headers["Location"] == "/office/"
    with pytest.raises(Refused, match="Your role needs a second factor"):
        commands.drop_factor(actor=person()[0])


@pytest.mark.proves("T12")
def test_a_session_that_knew_only_the_password_ends_when_a_factor_is_set_up() -> None:
    user, thief = factories.user(Role.SUPERVISOR, unit=factories.unit()), Client()
    password(thief, user)
    key, _ = enrolled(user)
    for address in ("/office/", "/office/second-factor/set-up/", "/office/password/"):
        assert thief.get(address).headers["Location"].startswith("/office/sign-in/?next=")
    assert inside(signed_in(user, key))


@pytest.mark.proves("T5")
def test_a_lost_phone_is_cleared_by_another_administrator_who_never_clears_the_own() -> None:
    user, key, _ = person(Role.CLERK, Role.SUPERVISOR)
    old = signed_in(user, key)
    admin, admins_key, _ = person(Role.SECURITY_ADMIN)
    client = signed_in(admin, admins_key)
    assert "清除双因素认证" in said(client.get(f"/office/accounts/{user.pk}/"))
    assert client.post(f"/office/accounts/{user.pk}/second-factor/clear/").status_code == 302
    client.post(f"/office/accounts/{admin.pk}/second-factor/clear/")
    assert "任何人不得清除自己的双因素认证" in said(client.get(f"/office/accounts/{admin.pk}/"))
    assert old.get("/office/").headers["Location"].startswith("/office/sign-in/?next=")
    again = Client()
    assert password(again, user).headers["Location"] == "/office/"
    assert again.get("/office/").headers["Location"] == "/office/second-factor/set-up/"
    assert "安全管理员已于" in said(again.get("/office/second-factor/set-up/"))
    tasks.post_for(user.pk)
    assert [one.heading for one in messages.unread(user)] == ["双因素认证"]


def test_no_key_and_no_code_stands_in_the_ledger_or_in_plain_in_the_database() -> None:
    user, key, recovery = person()
    signed_in(user, key)
    client = Client()
    password(client, user)
    code(client, recovery[0])
    client.get("/office/second-factor/set-up/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM registries_factor")
        stored = [row[0] for row in cursor.fetchall()]
    bodies = "\n".join([*LedgerPayload.objects.values_list("body", flat=True), *RecoveryCode.objects.values_list("hashed", flat=True), *stored])
    for secret in (key, codes.code_at(key, clock.now()), *(one[5:] for one in recovery), *(one.replace("-", "") for one in recovery)):
        assert secret not in bodies
    written = LedgerPayload.objects.filter(actor=user, verb__contains="_code").order_by("entry_id")
    assert list(written.values_list("verb", flat=True)) == ["registries.enter_code", "registries.enter_recovery_code"]


# --- being asked again ----------------------------------------------------------------------------------------------------


@pytest.mark.proves("T12")
def test_no_request_runs_a_command_that_weighs_without_a_fresh_confirmation(record_property: Property) -> None:
    before = LedgerPayload.objects.count()
    token = withheld.set(CONFIRMED)
    try:
        for name in sorted(CONFIRMED):
            with pytest.raises(Unconfirmed):
                COMMANDS[name](actor=factories.user(who_may(name)[0]))
    finally:
        withheld.reset(token)
    assert LedgerPayload.objects.count() == before
    record_property("figure", f"{len(CONFIRMED)} of {len(CONFIRMED)} commands held back")


def test_everything_that_supervisors_alone_may_do_is_on_the_list() -> None:
    alone = {name for name in COMMANDS if who_may(name) == (Role.SUPERVISOR,)}
    assert {name for name in alone - CONFIRMED if ".return_" not in name} == set()


@pytest.mark.proves("T12")
def test_a_stolen_session_grants_no_role_and_the_owner_loses_nothing_typed(time_machine: Any) -> None:
    admin, key, _ = person(Role.SECURITY_ADMIN)
    someone = factories.user(unit=factories.unit())
    client = signed_in(admin, key)
    later(time_machine, minutes=6)
    where, wanted = f"/office/accounts/{someone.pk}/roles/grant/", {"role": "clerk", "note": ["甲 & \"乙\"", "丙"]}
    asked = client.post(where, wanted)
    assert asked.status_code == 200
    assert "身份再确认" in said(asked)
    assert "授予角色" in said(asked)
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', said(asked)))
    assert (carried["role"], carried["note"]) == ("clerk", "丙")
    assert 'value="甲 &amp; &quot;乙&quot;"' in said(asked)
    for wrong in ("", "000000", factories.PASSWORD):
        response = client.post(where, {**wanted, "confirm-with": wrong, "confirm-what": carried["confirm-what"]})
        assert response.status_code == 422, wrong
        assert "身份再确认" in said(response)
        assert not User.objects.get(pk=someone.pk).role_codes
    done = client.post(where, {**wanted, "confirm-with": codes.code_at(key, clock.now()), "confirm-what": carried["confirm-what"]})
    assert done.headers["Location"] == f"/office/accounts/{someone.pk}/"
    assert User.objects.get(pk=someone.pk).role_codes == {"clerk"}
    later(time_machine, minutes=4)
    assert client.post(f"/office/accounts/{someone.pk}/roles/revoke/", {"role": "clerk"}).status_code == 302
    later(time_machine, minutes=2)
    assert "身份再确认" in said(client.post(where, wanted))


def test_who_has_no_second_factor_confirms_by_password(settings: Any, time_machine: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    admin, client = factories.user(Role.SYSTEM_ADMIN, unit=factories.unit()), Client()
    someone = factories.user(unit=factories.unit())
    password(client, admin)
    later(time_machine, minutes=6)
    where = f"/office/accounts/{someone.pk}/password/"
    assert "您的密码" in said(client.post(where))
    assert "密码不对" in said(client.post(where, {"confirm-with": "nonsense"}))
    assert "one-time-password" in said(client.post(where, {"confirm-with": factories.PASSWORD}))


def test_files_are_not_carried_and_the_page_says_so(time_machine: Any) -> None:
    admin, key, _ = person(Role.SECURITY_ADMIN)
    someone = factories.user(unit=factories.unit())
    client = signed_in(admin, key)
    later(time_machine, minutes=6)
    where = f"/office/accounts/{someone.pk}/roles/grant/"
    page = f"/office/accounts/{someone.pk}/"
    asked = said(client.post(where, {"role": "clerk", "file": SimpleUploadedFile("a.txt", b"x")}, headers={"referer": f"http://testserver{page}"}))
    assert "附件无法在此保留" in asked
    assert 'name="role"' not in asked
    assert f'name="confirm-back" value="{page}"' in asked
    assert 'value="/office/"' in said(client.post(where, {"confirm-with": "1", "confirm-back": "//evil.example/office/"}))
    done = client.post(where, {"confirm-again": "1", "confirm-back": page, "confirm-with": codes.code_at(key, clock.now())})
    assert done.headers["Location"] == page
    assert not User.objects.get(pk=someone.pk).role_codes


def test_approving_in_the_admin_asks_on_a_page_between(time_machine: Any) -> None:
    boss, key, _ = person()
    plan = factories.plan(state="submitted", reviewed_by=factories.user(Role.REVIEWER))
    client = signed_in(boss, key)
    later(time_machine, minutes=6)
    where = f"/admin/inspections/plan/{plan.pk}/decide/"
    assert "身份再确认" in said(client.post(where, {"approve": "1", "version": plan.version}))
    assert Plan.objects.get(pk=plan.pk).state == plan.state
    answer = {"approve": "1", "version": plan.version, "confirm-with": codes.code_at(key, clock.now())}
    assert client.post(where, answer).status_code in (200, 302)
    assert LedgerPayload.objects.filter(actor=boss, verb="inspections.approve_plan").exists()


# --- doors ----------------------------------------------------------------------------------------------------------------


@pytest.mark.proves("T5")
def test_the_admin_has_no_sign_in_and_no_password_page_of_its_own() -> None:
    user, key, _ = person()
    for method in (Client().get, Client().post):
        response = method("/admin/login/?next=/admin/", {"username": user.username, "password": factories.PASSWORD})
        assert response.headers["Location"].startswith("/office/sign-in/?next=/admin/")
    assert signed_in(user, key).get("/admin/password_change/").status_code == 404
    clerk, client = factories.user(Role.CLERK, unit=factories.unit()), Client()
    password(client, clerk)
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_production_refuses_to_run_without(settings: Any) -> None:
    ids = {one.id for one in nothing_of_the_demo()}
    assert not ids & {"sunlot.E063", "sunlot.E064"}
    settings.REQUIRE_SECOND_FACTOR, settings.CONFIRM_SECONDS = False, 0
    ids = {one.id for one in run_checks(tags=["security"], include_deployment_checks=True)}
    assert ids >= {"sunlot.E063", "sunlot.E064"}
