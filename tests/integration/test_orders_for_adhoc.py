"""The team of an ad-hoc case: asked for, approved, drawn by lot; and every refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.adhoc import commands as adhoc
from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import RequestState
from inspections.cases.invariants import cases as case_invariants
from inspections.cases.models import Case
from inspections.draws import commands, queries
from inspections.draws.invariants import draws as draw_invariants
from inspections.draws.roster import build
from inspections.draws.states import DrawState, Mode
from inspections.draws.verify import verify_bundle
from publicity.disclosures import commands as disclosing
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests.asking import refusal
from tests.offices import Bureau, by_the_script, fresh, members

pytestmark = pytest.mark.django_db


def test_an_approved_request_gets_its_team_by_lot_and_opens_an_adhoc_case(
    bureau: Bureau, time_machine: Any, tmp_path: Path
) -> None:
    order = bureau.hurried(time_machine, bureau.adhoc_order())
    assert (order.mode, order.plan_item, order.quotas, order.reserves) == (Mode.ADHOC, None, {"all": 1}, 0)
    assert order.plan.reference == f"{clock.now().year}-A001@1"
    case = Case.objects.get()
    assert (case.kind, case.subject, case.draw, case.unit) == ("adhoc", bureau.subjects[0], order, bureau.unit)
    assert members(case) == [(1, bureau.unit.pk), (2, bureau.unit.pk)]
    assert order.cells_hide_roster
    assert verify_bundle(queries.file_bodies(order)).matches
    said = by_the_script(order, tmp_path)
    assert said.returncode == 0, said.stdout
    assert list(draw_invariants()) == list(case_invariants()) == []
    make.reviewed_case(case, released=True)
    shown = disclosing.publish_case(actor=make.system(), case_id=case.pk).obj
    assert isinstance(shown, Disclosure)
    assert shown.plan_item_code == f"{clock.now().year}-A001"


def test_adhoc_cases_do_not_count_towards_the_caps(bureau: Bureau, time_machine: Any) -> None:
    bureau.hurried(time_machine, bureau.adhoc_order())
    roster = build(bureau.prepared(), clock.today())
    assert bureau.subjects[0].pk in {entry.subject_id for entry in roster.entries}


def test_a_request_gets_one_team_order_and_two_requests_do_not_wait_for_each_other(bureau: Bureau) -> None:
    first = bureau.adhoc_order()
    said = refusal(commands.prepare_adhoc, actor=bureau.clerk, request_id=first.request_id)
    assert "already draws the team" in said
    second = bureau.adhoc_order(subject_id=bureau.subjects[1].pk)
    for order in (first, second):
        commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=fresh(order).version)
        commands.approve_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert {fresh(order).state for order in (first, second)} == {DrawState.COMMITTED}


def test_an_attempt_on_an_excluded_subject_is_kept_and_leads_nowhere(bureau: Bureau) -> None:
    exclusion = make.exclusion(bureau.subjects[0])
    asked = bureau.asked()
    assert asked.state == RequestState.BARRED
    last = LedgerPayload.objects.filter(verb="inspections.ask_adhoc").latest("entry_id")
    assert exclusion.basis in json.loads(last.body)["note"]
    assert "out of scope" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=1)
    assert "approved request" in refusal(commands.prepare_adhoc, actor=bureau.clerk, request_id=asked.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        AdhocRequest.objects.filter(pk=asked.pk).update(state="submitted")
    with pytest.raises(IntegrityError), transaction.atomic():
        AdhocRequest.objects.filter(pk=asked.pk).delete()


def test_who_is_excluded_after_the_request_gets_no_team_at_any_step(bureau: Bureau) -> None:
    asked = bureau.asked()
    exclusion = make.exclusion(bureau.subjects[0])
    assert "out of scope" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=1)
    type(exclusion).objects.all().delete()
    adhoc.approve_adhoc(actor=bureau.supervisor, request_id=asked.pk, version=1)
    order = bureau.announced(commands.prepare_adhoc(actor=bureau.clerk, request_id=asked.pk).obj)  # type: ignore[arg-type]
    commands.submit_draw(actor=bureau.clerk, draw_id=order.pk, version=order.version)
    make.exclusion(bureau.subjects[0])
    said = refusal(commands.approve_draw, actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version)
    assert "lawfully out of scope by now" in said
    commands.return_draw(actor=bureau.supervisor, draw_id=order.pk, version=fresh(order).version, reason="已排除")
    order = bureau.announced(order)
    said = refusal(commands.submit_draw, actor=bureau.clerk, draw_id=order.pk, version=order.version)
    assert said.startswith("Nobody is in the roster")


@pytest.mark.parametrize(
    ("different", "says"),
    [
        ({"ground": "curiosity"}, "Choose a ground of the list"),
        ({"document_number": " "}, "has its document"),
        ({"explanation": ""}, "Explain why"),
        ({"matter_ids": []}, "at least one matter"),
        ({"subject_id": 0}, "no such subject"),
    ],
)
def test_a_request_without_its_ground_or_document_is_refused(bureau: Bureau, different: dict[str, Any], says: str) -> None:
    said = refusal(
        adhoc.ask_adhoc,
        actor=bureau.clerk,
        **{
            "subject_id": bureau.subjects[0].pk,
            "ground": "complaint",
            "document_number": "信1",
            "explanation": "反映",
            "matter_ids": [bureau.revision.pk],
        }
        | different,
    )
    assert says in said


def test_a_request_is_on_own_matters_that_concern_the_subject(bureau: Bureau) -> None:
    stranger = make.subject()
    typed: dict[str, Any] = {"ground": "clue", "document_number": "1", "explanation": "线索"}
    common = typed | {"matter_ids": [bureau.revision.pk]}
    assert "does not concern" in refusal(adhoc.ask_adhoc, actor=bureau.clerk, subject_id=stranger.pk, **common)
    said = refusal(adhoc.ask_adhoc, actor=bureau.other_clerk, subject_id=bureau.subjects[0].pk, **common)
    assert "your own unit" in said
    hidden = make.matter(unit=bureau.unit, categories=[bureau.category], published=False)
    said = refusal(adhoc.ask_adhoc, actor=bureau.clerk, subject_id=bureau.subjects[0].pk, matter_ids=[hidden.pk], **typed)
    assert "published edition" in said


def test_nobody_approves_what_they_asked_for(bureau: Bureau) -> None:
    both = make.user(Role.CLERK, Role.SUPERVISOR, unit=bureau.unit)
    bureau.clerk = both
    asked = bureau.asked()
    assert "another supervisor" in refusal(adhoc.approve_adhoc, actor=both, request_id=asked.pk, version=asked.version)
    adhoc.return_adhoc(actor=bureau.supervisor, request_id=asked.pk, version=asked.version, reason="依据不足")
    assert "refused" in refusal(adhoc.approve_adhoc, actor=bureau.supervisor, request_id=asked.pk, version=2)


def test_an_adhoc_case_left_without_a_team_gets_one_from_a_further_order(bureau: Bureau, time_machine: Any) -> None:
    Inspector.objects.update(most_open_cases=0)
    order = bureau.hurried(time_machine, bureau.adhoc_order())
    assert Case.objects.get().assignments.count() == 0
    Inspector.objects.update(most_open_cases=5)
    again = bureau.hurried(time_machine, bureau.announced(bureau.staffing(order)))
    assert (again.request, again.plan_item) == (order.request, None)
    assert Case.objects.get().assignments.count() == 2
