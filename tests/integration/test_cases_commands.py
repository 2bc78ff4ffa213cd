"""The commands of cases: what they change, what they refuse, what they leave in the ledger."""

import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from inspections.cases import awaiting, commands, opening, queries, rules, visiting
from inspections.cases.models import Assignment, Case, Record, RecordAnswer, Review, Signature
from inspections.cases.rules import Draft, Line
from inspections.cases.states import CaseState, Decision
from inspections.cases.tasks import open_cases, sweep_cases
from inspections.draws.models import Draw
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Certificate
from registries.ledger.change import Refused
from registries.ledger.models import LedgerEntry, LedgerPayload, RefusalTally
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


def last_entry() -> dict[str, Any]:
    """What the newest ledger entry says."""
    payload = LedgerPayload.objects.order_by("-entry_id")[0]
    body: dict[str, Any] = json.loads(payload.body)
    return body


def members(case: Case) -> list[User]:
    """The accounts of the team, the leader's first."""
    return [one.user for one in make.team_of(case) if one.user]


def whole_draft(case: Case, **changes: Any) -> Draft:
    """A complete, clean draft of today."""
    lines = {item.pk: Line("yes") for item in queries.items_of(case)}
    values: dict[str, Any] = {"result_id": make.result().pk, "present": "经理王某", "answers": lines, **changes}
    return Draft(**{"inspected_on": clock.today(), **values})


def begun() -> tuple[Case, User, User]:
    """A case whose visit has begun, and its two inspectors."""
    case = make.case()
    first, second = members(case)
    commands.begin_visit(actor=first, case_id=case.pk, no_notice="突击检查")
    case.refresh_from_db()
    return case, first, second


def to_sign() -> tuple[Case, User, User]:
    """A case whose record is ready to sign."""
    case, first, second = begun()
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=whole_draft(case))
    commands.submit_record(actor=first, case_id=case.pk, version=2)
    acknowledged(case)
    return case, first, second


def acknowledged(case: Case) -> None:
    """The inspected person's side of what stands there, noted by the leader: refused, with a witness."""
    visiting.acknowledge_record(
        actor=members(case)[0], case_id=case.pk, content_hash=shown(case), kind="refused", witness="社区网格员李某"
    )


def shown(case: Case) -> str:
    """The fingerprint of what the signing page shows."""
    record = queries.last_record(case)
    assert record is not None
    return rules.fingerprint(queries.content_of(record))


def signed() -> Case:
    """A case signed by both."""
    case, first, second = to_sign()
    for actor in (first, second):
        commands.sign_record(actor=actor, case_id=case.pk, content_hash=shown(case))
    case.refresh_from_db()
    return case


def gathered() -> int:
    """How many refusals the ledger knows of, written or counted."""
    return RefusalTally.objects.aggregate(sum=Sum("count"))["sum"] or 0


def refused(call: Callable[[], object]) -> str:
    """Run what must be refused; returns the reason and asserts that the refusal is recorded, and nothing else."""
    before, entries = gathered(), LedgerEntry.objects.count()
    with pytest.raises(Refused) as caught:
        call()
    assert gathered() == before + 1
    assert LedgerEntry.objects.count() <= entries + 1
    return caught.value.reason


# --- opening ---------------------------------------------------------------------------------------------------------


def test_every_winner_gets_one_case_with_its_matters_and_its_team() -> None:
    unit = make.unit()
    joint, partners = make.matter(unit=unit), make.matter()
    draw = make.drawn_draw(make.matter(unit=unit), winners=3, reserves=2, joint=[joint, partners])
    commands.open_cases(actor=make.system(), draw_id=draw.pk)
    cases = list(Case.objects.filter(draw=draw).order_by("number"))
    assert len(cases) == 3
    assert {case.drawn.kind for case in cases if case.drawn} == {"W"}
    for case in cases:
        assert case.drawn is not None
        assert case.subject == case.drawn.entry.subject
        assert case.state == CaseState.ASSIGNED
        assert [one.revision for one in case.matters.order_by("position")] == [draw.matter, joint]
        drawn_team = [place.inspector.inspector for place in case.drawn.team.order_by("position")]
        assert make.team_of(case) == drawn_team
    assert last_entry()["after"]["cases"] == [case.number for case in cases]


