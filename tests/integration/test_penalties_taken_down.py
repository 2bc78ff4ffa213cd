"""A disclosed penalty that was annulled: who takes it down, what stays at its address, where it is told, how long it took."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inspections.followups.models import FollowUp
from publicity.corrections import annulling, queries
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.opendata import results
from registries import clock
from registries.ledger.change import Refused
from registries.people.models import User
from registries.people.roles import Role
from tests import factories
from tests.asking import signed_in
from tests.integration.test_public_penalties import penalty
from tests.objected import supervisor

pytestmark = pytest.mark.django_db

SAID = {"number": "源复决字〔2026〕1号", "basis": "行政复议法第六十四条", "explanation": "处罚决定经复议撤销。"}


def take_down(shown: PenaltyDisclosure, actor: User | None = None, **different: Any) -> PenaltyDisclosure:
    said: dict[str, Any] = {**SAID, "annulled_on": clock.today(), **different}
    annulling.take_down_penalty(actor=actor or supervisor(), penalty_id=shown.pk, **said)
    shown.refresh_from_db()
    return shown


def test_it_goes_at_once_and_the_notice_names_the_document(client: Client) -> None:
    shown = penalty()
    FollowUp.objects.filter(pk=shown.followup_id).update(
        state="done", decision_number=shown.number, decision=shown.penalty, decision_on=shown.decided_on, settled_at=clock.now()
    )
    page = f"/penalties/{shown.public_id}/"
    assert client.get(page).status_code == 200
    boss = signed_in(supervisor())
    office = f"/office/penalties/{shown.public_id}/take-down/"
    assert office in boss.get(f"/office/cases/{shown.followup.case.number}/").content.decode()
    assert shown.public_id in boss.get(office).content.decode()
    assert boss.post(office, {**SAID, "annulled_on": ""}).status_code == 422
    assert boss.post(office, {**SAID, "annulled_on": clock.today().isoformat()}).status_code == 302
    gone = client.get(page)
    told = gone.content.decode()
    assert gone.status_code == 410
    for said in (*SAID.values(), clock.today().isoformat()):
        assert said in told, said
    assert shown.subject_name not in told
    assert shown.public_id not in client.get("/penalties/").content.decode()
    for address in ("/corrections/", "/feeds/corrections.atom", "/api/v1/corrections?what=annulled"):
        listed = client.get(address).content.decode()
        assert shown.public_id[:12] in listed, address
        assert SAID["explanation"] in listed, address
        assert shown.subject_name not in listed, address
    assert boss.get(office).status_code == 404


def test_three_working_days_are_counted_and_a_late_one_is_told() -> None:
    shown = take_down(penalty(decided_on=clock.today() - dt.timedelta(days=30)), annulled_on=clock.today() - dt.timedelta(days=20))
    assert shown.remove_by is not None
    assert shown.remove_by < clock.today()
    take_down(penalty())
    figures = queries.figures(clock.today())
    assert (figures.withdrawn, figures.withdrawn_late) == (2, 1)
    assert [row[2] for row in results.corrections()] == ["annulled", "annulled"]


@pytest.mark.parametrize(
    ("different", "why"),
    [
        ({"number": " "}, "number of the document"),
        ({"basis": ""}, "legal basis"),
        ({"explanation": ""}, "Say why"),
        ({"explanation": "联系电话13805331234"}, "phone number"),
        ({"annulled_on": dt.date(2001, 1, 1)}, "before the decision"),
        ({"annulled_on": dt.date(2199, 1, 1)}, "in the future"),
    ],
)
def test_without_its_document_it_stays(different: dict[str, Any], why: str) -> None:
    shown = penalty()
    with pytest.raises(Refused, match=why):
        take_down(shown, **different)
    shown.refresh_from_db()
    assert shown.removed_at is None


def test_nobody_else_and_nobody_of_the_case_takes_it_down_and_once_only() -> None:
    shown = penalty()
    for role in (Role.CLERK, Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(Refused):
            take_down(shown, factories.user(role))
    insider = shown.followup.case.reviews.get().reviewer
    insider.groups.set(supervisor().groups.all())
    with pytest.raises(Refused, match="no part"):
        take_down(shown, User.objects.get(pk=insider.pk))
    take_down(shown)
    with pytest.raises(Refused, match="already"):
        take_down(shown)
