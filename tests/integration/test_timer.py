"""The timer that fails: beat dead for days, a schedule lost or from the future, two of everything, a clock that runs ahead and back.

What is due is asked of the database, so whatever comes to itself again does it, each result once (trust.md R16–R18).
"""

import datetime as dt
import json
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client, override_settings
from django.urls import reverse

from config.beat import Scheduler
from config.celery import app
from publicity.disclosures import commands, queries, rules, tasks
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty
from publicity.site.queries import overall, punctuality
from registries import clock
from registries.heartbeats import beating
from registries.heartbeats.models import Heartbeat
from registries.heartbeats.rules import is_silent
from registries.heartbeats.tasks import sweep_heartbeat
from registries.ledger.change import Change, Refused
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories as make
from tests import many_cases
from tests.public_draws import at

DAY = dt.timedelta(days=1)
Told = Callable[[str, object], None]


def published(*case_ids: int) -> int:
    """How often the ledger says that one of these went out (all, unless said)."""
    return LedgerPayload.objects.filter(verb="publicity.publish_case", entry__action__endswith=".change").count()


# --- the sweeps ------------------------------------------------------------------------------------------------------


FEW = {name: {"task": name} for name in ("registries.sweep_imports", "publicity.sweep_disclosures", "registries.sweep_heartbeat")}


@override_settings(CELERY_BEAT_SCHEDULE=FEW)
def late_by_three_days(count: int) -> str:
    """Due while nothing ran for three days, past day 15; then the first sweep, and two more after it."""
    many_cases.reviewed(count, ended_on=clock.today())
    with at(clock.now() + 18 * DAY):
        began, processor = time.perf_counter(), time.process_time()
        call_command("sweep", stdout=StringIO())
        took, processor = time.perf_counter() - began, time.process_time() - processor
        tasks.sweep_disclosures()
        tasks.sweep_disclosures()
        assert (Disclosure.objects.count(), published()) == (count, count)
        assert {row.percent for row in punctuality()} == {"100"}
        assert not [one for one in run_check("disclosures") if not one.warning]
    assert processor <= 300
    return f"{count} due, 0 missed, 0 double, {took:.0f} s by the clock, {processor:.1f} s of the processor"


@pytest.mark.proves("R17")
@pytest.mark.django_db
def test_after_three_days_of_standstill_everything_due_goes_out_on_the_first_sweep_once(record_property: Told) -> None:
    record_property("figure", late_by_three_days(6))


@pytest.mark.proves("R17")
@pytest.mark.full
@pytest.mark.django_db
def test_a_thousand_due_cases_after_three_days_of_standstill(record_property: Told) -> None:
    record_property("figure", late_by_three_days(1000))


def some_fail(count: int, every: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """One in so many cannot be published: the others go out, it is listed with its reason, tried three times and not for ever."""
    cases = many_cases.reviewed(count, ended_on=clock.today() - 16 * DAY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does within a minute; without it the plan for empty tables takes longer than a statement may
    broken = {case.pk for case in cases[::every]}
    real = commands.publish_case

    def fails(*, actor: Any, case_id: int) -> Change:
        if case_id in broken:
            raise ValueError
        return real(actor=actor, case_id=case_id)

    monkeypatch.setattr(commands, "publish_case", fails)
    logging.getLogger("sunlot.sweep").setLevel(logging.CRITICAL)
    while Disclosure.objects.count() < count - len(broken):  # one sweep, where the time of one is enough
        tasks.sweep_disclosures()
    for _again in range(4):
        tasks.sweep_disclosures()
    logging.getLogger("sunlot.sweep").setLevel(logging.INFO)
    assert Disclosure.objects.count() == count - len(broken)
    assert set(queries.failing().values_list("case", flat=True)) == broken
    assert set(Duty.objects.filter(case__in=broken).values_list("attempts", flat=True)) == {queries.TRIES}
    assert len([one for one in run_check("disclosures") if "ValueError" in one.english]) == min(len(broken), 500)
    return f"{count - len(broken)} of {count} published, {len(broken)} listed as failing with their reason after {queries.TRIES} tries"


@pytest.mark.proves("R18")
@pytest.mark.django_db
def test_what_cannot_be_published_stops_nothing_else_and_is_listed(monkeypatch: pytest.MonkeyPatch, record_property: Told) -> None:
    record_property("figure", some_fail(4, 4, monkeypatch))


@pytest.mark.proves("R18")
@pytest.mark.full
@pytest.mark.django_db
def test_ten_thousand_with_one_in_a_hundred_failing(monkeypatch: pytest.MonkeyPatch, record_property: Told) -> None:
    record_property("figure", some_fail(int(os.environ.get("FAULT_CASES", "10000")), 100, monkeypatch))


@pytest.mark.django_db
def test_a_sweep_that_fails_stops_no_other_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    make.reviewed_case(released=True)
    monkeypatch.setitem(app.tasks, "registries.sweep_imports", lambda: 1 / 0)
    out = StringIO()
    with pytest.raises(SystemExit), override_settings(CELERY_BEAT_SCHEDULE=FEW):
        call_command("sweep", stdout=out)
    assert "1 failed: registries.sweep_imports." in out.getvalue()
    assert Disclosure.objects.count() == 1
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"sweep"}, "it does not say that the worker works"


def test_every_sweep_of_the_schedule_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("R16")
@pytest.mark.django_db
def test_a_clock_a_year_ahead_publishes_nothing_unsigned_and_back_nothing_twice_or_never() -> None:
    """What was reviewed goes out too early, which nobody can take back; dates and rows stay right, and the sweeps go on after."""
    case, unsigned = make.reviewed_case(), make.case()
    make.record(unsigned, signed=1)
    now = clock.now()
    with at(now + 365 * DAY):
        tasks.sweep_disclosures()
        sweep_heartbeat()
        assert list(Disclosure.objects.values_list("case", flat=True)) == [case.pk]
    beating.forget()
    assert beating.silence(now) is not None, "a heartbeat from the future says nothing"
    sweep_heartbeat()
    beating.forget()
    assert beating.silence(clock.now()) is None
    later = make.reviewed_case(released=True)
    tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=later).exists()
    assert published() == 2
    assert Duty.objects.get(case=case).due_on == clock.today() + 20 * DAY


