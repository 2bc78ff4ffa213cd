"""One unsafe setting after the other is refused, by its number; a proper production is not."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError
from django.test import override_settings

from config import production
from config.bootstrap import ROOT
from config.settings import MIDDLEWARE
from tests import factories
from tests.architecture.test_linters import INHERITED, PRODUCTION

REDIS = "redis://:a-long-password@127.0.0.1:6379/0"
POSTGRES = {
    "ENGINE": "django.db.backends.postgresql", "HOST": "10.1.1.1", "PASSWORD": "x", "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"options": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"},
}  # fmt: skip
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"},
}
pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")

PROPER: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": PRODUCTION["SECRET_KEY"],
    "PASSWORD_HASHERS": ["registries.people.hashers.Argon2id"],
    "MIDDLEWARE": MIDDLEWARE,
    "ALLOWED_HOSTS": ["sunlot.example.gov.cn"],
    "PUBLIC_URL": "https://sunlot.example.gov.cn",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "PROXY_COUNT": 1,
    "PUBLIC_REQUESTS_PER_MINUTE": 1200,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "CELERY_BROKER_URL": REDIS,
    "CELERY_BROKER_TRANSPORT_OPTIONS": {"visibility_timeout": 900},
    "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    "LIMITS_URL": REDIS,
    "LOG_FORMAT": "json",
}
"""What ``config.settings`` comes to in production; the rest of it is the same in the tests."""


def policy(**directives: Any) -> dict[str, Any]:
    """The policy with something else in it."""
    return {"DIRECTIVES": {**configured.CONTENT_SECURITY_POLICY["DIRECTIVES"], **{name.replace("_", "-"): value for name, value in directives.items()}}}


def database(base: dict[str, Any], **other: Any) -> dict[str, Any]:
    """DATABASES with something else in it."""
    one = copy.deepcopy(base)
    one["OPTIONS"].update(other.pop("OPTIONS", {}))
    return {"default": {**one, **other}}


UNSAFE: list[tuple[str, dict[str, Any]]] = [
    ("E120", {"DEBUG": True}),
    ("E121", {"SECRET_KEY": "short"}),
    ("E121", {"SECRET_KEY": "a" * 80}),
    ("E121", {"SECRET_KEY": "demo-" + PRODUCTION["SECRET_KEY"]}),
    ("E122", {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}),
    ("E123", {"MIDDLEWARE": MIDDLEWARE[1:]}),
    ("E123", {"MIDDLEWARE": [one for one in MIDDLEWARE if "Csrf" not in one]}),
    ("E123", {"MIDDLEWARE": [one for one in MIDDLEWARE if "Limit" not in one]}),
    ("E124", {"ALLOWED_HOSTS": []}),
    ("E124", {"ALLOWED_HOSTS": ["sunlot.example.gov.cn", "*"]}),
    ("E124", {"ALLOWED_HOSTS": ["sunlot.example.gov.cn", ".example.gov.cn"]}),
    ("E125", {"PUBLIC_URL": "http://sunlot.example.gov.cn"}),
    ("E125", {"PUBLIC_URL": "https://elsewhere.example"}),
    ("E126", {"SECURE_SSL_REDIRECT": False}),
    ("E126", {"SECURE_HSTS_SECONDS": 3600}),
    ("E128", {"PUBLIC_REQUESTS_PER_MINUTE": 0}),
    ("E128", {"SIGN_INS_PER_MINUTE": 0}),
    ("E129", {"SESSION_COOKIE_SECURE": False}),
    ("E129", {"CSRF_COOKIE_SECURE": False}),
    ("E129", {"SESSION_COOKIE_HTTPONLY": False}),
    ("E129", {"SESSION_COOKIE_SAMESITE": "None"}),
    ("E130", {"CONTENT_SECURITY_POLICY": {}}),
    ("E130", {"CONTENT_SECURITY_POLICY": policy(script_src=["'self'", "'unsafe-inline'"])}),
    ("E130", {"CONTENT_SECURITY_POLICY": policy(img_src=["*"])}),
    ("E130", {"CONTENT_SECURITY_POLICY": policy(frame_ancestors=["'self'"])}),
    ("E131", {"CELERY_TASK_ACKS_LATE": False}),
    ("E131", {"CELERY_TASK_REJECT_ON_WORKER_LOST": False}),
    ("E131", {"CELERY_TASK_IGNORE_RESULT": False}),
    ("E131", {"CELERY_WORKER_PREFETCH_MULTIPLIER": 4}),
    ("E131", {"CELERY_TASK_TIME_LIMIT": 3600}),
    ("E131", {"CELERY_BROKER_TRANSPORT_OPTIONS": {"visibility_timeout": 60}}),
    ("E132", {"CELERY_ACCEPT_CONTENT": ["json", "pickle"]}),
    ("E133", {"CELERY_BROKER_URL": "redis://127.0.0.1:6379/0"}),
    ("E133", {"LIMITS_URL": "redis://:short@127.0.0.1:6379/0"}),
    ("E134", {"CELERY_BROKER_URL": "redis://:a-long-password@8.8.8.8:6379/0"}),
    ("E134", {"CELERY_BROKER_URL": "redis://:a-long-password@0.0.0.0:6379/0"}),
    ("E135", {"DATABASES": database(SQLITE, OPTIONS={"transaction_mode": "DEFERRED"})}),
    ("E135", {"DATABASES": database(SQLITE, OPTIONS={"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"})}),
    ("E136", {"DATABASES": database(POSTGRES, CONN_HEALTH_CHECKS=False)}),
    ("E136", {"DATABASES": database(POSTGRES, OPTIONS={"options": ""})}),
    ("E137", {"DATABASES": database(POSTGRES, PASSWORD="")}),
    ("E139", {"MEDIA_ROOT": str(configured.STATIC_ROOT / "media")}),
    ("E140", {"LOG_FORMAT": "words"}),
]


@pytest.fixture(autouse=True)
def _no_key_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in production.KEY_FILES:
        monkeypatch.delenv(name, raising=False)


def numbers(**other: Any) -> list[str]:
    """The faults of a proper production with something else in it."""
    with override_settings(**{**PROPER, "DATABASES": database(POSTGRES), **other}):
        return [fault.number for fault in production.faults()]


def test_a_proper_production_has_no_fault_on_either_engine() -> None:
    assert numbers() == []
    assert numbers(DATABASES=database(SQLITE), CELERY_BROKER_URL="fsqueue://localhost/", LIMITS_URL="", CELERY_WORKER_PREFETCH_MULTIPLIER=0) == []
    assert numbers(CELERY_BROKER_URL="rediss://:a-long-password@8.8.8.8:6379/0") == []


def test_one_unsafe_setting_after_the_other_is_refused(record_property: Callable[..., None]) -> None:
    for number, other in UNSAFE:
        assert number in numbers(**other), other
    assert {number for number, _other in UNSAFE} | {"E138"} == {f"E{n}" for n in range(120, 141) if n != 127}
    record_property("figure", f"{len(UNSAFE)} of {len(UNSAFE)} unsafe settings refused")


def test_servers_elsewhere_without_verified_tls_are_told(settings: Any) -> None:
    def told(**other: Any) -> list[str]:
        near = {"CELERY_BROKER_URL": REDIS, "LIMITS_URL": REDIS, "DATABASES": database(POSTGRES, HOST="/run/postgresql"), "EMAIL_URL": ""}
        with override_settings(**near | other):
            return [one.msg.split(" is ")[0] for one in production.nothing_leaves_in_the_clear()]

    assert told() == []
    assert told(DATABASES=database(POSTGRES)) == ["PostgreSQL"]
    assert told(DATABASES=database(POSTGRES, OPTIONS={"sslmode": "require"})) == ["PostgreSQL"]
    assert told(DATABASES=database(POSTGRES, OPTIONS={"sslmode": "verify-full"})) == []
    assert told(CELERY_BROKER_URL="redis://:a-long-password@10.1.1.2:6379/0") == ["Redis"]
    assert told(CELERY_BROKER_URL="rediss://:a-long-password@10.1.1.2:6379/0") == []
    mail = {"EMAIL_URL": "smtp://mail.example", "EMAIL_HOST": "mail.example", "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}
    assert told(**mail) == ["The mail server"]
    assert told(**mail | {"EMAIL_USE_TLS": True}) == []
    assert told(EVIDENCE_BUCKET="s3+http://key:secret@10.1.1.3:9000/sunlot") == ["The bucket of photos"]
    assert told(EVIDENCE_BUCKET="s3+http://key:secret@127.0.0.1:9000/sunlot") == told(EVIDENCE_BUCKET="s3://key:secret@10.1.1.3/sunlot") == []


def test_a_key_file_that_everybody_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("x")
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))
    file.chmod(0o644)
    assert numbers() == ["E138"]
    file.chmod(0o640)
    assert numbers() == []


def test_the_processes_themselves_refuse_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(DEMO=False, **PROPER), pytest.raises(SystemExit, match=r"sunlot\.E014: CHECKPOINT_KEEPERS"):
        production.refuse_unsafe()
    production.refuse_unsafe()  # the demo begins


@pytest.mark.django_db
def test_the_processes_do_not_begin_without_a_column_key_that_a_row_needs_and_do_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.subject(phone="0533-3251234")
    assert production._keys_that_rows_need() == []
    with override_settings(FIELD_KEYS={"k9": bytes(32)}):
        assert {one.id for one in production._keys_that_rows_need()} == {"sunlot.E061"}

    def away(**_: Any) -> None:
        raise OperationalError("the database does not answer")

    monkeypatch.setattr(production, "every_key_is_there", away)
    assert production._keys_that_rows_need() == []


@pytest.mark.django_db
@pytest.mark.engine("postgresql")
def test_the_database_tells_its_locale_and_its_checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    def warned() -> list[str]:
        return [str(one.id) for one in production.the_database_is_set_up_well(databases=["default"])]

    assert warned() == ["sunlot.W143", "sunlot.W144"], "the tests' own PostgreSQL runs without fsync"
    monkeypatch.setitem(production.ASKED, "W141", ("SELECT 'C'", *production.ASKED["W141"][1:]))
    monkeypatch.setitem(production.ASKED, "W142", ("SELECT 'off'", *production.ASKED["W142"][1:]))
    assert len(warned()) == 4


ENVIRONMENT: list[tuple[dict[str, str], str]] = [
    ({"DEBUG": "true"}, "sunlot.E120"),
    ({"SECRET_KEY": "short"}, "sunlot.E121"),
    ({"ALLOWED_HOSTS": "*"}, "sunlot.E124"),
    ({"PUBLIC_URL": "http://sunlot.example.gov.cn"}, "sunlot.E125"),
    ({"TLS": "false"}, "sunlot.E126"),
    ({"BEHIND_PROXY": "true"}, "sunlot.E053"),
    ({"PUBLIC_REQUESTS_PER_MINUTE": "0"}, "sunlot.E128"),
    ({"CELERY_BROKER_URL": "redis://127.0.0.1/0"}, "sunlot.E133"),
    ({"DATABASE_URL": "postgresql://sunlot@10.0.0.1/sunlot"}, "sunlot.E137"),
    ({"LOG_FORMAT": "words"}, "sunlot.E140"),
    ({"DEMO": "1"}, "sunlot.E010"),
    ({"AUDITOR_PUBLIC_KEY": ""}, "sunlot.E013"),
    ({"CHECKPOINT_KEEPERS": ""}, "sunlot.E014"),
    ({"FIELD_KEYS": "k1:c2hvcnQ="}, "sunlot.E012"),
]


@pytest.mark.full
@pytest.mark.parametrize(("env", "number"), ENVIRONMENT, ids=[number for _env, number in ENVIRONMENT])
def test_the_environment_of_a_production_is_refused_by_the_command_and_by_the_web_process(env: dict[str, str], number: str, tmp_path: Path) -> None:
    whole = {name: os.environ[name] for name in INHERITED if name in os.environ} | PRODUCTION | {"DATA_DIR": str(tmp_path)} | env
    command = subprocess.run([sys.executable, "manage.py", "check", "--deploy"], cwd=ROOT, env=whole, capture_output=True, text=True, check=False)
    assert command.returncode != 0
    assert number in command.stderr
    if not {"DEMO", "DEBUG"} & set(env):
        web = subprocess.run([sys.executable, "-c", "import config.wsgi"], cwd=ROOT, env=whole, capture_output=True, text=True, check=False)
        assert web.returncode != 0
        assert number in web.stderr
