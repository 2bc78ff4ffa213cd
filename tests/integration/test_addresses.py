"""Addresses are for ever: every public address that a release had is served by this one, and so is every column of the open data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from publicity.opendata.datasets import DATASETS
from tests import factories, open_data, public_draws

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"


def lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def test_every_public_address_of_every_release_is_served(client: Client) -> None:
    draw = public_draws.drawn(entries=3, quota=1)
    (case,) = public_draws.visited(draw)
    shown = public_draws.disclosed(factories.reviewed_case(case) if case.ended_on is None else case)
    open_data.kept()
    known = {
        "result": shown.public_id,
        "outcome": shown.result_code,
        "matter": draw.matter.matter.code,
        "edition": draw.matter.editions.get().number,
        "town": shown.town_name,
        "unit": shown.unit_name,
        "draw": draw.number,
        "plan": public_draws.plan_number(draw),
        "item": draw.plan.code,
    }
    refused = {line: answer.status_code for line in lines("addresses.txt") if (answer := client.get(line.format(**known))).status_code != 200}
    assert refused == {}
    gone = open_data.removed(shown)
    assert client.get(f"/api/v1/results/{gone.public_id}").status_code == 410


def test_no_column_of_the_open_data_ever_goes_away_or_moves() -> None:
    for line in lines("columns.txt"):
        dataset, *names = line.split()
        assert list(DATASETS[dataset].names)[: len(names)] == names
