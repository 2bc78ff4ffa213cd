"""The draw is even: small cases enumerated or against exact chances, large ones against χ², and controls that must fail.

All seeds are fixed, so nothing flickers; alpha is 10⁻⁴ each (draw protocol 1, §8). Statistics cannot see a bias under 10⁻³: that
is excluded by construction.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise, permutations
from math import comb, sqrt
from statistics import NormalDist

import pytest

from inspections.draws.chances import first_chances, inclusion_chances
from inspections.draws.files import RosterLine
from inspections.draws.protocol import digest, keys_from, smallest_slips

ALPHA = 1e-4
Drawer = Callable[[int], Sequence[int]]
"""Number of the seed → who was drawn, in order."""


def entries(slips: Sequence[int]) -> list[RosterLine]:
    """Entries with these slips; the code of entry i ends in i."""
    return [RosterLine(digest(f"entry {number}")[:24] + f"{number:08x}", "a", count) for number, count in enumerate(slips)]


def protocol_drawer(slips: Sequence[int], k: int) -> Drawer:
    """The protocol's own draw of k."""
    rows = entries(slips)
    return lambda seed: [int(slip.code[24:], 16) for slip in smallest_slips(keys_from(digest(f"{seed}")).subjects, rows, k)]


def critical(degrees: int) -> float:
    """The χ² value passed with chance alpha (Wilson and Hilferty)."""
    z = NormalDist().inv_cdf(1 - ALPHA)
    return degrees * (1 - 2 / (9 * degrees) + z * sqrt(2 / (9 * degrees))) ** 3


def is_even(seen: Mapping[object, int], expected: Mapping[object, float]) -> bool:
    """Pearson: whether the counts agree with the expected ones."""
    assert set(seen) <= set(expected)
    return sum((seen.get(what, 0) - mean) ** 2 / mean for what, mean in expected.items()) <= critical(len(expected) - 1)


def orders(drawer: Drawer, seeds: Iterable[int]) -> Counter[object]:
    """How often each order came out."""
    return Counter(tuple(drawer(seed)) for seed in seeds)


def plackett_luce(slips: Sequence[int], order: Sequence[int]) -> float:
    """The exact chance of this order: each pick by slips among those left."""
    left, chance = sum(slips), 1.0
    for number in order:
        chance *= slips[number] / left
        left -= slips[number]
    return chance


def exact_inclusion(slips: Sequence[int], k: int) -> list[float]:
    """The exact chance of each entry to be among the first k."""
    return [
        sum(plackett_luce(slips, order) for order in permutations(range(len(slips)), k) if number in order)
        for number in range(len(slips))
    ]


def test_every_subset_occurs_evenly() -> None:
    drawer = protocol_drawer([1] * 6, 3)
    seen: Counter[object] = Counter(frozenset(drawer(seed)) for seed in range(6000))
    assert is_even(seen, dict.fromkeys(map(frozenset, combinations(range(6), 3)), 6000 / comb(6, 3)))
    assert len(seen) == comb(6, 3)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_inclusion_with_slips_one_two_three_is_exact(k: int) -> None:
    slips = (1, 2, 3, 1, 2, 3)
    drawer = protocol_drawer(slips, k)
    times = 8000
    seen = Counter(number for seed in range(times) for number in drawer(seed))
    for number, chance in enumerate(exact_inclusion(slips, k)):
        assert abs(seen[number] - times * chance) < 4.5 * sqrt(times * chance * (1 - chance))
    if k == 1:
        assert [float(first_chances({1: 2, 2: 2, 3: 2})[count]) for count in slips] == pytest.approx(exact_inclusion(slips, 1))


def test_the_printed_chances_are_about_the_exact_ones() -> None:
    slips = (1, 1, 1, 1, 2, 2, 3)
    printed = inclusion_chances(Counter(slips), 3)
    for count, chance in zip(slips, exact_inclusion(slips, 3), strict=True):
        assert printed[count] == pytest.approx(chance, abs=0.02)


def test_all_24_orders_of_slips_one_two_three_five_follow_plackett_luce() -> None:
    slips, times = (1, 2, 3, 5), 12_000
    seen = orders(protocol_drawer(slips, 4), range(times))
    assert is_even(seen, {order: times * plackett_luce(slips, order) for order in permutations(range(4))})
    assert not is_even(seen, dict.fromkeys(permutations(range(4)), times / 24))


def swap_any(chance: random.Random, count: int) -> list[int]:
    """The well-known wrong shuffle: every place swapped with any other."""
    order = list(range(count))
    for place in range(count):
        other = chance.randrange(count)
        order[place], order[other] = order[other], order[place]
    return order


def off_by_one(chance: random.Random, count: int) -> list[int]:
    """Fisher and Yates, never leaving anything in its place."""
    order = list(range(count))
    for place in range(count - 1, 0, -1):
        other = chance.randrange(place)
        order[place], order[other] = order[other], order[place]
    return order


