"""A county in which every text that a person types is a payload, looked at with a real browser: nothing runs, nothing is even tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import County, loaded
from tests.browser.test_pages import leads_to, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page

    from tests.conftest import Template

PEOPLE = ("", "clerk-za", "supervisor", "auditor", "reviewer")
MOST = 60


@pytest.fixture
def poisoned(chromium: Browser, template: Template, tmp_path: Path) -> Iterator[County]:
    """A county of its own, walked to publication, then poisoned past the commands."""
    with loaded(chromium, template, tmp_path) as county:
        county.python(f"from pathlib import Path\nfrom config.demo import walk\nwalk.walk({county.url!r}, Path({str(county.data)!r}), print)")
        done = county.json("import json\nfrom tests import poisoning, tampering\ntampering.lift_triggers()\nprint(json.dumps(poisoning.poison()))")
        assert isinstance(done, dict)
        assert len(done) > 40
        yield county


def walked_by(page: Page, start: str, url: str) -> tuple[int, list[str]]:
    """Follow one link of each kind: how many pages, and what their consoles said."""
    said: list[str] = []

    def opened(dialog: Dialog) -> None:
        said.append(f"{page.url} alert")
        dialog.dismiss()

    page.add_init_script("document.addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))")
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    page.on("console", lambda message: said.append(f"{page.url} {message.text}") if message.type in ("error", "warning") else None)
    page.on("dialog", opened)
    paths, seen, looked = [start], {name_of(start)}, 0
    for path in paths:
        answer = page.goto(url + path)
        looked += answer is not None and answer.status == 200
        new = {name_of(found): found for found in leads_to(page) if name_of(found) not in seen and found.rpartition(".")[2] not in ("pdf", "xlsx", "csv", "zip", "txt", "json", "jsonl", "atom", "ics", "html")}
        seen.update(new)
        paths += list(new.values())[: MOST - len(paths)]
    return looked, [line for line in said if "status of 404" not in line and "status of 500" not in line]


@pytest.mark.full
@pytest.mark.engine("sqlite3")
@pytest.mark.proves("T6")
def test_a_county_of_payloads_leaves_the_console_silent(poisoned: County, record_property: Callable[..., None]) -> None:
    looked = 0
    said: list[str] = []
    for who in PEOPLE:
        page = poisoned.person(who) if who else poisoned.visitor()
        for start in ("/office/", "/admin/") if who == "supervisor" else ("/office/" if who else "/",):
            pages, lines = walked_by(page, start, poisoned.url)
            looked += pages
            said += lines
        page.context.close()
    assert said == []
    assert looked > 60
    log = (poisoned.data / "logs" / "web.log").read_text(encoding="utf-8")
    assert "sunlot.csp" not in log, "no browser reported anything"
    record_property("figure", f"0 scripts, 0 violations of the policy, 0 lines in the console on {looked} pages full of payloads")
