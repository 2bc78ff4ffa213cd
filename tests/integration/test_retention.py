"""What has passed its time goes, through the ledger; what proves something never does; every table stands in one list."""

import datetime as dt
import os
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client

from config.checks import logs_are_kept_long_enough
from inspections.messages.models import Message
from publicity.corrections.models import Objection
from registries import clock
from registries.ledger.change import Refused
from registries.ledger.digests import digest, protected_models
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.models import Session
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.persons.commands import find_person
from registries.retention.commands import forget_due
from registries.retention.lines import LINES, line_of
from tests import factories, objected
from tests.sealed_storage import path_of

pytestmark = pytest.mark.django_db


def due() -> dict[str, int]:
    """Line → rows that have passed their time."""
    return {code: count for code, line in LINES.items() if line.due is not None and (count := line.due())}


def test_every_table_stands_in_the_list_and_no_protected_one_loses_rows() -> None:
    assert [model._meta.label for model in apps.get_models() if line_of(model) is None] == []
    known = {model._meta.label_lower for model in apps.get_models()}
    assert {label for line in LINES.values() for label in line.tables} <= known
    protected = {model._meta.label_lower for model in protected_models()}
    for line in LINES.values():
        assert line.forget is None or not protected & set(line.tables), line.code


def test_what_is_over_goes_and_the_ledger_says_how_much(settings: Any) -> None:
    long_ago = clock.now() - dt.timedelta(days=1200)
    Session.objects.create(session_key="x", session_data="x", expire_date=long_ago, began_at=long_ago, seen_at=long_ago)
    user = factories.user(Role.CLERK)
    Message.objects.create(user=user, kind="waiting", key="k", title={}, text={}, url="/", posted_at=long_ago, closed_at=long_ago)
    row = objected.objection(kind="statement", name="赵某", contact="13800138000")
    Objection.objects.filter(pk=row.pk).update(state="declined", decided_at=long_ago, handler=objected.reviewer())
    row.refresh_from_db()
    stood = digest(row)
    orphan = path_of("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"k1:")
    os.utime(orphan, (1, 1))
    assert due() == {"sessions": 1, "messages": 1, "files": 1, "objectors": 1}
    call_command("retain", check=True)
    assert len(due()) == 4
    call_command("retain")
    assert due() == {}
    assert not orphan.exists()
    row.refresh_from_db()
    assert (row.name, row.contact, row.text) == ("", "", "登记齐全，请复核。")
    assert digest(row) == stood
    assert LedgerPayload.objects.filter(verb="registries.forget_due").count() == 4
    with pytest.raises(Refused, match="ever deleted"):
        forget_due(actor=system_user(), line="cases")
    with pytest.raises(DatabaseError), transaction.atomic():
        Objection.objects.filter(pk=row.pk).update(answer="x")


def test_what_was_read_is_told_for_three_years_and_never_for_less_than_half_a_year(settings: Any) -> None:
    clerk = factories.user(Role.CLERK)
    find_person(actor=clerk, purpose="12345转办", found=0)
    assert due() == {}
    settings.AUDIT_LOG_DAYS = 0
    assert [one.id for one in logs_are_kept_long_enough()] == ["sunlot.E062"]
    assert due() == {"reads": 1}
    with pytest.raises(Refused, match="180 days at least"):
        forget_due(actor=system_user(), line="reads")
    with pytest.raises(SystemExit):
        call_command("retain")
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerPayload.objects.exclude(verb="registries.find_person").delete()


def test_the_chain_is_whole_after_what_was_read_is_forgotten(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    clerk = factories.user(Role.CLERK)
    find_person(actor=clerk, purpose="12345转办", found=0)
    settings.AUDIT_LOG_DAYS = 0
    monkeypatch.setattr("registries.retention.kept.why_not_forget_log", lambda days: None)
    forget_due(actor=system_user(), line="reads")
    assert not LedgerPayload.objects.filter(verb="registries.find_person").exists()
    assert [one for one in run_check("ledger") if "payload" in one.english or one.check == "ledger"] == []


def test_the_administrators_and_the_auditor_see_the_list() -> None:
    for role, status in ((Role.SYSTEM_ADMIN, 200), (Role.AUDITOR, 200), (Role.CLERK, 403)):
        client = Client()
        client.force_login(factories.user(role))
        assert client.get("/office/retention/").status_code == status
