"""A whole visit in airplane mode on a phone: begun, filled in, photographed and signed without a network, the browser killed in
between; then everything arrives exactly once, and nobody else finds anything of it on the phone."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from config.bootstrap import CHROMIUM, program
from inspections.cases import photos
from inspections.cases.evidence import Acknowledgement, Arrival, Photo
from inspections.cases.models import Case, Signature
from inspections.cases.states import CaseState
from registries import clock
from tests import factories as make
from tests.flaky_network import FlakyNetwork

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usually("sqlite3")]

PHONE = {"width": 390, "height": 844}
GPS = 0x8825


class Phone:
    """A real Chromium with a profile of its own, which can be killed as a phone kills it."""

    def __init__(self, chromium: Browser, profile: Path) -> None:
        self.chromium, self.profile = chromium, profile
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> Page:
        """Start it; returns a page of its only window."""
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--lang=zh-CN"]
        self.process = subprocess.Popen(
            [str(program(*CHROMIUM)), *flags, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not port.exists() or not port.read_text().strip():
            assert time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.05)
        browser = self.chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port.read_text().split()[0]}")
        page = browser.contexts[0].new_page()
        page.set_default_timeout(15_000)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        return page

    def kill(self) -> None:
        """SIGKILL, no farewell."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def phone(chromium: Browser, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(chromium, tmp_path / "profile")
    made.profile.mkdir()
    yield made
    made.kill()


