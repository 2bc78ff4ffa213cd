"""An UPDATE past the office, of any protected column of any table, is found and named by its row (trust.md R28)."""

import datetime as dt
import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, models, transaction

from inspections.cases.clearance import Clearance
from inspections.cases.evidence import Acknowledgement, Photo
from inspections.cases.models import Replacement
from inspections.cases.secrecy import SecrecyCheck
from inspections.draws.models import DrawCertificate, DrawSecret, RosterAudit, SourceEntry, SourceEvidence
from inspections.draws.replaced import HistoryRow
from inspections.draws.struck import Strike
from inspections.followups.models import Extension, FollowUp, Recheck
from inspections.papers.models import Bundle, DocumentNumber, Letter, Notice
from inspections.plans.models import HandedList, HandedSubject, PlanFile, TaskReport
from publicity.corrections.models import Objection, Proposal, Statement
from publicity.disclosures.models import Disclosure, Removal
from publicity.disclosures.owed import Duty, Hold, PenaltyDisclosure
from registries import clock
from registries.campaigns.models import Campaign
from registries.codes.models import Code, CodeTable
from registries.comparisons.models import Comparison
from registries.imports.models import Import
from registries.inspectors.models import Assistant, InspectorGroup, Leave, Training
from registries.keys.models import KeyRotation
from registries.ledger import record
from registries.ledger.change import Change, created, leaving
from registries.ledger.digests import digest, protected_models
from registries.ledger.models import LedgerEntry
from registries.ledger.protected import rows_astray
from registries.ledger.verifying import Newest, verify
from registries.matters.models import EditionPaper
from registries.people import commands
from registries.people.factors.models import Factor, RecoveryCode
from registries.people.models import Alarm, BreakGlass, PasswordReset, Unit, User
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.selfchecks.models import SelfCheck
from registries.standing import RESULT_CODES, stands_as_made
from registries.subjects.models import Complaint, Subject, SubjectCategory, Violation
from tests import factories, public_draws, tampering
from tests.tampering import change, sql

pytestmark = pytest.mark.django_db


def astray(*only: type[models.Model]) -> list[str]:
    """What the self-check says of these tables (all unless said)."""
    newest = Newest()
    newest.read_on()
    return [what.text % what.values for what in rows_astray(newest, stands_as_made, only or None)]


