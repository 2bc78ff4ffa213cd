"""Open data against programs that others wrote: schemathesis asks the API whatever its description allows and forbids; LibreOffice opens the files."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from config.wsgi import application
from publicity.opendata.datasets import DATASETS
from publicity.opendata.writing import written
from tests import factories, open_data
from tests.libreoffice import needs_libreoffice, saved_as

UTF_8 = "CSV:44,34,76"
"""LibreOffice's filter for commas and quotes in UTF-8; at a desk it sees the mark and asks."""

pytestmark = [pytest.mark.django_db, pytest.mark.full]


@pytest.fixture
def something() -> None:
    """A result, a corrected one, one that was taken down, one that is a count, and a draw."""
    open_data.result("沂源青山旅馆")
    open_data.corrected(open_data.result('=HYPERLINK("http://x") "引号",\n换行店'), findings="+未登记\n-两人", result_code="problem-pending", result_group="problem")
    open_data.result(named=False)
    open_data.removed(open_data.result())
    factories.drawn_draw(winners=1, reserves=0)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request does not end the connection of the test, as with Django's own client."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


def test_schemathesis_finds_nothing(something: None, one_connection: None) -> None:
    """Ten valid and ten invalid questions of each operation, answered as the description says."""
    import schemathesis
    from schemathesis import GenerationMode

    described = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    operations: list[Any] = list(described.get_all_operations())
    asked = [_ask(found.ok(), mode) for found in operations for mode in GenerationMode]
    assert sum(asked) > 100


def _ask(operation: Any, mode: Any) -> int:
    asked = 0

    @effort(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(headers={"Accept-Encoding": "identity"})  # the client of WSGI unpacks nothing

    ask()
    return asked


@needs_libreoffice
def test_libreoffice_reads_in_the_csv_what_stands_in_it(something: None, tmp_path: Path) -> None:
    """Every cell of every file: no row too many, no text that became a formula, Chinese as it was."""
    with written() as files:
        tables = [file for file in files if file.form == "csv"]
        assert len(tables) == len(DATASETS)
        for file in tables:
            before = list(csv.reader(io.StringIO(file.path.read_text(encoding="utf-8-sig"), newline="")))
            sheet = openpyxl.load_workbook(saved_as(file.path, "xlsx", tmp_path / "out", read_by=UTF_8)).active
            assert sheet is not None
            after = list(sheet.iter_rows(values_only=True))
            assert len(before) == len(after) == file.rows + 1
            for cells, seen in zip(before, after, strict=True):
                assert [one for one in zip(cells, seen, strict=True) if not _same(*one)] == [], file.name


def _same(cell: str, seen: Any) -> bool:
    """Whether LibreOffice shows the cell; what it takes for a number, a day or a truth is compared as such."""
    if seen is None or isinstance(seen, str):
        return cell == (seen or "")
    if isinstance(seen, bool):
        return cell == str(seen).lower()
    if isinstance(seen, dt.datetime):
        return cell[:10] == seen.date().isoformat()
    return f"{float(cell):.15g}" == f"{float(seen):.15g}"  # a spreadsheet keeps fifteen figures; XLSX has such codes as texts
