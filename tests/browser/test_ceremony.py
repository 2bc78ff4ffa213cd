"""The ceremony page in a real browser: a draw of the small county followed from its commitment to its result, without a touch."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import County

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.engine("sqlite3")

PREPARE = """
    import datetime as dt
    from config.demo.office import person
    from inspections.draws import commands
    from inspections.draws.models import Draw
    from inspections.draws.sources import Announced
    from inspections.plans.models import PlanItem
    from registries import clock
    item = PlanItem.objects.get(matter__code="{matter}", plan__state="published")
    clerk, supervisor = person("clerk-za"), person("supervisor")
    draw = Draw.objects.get(pk=commands.prepare_draw(actor=clerk, plan_item_id=item.pk).obj.pk)
    first = clock.now().replace(microsecond=0) + dt.timedelta(seconds={lead})
    sources = [{sources}]
    commands.change_draw(
        actor=clerk, draw_id=draw.pk, version=draw.version, category_ids=[c.pk for c in draw.matter.categories.all()],
        town_ids=[], grades="{grades}", stratify="grade", slip_rule="grade", quotas={quotas}, reserves=1, team_size=draw.matter.team_size,
        inspector_unit_ids=[draw.unit_id], planned=sources[-1].moment, sources=sources,
    )
    draw.refresh_from_db()
    commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
"""
WITH_DICE = 'Announced("dice", "法制大队会议室", first), Announced("demo", "0001", first + dt.timedelta(seconds=8))'
FEW = dict.fromkeys("AB", 2)
"""All lines of the draw are waited for, 1.6 seconds each."""
DEMO = 'Announced("demo", "0001", first)'
APPROVE = """
    commands.approve_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, accept_stale=True)
    draw.refresh_from_db()
    print('"' + draw.number + '"')
"""
ENTER = """
    import time
    from config.demo.office import person
    from inspections.draws import commands
    from inspections.draws.models import Draw
    from registries import clock
    draw = Draw.objects.get(number="{number}")
    values = {{"dice": "31415926535897932384", "demo": "02,05,09,14,17,21,26,28,33,36,41,45,48,52,57,61,66,70,74,79"}}
    for source in draw.sources.filter(value=""):
        time.sleep(max(0, (source.moment - clock.now()).total_seconds() + 0.1))
        for clerk in ("clerk-za", "clerk-za2"):
            commands.enter_source_value(actor=person(clerk), source_id=source.pk, value=values[source.game], evidence="照片1")
