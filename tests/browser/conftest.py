"""The sample county with everything running, shared by the browser tests of one pass: this pass's engine, real processes."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.demo import accounts
from config.demo.serve import ROOT, Stack
from tests.conftest import Template

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 568}


@dataclass
class County:
    """The running product on the loaded sample county."""

    stack: Stack
    data: Path
    browser: Browser

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.stack.url

    def person(self, username: str, *, phone: bool = False) -> Page:
        """Somebody's own browser, signed in through the page."""
        page = self.visitor(phone=phone)
        password = next(a.password for a in accounts.kept(self.data) if a.username == username)
        page.goto(f"{self.url}/office/sign-in/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{self.url}/office/")
        return page

    def visitor(self, *, phone: bool = False, scripts: bool = True) -> Page:
        """A citizen's fresh browser."""
        context: BrowserContext = self.browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
        )
        return context.new_page()

    def python(self, code: str) -> str:
        """Run Python beside the product, on the same data; returns what it prints."""
        lines = "import django\ndjango.setup()\n" + textwrap.dedent(code)
        done = subprocess.run(
            [sys.executable, "-c", lines], cwd=ROOT, env=self.stack.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, code: str) -> object:
        """What the code prints as JSON on its last line."""
        return json.loads(self.python(code).strip().splitlines()[-1])


@contextmanager
def loaded(chromium: Browser, template: Template, data: Path) -> Iterator[County]:
    """The sample county, loaded through its importers and commands into `data`, with web, worker and beat running."""
    stack = Stack(data, env=template.copied(data))
    running = County(stack, data, chromium)
    running.python(f"from pathlib import Path\nfrom config.demo import office\noffice.load(print, Path({str(data)!r}))")
    with stack:
        yield running


@pytest.fixture(scope="session")
def county(chromium: Browser, template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """One for all: what a test leaves in it must not disturb another."""
    with loaded(chromium, template, tmp_path_factory.mktemp("county")) as running:
        yield running


@pytest.fixture(scope="session")
def walked(county: County) -> County:
    """The county after one draw was walked to publication, with another one waiting for approval."""
    county.python(
        f"""
        from pathlib import Path
        from config.demo import walk
        walk.walk({county.url!r}, Path({str(county.data)!r}), print)
        """
    )
    return county
