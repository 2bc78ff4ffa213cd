"""The office pages of cases: who sees which, what they show, how the record is filled in, signed, reviewed, released."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client

from inspections.cases import commands, queries, rules, visiting
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from registries import clock
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import english
from tests.recorded import members

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> str:
    """The text of a page."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def typed(case: Case, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a complete, clean record."""
    record = queries.last_record(case)
    assert record is not None
    values: dict[str, Any] = {
        "version": record.version,
        "inspected_on": clock.today().isoformat(),
        "result": make.result().pk,
        "findings": "",
        "disposal": "",
        "present": "经理王某",
    }
    for item in queries.items_of(case):
        values |= {f"answer_{item.pk}": "yes", f"remark_{item.pk}": ""}
    return {**values, **changes}


def begun() -> Case:
    """A case whose visit has begun."""
    case = make.case()
    commands.begin_visit(actor=members(case)[0], case_id=case.pk, no_notice="突击检查")
    case.refresh_from_db()
    return case


# --- who sees which ---------------------------------------------------------------------------------------------------


def test_an_inspector_sees_own_cases_and_no_trace_of_others() -> None:
    mine, foreign = make.case(), make.case()
    browser = english(members(mine)[0])
    listed = page(browser, "/office/cases/mine/")
    assert mine.subject.name in listed
    assert foreign.subject.name not in listed
    assert page(browser, f"/office/cases/{mine.number}/")
    for way in ("", "record/", "sign/"):
        assert foreign.subject.name not in page(browser, f"/office/cases/{foreign.number}/{way}", 404)
    for way in ("begin/", "take-back/"):
        assert browser.post(f"/office/cases/{foreign.number}/{way}").status_code == 404
    assert page(browser, "/office/cases/NO-SUCH/", 404)


@pytest.mark.parametrize("address", ["/office/cases/", "/office/draws/"])
def test_an_inspector_never_sees_the_drawn_list(address: str) -> None:
    case = make.case()
    assert case.subject.name not in page(english(members(case)[0]), address, 403)


def test_an_inspector_who_left_the_team_no_longer_sees_the_case() -> None:
    case = make.case()
    leaver = make.team_of(case)[0]
    case.assignments.filter(inspector=leaver).update(ended_at=clock.now(), ended_because="leave")
    assert page(english(leaver.user), f"/office/cases/{case.number}/", 404)


def test_a_clerk_sees_the_cases_of_the_own_unit_only() -> None:
    own, other = make.case(), make.case()
    browser = english(make.user(Role.CLERK, unit=own.unit))
    listed = page(browser, "/office/cases/")
    assert own.subject.name in listed
    assert other.subject.name not in listed
    assert page(browser, f"/office/cases/{own.number}/")
    assert page(browser, f"/office/cases/{other.number}/", 404)
    assert browser.post(f"/office/cases/{other.number}/release/").status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR])
def test_those_who_watch_over_all_units_see_all_cases(role: Role) -> None:
    cases = [make.case(), make.case()]
    listed = page(english(make.user(role)), "/office/cases/")
    assert all(case.subject.name in listed for case in cases)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.PARTNER])
def test_other_roles_see_no_case(role: Role) -> None:
    case = make.case()
    browser = english(make.user(role))
    assert page(browser, "/office/cases/", 403)
    assert page(browser, f"/office/cases/{case.number}/", 404)


def test_visitors_are_asked_to_sign_in() -> None:
    case = make.case()
    for address in ("/office/", "/office/cases/", f"/office/cases/{case.number}/record/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/office/sign-in/")


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_has_the_most_urgent_first_and_tells_delays_in_words() -> None:
    today = clock.today()
    draw = make.drawn_draw(winners=3)
    fresh = make.case(draw)
    late = make.recorded_case(make.case(draw), inspected_on=today - dt.timedelta(days=22))
    soon = make.recorded_case(make.case(draw), inspected_on=today - dt.timedelta(days=18))
    listed = page(english(make.user(Role.SUPERVISOR)), "/office/cases/")
    order = [listed.index(case.subject.name) for case in (late, soon, fresh)]
    assert order == sorted(order)
    assert "2 days overdue" in listed
    assert "2 days left" in listed
    assert "1 case is overdue" in listed


def test_the_list_is_narrowed_by_state_delay_unit_and_words() -> None:
    fresh = make.case()
    late = make.recorded_case(inspected_on=clock.today() - dt.timedelta(days=30))
    browser = english(make.user(Role.SUPERVISOR))
    for query, found in (
        ("stage=untouched", fresh),
        ("stage=in-review", late),
        ("overdue=on", late),
        (f"unit={fresh.unit_id}", fresh),
        (f"q={late.number}", late),
        (f"q={fresh.subject.name}", fresh),
    ):
        listed = page(browser, f"/office/cases/?{query}")
        other = late if found == fresh else fresh
        assert found.number in listed, query
        assert other.number not in listed, query
    assert "No case fits" in page(browser, "/office/cases/?q=nowhere")


