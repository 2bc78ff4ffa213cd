"""Ways to bend a draw, to get a second chance, or to know the list before the visits; each of them closed."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from inspections.adhoc import commands as adhoc_commands
from inspections.cases import commands as case_commands
from inspections.draws import commands, shards, shelf, tasks
from inspections.draws.models import Draw, RosterEntry, RosterOmission
from inspections.draws.sources import Announced
from registries import clock
from registries.ledger.change import Refused
from registries.people.roles import Role
from tests import factories, public_draws
from tests.asking import refusal, signed_in
from tests.offices import Office
from tests.public_draws import at

pytestmark = pytest.mark.django_db


def void(draw: Draw, kind: str = "source-failed") -> Draw:
    draw.refresh_from_db()
    commands.void_draw(actor=factories.user(Role.SUPERVISOR), draw_id=draw.pk, version=draw.version, kind=kind, reason="开奖取消")
    return Draw.objects.get(pk=draw.pk)


def announced(office: Office, draw: Draw) -> Draw:
    """The successor of a late void with new sources, submitted."""
    moment = clock.now() + dt.timedelta(seconds=5)
    sources = [Announced("demo", "0002", moment)]
    commands.announce_sources(actor=office.clerk, draw_id=draw.pk, version=draw.version, planned=moment, sources=sources)
    draw.refresh_from_db()
    commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    return Draw.objects.get(pk=draw.pk)


def voided_late(office: Office, time_machine: Any) -> Draw:
    draw = office.committed(time_machine)
    time_machine.move_to(clock.now() + dt.timedelta(minutes=31), tick=True)
    return void(draw)


# --- bending a result ----------------------------------------------------------------------------------------------------


@pytest.mark.proves("T1")
def test_who_writes_into_the_table_of_shards_takes_nobody_out_of_a_draw(settings: Any) -> None:
    """The slips lie there in the open until the draw; the operator of the database knows whose they are."""
    settings.DRAW_FILE_PART, settings.DRAW_SHARD_ENTRIES = 500, 25
    draw = public_draws.committed(entries=40, quota=4, grades="ABC")
    public_draws.typed(draw)
    assert draw.planned is not None
    with at(draw.planned + dt.timedelta(minutes=2)):
        shards.cut(draw)
        for shard in draw.shards.all():
            shards.hash_slips(shard)
        first = min(line for shard in draw.shards.all() for line in bytes(shard.slips or b"").decode().split("\n"))
        for shard in draw.shards.all():
            kept = [line for line in bytes(shard.slips or b"").decode().split("\n") if line != first]
            draw.shards.filter(pk=shard.pk).update(slips="\n".join(kept).encode())
        factories.system()
        tasks.run_draw(draw.pk)
    assert first.split("\t")[1] in shelf.body(draw, "result.txt").decode()


@pytest.mark.proves("T1")
def test_no_server_fails_between_the_last_source_and_its_typing(office: Office, time_machine: Any) -> None:
    """By then whoever has the secret in hand knows the result, though nobody typed the value yet."""
    draw = office.committed(time_machine)
    said = refusal(
        commands.void_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version, kind="server-failed", reason="硬盘坏了"
    )
    assert "every source has appeared" in said


def test_whoever_prepared_an_order_does_not_approve_the_one_that_takes_its_roster_over(office: Office, time_machine: Any) -> None:
    both = factories.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    office.clerk, clerk = both, office.clerk
    old = voided_late(office, time_machine)
    office.clerk = clerk
    new = Draw.objects.get(pk=commands.prepare_successor(actor=clerk, draw_id=old.pk).obj.pk)
    new = announced(office, new)
    assert "another supervisor" in refusal(commands.approve_draw, actor=both, draw_id=new.pk, version=new.version)
    commands.approve_draw(actor=office.supervisor, draw_id=new.pk, version=new.version)  # approving the first one is no hand in it


@pytest.mark.proves("T1", "T2")
def test_a_roster_that_is_taken_over_is_the_same_to_the_byte_or_not_committed(office: Office, time_machine: Any) -> None:
    old = voided_late(office, time_machine)
    new = Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=old.pk).obj.pk)
    entry = new.roster.order_by("pk")[0]
    RosterEntry.objects.filter(pk=entry.pk).update(slips=entry.slips + 7)  # by whoever has the password of the database
    new = announced(office, new)
    assert "is not that of order" in refusal(commands.approve_draw, actor=office.supervisor, draw_id=new.pk, version=new.version)


@pytest.mark.proves("T1")
def test_an_order_voided_late_is_replaced_before_another_is_committed_on_its_plan_item(office: Office, time_machine: Any) -> None:
    """Else a new roster would be the way round the one that must stay."""
    old = voided_late(office, time_machine)
    other = office.submitted()
    approve = {"actor": office.supervisor, "draw_id": other.pk, "version": other.version}
    assert "voided after its first source" in refusal(commands.approve_draw, **approve)
    new = Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=old.pk).obj.pk)
    assert "voided after its first source" in refusal(commands.approve_draw, **approve)  # beginning it is not enough
    new = announced(office, new)
    commands.approve_draw(actor=office.supervisor, draw_id=new.pk, version=new.version)


def test_one_subject_has_one_open_request_on_a_matter(office: Office) -> None:
    """Else ten requests would draw ten teams, and the one that pleased would go."""
    subject = office.subjects[0]
    ask: dict[str, Any] = {
        "actor": office.clerk, "subject_id": subject.pk, "ground": "complaint", "document_number": "信1", "explanation": "群众反映",
        "matter_ids": [office.revision.pk], "file": b"%PDF-1",
    }  # fmt: skip
    adhoc_commands.ask_adhoc(**ask)
    with pytest.raises(Refused) as refused:
        adhoc_commands.ask_adhoc(**ask | {"document_number": "信2"})
    assert "already" in refused.value.reason


def test_whoever_asked_for_an_ad_hoc_visit_does_not_approve_the_order_of_its_team(office: Office) -> None:
    both = factories.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    ask = adhoc_commands.ask_adhoc(
        actor=both, subject_id=office.subjects[0].pk, ground="complaint", document_number="信1", explanation="群众反映",
        matter_ids=[office.revision.pk], file=b"%PDF-1",
    )  # fmt: skip
    adhoc_commands.approve_adhoc(actor=office.supervisor, request_id=ask.obj.pk, version=1)
    draw = Draw.objects.get(pk=commands.prepare_adhoc(actor=office.clerk, request_id=ask.obj.pk).obj.pk)
    moment = clock.now() + dt.timedelta(seconds=60)
    commands.change_staffing(
        actor=office.clerk, draw_id=draw.pk, version=draw.version, team_size=2, inspector_unit_ids=[office.unit.pk], planned=moment,
        sources=[Announced("demo", "0001", moment)],
    )  # fmt: skip
    draw.refresh_from_db()
    commands.submit_draw(actor=office.clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    assert "another supervisor" in refusal(commands.approve_draw, actor=both, draw_id=draw.pk, version=draw.version)
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)


def test_a_supervisor_does_not_read_in_the_ledger_what_another_typed(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    value = public_draws.BALLS
    commands.enter_source_value(actor=office.clerk, source_id=draw.sources.get().pk, value=value, evidence=f"公告写着{value}")
    page = signed_in(office.supervisor).get("/office/ledger/").content.decode()
    assert "/office/ledger/" in page
    assert value not in page


# --- knowing the list before the visits ----------------------------------------------------------------------------------


def drawn_elsewhere() -> tuple[Draw, RosterOmission]:
    """A draw whose visits are over, and a subject it left out because another brigade's draw had drawn it, not visited yet."""
    over = public_draws.drawn()
    public_draws.visited(over)
    waiting = factories.drawn_draw(winners=1, reserves=0)
    factories.case(waiting)
    return over, RosterOmission(draw=over, subject=waiting.drawn.get().entry.subject, reason="yearly-cap", stratum="B")


