"""Every linter is content with the whole tree, and Django with its own checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.bootstrap import ROOT

TOOLS = Path(sys.executable).parent
LINTERS: dict[str, list[str | Path]] = {
    "ruff": [TOOLS / "ruff", "check", "--quiet", "."],
    "mypy": [TOOLS / "mypy", "config", "registries", "inspections", "publicity", "tests", "manage.py"],
    "import-linter": [TOOLS / "lint-imports", "--no-cache"],
    "djlint": [TOOLS / "djlint", "templates", "--lint", "--quiet"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}
PRODUCTION = {
    "SECRET_KEY": "a-long-random-text-that-nobody-could-guess-0123456789-abcdefghij-KLMNOP",
    "FIELD_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "ALLOWED_HOSTS": "sunlot.example.gov.cn",
    "PUBLIC_URL": "https://sunlot.example.gov.cn",
    "AUDITOR_PUBLIC_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "OFFICE_NETWORKS": "10.37.0.0/16",
    "CHECKPOINT_KEEPERS": "keeper@example.gov.cn",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.gov.cn:587",
    "BOOTSTRAP": "off",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


def run(command: list[str | Path], env: dict[str, str]) -> str:
    """What `command` says, when it is not content; nothing when it is."""
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return f"status {done.returncode}\n{done.stdout}\n{done.stderr}" if done.returncode else ""


@pytest.mark.parametrize("name", LINTERS)
def test_linter_is_content(name: str) -> None:
    complaint = run(LINTERS[name], {**os.environ, "BOOTSTRAP": "off"})
    assert not complaint, complaint


def test_production_settings_pass_the_deployment_checks(tmp_path: Path) -> None:
    env = {name: os.environ[name] for name in INHERITED if name in os.environ} | PRODUCTION | {"DATA_DIR": str(tmp_path)}
    complaint = run([sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"], env)
    assert not complaint, complaint


def test_production_settings_refuse_what_belongs_to_the_demo(tmp_path: Path) -> None:
    env = {name: os.environ[name] for name in INHERITED if name in os.environ} | PRODUCTION | {"DATA_DIR": str(tmp_path)}
    complaint = run([sys.executable, "manage.py", "check", "--deploy"], {**env, "DEMO": "1", "DRAW_SOURCE_LEAD": "1"})
    assert "sunlot.E010" in complaint
    assert "sunlot.E011" in complaint
