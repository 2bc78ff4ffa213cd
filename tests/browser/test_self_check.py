"""The whole sample county, loaded and walked to its results by its people and the real worker: nothing is left to find."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import County

pytestmark = pytest.mark.usually("sqlite3")


def test_after_the_whole_walk_everything_agrees(walked: County) -> None:
    told = json.loads(walked.stack.manage("check_invariants", "--json"))
    assert told["holds"], told["findings"]
    assert walked.stack.manage("verify_ledger").startswith("The ledger holds: ")


def test_the_auditor_asks_and_the_worker_answers_while_the_page_waits(walked: County) -> None:
    page = walked.person("auditor")
    page.goto(f"{walked.url}/office/ledger/self-check/")
    if page.locator("main form button[type=submit]").count():
        page.click("main form button[type=submit]")
    expect(page.locator("#outcome .verdict-good")).to_be_visible(timeout=60_000)
