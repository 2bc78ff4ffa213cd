"""The public site as a whole: what is kept and when it is made anew, versions, what was taken down, one subject, limits, large letters."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client

from inspections.cases.models import Case
from publicity import standing
from publicity.disclosures import index
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from publicity.disclosures.owed import Hold
from publicity.disclosures.searching import question
from publicity.disclosures.states import HoldState
from publicity.site import finding
from registries import clock
from registries.subjects.models import Subject
from tests import factories, public_draws

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings: Any) -> Iterator[None]:
    """Pages are kept, as they are outside the tests."""
    settings.PUBLIC_PAGES_KEPT = True
    for one in caches.all():
        one.clear()
    yield
    for one in caches.all():
        one.clear()


@pytest.fixture
def result() -> Disclosure:
    return public_draws.disclosed(factories.reviewed_case(), findings="登记簿缺漏3处", result_code="found", result_group="problem", result_label="发现问题")


def mend(result: Disclosure, because: str, explanation: str = "", **columns: Any) -> None:
    """A next version of a result, in force."""
    for name, value in columns.items():
        setattr(result, name, value)
    result.version += 1
    now = result.changed_at = clock.now()
    DisclosureVersion.objects.create(
        disclosure=result, number=result.version, because=because, explanation=explanation, made_at=now, **result.copied()
    )
    result.save()


def take_down(result: Disclosure, because: str = "withdrawn", explanation: str = "检查对象登记错误", basis: str = "信息公开条例第十四条") -> None:
    """The result is shown no more."""
    now = result.removed_at = clock.now()
    Removal.objects.create(disclosure=result, because=because, explanation=explanation, basis=basis, removed_at=now)
    result.save()


def english(client: Client, address: str) -> str:
    """A page in English."""
    return client.get(address, headers={"cookie": "language=en"}).content.decode()


# --- kept pages ----------------------------------------------------------------------------------------------------------


def test_a_kept_page_is_made_anew_when_a_result_appears_changes_or_goes(client: Client, kept: None, result: Disclosure) -> None:
    def page() -> tuple[str, str]:
        answer = client.get("/results/")
        return answer.headers["ETag"], answer.content.decode()

    tag, text = page()
    assert page() == (tag, text)
    assert client.get("/results/", headers={"if-none-match": tag}).status_code == 304
    other = public_draws.disclosed(factories.reviewed_case())
    newer, text = page()
    assert newer != tag
    assert other.subject_name in text
    mend(other, "error", "笔误", subject_name="更名后的旅馆")
    assert "更名后的旅馆" in page()[1]
    assert other.public_id in client.get("/results/?q=更名").content.decode()
    take_down(other)
    assert "更名后的旅馆" not in page()[1]
    assert client.get("/results/?q=更名").context["total"] == 0
    assert client.get("/results/", headers={"if-none-match": tag}).status_code == 200


def test_languages_sizes_and_packing_are_kept_apart(client: Client, kept: None, result: Disclosure, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)  # the foot tells the minute
    plain = client.get("/results/")
    for cookie in ("language=en", "size=large"):
        answer = client.get("/results/", headers={"cookie": cookie})
        assert answer.headers["ETag"] != plain.headers["ETag"]
        assert answer.content != plain.content
    packed = client.get("/results/", headers={"accept-encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.get("/results/", headers={"accept-encoding": "gzip;q=0"}).content == plain.content
    assert packed.headers["Cache-Control"] == "public, max-age=60"


def test_a_kept_answer_is_the_one_that_was_made_with_its_headers_and_its_line_in_the_log(
    client: Client, kept: None, result: Disclosure, time_machine: Any, caplog: pytest.LogCaptureFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    for address in ("/", "/results/", f"/results/{result.public_id}/", "/api/v1/results", f"/api/v1/results/{result.public_id}", "/feeds/results.atom"):
        made, again = client.get(address), client.get(address)
        assert made.content == again.content
        assert again.templates == []
        unlike = {"X-Request-ID"}
        assert {name: made.headers[name] for name in made.headers if name not in unlike} == {name: again.headers[name] for name in again.headers if name not in unlike}
        told = client.get(address, headers={"if-none-match": made.headers["ETag"]})
        assert (told.status_code, told.content) == (304, b"")
        assert {name for name in made.headers if name not in told.headers} <= {"Content-Type", "Content-Length", "Content-Language"}
        lines = [{**record.__dict__["told"], "ms": 0} for record in caplog.records if record.name == "sunlot.request"][-3:]
        assert lines[0] == lines[1] == {**lines[2], "status": 200}
        assert lines[0]["route"] != "?"


def test_a_kept_page_is_refused_like_any_other(client: Client, kept: None, result: Disclosure, settings: Any, time_machine: Any) -> None:
    time_machine.move_to(clock.now(), tick=False)
    assert client.get("/results/").status_code == client.get("/results/").status_code == 200
    assert client.post("/results/").status_code in (403, 405)
    assert client.get("/results/", headers={"host": "elsewhere.example"}).status_code == 400
    settings.PUBLIC_REQUESTS_PER_MINUTE = 6
    assert [client.get("/results/").status_code for _n in range(2)] == [200, 429]


def test_the_index_follows_every_change_and_can_be_made_anew(result: Disclosure) -> None:
    asked = question({"q": result.subject_name})
    assert finding.page(asked, finding.Place())[0] == [result.pk]
    mend(result, "error", "笔误", subject_name="另一家名称")
    index.rebuild()
    assert not finding.page(asked, finding.Place())[0]
    assert finding.page(question({"q": "另一家"}), finding.Place())[0] == [result.pk]
    take_down(result)
    index.rebuild()
    assert not finding.page(question({"q": "另一家"}), finding.Place())[0]


def test_results_from_before_there_were_terms_get_theirs_after_a_migration(result: Disclosure) -> None:
    Disclosure.objects.filter(pk=result.pk).update(terms="")
    standing.fill_terms()
    assert finding.page(question({"q": result.subject_name}), finding.Place())[0] == [result.pk]


# --- versions and removals -----------------------------------------------------------------------------------------------


def test_every_version_stays_readable_with_its_reason_and_day(client: Client, result: Disclosure) -> None:
    mend(result, "objection", "经复核，缺漏为2处", findings="登记簿缺漏2处")
    page = english(client, f"/results/{result.public_id}/")
    assert "经复核，缺漏为2处" in page
    assert '<s>登记簿缺漏</s><del class="diff-del">3</del><s>处</s>' in page
    assert '登记簿缺漏<ins class="diff-add">2</ins>处' in page
    assert "Version 2: corrected after an objection" in page
    assert "Version 1: first published" in page


def test_unreviewed_forms_are_told_in_words_and_completed_later(client: Client) -> None:
    visit = public_draws.disclosed(factories.reviewed_case(), form="visit", result_code="", result_label="", result_group="")
    coded = public_draws.disclosed(factories.reviewed_case(), form="coded")
    listed = english(client, "/results/")
    assert "result awaits review" in listed
    assert "the text awaits review" in listed
    assert "result awaits review" in english(client, f"/results/{visit.public_id}/")
    assert "the text awaits review" in english(client, f"/results/{coded.public_id}/")
    assert client.get("/results/").context["total"] == 2
    mend(visit, "reviewed", form="whole", result_code="clean", result_label="未发现问题", result_group="clean")
    page = english(client, f"/results/{visit.public_id}/")
    assert "未发现问题" in page
    assert "reviewed since" in page


def test_what_was_taken_down_answers_410_with_the_reason_and_nothing_else(client: Client, result: Disclosure) -> None:
    name, code = result.subject_name, result.subject_code
    take_down(result)
    answer = client.get(f"/results/{result.public_id}/")
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "检查对象登记错误" in text
    assert "信息公开条例第十四条" in text
    for address in ("/", "/results/", f"/results/?q={code}", f"/results/{result.public_id}/", "/statistics/", "/sitemap.xml"):
        shown = client.get(address).content.decode()
        assert name not in shown, address
        assert result.findings not in shown, address
    assert client.get(f"/subjects/{code}/").status_code == 404


# --- one subject ---------------------------------------------------------------------------------------------------------


def test_a_subjects_page_has_its_results_and_the_day_of_the_one_to_come(client: Client, result: Disclosure) -> None:
    subject = result.case.subject
    assert result.public_id in client.get(f"/subjects/{subject.public_id}/").content.decode()
    ended = clock.today() - dt.timedelta(days=3)
    over = factories.recorded_case(inspected_on=ended)
    page = english(client, f"/subjects/{over.subject.public_id}/")
    assert over.subject.name in page
    assert str(ended + dt.timedelta(days=20)) in page
    assert over.number not in page
    assert over.unit.name not in page
    assert over.matters.get().revision.name not in page


def test_whoever_is_not_visited_yet_is_as_unknown_as_nobody(client: Client) -> None:
    drawn, begun = factories.case(), factories.case()
    Case.objects.filter(pk=begun.pk).update(state="on-site")
    person = factories.recorded_case()
    Subject.objects.filter(pk=person.subject_id).update(kind="person")
    counted = factories.recorded_case()
    counted.subject.categories.update(publicity="counts")
    called_off = factories.recorded_case()
    Case.objects.filter(pk=called_off.pk).update(state="called-off", called_off_at=clock.now(), called_off_because="closed")
    held = factories.recorded_case()
    someone, now = factories.user(), clock.now()
    Hold.objects.create(
        case=held, basis="治安管理处罚法", reason="侦查需要", until=clock.today() + dt.timedelta(days=30), state=HoldState.GRANTED,
        asked_by=someone, asked_at=now, decided_by=factories.user(), decided_at=now,
    )  # fmt: skip

    def seen(code: str) -> str:
        answer = client.get(f"/subjects/{code}/")
        assert answer.status_code == 404
        return answer.content.decode().replace(code, "")

    nobody = seen("91370323MA00000000")
    for case in (drawn, begun, person, counted, called_off, held):
        assert seen(case.subject.public_id) == nobody


# --- the rest ------------------------------------------------------------------------------------------------------------


def test_the_figures_add_up_and_lead_to_their_results(client: Client, result: Disclosure) -> None:
    public_draws.disclosed(factories.reviewed_case())
    told = client.get("/statistics/").context
    assert (told["total"], told["inspected"], told["problems"]) == (2, 2, 1)
    assert told["coverage"].inspected == 2
    assert sum(column.line.total for column in told["columns"]) == 2
    for name, _title, _hint, lines in told["tables"]:
        for line in lines:
            assert client.get(f"/results/?{line.query}").context["total"] == line.total, name


def test_whoever_asks_too_much_waits_and_the_others_do_not(client: Client, settings: Any) -> None:
    settings.PUBLIC_REQUESTS_PER_MINUTE = 60
    cache.clear()
    answers = [client.get("/how/") for _ in range(25)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 10
    assert client.get("/how/", REMOTE_ADDR="192.0.2.7").status_code == 200
    settings.PROXY_COUNT = 1
    assert client.get("/how/", headers={"x-forwarded-for": "198.51.100.9, 192.0.2.8"}).status_code == 200
    cache.clear()


def test_large_letters_are_a_choice_that_is_kept_and_taken_back(client: Client) -> None:
    answer = client.get("/size/large/?next=/results/%3Fq=a")
    assert answer["Location"] == "/results/?q=a"
    assert 'class="large"' in client.get("/").content.decode()
    client.get("/size/normal/")
    assert 'class="large"' not in client.get("/").content.decode()
    assert client.get("/size/large/?next=https://example.org/")["Location"] == "/"
    assert client.get("/size/huge/").status_code == 404


def test_over_tls_the_choices_are_cookies_that_only_this_host_sets(client: Client, settings: Any) -> None:
    settings.LANGUAGE_COOKIE_NAME, settings.SIZE_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-language", "__Host-size", True
    for where, name, page in (("/language/en/", "__Host-language", 'lang="en"'), ("/size/large/", "__Host-size", 'class="large"')):
        kept = client.get(where).cookies[name]
        assert (kept["secure"], kept["httponly"], kept["path"], kept["domain"], kept["samesite"]) == (True, True, "/", "", "Lax"), name
        assert page in client.get("/").content.decode()
    assert client.get("/size/normal/").cookies["__Host-size"]["secure"], "a browser forgets such a cookie only so"
