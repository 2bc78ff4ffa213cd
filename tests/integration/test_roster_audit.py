"""The auditor opens a committed roster against the registry as it was: nobody missing, twice, invented or altered (protocol 1, §1)."""

import datetime as dt
import json
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from inspections.cases.queries import viewer
from inspections.desk import queries as desk
from inspections.draws import commands
from inspections.draws.audit import Audit, audit
from inspections.draws.models import Draw, RosterAudit, RosterEntry, RosterOmission
from inspections.draws.sources import Announced
from registries import clock
from registries.ledger import record
from registries.ledger.change import Change, Refused
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects import commands as registry
from registries.subjects.models import Complaint, Subject
from tests import factories, public_draws, tampering
from tests.public_draws import at
from tests.tampering import change, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed() -> Draw:
    """A committed order over 13 subjects of which one is closed; the registry stands in the ledger from before."""
    category = factories.category()
    factories.subject(categories=[category], status=Subject.Status.CLOSED)
    factories.subject()  # of another category, out of scope
    draw = public_draws.committed(category=category, before_preparing=tampering.adopt)
    tampering.lift_triggers()
    return draw


def kinds(found: Audit) -> dict[str, int]:
    return {kind: count for kind, count in found.counts.items() if count and kind not in ("entries", "omissions")}


def subject_of(draw: Draw) -> Subject:
    return draw.roster.order_by("pk")[0].subject


def alter(subject: Subject, **different: Any) -> None:
    """Change the subject as its clerk."""
    subject.refresh_from_db()
    clerk = factories.user(Role.CLERK, unit=subject.unit)
    registry.change_subject(
        actor=clerk, subject_id=subject.pk, version=subject.version, entry=factories.entry_of(subject, **different), reason="来函更正"
    )


def test_an_honest_roster_agrees_entry_by_entry(committed: Draw) -> None:
    found = audit(committed)
    assert found.agrees
    assert (found.entries, found.omissions) == (12, 1)
    assert kinds(found) == {}


def left_out(draw: Draw) -> None:
    RosterOmission.objects.filter(draw=draw).delete()


def left_out_for_no_reason(draw: Draw) -> None:
    row = draw.roster.order_by("pk")[0]
    RosterEntry.objects.filter(pk=row.pk).delete()
    RosterOmission.objects.create(draw=draw, subject=row.subject, reason="excluded")


def invented(draw: Draw) -> None:
    factories.roster_entry(draw, Subject.objects.exclude(categories__in=draw.matter.categories.all()).get())


def reentered(draw: Draw) -> None:
    factories.roster_entry(draw, draw.omissions.get().subject)


def renamed(draw: Draw) -> None:
    change(draw.roster.order_by("pk")[0], "name", "另一家旅馆")


def more_slips(draw: Draw) -> None:
    change(draw.roster.order_by("pk")[0], "slips", 9)


def other_stratum(draw: Draw) -> None:
    change(draw.roster.order_by("pk")[0], "stratum", "D")


def other_counts(draw: Draw) -> None:
    change(draw, "scope_counts", {**draw.scope_counts, "in_scope": 12})


def hidden_in_the_registry(draw: Draw) -> None:
    sql("UPDATE registries_subject SET status = 'closed' WHERE id = %s", subject_of(draw).pk)


def erased_from_its_category(draw: Draw) -> None:
    sql("DELETE FROM registries_subject_categories WHERE subject_id = %s", subject_of(draw).pk)


