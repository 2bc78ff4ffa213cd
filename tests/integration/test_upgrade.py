"""A database of the first landed version, with a draw in it, migrates to today's and keeps what it held (in processes of their own)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.demo import keys
from tests.conftest import own_servers

OLD = """
import datetime as dt, json, django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
FIRST = [("registries", "0001_initial"), ("inspections", "0002_initial"), ("publicity", "0001_initial")]
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
executor.migrate(FIRST)
get = executor.loader.project_state(FIRST).apps.get_model
now = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
unit = get("registries", "Unit").objects.create(code="ZA", name="治安大队", short_name="治安", kind="brigade")
clerk, supervisor = (get("registries", "User").objects.create(username=name, name=name, created_at=now) for name in ("clerk", "supervisor"))
matter = get("registries", "Matter").objects.create(code="ZA01")
revision = get("registries", "MatterRevision").objects.create(
    matter=matter, number=1, name="旅馆业", content="x", method="现场", regulation="R", inspecting_body="公安局", unit=unit,
    ratio_percent=5, frequency="每年一次", created_at=now, created_by=clerk)
plan = get("inspections", "Plan").objects.create(year=2026, title="计划", unit=unit, prepared_by=clerk, prepared_at=now)
item = get("inspections", "PlanItem").objects.create(
    plan=plan, code="2026-P01", matter=matter, unit=unit, ratio_percent=5, first_month=1, last_month=12)
draw = get("inspections", "Draw").objects.create(
    number="2026-001", plan_item=item, matter=revision, unit=unit, state="committed", prepared_by=clerk, prepared_at=now,
    approved_by=supervisor, committed_at=now, order_hash="0" * 64, commitment="1" * 64, secret="a secret", auditor_copy="a copy")
get("inspections", "DrawFile").objects.create(draw=draw, name="order.txt", body=b"sunlot-order-1\\n", sha256="0" * 64)
"""
NEW = """
import json, django
django.setup()
from inspections.draws import queries, shelf
from inspections.draws.models import Draw
from config.checks import INSPECTIONS_TRIGGERS
from registries import triggers
draw = Draw.objects.get(number="2026-001")
missing = {trigger.name for trigger in INSPECTIONS_TRIGGERS} - triggers.present("default")
print(json.dumps({
    "secret": queries.secret_of(draw), "copy": queries.sealed_copy_of(draw), "file": shelf.body(draw, "order.txt").decode(),
    "sizes": [file.size for file in shelf.kept(draw)], "missing": sorted(missing)}))
"""


@pytest.mark.full
@pytest.mark.django_db
def test_secrets_and_files_move_over_and_the_triggers_stand_again(tmp_path: Path) -> None:
    env = {**os.environ, "DEMO": "1", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings", "BOOTSTRAP": "off"}
    env |= keys.make(tmp_path / "keys") | own_servers(tmp_path)

    def run(*arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("-c", OLD)
    run("manage.py", "migrate", "--verbosity=0")
    assert json.loads(run("-c", NEW).splitlines()[-1]) == {
        "secret": "a secret",
        "copy": "a copy",
        "file": "sunlot-order-1\n",
        "sizes": [15],
        "missing": [],
    }