def test_a_case_without_a_team_says_so() -> None:
    draw = make.drawn_draw(winners=1, teams=[[]])
    case = make.case(draw)
    browser = english(make.user(Role.CLERK, unit=case.unit))
    assert "Team to be drawn" in page(browser, "/office/cases/")
    assert "Team to be drawn" in page(browser, f"/office/cases/{case.number}/")


# --- one case ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_viewer_one_next_step() -> None:
    case = make.case()
    assert "Begin the visit" in page(english(members(case)[0]), f"/office/cases/{case.number}/")
    clerk = english(make.user(Role.CLERK, unit=case.unit))
    assert f"/office/cases/{case.number}/documents/notice/" in page(clerk, f"/office/cases/{case.number}/"), "the notice is to be made"
    supervisor = english(make.user(Role.SUPERVISOR))
    assert "Waiting for the team" in page(supervisor, f"/office/cases/{case.number}/")
    make.recorded_case(case)
    assert "Review the record" in page(english(make.user(Role.REVIEWER)), f"/office/cases/{case.number}/")
    assert "Waiting for the legal review" in page(clerk, f"/office/cases/{case.number}/")


def test_the_inspector_is_not_shown_the_risk_grade_nor_the_sealed_columns() -> None:
    case = make.case()
    team = page(english(members(case)[0]), f"/office/cases/{case.number}/")
    assert case.subject.get_risk_grade_display() not in team
    clerk = page(english(make.user(Role.CLERK, unit=case.unit)), f"/office/cases/{case.number}/")
    assert "Risk grade" in clerk
    assert case.subject.phone not in team + clerk


# --- the record -------------------------------------------------------------------------------------------------------


def test_beginning_leads_to_an_empty_record_with_nothing_prefilled() -> None:
    case = make.case()
    browser = english(members(case)[0])
    response = browser.post(f"/office/cases/{case.number}/begin/", {"service": "none", "no_notice": "突击检查"})
    assert response.headers["Location"] == f"/office/cases/{case.number}/record/"
    form = page(browser, f"/office/cases/{case.number}/record/")
    assert "checked>" not in form
    assert " selected" not in form.replace('value="" selected', "")
    assert f'value="{clock.today().isoformat()}"' not in form
    assert form.count('type="radio" name="answer_') == 4 * len(queries.items_of(case))


def test_a_draft_may_be_incomplete_and_comes_back_as_it_was_typed() -> None:
    case = begun()
    browser = english(members(case)[1])
    item = queries.items_of(case)[0]
    response = browser.post(f"/office/cases/{case.number}/record/", {"version": 1, "save": "1", f"remark_{item.pk}": "门锁坏"})
    assert response.status_code == 302
    form = page(browser, f"/office/cases/{case.number}/record/")
    assert "门锁坏" in form
    assert "The draft is saved" in form
    assert members(case)[1].name in form


def test_an_incomplete_record_keeps_everything_and_names_what_lacks() -> None:
    case = begun()
    browser = english(members(case)[0])
    one, two, _three = queries.items_of(case)
    data = typed(case, present="", findings="走廊堆物", **{f"answer_{one.pk}": "", f"answer_{two.pk}": "no", "submit": "1"})
    response = browser.post(f"/office/cases/{case.number}/record/", data)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "Answer this item" in shown
    assert "Say what you found" in shown
    assert "走廊堆物" in shown
    assert f'href="#id_answer_{one.pk}_0"' in shown
    record = case.records.get()
    assert (record.findings, record.submitted_at) == ("走廊堆物", None)


def test_a_complete_record_goes_on_to_the_signatures() -> None:
    case = begun()
    browser = english(members(case)[0])
    response = browser.post(f"/office/cases/{case.number}/record/", typed(case, submit="1"))
    assert response.headers["Location"] == f"/office/cases/{case.number}/"
    assert case.records.get().submitted_at is not None
    assert browser.get(f"/office/cases/{case.number}/record/").status_code == 302


def test_a_colleague_who_saved_meanwhile_is_named_and_nothing_typed_is_lost() -> None:
    case = begun()
    first, second = members(case)
    item = queries.items_of(case)[0]
    old = typed(case)
    english(first).post(
        f"/office/cases/{case.number}/record/", {**old, f"answer_{item.pk}": "no", f"remark_{item.pk}": "未登记"}
    )
    browser = english(second)
    response = browser.post(f"/office/cases/{case.number}/record/", {**old, "findings": "我写的"})
    shown = response.content.decode()
    assert response.status_code == 422
    assert f"{first.name} saved this record just now" in shown
    assert "我写的" in shown
    assert "Saved meanwhile: no 未登记" in shown
    assert case.records.get().findings == ""
    again = browser.post(f"/office/cases/{case.number}/record/", {**old, "version": 2, "findings": "我写的"})
    assert again.status_code == 302
    assert case.records.get().findings == "我写的"


