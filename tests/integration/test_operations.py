"""The server's condition: told to the office in words, to machines as a status and figures, to strangers as a yes or no (R29)."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from config.bootstrap import ROOT
from config.checks import backups_and_watching
from inspections.cases.queries import viewer
from inspections.desk import queries as desk
from inspections.draws.sealing import new_private_key, public_key_of
from inspections.messages.models import Message
from inspections.messages.tasks import sweep_messages
from registries import clock
from registries.heartbeats import beating
from registries.ledger.sentences import say
from registries.operations import probing, rules
from registries.operations.rules import Light, Reading
from registries.people.roles import Role
from tests import factories
from tests.integration import test_terms as terms

pytestmark = pytest.mark.django_db
TOKEN = "a token of this test"
SECRETS = ("redis://", "postgres", "sqlite", "Django", "/tmp", "/var", "password")


@pytest.fixture(autouse=True)
def all_well(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Everything was seen a moment ago; the items that depend on this machine say so themselves."""
    settings.HEALTH_TOKEN, settings.CHECKPOINT_KEEPERS, settings.AUDITOR_PUBLIC_KEY = TOKEN, ["keeper@example.org"], "key"
    for name in (beating.WORKER, beating.BEAT, beating.SWEEP, beating.BACKUP):
        beating.beats(name, clock.now())
    factories.holidays(clock.today().year, clock.today().year + 1)
    for name in ("disk", "self-check"):
        well = probing.ITEMS[name]._replace(look=lambda _now: Reading(Light.GREEN, say("Well.")))
        monkeypatch.setitem(probing.ITEMS, name, well)
    yield
    cache.clear()


def broken(monkeypatch: pytest.MonkeyPatch, name: str, look: Any) -> None:
    cache.clear()
    monkeypatch.setitem(probing.ITEMS, name, probing.ITEMS[name]._replace(look=look, production=False))


def fails(_now: dt.datetime) -> Reading:
    raise DatabaseError("connection to server at 10.1.2.3 failed for user sunlot with password x")


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role, unit=factories.unit()), backend="registries.people.backend.Accounts")
    return client


def lights() -> dict[str, Light]:
    cache.clear()
    return {one.item.name: one.reading.light for one in probing.found(clock.now())}


def test_when_all_is_well_every_item_is_green_and_strangers_learn_nothing_else(client: Client) -> None:
    assert {name for name, light in lights().items() if light != Light.GREEN} == set()
    assert set(probing.ITEMS) == {
        "database", "worker", "beat", "sweep", "queue", "disk", "backup", "self-check", "fonts", "photos", "certificate", "auditor-key", "holidays",
        "draws", "disclosures",
    }  # fmt: skip
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert set(answer.json()) == {"status", "time"}
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.proves("R29")
def test_one_red_item_is_a_503_whose_reason_only_the_token_opens(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, "disk", fails)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], set(answer.json())) == (503, "failing", {"status", "time"})
    assert set(client.get("/healthz", headers={"Authorization": "Bearer wrong"}).json()) == {"status", "time"}
    told = client.get("/healthz", headers={"Authorization": f"Bearer {TOKEN}"}).json()["items"]
    assert [one["item"] for one in told if one["light"] == "red"] == ["disk"]
    assert "10.1.2.3" not in str(told)
    assert client.get("/livez").status_code == 200


