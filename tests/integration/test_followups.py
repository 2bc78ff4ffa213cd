"""What happens after the review: follow-ups, their re-checks and terms, the check before disclosure, closing the case."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import IntegrityError, transaction

from inspections.cases import commands as cases
from inspections.cases.awaiting import cases_awaiting_disclosure
from inspections.cases.clearance import Looked
from inspections.cases.clearing import check_disclosure
from inspections.cases.models import Case
from inspections.cases.queries import viewer
from inspections.cases.states import CaseKind, CaseState
from inspections.desk.queries import todo
from inspections.followups import commands, sending
from inspections.followups.models import FollowUp
from inspections.followups.rules import Order
from inspections.followups.states import State
from publicity.disclosures.commands import publish_case
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal, signed_in

pytestmark = pytest.mark.django_db


class Office(NamedTuple):
    """A reviewed case with a problem and the people around it."""

    case: Case
    clerk: User
    reviewer: User
    supervisor: User


def office(result: str = "problem-pending", **columns: Any) -> Office:
    case = make.reviewed_case(result=make.result(result), findings="登记簿有漏项", **columns)
    clerk = make.user(Role.CLERK, unit=case.unit)
    return Office(case, clerk, make.user(Role.REVIEWER), make.user(Role.SUPERVISOR))


def disclose(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(released_at=clock.now())
    publish_case(actor=make.system(), case_id=case.pk)


def ordered(it: Office, kind: str = "rectification", **different: Any) -> FollowUp:
    ahead = {"rectification": 10, "transfer": 5, "penalty": 0}[kind]
    values = {"what": "补齐住宿登记", "number": "", "basis": "《旅馆业治安管理办法》第六条", "day": clock.today() + dt.timedelta(days=ahead), **different}
    if kind == "transfer":
        values.setdefault("addressee", "县市场监督管理局")
    if kind == "penalty":
        values["number"] = values["number"] or "源公（治）立〔2026〕1号"
    it.case.refresh_from_db()
    commands.order_followup(actor=it.reviewer, case_id=it.case.pk, version=it.case.version, order=Order(kind, **values))
    return FollowUp.objects.latest("pk")


def issued(it: Office, followup: FollowUp, **different: Any) -> None:
    values = {"basis": "《行政处罚法》第二十七条", "enclosures": "现场检查笔录1份", **different}
    sending.issue_letter(actor=it.clerk, followup_id=followup.pk, version=followup.version, **values)
    followup.refresh_from_db()


def close(it: Office) -> None:
    commands.close_case(actor=it.clerk, case_id=it.case.pk)


def rechecked(it: Office, followup: FollowUp, result: str) -> Case:
    """A re-check that went through signatures and review with this result."""
    followup.refresh_from_db()
    team = make.team_of(it.case)
    commands.open_recheck(actor=it.clerk, followup_id=followup.pk, version=followup.version, inspector_ids=[one.pk for one in team])
    case = followup.rechecks.latest("pk").case
    make.reviewed_case(case, result=make.result(result), findings="" if result == "clean" else "仍未补登")
    followup.refresh_from_db()
    return case


def conclude(it: Office, followup: FollowUp, *, passed: bool, remark: str = "") -> None:
    commands.conclude_rectification(actor=it.reviewer, followup_id=followup.pk, version=followup.version, passed=passed, remark=remark)


# --- rectification and re-check ----------------------------------------------------------------------------------------


def test_a_problem_closes_only_when_the_re_check_has_passed() -> None:
    it = office()
    disclose(it.case)
    assert "has a problem" in refusal(lambda: close(it))
    followup = ordered(it)
    assert "still open" in refusal(lambda: close(it))
    assert "once its re-check is reviewed" in refusal(lambda: conclude(it, followup, passed=True))
    rechecked(it, followup, "clean")
    assert "counts as passed" in refusal(lambda: conclude(it, followup, passed=False, remark="否"))
    conclude(it, followup, passed=True)
    close(it)
    it.case.refresh_from_db()
    assert it.case.state == CaseState.CLOSED
    assert "closed" in refusal(lambda: close(it))


def test_a_re_check_is_a_directed_case_on_the_same_matters_that_counts_to_no_cap() -> None:
    it = office()
    followup = ordered(it)
    case = rechecked(it, followup, "clean")
    assert (case.kind, case.draw, case.subject) == (CaseKind.RECHECK, None, it.case.subject)
    assert [one.revision for one in case.matters.all()] == [one.revision for one in it.case.matters.all()]
    assert make.team_of(case) == make.team_of(it.case)
    assert "belongs to case" in refusal(lambda: ordered(it._replace(case=case)))
    disclose(case)
    assert "not concluded" in refusal(lambda: close(it._replace(case=case)))
    conclude(it, followup, passed=True)
    close(it._replace(case=case))


def test_a_re_check_that_fails_asks_for_something_else() -> None:
    it = office()
    followup = ordered(it)
    rechecked(it, followup, "problem-pending")
    assert "cannot count as passed" in refusal(lambda: conclude(it, followup, passed=True))
    assert "Say what" in refusal(lambda: conclude(it, followup, passed=False))
    conclude(it, followup, passed=False, remark="仍未补登")
    assert FollowUp.objects.get(pk=followup.pk).state == State.FAILED
    disclose(it.case)
    assert "has a problem" in refusal(lambda: close(it))
    penalty = ordered(it, "penalty")
    decided(it, penalty)
    close(it)


def test_one_re_check_at_a_time_by_two_inspectors_who_may_go() -> None:
    it = office()
    followup = ordered(it)
    first, second = (one.pk for one in make.team_of(it.case))

    def go(*who: int) -> None:
        commands.open_recheck(actor=it.clerk, followup_id=followup.pk, version=followup.version, inspector_ids=who)

    assert "two inspectors" in refusal(lambda: go(first))
    assert "of the unit or of the visit" in refusal(lambda: go(first, make.inspector().pk))
    go(first, second)
    followup.refresh_from_db()
    assert "is not over" in refusal(lambda: go(first, second))


def test_a_term_is_extended_with_a_reason_and_only_backwards() -> None:
    it = office()
    followup = ordered(it)

    def extend(days: int, reason: str) -> None:
        day = clock.today() + dt.timedelta(days=days)
        commands.extend_followup(actor=it.reviewer, followup_id=followup.pk, version=1, due_on=day, reason=reason)

    assert "must be later" in refusal(lambda: extend(10, "设备未到"))
    assert "must be later" in refusal(lambda: extend(9, "设备未到"))
    assert "Say why" in refusal(lambda: extend(20, " "))
    extend(20, "设备未到")
    followup.refresh_from_db()
    assert followup.due_on == clock.today() + dt.timedelta(days=20)
    assert followup.extensions.get().reason == "设备未到"
    assert "changed meanwhile" in refusal(lambda: extend(30, "再延"))


def test_whoever_inspected_decides_nothing() -> None:
    it = office()
    member = make.team_of(it.case)[0].user
    assert member is not None
    member.groups.add(*it.reviewer.groups.all())
    member = User.objects.get(pk=member.pk)
    assert "another person decides" in refusal(lambda: ordered(it._replace(reviewer=member)))


def test_what_is_clean_or_not_reviewed_has_no_follow_up() -> None:
    clean = office("clean")
    assert "nothing to follow up" in refusal(lambda: ordered(clean))
    waiting = make.recorded_case(result=make.result("problem-pending"), findings="x")
    assert "once the record is reviewed" in refusal(lambda: ordered(clean._replace(case=waiting)))
    disclose(clean.case)
    close(clean)


# --- penalty and transfer ---------------------------------------------------------------------------------------------


def decided(it: Office, followup: FollowUp, **different: Any) -> None:
    values = {"number": "源公（治）行罚决字〔2026〕3号", "decided_on": clock.today(), "amount": Decimal(500), **different}
    sending.record_penalty(actor=it.clerk, followup_id=followup.pk, version=followup.version, **values)
    followup.refresh_from_db()


def test_a_penalty_has_its_decision_and_its_own_term_of_disclosure() -> None:
    with time_machine.travel(dt.datetime(2026, 9, 23, 9, tzinfo=clock.BEIJING), tick=False):
        make.holidays(2026)
        it = office()
        followup = ordered(it, "penalty")
        assert followup.due_on == dt.date(2026, 12, 22)
        assert "cannot be earlier" in refusal(lambda: decided(it, followup, decided_on=dt.date(2026, 9, 22)))
        assert "not come yet" in refusal(lambda: decided(it, followup, decided_on=dt.date(2026, 9, 24)))
        decided(it, followup)
        assert followup.disclose_by == dt.date(2026, 10, 10), "25-27 September and 1-7 October are off, Saturday 10 October is worked"


def test_a_transfer_is_settled_by_its_receipt() -> None:
    it = office()
    followup = ordered(it, "transfer")

    def receive() -> None:
        sending.record_receipt(
            actor=it.clerk, followup_id=followup.pk, version=FollowUp.objects.get(pk=followup.pk).version, number="回执7", received_on=clock.today()
        )

    assert "not sent yet" in refusal(receive)
    assert "Make the letter first" in refusal(
        lambda: sending.send_followup(actor=it.clerk, followup_id=followup.pk, version=followup.version, sent_at=clock.now())
    )
    issued(it, followup)
    sending.send_followup(actor=it.clerk, followup_id=followup.pk, version=followup.version, sent_at=clock.now())
    followup.refresh_from_db()
    assert (followup.state, followup.due_on) == (State.OPEN, clock.today() + dt.timedelta(days=10))
    receive()
    disclose(it.case)
    close(it)


def test_a_suspected_crime_is_decided_within_three_days_sent_within_a_day_and_never_closed_on_a_penalty() -> None:
    it = office()
    penalty = ordered(it, "penalty")
    decided(it, penalty)
    disclose(it.case)
    commands.flag_crime(actor=it.clerk, case_id=it.case.pk, what="销售赃物的线索")
    crime = FollowUp.objects.latest("pk")
    assert crime.due_on == clock.today() + dt.timedelta(days=3)
    assert "flagged as suspected crime already" in refusal(lambda: commands.flag_crime(actor=it.clerk, case_id=it.case.pk, what="又"))
    assert "never on a penalty alone" in refusal(lambda: close(it))

    def send() -> None:
        sending.send_followup(actor=it.clerk, followup_id=crime.pk, version=crime.version, sent_at=clock.now())

    assert "decides first" in refusal(send)
    sending.approve_transfer(actor=it.supervisor, followup_id=crime.pk, version=1)
    crime.refresh_from_db()
    assert crime.send_by is not None
    assert crime.decided_at is not None
    assert crime.send_by - crime.decided_at == dt.timedelta(hours=24)
    assert "never on a penalty alone" in refusal(lambda: close(it))
    issued(it, crime, addressee="县公安局刑侦大队")
    send()
    close(it)


def test_a_supervisor_may_decide_against_a_transfer_with_the_reason() -> None:
    it = office("clean")
    commands.flag_crime(actor=it.reviewer, case_id=it.case.pk, what="疑似伪造印章")
    crime = FollowUp.objects.get()
    assert "Say why" in refusal(lambda: sending.refuse_transfer(actor=it.supervisor, followup_id=crime.pk, version=1, reason=" "))
    sending.refuse_transfer(actor=it.supervisor, followup_id=crime.pk, version=1, reason="经核实不构成犯罪")
    disclose(it.case)
    close(it)


def test_who_flags_a_crime_does_not_decide_on_it() -> None:
    it = office()
    both = make.user(Role.REVIEWER, Role.SUPERVISOR)
    commands.flag_crime(actor=both, case_id=it.case.pk, what="线索")
    assert "another supervisor" in refusal(lambda: sending.approve_transfer(actor=both, followup_id=FollowUp.objects.get().pk, version=1))


# --- waiver, closing, the database -------------------------------------------------------------------------------------


def test_a_waiver_has_a_reason_and_closes() -> None:
    it = office("problem-corrected")

    def waive(reason: str) -> None:
        version = Case.objects.get(pk=it.case.pk).version
        commands.waive_followup(actor=it.reviewer, case_id=it.case.pk, version=version, reason=reason)

    assert "Say why" in refusal(lambda: waive(" "))
    waive("当场改正，检查人员在场确认")
    assert "nothing is left to waive" in refusal(lambda: waive("又一次"))
    assert FollowUp.objects.get().ordered_by == it.reviewer
    assert "not disclosed yet" in refusal(lambda: close(it))
    disclose(it.case)
    close(it)


def test_nothing_is_waived_over_what_is_open() -> None:
    it = office()
    ordered(it)
    it.case.refresh_from_db()
    assert "still open" in refusal(
        lambda: commands.waive_followup(actor=it.reviewer, case_id=it.case.pk, version=it.case.version, reason="算了")
    )


def test_the_clerk_of_another_unit_touches_nothing() -> None:
    it = office()
    followup = ordered(it, "penalty")
    other = it._replace(clerk=make.user(Role.CLERK, unit=make.unit()))
    assert "no such case" in refusal(lambda: decided(other, followup))
    assert "no such case" in refusal(lambda: close(other))


def test_the_database_closes_nothing_over_an_open_follow_up_and_changes_nothing_settled() -> None:
    it = office()
    followup = ordered(it)

    def never(write: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()

    never(lambda: Case.objects.filter(pk=it.case.pk).update(state=CaseState.CLOSED))
    never(lambda: FollowUp.objects.filter(pk=followup.pk).update(state=State.DONE, settled_at=clock.now()))
    never(lambda: FollowUp.objects.filter(pk=followup.pk).update(what="别的"))
    rechecked(it, followup, "clean")
    conclude(it, followup, passed=True)
    never(lambda: FollowUp.objects.filter(pk=followup.pk).update(state=State.OPEN, settled_at=None))
    never(lambda: FollowUp.objects.filter(pk=followup.pk).delete())


# --- the check before disclosure ---------------------------------------------------------------------------------------


def test_a_matter_that_asks_for_it_is_not_disclosed_before_another_person_has_checked() -> None:
    it = office("clean", case_=make.case(make.drawn_draw(make.matter(secrecy_check=True), winners=1, reserves=0)))

    def release() -> None:
        cases.release_case(actor=it.clerk, case_id=it.case.pk, looked=Looked(ticked=True))

    assert "secrecy check" in refusal(release)
    later = clock.today() + dt.timedelta(days=30)
    assert not cases_awaiting_disclosure(later).exists()
    who_accepted = it.case.reviews.get().reviewer
    assert "another person" in refusal(lambda: check_disclosure(actor=who_accepted, case_id=it.case.pk, cleared=True))
    assert "Say why" in refusal(lambda: check_disclosure(actor=it.reviewer, case_id=it.case.pk, cleared=False))
    check_disclosure(actor=it.reviewer, case_id=it.case.pk, cleared=False, remark="涉及工作秘密")
    assert "secrecy check" in refusal(release)
    with time_machine.travel(clock.now() + dt.timedelta(days=16)):
        assert "secrecy check" in refusal(lambda: publish_case(actor=make.system(), case_id=it.case.pk))
    check_disclosure(actor=it.supervisor, case_id=it.case.pk, cleared=True)
    release()
    assert cases_awaiting_disclosure(clock.today()).get() == it.case


def test_a_matter_that_does_not_ask_is_not_checked() -> None:
    it = office("clean")
    assert "No matter" in refusal(lambda: check_disclosure(actor=it.reviewer, case_id=it.case.pk, cleared=True))


# --- the desk and the pages --------------------------------------------------------------------------------------------


def followups_on_desk(user: User, now: dt.datetime) -> list[str]:
    return [row.task.url for row in todo(viewer(User.objects.get(pk=user.pk)), now) if "/followups/" in row.task.url]


def test_reminders_reach_the_clerk_seven_the_reviewer_three_the_supervisor_one_day_before() -> None:
    it = office()
    assert followups_on_desk(it.reviewer, clock.now()) == [f"/office/cases/{it.case.number}/followups/new/"]
    ordered(it)
    days = {left: clock.now() + dt.timedelta(days=10 - left) for left in (8, 7, 4, 3, 2, 1)}
    told = {left: [len(followups_on_desk(who, now)) for who in (it.clerk, it.reviewer, it.supervisor)] for left, now in days.items()}
    assert told == {8: [0, 0, 0], 7: [1, 0, 0], 4: [1, 0, 0], 3: [1, 1, 0], 2: [1, 1, 0], 1: [1, 1, 1]}


def test_the_whole_way_through_the_pages(django_assert_max_num_queries: Any) -> None:
    it = office()
    disclose(it.case)
    clerk, reviewer = signed_in(it.clerk), signed_in(it.reviewer)
    page, new = f"/office/cases/{it.case.number}/", f"/office/cases/{it.case.number}/followups/new/"
    assert new in reviewer.get(page).content.decode()
    shown = reviewer.get(f"{new}?kind=rectification").content.decode()
    assert f'name="version" value="{Case.objects.get(pk=it.case.pk).version}"' in shown
    posted = {"version": Case.objects.get(pk=it.case.pk).version, "what": "补齐登记", "basis": "《办法》第六条", "day": "2020-01-01"}
    again = reviewer.post(f"{new}?kind=rectification", posted)
    assert again.status_code == 422
    assert "补齐登记" in again.content.decode(), "nothing typed is lost"
    posted["day"] = (clock.today() + dt.timedelta(days=5)).isoformat()
    assert reviewer.post(f"{new}?kind=rectification", posted).status_code == 302
    followup = FollowUp.objects.get()
    at = f"/office/followups/{followup.pk}/"
    team = [str(one.pk) for one in make.team_of(it.case)]
    with django_assert_max_num_queries(15):
        assert at in clerk.get("/office/followups/").content.decode()
    sent = {"act": "recheck", "recheck-version": "1", "recheck-inspectors": team}
    assert clerk.post(at, sent).status_code == 302
    recheck = followup.rechecks.get().case
    make.reviewed_case(recheck)
    reviewer.get(page)
    with django_assert_max_num_queries(15):
        reviewer.get(page)
    assert reviewer.post(at, {"act": "conclude", "conclude-version": "2", "conclude-passed": "yes"}).status_code == 302
    clerk.get(page)
    with django_assert_max_num_queries(15):
        assert f"/office/cases/{it.case.number}/close/" in clerk.get(page).content.decode()
    assert clerk.post(f"/office/cases/{it.case.number}/close/").status_code == 302
    assert Case.objects.get(pk=it.case.pk).state == CaseState.CLOSED
    assert clerk.get(f"/office/cases/{recheck.number}/").status_code == 200


def test_the_second_of_two_on_one_form_is_told_who_and_when_and_loses_nothing() -> None:
    it = office()
    seen = Case.objects.get(pk=it.case.pk).version
    ordered(it)
    at = f"/office/cases/{it.case.number}/followups/new/?kind=transfer"
    day = (clock.today() + dt.timedelta(days=5)).isoformat()
    typed = {"version": seen, "what": "移送市场监管部门处理", "addressee": "县市场监督管理局", "day": day}
    browser = signed_in(make.user(Role.REVIEWER))
    answer = browser.post(at, typed)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert it.reviewer.name in shown
    assert "移送市场监管部门处理" in shown
    assert f'name="version" value="{seen + 1}"' in shown
    assert browser.post(at, typed | {"version": seen + 1}).status_code == 302


def test_a_supervisor_decides_on_a_criminal_transfer_in_the_approvals_area() -> None:
    it = office()
    commands.flag_crime(actor=it.clerk, case_id=it.case.pk, what="线索")
    crime = FollowUp.objects.get()
    browser = signed_in(it.supervisor)
    at = f"/admin/inspections/followup/{crime.pk}/decide/"
    assert 'name="approve"' in browser.get(at).content.decode()
    assert browser.post(at, {"version": "1", "approve": "1"}).status_code == 302
    crime.refresh_from_db()
    assert crime.decided_by == it.supervisor
    assert 'name="approve"' not in browser.get(at).content.decode()
