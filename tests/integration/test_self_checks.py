"""The nightly self-check: asked for once a night whatever the timer forgets, kept for ever, an alarm where it finds something."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import translation

from inspections.cases.queries import viewer
from inspections.desk import queries as desk
from registries import clock
from registries.ledger import record
from registries.ledger.change import Refused
from registries.ledger.findings import Finding
from registries.ledger.models import LedgerPayload
from registries.ledger.queries import break_in_chain
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import system_user
from registries.people.roles import Role
from registries.selfchecks import commands, queries, rules, tasks
from registries.selfchecks.models import SelfCheck
from tests import factories, tampering

pytestmark = pytest.mark.django_db

NIGHT = dt.datetime(2026, 5, 4, 3, 0, tzinfo=clock.BEIJING)


def on(day: int, hour: int = 3) -> Any:
    return time_machine.travel(dt.datetime(2026, 5, day, hour, 0, tzinfo=clock.BEIJING), tick=False)


def test_it_runs_once_a_night_however_often_the_timer_rings() -> None:
    with on(4):
        for _ in range(3):
            tasks.sweep_self_checks()
    assert SelfCheck.objects.get().finished_at is not None
    with on(5, 1):
        tasks.sweep_self_checks()
        assert SelfCheck.objects.count() == 1
    with on(5, 2):
        tasks.sweep_self_checks()
        assert SelfCheck.objects.count() == 2
    assert break_in_chain() is None


def test_a_timer_that_was_down_for_days_catches_up_with_one_run() -> None:
    with on(4):
        tasks.sweep_self_checks()
    with on(9, 17):
        tasks.sweep_self_checks()
        tasks.sweep_self_checks()
    assert SelfCheck.objects.count() == 2


def test_a_clock_that_was_a_year_ahead_silences_nothing() -> None:
    with time_machine.travel(NIGHT + dt.timedelta(days=365), tick=False):
        tasks.sweep_self_checks()
    with on(4):
        assert queries.alarm(clock.now()) is not None
        tasks.sweep_self_checks()
    assert SelfCheck.objects.count() == 2


def test_its_outcome_is_a_row_and_an_entry_and_never_changes() -> None:
    with on(4):
        tasks.sweep_self_checks()
    check = SelfCheck.objects.get()
    assert (check.wrong, check.late, [found[0] for found in check.findings]) == (0, 1, ["holidays"])  # nobody entered any
    verbs = LedgerPayload.objects.order_by("entry_id").values_list("verb", flat=True)
    assert list(verbs) == ["registries.ask_self_check", "registries.keep_self_check"]
    for statement in ("UPDATE registries_selfcheck SET wrong = 0", "DELETE FROM registries_selfcheck"):
        with pytest.raises(DatabaseError), transaction.atomic():
            tampering.sql(statement)
    with pytest.raises(Refused):
        commands.keep_self_check(actor=system_user(), check_id=check.pk, entries=0, findings=[])


def test_what_it_finds_is_kept_in_words_and_rings_on_the_desk() -> None:
    unit = factories.unit()
    tasks.sweep_self_checks()
    check = SelfCheck.objects.get()
    assert check.wrong == 1
    with translation.override("en"):
        assert [one.sentence for one in queries.told(check) if not one.warning] == [f"unit {unit.pk} stands in no entry of the ledger"]
    for role in (Role.AUDITOR, Role.SUPERVISOR):
        rows = desk.todo(viewer(factories.user(role)), clock.now())
        assert rows[0].task.url == "/office/ledger/self-check/"
    assert not [r for r in desk.todo(viewer(factories.user(Role.REVIEWER)), clock.now()) if "self-check" in r.task.url]


def test_silence_is_an_alarm_after_26_hours_and_not_before() -> None:
    with on(4):
        assert queries.alarm(clock.now()) is None
        record.daily_checkpoint(clock.today(), system_user().pk)
    with on(5, 4):
        assert queries.alarm(clock.now()) is None
    with on(5, 6):
        assert queries.alarm(clock.now()) is not None
        tasks.sweep_self_checks()
        assert queries.alarm(clock.now()) is None


def test_a_run_whose_worker_died_is_taken_up_again_and_given_up_after_three() -> None:
    with on(4):
        commands.ask_self_check(actor=system_user())
        check = SelfCheck.objects.get()
        assert queries.begin(check.pk, clock.now())
        assert not queries.begin(check.pk, clock.now())
        tasks.run_self_check(check.pk)
        check.refresh_from_db()
        assert check.finished_at is None
    for turn in range(1, rules.MOST_ATTEMPTS):
        later = NIGHT + turn * (rules.GIVEN_UP_AFTER + dt.timedelta(seconds=1))
        assert queries.begin(check.pk, later)
    assert not queries.waiting().exists()
    with on(5, 6):
        tasks.sweep_self_checks()
    assert SelfCheck.objects.filter(finished_at__isnull=False).count() == 1


def test_a_second_message_finds_the_run_taken() -> None:
    commands.ask_self_check(actor=system_user())
    check = SelfCheck.objects.get()
    tasks.run_self_check(check.pk)
    tasks.run_self_check(check.pk)
    assert LedgerPayload.objects.filter(verb="registries.keep_self_check").count() == 1


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="registries.people.backend.Accounts")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_auditor_asks_for_one_now_and_reads_the_findings_in_words() -> None:
    client = client_of(factories.user(Role.AUDITOR))
    assert "No self-check has finished yet" in client.get("/office/ledger/self-check/").content.decode()
    client.post("/office/ledger/self-check/")
    assert "The worker looks at everything now" in client.get("/office/ledger/self-check/").content.decode()
    check = SelfCheck.objects.get()
    findings = [Finding("rows", say("%(kind)s %(pk)s stands in no entry of the ledger", kind="registries.unit", pk=7))]
    findings.append(Finding("open orders", say("Order %(number)s is overdue: it has no result yet.", number="2026-001"), warning=True))
    commands.keep_self_check(actor=system_user(), check_id=check.pk, entries=9, findings=findings)
    shown = client.get("/office/ledger/self-check/").content.decode()
    assert "unit 7 stands in no entry of the ledger" in shown
    assert "Order 2026-001 is overdue" in shown
    assert "1 thing is not as it must be" in shown


def test_a_supervisor_reads_the_outcome_but_does_not_ask(client: Client) -> None:
    client = client_of(factories.user(Role.SUPERVISOR))
    assert "Check now" not in client.get("/office/ledger/self-check/").content.decode()
    client.post("/office/ledger/self-check/")
    assert not SelfCheck.objects.exists()


def test_two_at_once_are_one(django_assert_max_num_queries: Any) -> None:
    auditor = factories.user(Role.AUDITOR)
    commands.ask_self_check(actor=auditor)
    with pytest.raises(Refused):
        commands.ask_self_check(actor=auditor)
    client = client_of(auditor)
    with django_assert_max_num_queries(15):
        client.get("/office/ledger/self-check/")


@pytest.mark.parametrize(
    ("last", "due"),
    [(None, True), ("2026-05-04T02:00", False), ("2026-05-04T01:59", True), ("2026-05-03T23:00", True), ("2026-05-04T03:01", True)],
)
def test_the_night_begins_at_two(last: str | None, due: bool) -> None:
    moment = dt.datetime.fromisoformat(last).replace(tzinfo=clock.BEIJING) if last else None
    assert rules.is_due(moment, NIGHT) is due
