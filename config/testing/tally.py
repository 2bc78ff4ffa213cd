"""A pytest plugin that leaves the counts of a run, and why tests were skipped, in the file TALLY_FILE."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write ``{"passed", "failed", "skipped", "reasons": {reason: count}}``; errors count as failed."""
    stats = terminalreporter.stats
    reasons = Counter(
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr).removeprefix("Skipped: ")
        for report in stats.get("skipped", [])
    )
    tally = {
        "passed": len(stats.get("passed", [])) + len(stats.get("xfailed", [])),
        "failed": len(stats.get("failed", [])) + len(stats.get("error", [])) + len(stats.get("xpassed", [])),
        "skipped": len(stats.get("skipped", [])),
        "reasons": reasons,
    }
    Path(os.environ["TALLY_FILE"]).write_text(json.dumps(tally), encoding="utf-8")
