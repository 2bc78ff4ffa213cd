"""The life of a case in the browsers of its people, to the closed and disclosed case: through the desk, links and forms only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from registries.clock import BEIJING
from tests.browser.case_life import Office, fill, now, number_in, today
from tests.browser.conftest import County, loaded

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Template

pytestmark = pytest.mark.usually("sqlite3")

PENDING, REFUSED = "发现问题待后续处理", "不配合检查情节严重"
BALLS = "02,05,09,14,17,21,26,28,33,36,41,45,48,52,57,61,66,70,74,79"

SECOND_CLERK = """
    from pathlib import Path
    from config.demo.office import Person, open_account
    from registries.people.roles import Role
    open_account(Path({data!r}), Person("clerk-crj", "出入境经办演示", Role.CLERK, "CRJ"))
"""


@pytest.fixture
def office(county: County) -> Iterator[Office]:
    """The shared county's people."""
    made = Office(county)
    yield made
    made.leave()


@pytest.fixture
def apart(chromium: Browser, template: Template, tmp_path: Path) -> Iterator[Office]:
    """A county of its own, whose plan may be amended; a second brigade has its clerk."""
    with loaded(chromium, template, tmp_path) as county:
        county.python(SECOND_CLERK.format(data=str(county.data)))
        made = Office(county)
        yield made
        made.leave()


def replace_subject(office: Office, number: str) -> str:
    """The clerk learns that the premises are gone, a supervisor accepts, the next reserve steps in; returns its case."""
    page = office.case("clerk-za", number)
    page.click("a[href$='/replace/']")
    page.locator("input[name=who][value='subject:gone']").check(force=True)
    page.fill("textarea[name=explanation]", "现场已拆除，邻居证实三月前搬走。")
    page.fill("input[name=evidence]", "现场照片3号")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/cases/{number}/")
    supervisor = office.from_desk("supervisor", number)
    supervisor.fill("input[name=password]", office.secrets["supervisor"])
    supervisor.click("button[name=accept]")
    supervisor.wait_for_selector(".messagelist .success, .message-success")
    gone = office.case("clerk-za", number)
    gone.click(".note a[href*='/cases/']")
    stepped_in = number_in(gone)
    office.open_accounts(stepped_in)
    return stepped_in


def put_right(office: Office, number: str) -> None:
    """A rectification ordered, seen by a re-check, concluded; both results disclosed, both cases closed."""
    office.order(number, "rectification", what="补登名簿", basis="《旅馆业治安管理办法》第六条", day=today(5))
    office.disclose(number)
    office.may_not_close(number, "后续处置")
    page = office.from_desk("clerk-za", number, "安排复查")
    for place in (0, 1):
        page.locator("[name=recheck-inspectors]").nth(place).check(force=True)
    page.click("#recheck button[type=submit]")
    page.wait_for_selector(".message-success")
    page.click("main .entry-title a[href*='/cases/']")
    recheck = number_in(page)
    office.visit(recheck, "未发现问题", disposal="无需后续处置")
    office.accept(recheck)
    page = office.from_desk("reviewer", number, "作出结论")
    fill(page, "#conclude", {"conclude-passed": "yes"})
    page.click("#conclude button[type=submit]")
    page.wait_for_url(f"**/cases/{number}/")
    office.disclose(recheck)
    for one in (number, recheck):
        office.close(one)


@pytest.mark.full
def test_returned_put_right_on_the_recheck_and_closed(office: Office) -> None:
    first, *_rest = office.drawn("ZA04", A=1, B=1, C=1, D=1)
    office.open_accounts(first)
    team = office.visit(first, PENDING, bad=1, findings="从业人员名簿缺三日。", disposal="责令限期改正")
    return_and_complete(office, first, team, "请写明缺哪三日")
    office.accept(first)
    put_right(office, first)


def return_and_complete(office: Office, number: str, team: list[str], remark: str) -> None:
    """The reviewer returns it; the other inspector finds what was typed, adds to it, and both sign again."""
    office.send_back(number, remark)
    page = office.from_desk(team[1], number)
    assert remark in page.inner_text("main")
    office.record(number, team[1], PENDING, again=True, findings=f"从业人员名簿缺三日（{remark}）。")
    office.sign(number, team)


@pytest.mark.full
def test_gone_and_replaced_returned_twice_and_waived(office: Office) -> None:
    first, *_rest = office.drawn("ZA02", A=1, B=1, C=1, D=1)
    number = replace_subject(office, first)
    team = office.visit(number, PENDING, bad=1, findings="从业人员名簿缺三日。", disposal="责令限期改正")
    for remark in ("请写明缺哪三日", "请附条款"):
        return_and_complete(office, number, team, remark)
    office.accept(number, "可以")
    page = office.from_desk("reviewer", number, "决定后续")
    page.click(".tabs a[href$='/waive/']")
    page.fill("textarea[name=reason]", "当场改正，检查人员已核实。")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/cases/{number}/")
    office.disclose(number)
    office.close(number)


