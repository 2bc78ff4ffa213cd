"""A visit begins with its notice handed over, before or at the door, or with the reason why there is none; also from a phone."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from inspections.cases import commands
from inspections.cases.announcing import Handed
from inspections.cases.models import Assignment, Case, Replacement
from inspections.cases.queries import viewer
from inspections.cases.states import Asked, CaseState
from inspections.desk.queries import todo
from inspections.papers import commands as papers
from inspections.papers import queries, rules
from inspections.papers.models import Notice
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.queries import public_user
from registries.people.roles import Role
from tests import factories as make
from tests.asking import signed_in

pytestmark = pytest.mark.django_db


def clerk_of(case: Case) -> User:
    return make.user(Role.CLERK, unit=case.unit)


def officer_of(case: Case) -> User:
    user = make.team_of(case)[0].user
    assert user is not None
    return user


def noticed(case: Case, *, served: bool = False) -> Notice:
    clerk, today = clerk_of(case), clock.today()
    papers.make_notice(actor=clerk, case_id=case.pk, first_day=today, last_day=today)
    notice = queries.notice_of(case)
    assert notice is not None
    if served:
        papers.serve_notice(actor=clerk, notice_id=notice.pk, service="received", served_on=today, served_to="王经理")
    return notice


def refused(case: Case, **said: Any) -> str:
    with pytest.raises(Refused) as caught:
        commands.begin_visit(actor=officer_of(case), case_id=case.pk, **said)
    return caught.value.reason


def last_entry() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(LedgerPayload.objects.filter(verb="inspections.begin_visit").latest("pk").body)
    return body


def test_without_a_notice_a_visit_begins_only_with_a_reason_that_the_reviewer_reads() -> None:
    case = make.case()
    assert "say why notice would defeat the purpose" in refused(case)
    assert "say why notice would defeat the purpose" in refused(case, no_notice="  ")
    assert "no notice of this visit to hand over" in refused(case, handed=Handed("received", "王经理"))
    commands.begin_visit(actor=officer_of(case), case_id=case.pk, no_notice="举报称夜间留宿不登记，通知将使检查落空")
    case.refresh_from_db()
    assert last_entry()["after"]["no_notice_because"] == case.no_notice_because
    make.recorded_case(case)
    reviewer = signed_in(make.user(Role.REVIEWER))
    for page in ("", "review/"):
        assert "通知将使检查落空" in reviewer.get(f"/office/cases/{case.number}/{page}").content.decode()


def test_a_notice_is_handed_over_at_the_door() -> None:
    case = make.case()
    notice = noticed(case)
    assert "Say who received it" in refused(case, handed=Handed("received", " "))
    assert "witness" in refused(case, handed=Handed("refused", "王经理"))
    commands.begin_visit(actor=officer_of(case), case_id=case.pk, handed=Handed("refused", "王经理", "社区网格员李某"))
    notice.refresh_from_db()
    assert (notice.service, notice.served_on, notice.served_to, notice.witness) == ("refused", clock.today(), "王经理", "社区网格员李某")
    assert last_entry()["after"]["notice"] == notice.number.text
    case.refresh_from_db()
    assert (case.state, case.no_notice_because) == (CaseState.ON_SITE, "")


def test_a_served_notice_is_enough_and_a_void_one_is_none() -> None:
    case, other = make.case(), make.case()
    noticed(case, served=True)
    commands.begin_visit(actor=officer_of(case), case_id=case.pk)
    void = noticed(other, served=True)
    papers.void_number(actor=clerk_of(other), number_id=void.number_id, reason="检查人员更换")
    assert "was not handed over" in refused(other)


def test_a_phone_says_it_as_it_begins_and_what_was_typed_stays_where_it_is_refused() -> None:
    case = make.case()
    browser = signed_in(officer_of(case))
    at = f"/office/cases/{case.number}/sending/"

    def send(key: str, **said: str) -> Any:
        return browser.post(at, {"key": key, "kind": "begin", **said}, content_type="application/json")

    assert browser.get(at).json()["state"]["notice"] == ""
    noticed(case)
    assert browser.get(at).json()["state"]["notice"] == "made"
    assert send("begin-01").status_code == 409
    answer = browser.post(f"/office/cases/{case.number}/begin/", {"service": "refused", "served_to": "王经理"})
    assert answer.status_code == 422
    assert "王经理" in answer.content.decode()
    assert send("begin-02", service="received", served_to="王经理").status_code == 200
    assert Notice.objects.get(case=case).served_to == "王经理"


def test_the_desk_gives_the_clerk_the_notice_with_its_day() -> None:
    draw = make.drawn_draw(winners=3, reserves=0)
    one, two, _three = (make.case(draw) for _ in range(3))
    clerk = clerk_of(one)

    def waits() -> list[tuple[str, dt.date | None]]:
        rows = todo(viewer(User.objects.get(pk=clerk.pk)), clock.now())
        return [(row.task.url, row.task.due) for row in rows if "/documents/" in row.task.url]

    assert [url for url, _due in waits()] == [f"/office/draws/{draw.pk}/documents/"], "one line a draw"
    noticed(one)
    noticed(two, served=True)
    found = dict(waits())
    assert found[f"/office/cases/{one.number}/documents/service/"] == clock.today()
    assert len(found) == 2
    page = signed_in(clerk).get(f"/office/cases/{one.number}/").content.decode()
    assert f"/office/cases/{one.number}/documents/service/" in page


def test_the_history_of_a_case_has_its_notices_and_why_one_is_void() -> None:
    case = make.case()
    notice = noticed(case, served=True)
    papers.void_number(actor=clerk_of(case), number_id=notice.number_id, reason="检查人员更换")
    again = noticed(case)
    told = signed_in(clerk_of(case)).get(f"/office/cases/{case.number}/").context["history"]
    texts = [event.text for event in told]
    assert texts == [notice.number.text, notice.number.text, f"{notice.number.text}: 检查人员更换", again.number.text]


def test_the_inspected_of_a_re_check_asks_for_a_recusal_and_a_supervisor_names_who_steps_in() -> None:
    origin = make.reviewed_case()
    case = Case.objects.create(number="AJ-370323-2026-7", kind="recheck", subject=origin.subject, unit=origin.unit, opened_at=clock.now())
    case.matters.create(revision=origin.matters.get().revision)
    for place, person in enumerate(make.team_of(origin), 1):
        Assignment.objects.create(case=case, inspector=person, position=place, assigned_at=clock.now())
    notice = noticed(case, served=True)
    address = f"/notice/{rules.address_part(notice.token, queries.key())}/"
    officer = queries.facts_of(notice).officers[1]
    given = {"officer": officer.number, "reason": "他与我有诉讼", "name": "王某", "phone": ""}
    assert Client().post(address, given).status_code == 302
    asked = Replacement.objects.get(case=case)
    assert asked.asked_by == public_user()
    able = make.inspector(unit=case.unit)
    supervisor = make.user(Role.SUPERVISOR)
    browser, at = signed_in(supervisor), f"/admin/inspections/replacement/{asked.pk}/decide/"
    assert able.name in browser.get(at).content.decode()
    typed = {"version": asked.version, "password": make.PASSWORD, "accept": "1"}
    assert browser.post(at, {**typed, "inspector": make.inspector().pk}).status_code == 422
    assert browser.post(at, {**typed, "inspector": able.pk}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == Asked.ACCEPTED
    assert make.team_of(case)[1] == able
