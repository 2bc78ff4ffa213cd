"""The timer as real processes: beat dead for days, its schedule lost, two of them, the clock stepped by libfaketime (trust.md R16, R17)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.bootstrap import ROOT
from inspections.cases.models import Case
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import Duty
from registries import clock
from registries.ledger.models import LedgerPayload
from tests import many_cases

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
WORKER = ("celery", "-q", "-A", "config.celery", "worker", "-c", "1", "--without-gossip", "--without-mingle", "-l", "WARNING")
BEAT = ("celery", "-q", "-A", "config.celery", "beat", "--pidfile=", "-l", "WARNING")

SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], max(0.0, seconds))\n"
"""libfaketime 0.9.10 leaves the monotonic clock alone when asked, but then fails the call that Python's ``time.sleep`` makes."""

pytestmark = [
    pytest.mark.full,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not LIBRARY.exists(), reason="libfaketime is not installed (apt-get install faketime)"),
]


class Processes:
    """Worker and beats on the database of this test, at another time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        (folder / "patch").mkdir()
        (folder / "patch" / "sitecustomize.py").write_text(SLEEP, encoding="utf-8")
        database = connection.settings_dict
        url = f"sqlite:///{database['NAME']}" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url, "DATA_DIR": str(folder), "DEMO": "1", "SWEEP_SECONDS": "2",
            "CELERY_BROKER_URL": "fsqueue://localhost/", "BOOTSTRAP": "off",
        }  # fmt: skip

    def start(self, command: tuple[str, ...], *more: str, ahead: str = "") -> subprocess.Popen[bytes]:
        """One process; ``ahead`` is libfaketime's offset, such as ``+18d``."""
        faked = {
            "LD_PRELOAD": str(LIBRARY), "FAKETIME": ahead, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONPATH": str(self.folder / "patch"),
        }  # fmt: skip
        env = self.env | (faked if ahead else {})
        with (self.folder / "log").open("ab") as log:
            made = subprocess.Popen([sys.executable, "-m", *command, *more], cwd=ROOT, env=env, stdout=log, stderr=log)
        self.running.append(made)
        return made

    def stop(self) -> None:
        """All of them."""
        for one in self.running:
            one.terminate()
        for one in self.running:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self.running.clear()


@pytest.fixture
def processes(tmp_path: Path) -> Any:
    made = Processes(tmp_path)
    yield made
    made.stop()


def wait_for(count: int, seconds: float) -> float:
    """Until so many are out; how long it took. Fails with how many there were."""
    start = time.monotonic()
    while (out := Disclosure.objects.count()) < count:
        assert time.monotonic() - start < seconds, f"{out} of {count} after {seconds:.0f} s"
        time.sleep(0.5)
    return time.monotonic() - start


def went_out() -> int:
    return LedgerPayload.objects.filter(verb="publicity.publish_case", entry__action__endswith=".change").count()


@pytest.mark.proves("R16", "R17")
def test_a_thousand_due_beat_dead_for_three_days_schedule_lost_two_beats_and_clock_steps(
    processes: Processes, record_property: Callable[[str, object], None]
) -> None:
    """Every one in time, on the first sweep, once; and the timer goes on after the clock was a year ahead."""
    assert settings.DISCLOSURE_UNASKED_FROM_DAY == 15
    many_cases.reviewed(1000, ended_on=clock.today())
    processes.start(WORKER, ahead="+18d")
    schedule = processes.folder / "schedule"
    first = processes.start(BEAT, "-s", str(schedule), ahead="+18d")
    second = processes.start(BEAT, "-s", str(processes.folder / "other"), ahead="+18d")
    took = wait_for(1000, 500)
    time.sleep(6)
    assert (Disclosure.objects.count(), went_out()) == (1000, 1000)
    assert not [one for one in Disclosure.objects.all() if one.published_at.astimezone(clock.BEIJING).date() > one.due_on]
    assert not Duty.objects.filter(attempts__gt=0).exists()
    record_property("figure", f"beat dead for three days, schedule lost, two beats: 1,000 of 1,000 in time and once, the last one {took:.0f} s after the start")
    # the clock goes a year ahead: beat remembers that year in its schedule, then everything is mended
    for one in (first, second):
        one.terminate()
        one.wait(20)
    ahead = processes.start(BEAT, "-s", str(schedule), ahead="+365d")
    time.sleep(15)
    ahead.terminate()
    ahead.wait(20)
    processes.stop()
    many_cases.reviewed(50, ended_on=clock.today())
    Case.objects.filter(disclosure=None).update(released_at=clock.now())
    processes.start(WORKER)
    processes.start(BEAT, "-s", str(schedule))
    took = wait_for(1050, 120)
    record_property("figure", f"clock a year ahead and mended: 50 of 50 out {took:.0f} s after the start")
    assert went_out() == 1050
