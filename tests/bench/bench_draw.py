"""How long a draw takes: `python tests/bench/bench_draw.py [entries …]` (10⁴, 10⁵, 10⁶ and 10⁷ unless told).

5 % of the roster, one slip each, from roster in memory to winners in order: `product` as the worker draws, on two cores; `plain
definition` is `protocol.py` alone, one process; `one shard`, `two shards` are one and two single-threaded workers, real processes, on
halves of the roster. Beside it: the hashes alone, a naive way (every ticket from scratch, all sorted), and two sampling libraries
where they are installed; the project itself never needs them. Each figure is the best of several, in a process of its own, so
that its peak memory is its own too. Above 10⁶ the slow ones are left out. Last, what `openssl speed` says of this machine.
"""

import hashlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inspections.draws import engine
from inspections.draws.files import InspectorLine, RosterLine
from inspections.draws.protocol import digest, draw_subjects, keys_from, slip_ticket, team_tickets
from inspections.draws.teams import staff

KEY = keys_from(digest("bench")).subjects
RESERVES = 10
SLOW = ("plain definition", "naive", "cryptorandom", "cryptorandom tickets", "consistent_sampler", "hashes alone")
"""What works on Python objects: left out above 10⁶ entries, where it takes minutes or more memory than there is."""
Roster = Any
Work = Callable[[Roster, int], object]


def product(roster: bytes, k: int) -> object:
    """The product's draw: winners of one stratum, and ten reserves, from the bytes of roster.txt."""
    return engine.draw_subjects(KEY, lambda: [roster], {"a": count_of(roster)}, {"a": k}, RESERVES)


def definition(roster: Sequence[RosterLine], k: int) -> object:
    """The same by the plain definition."""
    return draw_subjects(KEY, roster, {"a": k}, RESERVES)


def shard(lines: bytes, entries: int, k: int) -> list[str]:
    """What one single-threaded worker does of a shard."""
    limits = engine.limits_for({"a": entries}, {"a": k}, RESERVES)
    return [slip for some in engine.chunks([lines]) for slip in engine.low_slips(KEY, some, limits, threads=1)]


def count_of(roster: bytes) -> int:
    """The entries of a roster file."""
    return roster.count(b"\n") - 1


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
    "plain definition": definition,
    "hashes alone": hashes,
    "naive": plain,
    "cryptorandom": cryptorandom,
    "cryptorandom tickets": cryptorandom_tickets,
    "consistent_sampler": consistent_sampler,
}


def write_roster(file: Path, count: int) -> None:
    """A roster file of one stratum. In a process of its own: a process begins with the peak memory of the one that started it."""
    chance = random.Random(count)
    codes = sorted(chance.randbytes(16).hex() for _ in range(count))
    file.write_text("sunlot-roster-1\n" + "".join(f"{code}\ta\t1\t-\n" for code in codes), encoding="ascii")


def measure(name: str, file: Path) -> tuple[float, float]:
    """Seconds (best of several) and MiB at the peak, the roster included."""
    body = file.read_bytes()
    count = count_of(body)
    roster: Roster = body if name == "product" else [RosterLine(line[:32], "a", 1) for line in body.decode().split("\n")[1:-1]]
    best = float("inf")
    for _ in range(5 if name == "product" else 3):
        start = time.perf_counter()
        WORKS[name](roster, count // 20)
        best = min(best, time.perf_counter() - start)
    return best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_shards(file: Path, workers: int) -> float:
    """Seconds until both halves are hashed, best of three, by so many single-threaded workers: real processes that are already up."""
    best = float("inf")
    with get_context("spawn").Pool(workers, take_halves, (file,)) as pool:
        pool.map(hash_half, (0, 1) * workers, chunksize=1)
        for _ in range(3):
            start = time.perf_counter()
            pool.map(hash_half, (0, 1), chunksize=1)
            best = min(best, time.perf_counter() - start)
    return best


HALVES: list[bytes] = []


def take_halves(file: Path) -> None:
    """Give a worker the roster before the clock runs."""
    body = file.read_bytes()
    cut = body.rfind(b"\n", 0, len(body) // 2) + 1
    HALVES[:] = [body[:cut], body[cut:]]


def hash_half(half: int) -> bytes:
    """What a worker leaves of its half: the slips as they are kept in the database."""
    entries = sum(map(count_of, HALVES)) + 1
    return "\n".join(shard(HALVES[half], entries, entries // 20)).encode()


def measure_teams() -> float:
    """Seconds for teams of two: 500 winners, 100 inspectors whose room is just enough."""
    chance = random.Random(1)
    winners = [RosterLine(f"{chance.getrandbits(128):032x}", "a", 1) for _ in range(500)]
    people = [InspectorLine(f"{chance.getrandbits(128):032x}", number % 2 == 0, 0, 10) for number in range(100)]
    start = time.perf_counter()
    staff(winners, people, [], 2, team_tickets(KEY))
    return time.perf_counter() - start


def openssl_speed() -> float | None:
    """Millions of SHA-256 of 64 bytes a second on one core, as openssl counts them; None where it is not installed."""
    found = shutil.which("openssl")
    if found is None:
        return None
    done = subprocess.run([found, "speed", "-evp", "sha256", "-bytes", "64", "-seconds", "2"], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1].rstrip("k")) * 1000 / 64 / 1e6


def main(counts: Sequence[int]) -> None:
    """Print the table."""
    say = sys.stdout.write
    say(f"{'entries':>10}  {'work':<22}{'seconds':>9}{'product is':>12}{'peak MiB':>10}\n")
    folder = tempfile.TemporaryDirectory(prefix="sunlot-bench-")
    file = Path(folder.name) / "roster.txt"
    for count in counts:
        ours = 0.0
        with get_context("spawn").Pool(1) as pool:
            pool.apply(write_roster, (file, count))
        for name in WORKS:
            library = name.split()[0]
            if name in SLOW and count > 10**6:
                continue
            if library in ("cryptorandom", "consistent_sampler") and find_spec(library) is None:
                say(f"{count:>10}  {name:<22}{'not installed':>21}\n")
                continue
            with get_context("spawn").Pool(1) as pool:
                seconds, peak = pool.apply(measure, (name, file))
            ours = ours or seconds
            say(f"{count:>10}  {name:<22}{seconds:>9.3f}{ours / seconds:>10.2f} x{peak:>10.0f}\n")
            sys.stdout.flush()
        if (speed := openssl_speed()) is not None:
            hashes_alone = count / speed / 1e6
            say(f"{count:>10}  {'openssl, one core':<22}{hashes_alone:>9.3f}{ours / hashes_alone:>10.2f} x{'':>10}  ({speed:.2f} M/s)\n")
        if count >= 10**6:
            one, two = in_shards(file, 1), in_shards(file, 2)
            say(f"{count:>10}  two single-threaded workers: {two:.2f} s, one: {one:.2f} s, {one / two:.2f} times as fast\n")
    say(f"teams of two, 500 winners, 100 inspectors: {measure_teams():.2f} s\n")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000, 10_000_000])
