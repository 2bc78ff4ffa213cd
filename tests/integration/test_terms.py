"""By when a result is public: dates noted once, the last day, holds that end, reminders, penalties with their own term."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from inspections.cases.models import Case, Review
from inspections.cases.queries import viewer
from inspections.cases.secrecy import SecrecyCheck
from inspections.cases.states import CaseState, Decision
from inspections.desk.queries import todo
from inspections.followups.models import FollowUp
from inspections.messages.models import Message
from inspections.messages.tasks import post_for
from publicity.disclosures import commands, holding, noting, penalising, queries, tasks
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty, Hold, PenaltyDisclosure
from registries import clock
from registries.ledger.change import Change, Refused
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.public_draws import at

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 9, 11, 12, tzinfo=clock.BEIJING)
"""A Friday; twenty days later it is National Day."""


def days_ago(days: int) -> dt.date:
    return clock.today() - dt.timedelta(days=days)


def secret_case() -> Case:
    """A case whose matter asks for the secrecy check."""
    return make.case(make.drawn_draw(make.matter(secrecy_check=True), winners=1, reserves=0))


def review(case: Case) -> None:
    """Accepted after all."""
    last = case.records.latest("round")
    Review.objects.create(case=case, record=last, reviewer=make.user(Role.REVIEWER), decision=Decision.ACCEPT, reviewed_at=clock.now())
    Case.objects.filter(pk=case.pk).update(state=CaseState.REVIEWED, reviewed_at=clock.now())


def clear(case: Case) -> None:
    """The check says yes."""
    record = case.records.latest("round")
    SecrecyCheck.objects.create(case=case, record=record, cleared=True, checked_by=make.user(Role.REVIEWER), checked_at=clock.now())


# --- the three dates -------------------------------------------------------------------------------------------------


def test_the_three_dates_are_noted_when_the_visit_ends_and_frozen_in_the_result() -> None:
    make.holidays(2026)
    with at(NOON):
        case = make.reviewed_case(released=True)
        tasks.sweep_disclosures()
    duty, shown = Duty.objects.get(), Disclosure.objects.get()
    noted = (dt.date(2026, 10, 1), dt.date(2026, 10, 8), dt.date(2026, 10, 15))
    assert (duty.case, duty.due_on, duty.rolled_on, duty.working_on) == (case, *noted)
    assert (shown.due_on, shown.rolled_on, shown.working_on) == noted
    assert duty.calendar == "2026.1"
    page = Client().get(reverse("public-result", args=[shown.public_id])).content.decode()
    assert all(day.isoformat() in page for day in noted)


def test_a_year_without_holidays_leaves_two_dates_unknown_and_they_are_completed_with_an_entry() -> None:
    with at(NOON):
        case = make.reviewed_case(released=True)
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
        duty, shown = Duty.objects.get(), Disclosure.objects.get()
        assert (duty.due_on, duty.rolled_on, duty.working_on) == (dt.date(2026, 10, 1), None, None)
        page = Client().get(reverse("public-result", args=[shown.public_id])).content.decode()
        assert "年度节假日安排录入后可知" in page
        make.holidays(2026)
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
    duty.refresh_from_db()
    shown.refresh_from_db()
    assert (duty.rolled_on, duty.working_on) == (shown.rolled_on, shown.working_on) == (dt.date(2026, 10, 8), dt.date(2026, 10, 15))
    assert LedgerPayload.objects.filter(verb="publicity.note_duty", object_id=str(duty.pk)).count() == 2
    assert case.duty == duty


def test_a_date_once_noted_is_not_counted_again_when_the_table_changes() -> None:
    make.holidays(2026)
    with at(NOON):
        case = make.recorded_case()
        tasks.sweep_disclosures()
        before = Duty.objects.values().get()
        make.holidays(2025)
        with pytest.raises(Refused):
            noting.note_duty(actor=make.system(), case_id=case.pk)
        Case.objects.filter(pk=case.pk).update(ended_on=dt.date(2026, 9, 15))
        tasks.sweep_disclosures()
    after = Duty.objects.values().get()
    assert (before["due_on"], after["due_on"]) == (dt.date(2026, 10, 1), dt.date(2026, 10, 5))
    assert LedgerPayload.objects.filter(verb="publicity.note_duty", entry__action__endswith=".change").count() == 2


# --- the last day ----------------------------------------------------------------------------------------------------


def test_on_the_last_day_a_signed_result_goes_out_coded_and_whole_after_its_review() -> None:
    case = make.recorded_case(inspected_on=days_ago(19), result=make.result("problem-pending"), findings="未登记3人次")
    tasks.sweep_disclosures()
    assert not Disclosure.objects.exists()
    with at(clock.now() + dt.timedelta(days=1)):
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
        shown = Disclosure.objects.get(case=case)
        assert (shown.form, shown.result_code, shown.findings, shown.version) == ("coded", "problem-pending", "", 1)
        review(case)
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
    address = shown.public_id
    shown.refresh_from_db()
    assert (shown.public_id, shown.form, shown.findings, shown.version) == (address, "whole", "未登记3人次", 2)
    assert [one.because for one in shown.versions.order_by("number")] == ["first", "reviewed"]
    assert shown.published_at.date() <= shown.due_on
    assert not [one for one in run_check("disclosures") if not one.warning]


def test_without_the_secrecy_check_only_the_fact_of_the_visit_goes_out() -> None:
    reviewed = make.reviewed_case(secret_case(), inspected_on=days_ago(20), result=make.result("problem-pending"), findings="隐患")
    signed = make.recorded_case(secret_case(), inspected_on=days_ago(20), result=make.result("problem-pending"), findings="隐患")
    tasks.sweep_disclosures()
    for shown in Disclosure.objects.all():
        assert (shown.form, shown.result_code, shown.result_label, shown.findings, shown.disposal_label) == ("visit", "", "", "", "")
    review(signed)
    clear(reviewed)
    tasks.sweep_disclosures()
    forms = dict(Disclosure.objects.values_list("case", "form"))
    assert forms == {reviewed.pk: "whole", signed.pk: "visit"}
    clear(signed)
    tasks.sweep_disclosures()
    assert set(Disclosure.objects.values_list("form", "version")) == {("whole", 2)}


def test_what_nobody_signed_stays_overdue_and_is_counted() -> None:
    case = make.case()
    make.record(case, inspected_on=days_ago(21), signed=1)
    late = make.recorded_case(inspected_on=days_ago(5))
    tasks.sweep_disclosures()
    assert not Disclosure.objects.exists()
    assert queries.overdue_by_unit(clock.today()) == {case.unit.name: 1}
    assert [one.warning for one in run_check("disclosures")] == [True]
    assert late.unit.name not in queries.overdue_by_unit(clock.today())


def test_the_hour_of_publication_is_waited_for_but_not_by_what_was_released(settings: Any) -> None:
    settings.PUBLISH_HOUR = 9
    early = dt.datetime(2026, 9, 26, 8, 59, tzinfo=clock.BEIJING)
    with at(NOON):
        unasked, released = make.reviewed_case(), make.reviewed_case(released=True)
    with at(early):
        tasks.sweep_disclosures()
        assert set(Disclosure.objects.values_list("case", flat=True)) == {released.pk}
    with at(early + dt.timedelta(minutes=2)):
        tasks.sweep_disclosures()
        assert Disclosure.objects.filter(case=unasked).exists()


# --- holds -----------------------------------------------------------------------------------------------------------


def asked(case: Case, until: dt.date, **different: Any) -> Hold:
    """A hold that the unit's clerk asked for."""
    values = {"basis": "政府信息公开条例第十四条", "reason": "涉及正在侦办的案件", **different}
    change = holding.ask_hold(actor=make.user(Role.CLERK, unit=case.unit), case_id=case.pk, until=until, **values)
    assert isinstance(change.obj, Hold)
    return change.obj


