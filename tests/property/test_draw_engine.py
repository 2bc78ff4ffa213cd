"""The engine of large rosters draws what the plain definition draws, whatever the roster; and when it errs or is missing, nothing changes."""

import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.draws import engine, files, protocol
from inspections.draws.files import RosterLine
from tests.draw_bundles import GOOD, read_folder
from tests.property.test_draw_properties import KEYS, ROSTERS, quotas_of

examples: Callable[[Callable[..., None]], Callable[..., None]] = settings(max_examples=60, deadline=None, derandomize=True)
KEY = "ab" * 32


def large(count: int, strata: int, most_slips: int) -> list[RosterLine]:
    chance = random.Random(count)
    codes = sorted(f"{chance.getrandbits(128):032x}" for _ in range(count))
    tags: tuple[tuple[str, ...], ...] = ((), ("blast",), ("blast", "hotel"))
    return [RosterLine(code, f"s{chance.randrange(strata)}", chance.randint(1, most_slips), chance.choice(tags)) for code in codes]


def sizes_of(roster: list[RosterLine]) -> dict[str, int]:
    return Counter(row.stratum for row in roster)


def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the engine even for one line, and look at every one of its answers."""
    monkeypatch.setattr(engine, "FAST_FROM", 0)
    monkeypatch.setattr(engine, "ONE_IN", 1)


@pytest.fixture(params=["by hand", "by DataFusion"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "by DataFusion":
        fast(monkeypatch)
        monkeypatch.setattr(engine, "by_hand", lambda *_: pytest.fail("the engine did not answer"))
    else:
        monkeypatch.setattr(engine, "FAST_FROM", sys.maxsize)
    return str(request.param)


def drawn_by_engine(roster: list[RosterLine], key: str, quotas: dict[str, int], reserves: int, sizes: dict[str, int]) -> engine.Lots:
    body = files.write_roster(roster)
    pieces = [line + b"\n" for line in body.split(b"\n")[:-1]]
    return engine.draw_subjects(key, lambda: pieces, sizes, quotas, reserves)


@pytest.mark.parametrize("fast_one", [False, True])
def test_it_draws_what_the_definition_draws_whatever_the_roster(fast_one: bool) -> None:
    @examples
    @given(KEYS, ROSTERS, st.integers(0, 5), st.integers(0, 9))
    def hold(key: str, roster: list[RosterLine], most: int, reserves: int) -> None:
        quotas = quotas_of(roster, most)
        with pytest.MonkeyPatch.context() as patch:
            if fast_one:
                fast(patch)
                patch.setattr(engine, "by_hand", lambda *_: pytest.fail("the engine did not answer"))
            lots = drawn_by_engine(roster, key, quotas, reserves, sizes_of(roster))
        assert lots.drawn == protocol.draw_subjects(key, roster, quotas, reserves)
        tags = {row.code: row.tags for row in roster}
        assert all(row.tags == tags[row.code] for row in lots.winners)

    hold()


@pytest.mark.parametrize("strata", [1, 5])
@pytest.mark.parametrize("most_slips", [1, 4, 64])
def test_it_draws_what_the_definition_draws_of_thousands(either: str, strata: int, most_slips: int) -> None:
    roster = large(3000, strata, most_slips)
    quotas = {stratum: size // 20 for stratum, size in sizes_of(roster).items()}
    expected = protocol.draw_subjects(KEY, roster, quotas, 7)
    assert drawn_by_engine(roster, KEY, quotas, 7, sizes_of(roster)).drawn == expected


@pytest.mark.parametrize("told", [{}, {"s0": 1}, {"s0": 10**9}])
def test_wrong_counts_of_the_strata_never_change_a_result(either: str, told: dict[str, int]) -> None:
    roster = large(500, 2, 3)
    quotas = {"s0": 20, "s1": 30}
    assert drawn_by_engine(roster, KEY, quotas, 5, told).drawn == protocol.draw_subjects(KEY, roster, quotas, 5)


@pytest.mark.parametrize("folder", GOOD)
def test_the_vectors_come_out_of_it(either: str, folder: str) -> None:
    bundle = read_folder(folder)
    order, reveal = files.read_order(bundle["order.txt"]), files.read_reveal(bundle["reveal.txt"])
    key = protocol.keys_of(order, reveal.secret, reveal.values).subjects
    sizes = sizes_of(files.read_roster(bundle["roster.txt"]))
    lots = engine.draw_subjects(key, lambda: [bundle["roster.txt"]], sizes, order.quotas, order.reserves)
    assert lots.drawn == files.read_result(bundle["result.txt"]).drawn


def test_shards_of_any_cut_merge_to_the_whole(either: str) -> None:
    roster = large(2000, 3, 4)
    quotas = {f"s{number}": 40 for number in range(3)}
    limits = engine.limits_for(sizes_of(roster), quotas, 5)
    for shards in (1, 2, 7, 2000):
        cut = [files.write_roster(roster[at::shards]).removeprefix(engine.FIRST_LINE) for at in range(shards)] if shards < 100 else [
            files.write_roster([row]).removeprefix(engine.FIRST_LINE) for row in roster[:50]
        ] + [files.write_roster(roster[50:]).removeprefix(engine.FIRST_LINE)]  # fmt: skip
        slips = [slip for lines in cut for slip in engine.low_slips(KEY, lines, limits)]
        lots = engine.lots_from(slips, limits, quotas, 5)
        assert lots is not None
        assert lots.drawn == protocol.draw_subjects(KEY, roster, quotas, 5)


def test_a_roster_is_cut_at_line_ends_only(monkeypatch: pytest.MonkeyPatch) -> None:
    body = files.write_roster(large(300, 2, 2))
    monkeypatch.setattr(engine, "AT_ONCE", 1000)
    for pieces in ([body], body.splitlines(keepends=True)):
        some = list(engine.chunks(pieces))
        assert b"".join(some) == body.removeprefix(engine.FIRST_LINE)
        assert all(part.endswith(b"\n") and len(part) < 1100 for part in some)


LIES: dict[str, Callable[[list[str]], list[str]]] = {
    "a ticket": lambda lines: ["0" * 64 + lines[0][64:], *lines[1:]],
    "a code": lambda lines: [lines[0][:65] + "0" * 32 + lines[0][97:], *lines[1:]],
    "an entry left out": lambda lines: lines[1:],
    "nobody": lambda _: [],
    "a stratum": lambda lines: [lines[0].replace("\ts0\t", "\ts1\t"), *lines[1:]],
    "tags": lambda lines: [lines[0] + "x", *lines[1:]],
}


@pytest.mark.parametrize("lie", LIES)
def test_an_engine_that_errs_is_found_out_and_plain_python_answers(monkeypatch: pytest.MonkeyPatch, lie: str, caplog: Any) -> None:
    """A lie about any entry of the sample is found; here every entry is in it."""
    import datafusion

    fast(monkeypatch)
    collect = datafusion.DataFrame.collect

    class Batch:
        def __init__(self, lines: list[str]) -> None:
            self.lines = lines

        def column(self, _: int) -> "Batch":
            return self

        def to_pylist(self) -> list[str]:
            return self.lines

    def lying(self: Any) -> list[Batch]:
        return [Batch(LIES[lie]([line for batch in collect(self) for line in batch.column(0).to_pylist()]))]

    monkeypatch.setattr(datafusion.DataFrame, "collect", lying)
    roster = large(400, 1, 1)
    expected = protocol.draw_subjects(KEY, roster, {"s0": 20}, 5)
    assert drawn_by_engine(roster, KEY, {"s0": 20}, 5, {"s0": 400}).drawn == expected
    assert "did not hash these slips rightly" in caplog.text


def test_without_the_engine_plain_python_answers(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    fast(monkeypatch)
    monkeypatch.setitem(sys.modules, "datafusion", None)
    roster = large(400, 2, 3)
    quotas = {"s0": 20, "s1": 3}
    expected = protocol.draw_subjects(KEY, roster, quotas, 5)
    assert drawn_by_engine(roster, KEY, quotas, 5, sizes_of(roster)).drawn == expected
    assert "not installed" in caplog.text


def test_the_streamed_roster_is_the_written_one_and_refuses_the_same() -> None:
    roster = large(5000, 3, 5)
    assert b"".join(files.roster_pieces(roster)) == files.write_roster(roster)
    for wrong in ([], [roster[0], roster[0]], [roster[1], roster[0]], [roster[0]._replace(slips=65)]):
        with pytest.raises(files.BadForm):
            list(files.roster_pieces(wrong))
