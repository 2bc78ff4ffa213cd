"""The whole product with database, files and logs on a disk of 16 MB that fills up under people at work (trust.md R15).

The disk is a tmpfs of this test's own, so it needs the right to mount one; without it the test is left out.
"""

import os
import sqlite3
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from config.demo.serve import Stack
from registries.imports.disk import FULL
from tests.conftest import Template
from tests.faults.stacks import Told, until
from tests.faults.test_killed_draws import Beside
from tests.faults.visitors import CSRF, at_work, confirm

pytestmark = [pytest.mark.full, pytest.mark.engine("sqlite3")]
PUBLIC = ("/", "/results/", "/draws/", "/matters/")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Sixteen megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a tmpfs needs the right to")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take every byte that is left."""
    ballast = place / "ballast"
    with ballast.open("ab", buffering=0) as out:
        for size in (65_536, 4096, 1):
            with suppress(OSError):  # no space left
                while True:
                    out.write(b"x" * size)
    return ballast


def page(url: str, session: str = "", form: dict[str, object] | None = None) -> tuple[int, str]:
    """Status and text of a page, or of the answer to a form."""
    body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": CSRF}).encode() if form else None
    request = urllib.request.Request(url, body, {"Cookie": f"sessionid={session}; csrftoken={CSRF}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.proves("R15")
def test_a_disk_that_fills_up_under_people_at_work_loses_nothing_and_needs_no_restart(disk: Path, template: Template, record_property: Told) -> None:
    with Stack(disk, env=template.copied(disk) | {"SWEEP_SECONDS": "5"}) as stack:
        beside = Beside(stack)
        beside.ask("intents 5")
        session = beside.ask("session")["session"]
        read: list[int] = []
        with at_work(stack.url, session, [f"R{n:05}" for n in range(2900)], each_per_second=5) as load:
            time.sleep(4)
            before = len(load.acknowledged)
            ballast = fill(disk)
            full = time.monotonic()
            while time.monotonic() < full + 12:
                fill(disk)
                read += [page(f"{stack.url}{path}")[0] for path in PUBLIC]
                time.sleep(0.3)
            status, text = page(f"{stack.url}/office/subjects/R02950/verify/", session, {"version": 1})
            ballast.unlink()
            empty = time.monotonic()
            time.sleep(8)
        refused = sum(full < began < empty and code != 302 for began, _ended, _key, code in load.clicks)
        while_full = sum(full < began < empty and code == 302 for began, _ended, _key, code in load.clicks)
        assert refused, "the disk was never full"
        assert (status, str(FULL) in text) == (507, True), text[-600:]
        assert set(read) == {200}
        assert load.errors(empty + 2, empty + 8) == 0
        assert confirm(stack.url, session, "R02950") == 302, "what was refused can be sent again"
        with closing(sqlite3.connect(disk / "sunlot.sqlite3")) as database:
            kept = {key for (key,) in database.execute("SELECT key FROM registries_subject WHERE version = 2")}
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        lost = set(load.acknowledged) - kept
        assert not lost
        beside.ask("release")
        took = until(partial(all_out, beside), f"the worker works again\n{stack.tail('worker')}")
        assert stack.fallen() == []
        record_property(
            "figure",
            f"{len(lost)} of {len(load.acknowledged)} acknowledged lost ({before} before, {while_full} while full), {refused} refused with a sentence, "
            f"{len(read)} of {len(read)} public pages read, first good click {load.first_good(empty):.1f} s after there was room, worker done {took:.0f} s after, no restart",
        )
        beside.end()
        assert '"holds": true' in stack.manage("check_invariants", "--json")
        assert os.path.getsize(disk / "sunlot.sqlite3") < 16 * 1024 * 1024


def all_out(beside: Beside) -> bool:
    """Whether all five are public."""
    return bool(beside.ask("published")["published"] == 5)