def granted(case: Case, until: dt.date) -> Hold:
    hold = asked(case, until)
    holding.grant_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, version=hold.version)
    hold.refresh_from_db()
    return hold


def test_only_a_granted_hold_keeps_a_result_back_and_never_longer_than_its_last_day() -> None:
    case = make.reviewed_case(inspected_on=days_ago(19))
    hold = asked(case, clock.today() + dt.timedelta(days=5))
    other = make.reviewed_case(inspected_on=days_ago(19))
    granted(other, clock.today() + dt.timedelta(days=5))
    tasks.sweep_disclosures()
    assert list(Disclosure.objects.values_list("case", flat=True)) == [case.pk]
    assert hold.state == "submitted"
    for days, out in ((1, 1), (5, 1), (6, 2)):
        with at(clock.now() + dt.timedelta(days=days)):
            tasks.sweep_disclosures()
            assert Disclosure.objects.count() == out
    with at(clock.now() + dt.timedelta(days=6)):
        assert queries.holds_by_unit(clock.today())[other.unit.name] == (0, 1)
    assert queries.holds_by_unit(clock.today())[other.unit.name] == (1, 1)


def test_a_hold_that_is_lifted_ends_at_once() -> None:
    case = make.reviewed_case(inspected_on=days_ago(20))
    hold = granted(case, clock.today() + dt.timedelta(days=30))
    with pytest.raises(Refused, match="keeps this result back"):
        commands.publish_case(actor=make.system(), case_id=case.pk)
    with pytest.raises(Refused, match="Say why"):
        holding.lift_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, reason=" ")
    holding.lift_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, reason="案件已办结")
    tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=case).exists()
    with pytest.raises(Refused):
        holding.lift_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, reason="再次")