def another_file(draw: Draw) -> None:
    sql("UPDATE inspections_drawfilepart SET body = %s WHERE draw_id = %s AND name = 'roster.txt'", b"sunlot-roster-1\n", draw.pk)


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (left_out, "missing"),
        (left_out_for_no_reason, "missing"),
        (invented, "invented"),
        (reentered, "twice"),
        (renamed, "altered"),
        (more_slips, "altered"),
        (other_stratum, "altered"),
        (other_counts, "altered"),
        (hidden_in_the_registry, "registry"),
        (erased_from_its_category, "registry"),
        (another_file, "files"),
    ],
)
@pytest.mark.proves("T2")
def test_whoever_bends_the_roster_or_the_registry_is_found(committed: Draw, tamper: Any, kind: str) -> None:
    tamper(committed)
    committed.refresh_from_db()
    found = audit(committed)
    assert not found.agrees
    assert kind in kinds(found)


def test_a_change_since_the_submission_is_told_and_proved_from_the_ledger(committed: Draw) -> None:
    subject = subject_of(committed)
    alter(subject, name="改名后的旅馆", risk_grade="D")
    found = audit(committed)
    assert found.agrees
    assert kinds(found) == {"changed": 1}
    change(committed.roster.get(subject=subject), "name", "改名后的旅馆")
    assert "altered" in kinds(audit(committed))


def test_a_subject_moved_out_of_its_category_after_it_was_left_out_is_still_missing(committed: Draw) -> None:
    subject = subject_of(committed)
    RosterEntry.objects.filter(draw=committed, subject=subject).delete()
    alter(subject, categories=(factories.category().pk,))
    assert kinds(audit(committed))["missing"] == 1


def test_a_subject_that_came_after_the_submission_is_not_missed(committed: Draw) -> None:
    factories.subject(categories=list(committed.matter.categories.all()))
    tampering.adopt()
    found = audit(committed)
    assert "missing" not in kinds(found)
    assert "invented" not in kinds(found)


def test_a_complaint_since_the_submission_is_no_difference(committed: Draw) -> None:
    subject, user = subject_of(committed), factories.user(Role.CLERK)
    row = Complaint.objects.create(
        subject=subject, received_on=clock.today(), channel="12345", content="x", upheld=True, recorded_by=user
    )
    assert "registry" in kinds(audit(committed))
    with transaction.atomic():
        record.record_change("tests.complaint", user.pk, Change(row))
    assert audit(committed).agrees


# --- who, when, and what is said of it --------------------------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="registries.people.backend.Accounts")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def read_public(draw: Draw) -> str:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client.get(f"/draws/{draw.number}/").content.decode()


def test_the_auditor_opens_it_records_it_and_everybody_reads_that_it_was_checked(committed: Draw) -> None:
    auditor = factories.user(Role.AUDITOR)
    client, address = client_of(auditor), f"/office/draws/{committed.pk}/audit/"
    name = subject_of(committed).name
    assert "Not checked by the auditor yet" in read_public(committed)
    assert any(row.task.url == address for row in desk.todo(viewer(auditor), clock.now()))
    assert name not in client.get(address).content.decode()
    assert not LedgerPayload.objects.filter(verb="inspections.open_roster").exists()
    opened = client.post(address, {"open": "1"}).content.decode()
    assert name in opened
    assert "Every entry opens" in opened
    assert LedgerPayload.objects.get(verb="inspections.open_roster").actor == auditor
    client.post(address, {"record": "1"})
    kept = RosterAudit.objects.get()
    assert kept.agrees
    assert kept.counts["entries"] == 12
    body = json.loads(LedgerPayload.objects.get(verb="inspections.audit_roster").body)
    assert body["after"]["agrees"] is True
    assert name not in json.dumps(body, ensure_ascii=False)
    shown = client.get(address).content.decode()
    assert "The roster agrees with the registry" in shown
    assert name not in shown
    assert "Checked by the auditor at" in read_public(committed)
    assert "None is missing" in read_public(committed)
    assert not any(row.task.url == address for row in desk.todo(viewer(auditor), clock.now()))


def test_what_the_auditor_found_wrong_is_public_too_without_a_name(committed: Draw) -> None:
    left_out_for_no_reason(committed)
    commands.audit_roster(actor=factories.user(Role.AUDITOR), draw_id=committed.pk, audit=audit(committed))
    shown = read_public(committed)
    assert "does not agree with the registry" in shown
    assert not [name for name in Subject.objects.values_list("name", flat=True) if name in shown]