def note(office: Office, number: str, kind: str, form: str, /, **typed: str) -> None:
    """The clerk notes what came long before its term, while no desk asks for it: from the page of the case."""
    page = office.case("clerk-za", number)
    page.click(f"#followups .entry-title a:text-is('{kind}')")
    fill(page, f"#{form}", {f"{form}-{name}": value for name, value in typed.items()})
    page.click(f"#{form} button[type=submit]")
    page.wait_for_selector(".message-success")


@pytest.mark.full
def test_a_refused_visit_ends_in_a_penalty(office: Office) -> None:
    number, *_rest = office.drawn("ZA05", A=1, B=1, C=1, D=1)
    office.open_accounts(number)
    office.visit(number, REFUSED, findings="告知后果后仍拒绝检查，现场录像在案。", disposal="移送办案", alone=True)
    office.accept(number)
    office.order(number, "penalty", what="拒绝接受检查", number="源公（治）立字〔2026〕3号", day=today())
    office.disclose(number)
    office.may_not_close(number, "后续处置")
    note(office, number, "行政处罚", "penalty", number="源公（治）罚字〔2026〕3号", decided_on=today(), decision="警告", amount="0")
    office.close(number)


@pytest.mark.full
def test_a_suspected_crime_is_transferred_and_a_penalty_alone_does_not_close_it(office: Office) -> None:
    number, *_rest = office.drawn("ZA07", A=1, B=1, C=1, D=1)
    office.open_accounts(number)
    office.visit(number, PENDING, bad=2, findings="收购登记与实物不符。", disposal="移送办案")
    page = office.case("clerk-za", number)
    page.click("a[href$='/crime/']")
    fill(page, "main form", {"what": "涉嫌收购赃物，数额较大。", "addressee": "刑事侦查大队"})
    page.click("main form button[type=submit]")
    page.wait_for_url(f"**/cases/{number}/")
    office.accept(number)
    office.order(number, "penalty", also=True, what="未如实登记", number="源公（治）立字〔2026〕7号", day=today())
    note(office, number, "行政处罚", "penalty", number="源公（治）罚字〔2026〕7号", decided_on=today(), decision="罚款", amount="500")
    office.disclose(number)
    office.may_not_close(number, "涉嫌犯罪")
    page = office.from_desk("supervisor", number, "去审批")
    page.click("button[name=approve]")
    page.wait_for_selector(".messagelist .success, .message-success")
    office.act("clerk-za", number, "issue", "制作")
    office.act("clerk-za", number, "send", "登记移送发出", sent_at=now())
    office.close(number)


def announce(page: Page, issue: str) -> None:
    """One source, half a minute ahead, and submit."""
    moment = (dt.datetime.now(BEIJING) + dt.timedelta(seconds=30)).replace(microsecond=0, tzinfo=None).isoformat()
    page.select_option("select[name=game_1]", "demo")
    page.fill("input[name=issue_1]", issue)
    page.fill("input[name=moment_1]", moment)
    page.fill("input[name=planned]", moment)
    page.click("button[name=submit]")
    page.wait_for_selector(".chip-info")


def run_order(office: Office, page: Page, *typists: str) -> None:
    """The supervisor approves the order on whose page somebody is, two people type its value, the worker draws it."""
    address = page.url
    supervisor = office.at("supervisor")
    supervisor.goto(f"{office.county.url}/office/")
    pk = address.rstrip("/").rsplit("/", 1)[1]
    supervisor.click(f"li.task a[href$='/draw/{pk}/decide/']")
    supervisor.fill("input[name=password]", office.secrets["supervisor"])
    supervisor.click("button[name=approve]")
    supervisor.wait_for_selector(".messagelist .success, .message-success")
    for name in typists:
        typist = office.from_desk_by(name, f"/draws/{pk}/sources/")
        typist.fill("input[name=value]", BALLS)
        typist.fill("input[name=evidence]", "现场照片1号")
        typist.click("main form button[type=submit]")
        typist.wait_for_load_state()
    office.wait_on(page, address, "a[href$='/certificate.pdf']")