"""


def scene(page: Page) -> str:
    """What stands on the stage."""
    found = page.locator(".scene:not([hidden])")
    assert found.count() == 1
    return found.get_attribute("data-scene") or ""


def wait_for(page: Page, name: str, seconds: float = 60) -> None:
    page.wait_for_selector(f".scene[data-scene={name}]:not([hidden])", timeout=seconds * 1000)


def codes(page: Page) -> list[str]:
    return page.eval_on_selector_all(".code:not([hidden])", "found => found.map((one) => one.dataset.code)")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def followed(county: County) -> dict[str, object]:
    """One draw, watched by a page that was opened before the order was committed; what the page showed on the way."""
    coming = county.json(
        "from inspections.draws.models import Draw\nfrom registries import clock\n"
        "print('\"%d-%03d\"' % (clock.today().year, Draw.objects.exclude(number=None).count() + 1))"
    )
    page = county.visitor()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{county.url}/draws/{coming}/ceremony/")
    seen = [scene(page)]
    number = county.json(PREPARE.format(matter="ZA01", lead=8, sources=WITH_DICE, grades="AB", quotas=FEW) + APPROVE)
    assert number == coming
    wait_for(page, "awaits", 10)
    seen.append(scene(page))
    countdown = [page.inner_text(".scene:not([hidden]) .countdown")]
    time.sleep(1.2)
    countdown.append(page.inner_text(".scene:not([hidden]) .countdown"))
    county.python(ENTER.format(number=number))
    growing: list[int] = []
    deadline = time.monotonic() + 120
    while seen[-1] != "over":
        assert time.monotonic() < deadline, seen
        now = scene(page)
        if now != seen[-1]:
            seen.append(now)
        growing.append(len(codes(page)))
        time.sleep(0.2)
    return {"page": page, "number": number, "seen": seen, "growing": growing, "errors": errors, "countdown": countdown}


def test_a_draw_is_followed_from_before_its_commitment_to_its_certificate_without_a_touch(followed: dict[str, object], county: County) -> None:
    seen, growing, countdown = followed["seen"], followed["growing"], followed["countdown"]
    assert isinstance(seen, list)
    assert isinstance(growing, list)
    assert isinstance(countdown, list)
    assert seen[:2] == ["expected", "awaits"]
    assert [name for name in seen if name in ("counting", "part", "teams", "over")] == ["counting", "part", "teams", "over"]
    assert countdown[0] != countdown[1]
    assert growing == sorted(growing)
    assert len(set(growing)) > 3
    assert followed["errors"] == []
    page: Page = followed["page"]  # type: ignore[assignment]
    result = county.json(
        f"""
        import json
        from inspections.draws.files import read_result
        from inspections.draws.models import Draw
        from inspections.draws.queries import file_bodies
        bodies = file_bodies(Draw.objects.get(number="{followed["number"]}"))
        print(json.dumps([line.code for line in read_result(bodies["result.txt"]).drawn]))
        """
    )
    assert codes(page) == result
    page.wait_for_selector(".walk li.done:nth-child(6)", timeout=30_000)


def test_a_reload_and_a_late_visitor_see_the_same(followed: dict[str, object], county: County) -> None:
    page: Page = followed["page"]  # type: ignore[assignment]
    before = codes(page)
    page.reload()
    assert (scene(page), codes(page)) == ("over", before)
    late = county.visitor(phone=True)
    late.goto(page.url)
    assert (scene(late), codes(late)) == ("over", before)
    late.context.close()


@pytest.fixture(scope="module")
def crowded(county: County) -> str:
    """The page of a draw with many lines, right after it was drawn."""
    number = county.json(PREPARE.format(matter="ZA02", lead=4, sources=DEMO, grades="ABCD", quotas={}) + APPROVE)
    county.python(ENTER.format(number=number))
    return f"{county.url}/draws/{number}/ceremony/"


def test_two_who_open_it_in_the_middle_see_the_same_line(crowded: str, county: County) -> None:
    address = crowded
    first, still, plain = county.visitor(), county.visitor(), county.visitor(scripts=False)
    still.emulate_media(reduced_motion="reduce")
    first.goto(address)
    wait_for(first, "part")
    wait_for_codes(first, 2)
    second = county.visitor()
    second.goto(address)
    second.wait_for_selector(".code:not([hidden])")
    one, two = codes(first), codes(second)
    assert abs(len(one) - len(two)) <= 1
    assert one[: len(two)] == two[: len(one)]
    still.goto(address)
    assert scene(still) == "over"
    assert len(codes(still)) > len(one)
    plain.goto(address)
    shown = plain.locator(".code:not([hidden])").count()
    assert len(one) <= shown < len(codes(still))
    assert plain.locator(".scene:not([hidden])").count() == 1
    assert re.search(r'<noscript><meta http-equiv="refresh" content="5"></noscript>', plain.content())
    plain.locator(".code:not([hidden])").nth(shown).wait_for(state="attached", timeout=30_000)
    for page in (first, second, still, plain):
        page.context.close()


def wait_for_codes(page: Page, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(codes(page)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_when_the_connection_is_lost_it_says_so_and_keeps_what_it_shows(followed: dict[str, object], county: County) -> None:
    page = county.visitor()
    page.goto(f"{county.url}/draws/{followed['number']}/ceremony/")
    before = codes(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.wait_for_selector("#lost:not(:empty)", timeout=60_000)
    assert codes(page) == before
    page.context.set_offline(False)
    page.wait_for_selector("#lost:empty", state="attached", timeout=60_000)
    page.context.close()


def test_a_hall_reads_it_at_ten_metres(crowded: str, county: County) -> None:
    page = county.visitor()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.emulate_media(reduced_motion="reduce")
    page.goto(crowded)
    wait_for(page, "over")
    heights = page.evaluate(
        "['.scene:not([hidden]) h2', '.scene:not([hidden]) .say', '.code-start'].map((at) => parseFloat(getComputedStyle(document.querySelector(at)).fontSize) / innerHeight)"
    )
    assert heights[0] >= 0.06
    assert min(heights) >= 0.028
    assert not page.evaluate("document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth")
    page.context.close()
