"""How long a draw takes: `python tests/bench/bench_draw.py [entries …]`.

One process, 5 % of the roster, one slip each. Beside it: the hashes alone, the plain way (every ticket from scratch, all sorted),
and two sampling libraries where they happen to be installed; the project itself never needs them. Each figure is the best of
three, in a process of its own, so that its peak memory is its own too. Needs the standard library only.
"""

import hashlib
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspections.draws.files import InspectorLine, RosterLine
from inspections.draws.protocol import digest, draw_subjects, keys_from, slip_ticket, team_tickets
from inspections.draws.teams import staff

KEY = keys_from(digest("bench")).subjects
Work = Callable[[Sequence[RosterLine], int], object]


def product(roster: Sequence[RosterLine], k: int) -> object:
    """The product's draw: winners of one stratum, and ten reserves."""
    return draw_subjects(KEY, roster, {"a": k}, 10)


def hashes(roster: Sequence[RosterLine], _: int) -> object:
    """As many bare SHA-256 of 85 bytes."""
    message, sha256 = b"x" * 85, hashlib.sha256
    for _row in roster:
        sha256(message).digest()
    return None


def plain(roster: Sequence[RosterLine], k: int) -> object:
    """Every ticket from scratch, all of them sorted."""
    return sorted((slip_ticket(KEY, row.code, 1), row.code) for row in roster)[:k]


def cryptorandom(roster: Sequence[RosterLine], k: int) -> object:
    """cryptorandom: pseudo-random k of N by index."""
    prng = import_module("cryptorandom.cryptorandom").SHA256(KEY)
    return import_module("cryptorandom.sample").random_sample(len(roster), k, method="sample_by_index", prng=prng)


def cryptorandom_tickets(roster: Sequence[RosterLine], k: int) -> object:
    """cryptorandom: a number per entry, the lowest k."""
    prng = import_module("cryptorandom.cryptorandom").SHA256(KEY)
    return import_module("cryptorandom.sample").random_sample(len(roster), k, method="PIKK", prng=prng)


def consistent_sampler(roster: Sequence[RosterLine], k: int) -> object:
    """Rivest's consistent_sampler: tickets, with decimals of any length."""
    return list(import_module("consistent_sampler").sampler([row.code for row in roster], seed=KEY, take=k))


WORKS: dict[str, Work] = {
    "product": product,
    "hashes alone": hashes,
    "plain": plain,
    "cryptorandom": cryptorandom,
    "cryptorandom tickets": cryptorandom_tickets,
    "consistent_sampler": consistent_sampler,
}


def measure(name: str, count: int) -> tuple[float, float]:
    """Seconds (best of three) and MiB at the peak, the roster included."""
    chance = random.Random(count)
    roster = [RosterLine(f"{chance.getrandbits(128):032x}", "a", 1) for _ in range(count)]
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        WORKS[name](roster, count // 20)
        best = min(best, time.perf_counter() - start)
    return best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_teams() -> float:
    """Seconds for teams of two: 500 winners, 100 inspectors whose room is just enough."""
    chance = random.Random(1)
    winners = [RosterLine(f"{chance.getrandbits(128):032x}", "a", 1) for _ in range(500)]
    people = [InspectorLine(f"{chance.getrandbits(128):032x}", number % 2 == 0, 0, 10) for number in range(100)]
    start = time.perf_counter()
    staff(winners, people, [], 2, team_tickets(KEY))
    return time.perf_counter() - start


def main(counts: Sequence[int]) -> None:
    """Print the table."""
    say = sys.stdout.write
    say(f"{'entries':>10}  {'work':<22}{'seconds':>9}{'product is':>12}{'peak MiB':>10}\n")
    for count in counts:
        ours = 0.0
        for name in WORKS:
            library = name.split()[0]
            if library in ("cryptorandom", "consistent_sampler") and find_spec(library) is None:
                say(f"{count:>10}  {name:<22}{'not installed':>21}\n")
                continue
            with get_context("spawn").Pool(1) as pool:
                seconds, peak = pool.apply(measure, (name, count))
            ours = ours or seconds
            say(f"{count:>10}  {name:<22}{seconds:>9.3f}{ours / seconds:>10.2f} x{peak:>10.0f}\n")
    say(f"teams of two, 500 winners, 100 inspectors: {measure_teams():.2f} s\n")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