def test_case_numbers_have_no_gaps_over_draws() -> None:
    year = clock.now().year
    for winners in (2, 1, 3):
        commands.open_cases(actor=make.system(), draw_id=make.drawn_draw(winners=winners).pk)
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"AJ-{settings.DIVISION_CODE}-{year}-{n:04d}" for n in range(1, 7)]


def test_opening_twice_opens_nothing_more() -> None:
    draw = make.drawn_draw(winners=2)
    for _twice in range(2):
        open_cases(draw.pk)
        sweep_cases()
    assert Case.objects.filter(draw=draw).count() == 2
    assert LedgerPayload.objects.filter(verb="inspections.open_cases").count() == 1
    assert "already" in refused(lambda: commands.open_cases(actor=make.system(), draw_id=draw.pk))


def test_a_winner_without_a_team_still_gets_its_case() -> None:
    draw = make.drawn_draw(winners=2, teams=[[make.inspector(), make.inspector()], []])
    open_cases(draw.pk)
    assert sorted(len(make.team_of(case)) for case in Case.objects.filter(draw=draw)) == [0, 2]


def test_the_sweep_opens_what_a_lost_message_left_and_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = make.drawn_draw(), make.drawn_draw()
    real = opening.open_cases_for

    def fails(draw: Draw, now: dt.datetime) -> Any:
        if draw.pk == broken.pk:
            raise RuntimeError
        return real(draw, now)

    monkeypatch.setattr(opening, "open_cases_for", fails)
    sweep_cases()
    assert not Case.objects.filter(draw=broken).exists()
    assert Case.objects.filter(draw=fine).count() == 2
    monkeypatch.undo()
    sweep_cases()
    assert Case.objects.filter(draw=broken).count() == 2


def test_a_draw_that_is_not_drawn_opens_nothing() -> None:
    draw = make.draw()
    refused(lambda: commands.open_cases(actor=make.system(), draw_id=draw.pk))
    assert not awaiting.draws_awaiting_cases().exists()


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


# --- review ------------------------------------------------------------------------------------------------------------


def review(case: Case, reviewer: User, decision: str, remark: str = "") -> None:
    """Decide on the version that stands."""
    case.refresh_from_db()
    commands.review_case(actor=reviewer, case_id=case.pk, version=case.version, decision=decision, remark=remark)


def test_an_accepted_record_makes_the_case_reviewed() -> None:
    case, reviewer = signed(), make.user(Role.REVIEWER)
    review(case, reviewer, Decision.ACCEPT)
    case.refresh_from_db()
    assert case.state == CaseState.REVIEWED
    assert case.reviewed_at is not None
    assert case.reviews.get().reviewer == reviewer
    refused(lambda: review(case, make.user(Role.REVIEWER), Decision.ACCEPT))


def test_a_return_says_why_and_begins_a_next_round_with_the_teams_own_answers() -> None:
    case, reviewer = signed(), make.user(Role.REVIEWER)
    assert "Say what" in refused(lambda: review(case, reviewer, Decision.RETURN, "  "))
    review(case, reviewer, Decision.RETURN, "第2项请补充说明")
    case.refresh_from_db()
    first, second = case.records.order_by("round")
    assert case.state == CaseState.ON_SITE
    assert case.ended_on == first.inspected_on
    assert (second.round, second.submitted_at, second.signed_at, second.result) == (2, None, None, first.result)
    assert queries.draft_of(second) == queries.draft_of(first)
    assert first.signed_at is not None
    assert second.signatures.count() == 0
    leader = members(case)[0]
    commands.submit_record(actor=leader, case_id=case.pk, version=1)
    acknowledged(case)
    for actor in members(case):
        commands.sign_record(actor=actor, case_id=case.pk, content_hash=shown(case))
    review(case, reviewer, Decision.ACCEPT)
    assert list(case.reviews.order_by("pk").values_list("decision", flat=True)) == ["return", "accept"]