@pytest.mark.django_db
def test_a_failure_noted_by_a_clock_that_ran_ahead_keeps_nobody_waiting() -> None:
    case = make.reviewed_case(released=True)
    tasks._note_duty(case.pk)
    Duty.objects.update(attempts=9, failed_at=clock.now() + 365 * DAY)
    tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=case).exists()


class Quiet(Scheduler):
    """Sends nothing and remembers what it would have sent."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[str] = []
        super().__init__(app=app, schedule_filename=str(folder / "schedule"), lazy=False)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Remember it."""
        self.sent.append(entry.name)

    def _show(self) -> None:
        """No heartbeat here."""


def rounds(made: Quiet, most: int = 60) -> set[str]:
    """Tick until nothing is due; what was sent."""
    made.sent.clear()
    for _ in range(most):
        if made.tick() > 0:
            break
    return set(made.sent)


@pytest.mark.proves("R16")
def test_a_schedule_from_the_future_is_forgotten_at_the_start_and_while_it_runs(tmp_path: Path) -> None:
    names = set(settings.CELERY_BEAT_SCHEDULE)
    first = Quiet(tmp_path)
    for entry in first.schedule.values():
        entry.last_run_at = entry.default_now() + 365 * DAY
    first.close()
    second = Quiet(tmp_path)
    assert rounds(second) >= names, "a schedule file that remembers next year"
    assert not rounds(second), "and once is enough"
    for entry in second.schedule.values():
        entry.last_run_at = entry.default_now() + DAY
    assert rounds(second) >= names, "the clock was set back while it ran"
    second.close()


@pytest.mark.proves("R16")
def test_the_trouble_with_the_plain_timer_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without forgetting, a last run in the future silences every entry."""
    monkeypatch.setattr(Scheduler, "forget_the_future", lambda self: 0)
    made = Quiet(tmp_path)
    for entry in made.schedule.values():
        entry.last_run_at = entry.default_now() + 365 * DAY
    assert not rounds(made)
    made.close()


# --- heartbeats ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("R17")
@pytest.mark.django_db
def test_the_office_says_so_when_the_worker_was_silent_for_ten_minutes() -> None:
    client = Client()
    client.force_login(make.user(Role.CLERK, unit=make.unit()))

    def said() -> str:
        beating.forget()
        return str(client.get(reverse("desk")).context["silent"])

    assert "没有运行" in said()
    sweep_heartbeat()
    beating.beats(beating.BEAT, clock.now())
    assert said() == ""
    assert "public" not in Client().get("/").context.get("silent", "")
    for minutes, silent in ((9, False), (11, True)):
        with at(clock.now() + dt.timedelta(minutes=minutes)):
            assert bool(said()) == silent
    with at(clock.now() + dt.timedelta(minutes=11)):
        assert "定时" in said(), "without the timer no task comes to the worker"
        beating.beats(beating.BEAT, clock.now())
        assert "后台" in said()
        assert [one.warning for one in run_check("heartbeats")] == [True]
    beating.forget()


def test_silence_is_ten_minutes_or_a_clock_that_ran_ahead() -> None:
    now = clock.now()
    moments = [None, now - dt.timedelta(minutes=11), now - dt.timedelta(minutes=9), now, now + dt.timedelta(minutes=5)]
    assert [is_silent(one, now) for one in moments] == [True, True, False, False, True]


# --- two publishers --------------------------------------------------------------------------------------------------


def at_once(case_id: int) -> list[str]:
    """Two publishers, no sweep between them: what became of each."""
    start = Barrier(2)

    def run(_number: int) -> str:
        start.wait()
        try:
            commands.publish_case(actor=make.system(), case_id=case_id)
        except (Refused, IntegrityError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, range(2)))


@pytest.mark.proves("R9", "R17")
@pytest.mark.django_db(transaction=True)
def test_of_two_publishers_at_once_one_publishes_and_the_other_is_refused() -> None:
    case = make.reviewed_case(released=True)
    assert at_once(case.pk) == ["Refused", "published"]
    assert (Disclosure.objects.count(), published()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_looking_the_database_alone_refuses_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the rule switched off both go ahead, and only the constraint is left."""
    monkeypatch.setattr(rules, "why_not_disclose", lambda **_: None)
    case = make.reviewed_case(released=True)
    assert at_once(case.pk) == ["IntegrityError", "published"]
    assert Disclosure.objects.count() == 1


# --- counted in public -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_overdue_counts_as_not_on_time() -> None:
    done = make.reviewed_case(released=True)
    tasks.sweep_disclosures()
    assert [(row.total, row.on_time, row.overdue) for row in punctuality()] == [(1, 1, 0)]
    for _ in range(2):
        owing = make.case()
        make.record(owing, inspected_on=clock.today() - 21 * DAY, signed=1)
        type(owing).objects.filter(pk=owing.pk).update(unit=done.unit)
    rows = {row.unit: row for row in punctuality()}
    mine = rows[done.unit.name]
    assert (mine.total, mine.on_time, mine.overdue, mine.percent) == (3, 1, 2, "33.3")
    assert overall(list(rows.values())).overdue == 2
    told = json.dumps([row._asdict() for row in rows.values()])
    assert done.subject.name not in told
