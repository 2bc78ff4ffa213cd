"""How the people of a case work in their browsers: from the desk, through links and forms only. The stories stand in ``test_life_of_a_case.py``."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import TYPE_CHECKING

from config.demo import accounts
from registries.clock import BEIJING
from tests.browser.conftest import County

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE = 60
DRAWN = """
    import datetime as dt, json, time
    from config.demo.office import person
    from inspections.cases.models import Case
    from inspections.draws import commands
    from inspections.draws.models import Draw
    from inspections.draws.sources import Announced
    from inspections.plans.models import PlanItem
    from registries import clock
    item = PlanItem.objects.get(matter__code={matter!r}, plan__state="published")
    clerk = person("clerk-za")
    draw = Draw.objects.get(pk=commands.prepare_draw(actor=clerk, plan_item_id=item.pk).obj.pk)
    first = clock.now().replace(microsecond=0) + dt.timedelta(seconds=5)
    commands.change_draw(
        actor=clerk, draw_id=draw.pk, version=draw.version, category_ids=[c.pk for c in draw.matter.categories.all()],
        town_ids=[], grades="ABCD", stratify="grade", slip_rule="grade", quotas={quotas!r}, reserves=2, team_size=2,
        inspector_unit_ids=[draw.unit_id], planned=first, sources=[Announced("demo", "0009", first)],
    )
    draw.refresh_from_db()
    commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    commands.approve_draw(actor=person("supervisor"), draw_id=draw.pk, version=draw.version, accept_stale=True)
    time.sleep(max(0, (first - clock.now()).total_seconds() + 0.1))
    balls = "02,05,09,14,17,21,26,28,33,36,41,45,48,52,57,61,66,70,74,79"
    for name in ("clerk-za", "clerk-za2"):
        commands.enter_source_value(actor=person(name), source_id=draw.sources.get().pk, value=balls, evidence="照片1")
    wanted = sum({quotas!r}.values())
    for _ in range(300):  # the worker draws and opens the cases
        cases = list(Case.objects.filter(draw=draw, drawn__kind="W", assignments__isnull=False).distinct().order_by("pk"))
        if len(cases) == wanted:
            break
        time.sleep(0.2)
    print(json.dumps([case.number for case in cases]))
"""
"""Set-up: a draw by its commands and the real worker, up to the cases that it opens."""
OFFICERS = """
    from pathlib import Path
    from config.demo.office import open_officer
    from registries.inspectors.models import Inspector
    going = Inspector.objects.filter(assignments__case__number__in={cases!r}, assignments__ended_at=None)
    for inspector in going.select_related("unit").distinct():
        open_officer(Path({data!r}), inspector)
