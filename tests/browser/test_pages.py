"""Every page, in Chinese at 1366 px (and the other three ways with --full, the public ones then at 320 px too and in English at 390 always): it answers, nothing
runs over the edge, no script error; axe finds nothing (in the first of these ways, in all of them with --full).

Which pages: those listed here and, in the first way, every other one that a link on a page seen before leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

from tests.browser.conftest import DESK, PHONE, SMALL, County

if TYPE_CHECKING:
    from playwright.sync_api import Page

PUBLIC = "public"
PAGES: dict[str, tuple[str, ...]] = {
    PUBLIC: (
        "/", "/results/", "/results/?q=没有这样的名称", "/results/{result}/", "/matters/", "/matters/ZA01/", "/matters/editions/", "/matters/editions/1/",
        "/plans/", "/plans/{plan}/", "/draws/", "/draws/{draw}/", "/draws/{draw}/verify/", "/draws/{draw}/ceremony/", "/ledger/", "/ledger/entries/",
        "/ledger/checkpoints/", "/how/", "/accessibility/", "/statistics/", "/subjects/{code}/", "/office/sign-in/", "/no-such-page/",
    ),
    "clerk-za": (
        "/office/", "/office/password/", "/office/draws/", "/office/draws/new/", "/office/draws/{draw_pk}/", "/office/cases/",
        "/office/cases/{case}/", "/office/matters/", "/office/matters/ZA01/", "/office/matters/ZA01/revise/", "/office/editions/",
        "/office/editions/{edition_pk}/", "/office/plans/", "/office/plans/{plan_pk}/", "/office/plans/{plan_pk}/simulator/", "/office/subjects/", "/office/subjects/{subject}/",
        "/office/subjects/{subject}/change/", "/office/inspectors/", "/office/inspectors/{inspector}/", "/office/imports/",
        "/office/imports/new/", "/office/units/", "/office/codes/",
    ),
    "clerk": ("/office/imports/", "/office/imports/{import_pk}/", "/office/plans/new/", "/office/editions/new/"),
    "supervisor": (
        "/office/", "/admin/", "/admin/inspections/draw/", "/admin/inspections/draw/{draw_pk}/decide/", "/admin/inspections/plan/{plan_pk}/decide/",
        "/admin/registries/edition/{edition_pk}/decide/", "/admin/inspections/draw/{draw_pk}/change/",
    ),
    "reviewer": ("/office/", "/office/cases/", "/office/cases/{case}/"),
    "sysadmin": ("/office/", "/office/accounts/", "/office/accounts/new/", "/office/accounts/{user_pk}/", "/office/units/new/", "/office/codes/town/", "/office/categories/"),
    "secadmin": ("/office/", "/office/accounts/{user_pk}/"),
    "auditor": (
        "/office/", "/office/ledger/", "/office/ledger/verify/", "/office/ledger/self-check/", "/office/draws/{draw_pk}/audit/", "/admin/",
    ),
    "{officer}": ("/office/", "/office/cases/mine/", "/office/cases/{case}/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def places(walked: County) -> dict[str, str]:
    """What stands for the names in the addresses."""
    found = walked.json(
        """
        import json
        from inspections.cases.models import Case
        from inspections.draws.models import Draw
        from inspections.plans.models import Plan
        from publicity.disclosures.models import Disclosure
        from registries.imports.models import Import
        from registries.inspectors.models import Inspector
        from registries.matters.models import Edition
        from registries.people.models import User
        from registries.subjects.models import Subject
        draw = Draw.objects.exclude(certificates=None).order_by("pk").first()
        case = Case.objects.filter(draw=draw).order_by("pk").first()
        plan = Plan.objects.get(state="published")
        print(json.dumps({
            "draw": draw.number, "draw_pk": draw.pk, "case": case.number, "plan_pk": plan.pk, "plan": plan.number,
            "officer": case.assignments.order_by("position").first().inspector.user.username,
            "result": Disclosure.objects.first().public_id, "code": Disclosure.objects.exclude(subject_code="").first().subject_code, "import_pk": Import.objects.order_by("-pk").first().pk,
            "inspector": Inspector.objects.first().number, "edition_pk": Edition.objects.first().pk,
            "user_pk": User.objects.get(username="clerk-za").pk, "subject": Subject.objects.filter(unit__code="ZA").first().key,
        }))
        """
    )
    assert isinstance(found, dict)
    return {name: str(value) for name, value in found.items()}


def leads_to(page: Page) -> Iterator[str]:
    """The addresses of the product's own pages that this page links to."""
    hrefs: list[str] = page.eval_on_selector_all("a[href]:not([download])", "found => found.map((one) => one.getAttribute('href'))")
    for href in hrefs:
        address = urlsplit(urljoin(urlsplit(page.url).path, href))
        if not address.scheme and not address.netloc and not address.path.startswith(("/admin/", "/static/")):
            yield address.path


def name_of(address: str) -> str:
    """The name of the page at an address; one example of each is enough."""
    try:
        return str(resolve(urlsplit(address).path).url_name)
    except Resolver404:
        return address


def is_page(page: Page, address: str) -> bool:
    """Whether a link leads to a page and not to a file."""
    return page.request.get(address, max_redirects=5).headers.get("content-type", "").startswith("text/html")


