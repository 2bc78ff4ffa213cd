"""The life of a draw through its commands: prepared, submitted, approved, sources, drawn, certified; and every refusal."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.draws import commands, queries, tasks
from inspections.draws.models import Draw, DrawCertificate, DrawFile, RosterEntry, SeedSource
from inspections.draws.sources import Announced
from inspections.draws.states import DrawState
from inspections.draws.verify import verify_bundle
from registries import clock
from registries.ledger.models import Checkpoint, LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import Complaint, Subject
from tests import factories as make
from tests.asking import refusal
from tests.offices import VALUE, Office, bundle

pytestmark = pytest.mark.django_db


def test_a_draw_runs_from_preparation_to_a_result_that_verifies(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    assert draw.state == DrawState.DRAWN
    assert draw.number == f"{clock.now().year}-001"
    assert draw.quotas == {"A": 2, "B": 2}
    verdict = verify_bundle(bundle(draw))
    assert verdict.matches, verdict
    assert draw.drawn.filter(kind="W").count() == 4
    assert draw.drawn.filter(kind="R").count() == 6
    assert all(row.team.count() == 2 for row in draw.drawn.filter(kind="W"))
    facts = list(LedgerPayload.objects.filter(public=True).order_by("entry_id").values_list("verb", flat=True))
    assert facts == ["draws.commit", "draws.source", "draws.result"]
    assert Checkpoint.objects.count() == 3
    assert break_in_chain() is None


@pytest.mark.papers
def test_the_certificate_is_a_pdf_made_once(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    tasks.issue_certificate(draw.pk)
    tasks.issue_certificate(draw.pk)
    certificate = DrawCertificate.objects.get(draw=draw)
    assert bytes(certificate.pdf).startswith(b"%PDF")
    assert "already" in refusal(commands.issue_certificate, actor=make.system(), draw_id=draw.pk, pdf=b"%PDF other")


def test_the_same_message_twice_draws_once(office: Office, time_machine: Any) -> None:
    draw = office.drawn(time_machine)
    before = draw.result_hash
    tasks.run_draw(draw.pk)
    assert "final" in refusal(commands.run_draw, actor=make.system(), draw_id=draw.pk)
    draw.refresh_from_db()
    assert draw.result_hash == before
    assert DrawFile.objects.filter(draw=draw, name="result.txt").count() == 1


def test_nobody_approves_a_draw_they_prepared(office: Office) -> None:
    both = make.user(Role.CLERK, Role.SUPERVISOR, unit=office.unit)
    office.clerk = both
    draw = office.submitted()
    said = refusal(commands.approve_draw, actor=both, draw_id=draw.pk, version=draw.version)
    assert "another supervisor" in said
    last = LedgerPayload.objects.order_by("-entry_id")[0]
    assert last.verb == "inspections.approve_draw"
    assert last.entry.action == "inspections.refused"
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(approved_by=both)


def test_a_role_without_the_right_is_refused_and_recorded(office: Office) -> None:
    draw = office.submitted()
    assert "role" in refusal(commands.approve_draw, actor=office.second, draw_id=draw.pk, version=draw.version)
    assert LedgerPayload.objects.filter(actor=office.second, verb="inspections.approve_draw").count() == 1


def test_a_page_that_is_old_changes_nothing(office: Office) -> None:
    draw = office.prepared()
    assert "meanwhile" in refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version - 1)


def test_a_clerk_of_another_brigade_finds_no_such_draw(office: Office) -> None:
    draw = office.prepared()
    stranger = make.user(Role.CLERK, unit=make.unit())
    assert "no such draw" in refusal(commands.submit_draw, actor=stranger, draw_id=draw.pk, version=draw.version)
    assert not queries.visible_draws(stranger).exists()


def test_an_order_must_stand_before_its_first_source(office: Office, settings: Any) -> None:
    settings.DRAW_SOURCE_LEAD = 1800
    draw = office.submitted(lead=600)
    assert "30 minutes" in refusal(
        commands.approve_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version
    )


def test_the_demo_lottery_is_refused_where_it_is_not_allowed(office: Office, settings: Any) -> None:
    settings.DEMO_LOTTERY = False
    draw = office.prepared()
    assert "demonstration" in refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version)


def test_thin_public_sources_are_refused(office: Office) -> None:
    draw = office.prepared()
    moment = clock.now() + dt.timedelta(minutes=5)
    office.change(draw, sources=[Announced("fucai3d", "2026001", moment)], planned=moment)
    assert "at least 40" in refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version)


def test_a_witness_after_the_public_is_refused(office: Office) -> None:
    draw = office.prepared()
    first, second = (clock.now() + dt.timedelta(minutes=m) for m in (5, 10))
    office.change(draw, sources=[Announced("demo", "0001", first), Announced("dice", "大厅", second)], planned=second)
    assert "last word" in refusal(commands.submit_draw, actor=office.clerk, draw_id=draw.pk, version=draw.version)


def test_only_one_order_per_plan_item_is_open(office: Office) -> None:
    first, second = office.submitted(), office.submitted()
    commands.approve_draw(actor=office.supervisor, draw_id=first.pk, version=first.version)
    said = refusal(commands.approve_draw, actor=office.supervisor, draw_id=second.pk, version=second.version)
    assert "still open" in said


def test_excluded_closed_and_other_subjects_are_left_out_with_their_reason(office: Office) -> None:
    excluded, closed = office.subjects[:2]
    make.exclusion(excluded)
    Subject.objects.filter(pk=closed.pk).update(status="closed")
    draw = office.prepared()
    office.change(draw, grades="A")
    assert draw.preview["left_out"] == {"not-operating": 1, "excluded": 1, "other-grade": 19}
    assert draw.preview["in_scope"] == 40
    assert [s["code"] for s in draw.preview["strata"]] == ["A"]


def test_a_subject_drawn_this_year_is_out_until_a_signal_raises_its_cap(office: Office, time_machine: Any) -> None:
    drawn = office.drawn(time_machine)
    winners = set(drawn.drawn.filter(kind="W").values_list("entry__subject_id", flat=True))
    again = office.prepared()
    assert queries.preview(again, clock.now())["left_out"] == {"drawn-this-year": 4}
    Complaint.objects.create(
        subject_id=min(winners), received_on=clock.today(), channel="电话", content="反映", upheld=True, recorded_by=office.clerk
    )
    assert queries.preview(again, clock.now())["left_out"] == {"drawn-this-year": 3}


def test_stale_entries_need_the_supervisors_word(office: Office) -> None:
    Subject.objects.filter(pk=office.subjects[0].pk).update(verified_on=clock.today() - dt.timedelta(days=500))
    draw = office.submitted()
    said = refusal(commands.approve_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    assert said.startswith("1 entries were not verified")
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version, accept_stale=True)


def test_a_roster_touched_in_the_database_is_noticed(office: Office) -> None:
    draw = office.submitted()
    RosterEntry.objects.filter(draw=draw, subject=office.subjects[0]).update(slips=9)
    said = refusal(commands.approve_draw, actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    assert "digest" in said


@pytest.mark.proves("T2")
def test_the_registry_changed_after_submission_does_not_matter(office: Office, time_machine: Any) -> None:
    draw = office.submitted()
    before = draw.roster_digest
    Subject.objects.all().update(risk_grade="D", status="closed")
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    assert queries.stored_digest(draw) == before


def test_a_return_needs_a_reason_and_opens_the_draw_again(office: Office) -> None:
    draw = office.submitted()
    arguments: dict[str, Any] = {"actor": office.supervisor, "draw_id": draw.pk, "version": draw.version}
    assert "why" in refusal(commands.return_draw, **arguments, reason=" ")
    commands.return_draw(**arguments, reason="配额太低")
    draw.refresh_from_db()
    assert (draw.state, draw.returned_because) == (DrawState.PREPARING, "配额太低")


def test_nothing_of_a_committed_draw_changes_by_page_command_or_sql(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    for call, extra in ((commands.submit_draw, {}), (commands.return_draw, {"reason": "x"})):
        assert "committed" in refusal(
            call,
            actor=office.clerk if call is commands.submit_draw else office.supervisor,
            draw_id=draw.pk,
            version=draw.version,
            **extra,
        )
    for change in ({"order_hash": "0" * 64}, {"state": "preparing"}, {"number": "2026-999"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterEntry.objects.filter(draw=draw).update(slips=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DrawFile.objects.filter(draw=draw).update(sha256="0" * 64)


def test_two_different_people_must_agree_on_a_source(office: Office, time_machine: Any) -> None:
    draw = office.committed(time_machine)
    source = draw.sources.get()
    other = VALUE.replace("20", "21")

    def enter(who: User, value: str) -> None:
        commands.enter_source_value(actor=who, source_id=source.pk, value=value, evidence="公告")
        source.refresh_from_db()

    enter(office.clerk, VALUE)
    enter(office.clerk, VALUE)
    assert source.value == ""
    enter(office.second, other)
    assert source.value == ""
    enter(office.second, VALUE)
    assert source.value == VALUE
    assert "settled" in refusal(
        commands.enter_source_value, actor=office.clerk, source_id=source.pk, value=other, evidence="公告"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        SeedSource.objects.filter(pk=source.pk).update(value=other)


@pytest.mark.parametrize(
    ("value", "evidence", "says"),
    [("1,2,3", "公告", "spelled"), ("", "公告", "spelled"), (VALUE, " ", "can be seen")],
)
def test_a_source_value_of_the_wrong_form_is_refused(
    office: Office, time_machine: Any, value: str, evidence: str, says: str
) -> None:
    source = office.committed(time_machine).sources.get()
    assert says in refusal(
        commands.enter_source_value, actor=office.clerk, source_id=source.pk, value=value, evidence=evidence
    )


def test_a_source_is_not_entered_before_its_time(office: Office) -> None:
    draw = office.submitted(lead=3600)
    commands.approve_draw(actor=office.supervisor, draw_id=draw.pk, version=draw.version)
    source = draw.sources.get()
    assert "known only from" in refusal(
        commands.enter_source_value, actor=office.clerk, source_id=source.pk, value=VALUE, evidence="公告"
    )
    assert "Not every announced source" in refusal(commands.run_draw, actor=make.system(), draw_id=draw.pk)


def test_draw_numbers_have_no_gaps_even_when_an_approval_is_refused(office: Office) -> None:
    first = office.submitted()
    refusal(commands.approve_draw, actor=office.supervisor, draw_id=first.pk, version=first.version - 1)
    commands.approve_draw(actor=office.supervisor, draw_id=first.pk, version=first.version)
    first.refresh_from_db()
    assert first.number == f"{clock.now().year}-001"


def test_a_matter_whose_basis_lapsed_starts_no_draw(office: Office) -> None:
    revision = make.matter(unit=office.unit, published=False)
    revision.bases.update(in_force_until=clock.today() - dt.timedelta(days=1))
    make.edition(revision)
    item = make.plan_item(revision)
    assert "lapsed" in refusal(commands.prepare_draw, actor=office.clerk, plan_item_id=item.pk)