"""


def today(days: int = 0) -> str:
    """A day as a date field takes it."""
    return f"{dt.datetime.now(BEIJING) + dt.timedelta(days=days):%Y-%m-%d}"


def now() -> str:
    """This minute as a field of day and time takes it."""
    return f"{dt.datetime.now(BEIJING):%Y-%m-%dT%H:%M}"


class Office:
    """Everybody of one county at their own browser, signed in once."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.pages: dict[str, Page] = {}
        self.secrets: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def drawn(self, matter: str, **quotas: int) -> list[str]:
        """The numbers of the cases that a draw on the matter opens."""
        cases = self.county.json(DRAWN.format(matter=matter, quotas=quotas))
        assert isinstance(cases, list)
        return [str(number) for number in cases]

    def open_accounts(self, *cases: str) -> None:
        """Set-up: the officers of these cases can sign in."""
        self.county.python(OFFICERS.format(cases=list(cases), data=str(self.county.data)))

    def at(self, username: str) -> Page:
        """Somebody's page; inspectors have a phone. Whatever is asked there is answered with yes."""
        if username not in self.pages:
            kept = accounts.kept(self.county.data)
            self.secrets = {one.username: one.password for one in kept}
            self.names = {one.name: one.username for one in kept}
            page = self.county.person(username, phone=username.startswith("officer-"))
            page.set_default_timeout(10_000)
            page.on("dialog", lambda dialog: dialog.accept())
            self.pages[username] = page
        return self.pages[username]

    def leave(self) -> None:
        """Close all windows."""
        for page in self.pages.values():
            page.context.close()

    # --- ways ---

    def on_desk(self, username: str, about: str, label: str = "") -> Locator:
        """The task about this on somebody's desk, looked for again as by F5; with ``label``, the one whose button says so."""
        page, deadline = self.at(username), time.monotonic() + PATIENCE
        while True:
            page.goto(f"{self.county.url}/office/")
            tasks = page.locator("li.task", has_text=about)
            if label:
                tasks = tasks.filter(has=page.locator("a.button", has_text=label))
            if tasks.count():
                return tasks.first
            assert time.monotonic() < deadline, f"{about} {label} is not on the desk of {username}:\n{page.inner_text('main')[:1500]}"
            time.sleep(0.5)

    def from_desk(self, username: str, about: str, label: str = "") -> Page:
        """Take the task: press its button."""
        button = self.on_desk(username, about, label).locator("a.button")
        with self.at(username).expect_navigation():
            button.click()
        return self.at(username)

    def from_desk_by(self, username: str, address: str) -> Page:
        """Take the task whose button leads to this address."""
        page, deadline = self.at(username), time.monotonic() + PATIENCE
        button = page.locator(f"li.task a.button[href*='{address}']")
        page.goto(f"{self.county.url}/office/")
        while not button.count():
            assert time.monotonic() < deadline, f"{address} is not on the desk of {username}:\n{page.inner_text('main')[:1500]}"
            time.sleep(0.5)
            page.reload()
        with page.expect_navigation():
            button.first.click()
        return page

    def wait_on(self, page: Page, address: str, selector: str) -> None:
        """Look at a page again, as by F5, until the worker has done its part."""
        deadline = time.monotonic() + PATIENCE
        page.goto(address)
        while not page.locator(selector).count():
            assert time.monotonic() < deadline, page.inner_text("main")[:1500]
            time.sleep(0.5)
            page.reload()

    def case(self, username: str, number: str) -> Page:
        """Find the case by its number, as somebody does to whom nothing of it is to do."""
        page = self.at(username)
        page.goto(f"{self.county.url}/office/cases/?q={number}")
        with page.expect_navigation():
            page.click(f"main a[href$='/cases/{number}/']")
        return page

    def step(self, username: str, number: str) -> str:
        """What the case's page calls the next step."""
        return self.case(username, number).inner_text(".next-step h2")

    def team(self, number: str) -> list[str]:
        """The account names of those who go, the leader first, as the case's page names them."""
        shown = self.case("clerk-za", number).locator("aside .panel", has=self.at("clerk-za").locator("h2", has_text="检查组")).locator("li")
        names = [line.splitlines()[0].partition("(")[0].partition("·")[0].strip() for line in shown.all_inner_texts()]
        if not set(names) <= set(self.names):
            self.names = {one.name: one.username for one in accounts.kept(self.county.data)}
        return [self.names[name] for name in names]

    # --- the visit ---

    def record(self, number: str, who: str, result: str, *, findings: str = "", disposal: str = "", bad: int = 0, again: bool = False) -> None:
        """Fill in what was found and make it ready to sign; ``bad`` items are answered no. ``again``: complete a returned record."""
        page = self.from_desk(who, number)
        page.wait_for_selector("[data-visit][data-ready]")
        if not again:
            begin(page)
            assert not page.locator("input[name^=answer_]:checked").count(), "no answer is ever prefilled"
            answer_all(page, bad)
            page.fill("input[name=inspected_on]", today())
            page.fill("[name=present]", "现场负责人示例")
        page.select_option("select[name=result]", label=result)
        if disposal:
            page.select_option("select[name=disposal]", label=disposal)
        if findings:
            page.fill("[name=findings]", findings)
        page.click("button[name=submit]")
        page.wait_for_url(f"**/cases/{number}/")

    def sign(self, number: str, team: list[str], *, alone: bool = False) -> None:
        """The inspected refuses to sign before a witness (``alone``: nobody was there to ask), then everybody of the team signs."""
        if not alone:
            page = self.from_desk(team[0], number)
            page.locator("input[name=side-kind][value=refused]").check(force=True)
            page.fill("input[name=side-witness]", "社区网格员示例")
            page.click("form[action$='/acknowledge/'] button[type=submit]")
            page.wait_for_selector("input[name=password]")
        for name in team:
            page = self.from_desk(name, number)
            page.fill("input[name=password]", self.secrets[name])
            page.click("main form button[type=submit]")
            page.wait_for_url(f"**/cases/{number}/")

    def visit(self, number: str, result: str, *, findings: str = "", disposal: str = "", bad: int = 0, alone: bool = False) -> list[str]:
        """The whole visit; returns who went."""
        team = self.team(number)
        self.record(number, team[0], result, findings=findings, disposal=disposal, bad=bad)
        self.sign(number, team, alone=alone)
        return team

    # --- the office afterwards ---

    def accept(self, number: str, remark: str = "") -> None:
        """The reviewer accepts."""
        self._review(number, "accept", remark)

    def send_back(self, number: str, remark: str) -> None:
        """The reviewer returns it."""
        self._review(number, "return", remark)

    def _review(self, number: str, decision: str, remark: str) -> None:
        page = self.from_desk("reviewer", number, "审核")
        page.locator(f"input[name=decision][value={decision}]").check(force=True)
        page.fill("textarea[name=remark]", remark)
        tick(page)
        page.click("aside form button[type=submit]")
        page.wait_for_url(f"**/cases/{number}/")

    def order(self, number: str, kind: str, /, *, also: bool = False, **typed: str) -> None:
        """The reviewer orders what follows; ``also``: beside something that is under way, which no desk asks for."""
        if also:
            page = self.case("reviewer", number)
            with page.expect_navigation():
                page.click("#followups a[href$='/followups/new/']")
        else:
            page = self.from_desk("reviewer", number, "决定后续")
        page.click(f".tabs a[href='?kind={kind}']")
        fill(page, "main form.panel", typed)
        page.click("main form.panel button[type=submit]")
        page.wait_for_url(f"**/cases/{number}/")

    def act(self, username: str, number: str, name: str, label: str = "", /, **typed: str) -> Page:
        """Send one of the forms of a follow-up, from the desk."""
        page = self.from_desk(username, number, label)
        fill(page, f"#{name}", {f"{name}-{field}": value for field, value in typed.items()})
        page.click(f"#{name} button[type=submit]")
        page.wait_for_selector(".message-success")
        return page

    def disclose(self, number: str) -> None:
        """The clerk releases, the worker discloses, a citizen reads."""
        page = self.from_desk("clerk-za", number, "查看并放行")
        tick(page)
        page.click(".next-step form button[type=submit]")
        page.wait_for_selector(".message-success")

    def close(self, number: str) -> None:
        """The clerk closes what the worker has disclosed."""
        page = self.from_desk("clerk-za", number, "结案")
        page.click("form[action$='/close/'] button")
        page.wait_for_selector(".message-success")
        assert not page.locator(".next-step").count(), "a closed case asks nobody for anything"

    def may_not_close(self, number: str, why: str) -> None:
        """The clerk of what the worker has disclosed is offered no closing, and told why."""
        page = self.case("clerk-za", number)
        self.wait_on(page, page.url, "main a[href*='/results/']")
        assert not page.locator("form[action$='/close/']").count()
        assert why in page.inner_text("#followups"), page.inner_text("#followups")


