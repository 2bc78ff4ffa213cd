"""The visit, its record and the signatures through their commands: what they change, refuse and leave in the ledger."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from inspections.cases import commands, queries
from inspections.cases.models import Record, RecordAnswer, Signature
from inspections.cases.rules import Draft, Line
from inspections.cases.states import CaseState
from registries import clock
from registries.inspectors.models import Certificate
from registries.ledger.models import LedgerEntry
from registries.ledger.queries import break_in_chain
from registries.people.roles import Role
from tests import factories as make
from tests.recorded import begun, last_entry, members, refused, shown, signed, to_sign, whole_draft

pytestmark = pytest.mark.django_db


# --- the visit and its record -----------------------------------------------------------------------------------------


def test_beginning_opens_an_empty_record() -> None:
    case, _first, _second = begun()
    record = case.records.get()
    assert case.state == CaseState.ON_SITE
    assert (record.result, record.inspected_on, record.findings, record.present) == (None, None, "", "")
    assert not record.answers.exists()
    assert last_entry()["verb"] == "inspections.begin_visit"
    assert ["inspections.record", record.pk] == last_entry()["also"][0][:2]


def test_a_visit_begins_with_its_notice_or_a_reason() -> None:
    case = make.case()
    leader = next(one.user for one in make.team_of(case) if one.user)
    assert "say why notice would defeat" in refused(lambda: commands.begin_visit(actor=leader, case_id=case.pk, no_notice=" "))
    case.refresh_from_db()
    assert case.state == CaseState.ASSIGNED


def test_nobody_but_the_team_touches_a_record() -> None:
    case, _first, _second = begun()
    stranger = make.inspector().user
    assert stranger is not None
    refused(lambda: commands.save_record(actor=stranger, case_id=case.pk, version=1, draft=Draft()))
    refused(lambda: commands.submit_record(actor=stranger, case_id=case.pk, version=1))
    refused(lambda: commands.take_back_record(actor=stranger, case_id=case.pk))
    refused(lambda: commands.sign_record(actor=stranger, case_id=case.pk, content_hash=""))
    refused(lambda: commands.begin_visit(actor=stranger, case_id=case.pk, no_notice="突击检查"))
    refused(lambda: commands.begin_visit(actor=stranger, case_id=999_999, no_notice="突击检查"))


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.PARTNER])
def test_other_roles_cannot_record(role: Role) -> None:
    case, _first, _second = begun()
    other = make.user(role, unit=case.unit)
    assert "role" in refused(lambda: commands.save_record(actor=other, case_id=case.pk, version=1, draft=Draft()))
    assert "role" in refused(lambda: commands.sign_record(actor=other, case_id=case.pk, content_hash=""))


def test_an_excluded_subject_is_not_visited_and_the_attempt_is_recorded() -> None:
    case = make.case()
    make.exclusion(case.subject)
    assert "out of scope" in refused(lambda: commands.begin_visit(actor=members(case)[0], case_id=case.pk, no_notice="突击检查"))
    assert not case.records.exists()
    assert last_entry()["case_id"] == case.pk


def test_an_expired_certificate_a_conflict_or_a_missing_colleague_stops_the_visit() -> None:
    expired = make.inspector(certified=False)
    make.certificate(expired, valid_until=dt.date(2021, 1, 1))
    case = make.case(team=[make.inspector(), expired])
    assert expired.name in refused(lambda: commands.begin_visit(actor=members(case)[0], case_id=case.pk, no_notice="突击检查"))
    alone = make.case(team=[make.inspector()])
    assert "two" in refused(lambda: commands.begin_visit(actor=members(alone)[0], case_id=alone.pk, no_notice="突击检查"))
    case = make.case()
    make.recusal(make.team_of(case)[1], case.subject)
    assert "conflict" in refused(lambda: commands.begin_visit(actor=members(case)[0], case_id=case.pk, no_notice="突击检查"))


def test_a_half_filled_record_is_kept() -> None:
    case, first, _second = begun()
    item = queries.items_of(case)[1]
    draft = Draft(present=" 经理王某 ", answers={item.pk: Line("", "门锁")})
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=draft)
    record = case.records.get()
    assert (record.present, record.saved_by, record.version) == ("经理王某", first, 2)
    assert list(record.answers.values_list("item", "answer", "remark")) == [(item.pk, "", "门锁")]
    assert last_entry()["after"]["answers"] == {str(item.pk): ["", "门锁"]}


def test_a_later_save_replaces_only_what_differs() -> None:
    case, first, second = begun()
    one, two, three = queries.items_of(case)
    answers = {one.pk: Line("yes"), two.pk: Line("no", "未登记")}
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=Draft(answers=answers))
    kept = RecordAnswer.objects.get(item=one).pk
    answers = {one.pk: Line("yes"), three.pk: Line("gap")}
    commands.save_record(actor=second, case_id=case.pk, version=2, draft=Draft(answers=answers))
    assert dict(RecordAnswer.objects.values_list("item", "answer")) == {one.pk: "yes", three.pk: "gap"}
    assert RecordAnswer.objects.get(item=one).pk == kept
    assert last_entry()["before"]["answers"] == {str(two.pk): ["no", "未登记"]}


def test_two_people_at_once_do_not_overwrite_each_other() -> None:
    case, first, second = begun()
    item = queries.items_of(case)[0]
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=Draft(answers={item.pk: Line("yes")}))
    again = Draft(answers={item.pk: Line("no", "另见")})
    reason = refused(lambda: commands.save_record(actor=second, case_id=case.pk, version=1, draft=again))
    assert first.name in reason
    assert RecordAnswer.objects.get(item=item).answer == "yes"
    commands.save_record(actor=second, case_id=case.pk, version=2, draft=again)
    assert RecordAnswer.objects.get(item=item).answer == "no"


def test_a_foreign_item_or_a_retired_code_is_refused_and_nothing_is_kept() -> None:
    case, first, _second = begun()
    foreign = queries.items_of(make.case())[0]
    item = queries.items_of(case)[0]
    draft = Draft(findings="问题", answers={item.pk: Line("yes"), foreign.pk: Line("yes")})
    refused(lambda: commands.save_record(actor=first, case_id=case.pk, version=1, draft=draft))
    retired = Draft(answers={item.pk: Line("yes")}, result_id=make.result("not-published").pk)
    refused(lambda: commands.save_record(actor=first, case_id=case.pk, version=1, draft=retired))
    record = case.records.get()
    assert (record.findings, record.version, record.answers.count()) == ("", 1, 0)


def test_only_a_complete_record_becomes_ready_to_sign() -> None:
    case, first, _second = begun()
    items = queries.items_of(case)
    partial = whole_draft(case, answers={items[0].pk: Line("yes")})
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=partial)
    assert "2 things" in refused(lambda: commands.submit_record(actor=first, case_id=case.pk, version=2))
    tomorrow = clock.today() + dt.timedelta(days=1)
    commands.save_record(actor=first, case_id=case.pk, version=2, draft=whole_draft(case, inspected_on=tomorrow))
    refused(lambda: commands.submit_record(actor=first, case_id=case.pk, version=3))
    commands.save_record(actor=first, case_id=case.pk, version=3, draft=whole_draft(case, present=""))
    refused(lambda: commands.submit_record(actor=first, case_id=case.pk, version=4))
    commands.save_record(actor=first, case_id=case.pk, version=4, draft=whole_draft(case))
    commands.submit_record(actor=first, case_id=case.pk, version=5)
    assert case.records.get().submitted_at is not None


def test_the_certificate_must_be_valid_on_the_day_of_the_visit_itself() -> None:
    case, first, _second = begun()
    yesterday = clock.today() - dt.timedelta(days=1)
    late = make.team_of(case)[1]
    Certificate.objects.filter(inspector=late).update(valid_until=yesterday)
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=whole_draft(case))
    assert late.name in refused(lambda: commands.submit_record(actor=first, case_id=case.pk, version=2))


def test_a_record_ready_to_sign_is_frozen_until_it_is_taken_back() -> None:
    case, first, second = to_sign()
    draft = whole_draft(case, present="别人")
    refused(lambda: commands.save_record(actor=second, case_id=case.pk, version=3, draft=draft))
    commands.take_back_record(actor=second, case_id=case.pk)
    commands.save_record(actor=second, case_id=case.pk, version=4, draft=draft)
    refused(lambda: commands.take_back_record(actor=first, case_id=case.pk))


def test_after_a_signature_nothing_is_taken_back() -> None:
    case, first, second = to_sign()
    commands.sign_record(actor=first, case_id=case.pk, content_hash=shown(case))
    assert "signed" in refused(lambda: commands.take_back_record(actor=second, case_id=case.pk))


# --- signing -----------------------------------------------------------------------------------------------------------


def test_the_last_signature_ends_the_inspection() -> None:
    case, first, second = to_sign()
    content = shown(case)
    commands.sign_record(actor=second, case_id=case.pk, content_hash=content)
    case.refresh_from_db()
    assert (case.state, case.ended_on) == (CaseState.ON_SITE, None)
    commands.sign_record(actor=first, case_id=case.pk, content_hash=content)
    case.refresh_from_db()
    record = case.records.get()
    assert (case.state, case.ended_on) == (CaseState.RECORDED, record.inspected_on)
    assert record.signed_at is not None
    assert set(record.signatures.values_list("content_hash", flat=True)) == {content}
    assert [entry[0] for entry in last_entry()["also"]] == ["inspections.record", "inspections.case"]
    assert break_in_chain() is None


def test_nobody_signs_twice_nor_what_they_were_not_shown() -> None:
    case, first, _second = to_sign()
    assert "changed" in refused(lambda: commands.sign_record(actor=first, case_id=case.pk, content_hash="0" * 64))
    commands.sign_record(actor=first, case_id=case.pk, content_hash=shown(case))
    assert "already" in refused(lambda: commands.sign_record(actor=first, case_id=case.pk, content_hash=shown(case)))
    assert Signature.objects.count() == 1
    case = begun()[0]
    refused(lambda: commands.sign_record(actor=members(case)[0], case_id=case.pk, content_hash=shown(case)))


def test_a_failure_at_the_last_signature_leaves_no_half(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, second = to_sign()
    commands.sign_record(actor=first, case_id=case.pk, content_hash=shown(case))
    entries = LedgerEntry.objects.count()
    monkeypatch.setattr(commands, "alter", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        commands.sign_record(actor=second, case_id=case.pk, content_hash=shown(case))
    case.refresh_from_db()
    assert case.state == CaseState.ON_SITE
    assert Signature.objects.count() == 1
    assert LedgerEntry.objects.count() == entries


def test_the_database_keeps_a_signed_record_as_it_is() -> None:
    case = signed()
    record = case.records.get()
    for change in (
        lambda: Record.objects.filter(pk=record.pk).update(findings="另写"),
        lambda: RecordAnswer.objects.filter(record=record).update(answer="no"),
        lambda: RecordAnswer.objects.filter(record=record).delete(),
        lambda: Signature.objects.filter(record=record).update(content_hash="0" * 64),
        lambda: Signature.objects.filter(record=record).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    refused(lambda: commands.save_record(actor=members(case)[0], case_id=case.pk, version=9, draft=Draft()))
