"""Who is told of what was corrected: the proposer, the readers of the list and the feed; and figures that are never stale."""

import pytest
from django.test import Client

from inspections.messages.queries import news
from publicity.corrections import commands, proposing
from publicity.corrections.models import Proposal
from publicity.site import marks
from registries import clock
from registries.people.models import User
from tests import objected
from tests.integration.test_public_penalties import penalty
from tests.objected import clerk_of, correction, published, supervisor

pytestmark = pytest.mark.django_db


def told(user: User) -> list[tuple[str, str]]:
    return [(note.kind, note.text.english) for note in news(user, clock.now()) if "change" in note.text.english]


def test_who_proposed_a_change_is_told_what_became_of_it() -> None:
    result = published()
    row = correction(result)
    assert told(row.asked_by) == []
    proposing.return_proposal(actor=supervisor(), proposal_id=row.pk, version=row.version, reason="请附依据。")
    assert told(row.asked_by) == [("returned", "The change of the result was returned to you.")]
    again = correction(result, clerk_of(result))
    proposing.approve_proposal(actor=supervisor(), proposal_id=again.pk, version=again.version)
    assert ("decided", "The change of the result was approved and is public.") in told(Proposal.objects.get(pk=again.pk).asked_by)


def test_a_statement_stands_in_the_list_the_feed_and_the_data_until_its_result_goes(client: Client) -> None:
    result = published()
    row = objected.objection(result, kind="statement", text="当日停电，已补登记。", name="王某", contact="0533-3241234")
    commands.show_statement(actor=objected.reviewer(), objection_id=row.pk)
    for address in ("/corrections/", "/feeds/corrections.atom", "/api/v1/corrections?what=statement"):
        page = client.get(address).content.decode()
        assert "当日停电，已补登记。" in page, address
        assert result.public_id in page, address
        assert "王某" not in page
    said = client.get(f"/results/{result.public_id}/").content.decode()
    assert "当日停电，已补登记。" in said


def test_the_front_page_says_what_service_this_is(client: Client) -> None:
    assert 'itemtype="https://schema.org/GovernmentService"' in client.get("/").content.decode()


def test_a_penalty_raises_the_mark_by_which_figures_are_kept() -> None:
    marks._kept.clear()
    before = marks.results()
    penalty()
    marks._kept.clear()
    assert marks.results() != before
