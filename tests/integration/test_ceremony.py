"""The ceremony page: what the hall sees at each state of an order, the same for everybody at the same second, and no more than is public."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from inspections.draws import commands
from inspections.draws.files import read_result
from inspections.draws.models import Draw
from inspections.draws.queries import file_bodies
from publicity.site import ceremony, timeline
from registries import clock
from registries.people.roles import Role
from tests import factories, public_draws
from tests.public_draws import at

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def state(client: Client, number: str) -> dict[str, Any]:
    answer = client.get(f"/draws/{number}/ceremony.json")
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(answer.content)
    return told


def page(client: Client, number: str) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(f"/draws/{number}/ceremony/")
    assert answer.status_code == 200
    return answer.content.decode()


def on_stage(text: str) -> list[str]:
    """The scenes that are shown."""
    sections = [part.split(">")[0] for part in text.split("<section ")[1:]]
    return [tag.split('data-scene="')[1].split('"')[0] for tag in sections if "data-scene" in tag and "hidden" not in tag]


def secrets_of(draw: Draw) -> set[str]:
    """What no page of a draw may say before its visits: names, keys, nonces, the inspectors' codes, the secret until it is revealed."""
    found: set[str] = set()
    for rows in (draw.roster.all(), draw.inspectors.all()):
        for row in rows:
            found |= {row.name, row.public_id, row.nonce}
    found |= set(draw.inspectors.values_list("code", flat=True))
    return found - {""}


def said(client: Client, draw: Draw) -> str:
    return page(client, str(draw.number)) + client.get(f"/draws/{draw.number}/ceremony.json").content.decode()


def heard(draw: Draw, text: str) -> set[str]:
    return {secret for secret in secrets_of(draw) if secret in text}


# --- before the result ------------------------------------------------------------------------------------------------


def test_a_number_nobody_has_committed_yet_waits_and_any_other_is_not_there(client: Client) -> None:
    year = clock.today().year
    assert on_stage(page(client, f"{year}-001")) == ["expected"]
    assert state(client, f"{year}-001") == {"draw": f"{year}-001", "standing": "expected", "seen": "", "final": False}
    for number in (f"{year}-999", f"{year - 1}-001", f"{year}-01", f"{year}-0001", "x", "None"):
        assert client.get(f"/draws/{number}/ceremony/").status_code == 404, number
        assert client.get(f"/draws/{number}/ceremony.json").status_code == 404, number


def test_a_draw_that_waits_for_approval_says_nothing_of_itself(client: Client) -> None:
    first = public_draws.committed()
    coming = f"{clock.today().year}-002"
    with time_machine.travel(clock.now(), tick=False):
        before = client.get(f"/draws/{coming}/ceremony/").content
        Draw.objects.filter(pk=first.pk).update(version=first.version + 1)
        assert client.get(f"/draws/{coming}/ceremony/").content[:2000] == before[:2000]
    assert first.matter.name not in before.decode()


def test_a_committed_order_counts_down_to_its_first_source(client: Client) -> None:
    draw = public_draws.committed()
    first = draw.sources.all()[0]
    shown = page(client, str(draw.number))
    assert on_stage(shown) == ["awaits"]
    assert f'data-countdown="{round(first.moment.timestamp() * 1000)}"' in shown
    assert draw.order_hash[:8] in shown
    told = state(client, str(draw.number))
    assert (told["standing"], told["final"], told["order"], told["entries"]) == ("open", False, draw.order_hash, 12)
    assert [source["value"] for source in told["sources"]] == [None, None]
    assert "lines" not in told
    assert "seed" not in told
    codes = set(draw.roster.values_list("code", flat=True))
    text = said(client, draw)
    assert not [code for code in codes if code in text or code[:8] in text]
    assert heard(draw, text) == set()
    assert draw.kept_secret.secret not in text


