"""Searching results: everything stands in the query string, and every filter finds what it says."""

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from publicity.disclosures.models import Disclosure
from publicity.disclosures.searching import question
from publicity.site import finding, queries
from tests import factories, public_draws

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 1)


class Found(NamedTuple):
    inn: Disclosure
    garage: Disclosure


@pytest.fixture
def found() -> Found:
    made = []
    for name, day, result in (
        ("沂源青山旅馆", DAY, "clean"),
        ("沂源快修汽修厂", DAY + dt.timedelta(days=9), "problem-corrected"),
    ):
        unit = factories.unit(f"{name}大队")
        draw = factories.drawn_draw(
            factories.matter(f"{name}事项", unit=unit), winners=1, reserves=0, subjects=[factories.subject(name, unit=unit)]
        )
        case = factories.reviewed_case(factories.case(draw))
        group = "clean" if result == "clean" else "problem"
        made.append(
            public_draws.disclosed(case, inspected_on=day, result_code=result, result_label=f"结果{result}", result_group=group)
        )
    return Found(*made)


def names(client: Client, **asked: str) -> set[str]:
    """The subjects that a search shows."""
    answer = client.get("/results/?" + urlencode(asked))
    assert answer.status_code == 200
    return {row.title for row in answer.context["rows"]}


def test_words_and_codes_find_a_subject(client: Client, found: Found) -> None:
    inn, garage = found.inn.subject_name, found.garage.subject_name
    assert names(client) == {inn, garage}
    assert names(client, q="青山") == {inn}
    assert names(client, q="沂源 汽修") == {garage}
    assert names(client, q=found.inn.subject_code.lower()) == {inn}
    assert names(client, q=found.inn.subject_code.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})) == {inn}
    assert names(client, q="没有这家") == set()


def test_every_filter_narrows(client: Client, found: Found) -> None:
    inn = {found.inn.subject_name}
    assert names(client, matter=found.inn.matters[0]["code"]) == inn
    assert names(client, town=found.inn.town_name) == inn
    assert names(client, unit=found.inn.unit_name) == inn
    assert names(client, draw=found.inn.draw_number) == inn
    assert names(client, result="clean") == inn
    assert names(client, until=DAY.isoformat()) == inn
    assert names(client, since=(DAY + dt.timedelta(days=1)).isoformat()) == {found.garage.subject_name}
    assert names(client, q="沂源", town=found.inn.town_name, result="problem-corrected") == set()


def test_a_matter_is_not_found_by_a_part_of_its_code(found: Found) -> None:
    code = found.inn.matters[0]["code"]
    assert sum(finding.counts(question({"matter": code})).values()) == 1
    assert not sum(finding.counts(question({"matter": code[:-1]})).values())


def test_wrong_days_are_said_and_the_rest_still_counts(client: Client, found: Found) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get("/results/?since=2026-11-09&until=2026-11-01&q=青山")
    assert "The last day is before the first." in answer.content.decode()
    nowhere = f"after={'0' * 32}"
    for absurd in ("since=yesterday", "town=Nowhere&page=1000000000", nowhere, "before=%00&draw=%00", "until=9999-12-31&since=0001-01-01", "q=" + "鑫a1" * 900, "q=%FF%22%27)"):
        answer = client.get(f"/results/?{absurd}")
        assert answer.status_code == 200
        typed = answer.context["asked"].typed
        assert all(typed[name] in answer.content.decode() for name in ("since", "town", "until"))
    assert "no such place" in client.get(f"/results/?{nowhere}").content.decode()


def test_a_long_list_is_paged_by_place_and_keeps_its_filters(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "ROWS", 2)
    first = public_draws.disclosed(factories.reviewed_case(), unit_name="治安大队")
    for _ in range(4):
        public_draws.disclosed(factories.reviewed_case(), unit_name="治安大队")
    public_draws.disclosed(factories.reviewed_case(), unit_name="别的大队")

    def page(**place: str) -> Any:
        return client.get("/results/?" + urlencode({"unit": "治安大队", **place})).context

    newest = page()
    assert (len(newest["rows"]), newest["total"], newest["beside"].before) == (2, 5, "")
    middle = page(after=newest["beside"].after)
    oldest = page(after=middle["beside"].after)
    assert [row.public_id for row in oldest["rows"]] == [first.public_id]
    assert oldest["beside"].after == ""
    assert page(before=oldest["beside"].before)["rows"] == middle["rows"]
    assert page(before=middle["beside"].before)["rows"] == newest["rows"]
    last = page(last="1")
    assert last["rows"][-1] == oldest["rows"][0]
    assert (len(last["rows"]), last["beside"].after) == (2, "")
    assert page(before=last["beside"].before)["beside"].after
    short = page(before=newest["rows"][1].public_id)
    assert short["rows"] == newest["rows"]


def test_the_share_in_time_counts_days_in_beijing_and_rounds_down(found: Found) -> None:
    Disclosure.objects.all()
    late = factories.reviewed_case()
    due = DAY + dt.timedelta(days=20)
    last_minute = dt.datetime(2026, 11, 21, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    public_draws.disclosed(late, unit_name="甲", due_on=due, published_at=last_minute + dt.timedelta(minutes=2))
    public_draws.disclosed(factories.reviewed_case(), unit_name="甲", due_on=due, published_at=last_minute)
    units = {row.unit: row for row in queries.punctuality()}
    assert (units["甲"].total, units["甲"].on_time) == (2, 1)
    assert queries.Punctuality("", 3, 2).percent == "66.6"
    assert queries.Punctuality("", 1000, 999).percent == "99.9"
    assert queries.Punctuality("", 10000, 9999).percent == "99.9"
    assert queries.Punctuality("", 2, 2).percent == "100"
    assert queries.overall(list(units.values())).total == 4
