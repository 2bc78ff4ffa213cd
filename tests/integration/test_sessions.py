"""Sessions: whose they are, when they end, and what their person is told (trust.md T12)."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from registries import clock
from registries.ledger.change import Refused
from registries.people import commands, sessions
from registries.people.models import Session, User
from registries.people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

COOKIE = "sessionid"


def entered(user: User, **extra: Any) -> Client:
    """A browser in which this person has signed in by the page."""
    client = Client(**extra)
    answer = client.post("/office/sign-in/", {"username": user.username, "password": factories.PASSWORD})
    assert answer.status_code == 302
    return client


def told_why(client: Client) -> str:
    """The word with which the browser is sent to the sign-in page; "" when it is still in."""
    answer = client.get("/office/account/")
    return "" if answer.status_code == 200 else answer.headers["Location"].partition("&ended=")[2]


def words(why: str) -> str:
    return Client().get(f"/office/sign-in/?ended={why}").content.decode()


@pytest.mark.proves("T12")
def test_a_cookie_from_before_the_sign_in_opens_nothing_after_it() -> None:
    user, client = factories.user(Role.CLERK), Client()
    client.cookies[COOKIE] = "a" * 32
    client.post("/office/sign-in/", {"username": user.username, "password": factories.PASSWORD})
    key = client.cookies[COOKIE].value
    assert key != "a" * 32
    thief = Client()
    thief.cookies[COOKIE] = "a" * 32
    assert thief.get("/office/account/").status_code == 302
    assert client.get("/office/account/").status_code == 200
    assert client.cookies[COOKIE]["httponly"]
    assert client.cookies[COOKIE]["samesite"] == "Lax"


@pytest.mark.proves("T12")
def test_a_disabled_account_is_out_at_its_next_request() -> None:
    user = factories.user(Role.CLERK)
    client = entered(user)
    assert told_why(client) == ""
    commands.disable_account(actor=factories.user(Role.SYSTEM_ADMIN), user_id=user.pk)
    assert told_why(client) == "disabled"
    other = factories.user(Role.CLERK)
    inside = entered(other)
    User.objects.filter(pk=other.pk).update(is_active=False)  # past the command, too
    assert inside.get("/office/").status_code == 302


@pytest.mark.proves("T12")
def test_a_supervisor_has_one_session_and_others_may_have_several() -> None:
    boss, clerk = factories.user(Role.SUPERVISOR), factories.user(Role.CLERK)
    older, newer = entered(boss), entered(boss)
    assert told_why(older) == "newer"
    assert "另一台设备" in words("newer")
    assert told_why(newer) == ""
    first, second = entered(clerk), entered(clerk)
    assert told_why(first) == told_why(second) == ""


@pytest.mark.proves("T12")
def test_idle_and_absolute_limits_end_a_session(settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 15
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        away, there = entered(factories.user(Role.CLERK)), entered(factories.user(Role.CLERK))
        for minutes in range(14, 8 * 60, 14):
            traveller.move_to(start + dt.timedelta(minutes=minutes))
            assert there.get("/office/here/").status_code == 200, minutes
        assert told_why(away) == "idle"
        traveller.move_to(start + dt.timedelta(hours=8, minutes=1))
        assert told_why(there) == "over"


def test_what_a_page_asks_by_itself_keeps_nobody_in_and_seen_is_written_once_a_minute(settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 15
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        client = entered(factories.user(Role.CLERK))
        traveller.move_to(start + dt.timedelta(seconds=50))
        client.get("/office/here/")
        assert Session.objects.get().seen_at == start
        traveller.move_to(start + dt.timedelta(minutes=10))
        client.get("/office/here/", headers={"X-Refresh": "1"})
        assert Session.objects.get().seen_at == start
        traveller.move_to(start + dt.timedelta(minutes=16))
        assert told_why(client) == "idle"


@pytest.mark.proves("T12")
def test_signing_out_takes_the_row_away() -> None:
    client = entered(factories.user(Role.CLERK))
    key = client.cookies[COOKIE].value
    answer = client.post("/office/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.filter(pk=key).exists()
    client.cookies[COOKIE] = key
    assert client.get("/office/account/").status_code == 302


@pytest.mark.proves("T12")
def test_a_new_password_ends_all_other_sessions() -> None:
    user = factories.user(Role.CLERK)
    here, there = entered(user), entered(user)
    new = {"old_password": factories.PASSWORD, "new_password": "Kestrel-marsh-4", "again": "Kestrel-marsh-4"}
    before = here.cookies[COOKIE].value
    assert here.post("/office/password/", new).status_code == 302
    assert told_why(here) == ""
    assert here.cookies[COOKIE].value != before
    assert told_why(there) == "password"
    commands.reset_password(actor=factories.user(Role.SYSTEM_ADMIN), user_id=user.pk, password="Kestrel-marsh-408")
    assert told_why(here) == "password"


@pytest.mark.proves("T12")
def test_a_role_acts_at_once_and_the_session_gets_a_new_key() -> None:
    user, security = factories.user(Role.CLERK, unit=factories.unit()), factories.user(Role.SECURITY_ADMIN)
    client = entered(user)
    old, began = client.cookies[COOKIE].value, Session.objects.get(user=user).began_at
    assert client.get("/office/inspectors/me/").status_code == 403
    commands.grant_role(actor=security, user_id=user.pk, role="inspector")
    assert client.get("/office/inspectors/me/").status_code != 403
    assert client.cookies[COOKIE].value != old
    assert [one.began_at for one in Session.objects.filter(user=user)] == [began]
    commands.revoke_role(actor=security, user_id=user.pk, role="inspector")
    assert client.get("/office/inspectors/me/").status_code == 403
    thief = Client()
    thief.cookies[COOKIE] = old
    assert thief.get("/office/account/").status_code == 302


def test_an_ended_session_is_not_brought_back_by_a_request_under_way() -> None:
    user = factories.user(Role.CLERK)
    client = entered(user)
    store = sessions.SessionStore(client.cookies[COOKIE].value)
    assert store["_auth_user_id"] == str(user.pk)
    sessions.end(user, "elsewhere")
    store["x"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert Session.objects.get(user=user).session_data == ""


def test_the_own_page_shows_the_last_sign_in_failures_since_and_ends_other_sessions() -> None:
    user = factories.user(Role.CLERK)
    entered(user, REMOTE_ADDR="10.3.0.1")
    for _n in range(2):
        Client().post("/office/sign-in/", {"username": user.username, "password": "wrong"})
    here = entered(user, REMOTE_ADDR="10.3.0.2", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/86.0 Safari/537.36")
    page = here.get("/office/account/").content.decode()
    assert "10.3.0.1" in page
    assert "Windows · Chrome" in page
    assert "2 次" in page
    again = here.get("/office/account/").content.decode()
    assert "本次登录之前，您的账号有 2 次登录失败" in again, "not only in the message after signing in"
    there = entered(user)
    other = Session.objects.exclude(pk=here.cookies[COOKIE].value).order_by("-began_at")[0]
    foreign = entered(factories.user(Role.CLERK))
    mark = Session.objects.get(pk=foreign.cookies[COOKIE].value).mark
    here.post("/office/account/end/", {"session": mark})
    assert told_why(foreign) == "", "nobody ends the session of somebody else"
    here.post("/office/account/end/", {"session": other.mark})
    assert told_why(there) == "elsewhere"
    here.post("/office/account/end/", {})
    assert Session.objects.filter(user=user, ended_because="").count() == 1
    with pytest.raises(Refused):
        commands.end_own_sessions(actor=user, keep=here.cookies[COOKIE].value)


@pytest.mark.parametrize("address", ["/office/cases/2026-1/sending/", "/office/cases/offline/key/"])
def test_a_phone_whose_session_is_over_is_redirected_which_it_takes_for_sign_in_again(address: str, settings: Any) -> None:
    """What it keeps is its own (docs/visits.md): its script stops sending at a redirect and asks to sign in."""
    officer = factories.user(Role.INSPECTOR)
    client = entered(officer)
    Session.objects.filter(user=officer).update(seen_at=clock.now() - dt.timedelta(hours=9))
    answer = client.post(address, {}, content_type="application/json")
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/office/sign-in/")
    assert answer.headers["Location"].endswith("&ended=idle")


def test_cookies_belong_to_this_host_alone_under_tls(tmp_path: Path) -> None:
    told = "from config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.SIZE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    env = {**os.environ, "DEMO": "1", "TLS": "1", "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "__Host-language", "__Host-size", "True", "True"]


def test_whoever_has_no_duty_yet_reads_what_to_do_and_may_leave() -> None:
    """Not the bare refusal: nothing was done wrong. With the duty the office opens, without signing in anew."""
    user = factories.user(username="zhang-san")
    client = entered(user)
    client.cookies["language"] = "en"
    for where in ("/office/", "/office/cases/", "/admin/"):
        answer = client.get(where, follow=True)
        page = " ".join(answer.content.decode().split())
        assert (answer.status_code, "Your account has no duty yet" in page, "zhang-san" in page) == (403, True, True), where
        assert 'action="/office/sign-out/"' in page
    user.groups.add(Group.objects.get(name=Role.CLERK))
    assert client.get("/office/").status_code == 200
    assert "Your role does not allow this" in client.get("/office/accounts/").content.decode()
