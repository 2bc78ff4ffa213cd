"""Of two who decide on one thing, the second reads who was first, when and what they did (409), and keeps what they typed."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from inspections.cases import commands as cases
from inspections.draws import commands as draws
from inspections.draws.models import Draw
from inspections.followups import commands as followups
from inspections.followups import sending
from inspections.followups.models import FollowUp
from inspections.followups.rules import Order
from inspections.papers import commands as papers
from inspections.plans import commands as plans
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.faults.test_draw_races import Office

pytestmark = pytest.mark.django_db
Told = Callable[[str, object], None]
REASON = "名单中有两家已经停业"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="registries.people.backend.Accounts")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def sent(user: User, where: str, **given: Any) -> tuple[int, str]:
    answer = browser(user).post(where, given)
    return answer.status_code, " ".join(answer.content.decode().split()) if answer.status_code != 302 else ""


def second_of_two(user: User, where: str, first: User, did: str, **given: Any) -> str:
    """The page of the second: 409, who was first, when and with what; the page comes back."""
    now = clock.now()
    status, page = sent(user, where, **given)
    assert status == 409
    moments = {f"{now - dt.timedelta(minutes=back):%H:%M}" for back in (0, 1)}
    assert any(f"{first} was first, at {moment}: {did}. Your step was not carried out." in page for moment in moments)
    return page


def decide(draw: Draw) -> str:
    return f"/admin/inspections/draw/{draw.pk}/decide/"


def test_the_second_who_approves_or_voids_a_draw_reads_who_was_first(record_property: Told) -> None:
    office = Office()
    draw, (first, second) = office.submitted(), office.supervisors
    seen = draw.version
    draws.approve_draw(actor=first, draw_id=draw.pk, version=seen)
    page = second_of_two(second, decide(draw), first, "approved and committed the draw", approve="1", version=seen, password=make.PASSWORD)
    assert "This draw is committed" in page
    assert make.PASSWORD not in page
    draw.refresh_from_db()
    other = make.user(Role.SUPERVISOR)
    draws.void_draw(actor=second, draw_id=draw.pk, version=draw.version, kind="mistake", reason="x")
    page = second_of_two(
        other, decide(draw), second, "voided the order", void="1", version=draw.version, kind="mistake", void_reason=REASON, void_password=make.PASSWORD
    )
    assert REASON in page
    record_property("figure", "approved and voided second: 409 with who and when, the reason typed still there")


def test_the_second_who_decides_on_a_plan_or_reviews_it_reads_who_was_first() -> None:
    plan = make.plan(state="review")
    make.plan_item(make.matter(unit=plan.unit), plan=plan)
    first, second = make.user(Role.REVIEWER), make.user(Role.REVIEWER)
    plans.review_plan(actor=first, plan_id=plan.pk, version=plan.version)
    page = second_of_two(second, f"/office/plans/{plan.pk}/review/", first, "passed the plan in the legal review", version=plan.version, remark=REASON, **{"return": "1"})
    assert REASON in page
    plan.refresh_from_db()
    chief, deputy = make.user(Role.SUPERVISOR), make.user(Role.SUPERVISOR)
    plans.approve_plan(actor=chief, plan_id=plan.pk, version=plan.version)
    where = f"/admin/inspections/plan/{plan.pk}/decide/"
    page = second_of_two(deputy, where, chief, "approved and published the plan", version=plan.version, reason=REASON, **{"return": "1"})
    assert "What you typed" in page
    assert REASON in page
    status, page = sent(chief, where, version=plan.version, approve="1")
    assert (status, "You yourself were here" in page) == (409, True)


def test_what_waits_still_can_be_decided_from_the_page_that_says_so() -> None:
    """Somebody changed it and it waits again: the page comes back as it stands now, and the same button works."""
    plan = make.plan(state="submitted")
    make.plan_item(make.matter(unit=plan.unit), plan=plan)
    clerk, chief, seen = make.user(Role.CLERK, unit=plan.unit), make.user(Role.SUPERVISOR), plan.version
    plans.return_plan(actor=make.user(Role.SUPERVISOR), plan_id=plan.pk, version=seen, reason="x")
    plan.refresh_from_db()
    plans.submit_plan(actor=clerk, plan_id=plan.pk, version=plan.version)
    plan.refresh_from_db()
    plans.review_plan(actor=make.user(Role.REVIEWER), plan_id=plan.pk, version=plan.version)
    where = f"/admin/inspections/plan/{plan.pk}/decide/"
    status, page = sent(chief, where, version=seen, approve="1")
    plan.refresh_from_db()
    assert (status, f'name="version" value="{plan.version}"' in page) == (409, True)
    assert sent(chief, where, version=plan.version, approve="1")[0] == 302


def test_the_second_reviewer_of_a_case_keeps_the_remark() -> None:
    case = make.recorded_case()
    first, second = make.user(Role.REVIEWER), make.user(Role.REVIEWER)
    cases.review_case(actor=first, case_id=case.pk, version=case.version, decision="return", remark="请补第2项")
    page = second_of_two(second, f"/office/cases/{case.number}/review/", first, "reviewed the case", version=case.version, decision="return", remark=REASON)
    assert "What you typed" in page
    assert REASON in page


def test_the_second_who_extends_a_term_reads_who_was_first() -> None:
    case = make.reviewed_case(result=make.result("problem-pending"), findings="登记簿有漏项")
    first, second, today = make.user(Role.REVIEWER), make.user(Role.REVIEWER), clock.today()
    order = Order(kind="rectification", what="补登", day=today + dt.timedelta(days=10), basis="治安管理处罚法第一条")
    followups.order_followup(actor=first, case_id=case.pk, version=case.version, order=order)
    one = FollowUp.objects.get(case=case)
    until = today + dt.timedelta(days=20)
    followups.extend_followup(actor=first, followup_id=one.pk, version=one.version, due_on=until, reason="设备未到")
    given = {"act": "extend", "extend-version": one.version, "extend-due_on": until + dt.timedelta(days=2), "extend-reason": REASON}
    assert REASON in second_of_two(second, f"/office/followups/{one.pk}/", first, "extended the term of the rectification", **given)


def test_a_penalty_recorded_already_is_no_missing_page() -> None:
    """The step is over, and its form gone: what was typed into it is not."""
    case = make.reviewed_case(result=make.result("problem-pending"), findings="登记簿有漏项")
    today, clerks = clock.today(), [make.user(Role.CLERK, unit=case.unit) for _ in range(2)]
    followups.order_followup(actor=make.user(Role.REVIEWER), case_id=case.pk, version=case.version, order=Order(kind="penalty", what="涉嫌违法", number="源公（治）行立〔2026〕1号", day=today))
    one = FollowUp.objects.get(case=case)
    sending.record_penalty(actor=clerks[0], followup_id=one.pk, version=one.version, number="1号", decided_on=today)
    given = {"act": "penalty", "penalty-version": one.version, "penalty-number": "源公（治）行罚〔2026〕9号", "penalty-decided_on": today}
    page = second_of_two(clerks[1], f"/office/followups/{one.pk}/", clerks[0], "recorded the penalty decision", **given)
    assert "What you typed" in page
    assert "源公（治）行罚〔2026〕9号" in page


def test_a_number_voided_already_says_by_whom() -> None:
    case = make.case()
    clerks = [make.user(Role.CLERK, unit=case.unit) for _ in range(2)]
    today = clock.today()
    papers.make_notice(actor=clerks[0], case_id=case.pk, first_day=today, last_day=today)
    number = case.notices.get().number
    papers.void_number(actor=clerks[0], number_id=number.pk, reason="错号")
    page = second_of_two(clerks[1], f"/office/documents/{number.pk}/void/", clerks[0], "voided the document number", reason=REASON)
    assert REASON in page


def test_a_form_that_is_only_wrong_is_no_conflict() -> None:
    office = Office()
    draw = office.submitted()
    status, page = sent(make.user(Role.SUPERVISOR), decide(draw), approve="1", version=draw.version, password="wrong")
    assert (status, "was first" in page) == (422, False)


@pytest.mark.full
@pytest.mark.proves("R9")
@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_that_approve_at_once_one_is_told_by_409(record_property: Told) -> None:
    told = []
    for _ in range(5):
        office = Office()
        draw = office.submitted()
        pair, start = [browser(one) for one in office.supervisors], Barrier(2)

        def press(client: Client, draw: Draw = draw, start: Barrier = start) -> int:
            start.wait()
            try:
                return client.post(decide(draw), {"approve": "1", "version": draw.version, "password": make.PASSWORD}).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            told.append(sorted(pool.map(press, pair)))
    assert told == [[302, 409]] * 5
    record_property("figure", "5 of 5 pairs of browsers that approve at once: one done, one 409")
