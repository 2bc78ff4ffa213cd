"""Web, worker and database on three machines, and their cables pulled in the middle of a draw and of a publication; then put back."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Template
from tests.faults import machines
from tests.faults.test_upgrade_drill import Larger, until

pytestmark = [
    pytest.mark.full,
    pytest.mark.engine("postgresql"),
    pytest.mark.skipif(not machines.possible(), reason="network namespaces need root, iproute2, PostgreSQL and Redis"),
]

CUT_SECONDS = 20


def drawn(seen: dict[str, object]) -> bool:
    return seen["state"] == "drawn" and bool(seen["certified"]) and seen["cases"] == 30


@pytest.mark.proves("R12")
def test_cables_pulled_in_a_draw_and_in_a_publication_lose_nothing(tmp_path: Path, template: Template, record_property: Callable[[str, object], None]) -> None:
    with machines.Network() as network, machines.database(network) as found:
        machines.fill(network, template.database_url, found["DATABASE_URL"])
        stack = machines.Machines(network, tmp_path, {**template.env, "PUBLIC_REQUESTS_PER_MINUTE": "0", **found})
        with stack:
            beside = Larger(stack, 40_000, network.inside("database"))
            times = [_draw(network, stack, beside, cable) for cable in ("worker", "database")]
            times.append(_publication(network, beside))
            assert stack.ask("/") == 200
            assert stack.ask("/office/sign-in/") == 200
            told = json.loads(stack.manage("check_invariants", "--json"))
            beside.end()
    assert told["holds"], told["findings"]
    record_property(
        "figure", f"cables cut {CUT_SECONDS} s: draws done {times[0]:.0f} s and {times[1]:.0f} s, 200 publications {times[2]:.0f} s after; 0 findings"
    )


def _draw(network: machines.Network, stack: machines.Machines, beside: Larger, cable: str) -> float:
    beside.ask("prepare")
    beside.ask("go")
    time.sleep(2)
    early = drawn(beside.ask("look"))
    network.cut(cable)
    time.sleep(CUT_SECONDS)
    assert not early, "the draw was over before the cable was pulled: the test proves nothing"
    network.mend(cable)
    seconds = until(lambda: drawn(beside.ask("look")))
    seen = beside.ask("look")
    assert (seen["results"], seen["matches"]) == (1, True)
    return seconds


def _publication(network: machines.Network, beside: Larger) -> float:
    before = beside.ask("told")["published"]
    beside.ask("owe")
    until(lambda: bool(beside.ask("told")["published"] > before))
    network.cut("worker")
    amid = beside.ask("told")["published"]
    time.sleep(CUT_SECONDS)
    network.mend("worker")
    seconds = until(lambda: bool(beside.ask("told")["published"] == before + 200))
    assert amid < before + 200, "all was published before the cable was pulled: the test proves nothing"
    return seconds
