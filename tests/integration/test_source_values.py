"""Source values with their evidence: two people who do not see each other's entry, files, corrections before the draw."""

import datetime as dt
import json
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from inspections.draws import commands, queries
from inspections.draws.commands.sources import File
from inspections.draws.models import Draw, SeedSource, SourceEntry, SourceEvidence
from inspections.draws.protocol import digest
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import Role
from tests import factories as make
from tests import public_draws
from tests.asking import english, refusal, signed_in
from tests.hostile_files import picture
from tests.offices import VALUE, Office

pytestmark = pytest.mark.django_db
OTHER = VALUE.replace("20", "21")
PHOTO = picture()


@pytest.fixture
def draw(office: Office, time_machine: Any) -> Draw:
    """Committed, its one source known, its planned moment an hour away."""
    draw = office.prepared()
    office.change(draw, planned=clock.now() + dt.timedelta(hours=1))
    commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    time_machine.move_to(clock.now() + dt.timedelta(seconds=10), tick=True)
    draw.refresh_from_db()
    return draw


def enter(who: User, draw: Draw, value: str = VALUE, **more: Any) -> Any:
    return commands.enter_source_value(actor=who, source_id=draw.sources.get().pk, value=value, evidence="公告", **more)


def correct(who: User, draw: Draw, value: str = OTHER, **more: Any) -> Any:
    return commands.correct_source_value(
        actor=who, source_id=draw.sources.get().pk, value=value, evidence="公告", **{"reason": "mistyped", **more}
    )


def address(draw: Draw, part: str = "") -> str:
    return f"/office/draws/{draw.pk}/sources/{draw.sources.get().pk}/{part}"


# --- evidence ------------------------------------------------------------------------------------------------------------


def test_a_photo_comes_with_the_entry_encrypted_and_its_hash_in_the_ledger(office: Office, draw: Draw) -> None:
    sent = {"value": VALUE, "evidence": "公告", "file": SimpleUploadedFile("开奖.jpg", PHOTO, "text/plain")}
    assert english(office.clerk).post(address(draw), sent).status_code == 302
    kept = SourceEvidence.objects.get()
    assert (kept.kind, kept.size, kept.sha256, bytes(kept.body)) == ("image/jpeg", len(PHOTO), digest(PHOTO), PHOTO)
    body = LedgerPayload.objects.filter(verb="inspections.enter_source_value").latest("entry_id").body
    assert json.loads(body)["after"]["file"] == digest(PHOTO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM inspections_sourceevidence")
        assert PHOTO not in bytes(cursor.fetchone()[0])
    for change in ({"name": "x"}, {"sha256": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SourceEvidence.objects.filter(pk=kept.pk).update(**change)


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"MZ evil.exe", "neither"), (b"", "empty"), (b"%PDF-" + bytes(10 * 2**20), "10 MB at most")],
)
def test_other_files_are_refused_at_the_field_and_what_was_typed_stays(office: Office, draw: Draw, body: bytes, says: str) -> None:
    sent = {"value": VALUE, "evidence": "公告栏照片", "file": SimpleUploadedFile("a.pdf", body, "application/pdf")}
    answer = english(office.clerk).post(address(draw), sent)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert says in said
    assert VALUE in said
    assert "公告栏照片" in said
    assert not SourceEntry.objects.exists()


def test_the_command_itself_keeps_no_other_file(office: Office, draw: Draw) -> None:
    assert "neither" in refusal(enter, who=office.clerk, draw=draw, file=File("a.pdf", b"<html>"))


def test_evidence_is_served_as_a_file_to_the_office_of_the_draw_alone(office: Office, draw: Draw) -> None:
    enter(office.clerk, draw, file=File("开奖 公告.jpg", PHOTO))
    where = f"/office/draws/{draw.pk}/evidence/{SourceEvidence.objects.get().pk}/"
    got = signed_in(office.clerk).get(where)
    assert (got.status_code, got.content, got.headers["Content-Type"]) == (200, PHOTO, "image/jpeg")
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert signed_in(make.user(Role.AUDITOR)).get(where).status_code == 200
    assert signed_in(make.user(Role.CLERK, unit=make.unit())).get(where).status_code == 404
    assert signed_in(make.user(Role.INSPECTOR)).get(where).status_code == 403
    assert Client().get(where).status_code == 302