def test_a_value_arrives_when_two_people_agree_and_every_poll_before_finds_nothing_new(client: Client) -> None:
    draw = public_draws.committed()
    source = draw.sources.all()[0]
    with at(source.moment + MINUTE):
        assert on_stage(page(client, str(draw.number))) == ["typing"]
        before = state(client, str(draw.number))
        people = [factories.user(Role.CLERK, unit=draw.unit), factories.user(Role.REVIEWER)]
        commands.enter_source_value(actor=people[0], source_id=source.pk, value=public_draws.DICE, evidence="照片1")
        assert state(client, str(draw.number)) == before
        commands.enter_source_value(actor=people[1], source_id=source.pk, value=public_draws.DICE, evidence="照片1")
        after = state(client, str(draw.number))
        assert after["seen"] != before["seen"]
        assert [s["value"] for s in after["sources"]] == [public_draws.DICE, None]
        assert on_stage(page(client, str(draw.number))) == ["awaits"]
        assert draw.kept_secret.secret not in said(client, draw)


def test_with_all_values_in_it_waits_for_the_planned_moment_and_then_for_the_worker(client: Client) -> None:
    draw = public_draws.committed()
    assert draw.planned is not None
    public_draws.typed(draw)
    with at(draw.planned - MINUTE):
        assert on_stage(page(client, str(draw.number))) == ["ready"]
    with at(draw.planned + MINUTE):
        assert on_stage(page(client, str(draw.number))) == ["drawing"]
        assert draw.kept_secret.secret not in said(client, draw)


def test_half_an_hour_after_its_moment_it_says_that_it_is_overdue(client: Client) -> None:
    draw = public_draws.committed()
    assert draw.planned is not None
    with at(draw.planned + 29 * MINUTE):
        before = state(client, str(draw.number))
        assert before["standing"] == "open"
    with at(draw.planned + 31 * MINUTE):
        after = state(client, str(draw.number))
        assert (after["standing"], after["final"]) == ("overdue", False)
        assert after["seen"] != before["seen"]
        assert on_stage(page(client, str(draw.number))) == ["overdue"]
        assert heard(draw, said(client, draw)) == set()


def test_a_voided_order_stays_with_its_kind_and_names_its_successor_once_that_is_committed(client: Client) -> None:
    draw = public_draws.committed()
    commands.void_draw(actor=factories.user(Role.SUPERVISOR), draw_id=draw.pk, version=draw.version, kind="mistake", reason="层数有误")
    told = state(client, str(draw.number))
    assert (told["standing"], told["void_kind"], told["successors"], told["final"]) == ("voided", "mistake", [], True)
    shown = page(client, str(draw.number))
    assert on_stage(shown) == ["voided"]
    assert "层数有误" not in shown
    assert draw.kept_secret.secret not in said(client, draw)
    assert heard(draw, said(client, draw)) == set()


# --- the result -------------------------------------------------------------------------------------------------------


def test_the_order_comes_out_line_by_line_as_the_result_has_it(client: Client) -> None:
    draw = public_draws.drawn(grades="AB", quota=3)
    assert draw.drawn_at is not None
    result = read_result(file_bodies(draw)["result.txt"])
    told = state(client, str(draw.number))
    assert [(x["stratum"], x["rank"], x["winner"], x["code"]) for x in told["lines"]] == [
        (line.stratum, line.rank, line.winner, line.code) for line in result.drawn
    ]
    assert (told["winners"], told["reserves"], told["teams"]) == (6, 4, {"drawn": 6, "waiting": 0})
    moments = [dt.datetime.fromisoformat(x["at"]) for x in told["lines"]]
    assert moments == sorted(moments)
    seen = []
    for second in range(0, 60, 2):
        with at(draw.drawn_at + dt.timedelta(seconds=second, milliseconds=100)):
            cache.clear()
            before = sum(moment <= clock.now() for moment in moments)
            shown = page(client, str(draw.number))
            seen += on_stage(shown)
            out = sum("data-code" in tag and "hidden" not in tag for tag in (part.split(">")[0] for part in shown.split("<li ")))
            assert before <= out <= sum(moment <= clock.now() for moment in moments)
    assert [name for n, name in enumerate(seen) if n == 0 or seen[n - 1] != name] == ["shaken", "counting", "part", "teams", "over"]