def tick(page: Page) -> None:
    """Whoever lets a text out has looked through it, where there is one."""
    box = page.locator("input[name=looked]")
    if box.count():
        box.check(force=True)


def begin(page: Page) -> None:
    """At the door: no notice was handed over, and the team says why."""
    page.wait_for_selector("[data-visit][data-ready]")
    if page.locator("#visit-notice").is_visible():
        page.locator("#visit-begin input[value=none]").check(force=True)
        page.fill("#visit-begin textarea[name=no_notice]", "举报称夜间营业不登记，通知将使检查落空。")
    page.click("#visit-begin button")
    page.wait_for_selector("#visit-fields:not([disabled])")


def answer_all(page: Page, bad: int = 0) -> None:
    """Every item is answered, the first ``bad`` ones with no and a remark."""
    for place, group in enumerate(page.locator("fieldset.check-item").all()):
        answer = group.locator(f"input[type=radio][value={'no' if place < bad else 'yes'}]")
        answer.evaluate("one => one.scrollIntoView({ block: 'center' })")
        answer.check(force=True)
        if place < bad:
            group.locator("input[name^=remark_]").fill("登记簿缺三日")


def fill(page: Page, form: str, typed: dict[str, str]) -> None:
    """Type into the fields by their names; radios and boxes by their values."""
    for name, value in typed.items():
        field = page.locator(f"{form} [name={name}]")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value.split():
                page.locator(f"{form} [name={name}][value='{one}']").check(force=True)
        else:
            field.fill(value)


def number_in(page: Page) -> str:
    """The number of the case whose page this is."""
    found = re.search(r"/cases/([^/]+)/", page.url)
    assert found
    return found.group(1)