def test_a_hold_needs_basis_reason_an_end_and_another_person() -> None:
    case = make.reviewed_case()
    soon = clock.today() + dt.timedelta(days=9)
    for until, different in ((soon, {"basis": " "}), (soon, {"reason": ""}), (clock.today(), {}), (soon + dt.timedelta(days=999), {})):
        with pytest.raises(Refused):
            asked(case, until, **different)
    with pytest.raises(Refused, match="no such case"):
        holding.ask_hold(actor=make.user(Role.CLERK, unit=make.unit()), case_id=case.pk, basis="x", reason="x", until=soon)
    hold = asked(case, soon)
    with pytest.raises(Refused, match="asked for already"):
        asked(case, soon)
    both = make.user(Role.CLERK, Role.SUPERVISOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(until=soon + dt.timedelta(days=1))
    mine = make.reviewed_case()
    own = holding.ask_hold(actor=both, case_id=mine.pk, basis="x", reason="x", until=soon).obj
    with pytest.raises(Refused, match="another supervisor"):
        holding.grant_hold(actor=both, hold_id=own.pk, version=1)
    with pytest.raises(Refused, match="Say why"):
        holding.refuse_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, version=1, reason="")
    holding.refuse_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, version=1, reason="依据不足")
    with pytest.raises(Refused, match="decided already"):
        holding.grant_hold(actor=make.user(Role.SUPERVISOR), hold_id=hold.pk, version=2)


def test_a_hold_is_asked_for_in_the_office_and_decided_in_the_admin() -> None:
    case = make.reviewed_case(inspected_on=days_ago(3))
    clerk, supervisor, client = make.user(Role.CLERK, unit=case.unit), make.user(Role.SUPERVISOR), Client()
    client.force_login(clerk)
    tasks.sweep_disclosures()
    assert reverse("hold-ask", args=[case.number]) in client.get(reverse("case-page", args=[case.number])).content.decode()
    day = (clock.today() + dt.timedelta(days=9)).isoformat()
    wrong = client.post(reverse("hold-ask", args=[case.number]), {"basis": "第十四条", "reason": "", "until": day})
    assert wrong.status_code == 422
    assert "第十四条" in wrong.content.decode()
    client.post(reverse("hold-ask", args=[case.number]), {"basis": "第十四条", "reason": "侦办中", "until": day})
    hold = Hold.objects.get()
    decide = reverse("admin:publicity_hold_decide", args=[hold.pk])
    assert decide in [row.task.url for row in todo(viewer(supervisor), clock.now())]
    client.force_login(supervisor)
    assert "第十四条" in client.get(decide).content.decode()
    client.post(decide, {"version": hold.version, "approve": "1"})
    assert day in client.get(reverse("case-page", args=[case.number])).content.decode()
    post_for(clerk.pk)
    assert case.number in str(Message.objects.get(user=clerk, kind="decided"))
    client.post(reverse("admin:publicity_hold_lift", args=[hold.pk]), {"reason": "办结"})
    hold.refresh_from_db()
    assert hold.lifted_by == supervisor
    assert client.get(reverse("admin:publicity_hold_changelist")).status_code == 200


# --- reminders and failures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "told"), [(8, False), (7, True), (3, True), (1, True), (-1, True)])
def test_unit_reviewer_and_supervisor_hear_of_a_term_that_comes_near(left: int, told: bool) -> None:
    case = make.recorded_case(inspected_on=days_ago(20 - left))
    people = make.user(Role.CLERK, unit=case.unit), make.user(Role.REVIEWER), make.user(Role.SUPERVISOR)
    stranger = make.user(Role.CLERK, unit=make.unit())
    for person in (*people, stranger):
        post_for(person.pk)
    for person in people:
        rows = Message.objects.filter(user=person, kind="deadline", due_on=days_ago(-left))
        assert rows.exists() == told, person.role_codes
        assert all(case.subject.name not in str([row.title, row.text]) for row in rows)
    assert not Message.objects.filter(user=stranger, kind="deadline").exists()


