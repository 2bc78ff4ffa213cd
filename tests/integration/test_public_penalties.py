"""Penalty decisions in public: found, read, gone with a reason, and never told before."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inspections.followups.models import FollowUp
from inspections.followups.states import Kind
from publicity.disclosures.models import new_public_id
from publicity.disclosures.owed import PenaltyDisclosure
from registries import clock
from registries.people.roles import Role
from tests import factories, public_draws

pytestmark = pytest.mark.django_db


def penalty(**columns: Any) -> PenaltyDisclosure:
    """A disclosed penalty of a reviewed case."""
    case = factories.reviewed_case(factories.case())
    now, today = clock.now(), clock.today()
    followup = FollowUp.objects.create(
        case=case, kind=Kind.PENALTY, what="x", due_on=today, ordered_by=factories.user(Role.REVIEWER), ordered_at=now
    )
    named = {"subject_name": "沂源宏达典当行", "subject_code": "91370323MA3C0000X1", "number": "源公（治）罚决字〔2026〕3号", "penalty": "罚款"}
    values = {"named": True, **named, "unit_name": "治安大队", "decided_on": today, "amount": 500, "published_at": now}
    return PenaltyDisclosure.objects.create(followup=followup, **{**values, "shown_until": today + dt.timedelta(days=9), **columns})


def test_a_decision_is_found_and_leads_to_its_inspection(client: Client) -> None:
    shown = penalty()
    result = public_draws.disclosed(shown.followup.case)
    for asked in ("", "?q=宏达", "?q=91370323MA3C0000X1", "?q=〔2026〕3号"):
        assert f"/penalties/{shown.public_id}/" in client.get(f"/penalties/{asked}").content.decode(), asked
    page = client.get(f"/penalties/{shown.public_id}/").content.decode()
    assert "500元" in page
    assert "治安大队" in page
    assert f"/results/{result.public_id}/" in page


def test_what_is_not_found_says_so_and_keeps_what_was_typed(client: Client) -> None:
    assert "暂无行政处罚决定" in client.get("/penalties/").content.decode()
    page = client.get("/penalties/", {"q": "<b>没有"}).content.decode()
    assert "没有符合" in page
    assert 'value="&lt;b&gt;没有"' in page
    assert client.get("/penalties/", {"page": "999999999"}).status_code == 200


def test_a_decision_of_a_category_of_counts_names_nobody_and_no_inspection(client: Client) -> None:
    nothing = {"named": False, "subject_name": "", "subject_code": "", "number": "", "penalty": "", "category_name": "剧毒化学品"}
    shown = penalty(**nothing)
    result = public_draws.disclosed(shown.followup.case, named=False)
    page = client.get(f"/penalties/{shown.public_id}/").content.decode()
    assert "剧毒化学品" in page
    assert result.public_id not in page


def test_one_taken_down_or_over_its_term_answers_gone_with_the_reason(client: Client) -> None:
    today = clock.today()
    taken = penalty(removed_at=clock.now(), removed_because="处罚决定被撤销")
    over = penalty(shown_until=today - dt.timedelta(days=1))
    for one, why in ((taken, "处罚决定被撤销"), (over, "公示期满")):
        answer = client.get(f"/penalties/{one.public_id}/")
        assert answer.status_code == 410
        assert why in answer.content.decode()
        assert one.subject_name not in answer.content.decode()
        assert one.public_id not in client.get("/penalties/").content.decode()
    assert client.get(f"/penalties/{new_public_id()}/").status_code == 404
