"""Properties of the draw with K held fixed (draw protocol 1, §8), for rosters that Hypothesis thinks up."""

import random
from collections import Counter
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.draws import files, protocol
from inspections.draws.files import InspectorLine, RosterLine
from inspections.draws.protocol import Keys, build_result, draw_subjects
from tests.draw_bundles import read_folder

KEYS = st.integers(0, 16**64 - 1).map(lambda number: f"{number:064x}")
CODES = st.integers(0, 16**32 - 1).map(lambda number: f"{number:032x}")
TAGS = st.sets(st.sampled_from(["0-x", "blast", "hotel"])).map(lambda tags: tuple(sorted(tags)))
ROWS = st.builds(RosterLine, CODES, st.sampled_from(["10", "9", "a"]), st.integers(1, 64), TAGS)
ROSTERS = st.lists(ROWS, min_size=1, max_size=30, unique_by=lambda row: row.code)
PEOPLE = st.lists(
    st.builds(InspectorLine, CODES, st.booleans(), st.integers(0, 3), st.integers(0, 6), TAGS),
    max_size=8,
    unique_by=lambda row: row.code,
)
QUOTA = st.integers(0, 5)
ORDER = files.read_order(read_folder("1-small")["order.txt"])

examples: Callable[[Callable[..., None]], Callable[..., None]] = settings(max_examples=150, deadline=None, derandomize=True)


def quotas_of(roster: list[RosterLine], most: int) -> dict[str, int]:
    """The same quota for every stratum, none above its stratum."""
    return {stratum: min(most, size) for stratum, size in Counter(row.stratum for row in roster).items()}


@examples
@given(KEYS, ROSTERS)
def test_all_drawn_is_a_permutation(key: str, roster: list[RosterLine]) -> None:
    drawn = draw_subjects(key, roster, quotas_of(roster, 0), len(roster))
    assert sorted((row.code, row.stratum) for row in drawn) == sorted((row.code, row.stratum) for row in roster)
    assert not any(row.winner for row in drawn)
    for stratum in {row.stratum for row in roster}:
        rows = [row for row in drawn if row.stratum == stratum]
        assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
        assert [(row.ticket, row.code) for row in rows] == sorted((row.ticket, row.code) for row in rows)


@examples
@given(KEYS, ROSTERS)
def test_a_ticket_is_the_smallest_of_its_slips(key: str, roster: list[RosterLine]) -> None:
    slips = {row.code: row.slips for row in roster}
    for row in draw_subjects(key, roster, quotas_of(roster, 3), 2):
        tickets = [protocol.slip_ticket(key, row.code, slip) for slip in range(1, slips[row.code] + 1)]
        assert row.ticket == min(tickets) == tickets[row.slip - 1]


@examples
@given(KEYS, KEYS, ROSTERS, PEOPLE, QUOTA, st.integers(0, 99))
def test_the_order_of_input_does_not_matter(
    one: str, other: str, roster: list[RosterLine], people: list[InspectorLine], most: int, start: int
) -> None:
    order = ORDER._replace(quotas=quotas_of(roster, most))
    recusals = [files.RecusalLine(roster[0].code, person.code) for person in people[:2]]
    result = build_result(order, roster, people, recusals, Keys(one, other))
    for rows in (roster, people, recusals):
        random.Random(start).shuffle(rows)
    assert files.write_result(build_result(order, roster, people, recusals, Keys(one, other))) == files.write_result(result)


@examples
@given(KEYS, ROSTERS, QUOTA, st.data())
def test_a_removed_loser_changes_nobody(key: str, roster: list[RosterLine], most: int, data: st.DataObject) -> None:
    quotas = quotas_of(roster, most)
    drawn = draw_subjects(key, roster, quotas, 1)
    losers = [row for row in roster if row.code not in {one.code for one in drawn}]
    if losers:
        loser = data.draw(st.sampled_from(losers))
        assert draw_subjects(key, [row for row in roster if row is not loser], quotas, 1) == drawn


@examples
@given(KEYS, ROSTERS, QUOTA, st.data())
def test_a_removed_winner_lets_the_next_one_in(key: str, roster: list[RosterLine], most: int, data: st.DataObject) -> None:
    quotas = quotas_of(roster, most)
    drawn = draw_subjects(key, roster, quotas, len(roster))
    gone = data.draw(st.sampled_from(drawn))
    left = draw_subjects(key, [row for row in roster if row.code != gone.code], quotas, len(roster))
    assert [row.code for row in left] == [row.code for row in drawn if row is not gone]


@examples
@given(ROSTERS, PEOPLE)
def test_what_is_written_is_read_again(roster: list[RosterLine], people: list[InspectorLine]) -> None:
    assert files.read_roster(files.write_roster(roster)) == sorted(roster)
    assert files.read_inspectors(files.write_inspectors(people)) == sorted(people, key=lambda row: row.code)


def read_or_refused(file: str, data: bytes) -> object:
    """What the file's reader makes of the bytes; the refusal itself where they do not fit."""
    try:
        return getattr(files, f"read_{file.removesuffix('.txt')}")(data)
    except files.BadForm as bad:
        return bad


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(files.FILES), st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_a_reader_takes_or_refuses_whatever_it_is_given(file: str, data: bytes) -> None:
    noun = file.removesuffix(".txt")
    first = f"sunlot-{noun}-1\n".encode()
    for whole in (data, first + data, first + data + b"\n"):
        read = read_or_refused(file, whole)
        if isinstance(read, files.BadForm):
            assert read.file == file
        else:
            assert getattr(files, f"write_{noun}")(read) == whole