def test_what_fails_is_listed_with_its_reason_and_the_others_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = make.reviewed_case(released=True, inspected_on=days_ago(2)), make.reviewed_case(released=True)
    real = commands.publish_case

    def fails(*, actor: Any, case_id: int) -> Change:
        if case_id == broken.pk:
            raise RuntimeError("卡号6222021603001234567")
        return real(actor=actor, case_id=case_id)

    monkeypatch.setattr(commands, "publish_case", fails)
    for _again in range(6):
        tasks.sweep_disclosures()
    assert list(Disclosure.objects.values_list("case", flat=True)) == [fine.pk]
    duty = Duty.objects.get(case=broken)
    assert duty.attempts == queries.TRIES, "then only every ten minutes"
    client = Client()
    client.force_login(make.user(Role.AUDITOR))
    page = client.get(reverse("disclosure-failures")).content.decode()
    assert broken.number in page
    assert "RuntimeError" in page
    assert "6222" not in page
    with at(clock.now() + dt.timedelta(minutes=11)):
        monkeypatch.undo()
        tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=broken).exists()
    assert broken.number not in client.get(reverse("disclosure-failures")).content.decode()


# --- penalties -------------------------------------------------------------------------------------------------------


def penalty(case: Case, **different: Any) -> FollowUp:
    """A penalty decided today."""
    now = clock.now()
    values = {"decision_number": "源公（治）行罚决字〔2026〕3号", "decision": "罚款五百元，13805331234", "amount": Decimal(500), **different}
    return FollowUp.objects.create(
        case=case, kind="penalty", state="done", what="处罚", due_on=now.date(), ordered_by=make.user(Role.REVIEWER), ordered_at=now,
        decision_on=now.date(), settled_at=now, **values,
    )  # fmt: skip


def test_a_penalty_goes_out_on_its_own_day_or_when_its_clerk_says() -> None:
    with at(NOON):
        first = penalty(make.reviewed_case(), disclose_by=dt.date(2026, 9, 21))
        second = penalty(make.reviewed_case(), disclose_by=dt.date(2026, 9, 21))
        unknown = penalty(make.reviewed_case())
        clerk = make.user(Role.CLERK, unit=second.case.unit)
        with pytest.raises(Refused, match="no such penalty"):
            penalising.publish_penalty(actor=clerk, followup_id=first.pk)
        client = Client()
        client.force_login(clerk)
        assert "罚决字" in client.get(reverse("case-page", args=[second.case.number])).content.decode()
        client.post(reverse("penalty-publish", args=[second.pk]))
        tasks.sweep_disclosures()
        assert [one.followup for one in PenaltyDisclosure.objects.all()] == [second]
    with at(NOON + dt.timedelta(days=7)):
        tasks.sweep_disclosures()
        assert PenaltyDisclosure.objects.filter(followup=unknown).exists(), "seven calendar days are never later than seven working days"
        assert not PenaltyDisclosure.objects.filter(followup=first).exists()
    with at(NOON + dt.timedelta(days=10)):
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
    shown = PenaltyDisclosure.objects.get(followup=first)
    assert (shown.number, shown.amount, shown.due_on, shown.on_time) == (first.decision_number, Decimal(500), first.disclose_by, True)
    assert (shown.subject_name, shown.penalty) == (first.case.subject.name, "罚款五百元，***********")
    assert queries.penalties(NOON.date()).count() == 3
    assert queries.penalties(shown.shown_until + dt.timedelta(days=1)).count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        PenaltyDisclosure.objects.filter(pk=shown.pk).update(penalty="另写")


@pytest.mark.parametrize(("with_the_unit", "shown_as"), [(4, "按数公示的对象"), (5, "金库")])
def test_a_penalty_of_a_category_published_as_counts_names_nobody(with_the_unit: int, shown_as: str) -> None:
    """Fewer than five are registered with the unit that is named: the category itself would tell. Those of other units do not hide them."""
    category = make.category("金库", publicity="counts")
    matter = make.matter(categories=[category])
    subject, *_rest = [make.subject(categories=[category], unit=matter.unit) for _ in range(with_the_unit)]
    for _ in range(5):
        make.subject(categories=[category], unit=make.unit())
    case = make.reviewed_case(make.case(make.drawn_draw(matter, winners=1, reserves=0, subjects=[subject])))
    followup = penalty(case)
    penalising.publish_penalty(actor=make.user(Role.CLERK, unit=case.unit), followup_id=followup.pk)
    shown = PenaltyDisclosure.objects.get()
    assert (shown.named, shown.subject_name, shown.number, shown.penalty) == (False, "", "", "")
    assert (shown.amount, shown.category_name) == (Decimal(500), shown_as)