def byte_modulo(chance: random.Random, count: int) -> list[int]:
    """Picks by a byte modulo what is left."""
    left = list(range(count))
    return [left.pop(chance.randrange(256) % len(left)) for _ in range(count)]


def right_shuffle(chance: random.Random, count: int) -> list[int]:
    """The control of the controls."""
    return chance.sample(range(count), count)


def control(shuffle: Callable[[random.Random, int], list[int]], count: int, k: int) -> Drawer:
    """A shuffle as a drawer."""
    return lambda seed: shuffle(random.Random(seed), count)[:k]


@pytest.mark.parametrize("wrong", [swap_any, off_by_one])
def test_wrong_shuffles_are_found_out(wrong: Callable[[random.Random, int], list[int]]) -> None:
    expected: dict[object, float] = dict.fromkeys(permutations(range(4)), 12_000 / 24)
    assert is_even(orders(protocol_drawer([1] * 4, 4), range(12_000)), expected)
    assert is_even(orders(control(right_shuffle, 4, 4), range(12_000)), expected)
    assert not is_even(orders(control(wrong, 4, 4), range(12_000)), expected)


def evenness(drawer: Drawer, count: int, k: int, seeds: int) -> tuple[float, float, float]:
    """T of the protocol, and the largest |z| of an entry and of a pair."""
    single, pair = [0] * count, Counter[tuple[int, int]]()
    for seed in range(seeds):
        drawn = sorted(drawer(seed))
        for number in drawn:
            single[number] += 1
        pair.update(combinations(drawn, 2))
    p, q = k / count, k * (k - 1) / (count * (count - 1))
    spread, pair_spread = seeds * p * (1 - p), seeds * q * (1 - q)
    t = (count - 1) / count * sum((seen - seeds * p) ** 2 for seen in single) / spread
    furthest = max(abs(seen - seeds * p) for seen in single) / sqrt(spread)
    pairs = max(abs(pair[one] - seeds * q) for one in combinations(range(count), 2)) / sqrt(pair_spread)
    return t, furthest, pairs


def bonferroni(tests: int) -> float:
    """The |z| that one of so many passes with chance alpha."""
    return NormalDist().inv_cdf(1 - ALPHA / (2 * tests))


def assert_even(drawer: Drawer, count: int, k: int, seeds: int) -> None:
    """Entries and pairs are drawn alike."""
    t, furthest, pairs = evenness(drawer, count, k, seeds)
    assert t <= critical(count - 1)
    assert furthest <= bonferroni(count)
    assert pairs <= bonferroni(comb(count, 2))


def test_forty_entries_are_drawn_alike() -> None:
    assert_even(protocol_drawer([1] * 40, 4), 40, 4, 4000)


def test_a_byte_modulo_is_found_out() -> None:
    assert evenness(control(byte_modulo, 150, 15), 150, 15, 2000)[0] > critical(149)
    assert evenness(control(right_shuffle, 150, 15), 150, 15, 2000)[0] <= critical(149)


@pytest.mark.full
def test_two_hundred_entries_are_drawn_alike_over_twenty_thousand_seeds() -> None:
    assert_even(protocol_drawer([1] * 200, 20), 200, 20, 20_000)


@pytest.mark.full
@pytest.mark.parametrize("wrong", [swap_any, off_by_one, byte_modulo])
def test_each_wrong_draw_of_two_hundred_is_found_out(wrong: Callable[[random.Random, int], list[int]]) -> None:
    t, furthest, pairs = evenness(control(wrong, 200, 20), 200, 20, 20_000)
    assert t > critical(199) or furthest > bonferroni(200) or pairs > bonferroni(comb(200, 2))


@pytest.mark.full
def test_ten_thousand_and_seven_entries_nobody_is_left_out_and_neighbours_are_like_others() -> None:
    count, k, seeds = 10_007, 500, 600
    drawer = protocol_drawer([1] * count, k)
    seen, neighbours = Counter[int](), 0
    for seed in range(seeds):
        drawn = sorted(drawer(seed))
        seen.update(drawn)
        neighbours += sum(other - one == 1 for one, other in pairwise(drawn))
    p = k / count
    assert all(seen[number] for number in range(count))
    t = (count - 1) / count * sum((seen[number] - seeds * p) ** 2 for number in range(count)) / (seeds * p * (1 - p))
    assert t <= critical(count - 1)
    borders = [number for number in range(count) if number % 20 in (0, 19)]
    mean = seeds * p * len(borders)
    assert abs(sum(seen[number] for number in borders) - mean) < 4 * sqrt(mean * (1 - p))
    together = seeds * (count - 1) * k * (k - 1) / (count * (count - 1))
    assert abs(neighbours - together) < 4 * sqrt(together)