def test_a_reload_shows_the_same_second_and_late_visitors_the_end(client: Client) -> None:
    draw = public_draws.drawn()
    assert draw.drawn_at is not None
    moment = draw.drawn_at + dt.timedelta(seconds=17)
    shown = []
    for _ in range(2):
        cache.clear()
        with at(moment):
            shown.append(page(Client(), str(draw.number)))
    assert shown[0] == shown[1]
    with at(draw.drawn_at + dt.timedelta(days=3)):
        late = page(client, str(draw.number))
    assert on_stage(late) == ["over"]
    assert "data-code" in late
    assert not [part for part in late.split("<li ") if "data-code" in part.split(">")[0] and "hidden" in part.split(">")[0]]


def test_what_is_shown_of_a_drawn_order_names_nobody(client: Client) -> None:
    draw = public_draws.drawn(grades="AB")
    text = said(client, draw)
    assert heard(draw, text) == set()
    assert state(client, str(draw.number))["teams"] == {"drawn": 6, "waiting": 0}


def test_the_number_of_slips_waits_while_small_cells_keep_the_roster_back(client: Client) -> None:
    small = public_draws.drawn(entries=4, quota=1, grades="AB")
    assert small.cells_hide_roster
    assert state(client, str(small.number))["slips"] is None
    open_roster = public_draws.drawn(entries=12, grades="B")
    assert state(client, str(open_roster.number))["slips"] == 24
    assert state(client, str(public_draws.committed().number))["slips"] is None


def test_a_long_result_is_shown_as_far_as_the_screen_reaches_and_the_rest_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremony, "LINES_SHOWN", 10)
    draw = public_draws.drawn(entries=15, quota=8, grades="AB")
    told = state(client, str(draw.number))
    assert (len(told["lines"]), told["winners"]) == (10, 16)
    assert "and 5 more" in page(client, str(draw.number))


# --- how it is served -------------------------------------------------------------------------------------------------


def test_a_poll_costs_few_queries_and_one_once_the_state_is_known(client: Client, django_assert_max_num_queries: Any) -> None:
    draw = public_draws.drawn(grades="ABCD")
    with django_assert_max_num_queries(8):
        first = client.get(f"/draws/{draw.number}/ceremony.json")
    with django_assert_max_num_queries(1):
        again = client.get(f"/draws/{draw.number}/ceremony.json")
    assert first.content == again.content
    assert first.headers["Cache-Control"] == "public, max-age=1"
    with django_assert_max_num_queries(1):
        unchanged = client.get(f"/draws/{draw.number}/ceremony.json", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert unchanged.status_code == 304
    cache.clear()
    with django_assert_max_num_queries(8):
        client.get(f"/draws/{draw.number}/ceremony/")


def test_the_page_has_no_inline_script_or_style_and_refreshes_itself_without_javascript(client: Client) -> None:
    draw = public_draws.committed()
    shown = page(client, str(draw.number))
    assert "<style" not in shown
    assert 'style="' not in shown
    assert "onclick" not in shown
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shown
    done = public_draws.drawn()
    with at(clock.now() + dt.timedelta(days=1)):
        assert client.get(f"/draws/{done.number}/ceremony/").status_code == 200


def test_the_pages_of_the_draw_lead_to_its_ceremony(client: Client) -> None:
    draw = public_draws.committed()
    assert f"/draws/{draw.number}/ceremony/" in client.get(f"/draws/{draw.number}/").content.decode()
    inside = Client()
    inside.force_login(factories.user(Role.SUPERVISOR), backend="registries.people.backend.Accounts")
    assert f"/draws/{draw.number}/ceremony/" in inside.get(f"/office/draws/{draw.pk}/").content.decode()


# --- the course -------------------------------------------------------------------------------------------------------


def test_the_course_counts_then_shows_stratum_after_stratum_and_takes_at_most_some_minutes() -> None:
    short = timeline.course([3, 5])
    assert short.acts[0].begins == short.order
    assert [short.acts[0].at(n) for n in range(3)] == pytest.approx([short.acts[0].first + n * timeline.SLOWEST for n in range(3)])
    assert short.acts[1].begins == short.acts[0].ends
    assert short.acts[-1].ends == short.teams
    long = timeline.course([300, 300])
    assert long.over < 120
    assert timeline.course([]).over == timeline.SHAKE + timeline.COUNT + timeline.TEAMS
