"""Redis lost, down or frozen while people work: nothing they decided is lost, and no page waits for it (trust.md R4, R6, R7)."""

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from inspections.cases.models import Case
from publicity.disclosures.models import Disclosure
from publicity.disclosures.tasks import sweep_disclosures
from registries import clock
from registries.ledger import bell as bells
from registries.ledger.findings import run_checks
from registries.ledger.models import LedgerPayload
from registries.people.models import User
from registries.people.roles import Role
from tests import factories, many_cases, tampering
from tests.faults.queues import Queue, own_queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine("postgresql")]
Told = Callable[[str, object], None]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    with own_queue(monkeypatch) as own:
        yield own


def waiting_cases(count: int) -> tuple[list[Case], User]:
    """Reviewed cases that their clerk may release for disclosure, which rings the worker."""
    cases = many_cases.reviewed(count, ended_on=clock.today())
    clerk = factories.user(Role.CLERK, unit=cases[0].unit)
    tampering.adopt()
    return cases, clerk


def release(cases: list[Case], clerk: User) -> list[float]:
    """One click after the other; how long each took. A page that fails raises here."""
    client, took = Client(), []
    client.force_login(clerk, backend="registries.people.backend.Accounts")
    for case in cases:
        start = time.monotonic()
        answer = client.post(f"/office/cases/{case.number}/release/")
        took.append(time.monotonic() - start)
        assert answer.status_code == 302
    assert Case.objects.filter(pk__in=[case.pk for case in cases], released_at=None).count() == 0
    return took


@pytest.mark.proves("R4")
@pytest.mark.parametrize("how", ["flushed", pytest.param("killed", marks=pytest.mark.full)])
@pytest.mark.parametrize("intents", [10, pytest.param(50, marks=pytest.mark.full)])
def test_a_queue_that_forgets_everything_loses_nothing_that_people_decided(queue: Queue, intents: int, how: str, record_property: Told) -> None:
    cases, clerk = waiting_cases(intents)
    release(cases, clerk)
    assert queue.waiting == intents
    queue.lose_everything(how)
    assert queue.waiting == 0
    sweep_disclosures()
    published = Disclosure.objects.filter(case__in=cases).count()
    record_property("figure", f"queue {how}: {intents - published} of {intents} intents lost")
    assert (published, LedgerPayload.objects.filter(verb="publicity.publish_case").count()) == (intents, intents)
    assert [finding for finding in run_checks() if not finding.warning] == []


@pytest.mark.parametrize("clicks", [5, pytest.param(100, marks=pytest.mark.full)])
@pytest.mark.parametrize("how", [pytest.param("down", marks=pytest.mark.proves("R6")), pytest.param("frozen", marks=pytest.mark.proves("R7"))])
def test_pages_answer_while_the_queue_does_not(queue: Queue, clicks: int, how: str, record_property: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "QUIET_SECONDS", 600.0)  # a slow machine needs more than half a minute for a hundred pages
    cases, clerk = waiting_cases(2 * clicks + 1)
    calm = release(cases[:clicks], clerk)
    if how == "down":
        queue.server.kill()
    else:
        queue.server.freeze()
    took = release(cases[clicks:-1], clerk)
    usual, later = (statistics.median(times) * 1000 for times in (calm, took[1:]))
    record_property(
        "figure",
        f"queue {how}: first page {took[0]:.2f} s, then of {len(took) - 1} pages {later:.0f} ms (median), slowest {max(took[1:]) * 1000:.0f} ms; "
        f"with the queue up {usual:.0f} ms, slowest {max(calm) * 1000:.0f} ms",
    )
    assert queue.rung == clicks + 1, "nobody rings again while the queue is out of reach"
    assert took[0] < 15
    queue.server.freeze(False) if how == "frozen" else queue.server.start()
    monkeypatch.setattr(bells.bell, "_quiet_until", 0.0)
    before = queue.waiting
    time.sleep(0.2)
    release(cases[-1:], clerk)
    deadline = time.monotonic() + 20
    while queue.waiting <= before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert queue.waiting > before, "the bell is rung again once the queue is back"


def test_after_a_bell_that_nobody_heard_the_process_is_quiet_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []

    def broken(task: str, **_: object) -> None:
        rung.append(task)
        raise ConnectionRefusedError

    monkeypatch.setattr("celery.current_app.send_task", broken)
    bell = bells.Bell()
    assert [bell.ring("publicity.publish_case", {"case_id": 1}) for _ in range(3)] == [False, False, False]
    assert len(rung) == 1
    monkeypatch.setattr(bells, "QUIET_SECONDS", 0.0)
    bell.reset()
    assert [bell.ring("publicity.publish_case", {"case_id": 1}) for _ in range(2)] == [False, False]
    assert len(rung) == 3
