"""Work that kills whoever does it: three tries, then it is held, everything else goes on, and a person may release it (trust.md R10)."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from publicity.disclosures import commands, tasks
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.attempts import queries, trying
from registries.attempts.models import Attempt
from registries.ledger.findings import run_check
from registries.ledger.models import LedgerPayload
from registries.people.roles import Role
from tests import factories, many_cases, tampering

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usually("postgresql")]


def survives(work: Callable[[], object]) -> bool:
    """Do it in a process of its own; whether that came back."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.proves("R10")
def test_a_result_that_kills_the_worker_is_held_after_three_tries_and_the_others_go_out(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    cases = many_cases.reviewed(4, ended_on=clock.today())
    type(cases[0]).objects.update(released_at=clock.now())
    tampering.adopt()
    poison = cases[0]
    honest = commands.publish_case

    def deadly(*, actor: Any, case_id: int) -> Any:
        if case_id == poison.pk:
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(actor=actor, case_id=case_id)

    with monkeypatch.context() as patch:
        patch.setattr(commands, "publish_case", deadly)
        came_back = [survives(tasks.sweep_disclosures) for _ in range(6)]
    record_property("figure", f"{came_back.count(False)} runs, then held; {Disclosure.objects.count()} of 3 others published")
    assert came_back == [False, False, False, True, True, True]
    assert set(Disclosure.objects.values_list("case", flat=True)) == {case.pk for case in cases[1:]}
    held = queries.held().get()
    assert [finding.english for finding in run_check("held work")] == [f"publicity.publish_case of row {poison.pk} broke off 3 times and is held."]
    client = Client()
    client.force_login(factories.user(Role.SYSTEM_ADMIN), backend="registries.people.backend.Accounts")
    assert "公示检查结果" in client.get("/office/held-work/").content.decode()
    assert "1 项工作已搁置" in client.get("/office/").content.decode()
    assert client.post("/office/held-work/", {"attempt": held.pk}).status_code == 302
    assert LedgerPayload.objects.filter(verb="registries.release_work").count() == 1
    tasks.sweep_disclosures()
    assert Disclosure.objects.filter(case=poison).exists()
    assert not Attempt.objects.exists()


def test_an_error_is_no_death_and_a_run_that_goes_on_is_not_counted_twice() -> None:
    began: list[int] = []

    @trying.tried("inspections.issue_certificate")
    def fails(draw_id: int) -> None:
        assert Attempt.objects.get().begun == 1
        began.append(draw_id)
        with trying._alone("inspections.issue_certificate", draw_id) as free:
            assert free is (connection.vendor == "postgresql"), "the session that holds a lock may take it again, another file handle may not"
        raise ValueError

    for _ in range(5):
        with pytest.raises(ValueError):  # noqa: PT011
            fails(draw_id=7)
    assert began == [7] * 5
    assert not Attempt.objects.exists()
