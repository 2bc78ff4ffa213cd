"""What is shipped beside the code: settings, units, roles, images. Each agrees with the code, or this says where it does not."""

import re
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.checks import TRIGGERS
from registries import grants
from registries.triggers import Trigger

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
READ = re.compile(r"""(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)\"""")
SECRET = re.compile(r"""_(?:secret|address)\(\s*"([A-Z_]+)\"""")
OF_THE_PROCESS = {"DJANGO_SETTINGS_MODULE", "READY_FILE", "PATH", "BOOTSTRAP"}


def test_the_example_of_settings_names_every_one_of_them_and_no_other() -> None:
    told = set(re.findall(r"(?m)^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8")))
    code = "".join((ROOT / "config" / name).read_text(encoding="utf-8") for name in ("settings.py", "gunicorn.py"))
    secrets = {name for found in SECRET.findall(code) for name in (found, f"{found}_FILE")}
    assert told - {"BOOTSTRAP"} == set(READ.findall(code)) | secrets


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_every_service_is_shut_in(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    for wanted in ("NoNewPrivileges=true", "ProtectSystem=strict", "PrivateTmp=true", "User=sunlot", "CapabilityBoundingSet=", "StateDirectory=sunlot"):
        assert wanted in lines, wanted
    assert any(line.startswith("MemoryMax=") for line in lines)
    always = unit.stem in {"sunlot-web", "sunlot-worker", "sunlot-beat"}
    assert always == ("Restart=always" in lines)


def test_the_proxy_may_read_the_style_sheets(tmp_path: Path) -> None:
    """They are collected by the program's user, and uploads of people are readable by nobody else: not these."""
    from django.conf import settings
    from django.core.files.base import ContentFile
    from django.core.files.storage import FileSystemStorage

    options = settings.STORAGES["staticfiles"]["OPTIONS"]
    kept = FileSystemStorage(location=tmp_path, **options)
    file = tmp_path / kept.save("css/base.css", ContentFile(b"a"))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o644, 0o755)


def test_a_worker_has_the_time_to_end_the_longest_task() -> None:
    from django.conf import settings

    seconds = int(re.findall(r"(?m)^TimeoutStopSec=(\d+)$", (UNITS / "sunlot-worker.service").read_text(encoding="utf-8"))[0])
    assert seconds > settings.CELERY_TASK_TIME_LIMIT


def test_no_secret_stands_in_what_services_show_of_their_environment() -> None:
    """``systemctl show`` and /proc tell an environment: files are named there, never what they hold."""
    for unit in SERVICES:
        environment = " ".join(re.findall(r"(?m)^Environment=(.*)$", unit.read_text(encoding="utf-8")))
        assert not re.search(r"\b(SECRET_KEY|FIELD_KEYS|DATABASE_URL|CELERY_BROKER_URL|EMAIL_URL)=", environment), unit


def test_the_shipped_settings_of_the_queue_and_the_database_are_those_that_lose_nothing() -> None:
    redis = (DEPLOY / "redis" / "sunlot.conf").read_text(encoding="utf-8").splitlines()
    for line in ("appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction", "bind 127.0.0.1 -::1"):
        assert line in redis, line
    database = (DEPLOY / "postgresql" / "sunlot.conf").read_text(encoding="utf-8").splitlines()
    for line in ("synchronous_commit = on", "fsync = on", "full_page_writes = on", "password_encryption = 'scram-sha-256'"):
        assert line in database, line


def test_images_are_told_to_be_untried() -> None:
    for name in ("compose.yaml", "Containerfile"):
        assert "Not run" in (DEPLOY / name).read_text(encoding="utf-8")


def test_the_rights_on_a_table_follow_its_triggers() -> None:
    never = (*_append_only("ledger"), Trigger("x", "half", "DELETE", grants.ALWAYS, ""), Trigger("y", "half", "UPDATE", "OLD.state = 1", ""))
    assert grants.rights("ledger", never) == ("SELECT", "INSERT")
    assert grants.rights("half", never) == ("SELECT", "INSERT", "UPDATE")
    assert grants.rights("plain", never) == grants.ALL
    assert grants.rights("auth_permission", never) == ("SELECT",)
    for table in ("registries_ledgerentry", "registries_checkpoint", "inspections_drawfile"):
        assert grants.rights(table, TRIGGERS) == ("SELECT", "INSERT"), table
    assert "UPDATE" not in grants.rights("registries_ledgerpayload", TRIGGERS)  # what has been kept long enough goes; its trigger says when


def _append_only(table: str) -> tuple[Trigger, ...]:
    return tuple(Trigger(f"{table}_{event}", table, event, grants.ALWAYS, "") for event in ("UPDATE", "DELETE"))