@pytest.mark.full
def test_an_ad_hoc_case_from_a_complaint_to_the_receipt_of_its_transfer(office: Office) -> None:
    clerk = office.at("clerk-za")
    clerk.click("nav a[href$='/office/adhoc/']")
    clerk.click("a[href$='/adhoc/new/']")
    clerk.fill("input[name=q]", "典当")
    clerk.click("button[name=search]")
    clerk.locator("input[name=subject]").nth(1).check(force=True)
    clerk.select_option("select[name=ground]", "complaint")
    clerk.fill("input[name=document_number]", "信〔2026〕12号")
    clerk.fill("textarea[name=explanation]", "群众反映收当物品不登记。")
    clerk.locator("label.choice", has_text="ZA02").locator("input").check(force=True)
    clerk.set_input_files("input[type=file]", {"name": "信访件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 letter"})
    clerk.click("button[name=ask]")
    clerk.wait_for_url(re.compile(r"/adhoc/\d+/$"))
    asked = clerk.url
    supervisor = office.from_desk("supervisor", "投诉举报", "批准或不予批准")
    supervisor.click("button[name=approve]")
    supervisor.wait_for_selector(".messagelist .success, .message-success")
    clerk.goto(asked)
    clerk.click("form[action$='/draw/'] button")
    clerk.wait_for_url(re.compile(r"/draws/\d+/$"))
    announce(clerk, "0031")
    run_order(office, clerk, "clerk-za", "clerk-za2")
    office.wait_on(clerk, asked, "main a[href*='/office/cases/']")
    clerk.click("main a[href*='/office/cases/']")
    number = number_in(clerk)
    office.open_accounts(number)
    office.visit(number, PENDING, bad=1, findings="当物登记缺失。", disposal="抄告其他部门")
    office.accept(number)
    office.order(number, "transfer", what="超范围经营", addressee="县市场监督管理局", day=today(6))
    office.disclose(number)
    office.act("clerk-za", number, "issue", "制作", basis="《无证无照经营查处办法》第七条")
    office.act("clerk-za", number, "send", "登记移送发出", sent_at=now())
    office.may_not_close(number, "后续处置")
    note(office, number, "移送其他部门", "receive", number="市监收〔2026〕8号", received_on=today())
    office.close(number)


def amend_plan(office: Office) -> None:
    """The plan gets a joint matter by an amendment: clerk, legal review, supervisor."""
    clerk = office.at("clerk")
    clerk.click("nav a[href$='/office/plans/']")
    clerk.click("main a[href*='/office/plans/']:not([href$='/new/'])")
    clerk.click("summary")
    clerk.fill("textarea[name=reason]", "旅馆检查与涉外住宿检查一次进行")
    clerk.click("form[action$='/amend/'] button")
    clerk.wait_for_selector("form[action$='/submit/']")
    row = clerk.locator("tr", has_text="旅馆业治安检查")
    row.locator("a[href*='/items/']").click()
    clerk.locator("label", has_text="CJ01").locator("input").check(force=True)
    clerk.click("main form button[type=submit]:not([name])")
    clerk.wait_for_selector("form[action$='/submit/']")
    clerk.click("form[action$='/submit/'] button")
    clerk.wait_for_selector(".message-success")
    plan = clerk.url
    reviewer = office.from_desk("reviewer", "年度", "审核或退回")
    reviewer.click("button[name=pass]")
    reviewer.wait_for_selector(".message-success")
    supervisor = office.from_desk("supervisor", "年度")
    supervisor.click("button[name=approve]")
    supervisor.wait_for_selector(".messagelist .success, .message-success")
    clerk.goto(plan)
    assert "CJ01" in clerk.content() or "涉外" in clerk.content()


@pytest.mark.full
def test_a_joint_case_from_the_amended_plan_to_its_recheck(apart: Office) -> None:
    office = apart
    amend_plan(office)
    clerk = office.at("clerk-za")
    clerk.click("nav a[href$='/office/draws/']")
    clerk.click("a[href$='/draws/new/']")
    clerk.locator("label.choice", has_text="ZA01").locator("input").check(force=True)
    clerk.click("main form button[type=submit]")
    clerk.wait_for_url(re.compile(r"/office/draws/\d+/$"))
    for stratum in "ABCD":
        clerk.fill(f"input[name=quota_{stratum}]", "1")
    announce(clerk, "0041")
    run_order(office, clerk, "clerk-za", "clerk-za2")
    partner = office.from_desk("clerk-crj", "旅馆业治安检查")
    partner.click("form[action$='/teams/'] button")
    partner.wait_for_url(re.compile(r"/draws/\d+/$"))
    announce(partner, "0042")
    run_order(office, partner, "clerk-crj", "reviewer")
    clerk.click("nav a[href$='/office/cases/']")
    clerk.click("main td a[href*='/office/cases/'], main th a[href*='/office/cases/']")
    number = number_in(clerk)
    office.open_accounts(number)
    team = office.visit(number, PENDING, bad=1, findings="住宿登记缺三日。", disposal="责令限期改正")
    assert len(team) == 4
    page = office.at("clerk-crj")
    page.click("nav a[href$='/cases/joint/']")
    page.click(f"main a[href$='/cases/{number}/']")
    assert "住宿登记缺三日" not in page.content()
    office.accept(number)
    put_right(office, number)
