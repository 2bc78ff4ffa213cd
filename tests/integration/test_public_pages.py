"""Every public page: there with data and without, the same for everybody, cheap, and silent about what is not published."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from inspections.cases.models import Case
from inspections.draws.models import Draw
from inspections.plans.states import PlanState
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.matters.models import Edition, MatterRevision
from registries.matters.states import EditionState
from registries.people.roles import Role
from tests import factories, public_draws

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
LISTS = (
    "/", "/results/", "/matters/", "/matters/editions/", "/plans/", "/draws/", "/ledger/", "/ledger/entries/", "/ledger/entries.jsonl",
    "/ledger/checkpoints/", "/how/", "/accessibility/", "/robots.txt", "/statistics/", "/sitemap.xml",
)  # fmt: skip


class Scene(NamedTuple):
    """A drawn draw with visits and disclosures, a second edition, and an open order."""

    drawn: Draw
    open: Draw
    result: Disclosure
    counted: Disclosure
    waiting: Case
    edition: Edition
    addresses: tuple[str, ...]


@pytest.fixture
def scene() -> Scene:
    drawn = public_draws.drawn(grades="AB", entries=6, quota=2)
    first, second, third, *_rest = public_draws.visited(drawn, 3)
    result = public_draws.disclosed(first, findings="登记簿有漏项")
    counted = public_draws.disclosed(second, named=False, category_name="民爆单位")
    newer = MatterRevision.objects.get(pk=drawn.matter_id)
    edition = factories.edition(newer, factories.matter("新事项检查", published=False))
    waiting = public_draws.committed(entries=4, quota=1)
    number, plan = drawn.number, quote(public_draws.plan_number(drawn))
    addresses = (
        *LISTS, f"/results/?q={quote(result.subject_name)}&unit={quote(result.unit_name)}", f"/results/{result.public_id}/",
        f"/results/{counted.public_id}/", f"/subjects/{result.subject_code}/", f"/matters/{newer.matter.code}/", f"/matters/editions/{edition.number}/", f"/plans/{plan}/",
        "/draws/?state=drawn", f"/draws/{number}/", f"/draws/{number}/verify/", f"/draws/{number}/bundle.zip",
        f"/draws/{number}/bundle/order.txt", f"/draws/{number}/bundle/result.txt", f"/draws/{number}/bundle/openings.txt",
        f"/draws/{waiting.number}/", f"/draws/{waiting.number}/verify/", f"/draws/{waiting.number}/bundle.zip",
    )  # fmt: skip
    return Scene(drawn, waiting, result, counted, third, edition, addresses)


def body_of(answer: Any) -> bytes:
    """The body, of streamed answers too."""
    return bytes(answer.getvalue())


def text_of(client: Client, address: str) -> str:
    return body_of(client.get(address)).decode("utf-8", "replace")


def test_every_page_is_there_in_few_queries_without_a_session_or_a_cookie(
    client: Client, scene: Scene, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for address in scene.addresses:
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(address)
            body_of(answer)
        assert answer.status_code == 200, address
        assert not answer.cookies, address
        assert not answer.wsgi_request.session.accessed, address
        assert "public" in answer.headers["Cache-Control"], address
        assert answer.headers["ETag"], address


def test_many_rows_cost_no_more_queries(
    client: Client, scene: Scene, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(3):
        public_draws.disclosed(public_draws.visited(public_draws.drawn(entries=6, quota=1))[0])
    for address in LISTS:
        with django_assert_max_num_queries(MOST_QUERIES):
            body_of(client.get(address))


def test_every_list_has_an_empty_state(client: Client) -> None:
    for address in LISTS:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_speaks_both_languages(client: Client, scene: Scene, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for address in scene.addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == language
        assert "Cookie" in answer.headers["Vary"]


def test_an_unchanged_page_is_not_sent_again(client: Client, scene: Scene) -> None:
    for address in scene.addresses:
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304, address


def test_public_pages_take_nothing_but_get(client: Client, scene: Scene) -> None:
    for address in scene.addresses:
        assert client.post(address).status_code == 405, address
        assert client.head(address).status_code == 200, address


NOWHERE = (
    "/results/00000000000000000000000000000000/", "/results/1/", "/results/ABCDEF00000000000000000000000000/", "/matters/XX99/",
    "/matters/editions/999/", "/plans/1/", "/plans/源公抽〔2026〕999号/", "/draws/2026-999/", "/draws/2026-999/verify/",
    "/draws/2026-999/bundle.zip", "/draws/2026-999/bundle/order.txt", "/draws/2026-999/certificate.pdf", "/ledger/checkpoints/999.txt",
)  # fmt: skip


def test_what_is_not_there_is_a_404_that_nobody_keeps(client: Client) -> None:
    for address in NOWHERE:
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "Cache-Control" not in answer.headers, address


def test_signed_in_people_get_the_same_page_as_everybody(client: Client, scene: Scene, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)  # the foot tells the minute
    before = client.get("/draws/").content
    client.force_login(factories.user(Role.SUPERVISOR))
    assert client.get("/draws/").content == before


def test_a_result_says_what_was_found_when_it_was_due_and_where_to_object(client: Client, scene: Scene) -> None:
    page = text_of(client, f"/results/{scene.result.public_id}/")
    for words in (
        scene.result.subject_name, scene.result.subject_code, "登记簿有漏项", scene.result.due_on.isoformat(), str(scene.drawn.number),
        settings.SUPERVISION_PHONE,
    ):  # fmt: skip
        assert words in page


def test_a_counts_only_result_names_nobody(client: Client, scene: Scene) -> None:
    subject = scene.counted.case.subject
    for address in scene.addresses:
        page = text_of(client, address)
        assert subject.name not in page, address
        assert subject.public_id not in page, address


def test_nobody_who_is_not_disclosed_and_no_inspector_is_ever_named(client: Client, scene: Scene) -> None:
    disclosed = {scene.result.subject_name}
    hidden = [e.name for e in scene.drawn.roster.all() if e.name not in disclosed]
    hidden += [e.public_id for e in scene.drawn.roster.all() if e.public_id != scene.result.subject_code]
    hidden += [name for p in scene.drawn.inspectors.all() for name in (p.name, p.public_id)]
    hidden += [e.nonce for e in scene.drawn.roster.all() if e.name not in disclosed]
    for address in scene.addresses:
        page = text_of(client, address)
        assert not [name for name in hidden if name in page], address


def test_cases_and_their_numbers_are_nowhere(client: Client, scene: Scene) -> None:
    for address in scene.addresses:
        page = text_of(client, address)
        assert not [case.number for case in scene.drawn.cases.all() if case.number in page], address


def test_a_draw_in_preparation_or_submitted_is_nowhere(client: Client, scene: Scene) -> None:
    before = text_of(client, "/draws/")
    matter = factories.matter("尚未公布的抽取事项")
    factories.draw(matter)
    Draw.objects.filter(pk=factories.draw(matter).pk).update(state="submitted")
    assert text_of(client, "/draws/") == before
    assert "尚未公布的抽取事项" not in text_of(client, "/")
    assert client.get("/draws/None/").status_code == 404


def test_a_plan_is_public_only_once_it_is_published(client: Client, scene: Scene) -> None:
    draft = factories.plan(title="尚未公布的计划草案", state=PlanState.SUBMITTED, number="草案1")
    assert draft.title not in text_of(client, "/plans/")
    assert client.get(f"/plans/{draft.number}/").status_code == 404


def test_an_edition_and_a_revision_in_preparation_are_nowhere(client: Client, scene: Scene) -> None:
    code = scene.drawn.matter.matter.code
    draft = factories.matter("尚未公布的事项草案", published=False)
    newer = MatterRevision.objects.create(
        matter=scene.drawn.matter.matter, number=2, name="尚未公布的修订", content="x", method="x", regulation="R", inspecting_body="x",
        unit=draft.unit, ratio_percent=5, frequency="x", created_at=clock.now(), created_by=draft.created_by,
    )  # fmt: skip
    planned = Edition.objects.create(
        title="尚未公布的版本", state=EditionState.SUBMITTED, prepared_by=draft.created_by, prepared_at=clock.now()
    )
    planned.revisions.set([draft, newer])
    assert client.get(f"/matters/{draft.matter.code}/").status_code == 404
    for address in (*scene.addresses, f"/matters/{code}/"):
        assert "尚未公布的" not in text_of(client, address), address


def test_a_matter_gone_from_the_list_keeps_its_page_and_says_so(client: Client, scene: Scene) -> None:
    gone = scene.drawn.matter
    factories.edition(factories.matter("只剩这一项", published=False))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = text_of(client, f"/matters/{gone.matter.code}/")
    assert gone.name in page
    assert "no longer in force" in page


def test_an_edition_shows_what_it_changed(client: Client) -> None:
    revision = factories.matter("旅馆业检查")
    newer = MatterRevision.objects.create(
        matter=revision.matter, number=2, name="旅馆业治安检查", content=revision.content, method=revision.method,
        regulation=revision.regulation, inspecting_body=revision.inspecting_body, unit=revision.unit, ratio_percent=5,
        frequency=revision.frequency, created_at=clock.now(), created_by=revision.created_by,
    )  # fmt: skip
    edition = factories.edition(newer, factories.matter("新增事项", published=False))
    page = text_of(client, f"/matters/editions/{edition.number}/")
    assert '<ins class="diff-add">治安</ins>' in page
    assert "新增事项" in page
    assert '<del class="diff-del">1. 检查项1' not in page


def test_a_plan_shows_how_far_its_items_have_come(client: Client, scene: Scene) -> None:
    client.cookies["language"] = "en"
    page = text_of(client, f"/plans/{quote(public_draws.plan_number(scene.drawn))}/")
    assert f"/draws/{scene.drawn.number}/" in page
    winners = scene.drawn.drawn.filter(kind="W").count()
    figures = dict(re.findall(r'<td class="number" data-label="(\w+)">\s*(\d+)', page))
    assert (figures["Drawn"], figures["Disclosed"]) == (str(winners), "2")


def test_whoever_finds_a_hole_is_told_whom_to_tell(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.gov.cn"
    told = client.get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in told.content.decode().splitlines())
    assert told.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert lines["Contact"] == "mailto:security@example.gov.cn"
    assert clock.now() < dt.datetime.fromisoformat(lines["Expires"]) < clock.now() + dt.timedelta(days=365)
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_search_engines_stay_out_of_the_office(client: Client) -> None:
    assert client.get("/robots.txt").content.startswith(b"User-agent: *\nDisallow: /office/\nDisallow: /admin/\nSitemap: http")