def test_who_has_not_typed_yet_sees_neither_value_nor_photo_of_the_other(office: Office, draw: Draw) -> None:
    enter(office.clerk, draw, file=File("a.jpg", PHOTO))
    where = f"/office/draws/{draw.pk}/evidence/{SourceEvidence.objects.get().pk}/"
    for part in ("", f"sources/{draw.sources.get().pk}/"):
        assert VALUE not in english(office.second).get(f"/office/draws/{draw.pk}/{part}").content.decode()
    assert signed_in(office.second).get(where).status_code == 404
    assert VALUE in english(office.clerk).get(f"/office/draws/{draw.pk}/").content.decode()
    enter(office.second, draw)
    assert signed_in(office.second).get(where).status_code == 200


# --- two people ----------------------------------------------------------------------------------------------------------


def test_two_values_that_differ_are_said_with_the_source_and_without_the_other_value(office: Office, draw: Draw) -> None:
    enter(office.clerk, draw)
    client = english(office.second)
    answer = client.post(address(draw), {"value": OTHER, "evidence": "公告"}, follow=True)
    said = answer.content.decode()
    assert "what you typed differs from what another person typed" in said
    assert draw.sources.get().what in said
    assert VALUE not in said
    again = client.get(address(draw)).content.decode()
    assert "The two values differ" in again
    assert VALUE not in again
    assert client.post(address(draw), {"value": VALUE, "evidence": "公告"}).status_code == 302
    assert draw.sources.get().value == VALUE


def test_a_value_typed_with_a_chinese_keyboard_is_the_same_value(office: Office, draw: Draw) -> None:
    wide = VALUE.replace(",", "， ").replace("01", "０１")
    assert english(office.clerk).post(address(draw), {"value": wide, "evidence": "公告"}).status_code == 302
    assert SourceEntry.objects.get().value == VALUE


def test_a_wrong_form_is_answered_with_the_form_and_an_example(office: Office, draw: Draw) -> None:
    answer = english(office.clerk).post(address(draw), {"value": "1 2 3", "evidence": "公告"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "spelled as: 20 numbers from 01 to 80, two digits each, ascending, joined by commas; for example 01,05,09" in said
    assert "1 2 3" in said


# --- corrections ---------------------------------------------------------------------------------------------------------


def settled(office: Office, draw: Draw) -> None:
    for who in (office.clerk, office.second):
        enter(who, draw)


def test_a_settled_value_is_corrected_by_two_people_and_the_correction_is_a_public_fact(office: Office, draw: Draw) -> None:
    settled(office, draw)
    correct(office.clerk, draw)
    assert draw.sources.get().value == VALUE
    correct(office.clerk, draw)
    assert draw.sources.get().value == VALUE
    correct(office.second, draw)
    source = draw.sources.get()
    assert (source.value, source.corrections) == (OTHER, 1)
    facts = [json.loads(body) for body in LedgerPayload.objects.filter(public=True, verb="draws.source").order_by("entry_id").values_list("body", flat=True)]
    assert [(fact["value"], fact.get("corrects"), fact.get("reason")) for fact in facts] == [
        (VALUE, None, None),
        (OTHER, VALUE, "mistyped"),
    ]
    visitor = Client()
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    said = visitor.get(f"/draws/{draw.number}/").content.decode()
    assert "Two people corrected a value" in said
    assert "typed wrong by both" in said


def test_a_corrected_value_can_be_corrected_again_and_is_the_one_that_is_drawn(office: Office, draw: Draw, time_machine: Any) -> None:
    settled(office, draw)
    for value in (OTHER, VALUE):
        for who in (office.supervisor, office.clerk):
            correct(who, draw, value, reason="announced")
    assert draw.sources.get().corrections == 2
    time_machine.move_to(clock.now() + dt.timedelta(hours=2), tick=True)
    commands.run_draw(actor=make.system(), draw_id=draw.pk)
    assert VALUE in queries.file_bodies(draw)["reveal.txt"].decode()


def test_two_corrections_that_differ_in_value_or_reason_change_nothing(office: Office, draw: Draw) -> None:
    settled(office, draw)
    correct(office.clerk, draw)
    correct(office.second, draw, reason="announced")
    correct(office.supervisor, draw, VALUE.replace("20", "22"))
    assert draw.sources.get().value == VALUE


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"value": VALUE}, "nothing to correct"),
        ({"value": "1"}, "spelled as"),
        ({"reason": "because"}, "Choose the reason"),
        ({"evidence": " "}, "can be seen"),
    ],
)
def test_a_correction_needs_another_value_a_reason_of_the_list_and_evidence(
    office: Office, draw: Draw, more: dict[str, str], says: str
) -> None:
    settled(office, draw)
    given = {"value": OTHER, "evidence": "公告", "reason": "mistyped", **more}
    assert says in refusal(commands.correct_source_value, actor=office.clerk, source_id=draw.sources.get().pk, **given)