def one_of_everything() -> None:
    """At least one row of every protected table, none of them written by a command."""
    case = factories.reviewed_case(factories.case(factories.drawn_draw(winners=1, reserves=1)))
    shown = public_draws.disclosed(case)
    Removal.objects.create(disclosure=shown, because="term", removed_at=shown.published_at)
    said = Objection.objects.create(
        number="YY-1", disclosure=shown, kind="statement", state="shown", text="x", text_sha256="0" * 64, token_digest="0" * 64, source="0",
        received_at=shown.published_at, due_on=shown.due_on, decided_at=shown.published_at, handler=factories.user(Role.CLERK),
    )  # fmt: skip
    Statement.objects.create(disclosure=shown, objection=said, text="x", shown_at=shown.published_at)
    Proposal.objects.create(
        disclosure=shown, what="correction", because="error", base=1, values={"findings": "x"}, was={"findings": ""}, explanation="x",
        asked_by=factories.user(Role.CLERK), asked_at=shown.published_at,
    )  # fmt: skip
    draw, subject, user = case.draw, case.subject, factories.user(Role.CLERK)
    assert draw is not None
    factories.exclusion(subject)
    factories.recusal(factories.inspector(), subject)
    today, now = clock.today(), clock.now()
    Complaint.objects.create(subject=subject, received_on=today, channel="12345", content="噪声", upheld=True, recorded_by=user)
    Violation.objects.create(subject=subject, found_on=today, facts="未登记", document_number="1", serious=True, recorded_by=user)
    source = draw.sources.all()[0]
    entry = SourceEntry.objects.create(source=source, value="1", evidence="照片", entered_by=user, entered_at=now)
    SourceEvidence.objects.create(entry=entry, name="a.pdf", kind="application/pdf", size=4, body=b"%PDF", sha256="0" * 64)
    Strike.objects.create(
        draw=draw, source=source, entry=entry, wrong="2", right="1", reason="mistyped", reported_at=now, state="struck",
        decided_by=user, decided_at=now, correction=1, result_hash="0" * 64,
    )  # fmt: skip
    draw.files.create(name="order.txt", sha256="0" * 64, size=1)
    DrawCertificate.objects.create(draw=draw, pdf=b"%PDF", sha256="0" * 64, issued_at=now)
    DrawSecret.objects.create(draw=draw, secret="0" * 64)
    RosterAudit.objects.create(draw=draw, auditor=user, audited_at=now, agrees=True)
    Import.objects.create(kind="subjects", file_name="a.xlsx", content=b"x", sha256="0" * 64, uploaded_by=user, uploaded_at=now)
    assert case.drawn is not None
    reserve = draw.drawn.get(kind="R")
    Replacement.objects.create(
        case=case, kind="subject", reason="gone", evidence_digest="0" * 64, asked_by=user, asked_at=now,
        state="refused", decided_by=factories.user(Role.SUPERVISOR), decided_at=now, refused_because="x",
    )  # fmt: skip
    HistoryRow.objects.create(
        draw=draw, number=1, kind="subject", winner=case.drawn, subject_out=case.drawn, subject_in=reserve, reason="gone",
        decided_by=user, decided_at=now, evidence_digest="0" * 64,
    )  # fmt: skip
    number = DocumentNumber.objects.create(
        unit=case.unit, word="源公（治）", kind="notice", year=today.year, serial=1, text="1号", case=case, taken_by=user, taken_at=now,
        voided_by=user, voided_at=now, void_because="更换",
    )  # fmt: skip
    Notice.objects.create(
        number=number, case=case, token="0" * 32, token_digest="0" * 64, facts_digest="0" * 64, first_day=today,
        last_day=today + dt.timedelta(days=9), service="received", served_on=today, served_by=user, served_at=now,
    )  # fmt: skip
    ordered = DocumentNumber.objects.create(
        unit=case.unit, word="源公（治）", kind="rectification", year=today.year, serial=1, text="责改1号", case=case, taken_by=user, taken_at=now,
        voided_by=user, voided_at=now, void_because="更换",
    )  # fmt: skip
    letter = Letter.objects.create(number=ordered, case=case, facts_digest="0" * 64)
    Bundle.objects.create(draw=draw, sheet="notice", asked_by=user, asked_at=now, sha256="0" * 64)
    Photo.objects.create(
        case=case, round=1, content_type="image/jpeg", size=4, sent_sha256="0" * 64, sha256="0" * 64, kept_by=user, kept_at=now
    )
    record = case.records.get()
    Acknowledgement.objects.create(record=record, kind="refused", witness="李某", content_hash="0" * 64, noted_by=user, noted_at=now)
    SecrecyCheck.objects.create(case=case, record=record, cleared=True, checked_by=user, checked_at=now)
    Clearance.objects.create(case=case, record=record, left=[[0, 1]], stars=[[1, 2]], reason="姓名", cleared_by=user, cleared_at=now)
    followup = FollowUp.objects.create(case=case, kind="rectification", what="补登", due_on=today, ordered_by=user, ordered_at=now, letter=letter)
    later = today + dt.timedelta(days=9)
    Duty.objects.create(case=case, ended_on=today, due_on=later, noted_at=now)
    Hold.objects.create(case=case, basis="x", reason="x", until=later, asked_by=user, asked_at=now)
    PenaltyDisclosure.objects.create(followup=followup, named=True, unit_name="x", decided_on=today, published_at=now, shown_until=later)
    Extension.objects.create(followup=followup, was_due_on=today, due_on=later, reason="x", decided_by=user, decided_at=now)
    Recheck.objects.create(followup=followup, case=case, ordered_by=user, ordered_at=now)
    SelfCheck.objects.create(asked_by=user, asked_at=now)
    KeyRotation.objects.create(key_name="k1", started_at=now, finished_at=now)
    factories.adhoc_request()
    person = factories.inspector()
    person.matters.add(draw.matter.matter)
    Leave.objects.create(inspector=person, kind=Leave.Kind.ANNUAL, starts_on=today, ends_on=today + dt.timedelta(days=9))
    InspectorGroup.objects.create(name="一组", unit=person.unit, leader=person).members.add(person)
    Training.objects.create(held_on=today, topic="规范", hours=2, unit=person.unit, recorded_by=user).attended.add(person)
    Assistant.objects.create(number="FJ1", name="辅警", unit=person.unit)
    edition = draw.matter.editions.all()[0]
    EditionPaper.objects.create(edition=edition, pdf=b"%PDF", digest="0" * 64, made_at=now)
    factories.permit(subject)
    Campaign.objects.create(year=today.year, since=today, due_on=today.replace(year=today.year + 1), started_by=user, started_on=today, ended_by=user, ended_on=today)
    Comparison.objects.create(
        category=subject.categories.all()[0], unit=subject.unit, source="名单", file_name="a.xlsx", sha256="0" * 64, compared_by=user, compared_at=now
    )
    factories.holidays(2026)
    item = factories.plan_item(draw.matter, source="county")
    PlanFile.objects.create(plan=item.plan, file_name="a.pdf", file=b"%PDF", sha256="0" * 64, kept_by=user, kept_at=now)
    TaskReport.objects.create(item=item, reported_on=today, file_name="a.pdf", file=b"%PDF", sha256="0" * 64, reported_by=user, reported_at=now)
    factor = Factor.objects.create(user=user, secret="A" * 32, enrolled_at=now, cleared_at=now, last_step=1, wrong=5, locked_until=now)
    RecoveryCode.objects.create(factor=factor, mark="abcd", hashed="x", used_at=now)
    handed = HandedList.objects.create(item=item, file_name="a.xlsx", sha256="0" * 64, lines=1, imported_by=user, imported_at=now)
    PasswordReset.objects.create(
        user=factories.user(Role.SUPERVISOR), asked_by=factories.user(Role.SYSTEM_ADMIN), asked_at=now, confirmed_by=factories.user(Role.SECURITY_ADMIN), confirmed_at=now
    )
    BreakGlass.objects.create(user=user, role="system-admin", reason="nobody else could act", opened_at=now, until=now + dt.timedelta(hours=2))
    Alarm.objects.create(kind="tries", sentence=["x", {}], raised_at=now, noted_by=user, noted_at=now)
    HandedSubject.objects.create(handed=handed, subject=subject, line=2)


