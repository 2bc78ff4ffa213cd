"""The whole path through the browser, as its people: a clerk imports and prepares, a supervisor approves in the admin, two clerks
type the sources, the worker draws, two inspectors record on a phone, a reviewer accepts, the worker discloses, a citizen checks."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from config.demo import accounts
from config.demo.serve import ROOT
from registries.clock import BEIJING
from tests.browser.case_life import begin, tick
from tests.browser.conftest import County

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usually("sqlite3")

PATIENCE = 120
UNTIL_APPROVED = dt.timedelta(seconds=30)
"""What the people are given on a slow machine: an order is approved before its first source."""
BALLS = ",".join(f"{n:02d}" for n in range(3, 62, 3))
OTHER_BALLS = ",".join(f"{n:02d}" for n in range(4, 63, 3))


def eventually(page: Page, selector: str) -> None:
    """Look again, as a person would press F5, until it is there."""
    deadline = time.monotonic() + PATIENCE
    while not page.locator(selector).count():
        assert time.monotonic() < deadline, f"{selector} never came:\n{page.inner_text('main')[:2000]}"
        time.sleep(0.5)
        page.reload()


def workbook(rows: list[list[str]]) -> bytes:
    """A table as an office sends it: a title, a heading, rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "检查对象"
    sheet.append(["沂源县旅馆业新增对象（示例）"])
    headings = ["对象编号", "名称", "统一社会信用代码", "主体类型", "对象类别", "责任单位代码", "镇街", "地址", "信用风险等级", "状态", "核实日期"]
    for row in [headings, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def import_subjects(county: County) -> None:
    """Two rows, one with a wrong code: the good one is taken over, the other named with row, column, value and remedy."""
    clerk = county.person("clerk-za")
    clerk.goto(f"{county.url}/office/imports/new/")
    today = f"{dt.datetime.now(BEIJING):%Y-%m-%d}"
    common = ["企业", "旅馆", "ZA", "历山街道", "示例路1号", "B", "在业", today]
    rows = [
        ["S900001", "沂源示例新开旅馆", "91350100M000100Y43", *common],
        ["S900002", "沂源示例错码旅馆", "91350100M000100Y4Z", *common],
    ]
    clerk.check("input[name=kind][value=subjects]", force=True)
    clerk.set_input_files(
        "input[type=file]",
        {"name": "新增对象.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": workbook(rows)},
    )
    clerk.click("main form button[type=submit]")
    clerk.wait_for_url(re.compile(r"/office/imports/\d+/$"))
    clerk.click("form[action$='/columns/'] button[type=submit]")
    eventually(clerk, "form[action$='/commit/']")
    text = clerk.inner_text("main")
    assert "91350100M000100Y4Z" in text
    assert "统一社会信用代码" in text
    clerk.on("dialog", lambda dialog: dialog.accept())
    clerk.click("form[action$='/commit/'] button[name=only_good]")
    clerk.wait_for_load_state()
    clerk.goto(f"{county.url}/office/subjects/?q=S900001")
    assert "沂源示例新开旅馆" in clerk.inner_text("main")
    clerk.goto(f"{county.url}/office/subjects/?q=S900002")
    assert "沂源示例错码旅馆" not in clerk.inner_text("main")


def prepare_draw(county: County) -> str:
    """The clerk prepares four visits and submits; returns the draw's address in the office."""
    clerk = county.person("clerk-za")
    clerk.goto(f"{county.url}/office/draws/new/")
    clerk.locator("label.choice", has_text="ZA01").locator("input").check(force=True)
    clerk.click("main form button[type=submit]")
    clerk.wait_for_url(re.compile(r"/office/draws/\d+/$"))
    first = (dt.datetime.now(BEIJING) + UNTIL_APPROVED).replace(microsecond=0, tzinfo=None)
    second = first + dt.timedelta(seconds=2)
    for stratum in "ABCD":
        clerk.fill(f"input[name=quota_{stratum}]", "1")
    clerk.select_option("select[name=game_1]", "demo")
    clerk.fill("input[name=issue_1]", "2026001")
    clerk.fill("input[name=moment_1]", first.isoformat())
    clerk.select_option("select[name=game_2]", "demo")
    clerk.fill("input[name=issue_2]", "2026002")
    clerk.fill("input[name=moment_2]", second.isoformat())
    clerk.fill("input[name=planned]", second.isoformat())
    clerk.click("button[name=submit]")
    clerk.wait_for_selector(".chip-info")
    return clerk.url


def approve_draw(county: County, address: str) -> str:
    """The supervisor approves in the admin with the own password; returns the draw's number."""
    supervisor = county.person("supervisor")
    pk = address.rstrip("/").rsplit("/", 1)[1]
    supervisor.goto(f"{county.url}/admin/inspections/draw/{pk}/decide/")
    shown = supervisor.inner_text("#content-main")
    assert "沂源示例新开旅馆" not in shown
    password = next(a.password for a in accounts.kept(county.data) if a.username == "supervisor")
    supervisor.fill("input[name=password]", password)
    supervisor.click("button[name=approve]")
    supervisor.wait_for_selector(".messagelist .success, .message-success")
    supervisor.goto(address)
    number = re.search(r"\d{4}-\d{3}", supervisor.inner_text("h1"))
    assert number
    return number.group()


def enter_sources(county: County, address: str) -> None:
    """Two clerks, each by their own account, type both values; the first pair is typed once its moment has come."""
    pages = [county.person(name) for name in ("clerk-za", "clerk-za2")]
    for value in (BALLS, OTHER_BALLS):
        for page in pages:
            page.goto(address)
            eventually(page, "a.button-primary[href*='/sources/']")
            page.click("a.button-primary[href*='/sources/']")
            page.fill("input[name=value]", value)
            page.fill("input[name=evidence]", "现场照片1号")
            page.click("main form button[type=submit]")
            page.wait_for_url(address)


def record_case(county: County, number: str) -> str:
    """The team of the first case records on a phone: one fills in, both confirm. Returns the case's number."""
    case = county.json(
        f"""
        import json, time
        from pathlib import Path
        from config.demo.office import open_officer
        from inspections.cases.models import Case
        from inspections.cases.queries import team
        cases = Case.objects.filter(draw__number={number!r}, assignments__isnull=False).order_by("pk")
        for _second in range(60):  # the certificate may be there before the cases are opened
            if cases.exists():
                break
            time.sleep(1)
        case = cases[0]
        officers = [open_officer(Path({str(county.data)!r}), place.inspector).username for place in team(case)]
        print(json.dumps({{"case": case.number, "officers": officers}}))
        """
    )
    assert isinstance(case, dict)
    lead, member = (county.person(name, phone=True) for name in case["officers"])
    for page in (lead, member):
        page.goto(f"{county.url}/office/cases/mine/")
        assert case["case"] in page.content()
    lead.goto(f"{county.url}/office/cases/{case['case']}/")
    lead.goto(f"{county.url}/office/cases/{case['case']}/record/")
    begin(lead)
    lead.goto(f"{county.url}/office/cases/{case['case']}/record/")
    assert not lead.locator("input[type=radio]:checked").count(), "no answer is ever prefilled"
    lead.wait_for_selector("[data-visit][data-ready]")
    for group in lead.locator("fieldset.check-item").all():
        answer = group.locator("input[type=radio][value=yes]")
        answer.evaluate("one => one.scrollIntoView({ block: 'center' })")
        answer.check(force=True)
    lead.fill("input[name=inspected_on]", f"{dt.datetime.now(BEIJING):%Y-%m-%d}")
    lead.select_option("select[name=result]", label="未发现问题")
    lead.select_option("select[name=disposal]", label="无需后续处置")
    lead.fill("[name=present]", "现场负责人示例")
    lead.click("button[name=submit]")
    lead.wait_for_url(f"**/cases/{case['case']}/")
    lead.goto(f"{county.url}/office/cases/{case['case']}/sign/")
    lead.locator("input[name=side-kind][value=refused]").check(force=True)
    lead.fill("input[name=side-witness]", "社区网格员示例")
    lead.click("form[action$='/acknowledge/'] button[type=submit]")
    lead.wait_for_selector("input[name=password]")
    secret = {a.username: a.password for a in accounts.kept(county.data)}
    for page, name in zip((lead, member), case["officers"], strict=True):
        page.goto(f"{county.url}/office/cases/{case['case']}/sign/")
        page.fill("input[name=password]", secret[name])
        page.click("main form button[type=submit]")
        page.wait_for_load_state()
    return str(case["case"])


def review_and_release(county: County, case: str) -> None:
    """A reviewer who was not there accepts; the clerk lets it be published."""
    reviewer = county.person("reviewer")
    reviewer.goto(f"{county.url}/office/cases/{case}/review/")
    reviewer.locator("input[name=decision][value=accept]").check(force=True)
    tick(reviewer)
    reviewer.click("aside form button[type=submit]")
    reviewer.wait_for_load_state()
    clerk = county.person("clerk-za")
    clerk.goto(f"{county.url}/office/cases/{case}/")
    clerk.click(f"main a[href='/office/cases/{case}/release/']")
    tick(clerk)
    clerk.click(".next-step form button[type=submit]")
    clerk.wait_for_load_state()


def read_and_check(county: County, number: str, tmp_path: Path) -> None:
    """A citizen finds the result and computes the draw again, in the browser and with the script."""
    citizen = county.visitor()
    citizen.goto(f"{county.url}/results/?draw={number}")
    eventually(citizen, "a[href^='/results/']:not([href*='?']):not([href='/results/'])")
    citizen.locator("main a[href^='/results/']:not([href*='?']):not([href='/results/'])").first.click()
    assert "未发现问题" in citizen.inner_text("main")
    citizen.goto(f"{county.url}/draws/{number}/verify/")
    citizen.click("#verify button.button-primary")
    citizen.wait_for_selector("#verify[data-verdict]", timeout=30_000)
    assert citizen.get_attribute("#verify", "data-verdict") == "match"
    body = citizen.request.get(f"{county.url}/draws/{number}/bundle.zip").body()
    assert "inspectors.txt" not in zipfile.ZipFile(io.BytesIO(body)).namelist(), "not public before the visits are over"
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(body)
    script = ROOT / "static" / "verify" / "verify_draw.py"
    done = subprocess.run([sys.executable, str(script), str(bundle)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "match" in done.stdout


def test_the_whole_path_by_its_people_with_a_real_worker(county: County, tmp_path: Path) -> None:
    import_subjects(county)
    address = prepare_draw(county)
    number = approve_draw(county, address)
    public = county.visitor()
    public.goto(f"{county.url}/draws/{number}/")
    assert public.locator(".mono").count(), "order and hashes are public from the commitment on"
    enter_sources(county, address)
    clerk = county.person("clerk-za")
    clerk.goto(address)
    eventually(clerk, "a[href$='/certificate.pdf']")
    case = record_case(county, number)
    review_and_release(county, case)
    read_and_check(county, number, tmp_path)
    broken = county.python("from registries.ledger.queries import break_in_chain\nprint(break_in_chain())")
    assert broken.strip() == "None"
