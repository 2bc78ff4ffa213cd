"""The worker's part: progress, checks that died, files that kill, imports that moved on meanwhile; the county as a whole."""

import datetime as dt
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from config.demo.county.load import load_county
from config.demo.county.workbooks import NAMES, TO_TRY
from registries import clock
from registries.codes.models import CodeTable
from registries.imports import checking, commands
from registries.imports.checking import examine
from registries.imports.models import Import, ImportRow
from registries.imports.queries import stalled_imports
from registries.imports.tasks import check_import, sweep_imports
from registries.inspectors.models import Certificate, Inspector
from registries.ledger.models import LedgerEntry
from registries.matters.models import Matter
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories
from tests.import_files import bring, classes, confirm, subject_row, upload, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def waiting() -> Import:
    """An import whose columns are confirmed and whose check has not begun."""
    factories.code(CodeTable.TOWN, "南麻街道")
    factories.category("旅馆")
    clerk = factories.user(Role.CLERK, unit=factories.unit(code="ZA"))
    rows = [subject_row(n) for n in range(1200)]
    return confirm(clerk, upload(clerk, "subjects", workbook("subjects", subjects=rows)))


def test_the_task_checks_and_may_run_twice(waiting: Import) -> None:
    check_import(waiting.pk)
    entries = LedgerEntry.objects.count()
    check_import(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done, waiting.total, waiting.counts) == ("checked", 1200, 1200, {"subjects": {"added": 1200}})
    assert LedgerEntry.objects.count() == entries


def test_progress_stands_in_the_row_of_the_import(waiting: Import) -> None:
    seen: list[dict[str, Any]] = []
    real = checking._progress

    def noted(import_id: int, **columns: Any) -> None:
        real(import_id, **columns)
        seen.append({name: getattr(Import.objects.get(pk=import_id), name) for name in ("done", "total", "state")})

    with mock.patch.object(checking, "_progress", noted):
        examine(waiting.pk)
    assert [one["done"] for one in seen] == [0, 0, 500, 1000, 1200]
    assert {one["state"] for one in seen} == {"checking"}
    assert seen[-1]["total"] == 1200
    assert not ImportRow.objects.exists(), "the check itself writes no row"


def test_a_sweep_finds_checks_that_stand_still_and_no_others(waiting: Import) -> None:
    now = clock.now()
    assert stalled_imports(now) == []
    assert stalled_imports(now + dt.timedelta(seconds=40)) == [waiting.pk]
    Import.objects.filter(pk=waiting.pk).update(progressed_at=now - dt.timedelta(minutes=5))
    sweep_imports()
    sweep_imports()
    waiting.refresh_from_db()
    assert waiting.state == "checked"
    assert stalled_imports(now + dt.timedelta(days=1)) == []


@pytest.mark.proves("R10")
def test_a_file_whose_check_breaks_off_again_and_again_is_given_up(waiting: Import) -> None:
    for _time in range(3):
        with mock.patch.object(checking, "_rows", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            check_import(waiting.pk)
    check_import(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert waiting.failure.startswith("The check broke off 3 times.")


def test_a_fault_of_the_program_becomes_a_sentence(waiting: Import) -> None:
    with mock.patch.object(checking, "clean_row", side_effect=RuntimeError("a fault")):
        check_import(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert f"the number {waiting.pk}" in waiting.failure


def test_an_import_cancelled_during_the_check_stays_cancelled(waiting: Import) -> None:
    findings = examine(waiting.pk)
    commands.cancel_import(actor=waiting.uploaded_by, import_id=waiting.pk, version=waiting.version)
    with mock.patch("registries.imports.tasks.examine", return_value=findings):
        check_import(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    assert not ImportRow.objects.exists()


def test_the_county_is_loaded_whole_and_a_second_start_changes_nothing(tmp_path: Path) -> None:
    administrator = factories.user(Role.SYSTEM_ADMIN)
    said: list[str] = []
    load_county(said.append, actors={"system_admin": administrator}, folder=tmp_path)
    clerk = factories.user(Role.CLERK, unit=Unit.objects.get(code="GAJ"))
    actors: dict[str, User] = {"system_admin": administrator, "clerk": clerk}
    load_county(said.append, actors=actors, folder=tmp_path)
    assert len(said) == len(NAMES)
    assert "1500 rows added, 0 changed" in said[4]
    counts = [model.objects.count() for model in (Subject, Matter, Inspector)]
    assert counts == [1500, 27, 80]
    assert Certificate.objects.count() >= 80
    entries = LedgerEntry.objects.count()
    load_county(said.append, actors=actors, folder=tmp_path)
    assert (said[len(NAMES) :], LedgerEntry.objects.count()) == ([], entries)
    assert classes(Import.objects.get(kind="subjects")) == ["added"] * 1500
    tried = bring(clerk, "permits", (tmp_path / TO_TRY).read_bytes())
    assert tried.counts == {"permits": {"same": 20, "changed": 8, "added": 12, "refused": 5}}