@pytest.fixture
def honest() -> None:
    """An office in which every row stands in the ledger, and nobody guards the tables any more."""
    one_of_everything()
    tampering.adopt()
    tampering.lift_triggers()


CHECKED = [
    "case.called_off_at", "case.called_off_because", "case.joined_to", "draw.request", "draw.mode", "draw.staffs", "followup.state", "followup.settled_at", "historyrow.kind", "historyrow.position",
    "historyrow.inspector_out", "historyrow.inspector_in", "photo.withdrawn_by", "photo.withdrawn_at", "plan.replaces", "plan.amendment", "planitem.number", "replacement.kind", "replacement.assignment",
    "review.decision", "secrecycheck.cleared", "strike.state", "disclosure.named", "disclosureversion.named", "disclosureversion.because", "hold.state", "hold.decided_by", "hold.decided_at",
    "hold.lifted_by", "hold.lifted_at", "hold.lifted_because", "objection.kind", "penaltydisclosure.removed_at", "penaltydisclosure.removed_because", "penaltydisclosure.removed_basis", "penaltydisclosure.annulled_by",
    "penaltydisclosure.annulled_on", "penaltydisclosure.remove_by",
    "proposal.what", "proposal.objection", "proposal.event_on", "proposal.state", "proposal.decided_by", "proposal.decided_at", "removal.because", "holidayyear.edition", "permit.long_term", "recusal.organisation", "subject.merged_into",
    "user.is_superuser",
]  # fmt: skip
"""Columns of the sample rows of which a constraint of the database refuses every other value."""


def columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in protected_models():
        for name in model.PROTECTED:  # type: ignore[attr-defined]
            yield model, name


