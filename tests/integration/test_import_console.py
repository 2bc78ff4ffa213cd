"""``manage.py import_registry``: counts, refused cells, exit status; a dry run needs no database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from registries.codes.models import CodeTable
from registries.imports.models import Import
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.field_files import GOOD, HEAD, book, row, text

pytestmark = pytest.mark.usefixtures("english_sentences")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def _county() -> None:
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆业")
    factories.unit("示例县公安局治安大队", code="ZA", short_name="治安大队")


def told(kind: str, file: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("import_registry", kind, str(file), *options, "--json", stdout=out)
    return int(caught.value.code or 0), json.loads(out.getvalue())


def written(folder: Path, content: bytes, name: str = "名录.dat") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("content", "status", "counts"),
    [
        (text(GOOD), 0, (3, 0)),
        (book([HEAD, row(1), row(2, h="2026-02-30")]), 1, (1, 1)),
        (b"%PDF-1.7", 2, (0, 0)),
    ],
)
def test_a_dry_run_needs_no_prepared_database(tmp_path: Path, content: bytes, status: int, counts: tuple[int, int]) -> None:
    data = tmp_path / "data"
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    env = {**kept, "DEMO": "1", "BOOTSTRAP": "off", "DATA_DIR": str(data)}
    command = [sys.executable, "manage.py", "import_registry", "subjects", str(written(tmp_path, content)), "--dry-run", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    found = json.loads(done.stdout)
    assert (found["counts"]["added"], found["counts"]["refused"], found["registry"]) == (*counts, False)
    assert bool(found["error"]) == (status == 2)
    assert not list(data.glob("*.sqlite3")), "no database is made"


@pytest.mark.django_db
@pytest.mark.usefixtures("_county")
def test_a_dry_run_compares_with_the_registry_where_there_is_one(tmp_path: Path) -> None:
    status, found = told("subjects", written(tmp_path, book([HEAD, row(1), row(2, f="月球")])), "--dry-run")
    assert (status, found["registry"], found["unchecked"]) == (1, True, ["subject"])
    assert found["refused"] == [
        {
            "sheet": "Sheet1", "row": 3, "column": "镇街", "cell": "F3", "value": "月球", "reason": "“月球” is not known here.",
            "remedy": "Use one of: 南麻街道",
        }
    ]  # fmt: skip
    assert not Import.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_county")
def test_all_rows_are_taken_over_or_none_or_the_good_ones_when_asked(tmp_path: Path) -> None:
    file = written(tmp_path, book([HEAD, row(1), row(2, f="月球")]))
    assert told("subjects", file)[1]["taken_over"] is False
    assert not Subject.objects.exists()
    status, found = told("subjects", file, "--only-good")
    assert (status, found["taken_over"], Subject.objects.count()) == (1, True, 1)
    assert Import.objects.get(pk=found["import"]).state == "committed"
    assert LedgerPayload.objects.get(verb="registries.commit_import", actor__username=Role.SYSTEM)
    status, found = told("subjects", written(tmp_path, book([HEAD, row(1)])))
    assert (status, found["counts"]["same"], found["taken_over"]) == (0, 1, False)


@pytest.mark.django_db
@pytest.mark.usefixtures("_county")
def test_an_account_imports_with_its_own_rights_and_unit(tmp_path: Path) -> None:
    file = written(tmp_path, book(GOOD))
    stranger = factories.user(Role.CLERK, unit=factories.unit())
    assert told("subjects", file, "--user", stranger.username)[1]["counts"]["refused"] == 3
    status, found = told("subjects", file, "--user", factories.user(Role.INSPECTOR).username)
    assert (status, "Your role" in found["error"]) == (2, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("_county")
def test_columns_are_chosen_by_heading_or_letter(tmp_path: Path) -> None:
    file = written(tmp_path, book([[*HEAD[:5], "在哪个镇", *HEAD[6:]], *GOOD[1:]]))
    status, found = told("subjects", file, "--dry-run")
    assert (status, "镇街" in found["error"]) == (2, True)
    mapping = written(tmp_path, b'{"town": "F"}', "columns.json")
    assert told("subjects", file, "--dry-run", "--mapping", str(mapping))[0] == 0
    assert told("subjects", file, "--dry-run", "--mapping", '{"nothing": "F"}')[0] == 2
    assert told("subjects", tmp_path / "gone.xlsx", "--dry-run")[0] == 2
