"""The simulator of a plan: its formulas against counting every case, and what must hold whatever the plan."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.plans.simulator import (
    Group,
    Item,
    above,
    coverage,
    covered,
    distribution,
    load,
    odds,
    simulate,
    spread,
)

SOME_CHANCES = st.lists(st.floats(0, 1), max_size=6)


def item(key: int, first: int = 1, last: int = 12, **other: Any) -> Item:
    plain: dict[str, Any] = {"matter": key, "unit": 1, "team": 2, "visits": 10, **other}
    return Item(key=key, first_month=first, last_month=last, **plain)


def group(size: int, *chances: tuple[int, float], grade: str = "B", cap: int = 2) -> Group:
    return Group(size, grade, cap, 0, chances)


@given(SOME_CHANCES)
def test_the_chances_of_0_1_2_draws_are_those_of_counting_every_case(chances: list[float]) -> None:
    counted = [0.0] * (len(chances) + 1)
    for outcome in itertools.product((0, 1), repeat=len(chances)):
        counted[sum(outcome)] += math.prod(p if hit else 1 - p for hit, p in zip(outcome, chances, strict=True))
    assert distribution(chances) == pytest.approx(counted, abs=1e-12)


@given(SOME_CHANCES, st.integers(0, 6))
def test_chances_add_up_to_one_and_their_mean_is_the_sum(chances: list[float], cap: int) -> None:
    found = odds([group(3, *enumerate(chances))])
    assert sum(found.times) == pytest.approx(1)
    assert found.mean == pytest.approx(sum(chances))
    assert 0 <= above(chances, cap) <= 1 + 1e-12


@given(st.integers(0, 500), st.integers(1, 12), st.integers(1, 12))
def test_visits_are_spread_over_the_months_without_one_too_many(visits: int, one: int, other: int) -> None:
    first, last = sorted((one, other))
    found = spread(visits, first, last)
    assert sum(found.values()) == visits
    assert max(found.values()) - min(found.values()) <= 1
    assert list(found) == list(range(first, last + 1))


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0.01, 1)), min_size=1, max_size=5))
def test_more_years_never_cover_less_and_the_years_told_are_the_first_that_suffice(sizes: list[tuple[int, float]]) -> None:
    groups = [group(size, (1, p)) for size, p in sizes]
    found = coverage(groups)
    total = sum(size for size, _p in sizes)
    grown = [covered(groups, year) for year in range(1, 8)]
    assert grown == sorted(grown)
    assert found.percent == pytest.approx(grown[0])
    if found.years is not None:
        assert total * (1 - covered(groups, found.years) / 100) < 1 + 1e-6
        assert found.years == 1 or total * (1 - covered(groups, found.years - 1) / 100) >= 1 - 1e-6


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=4), st.integers(1, 12))
def test_merged_visits_of_a_month_are_those_of_counting_every_case(plan: list[tuple[float, int, int]], month: int) -> None:
    items = [item(key, *sorted((a, b))) for key, (_p, a, b) in enumerate(plan)]
    told = simulate(items, [group(7, *((key, p) for key, (p, _a, _b) in enumerate(plan)))]).joint[month - 1]
    here = [p / len(items[key].months) if month in items[key].months else 0.0 for key, (p, _a, _b) in enumerate(plan)]
    several = saved = 0.0
    for outcome in itertools.product((0, 1), repeat=len(here)):
        chance = math.prod(p if hit else 1 - p for hit, p in zip(outcome, here, strict=True))
        several += chance * (sum(outcome) >= 2)
        saved += chance * max(0, sum(outcome) - 1)
    assert told.subjects == pytest.approx(7 * several, abs=1e-9)
    assert told.saved == pytest.approx(7 * saved, abs=1e-9)


def test_load_counts_visits_and_places_per_unit_and_month() -> None:
    found = load([item(1, 3, 4, visits=5), item(2, 4, 4, visits=1, team=3), item(3, 4, 4, visits=2, unit=9)])
    assert found == {(1, 3): (3, 6), (1, 4): (3, 7), (9, 4): (2, 4)}


def test_two_items_that_meet_in_one_month_name_the_subjects_that_are_one_visit() -> None:
    found = simulate([item(1, 5, 5), item(2, 5, 6)], [group(100, (1, 0.5), (2, 0.4))])
    assert [(one.month, one.one, one.other) for one in found.merging] == [(5, 1, 2)]
    assert found.merging[0].subjects == pytest.approx(100 * 0.5 * 0.2)
    assert found.joint[4].saved == pytest.approx(10)


def test_whoever_may_be_drawn_too_often_is_told_by_cap() -> None:
    certain = group(4, (1, 1.0), (2, 1.0), (3, 1.0))
    raised = certain._replace(cap=3, size=5)
    found = simulate([item(1), item(2), item(3)], [certain, raised])
    assert found.over_cap == pytest.approx(4)
    assert found.over_matter_cap == 0
    twice = simulate([item(1), item(2, matter=1)], [group(10, (1, 0.5), (2, 0.5))])
    assert twice.over_matter_cap == pytest.approx(2.5)
    allowed = simulate([item(1, most=2), item(2, matter=1, most=2)], [group(10, (1, 0.5), (2, 0.5))])
    assert allowed.over_matter_cap == 0


def test_a_plan_that_reaches_nobody_never_covers_all() -> None:
    found = simulate([], [group(5), group(5, (1, 0.0))._replace(chances=())])
    assert (found.coverage.percent, found.coverage.years, found.everybody.mean) == (0, None, 0)
    assert simulate([], []).coverage.years is None