def test_after_the_first_source_nothing_is_opened_or_recorded_any_more(committed: Draw) -> None:
    auditor = factories.user(Role.AUDITOR)
    found = audit(committed)
    first = committed.sources.order_by("position")[0].moment
    with at(first):
        with pytest.raises(Refused, match="too late"):
            commands.open_roster(actor=auditor, draw_id=committed.pk)
        with pytest.raises(Refused, match="too late"):
            commands.audit_roster(actor=auditor, draw_id=committed.pk, audit=found)
        page = client_of(auditor).post(f"/office/draws/{committed.pk}/audit/", {"open": "1"}).content.decode()
        assert subject_of(committed).name not in page
        assert "Not checked by the auditor: nobody opened" in read_public(committed)


def test_its_outcome_is_recorded_once(committed: Draw) -> None:
    auditor = factories.user(Role.AUDITOR)
    commands.audit_roster(actor=auditor, draw_id=committed.pk, audit=audit(committed))
    with pytest.raises(Refused, match="recorded already"):
        commands.audit_roster(actor=auditor, draw_id=committed.pk, audit=audit(committed))


def test_nobody_else_opens_it(committed: Draw) -> None:
    for role in (Role.CLERK, Role.SUPERVISOR, Role.REVIEWER):
        client = client_of(factories.user(role, unit=committed.unit))
        assert client.get(f"/office/draws/{committed.pk}/audit/").status_code == 403
    submitted = factories.draw()
    assert client_of(factories.user(Role.AUDITOR)).get(f"/office/draws/{submitted.pk}/audit/").status_code == 404


def test_a_successor_that_keeps_its_roster_is_held_against_the_first_submission(committed: Draw) -> None:
    draw = committed
    first = draw.sources.order_by("position")[0].moment
    supervisor = factories.user(Role.SUPERVISOR)
    with at(first + dt.timedelta(minutes=1)):
        for who in (factories.user(Role.CLERK, unit=draw.unit), factories.user(Role.REVIEWER)):
            commands.enter_source_value(
                actor=who, source_id=draw.sources.order_by("position")[0].pk, value=public_draws.DICE, evidence="照片"
            )
    with at(draw.sources.order_by("position")[1].moment + dt.timedelta(minutes=31)):
        draw.refresh_from_db()
        commands.void_draw(actor=supervisor, draw_id=draw.pk, version=draw.version, kind="source-failed", reason="停开")
        clerk = draw.prepared_by
        successor = commands.prepare_successor(actor=clerk, draw_id=draw.pk).obj
        assert isinstance(successor, Draw)
        assert successor.keeps_roster
        now = clock.now().replace(microsecond=0)
        sources = [Announced("dice", "x", now + dt.timedelta(minutes=40)), Announced("demo", "2", now + dt.timedelta(minutes=60))]
        planned = now + dt.timedelta(minutes=80)
        successor.refresh_from_db()
        commands.announce_sources(actor=clerk, draw_id=successor.pk, version=successor.version, planned=planned, sources=sources)
        successor.refresh_from_db()
        commands.submit_draw(actor=clerk, draw_id=successor.pk, version=successor.version)
        successor.refresh_from_db()
        commands.approve_draw(actor=supervisor, draw_id=successor.pk, version=successor.version)
        successor.refresh_from_db()
        alter(subject_of(draw), name="改名后的旅馆")
        found = audit(successor)
        assert found.agrees, found.found
        assert kinds(found) == {"changed": 1}
        change(successor.roster.order_by("pk")[0], "tags", "x")
        assert not audit(successor).agrees
    assert first < now


def test_a_county_is_opened_within_few_queries(committed: Draw, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(70):
        audit(committed)