@pytest.mark.proves("R29")
def test_with_the_database_away_machines_are_still_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise DatabaseError("gone")

    cache.clear()
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    assert client.get("/livez").status_code == 200
    answer = client.get("/healthz", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503
    red = {one["item"] for one in answer.json()["items"] if one["light"] == "red"}
    assert {"database", "worker", "backup", "draws", "disclosures"} <= red
    assert not {"queue", "fonts", "certificate", "disk"} & red


def test_an_amber_item_is_no_failure(client: Client) -> None:
    beating.beats(beating.SWEEP, clock.now() - dt.timedelta(hours=1))
    assert lights()["sweep"] == Light.AMBER
    assert client.get("/healthz").status_code == 200


def test_without_a_token_of_the_bureau_there_are_no_figures_and_no_details(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    settings.HEALTH_TOKEN = ""
    for told in ("Bearer ", "Bearer None", ""):
        assert client.get("/metrics", headers={"Authorization": told}).status_code == 404
        assert "items" not in client.get("/healthz", headers={"Authorization": told}).json()


def test_figures_are_as_prometheus_reads_them(client: Client) -> None:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    told = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    assert all(re.fullmatch(r'sunlot_[a-z_]+(\{item="[a-z-]+"\})?', name) for name in told)
    assert {f'sunlot_light{{item="{name}"}}' for name in probing.ITEMS} <= set(told)
    wanted = ("worker_age_seconds", "beat_age_seconds", "queue_messages", "disclosures_due", "disclosures_failing", "ledger_entries", "backup_age_seconds")
    assert {f"sunlot_{name}" for name in wanted} <= set(told)
    assert told["sunlot_worst_light"] == 0
    assert not [word for word in SECRETS if word in answer.content.decode()]


def test_the_page_says_it_in_words_with_what_to_do_and_in_few_queries(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    administrator, auditor = signed_in(Role.SYSTEM_ADMIN), signed_in(Role.AUDITOR)
    broken(monkeypatch, "fonts", lambda _now: rules.fonts(present=False))
    with django_assert_max_num_queries(30):
        page = administrator.get("/office/operation/").content.decode()
    assert page.index('id="fonts"') < page.index('id="database"')
    assert auditor.get("/office/operation/").status_code == 200
    assert signed_in(Role.CLERK).get("/office/operation/").status_code == 403
    assert "fonts-noto-cjk" in page


def test_what_is_red_rings_once_on_the_desks_of_system_administrators_and_stops_when_it_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, auditor = (factories.user(role) for role in (Role.SYSTEM_ADMIN, Role.AUDITOR))
    broken(monkeypatch, "fonts", lambda _now: rules.fonts(present=False))
    rings = [row.task.url for row in desk.todo(viewer(administrator), clock.now())]
    assert "/office/operation/#fonts" in rings
    assert not [row for row in desk.todo(viewer(auditor), clock.now()) if "operation" in row.task.url]
    for _turn in range(3):
        sweep_messages()
    told = Message.objects.filter(user=administrator, url="/office/operation/#fonts")
    assert told.count() == 1
    monkeypatch.undo()
    cache.clear()
    sweep_messages()
    assert told.get().closed_at is not None


def test_the_handbook_has_a_row_for_every_item_that_can_be_red() -> None:
    rows = set(re.findall(r"(?m)^\| \*\*([a-z-]+)\*\*: ", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))
    assert {one.section for one in probing.ITEMS.values()} == rows


def test_the_console_says_the_same_and_its_status_is_one_when_something_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert out.getvalue().count("GREEN") == len(probing.ITEMS)
    broken(monkeypatch, "queue", fails)
    with pytest.raises(SystemExit) as status:
        call_command("doctor", stdout=out)
    assert status.value.code == 1
    assert "RED   queue" in out.getvalue()


def test_what_people_owe_or_keep_back_is_no_failure_of_the_server() -> None:
    day = clock.today() - dt.timedelta(days=25)
    held = factories.reviewed_case(inspected_on=day)
    terms.granted(held, clock.today() + dt.timedelta(days=5))
    assert lights()["disclosures"] == Light.GREEN
    unsigned = factories.case()
    factories.record(unsigned, inspected_on=day, signed=1)
    assert lights()["disclosures"] == Light.AMBER
    factories.reviewed_case(inspected_on=day)
    assert lights()["disclosures"] == Light.RED


def test_the_queue_that_does_not_answer_is_red_within_seconds(settings: Any) -> None:
    settings.CELERY_BROKER_URL, settings.CELERY_BROKER_TRANSPORT_OPTIONS = "redis://127.0.0.1:1/0", {"socket_timeout": 5, "max_retries": 9}
    assert lights()["queue"] == Light.RED


def test_a_certificate_is_read_as_nginx_serves_it(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "fullchain.pem"
    settings.TLS_CERTIFICATE_FILE = str(file)
    assert lights()["certificate"] == Light.RED
    for days, light in ((200, Light.GREEN), (20, Light.AMBER), (3, Light.RED)):
        file.write_bytes(certificate(days))
        assert lights()["certificate"] == light


def certificate(days: int) -> bytes:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sunlot.example")])
    ends = clock.now() + dt.timedelta(days=days)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = made.not_valid_before(ends - dt.timedelta(days=365)).not_valid_after(ends).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def test_in_a_demo_what_only_production_needs_is_amber(settings: Any) -> None:
    settings.AUDITOR_PUBLIC_KEY = ""
    assert (settings.DEMO, lights()["auditor-key"]) == (True, Light.AMBER)
    settings.DEMO = False
    assert lights()["auditor-key"] == Light.RED


def test_production_refuses_a_token_that_can_be_guessed_and_a_key_that_closes_nothing(settings: Any) -> None:
    settings.HEALTH_TOKEN, settings.BACKUP_PUBLIC_KEYS = "short", ["none"]
    assert [message.id for message in backups_and_watching()] == ["sunlot.E070", "sunlot.E071"]
    settings.HEALTH_TOKEN, settings.BACKUP_PUBLIC_KEYS = "x" * 32, [public_key_of(new_private_key())]
    assert backups_and_watching() == []
