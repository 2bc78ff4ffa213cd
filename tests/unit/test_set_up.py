"""What the set-up says and does when something of the machine is missing; what the test summary makes of it."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from config import bootstrap
from config.demo import accounts, keys
from config.testing import run
from inspections.draws.sealing import public_key_of

NOTHING = bootstrap.Part("Teapot", "the tea", ("teapot", "lid"), lambda: False)


def test_who_is_not_root_gets_the_exact_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bootstrap.PARTS, "demo", (NOTHING,))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert bootstrap.supply("demo") == [NOTHING]
    assert bootstrap.apt_line([NOTHING]) == "sudo apt-get install -y --no-install-recommends teapot lid"


def test_the_demo_refuses_in_a_sentence_without_its_parts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bootstrap.PARTS, "demo", (NOTHING,))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("BOOTSTRAP", raising=False)
    assert bootstrap.main(["manage.py", "demo"]) == 1
    said = capsys.readouterr().err
    assert "lacks Teapot" in said
    assert "apt-get install -y --no-install-recommends teapot lid" in said
    assert said.count("\n") == 1


def test_only_the_long_counts_want_an_office() -> None:
    names = {typed: [part.name for part in bootstrap.PARTS[typed]] for typed in ("test", "test --full")}
    assert names["test --full"] == [*names["test"], "LibreOffice"]
    assert bootstrap.wants("test", ["-q", "--full"]) == "test --full"
    assert bootstrap.wants("test", ["-q"]) == "test"
    assert bootstrap.wants("demo", ["--full"]) == "demo"


def test_no_network_is_a_sentence(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / "config").mkdir(parents=True)
    for name in ("manage.py", "config/__init__.py", "config/bootstrap.py"):
        (clone / name).write_bytes((bootstrap.ROOT / name).read_bytes())
    (clone / "config" / "requirements.txt").write_text(f"teapot==1.0 --hash=sha256:{'0' * 64}\n")
    env = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    for name in ("BOOTSTRAP", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        env.pop(name, None)
    python = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run([python, "manage.py", "migrate"], cwd=clone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "connect this machine to the network" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_what_did_not_run_is_named_and_fails_under_ci(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    one = run.Pass("SQLite", 0, passed=5, skipped=2, reasons=Counter({"Chromium is not installed": 2}))
    assert run._summary([one], ["the second pass: Redis is missing"], full=False) == status
    said = capsys.readouterr().out
    assert "NOT RUN: the second pass: Redis is missing\n" in said
    assert "NOT RUN: Chromium is not installed (2 tests, SQLite)\n" in said
    assert said.endswith("5 passed, 0 failed, 2 skipped\n")


@pytest.mark.parametrize(("statuses", "status"), [((0, 0), 0), ((0, 5), 0), ((5, 5), 1), ((0, 1), 1), ((2,), 1)])
def test_the_status_is_bad_when_a_pass_was_or_when_no_test_ran(
    statuses: tuple[int, ...], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert run._summary([run.Pass("one", each) for each in statuses], [], full=True) == status


def test_demo_secrets_are_made_once_and_are_private(tmp_path: Path) -> None:
    first = keys.make(tmp_path / "keys")
    contents = {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()}
    assert keys.make(tmp_path / "keys") == first
    assert {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()} == contents
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert public_key_of(contents["auditor-private-key"]) == first["AUDITOR_PUBLIC_KEY"]


def test_accounts_keep_their_random_passwords(tmp_path: Path) -> None:
    clerk = accounts.issue(tmp_path, username="clerk", role="clerk", name="经办")
    other = accounts.issue(tmp_path, username="other", role="reviewer", name="法制")
    assert clerk.password != other.password
    assert accounts.issue(tmp_path, username="clerk", role="clerk", name="经办") == clerk
    assert accounts.kept(tmp_path) == [clerk, other]
    assert (tmp_path / accounts.FILE).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / accounts.FILE).read_text().splitlines()[0])["name"] == "经办"