def test_what_a_colleague_saved_fills_what_was_left_empty() -> None:
    case = begun()
    first, second = members(case)
    one, two, _three = queries.items_of(case)
    address = f"/office/cases/{case.number}/record/"
    english(first).post(address, {"version": 1, f"answer_{one.pk}": "no", f"remark_{one.pk}": "未登记", "findings": "缺登记"})
    browser = english(second)
    shown = browser.post(address, {"version": 1, f"answer_{two.pk}": "yes"})
    form = shown.context["form"]
    assert shown.status_code == 422
    assert form.theirs == {f"answer_{two.pk}": "–"}
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    assert browser.post(address, sent).status_code == 302
    draft = queries.draft_of(case.records.get())
    assert draft.findings == "缺登记"
    assert {item: line.answer for item, line in draft.answers.items()} == {one.pk: "no", two.pk: "yes"}


def test_a_returned_record_shows_the_remark_and_the_teams_own_answers() -> None:
    case = make.recorded_case()
    reviewer = make.user(Role.REVIEWER)
    commands.review_case(actor=reviewer, case_id=case.pk, version=case.version, decision="return", remark="请补第2项")
    form = page(english(members(case)[0]), f"/office/cases/{case.number}/record/")
    assert "请补第2项" in form
    assert form.count("checked>") == len(queries.items_of(case))


def test_a_refused_visit_is_told_in_a_sentence() -> None:
    case = make.case()
    make.exclusion(case.subject)
    browser = english(members(case)[0])
    response = browser.post(f"/office/cases/{case.number}/begin/", follow=True)
    assert "lawfully out of scope" in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == CaseState.ASSIGNED


# --- signing ----------------------------------------------------------------------------------------------------------


def ready_to_sign() -> Case:
    """A case whose record is ready to sign, the inspected person's side noted."""
    case = make.case()
    record = make.record(case, submitted_at=clock.now())
    content = rules.fingerprint(queries.content_of(record))
    visiting.acknowledge_record(actor=members(case)[0], case_id=case.pk, content_hash=content, kind="absent", witness="邻居李某")
    return case


def test_signing_asks_for_the_password_again() -> None:
    case = ready_to_sign()
    address = f"/office/cases/{case.number}/sign/"
    for person in members(case):
        browser = english(person)
        hidden = browser.get(address).context["form"].initial
        wrong = browser.post(address, {**hidden, "password": "guess"})
        assert wrong.status_code == 422
        assert "not your password" in wrong.content.decode()
        right = browser.post(address, {**hidden, "password": make.PASSWORD})
        assert right.status_code == 302, right.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.RECORDED


def test_guessing_the_password_locks_the_account() -> None:
    case = make.case()
    make.record(case, submitted_at=clock.now())
    browser = english(members(case)[0])
    address = f"/office/cases/{case.number}/sign/"
    hidden = browser.get(address).context["form"].initial
    for _try in range(6):
        browser.post(address, {**hidden, "password": "guess"})
    browser.post(address, {**hidden, "password": make.PASSWORD})
    assert case.records.get().signatures.count() == 0


def test_what_was_changed_since_it_was_shown_is_not_signed() -> None:
    case = ready_to_sign()
    browser = english(members(case)[0])
    response = browser.post(f"/office/cases/{case.number}/sign/", {"content_hash": "0" * 64, "password": make.PASSWORD})
    assert "changed since you opened it" in response.content.decode()
    assert case.records.get().signatures.count() == 0


def test_who_has_signed_waits_for_the_other() -> None:
    case = make.case()
    make.record(case, signed=1)
    first, second = members(case)
    assert "Waiting for the other signature" in page(english(first), f"/office/cases/{case.number}/")
    assert "Read and sign" in page(english(second), f"/office/cases/{case.number}/")


# --- review and release -----------------------------------------------------------------------------------------------


def test_a_reviewer_accepts_or_returns() -> None:
    case = make.recorded_case()
    browser = english(make.user(Role.REVIEWER))
    address = f"/office/cases/{case.number}/review/"
    assert queries.items_of(case)[0].title in page(browser, address)
    assert "checked>" not in page(browser, address)
    silent = browser.post(address, {"version": case.version, "decision": "return", "remark": ""})
    assert silent.status_code == 422
    assert "Say what must be completed" in silent.content.decode()
    assert browser.post(address, {"version": case.version, "decision": "accept"}).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.REVIEWED
    assert browser.get(address).status_code == 302


