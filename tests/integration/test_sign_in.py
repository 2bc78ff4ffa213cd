"""Signing in under attack: tries are counted, nothing tells which accounts exist, nobody forges an address (trust.md T11)."""

import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registries import clock
from registries.ledger.models import LedgerPayload
from registries.people import tasks, throttle
from registries.people.backend import Accounts
from registries.people.hashers import Argon2id
from registries.people.models import Alarm, SignInTries, User
from registries.people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

REAL = "registries.people.hashers.Argon2id"
VICTIM, ATTACKER, PROXY = "10.1.2.3", "203.0.113.9", "10.0.0.1"


WRONG = "wrong"


def tried(client: Client, username: str, password: str = WRONG, **extra: Any) -> int:
    """The status of the answer to one try."""
    return client.post("/office/sign-in/", {"username": username, "password": password}, **extra).status_code


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The account names whose password was looked at, in order."""
    seen: list[str] = []
    original: Callable[..., Any] = Accounts.authenticate

    def watched(self: Accounts, request: Any, username: str | None = None, **rest: Any) -> Any:
        seen.append(username or "")
        return original(self, request, username=username, **rest)

    monkeypatch.setattr(Accounts, "authenticate", watched)
    return seen


def entries(verb: str) -> list[dict[str, Any]]:
    return [json.loads(body) for body in LedgerPayload.objects.filter(verb=f"registries.{verb}").values_list("body", flat=True)]


def rotating(client: Client, times: int, **extra: Any) -> list[int]:
    return [
        tried(client, "known", HTTP_X_FORWARDED_FOR=f"198.51.{n // 250}.{n % 250}", HTTP_USER_AGENT=f"agent {n}", HTTP_X_REAL_IP=f"198.51.100.{n % 250}", **extra)
        for n in range(times)
    ]


@pytest.mark.proves("T11")
def test_a_rotating_header_gains_no_try_without_a_proxy(client: Client, evaluated: list[str], settings: Any, record_property: Any) -> None:
    settings.PROXY_COUNT = 0
    factories.user(Role.CLERK, username="known")
    assert rotating(client, 20) == [200] * 4 + [429] * 16
    assert len(evaluated) == 5
    record_property("figure", f"{len(evaluated)} of 20 tries with a rotating header evaluated")
    assert tried(client, "known", factories.PASSWORD) == 429, "the right password is not looked at either"
    assert len(evaluated) == 5


@pytest.mark.full
@pytest.mark.proves("T11")
def test_a_thousand_tries_with_a_rotating_header_are_five(client: Client, evaluated: list[str], settings: Any, record_property: Any) -> None:
    settings.PROXY_COUNT = 1
    factories.user(Role.CLERK, username="known")
    for n in range(1000):
        tried(client, "known", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"198.51.{n // 250}.{n % 250}, {ATTACKER}", HTTP_USER_AGENT=f"agent {n}")
    assert len(evaluated) == 5
    record_property("figure", "5 of 1000 tries with a rotating header evaluated")


@pytest.mark.proves("T11")
def test_behind_a_proxy_only_what_it_saw_counts_and_nobody_locks_somebody_else(client: Client, evaluated: list[str], settings: Any) -> None:
    settings.PROXY_COUNT = 1
    factories.user(Role.CLERK, username="known")
    for n in range(20):
        tried(client, "known", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{VICTIM}, 198.51.100.{n}, {ATTACKER}")
    assert len(evaluated) == 5
    assert set(SignInTries.objects.exclude(account="").values_list("address", flat=True)) == {ATTACKER}
    assert tried(client, "known", factories.PASSWORD, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=VICTIM) == 302, "the victim signs in from the own address"


def test_nonsense_in_the_header_is_no_address(client: Client, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    for passed in ("unknown", "1.2.3.4:99, <script>", "", "::ffff:10.9.9.9"):
        assert tried(client, "nobody", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=passed) == 200
    assert set(SignInTries.objects.values_list("address", flat=True)) == {PROXY, "10.9.9.9"}


@pytest.mark.full
@pytest.mark.proves("T11")
def test_known_and_unknown_accounts_take_the_same_time(client: Client, settings: Any, record_property: Any) -> None:
    settings.PASSWORD_HASHERS = [REAL]
    hashed = make_password(factories.PASSWORD)
    for n in range(25):
        factories.user(Role.CLERK, username=f"known{n}", password=hashed)
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for round_ in range(4):
        for n in range(25):
            for kind, times in took.items():
                begun = time.process_time()  # of the process: a shared machine makes everybody wait, not work
                assert tried(client, f"{kind}{n}", REMOTE_ADDR=f"10.7.{round_}.{n}") == 200
                times.append(time.process_time() - begun)
    known, unknown = (statistics.median(times) * 1000 for times in took.values())
    record_property("figure", f"median {known:.1f} CPU-ms for known, {unknown:.1f} for unknown accounts, 100 tries each")
    assert abs(known - unknown) <= 10
    assert max(known, unknown) <= 300


@pytest.mark.proves("T11")
def test_known_and_unknown_accounts_do_the_same_work(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short form of the same: as many hashes and as many queries, whoever is asked for."""
    hashes: list[str] = []
    settings.PASSWORD_HASHERS = [REAL]
    monkeypatch.setattr(Argon2id, "time_cost", 2)
    monkeypatch.setattr(Argon2id, "memory_cost", 64)
    factories.user(Role.CLERK, username="known", password=make_password(factories.PASSWORD))
    encode, verify = Argon2id.encode, Argon2id.verify

    def made(self: Argon2id, password: str, salt: str) -> str:
        hashes.append("made")
        return encode(self, password, salt)

    def verified(self: Argon2id, password: str, encoded: str) -> bool:
        hashes.append("verified")
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2id, "encode", made)
    monkeypatch.setattr(Argon2id, "verify", verified)
    counts = []
    for name in ("warm-up", "known", "unknown"):
        with CaptureQueriesContext(connection) as captured:
            assert tried(client, name) == 200
        counts.append(len(captured))
    assert counts[1] == counts[2]
    assert hashes == ["made", "verified", "made"]