def test_a_reviewer_never_decides_on_an_own_case() -> None:
    both = make.user(Role.INSPECTOR, Role.REVIEWER)
    own = make.inspector(user=both)
    case = make.recorded_case(make.case(team=[own, make.inspector()]))
    assert "another reviewer" in refused(lambda: review(case, both, Decision.ACCEPT))
    Assignment.objects.filter(case=case, inspector=own).update(ended_at=clock.now(), ended_because="leave")
    refused(lambda: review(case, both, Decision.ACCEPT))
    assert not Review.objects.exists()


def test_the_database_refuses_an_own_review_too() -> None:
    both = make.user(Role.INSPECTOR, Role.REVIEWER)
    case = make.recorded_case(make.case(team=[make.inspector(user=both), make.inspector()]))
    values = (case.pk, case.records.get().pk, both.pk, "accept", "", clock.now())
    statement = (
        "INSERT INTO inspections_review (case_id, record_id, reviewer_id, decision, remark, reviewed_at) "
        "VALUES (%s, %s, %s, %s, %s, %s)"
    )
    with pytest.raises(IntegrityError, match="never reviews"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_decision_on_an_old_page_is_refused() -> None:
    case, reviewer = signed(), make.user(Role.REVIEWER)
    old = case.version
    review(case, reviewer, Decision.RETURN, "补充")
    commands.submit_record(actor=members(case)[0], case_id=case.pk, version=1)
    acknowledged(case)
    for actor in members(case):
        commands.sign_record(actor=actor, case_id=case.pk, content_hash=shown(case))
    reason = refused(lambda: commands.review_case(actor=reviewer, case_id=case.pk, version=old, decision=Decision.ACCEPT))
    assert "changed" in reason


def test_only_reviewers_review_and_only_recorded_cases() -> None:
    case = signed()
    for person in map(make.user, (Role.CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.INSPECTOR)):
        assert "role" in refused(functools.partial(review, case, person, Decision.ACCEPT))
    assert "not waiting" in refused(lambda: review(make.case(), make.user(Role.REVIEWER), Decision.ACCEPT))


# --- release -----------------------------------------------------------------------------------------------------------


def test_the_units_clerk_releases_a_reviewed_case_once(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, kwargs: rung.append((name, kwargs)))
    case = make.reviewed_case()
    clerk = make.user(Role.CLERK, unit=case.unit)
    with django_capture_on_commit_callbacks(execute=True):
        commands.release_case(actor=clerk, case_id=case.pk)
    case.refresh_from_db()
    assert case.released_at is not None
    assert rung == [("publicity.publish_case", {"case_id": case.pk})]
    assert "already" in refused(lambda: commands.release_case(actor=clerk, case_id=case.pk))


def test_nobody_else_releases_and_nothing_unreviewed_is_released() -> None:
    case = make.reviewed_case()
    other = make.user(Role.CLERK, unit=make.unit())
    assert "no such case" in refused(lambda: commands.release_case(actor=other, case_id=case.pk))
    assert "role" in refused(lambda: commands.release_case(actor=make.user(Role.REVIEWER), case_id=case.pk))
    recorded = make.recorded_case()
    clerk = make.user(Role.CLERK, unit=recorded.unit)
    assert "reviewed" in refused(lambda: commands.release_case(actor=clerk, case_id=recorded.pk))


def test_the_disposal_is_a_code_of_its_own_table() -> None:
    case, first, _second = begun()
    disposal = Code.objects.get(table=CodeTable.DISPOSAL, code="ordered")
    wrong = whole_draft(case, result_id=disposal.pk)
    refused(lambda: commands.save_record(actor=first, case_id=case.pk, version=1, draft=wrong))
    right = whole_draft(case, result_id=make.result("problem-corrected").pk, findings="未登记", disposal_id=disposal.pk)
    commands.save_record(actor=first, case_id=case.pk, version=1, draft=right)
    commands.submit_record(actor=first, case_id=case.pk, version=2)
    assert case.records.get().disposal == disposal
