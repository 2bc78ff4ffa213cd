"""A pytest plugin, and what ``manage.py test`` makes of it: which faults (R1–R29) and attacks (T1–T20) the tests have proved.

A test says what it proves with ``@pytest.mark.proves("R4", …)`` and tells its figure with ``record_property("figure", "…")``.
The plugin leaves a row for each such test in REPORT_FILE, those that were not asked for among them. A row that stands there from
an earlier run stays until the same test runs again, so a report may be gathered in pieces.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

NUMBERS = (*(f"R{n}" for n in range(1, 30)), *(f"T{n}" for n in range(1, 21)))
NOT_RUN = "not run"


@dataclass
class Row:
    """One test in one pass: what it proves, how it ended, how long it took, and what it counted."""

    test: str
    proves: list[str]
    engine: str
    outcome: str = NOT_RUN
    seconds: float = 0.0
    figures: list[str] = field(default_factory=list)
    at: str = ""


class Recorder:
    """Gathers the rows of one run."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Every test that says what it proves has a row, run or not."""
        numbers = [str(number) for mark in item.iter_markers("proves") for number in mark.args]
        if unknown := set(numbers) - set(NUMBERS):
            raise pytest.UsageError(f"{item.nodeid} proves {', '.join(sorted(unknown))}, which trust.md does not know")
        if numbers:
            self.rows[item.nodeid] = Row(item.nodeid, sorted(set(numbers), key=NUMBERS.index), os.environ.get("TEST_PASS", ""))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up, call and end of a test: the worst of the three is its outcome."""
        row = self.rows.get(report.nodeid)
        if row is None:
            return
        row.seconds = round(row.seconds + report.duration, 2)
        row.at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        if report.outcome != "passed":
            row.outcome = report.outcome
        elif report.when == "call" and row.outcome == NOT_RUN:
            row.outcome = "passed"
        if report.when == "call":
            row.figures = [str(value) for name, value in report.user_properties if name == "figure"]

    def pytest_sessionfinish(self) -> None:
        """Leave what was gathered."""
        if self.rows:
            write(Path(os.environ["REPORT_FILE"]), self.rows.values())


def pytest_configure(config: pytest.Config) -> None:
    """Record where a file is asked for, and something is run."""
    if os.environ.get("REPORT_FILE") and not config.getoption("--collect-only"):
        config.pluginmanager.register(Recorder(), "trust-report")


def read(file: Path) -> list[Row]:
    """The rows of a report; none where there is no file."""
    return [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))["tests"]] if file.exists() else []


def write(file: Path, rows: Iterable[Row]) -> list[Row]:
    """Put these rows over those that stand in `file`; a test that was not run now keeps what it said before. Returns all."""
    merged = {(row.test, row.engine): row for row in read(file)}
    for row in rows:
        if row.outcome != NOT_RUN or (row.test, row.engine) not in merged:
            merged[row.test, row.engine] = row
    listed = sorted(merged.values(), key=lambda row: (NUMBERS.index(row.proves[0]), row.test, row.engine))
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"numbers": {number: standing(number, listed) for number in NUMBERS}, "tests": [asdict(row) for row in listed]}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(page(listed), encoding="utf-8")
    return listed


def standing(number: str, rows: Sequence[Row]) -> str:
    """``proved``, ``failed``, ``not run`` or ``no test``. One failure is a failure; a skipped test proves nothing."""
    outcomes = {row.outcome for row in rows if number in row.proves}
    if not outcomes:
        return "no test"
    return "failed" if "failed" in outcomes else "proved" if "passed" in outcomes else NOT_RUN


def sentences(rows: Sequence[Row]) -> list[str]:
    """What the summary of ``manage.py test`` says."""
    found = {word: [number for number in NUMBERS if standing(number, rows) == word] for word in ("proved", "failed", NOT_RUN, "no test")}
    long = {row.test for row in rows if row.outcome == NOT_RUN} - {row.test for row in rows if row.outcome != NOT_RUN}
    lines = [f"Faults and attacks {word}: {', '.join(numbers)}" for word, numbers in found.items() if numbers]
    return [*lines, f"({len(long)} of their tests did not run: long counts, or the other engine's)"] if long else lines


def page(rows: Sequence[Row]) -> str:
    """The same as Markdown for people."""
    lines = ["# What the tests have proved of faults (R) and attacks (T)", "", *(f"- {line}" for line in sentences(rows)), ""]
    lines += ["| number | test | pass | outcome | seconds | figures |", "| --- | --- | --- | --- | --- | --- |"]
    for number in NUMBERS:
        for row in rows:
            if number in row.proves:
                figures = "; ".join(row.figures).replace("|", "/")
                lines.append(f"| {number} | `{row.test}` | {row.engine} | {row.outcome} | {row.seconds:.1f} | {figures} |")
    return "\n".join(lines) + "\n"