def test_the_page_of_an_own_case_has_no_decision() -> None:
    both = make.user(Role.INSPECTOR, Role.REVIEWER)
    case = make.recorded_case(make.case(team=[make.inspector(user=both), make.inspector()]))
    browser = english(both)
    shown = page(browser, f"/office/cases/{case.number}/review/")
    assert "another reviewer must decide" in shown
    assert 'name="decision"' not in shown
    response = browser.post(f"/office/cases/{case.number}/review/", {"version": case.version, "decision": "accept"})
    assert response.status_code == 422
    assert Case.objects.get(pk=case.pk).state == CaseState.RECORDED


def test_the_clerk_releases_what_holds_no_free_text_with_one_button() -> None:
    case = make.reviewed_case()
    browser = english(make.user(Role.CLERK, unit=case.unit))
    assert "Release for disclosure" in page(browser, f"/office/cases/{case.number}/")
    browser.post(f"/office/cases/{case.number}/release/")
    assert Case.objects.get(pk=case.pk).released_at is not None
    assert "The worker discloses the result" in page(browser, f"/office/cases/{case.number}/")
    assert english(make.user(Role.REVIEWER)).post(f"/office/cases/{case.number}/release/").status_code == 403


@pytest.mark.parametrize("way", ["begin", "take-back"])
def test_a_get_never_changes_anything(way: str) -> None:
    case = make.case()
    assert english(members(case)[0]).get(f"/office/cases/{case.number}/{way}/").status_code == 405


# --- cost -------------------------------------------------------------------------------------------------------------


def test_no_page_asks_more_than_15_queries(django_assert_max_num_queries: Any) -> None:
    draw = make.drawn_draw(make.matter(items=8), winners=6, joint=[make.matter(items=8), make.matter(items=8)])
    cases = [make.case(draw) for _ in range(6)]
    make.record(cases[0], signed=1)
    make.record(cases[1], answered=False)
    for case in cases[2:4]:
        make.recorded_case(case)
    make.reviewed_case(cases[4])
    clerk, reviewer = make.user(Role.CLERK, unit=draw.unit), make.user(Role.REVIEWER)
    member = members(cases[0])[1]
    for person, address in (
        (clerk, "/office/cases/"),
        (reviewer, "/office/cases/"),
        (member, "/office/cases/mine/"),
        (reviewer, f"/office/cases/{cases[2].number}/"),
        (clerk, f"/office/cases/{cases[4].number}/"),
        (member, f"/office/cases/{cases[0].number}/"),
        (member, f"/office/cases/{cases[0].number}/sign/"),
        (members(cases[1])[0], f"/office/cases/{cases[1].number}/record/"),
        (reviewer, f"/office/cases/{cases[2].number}/review/"),
    ):
        browser = english(person)
        with django_assert_max_num_queries(15, info=address):
            assert browser.get(address).status_code == 200


def test_the_list_of_cases_is_taken_as_a_file_with_who_goes_and_what_was_found() -> None:
    reviewed, waiting = make.reviewed_case(make.case()), make.case()
    supervisor = make.user(Role.SUPERVISOR)
    answer = english(supervisor).get("/office/cases/?export=csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {line["Case"] for line in lines} == {reviewed.number, waiting.number}
    told = {line["Case"]: line for line in lines}[str(reviewed.number)]
    team = [one.inspector.name for one in queries.team(reviewed)]
    assert (told["Subject"], told["Team"].split("、"), told["Unit"]) == (reviewed.subject.name, team, reviewed.unit.name)
    assert all(told[name] for name in ("Result", "Visit ended on", "Disclosure due"))
    assert not told["Disclosed on"]
    only = english(supervisor).get(f"/office/cases/?export=csv&q={waiting.number}").content.decode("utf-8-sig")
    assert [line["Case"] for line in csv.DictReader(io.StringIO(only))] == [waiting.number]
    assert LedgerPayload.objects.filter(verb="registries.export_list").count() == 2
    assert LedgerPayload.objects.filter(verb="inspections.read_drawn").exists(), "the names of the unvisited were read"


def test_a_reviewer_takes_no_list_away_and_a_clerk_that_of_the_own_unit() -> None:
    mine, foreign = make.case(), make.case()
    assert english(make.user(Role.REVIEWER)).get("/office/cases/?export=csv").status_code == 404
    own = english(make.user(Role.CLERK, unit=mine.unit)).get("/office/cases/?export=csv").content.decode("utf-8-sig")
    assert mine.number in own
    assert foreign.number not in own
