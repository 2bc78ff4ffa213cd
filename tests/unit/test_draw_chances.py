"""What the pages say of a draw before it: chances per slip count, idle strata, cells that give their owner away."""

from fractions import Fraction

import pytest

from inspections.draws.chances import Cell, first_chances, inclusion_chances, small_cells
from inspections.draws.files import RosterLine


def test_the_first_chance_is_slips_by_all_slips_exactly() -> None:
    assert first_chances({1: 7, 3: 1}) == {1: Fraction(1, 10), 3: Fraction(3, 10)}
    assert inclusion_chances({1: 7, 3: 1}, 1) == {1: 0.1, 3: 0.3}


def test_the_chances_of_all_add_up_to_the_number_drawn() -> None:
    counts = {1: 900, 2: 60, 3: 40}
    for k in (2, 50, 500, 999):
        chances = inclusion_chances(counts, k)
        assert sum(counts[slips] * chance for slips, chance in chances.items()) == pytest.approx(k)


@pytest.mark.parametrize(("rate", "times"), [(0.05, 2.88), (0.2, 2.51), (0.5, 1.83)])
def test_three_slips_are_as_many_times_the_chance_as_the_protocol_says(rate: float, times: float) -> None:
    """The protocol's figures come out where one entry in ten has three slips and the others one."""
    chances = inclusion_chances({1: 9_000, 3: 1_000}, int(rate * 10_000))
    assert chances[3] / chances[1] == pytest.approx(times, abs=0.005)


def test_none_and_all_are_certain() -> None:
    assert inclusion_chances({1: 3, 2: 1}, 0) == {1: 0.0, 2: 0.0}
    assert inclusion_chances({1: 3, 2: 1}, 4) == {1: 1.0, 2: 1.0}


def test_cells_of_fewer_than_five_are_named() -> None:
    rows = [RosterLine(f"{number:032x}", "a", 1) for number in range(5)]
    rows += [RosterLine(f"{number:032x}", "a", 3, ("hotel",)) for number in range(5, 9)]
    assert small_cells(rows) == [Cell("a", 3, ("hotel",), 4)]
    assert small_cells(rows, least=4) == []