def mutated(row: models.Model, name: str) -> bool:
    """Change this column of the row by plain SQL as little as can be; False where the database itself refuses every value."""
    field = row._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        through, mine = getattr(row, name).through._meta.db_table, field.m2m_column_name()
        if sql(f'DELETE FROM "{through}" WHERE "{mine}" = %s', row.pk):  # noqa: S608
            return True
        related: Any = field.related_model
        makers: dict[Any, Any] = {Code: functools.partial(factories.code, CodeTable.FIELD), SubjectCategory: factories.category}
        other = (makers[related]() if related in makers else related.objects.all()[0]).pk
        return sql(f'INSERT INTO "{through}" ("{mine}", "{field.m2m_reverse_name()}") VALUES (%s, %s)', row.pk, other) > 0  # noqa: S608
    assert isinstance(field, models.Field)
    for value in tampering.other_values(field, getattr(row, field.attname)):
        try:
            with transaction.atomic():
                change(row, name, value)
        except DatabaseError:
            continue
        return True
    return False


@pytest.mark.proves("R28", "T18")
def test_every_protected_column_of_every_table_is_watched(honest: None, record_property: Any) -> None:
    assert astray() == []
    refused = []
    for model, name in columns():
        row = model._default_manager.order_by("-pk").first()
        assert row is not None, f"no row of {model._meta.label_lower}"
        with tampering.undone():
            if mutated(row, name):
                found = astray(model)
                assert len(found) == 1, (model, name, found)
                assert found[0].startswith(f"{model._meta.label_lower} {row.pk} was changed past the ledger"), (model, name)
            else:
                refused.append(f"{model._meta.model_name}.{name}")
    assert refused == CHECKED
    assert astray() == []
    every = len(list(columns()))
    record_property("figure", f"{every - len(refused)} of {every - len(refused)} one-column edits found and named; the database itself refuses {len(refused)} more")


@pytest.mark.proves("R28", "T18")
def test_a_row_that_vanished_and_a_row_from_nowhere_are_found(honest: None) -> None:
    gone = Complaint.objects.get()
    sql("DELETE FROM registries_complaint WHERE id = %s", gone.pk)
    new = factories.subject()
    found = astray(Complaint, Subject)
    assert found[0].startswith(f"registries.complaint {gone.pk} is gone")
    assert found[1] == f"registries.subject {new.pk} stands in no entry of the ledger"


@pytest.mark.proves("T5", "T18")
def test_a_role_given_past_the_office_is_found(honest: None) -> None:
    clerk = factories.user(Role.CLERK)
    tampering.adopt()
    sql("INSERT INTO registries_user_groups (user_id, group_id) SELECT %s, id FROM auth_group WHERE name = 'supervisor'", clerk.pk)
    assert [text.split(":")[0] for text in astray(User)] == [f"registries.user {clerk.pk} was changed past the ledger"]


def test_rows_that_stand_by_the_program_itself_are_watched_without_an_entry() -> None:
    assert astray() == []
    code = RESULT_CODES[0][0]
    sql("UPDATE registries_code SET label = 'x' WHERE code = %s", code)
    sql("UPDATE registries_user SET is_active = %s WHERE username = 'system'", False)
    assert len(astray()) == 2


def test_a_digest_is_the_same_before_and_after_a_reading() -> None:
    one_of_everything()
    for model in protected_models():
        for row in model._default_manager.all()[:3]:
            again = model._default_manager.get(pk=row.pk)
            assert digest(row) == digest(again)
    unit = Unit(code="X1", name="新单位", short_name="新", kind=Unit.Kind.BRIGADE)
    made = created(unit)
    assert digest(made.obj) == digest(Unit.objects.get(code="X1"))


def test_a_deletion_that_its_entry_names_is_no_finding(honest: None) -> None:
    row = Complaint.objects.get()
    gone = leaving([row])
    row.delete()
    with transaction.atomic():
        record.record_change("tests.delete", system_user().pk, Change(factories.some_unit(), gone=gone))
    assert astray(Complaint) == []