@pytest.mark.proves("T3")
def test_a_receipt_tells_nobody_that_another_draw_has_drawn_it() -> None:
    over, omission = drawn_elsewhere()
    omission.save()
    clerk = factories.user(Role.CLERK, unit=over.unit)
    page = signed_in(clerk).get(f"/office/draws/{over.pk}/receipts/", {"q": omission.subject.name}).content.decode()
    assert f"/receipts/{omission.subject_id}/" not in page
    said = refusal(case_commands.print_receipt, actor=clerk, draw_id=over.pk, subject_id=omission.subject_id)
    assert "not over" in said


@pytest.mark.proves("T3")
def test_a_partner_sees_no_names_in_a_draw_that_is_prepared(office: Office) -> None:
    draw = office.prepared()
    old = office.subjects[0]
    draw.refresh_from_db()
    draw.preview = draw.preview | {"stale": 1, "stale_names": [old.name]}
    draw.save(update_fields=["preview"])
    assert old.name in signed_in(office.clerk).get(f"/office/draws/{draw.pk}/").content.decode()
    assert old.name not in signed_in(factories.user(Role.PARTNER, unit=office.unit)).get(f"/office/draws/{draw.pk}/").content.decode()


# --- making the public pages dear ----------------------------------------------------------------------------------------


def test_a_made_up_query_does_not_make_the_screen_anew(django_assert_max_num_queries: Any) -> None:
    draw = public_draws.drawn()
    page = f"/draws/{draw.number}/ceremony/"
    Client().get(page)
    with django_assert_max_num_queries(3):
        assert Client().get(page, {"x": "1"}).status_code == 200


@pytest.mark.parametrize("path", ["/ledger/checkpoints/{}.txt", "/matters/editions/{}/", "/draws/{draw}/struck/{}/result.txt"])
def test_a_number_beyond_all_numbers_is_a_page_that_is_not_there(path: str) -> None:
    number = public_draws.committed().number
    assert Client().get(path.format("9" * 40, draw=number)).status_code == 404


@pytest.mark.proves("T1")
def test_a_roster_once_taken_over_stays_however_soon_its_second_order_is_voided(office: Office, time_machine: Any) -> None:
    old = voided_late(office, time_machine)
    new = announced(office, Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=old.pk).obj.pk))
    commands.approve_draw(actor=office.supervisor, draw_id=new.pk, version=new.version)
    new = void(new, "mistake")
    third = Draw.objects.get(pk=commands.prepare_successor(actor=office.clerk, draw_id=new.pk).obj.pk)
    assert third.keeps_roster
    assert third.roster.count() == old.roster.count()
