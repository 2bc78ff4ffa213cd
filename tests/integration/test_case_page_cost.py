"""What the page of one case costs when everything that can happen to a case has happened to this one: fifteen queries and the heartbeat, whoever looks."""

import datetime as dt
from typing import Any

import pytest

from inspections.cases import queries, tasks
from inspections.cases.evidence import Acknowledgement, Photo
from inspections.cases.models import Case, Replacement, Review
from inspections.cases.secrecy import SecrecyCheck
from inspections.cases.states import CaseState, PhotoKind
from inspections.followups.models import FollowUp
from inspections.papers.models import DocumentNumber, Letter, Notice
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests.asking import signed_in

pytestmark = pytest.mark.django_db


def joint_case() -> Case:
    """One visit for two draws of two units, on four matters that ask for the check before disclosure."""
    kinds = [make.category("旅馆业"), make.category("上网服务场所")]
    units = [make.unit(), make.unit()]
    matters = [make.matter(unit=unit, categories=[kind], secrecy_check=True, items=3) for unit, kind in zip(units, kinds, strict=True)]
    beside = [make.matter(unit=unit, categories=[kinds[0]], secrecy_check=True, items=3) for unit in units]
    make.edition(*matters, *beside)
    hotel = make.subject("沂河宾馆", categories=kinds, unit=units[0])
    draws = [make.drawn_draw(one, winners=1, reserves=0, subjects=[hotel], unit=one.unit) for one in matters]
    for draw, more in zip(draws, beside, strict=True):
        draw.joint_matters.set([more])
        tasks.open_cases(draw.pk)
    return Case.objects.get(draw=draws[0])


def number(case: Case, kind: str, serial: int, by: User, **columns: Any) -> DocumentNumber:
    """A document number of a case."""
    return DocumentNumber.objects.create(
        unit=case.unit, word="源公", kind=kind, year=2026, serial=serial, text=f"源公{kind}〔2026〕{serial}号", case=case, taken_by=by,
        taken_at=clock.now(), **columns,
    )  # fmt: skip


def with_papers(case: Case, by: User) -> None:
    """A void notice and one that was handed over; a rectification by letter and a transfer."""
    now, today = clock.now(), clock.today()
    for serial, more in enumerate(({"voided_at": now, "voided_by": by, "void_because": "错字"}, {}), 1):
        Notice.objects.create(
            number=number(case, "notice", serial, by, **more), case=case, token=f"{serial}", token_digest=f"{serial:064d}", facts_digest="0" * 64,
            first_day=today, last_day=today, service="in-person", served_on=today, served_by=by, served_at=now,
        )  # fmt: skip
    letter = Letter.objects.create(number=number(case, "rectification", 1, by), case=case, facts_digest="0" * 64)
    FollowUp.objects.create(case=case, kind="rectification", what="补齐登记", number=letter.number.text, letter=letter, due_on=today, ordered_by=by, ordered_at=now)
    FollowUp.objects.create(case=case, kind="transfer", what="移送", addressee="市场监管局", due_on=today + dt.timedelta(days=3), ordered_by=by, ordered_at=now)


def with_everything(case: Case) -> None:
    """Two rounds, the first returned; photos, one withdrawn; the inspected person's side; replacements; a check that kept it back."""
    now, clerk = clock.now(), make.user(Role.CLERK, unit=case.unit)
    returned = make.record(case, signed=4)
    Review.objects.create(case=case, record=returned, reviewer=make.user(Role.REVIEWER), decision="return", remark="补充", reviewed_at=now)
    make.reviewed_case(case, result=make.result("problem-pending"))
    record = queries.rounds(case)[-1]
    lead, second = queries.team(case)[:2]
    assert second.inspector.user is not None
    Acknowledgement.objects.create(record=record, kind="absent", witness="李某", content_hash="0" * 64, noted_by=clerk, noted_at=now)
    for n, item in enumerate(queries.items_of(case)):
        gone = {"withdrawn_at": now, "withdrawn_by": clerk} if n == 0 else {}
        Photo.objects.create(
            case=case, round=1, item=item, kind=PhotoKind.PHOTO, content_type="image/jpeg", size=1, sent_sha256=f"{n:064d}", sha256=f"{n:064d}",
            kept_by=second.inspector.user, kept_at=now, **gone,
        )  # fmt: skip
    for place in (lead, second):
        Replacement.objects.create(
            case=case, kind="inspector", assignment=place, reason="absent", explanation="出差", evidence="通知", evidence_digest="0" * 64,
            asked_by=clerk, asked_at=now, state="refused", decided_by=make.user(Role.SUPERVISOR), decided_at=now, refused_because="另行安排",
        )  # fmt: skip
    SecrecyCheck.objects.create(case=case, record=record, cleared=False, remark="涉密", checked_by=make.user(Role.SUPERVISOR), checked_at=now)
    with_papers(case, clerk)


def test_the_page_of_the_most_eventful_case_asks_fifteen_questions_and_the_heartbeat(django_assert_max_num_queries: Any) -> None:
    case = joint_case()
    with_everything(case)
    partner = Case.objects.get(joined_to=case).unit
    officer = queries.team(case)[-1].inspector.user
    lead = queries.team(case)[0].inspector.user
    assert officer is not None
    assert lead is not None
    people: dict[str, User] = {role: make.user(role, unit=case.unit) for role in (Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR)}
    seen = {**people, "inspector": lead, "a partner's officer": officer, "a partner's clerk": make.user(Role.CLERK, unit=partner)}
    for state in (CaseState.REVIEWED, CaseState.RECORDED, CaseState.ON_SITE):
        Case.objects.filter(pk=case.pk).update(state=state)
        for who, person in seen.items():
            client = signed_in(person)
            with django_assert_max_num_queries(16, info=f"{who}, {state}"):  # one of them the timer's heartbeat, which every page of the office asks for
                assert client.get(f"/office/cases/{case.number}/").status_code == 200