def picture() -> bytes:
    """A photo as a phone takes it, with its place in it."""
    image = Image.effect_noise((800, 600), 60).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[GPS] = {1: "N", 2: (36.0, 11.0, 5.0), 3: "E", 4: (118.0, 10.0, 9.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/office/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{url}/office/**")


def scrawl(page: Page, pad: str) -> None:
    """Sign by hand in the field."""
    canvas = page.locator(f"[data-pad={pad}] canvas")
    canvas.evaluate("one => one.scrollIntoView({ block: 'center' })")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 14):
        page.mouse.move(box["x"] + 20 + step * 22, box["y"] + (30 if step % 2 else 100))
    page.mouse.up()


def choose(page: Page, selector: str) -> None:
    """Tap a choice in the middle of the screen, clear of the bars above and below."""
    found = page.locator(selector)
    found.evaluate("one => one.scrollIntoView({ block: 'center' })")
    found.check(force=True)


def answer(page: Page, item: int, value: str, remark: str = "") -> None:
    choose(page, f"input[name=answer_{item}][value={value}]")
    if remark:
        page.fill(f"input[name=remark_{item}]", remark)


def test_a_whole_visit_in_airplane_mode_arrives_exactly_once(phone: Phone, live_server: Any) -> None:
    case = make.case()
    lead, other = (one.user for one in make.team_of(case))
    assert lead
    assert other
    items = [item.pk for matter in case.matters.all() for item in matter.revision.items.order_by("position")]
    with FlakyNetwork(live_server.thread.port) as network:
        address = f"{network.url}/office/cases/{case.number}/record/"
        page = phone.open()
        sign_in(page, network.url, lead.username)
        page.goto(f"{network.url}/office/cases/mine/")
        page.click("[data-offline-cases] button")
        page.wait_for_selector("[data-offline-cases][data-ready='1']")

        network.cut()
        page.goto(address)
        page.wait_for_selector("[data-visit][data-ready]")
        assert page.inner_text("h1") == case.subject.name
        assert not page.locator("input[name^=answer_]:checked").count(), "no answer is ever prefilled"
        page.click("#visit-begin button")
        assert page.inner_text("#visit-unannounced"), "a visit begins with its notice or a reason, without a network too"
        page.locator("#visit-begin input[value=none]").check()
        page.fill("#visit-begin textarea[name=no_notice]", "举报称夜间留宿不登记")
        page.click("#visit-begin button")
        page.wait_for_selector("#visit-fields:not([disabled])")
        answer(page, items[0], "yes")
        answer(page, items[1], "no", "登记簿缺 3 日")
        page.locator(f".photos[data-item='{items[1]}'] input[type=file]").set_input_files(
            {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        page.wait_for_selector(".photos .waits img")
        page.wait_for_timeout(300)
        phone.kill()

        page = phone.open()
        page.goto(address)
        page.wait_for_selector("[data-visit][data-ready]")
        assert page.input_value(f"input[name=remark_{items[1]}]") == "登记簿缺 3 日"
        assert page.locator(".photos .waits img").count() == 1
        answer(page, items[2], "gap")
        page.fill("input[name=inspected_on]", clock.today().isoformat())
        page.select_option("select[name=result]", str(make.result("problem-corrected").pk))
        page.fill("textarea[name=findings]", "登记簿缺 3 日，\n当场补正。")
        page.locator("select[name=disposal]").select_option(index=1)
        page.fill("input[name=present]", "经理王某")
        page.click("button[name=submit]")
        page.wait_for_selector("#visit-finish:not([hidden])")
        choose(page, "#finish-drawn")
        page.fill("#finish-name", "经理王某")
        scrawl(page, "finish-theirs")
        scrawl(page, "finish-own")
        page.click("#visit-sign")
        page.wait_for_selector("#visit-notes .note-good")
        assert Case.objects.get(pk=case.pk).state == CaseState.ASSIGNED, "nothing has left the phone yet"

        network.mend(swallow=3)
        deadline = time.monotonic() + 20
        while not Signature.objects.exists():
            if page.url.startswith(network.url) and page.locator("#visit-notes a[href^='/office/sign-in/']").count():
                page.click("#visit-notes a[href^='/office/sign-in/']")
                page.fill("input[name=username]", lead.username)
                page.fill("input[name=password]", make.PASSWORD)
                page.click("main button[type=submit]")
                page.wait_for_selector("[data-visit][data-ready]")
            assert time.monotonic() < deadline, page.inner_text("main")[:1500]
            page.evaluate("window.dispatchEvent(new Event('online'))")
            page.wait_for_timeout(400)
        _arrived_once(case, items, lead.pk)
        page.wait_for_selector("a[href$='" + f"/office/cases/{case.number}/" + "']")
        _nothing_left_for_others(page, network, case, other.username)


def _arrived_once(case: Case, items: list[int], lead: int) -> None:
    case.refresh_from_db()
    record = case.records.get()
    given = dict(record.answers.values_list("item", "answer"))
    assert given == {items[0]: "yes", items[1]: "no", items[2]: "gap"}
    assert (record.findings, record.present) == ("登记簿缺 3 日，\n当场补正。", "经理王某")
    photo = Photo.objects.get()
    body = photos.read(photo.sha256)
    assert body is not None
    assert not dict(Image.open(io.BytesIO(body)).getexif())
    assert photo.item_id == items[1]
    noted, signed = Acknowledgement.objects.get(), Signature.objects.get()
    assert (noted.kind, noted.name) == ("drawn", "经理王某")
    assert (signed.way, signed.signed_by_id, signed.content_hash) == ("drawn", lead, noted.content_hash)
    kinds = list(Arrival.objects.values_list("kind", flat=True))
    assert sorted(set(kinds) - {"draft"}) == ["acknowledge", "begin", "photo", "sign", "submit"]
    assert len([kind for kind in kinds if kind != "draft"]) == 5
    assert case.state == CaseState.ON_SITE, "without the other inspector it is not complete"


def _nothing_left_for_others(page: Page, network: FlakyNetwork, case: Case, username: str) -> None:
    """Signed out, then a colleague signs in on the same phone: nothing in the caches, nothing that opens."""
    page.goto(f"{network.url}/office/cases/mine/")
    page.click("form[action='/office/sign-out/'] button")
    page.wait_for_url("**/office/sign-in/")
    keys = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert "sunlot-keys" not in keys
    cached = page.evaluate(
        """async () => {
          let text = "";
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) { text += request.url + await (await cache.match(request)).text(); }
          }
          return text;
        }"""
    )
    assert "/office/cases/offline/" in cached
    assert case.subject.name not in cached
    sign_in(page, network.url, username)
    page.goto(f"{network.url}/office/cases/mine/")
    network.cut()
    page.goto(f"{network.url}/office/cases/{case.number}/record/")
    page.wait_for_selector("[data-offline-shell]")
    page.wait_for_timeout(300)
    assert case.subject.name not in page.inner_text("body")
