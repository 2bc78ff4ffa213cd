"""The JSON API: flat rows, every limit stated, the same refusal for what is unknown and what is not public, problem details."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from publicity.disclosures.models import Disclosure
from publicity.opendata import results
from publicity.opendata.datasets import API, RESULTS
from publicity.opendata.fields import in_json
from publicity.opendata.openapi import document
from registries import clock
from tests import factories, open_data

pytestmark = pytest.mark.django_db
BASE = "/api/v1/results"


def path_of(address: str) -> str:
    return address[address.index("/api/") :]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    said: dict[str, Any] = answer.json()
    assert (said["status"], said["type"]) == (status, "about:blank")
    assert said["title"]
    assert said["detail"]
    return said


def test_a_page_says_how_many_there_are_and_the_links_lead_through_all_of_them(client: Client) -> None:
    made = [open_data.result().public_id for _n in range(5)]
    seen, address = [], f"{BASE}?size=2"
    while address:
        answer = client.get(address)
        page = answer.json()
        assert (page["total"], page["size"], page["dataset"]) == (5, 2, "results")
        seen += [row["id"] for row in page["rows"]]
        assert answer.headers.get("Link", "") == (f'<{page["next"]}>; rel="next"' if page["next"] else "")
        address = path_of(page["next"]) if page["next"] else ""
    assert seen == made[::-1]
    assert [len(client.get(f"{BASE}?size={size}").json()["rows"]) for size in (1, 500)] == [1, 5]


def test_a_row_published_meanwhile_moves_nothing(client: Client) -> None:
    for _n in range(3):
        open_data.result()
    first = client.get(f"{BASE}?size=2").json()
    open_data.result()
    assert len(client.get(path_of(first["next"])).json()["rows"]) == 1


def test_filters_are_those_of_the_site_and_stay_in_the_link(client: Client) -> None:
    day = clock.today()
    inn = open_data.result("沂源青山旅馆", town_name="南麻街道", plan_item_code="RW-1", inspected_on=day)
    other = open_data.result("沂源快修汽修厂", town_name="南麻街道", result_code="problem-pending", inspected_on=day - dt.timedelta(days=9))

    def found(**asked: Any) -> set[str]:
        return {row["id"] for row in client.get(BASE, asked).json()["rows"]}

    both = {inn.public_id, other.public_id}
    assert found(town="南麻街道") == found(q="沂源") == found(until=day.isoformat()) == found(unit="") == both
    narrowed = ({"q": "青山"}, {"plan": "RW-1"}, {"matter": inn.matters[0]["code"]}, {"result": "clean"}, {"unit": inn.unit_name}, {"draw": inn.draw_number})
    asked: dict[str, Any]
    for asked in (*narrowed, {"since": day.isoformat()}):
        assert found(**asked) == {inn.public_id}, asked
    assert found(town="没有这个镇") == found(since=day.isoformat(), until="2001-01-01") == set()
    following = client.get(BASE, {"town": "南麻街道", "size": "1"}).json()["next"]
    assert [row["id"] for row in client.get(path_of(following)).json()["rows"]] == [inn.public_id]


@pytest.mark.parametrize(
    "query",
    [
        "sise=5", "size=0", "size=501", "size=10**9", "size=-1", "size=", "size=5.0", "since=2026-13-01", "since=yesterday", "since=2026-1-1",
        "since=", "q=" + "x" * 121, "q=%00", "unit=a%0Ab", "unit=a&unit=b", "page=1000000000",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_never_ignored(client: Client, query: str) -> None:
    problem(client.get(f"{BASE}?{query}"), 400)


def test_unknown_and_undisclosed_are_the_same_404(client: Client) -> None:
    waiting = open_data.reviewed("沂源未公示旅馆")
    open_data.result()
    answers = [client.get(f"{BASE}/{one}") for one in ("0" * 32, f"{waiting.pk:032}", "x", waiting.number)]
    answers += [client.get(f"/api/v1/{one}") for one in ("nothing", "versions")]
    answers += [client.get(one) for one in ("/api/", "/api/v2/results", f"{BASE}/{'0' * 32}/", f"/api/v1/%E4%B8%80?q={waiting.subject.name}")]
    for answer in answers:
        problem(answer, 404)
    assert len({answer.content for answer in answers}) == 1
    assert "未公示" not in client.get(BASE).content.decode()
    problem(client.get(f"{BASE}?after={'0' * 32}"), 404)


def test_a_result_comes_with_all_its_versions(client: Client) -> None:
    shown = open_data.corrected(open_data.result(result_code="clean"), result_code="problem-pending", result_group="problem", findings="未登记")
    answer = client.get(f"{BASE}/{shown.public_id}").json()
    assert (answer["id"], answer["version"], answer["findings"]) == (shown.public_id, 2, "未登记")
    assert [(one["version"], one["in_force"], one["because"], one["result_code"]) for one in answer["versions"]] == [
        (1, False, "first", "clean"),
        (2, True, "objection", "problem-pending"),
    ]


def test_what_was_taken_down_answers_410_with_the_reason_and_nothing_else(client: Client) -> None:
    shown = open_data.removed(open_data.result("沂源撤回旅馆"))
    said = problem(client.get(f"{BASE}/{shown.public_id}"), 410)
    assert (said["id"], said["because"], said["explanation"], said["basis"]) == (shown.public_id, "withdrawn", "处罚决定被撤销", "行政处罚法第四十八条")
    for address in (f"{BASE}/{shown.public_id}", BASE, "/feeds/results.atom", "/feeds/corrections.atom", "/api/v1/corrections"):
        assert "撤回旅馆" not in client.get(address).content.decode(), address
    assert client.get(BASE).json()["total"] == 0
    assert [row["what"] for row in client.get("/api/v1/corrections").json()["rows"]] == ["withdrawn"]


def test_the_other_tables_are_paged_and_narrowed_too(client: Client) -> None:
    draws = [factories.drawn_draw(winners=1, reserves=0) for _n in range(3)]
    first = client.get("/api/v1/draws?size=2").json()
    assert (first["total"], len(first["rows"])) == (3, 2)
    assert [row["number"] for row in client.get(path_of(first["next"])).json()["rows"]] == [draws[0].number]
    assert client.get("/api/v1/draws?state=voided").json()["total"] == 0
    unit = draws[1].unit.name
    assert [row["number"] for row in client.get("/api/v1/draws", {"unit": unit}).json()["rows"]] == [draws[1].number]
    problem(client.get("/api/v1/draws?state=preparing"), 400)
    problem(client.get("/api/v1/draws?after=x"), 404)
    assert client.get("/api/v1/matters?edition=999999").json()["rows"] == []
    assert client.get(f"/api/v1/plans?year={clock.today().year}").json()["total"] == 3


def test_every_row_has_the_columns_of_its_schema(client: Client) -> None:
    open_data.corrected(open_data.result())
    open_data.penalty()
    schemas = document()["components"]["schemas"]
    for table in API:
        rows = client.get(f"/api/v1/{table.name}").json()["rows"]
        assert rows, table.name
        for row in rows:
            assert list(row) == schemas[table.name]["required"]


def test_only_reading_and_from_every_site(client: Client) -> None:
    for method in ("post", "put", "patch", "delete", "trace"):
        answer = getattr(Client(enforce_csrf_checks=True), method)(BASE)
        problem(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    asked = client.options(BASE, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked.headers["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for address in (BASE, f"{BASE}/x", "/api/openapi.json", "/feeds/results.atom", "/opendata/manifest.json", "/opendata/results.csv"):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"
    assert client.head(BASE).content == b""


def test_an_unchanged_answer_is_304_and_a_refusal_is_kept_by_nobody(client: Client) -> None:
    open_data.result()
    answer = client.get(BASE)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(BASE, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    open_data.result()
    assert client.get(BASE, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    assert "Cache-Control" not in client.get(f"{BASE}/x").headers


def test_too_many_requests_are_told_when_to_come_back(client: Client, settings: Any, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)  # all within one window of ten seconds
    settings.PUBLIC_REQUESTS_PER_MINUTE = 18  # three in ten seconds
    assert [client.get(f"{BASE}/x").status_code for _n in range(5)] == [404, 404, 404, 429, 429]
    answer = client.get(BASE)
    problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 10
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(BASE, REMOTE_ADDR="10.9.8.7").status_code == 200


def test_a_page_asks_the_database_four_times_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    made = [open_data.result() for _n in range(3)]
    with django_assert_max_num_queries(4):
        client.get(f"{BASE}?after={made[2].public_id}&town=x")
    with django_assert_max_num_queries(3):
        client.get(f"{BASE}/{made[0].public_id}")


def test_the_result_of_the_api_is_the_row_of_the_file() -> None:
    shown = open_data.result()
    assert isinstance(shown, Disclosure)
    found = results.one(shown.public_id)
    assert isinstance(found, tuple)
    assert found[0] == next(iter(RESULTS.rows()))
    assert json.loads(RESULTS.in_json(found[0])) == dict(zip(RESULTS.names, map(in_json, found[0]), strict=True))
    assert reverse("public-result", args=[shown.public_id]) in str(found[0][1])
