"""Review and release of a recorded case: who decides, what is refused, what the ledger keeps."""

import functools
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from inspections.cases import commands, queries
from inspections.cases.models import Assignment, Case, Review
from inspections.cases.states import CaseState, Decision
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.recorded import acknowledged, begun, members, refused, shown, signed, whole_draft

pytestmark = pytest.mark.django_db


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