def test_a_change_that_is_written_while_the_check_reads_is_no_finding(honest: None) -> None:
    newest = Newest()
    newest.read_on()
    commands.save_unit(actor=factories.user(Role.SYSTEM_ADMIN), code="N1", name="新大队", short_name="新", kind="brigade")
    assert list(rows_astray(newest, stands_as_made, [Unit])) == []


# --- the ledger itself ------------------------------------------------------------------------------------------------


def wrong() -> list[str]:
    return [what.text % what.values for what in verify().wrong]


@pytest.fixture
def ledger() -> int:
    """A ledger of five entries, without its triggers; the number of the third."""
    actor = factories.user(Role.SYSTEM_ADMIN)
    for n in range(4):
        commands.save_unit(actor=actor, code=f"N{n}", name=f"{n}大队", short_name="新", kind="brigade")
    record.daily_checkpoint(clock.today(), system_user().pk)
    tampering.lift_triggers()
    return 3


@pytest.mark.proves("R28")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE registries_ledgerentry SET action = 'x' WHERE seq = 3", "entry 3 was changed"),
        ("UPDATE registries_ledgerentry SET time = '2020' WHERE seq = 3", "entry 3 was changed"),
        ("UPDATE registries_ledgerentry SET payload_hash = 'x' WHERE seq = 3", "the payload of entry 3 was changed"),
        ("UPDATE registries_ledgerentry SET previous = 'x' WHERE seq = 3", "entry 3 does not follow the entry before it"),
        ("UPDATE registries_ledgerentry SET entry_hash = 'x' WHERE seq = 3", "entry 3 was changed"),
        ("UPDATE registries_ledgerpayload SET body = '{}' WHERE entry_id = 3", "the payload of entry 3 was changed"),
        ("UPDATE registries_ledgerpayload SET body = 'no json' WHERE entry_id = 3", "the payload of entry 3 was changed"),
        ("UPDATE registries_ledgerpayload SET verb = 'x' WHERE entry_id = 3", "the look-up columns of entry 3 do not agree with its payload"),
        ("UPDATE registries_ledgerpayload SET actor_id = NULL WHERE entry_id = 3", "the look-up columns of entry 3 do not agree with its payload"),
        ("UPDATE registries_ledgerpayload SET object_id = '9' WHERE entry_id = 3", "the look-up columns of entry 3 do not agree with its payload"),
        ("UPDATE registries_ledgerpayload SET public = (1=1) WHERE entry_id = 3", "the look-up columns of entry 3 do not agree with its payload"),
        ("UPDATE registries_checkpoint SET text = 'x' WHERE entry_id = 5", "the checkpoint of entry 5 does not agree with it"),
        ("DELETE FROM registries_checkpoint WHERE entry_id = 5", "entry 5 has no checkpoint"),
    ],
)
@pytest.mark.proves("R28", "T18")
def test_whatever_is_changed_in_the_ledger_is_named(ledger: int, statement: str, said: str) -> None:
    assert wrong() == []
    sql(statement)
    assert wrong()[0] == said


def test_a_missing_entry_is_named(ledger: int) -> None:
    with tampering.undone():
        sql("DELETE FROM registries_ledgerpayload WHERE entry_id = 3")
        sql("DELETE FROM registries_ledgerentry WHERE seq = 3")
        assert wrong() == ["entry 3 is missing (found 4)"]


def test_the_command_says_so_in_a_sentence_and_by_its_status(ledger: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith("The ledger holds: 5 entries, head ")
    sql("UPDATE registries_ledgerentry SET action = 'x' WHERE seq = 3")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    assert capsys.readouterr().out == "The ledger is broken: entry 3 was changed\n"
    with pytest.raises(SystemExit):
        call_command("verify_ledger", "--json")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["holds"], facts["first_broken"], facts["entries"]) == (False, 3, 5)


def test_an_empty_ledger_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert not LedgerEntry.objects.exists()
    call_command("verify_ledger")
    assert capsys.readouterr().out == "The ledger holds: 0 entries, head -.\n"


def test_disclosures_are_protected_too() -> None:
    assert Disclosure in protected_models()
