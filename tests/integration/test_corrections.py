"""Corrections, updates and withdrawals: proposed by one, approved by another, nothing silently; and the term on line."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from inspections.followups.models import FollowUp
from publicity.corrections import proposing, queries, tasks
from publicity.corrections.models import Proposal
from publicity.disclosures.models import Disclosure, DisclosureVersion, Removal
from registries import clock
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests import factories, objected
from tests.asking import refusal, signed_in
from tests.objected import clerk_of, correction, published, supervisor, taken

pytestmark = pytest.mark.django_db


def approve(row: Proposal, actor: User | None = None) -> Disclosure:
    proposing.approve_proposal(actor=actor or supervisor(), proposal_id=row.pk, version=row.version)
    return Disclosure.objects.get(pk=row.disclosure_id)


def withdrawal(result: Disclosure, **different: Any) -> Proposal:
    said: dict[str, Any] = {"version": result.version, "event_on": clock.today(), "basis": "行政处罚法第四十八条", "explanation": "处罚决定被撤销。"} | different
    proposing.propose_withdrawal(actor=clerk_of(result), disclosure_id=result.pk, **said)
    return Proposal.objects.latest("pk")


def test_a_correction_is_a_new_version_and_the_old_one_stays() -> None:
    result = published()
    row = correction(result)
    assert Disclosure.objects.get(pk=result.pk).findings == "未登记3人次"
    shown = approve(row)
    assert (shown.version, shown.findings, shown.public_id) == (2, "未登记2人次", result.public_id)
    first, second = shown.versions.order_by("number")
    assert (first.findings, second.findings) == ("未登记3人次", "未登记2人次")
    assert (second.because, second.explanation) == ("error", "人次统计有误。")
    page = Client().get(reverse("public-corrections")).content.decode()
    for told in ("未登记3人次", "未登记2人次", "人次统计有误。", result.subject_name):
        assert told in page


def test_a_result_code_brings_its_label_and_group() -> None:
    shown = approve(correction(published(), values={"result_code": "problem-corrected"}))
    code = factories.result("problem-corrected")
    assert (shown.result_code, shown.result_label, shown.result_group) == (code.code, code.label, code.group)


@pytest.mark.parametrize(
    "values",
    [
        {"matters": "[]"},
        {"named": "True"},
        {"draw_number": "x"},
        {"findings": "未登记3人次"},
        {"result_code": "no-such"},
        {"subject_name": " "},
        {"inspectors_count": "0"},
        {"inspected_on": "2999-01-01"},
        {"unit_name": "x" * 81},
        {"unit_name": "电话13805331234"},
    ],
)
def test_what_is_not_on_the_list_or_impossible_or_the_same_is_refused(values: dict[str, str]) -> None:
    result = published()
    with pytest.raises(Refused):
        correction(result, values=values)
    assert not Proposal.objects.exists()


def test_numbers_of_persons_come_in_neither_by_the_text_nor_by_the_reason() -> None:
    result = published()
    shown = approve(correction(result, values={"findings": "王某13805331234未登记"}))
    assert "1380533" not in shown.findings
    with pytest.raises(Refused, match="phone"):
        correction(shown, values={"findings": "另写"}, explanation="详询13805331234")


def test_of_a_natural_person_the_name_stays_masked() -> None:
    result = published()
    Subject.objects.filter(pk=result.case.subject_id).update(kind=Subject.Kind.PERSON, name="张三丰", uscc=None)
    shown = approve(correction(result, values={"subject_name": "章三丰"}))
    assert shown.subject_name == "章＊＊"
    with pytest.raises(Refused):
        correction(shown, values={"subject_code": "91350100M000100Y43"})


def test_a_wrong_record_stays_and_the_correction_says_so() -> None:
    shown = approve(correction(published(), record_wrong=True))
    assert shown.versions.get(number=2).explanation == "人次统计有误。" + proposing.RECORD_STANDS
    assert shown.case.records.get().findings == "未登记3人次"


def test_nobody_approves_their_own_or_that_of_a_case_they_had_a_part_in() -> None:
    result = published()
    both = factories.user(Role.CLERK, Role.SUPERVISOR, unit=result.case.unit)
    row = correction(result, both)
    assert "another supervisor" in refusal(proposing.approve_proposal, actor=both, proposal_id=row.pk, version=row.version)
    reviewer = result.case.reviews.get().reviewer
    reviewer.groups.set(supervisor().groups.all())
    insider = User.objects.get(pk=reviewer.pk)
    assert "had no part" in refusal(proposing.approve_proposal, actor=insider, proposal_id=row.pk, version=row.version)
    for person in (both, insider):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=row.pk).update(state="approved", decided_by=person, decided_at=clock.now())
    Proposal.objects.filter(pk=row.pk).update(state="approved", decided_by=supervisor(), decided_at=clock.now())


def test_two_approve_at_once_and_there_is_one_version() -> None:
    row = correction(published())
    approve(row)
    assert "decided already" in refusal(proposing.approve_proposal, actor=supervisor(), proposal_id=row.pk, version=row.version)
    assert DisclosureVersion.objects.filter(disclosure=row.disclosure).count() == 2


def test_one_change_waits_at_a_time_and_a_returned_one_makes_room() -> None:
    result = published()
    row = correction(result)
    with pytest.raises(Refused, match="waits for approval"):
        correction(result)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=row.pk).update(explanation="另一个")
    proposing.return_proposal(actor=supervisor(), proposal_id=row.pk, version=row.version, reason="请附依据。")
    assert Disclosure.objects.get(pk=result.pk).version == 1
    correction(result)


def test_a_version_that_was_changed_meanwhile_is_not_written_over() -> None:
    result = published()
    approve(correction(result))
    with pytest.raises(Refused, match="changed meanwhile"):
        correction(result)


def test_a_correction_after_an_objection_answers_it_with_the_approval() -> None:
    row, handler = taken()
    result = row.disclosure
    said = {"objection_id": row.pk, "objection_version": row.version, "findings": "核对登记簿。", "answer": "更正为2人次。"}
    with pytest.raises(Refused, match="else is handling"):
        correction(result, objected.reviewer(), **said)
    made = correction(result, handler, **said)
    row.refresh_from_db()
    assert (row.state, row.document, made.because) == ("proposed", None, "objection")
    proposing.return_proposal(actor=supervisor(), proposal_id=made.pk, version=made.version, reason="再核。")
    row.refresh_from_db()
    assert row.state == "taken"
    approve(correction(result, handler, **(said | {"objection_version": row.version})))
    row.refresh_from_db()
    assert row.document is not None
    assert (row.state, row.answer) == ("corrected", "更正为2人次。")
    assert result.versions.get(number=2).because == "objection"


def test_the_handler_proposes_on_the_page_the_column_and_the_answer_apart() -> None:
    row, handler = taken()
    result = row.disclosure
    client = signed_in(handler)
    address = f"{reverse('result-correct', args=[result.public_id])}?objection={row.pk}"
    form = client.get(address).context["form"]
    typed = {field.name: field.value() or "" for field in form} | {"inspected_on": result.inspected_on.isoformat(), "record_wrong": ""}
    typed |= {"findings": "未登记2人次", "explanation": "人次统计有误。", "examined": "核对登记簿。", "answer": "更正为2人次。"}
    response = client.post(address, typed)
    assert response.status_code == 302, response.context["form"].errors
    row.refresh_from_db()
    assert (row.state, row.findings, row.proposals.get().values) == ("proposed", "核对登记簿。", {"findings": "未登记2人次"})


def test_a_withdrawal_has_its_day_and_leaves_the_reason() -> None:
    factories.holidays(2026)
    with time_machine.travel(dt.datetime(2026, 11, 4, 4, tzinfo=dt.UTC)):
        result = published()
        row = withdrawal(result)
        assert (row.due_on, row.by_calendar) == (dt.date(2026, 11, 9), False)
        assert result.versions.count() == 1
        shown = approve(row)
        assert queries.figures(clock.today())[4:] == (1, 0)
    assert shown.removed_at is not None
    removal = Removal.objects.get()
    assert (removal.because, removal.basis, removal.explanation) == ("withdrawn", "行政处罚法第四十八条", "处罚决定被撤销。")
    page = Client().get(reverse("public-corrections")).content.decode()
    assert "处罚决定被撤销。" in page
    assert result.subject_name not in page


def test_a_late_withdrawal_is_counted_in_public() -> None:
    with time_machine.travel(dt.datetime(2026, 11, 4, 4, tzinfo=dt.UTC)):
        row = withdrawal(published())
    with time_machine.travel(dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC)):
        approve(row)
        assert queries.figures(clock.today())[4:] == (1, 1)


def test_a_withdrawal_has_a_basis_and_an_event_that_was() -> None:
    result = published()
    for different in ({"basis": " "}, {"event_on": clock.today() + dt.timedelta(days=1)}, {"event_on": clock.today() - dt.timedelta(days=9)}):
        with pytest.raises(Refused):
            withdrawal(result, **different)


def test_versions_of_a_withdrawn_result_tell_no_column_any_more() -> None:
    shown = approve(correction(published()))
    approve(withdrawal(shown))
    page = Client().get(reverse("public-corrections")).content.decode()
    assert "未登记" not in page
    assert shown.subject_name not in page


def test_a_result_goes_down_the_day_after_its_last_one() -> None:
    result = published()
    noon = dt.datetime.combine(result.shown_until, dt.time(4), tzinfo=dt.UTC)
    with time_machine.travel(noon):
        tasks.sweep_terms()
        assert not Removal.objects.exists()
    with time_machine.travel(noon + dt.timedelta(days=1)):
        tasks.sweep_terms()
        tasks.sweep_terms()
    assert Removal.objects.get().because == "term"
    assert Disclosure.objects.get(pk=result.pk).removed_at is not None
    assert result.subject_name not in Client().get(reverse("public-corrections")).content.decode()


def test_an_update_is_offered_when_a_follow_up_was_settled() -> None:
    result = published()
    clerk = clerk_of(result)
    assert not queries.followed_since(clerk).exists()
    now = clock.now() + dt.timedelta(minutes=1)
    FollowUp.objects.create(
        case=result.case, kind="penalty", what="立案", due_on=clock.today(), ordered_by=objected.reviewer(), ordered_at=now,
        state="done", decision_number="1号", decision_on=clock.today(), settled_at=now,
    )  # fmt: skip
    assert list(queries.followed_since(clerk)) == [result]
    client = signed_in(clerk)
    assert "?because=followed" in client.get("/office/").content.decode()
    assert "?because=followed" in client.get(reverse("case-page", args=[result.case.number])).content.decode()
    address = f"{reverse('result-correct', args=[result.public_id])}?because=followed"
    typed = client.get(address).context["form"].initial
    columns = {name: getattr(result, name) for name in ("subject_name", "subject_code", "town_name", "category_name", "unit_name", "inspectors_count")}
    data = {
        **typed, **columns, "inspected_on": result.inspected_on.isoformat(), "result_code": "problem-corrected", "disposal_label": "行政处罚",
        "findings": result.findings, "because": "followed", "explanation": "处罚已决定。",
    }  # fmt: skip
    response = client.post(address, data)
    assert response.status_code == 302, response.context["form"].errors
    row = Proposal.objects.get()
    assert (row.because, set(row.values)) == ("followed", {"result_code", "result_label", "result_group", "disposal_label"})
    with time_machine.travel(now + dt.timedelta(minutes=1)):
        approve(row)
        assert not queries.followed_since(clerk).exists()


def test_the_supervisor_sees_before_and_after_and_decides_in_the_admin() -> None:
    row = correction(published())
    client = signed_in(supervisor())
    address = reverse("admin:publicity_proposal_decide", args=[row.pk])
    page = client.get(address).content.decode()
    assert "未登记3人次" in page
    assert "未登记2人次" in page
    assert client.post(address, {"version": row.version, "approve": "1"}).status_code == 302
    assert Disclosure.objects.get(pk=row.disclosure_id).version == 2


def test_the_list_of_corrections_asks_little_however_many_there_are(django_assert_max_num_queries: Any) -> None:
    for _n in range(3):
        approve(correction(published()))
    with django_assert_max_num_queries(15):
        Client().get(reverse("public-corrections"))
