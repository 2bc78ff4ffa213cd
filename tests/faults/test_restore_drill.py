"""The drill of a restore: an office at work is backed up, its backup fills an empty machine, and the office that starts there shows the same (R27).

Real processes on PostgreSQL; subjects, results and a draw are there, and the worker publishes while the backup is made. Smaller and
on both engines: ``tests/integration/test_backups.py``.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config.bootstrap import ROOT
from config.demo.serve import Stack
from inspections.draws.sealing import new_private_key, public_key_of
from tests.conftest import Template, own_servers
from tests.faults.stacks import Told, until, whole
from tests.faults.test_upgrade_drill import Larger

pytestmark = [pytest.mark.full, pytest.mark.engine("postgresql")]

ENTRIES = int(os.environ.get("DRILL_SUBJECTS", "100000"))
DIGEST = "import django; django.setup(); from publicity.opendata.digest import digest; print(digest()['sha256'])"
TABLES = "import django; django.setup(); from django.db import connection as c; k = c.cursor(); k.execute('SELECT pg_database_size(current_database())'); print(k.fetchone()[0])"
PAGES = ("/", "/results/", "/draws/", "/statistics/", "/opendata/", "/ledger/", "/how/")
NAMED = ("/feeds/results.atom", "/api/v1/results", "/api/v1/draws", "/api/v1/matters")
"""What says nothing of the moment, as the foot of every page does: byte for byte the same on the restored machine, but for its address."""
LEDGER = "/ledger/entries.jsonl"


def python(stack: Stack, line: str) -> str:
    """One line of Python on the stack's data."""
    return subprocess.run([sys.executable, "-c", line], cwd=ROOT, env=stack.env, capture_output=True, text=True, check=True).stdout.strip()


def page(stack: Stack, path: str) -> bytes:
    """A public page, without the address it stands at."""
    with urllib.request.urlopen(stack.url + path, timeout=60) as answer:
        body: bytes = answer.read()
    return body.replace(stack.url.encode(), b"")


@pytest.mark.proves("R27")
def test_an_office_at_work_comes_back_on_an_empty_machine(tmp_path: Path, template: Template, record_property: Told) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    private = new_private_key()
    (tmp_path / "key").write_text(private)
    env = template.copied(old) | {"BACKUP_PUBLIC_KEYS": public_key_of(private), "PUBLIC_REQUESTS_PER_MINUTE": "0"}
    with Stack(old, env=env) as first:
        beside = Larger(first, ENTRIES)
        beside.ask("prepare")
        beside.ask("go")
        until(lambda: whole(beside.ask("look")), f"the draw\n{first.tail('worker')}", 600)
        beside.ask("owe")
        until(lambda: beside.ask("told")["published"] > 0, f"published\n{first.tail('worker')}", 600)
        began, before = time.monotonic(), beside.ask("told")["published"]
        first.manage("backup", str(tmp_path))  # the sweeps publish meanwhile
        backup, during = time.monotonic() - began, beside.ask("told")["published"] - before
        until(lambda: beside.ask("told")["published"] == 200, f"published\n{first.tail('worker')}", 600)
        beside.end()
        (earlier,) = tmp_path.glob("*.age")
        earlier.unlink()
        for name in ("beat", "worker"):
            first.processes[name].terminate()
            first.processes[name].wait(60)
        first.manage("backup", str(tmp_path))
        (file,) = tmp_path.glob("*.age")
        public, size = python(first, DIGEST), int(python(first, TABLES))
        shown = {path: page(first, path) for path in NAMED}
        entries = page(first, LEDGER).splitlines()[:-1]  # the last one notes the backup
    empty = Stack(new, env=env | own_servers(new))
    began = time.monotonic()
    told = empty.manage("restore", str(file), "--key", str(tmp_path / "key"))
    restored = time.monotonic() - began
    assert "Ledger, rows, triggers and public data are what they were" in told
    assert python(empty, DIGEST) == public
    began = time.monotonic()
    with empty as second:
        started = time.monotonic() - began
        same = [path for path in NAMED if page(second, path) == shown[path]]
        statuses = [len(page(second, path)) > 0 for path in PAGES]
        ledger = json.loads(second.manage("verify_ledger", "--json"))
        continued = page(second, LEDGER).splitlines()
        holds = json.loads(second.manage("check_invariants", "--json"))
    record_property(
        "figure", f"{ENTRIES:,} subjects, a draw of them all, 200 results; database {size / 1e6:.0f} MB, file {file.stat().st_size / 1e6:.1f} MB; "
        f"backup {backup:.1f} s while {during} of 200 results went out; restored and looked at in {restored:.1f} s, office up {started:.1f} s later; "
        f"public digest equal, ledger of {ledger['entries']} entries whole, {len(same)} of {len(NAMED)} public lists and feeds the same bytes, {sum(statuses)} of {len(PAGES)} public pages answer, 0 findings",
    )  # fmt: skip
    assert holds["holds"], holds["findings"]
    assert (ledger["holds"], ledger["without_payload"]) == (True, 0)
    assert continued[: len(entries)] == entries
    assert same == list(NAMED)