@pytest.mark.full
@pytest.mark.proves("T11")
@pytest.mark.django_db(transaction=True)
def test_tries_at_once_do_not_outrun_the_count(evaluated: list[str], record_property: Any) -> None:
    factories.user(Role.CLERK, username="known")

    def five(_n: int) -> list[int]:
        try:
            return [tried(Client(), "known") for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = [status for statuses in pool.map(five, range(12)) for status in statuses]
    assert len(evaluated) == 5
    assert answers.count(429) == 56
    record_property("figure", "5 of 60 simultaneous tries evaluated")


def test_every_failure_stands_in_the_ledger_and_no_typed_word_does(client: Client) -> None:
    known = factories.user(Role.CLERK, username="known")
    tried(client, "known", "Geheim-4711")
    tried(client, "My-password-as-name-1", "Geheim-4711")
    failed = entries("sign_in_failed")
    assert [(one.get("object"), one.get("id")) for one in failed] == [("registries.user", known.pk), (None, None)]
    assert all(one["from"] == "127.0.0.1" for one in failed)
    kept = json.dumps([*failed, *SignInTries.objects.values_list("account", "address")], default=str)
    assert "Geheim" not in kept
    assert "My-password" not in kept
    for _n in range(4):
        tried(client, "known")
    assert [one["id"] for one in entries("sign_in_locked")] == [known.pk]
    assert tried(client, "", "") == 200, "an empty form is no try"


def test_signing_in_and_out_stand_in_the_ledger_and_success_forgets_the_tries(client: Client) -> None:
    known = factories.user(Role.CLERK, username="known")
    for _n in range(4):
        tried(client, "known")
    assert tried(client, "known", factories.PASSWORD) == 302
    assert not SignInTries.objects.exclude(account="").exists()
    client.post("/office/sign-out/")
    assert [one["actor"] for one in entries("sign_in") + entries("sign_in_ended")] == [known.pk, known.pk]


def test_a_lock_ends_after_a_quarter_of_an_hour(client: Client) -> None:
    factories.user(Role.CLERK, username="known")
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        for _n in range(5):
            tried(client, "known")
        traveller.move_to(start + dt.timedelta(minutes=14))
        assert tried(client, "known", factories.PASSWORD) == 429
        traveller.move_to(start + dt.timedelta(minutes=16))
        assert tried(client, "known", factories.PASSWORD) == 302


def test_a_new_password_ends_the_lock(client: Client) -> None:
    from registries.people import commands

    known = factories.user(Role.CLERK, username="known")
    for _n in range(5):
        tried(client, "known")
    commands.reset_password(actor=factories.user(Role.SYSTEM_ADMIN), user_id=known.pk, password="Kestrel-marsh-40817")
    assert tried(client, "known", "Kestrel-marsh-40817") == 302


def test_many_failures_over_many_accounts_and_addresses_ring_once_an_hour(client: Client, settings: Any) -> None:
    settings.SIGN_IN_ALARM = 30
    for n in range(29):
        throttle.counted(f"somebody{n}", f"203.0.113.{n % 7}")
    tasks.sweep_accounts()
    assert not Alarm.objects.exists()
    throttle.counted("somebody", "203.0.113.1")
    tasks.sweep_accounts()
    tasks.sweep_accounts()
    alarm = Alarm.objects.get()
    assert alarm.sentence[1] == {"failures": 30, "accounts": 30, "addresses": 7}
    for role in (Role.AUDITOR, Role.SECURITY_ADMIN):
        client.force_login(factories.user(role), backend="registries.people.backend.Accounts")
        assert "/office/alarms/" in client.get("/office/").content.decode().partition('id="main"')[2]
    answer = client.post(f"/office/alarms/{alarm.pk}/", {"note": "是新买的电话机在试旧密码"}, follow=True)
    assert "是新买的电话机在试旧密码" in answer.content.decode()
    alarm.refresh_from_db()
    assert alarm.noted_by is not None


def test_an_old_hash_is_made_anew_at_sign_in(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = [REAL]
    monkeypatch.setattr(Argon2id, "memory_cost", 512)
    known = factories.user(Role.CLERK, username="known", password=make_password(factories.PASSWORD))
    assert "m=512,t=3,p=1" in known.password
    monkeypatch.undo()
    assert tried(client, "known", factories.PASSWORD) == 302
    known.refresh_from_db()
    assert known.password.startswith("argon2$argon2id$v=19$m=32768,t=3,p=1$")


def test_the_admin_has_no_door_of_its_own(client: Client) -> None:
    factories.user(Role.SUPERVISOR, username="known")
    answer = client.post("/admin/login/", {"username": "known", "password": factories.PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/office/sign-in/?next=/admin/")
    client.force_login(factories.user(Role.CLERK), backend="registries.people.backend.Accounts")
    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_office_and_admin_know_nothing_outside_their_networks(client: Client, settings: Any) -> None:
    settings.PROXY_COUNT, settings.OFFICE_NETWORKS = 1, ["10.1.0.0/16", "2001:db8::/32"]
    inside = Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{ATTACKER}, {VICTIM}")
    outside = Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{VICTIM}, {ATTACKER}")
    for path in ("/office/sign-in/", "/admin/login/", "/office/", "/admin/", "/office", "/office/no-such-page/"):
        assert inside.get(path).status_code in (200, 301, 302, 404), path
        assert outside.get(path).status_code == 404, path
    assert inside.get("/office/sign-in/").status_code == 200
    assert outside.get("/").status_code == 200
    assert "/office/sign-in" not in outside.get("/office/").headers.get("Location", "")


def test_nobody_is_there_after_an_installation() -> None:
    assert [user.username for user in User.objects.all() if user.has_usable_password()] == []
    assert not User.objects.filter(is_superuser=True).exists()
