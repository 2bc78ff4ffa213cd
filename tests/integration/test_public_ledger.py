"""The public ledger: the chain whole, general actions only, exact words of draws, checkpoints as they were sent."""

import json
from typing import Any

import pytest
from django.test import Client

from inspections.draws.models import Draw
from registries.ledger.chain import Link, first_break
from registries.ledger.models import Checkpoint, LedgerEntry, LedgerPayload
from tests import public_draws

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn() -> Draw:
    return public_draws.drawn()


def exported(client: Client) -> list[dict[str, Any]]:
    return [json.loads(line) for line in client.get("/ledger/entries.jsonl").getvalue().decode().splitlines()]


def test_the_export_is_the_whole_chain_and_holds(client: Client, drawn: Draw) -> None:
    rows = exported(client)
    assert len(rows) == LedgerEntry.objects.count()
    links = [
        Link(
            row["seq"], row["time"], row["action"], row["previous"], row["payload_hash"], row["entry_hash"], row.get("payload")
        )
        for row in rows
    ]
    assert first_break(links) is None


def test_only_public_payloads_are_exported_and_as_the_very_text_that_was_hashed(client: Client, drawn: Draw) -> None:
    public = dict(LedgerPayload.objects.filter(public=True).values_list("entry_id", "body"))
    assert public
    for row in exported(client):
        assert row.get("payload") == public.get(row["seq"])
        assert ("payload" in row) == row["action"].startswith("draws.")


def test_private_words_stand_on_no_page_of_the_ledger(client: Client, drawn: Draw) -> None:
    private = [json.loads(body)["salt"] for body in LedgerPayload.objects.filter(public=False).values_list("body", flat=True)]
    verbs = set(LedgerPayload.objects.filter(public=False).values_list("verb", flat=True))
    for address in ("/ledger/", "/ledger/entries/", "/ledger/entries.jsonl", "/ledger/checkpoints/"):
        page = client.get(address).getvalue().decode()
        assert not [word for word in (*private, *verbs) if word in page]


def test_the_page_shows_every_public_fact_with_its_payload(client: Client, drawn: Draw) -> None:
    page = client.get("/ledger/").content.decode()
    assert page.count("<details>") == LedgerPayload.objects.filter(public=True).count() == 4
    for value in (drawn.order_hash, drawn.result_hash, public_draws.DICE, public_draws.BALLS):
        assert value in page


def test_a_checkpoint_is_the_four_lines_as_they_were_sent(client: Client, drawn: Draw) -> None:
    for one in Checkpoint.objects.all():
        answer = client.get(f"/ledger/checkpoints/{one.entry_id}.txt")
        assert answer.content.decode() == one.text
        assert answer.content.count(b"\n") == 4
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_head_and_the_newest_checkpoint_are_shown(client: Client, drawn: Draw) -> None:
    page = client.get("/ledger/").content.decode()
    head = LedgerEntry.objects.latest("seq")
    assert head.entry_hash[:8] in page
    assert Checkpoint.objects.latest("entry_id").text.split("\n")[1] in page


def test_an_export_that_did_not_grow_is_not_sent_again(client: Client, drawn: Draw) -> None:
    tag = client.get("/ledger/entries.jsonl").headers["ETag"]
    assert client.get("/ledger/entries.jsonl", headers={"if-none-match": tag}).status_code == 304
    public_draws.committed()
    assert client.get("/ledger/entries.jsonl", headers={"if-none-match": tag}).status_code == 200