def looked_at(page: Page, address: str, errors: list[str], *, language: str, with_axe: bool) -> Iterator[str]:
    """What is wrong with the page as it stands; ``errors``: what its console said (axe itself adds inline styles, so it comes last)."""
    answer = page.goto(address)
    assert answer is not None
    wanted = 404 if "no-such-page" in address else 200
    if answer.status != wanted:
        yield f"status {answer.status}"
        return
    yield from runs_over(page)
    yield from (f"console {text}" for text in errors if "404" not in text)
    if with_axe:
        found = Axe().run(page)
        yield from (f"axe {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found.response["violations"])
    errors.clear()
    if language == "en" and "/admin/" not in address and page.get_attribute("html", "lang") != "en":
        yield "is not in English"


def runs_over(page: Page) -> Iterator[str]:
    """Whether the page is wider than its window."""
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield f"runs over the edge at {(page.viewport_size or PHONE)['width']} px"


SEEN: set[str] = set()
"""Names of the pages that somebody has been at in the first way."""


WAYS = {"zh-1366": ("zh-hans", DESK), "en-390": ("en", PHONE), "zh-390": ("zh-hans", PHONE), "en-1366": ("en", DESK)}
SMALLEST = {"zh-320": ("zh-hans", SMALL), "en-320": ("en", SMALL)}
"""Public pages alone: what an old small phone shows, and what a desk shows at 400 %."""
USUAL = {("zh-1366", who) for who in PAGES} | {("en-390", PUBLIC)}


@pytest.mark.engine("sqlite3")
@pytest.mark.parametrize(
    ("language", "viewport", "who"),
    [
        pytest.param(*way, who, id=f"{who}-{name}", marks=[] if (name, who) in USUAL else pytest.mark.full)
        for name, way in (WAYS | SMALLEST).items()
        for who in (PAGES if name in WAYS else (PUBLIC,))
    ],
)
def test_every_page_is_sound(
    walked: County, places: dict[str, str], who: str, language: str, viewport: dict[str, int], pytestconfig: pytest.Config
) -> None:
    page = walked.visitor() if who == PUBLIC else walked.person(who.format(**places))
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    page.context.add_cookies([{"name": "language", "value": language, "url": walked.url}])
    errors: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith((walked.url, "data:", "blob:")) else None)
    with_axe = viewport == DESK or bool(pytestconfig.getoption("--full"))
    wrong = []
    first_way = language == "zh-hans" and viewport == DESK
    paths = [template.format(**places) for template in PAGES[who]]
    SEEN.update(map(name_of, paths))
    for path in paths:  # grows while it is walked
        faults = list(looked_at(page, walked.url + path, errors, language=language, with_axe=with_axe))
        if first_way:
            new = {name_of(found): found for found in leads_to(page) if name_of(found) not in SEEN}
            SEEN.update(new)
            paths += [found for found in new.values() if is_page(page, walked.url + found)]
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            faults += runs_over(page)
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
        wrong += [f"{path}: {fault}" for fault in faults]
    page.context.close()
    assert not wrong, "\n".join(wrong)
    assert not outside, "a page asked somebody else: " + ", ".join(outside)


@pytest.mark.engine("sqlite3")
def test_the_public_pages_work_without_javascript(walked: County, places: dict[str, str]) -> None:
    page = walked.visitor(scripts=False)
    page.goto(f"{walked.url}/")
    page.fill("main input[type=search], main input[name=q]", "沂源")
    page.locator("main form.search button").first.click()
    page.locator("main a[href^='/results/']:not([href*='?']):not([href='/results/'])").first.click()
    assert page.locator("h1").count() == 1
    page.goto(f"{walked.url}/draws/{places['draw']}/")
    assert places["draw"] in page.inner_text("h1")


def pressed(page: Page, wanted: str, *, at_most: int = 60) -> None:
    """Tab on until the element of this selector has the focus, which is seen, and stop there; fails when it is never reached."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", f"{wanted} has no visible focus"
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard")


@pytest.mark.full
@pytest.mark.engine("sqlite3")
def test_a_result_is_found_taken_and_objected_to_by_keyboard_alone(walked: County) -> None:
    page = walked.visitor()
    page.goto(f"{walked.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')"), "the first stop leads past the menu"
    pressed(page, "main input[name=q]")
    page.keyboard.type("沂源")
    page.keyboard.press("Enter")
    page.wait_for_url("**/results/?q=*")
    pressed(page, "main .entry-title a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/results/*/")
    pressed(page, "main a[href$='/objection/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/objection/")
    pressed(page, "input[name=kind]")
    page.keyboard.press("Space")
    pressed(page, "textarea[name=text]")
    page.keyboard.type("名称有误。")
    pressed(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/objections/*/")
    assert "名称有误。" in page.inner_text("main")
    page.goto(f"{walked.url}/results/")
    pressed(page, "footer a[href='/opendata/']", at_most=150)
    page.keyboard.press("Enter")
    page.wait_for_url("**/opendata/")
    pressed(page, "main a[href$='.csv']")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename.endswith(".csv")
    page.context.close()