def test_what_is_not_settled_is_typed_not_corrected(office: Office, draw: Draw) -> None:
    assert "not settled yet" in refusal(correct, who=office.clerk, draw=draw)


def test_nothing_is_corrected_once_the_order_is_due_or_drawn(office: Office, draw: Draw, time_machine: Any) -> None:
    settled(office, draw)
    correct(office.clerk, draw)
    time_machine.move_to(clock.now() + dt.timedelta(hours=2), tick=True)
    assert "is drawn now" in refusal(correct, who=office.second, draw=draw)
    commands.run_draw(actor=make.system(), draw_id=draw.pk)
    assert "final" in refusal(correct, who=office.second, draw=draw)
    source = draw.sources.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SeedSource.objects.filter(pk=source.pk).update(value=OTHER, corrections=1)


def test_the_database_takes_no_other_value_and_no_entry_past_the_round(office: Office, draw: Draw) -> None:
    settled(office, draw)
    source = draw.sources.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SeedSource.objects.filter(pk=source.pk).update(value=OTHER)
    for correction in (0, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            SourceEntry.objects.create(
                source=source, value=OTHER, evidence="x", entered_by=office.clerk, entered_at=clock.now(), correction=correction
            )


def test_the_page_of_a_correction_shows_what_stands_and_keeps_what_was_typed(office: Office, draw: Draw) -> None:
    settled(office, draw)
    client = english(office.clerk)
    assert "Correct this value" in client.get(f"/office/draws/{draw.pk}/").content.decode()
    where = address(draw, "correction/")
    assert VALUE in client.get(where).content.decode()
    wrong = client.post(where, {"value": "7", "evidence": "公告", "reason": "mistyped"})
    assert (wrong.status_code, 'value="7"' in wrong.content.decode()) == (422, True)
    assert client.post(where, {"value": OTHER, "evidence": "公告", "reason": "mistyped"}).status_code == 302
    assert "waits for a second person" in english(office.second).get(f"/office/draws/{draw.pk}/").content.decode()
    assert OTHER not in english(office.second).get(f"/office/draws/{draw.pk}/").content.decode()


def test_dice_are_taken_only_before_the_first_public_source_is_known() -> None:
    """Who reads the secret and types the dice last could choose the result: the last word is the public's (protocol §3)."""
    draw = public_draws.committed()
    dice, public = draw.sources.order_by("position")
    people = [make.user(Role.CLERK, unit=draw.unit), make.user(Role.REVIEWER)]
    supervisor = make.user(Role.SUPERVISOR)
    with public_draws.at(dice.moment + dt.timedelta(minutes=1)):
        commands.enter_source_value(actor=people[0], source_id=dice.pk, value=public_draws.DICE, evidence="照片")
        page = english(people[1]).get(f"/office/draws/{draw.pk}/sources/{dice.pk}/").content.decode()
        assert "Both entries must agree before" in page
    with public_draws.at(public.moment):
        with pytest.raises(Refused, match="could choose the result"):
            commands.enter_source_value(actor=people[1], source_id=dice.pk, value=public_draws.DICE, evidence="照片")
        assert "has failed" in english(people[1]).get(f"/office/draws/{draw.pk}/").content.decode()
        draw.refresh_from_db()
        commands.void_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, kind="source-failed", reason="骰子过时未录")
    draw.refresh_from_db()
    assert draw.state == "voided"


def test_settled_dice_are_not_corrected_once_the_first_public_source_is_known() -> None:
    draw = public_draws.committed()
    dice, public = draw.sources.order_by("position")
    people = [make.user(Role.CLERK, unit=draw.unit), make.user(Role.REVIEWER)]
    with public_draws.at(dice.moment):
        for who in people:
            commands.enter_source_value(actor=who, source_id=dice.pk, value=public_draws.DICE, evidence="照片")
    with public_draws.at(public.moment), pytest.raises(Refused, match="could choose the result"):
        commands.correct_source_value(
            actor=people[0], source_id=dice.pk, value=public_draws.DICE[::-1], evidence="照片", reason="mistyped"
        )
