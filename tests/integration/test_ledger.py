"""The ledger: the chain, gathered refusals, the daily checkpoint, mails to the keepers, and its telling in words."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.test import override_settings

from registries import clock
from registries.ledger import mailing, queries, record
from registries.ledger.change import Refused
from registries.ledger.commands import COMMANDS
from registries.ledger.models import Checkpoint, CheckpointDelivery, LedgerEntry, LedgerPayload, RefusalTally
from registries.ledger.tasks import sweep_ledger
from registries.ledger.telling import history_told, tell
from registries.ledger.words import WORDS
from registries.people import commands
from registries.people.models import Unit
from registries.people.queries import system_user
from registries.people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def save_unit(code: str = "ZA", name: str = "治安大队", unit_id: int | None = None) -> None:
    commands.save_unit(
        actor=factories.user(Role.SYSTEM_ADMIN), unit_id=unit_id, code=code, name=name, short_name=name, kind="brigade"
    )


def test_entries_follow_each_other_and_the_chain_holds() -> None:
    save_unit()
    save_unit("WA", "网安大队")
    second, first = LedgerEntry.objects.all()[:2]
    assert second.seq == first.seq + 1
    assert second.previous == first.entry_hash
    assert queries.verification().wrong is None
    assert queries.verification().entries == second.seq


def test_refusals_of_one_minute_are_one_entry_and_a_number() -> None:
    clerk = factories.user(Role.CLERK)
    with time_machine.travel(dt.datetime(2026, 5, 1, 8, 0, 5, tzinfo=clock.BEIJING), tick=False):
        for _ in range(5):
            with pytest.raises(Refused):
                commands.save_unit(actor=clerk, code="X", name="X", short_name="X", kind="brigade")
        assert LedgerPayload.objects.filter(verb="registries.save_unit").count() == 1
        assert record.settle_refusals() == 0
    with time_machine.travel(dt.datetime(2026, 5, 1, 8, 1, 0, tzinfo=clock.BEIJING), tick=False):
        assert record.settle_refusals() == 1
    first, more = tell(list(LedgerPayload.objects.filter(verb="registries.save_unit").select_related("entry", "actor").order_by("entry_id")))
    assert first.refused
    assert more.more == 4
    assert not RefusalTally.objects.exists()


def test_every_day_has_one_checkpoint_even_when_nothing_happens() -> None:
    today = clock.today()
    actor = system_user().pk
    fixed = record.daily_checkpoint(today, actor)
    assert fixed is not None
    assert fixed.entry == queries.head()
    assert fixed.text.startswith("sunlot-checkpoint-1\n")
    assert record.daily_checkpoint(today, actor) is None
    tomorrow = today + dt.timedelta(days=1)
    with time_machine.travel(dt.datetime.combine(tomorrow, dt.time(9), clock.BEIJING)):
        assert record.daily_checkpoint(tomorrow, actor) is not None


@override_settings(EMAIL_URL="smtp://localhost", CHECKPOINT_KEEPERS=["a@example.org", "b@example.org"])
def test_checkpoints_reach_every_keeper_once() -> None:
    sweep_ledger()
    assert [message.to for message in mail.outbox] == [["a@example.org"], ["b@example.org"]]
    assert Checkpoint.objects.get().text in mail.outbox[0].body
    sweep_ledger()
    assert len(mail.outbox) == 2
    assert CheckpointDelivery.objects.count() == 2


@override_settings(
    EMAIL_URL="smtp://localhost:1",
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="localhost",
    EMAIL_PORT=1,
    CHECKPOINT_KEEPERS=["a@example.org"],
)
def test_a_mail_server_that_is_down_loses_nothing() -> None:
    record.daily_checkpoint(clock.today(), system_user().pk)
    assert mailing.send_checkpoints() == 0
    assert not CheckpointDelivery.objects.exists()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        assert mailing.send_checkpoints() == 1


def test_without_a_mail_server_nothing_is_marked_as_sent() -> None:
    record.daily_checkpoint(clock.today(), system_user().pk)
    with override_settings(EMAIL_URL="", CHECKPOINT_KEEPERS=["a@example.org"]):
        assert mailing.send_checkpoints() == 0
    assert not CheckpointDelivery.objects.exists()


def test_an_objects_history_is_told_in_words() -> None:
    save_unit()
    unit = Unit.objects.get(code="ZA")
    parent = factories.unit("县公安局", Unit.Kind.BUREAU)
    commands.save_unit(
        actor=factories.user(Role.SYSTEM_ADMIN, name="王管理"),
        unit_id=unit.pk,
        code="ZA",
        name="治安管理大队",
        short_name="治安大队",
        kind="station",
        parent_id=parent.pk,
        active=False,
    )
    newest = history_told(unit)[0]
    assert newest.who == "王管理"
    told = {field.field: (field.before, field.after) for field in newest.fields}
    assert ("治安大队", "治安管理大队") in told.values()
    assert ("", "县公安局") in told.values()
    assert (str(Unit.Kind.BRIGADE.label), str(Unit.Kind.STATION.label)) in told.values()


def test_every_command_has_words() -> None:
    assert set(COMMANDS) <= set(WORDS)
