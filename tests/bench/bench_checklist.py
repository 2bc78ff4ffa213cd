"""How long a checklist takes on a phone: ``python tests/bench/bench_checklist.py [items] [photos] [seconds a tap]`` (30, 10, 1.5).

A scripted officer in a real Chromium of 390 pixels, as slow as a person: every tap, choice and picture waits that long first. From
opening the case to the record made ready to sign, with the product running on the loopback, SQLite. The aim: five minutes. Needs Chromium.
"""

from __future__ import annotations

import io
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from inspections.cases.models import Case

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared

PHONE = {"width": 390, "height": 844}


class Officer:
    """Somebody with a phone, who needs so many seconds for every tap."""

    def __init__(self, page: Page, pause: float) -> None:
        self.page, self.pause, self.taps = page, pause, 0

    def found(self, selector: str) -> Locator:
        """What the finger looks for, in the middle of the screen."""
        self.taps += 1
        self.page.wait_for_timeout(self.pause * 1000)
        one = self.page.locator(selector).first
        one.evaluate("one => one.scrollIntoView({ block: 'center' })")
        return one

    def choose(self, selector: str) -> None:
        """Tap a choice."""
        self.found(selector).check(force=True)

    def tap(self, selector: str) -> None:
        """Tap a button."""
        self.found(selector).click()

    def type(self, selector: str, text: str) -> None:
        """Write, a fifth of a second a character."""
        self.found(selector).press_sequentially(text, delay=200)


def picture(n: int) -> bytes:
    """A photo of three megapixels with detail, as a camera takes it."""
    out = io.BytesIO()
    Image.effect_noise((2048, 1536), 20 + n).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def visit(officer: Officer, case: Case, items: list[int], photos: int, result: str) -> None:
    """The whole checklist: one item in ten with a remark, pictures spread over the items."""
    page, dice = officer.page, random.Random(7)
    pictured = {items[at * len(items) // photos] for at in range(photos)} if photos else set()
    officer.choose("#visit-begin input[value=none]")
    officer.type("#visit-begin textarea[name=no_notice]", "突击检查")
    officer.tap("#visit-begin button")
    page.wait_for_selector("#visit-fields:not([disabled])")
    for at, item in enumerate(items):
        answer = "no" if at % 10 == 9 else dice.choice(["yes"] * 8 + ["not-checked"])
        officer.choose(f"input[name=answer_{item}][value={answer}]")
        if answer != "yes":
            officer.type(f"[name=remark_{item}]", "登记簿缺三日" if answer == "no" else "当日停用")
        if item in pictured:
            box = officer.found(f".photos[data-item='{item}'] input[type=file]")
            box.set_input_files({"name": f"IMG_{at}.jpg", "mimeType": "image/jpeg", "buffer": picture(at)})
            page.wait_for_selector(f".photos[data-item='{item}'] img")
    officer.found("input[name=inspected_on]").fill(time.strftime("%Y-%m-%d"))
    officer.found("select[name=result]").select_option(result)
    officer.type("textarea[name=findings]", "登记簿缺三日，当场补正。")
    officer.found("select[name=disposal]").select_option(index=1)
    officer.type("input[name=present]", "经理王某")
    officer.tap("button[name=submit]")
    page.wait_for_url(lambda address: not address.endswith("/record/"))


def run(url: str, case: Case, items: list[int], photos: int, pause: float) -> None:
    """Sign in, walk through, tell."""
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from playwright.sync_api import sync_playwright

    from config.bootstrap import CHROMIUM, program
    from registries.people.models import User
    from tests import factories

    lead = factories.team_of(case)[0].user
    assert lead is not None
    hasher = Argon2PasswordHasher()  # the product's own; these settings have a quick one
    User.objects.filter(pk=lead.pk).update(password=hasher.encode(factories.PASSWORD, hasher.salt()))
    result = str(factories.result("problem-corrected").pk)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program(*CHROMIUM)), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        page = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()  # type: ignore[arg-type]
        page.goto(f"{url}/office/sign-in/")
        page.fill("input[name=username]", lead.username)
        page.fill("input[name=password]", factories.PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_selector("form[action*='sign-out']", state="attached")
        began = time.monotonic()
        page.goto(f"{url}/office/cases/{case.number}/record/")
        page.wait_for_selector("[data-visit][data-ready]")
        officer = Officer(page, pause)
        visit(officer, case, items, photos, result)
        took = time.monotonic() - began
        print(f"{len(items)} items, {photos} photos: {took:.0f} s ({officer.taps} taps of {pause} s make {officer.taps * pause:.0f} s), load {os.getloadavg()[0]:.0f}")
        browser.close()


def main(items: int, photos: int, pause: float) -> None:
    """A case with so many items, the product on it, a visit."""
    from config.demo.serve import Stack
    from tests import factories

    case = factories.case(factories.drawn_draw(factories.matter(items=items), winners=1, reserves=0))
    keys = [item.pk for matter in case.matters.all() for item in matter.revision.items.order_by("position")]
    own = {name: os.environ[name] for name in ("DEMO", "DATABASE_URL", "CELERY_BROKER_URL")}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop of its own in this thread
    with Stack(Path(os.environ["DATA_DIR"]), env={**own, "WEB_CONCURRENCY": "1"}) as stack:
        run(stack.url, case, keys, photos, pause)


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:4]] + [30, 10, 1.5][len(sys.argv) - 1 :]
    with prepared(sqlite=True):
        main(int(given[0]), int(given[1]), given[2])
