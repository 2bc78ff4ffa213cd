"""The vectors of draw protocol 1 come out byte by byte, and what must be refused is refused where it is wrong."""

import hashlib
import random
import re
from datetime import UTC, datetime

import pytest

from inspections.draws import files, protocol
from inspections.draws.files import BadForm, RosterLine, Source
from inspections.draws.grammar import as_words, possibilities, read_moment, value_fits
from inspections.draws.history import Astray, Standing
from inspections.draws.order import public_possibilities
from inspections.draws.verify import MATCH, MISMATCH, REFUSED, read_bundle, verify_bundle
from tests.draw_bundles import GOOD, VECTORS, make_bundle, read_folder

EXPECTED = [line.split("\t") for line in (VECTORS / "refused" / "EXPECTED.txt").read_text().splitlines()]
FILE_OF = {"sources": "order.txt", "planned": "order.txt", "tags": "inspectors.txt"}


def standing_of(name: str) -> Standing:
    """A vector as drawn, before its history."""
    bundle = read_bundle(read_folder(name))
    assert bundle.inspectors is not None
    assert bundle.recusals is not None
    keys = protocol.keys_of(bundle.order, bundle.reveal.secret, bundle.reveal.values)
    result = files.read_result(read_folder(name)["result.txt"])
    return Standing(result, bundle.roster, bundle.inspectors, bundle.recusals, keys.teams)


def test_there_are_six_vectors_and_thirty_three_refusals() -> None:
    assert len(GOOD) == 6
    assert len(EXPECTED) == 33


@pytest.mark.parametrize("name", GOOD)
def test_the_result_of_a_vector_comes_out_byte_by_byte(name: str) -> None:
    bundle = read_bundle(read_folder(name))
    assert bundle.inspectors is not None
    assert bundle.recusals is not None
    result = protocol.draw(
        bundle.order, bundle.roster, bundle.inspectors, bundle.recusals, bundle.reveal.secret, bundle.reveal.values
    )
    assert files.write_result(result) == read_folder(name)["result.txt"]


@pytest.mark.parametrize("name", GOOD)
def test_a_vector_holds_with_its_history_and_openings(name: str) -> None:
    assert verify_bundle(read_folder(name)).exit == MATCH


@pytest.mark.parametrize("name", GOOD)
def test_the_history_of_a_vector_is_what_the_product_would_write(name: str) -> None:
    standing = standing_of(name)
    for line in files.read_history(read_folder(name)["history.txt"]):
        if line.position is None:
            standing.replace_subject(line.winner, line.reason)
        elif line.reason != "does-not-fit":
            standing.replace_inspector(line.winner, line.position, line.reason)
    assert files.write_history(standing.lines) == read_folder(name)["history.txt"]


@pytest.mark.parametrize("name", GOOD)
def test_every_file_of_a_vector_is_written_as_it_was_read(name: str) -> None:
    for file, data in read_folder(name).items():
        noun = file.removesuffix(".txt")
        assert getattr(files, f"write_{noun}")(getattr(files, f"read_{noun}")(data)) == data


@pytest.mark.parametrize(("name", "code", "place"), EXPECTED, ids=[row[0] for row in EXPECTED])
def test_a_wrong_bundle_fails_where_it_is_wrong(name: str, code: str, place: str) -> None:
    verdict = verify_bundle(read_folder(f"refused/{name}"))
    where, _, reason = place.partition(": ")
    file, _, line = where.partition(" line ")
    assert verdict.exit == int(code)
    assert verdict.file == FILE_OF.get(file, file)
    assert not line or verdict.line == int(line)
    assert file not in FILE_OF or verdict.reason == place
    assert file in FILE_OF or reason in ("", "lines") or verdict.reason.startswith(reason)


@pytest.mark.parametrize("name", GOOD)
def test_without_inspectors_only_the_subjects_are_checked(name: str) -> None:
    bundle = read_folder(name)
    for file in ("inspectors.txt", "recusals.txt", "history.txt"):
        del bundle[file]
    verdict = verify_bundle(bundle)
    assert verdict.matches
    assert verdict.subjects_only
    lines = bundle["result.txt"].splitlines(keepends=True)
    teams = [number for number, line in enumerate(lines) if line.startswith(b"team")]
    for number in teams:
        shorter = verify_bundle(bundle | {"result.txt": b"".join(lines[:number] + lines[number + 1 :])})
        one_more = verify_bundle(
            bundle | {"result.txt": b"".join([*lines[:number], lines[number][:-1] + b"\t" + b"0" * 32 + b"\n"])}
        )
        assert (shorter.exit, one_more.exit) == (MISMATCH, MISMATCH)
    assert verify_bundle(bundle | {"result.txt": b"".join([*lines, lines[-1]])}).exit == MISMATCH


def test_files_that_belong_together_come_together() -> None:
    whole = read_folder("1-small")
    for missing in ("roster.txt", "order.txt", "reveal.txt", "result.txt", "inspectors.txt", "recusals.txt"):
        verdict = verify_bundle({file: data for file, data in whole.items() if file != missing})
        assert (verdict.exit, verdict.file) == (REFUSED, missing)
    only_history = {file: data for file, data in whole.items() if file not in ("inspectors.txt", "recusals.txt")}
    assert verify_bundle(only_history).file == "history.txt"


def test_made_bundles_hold() -> None:
    assert {verify_bundle(make_bundle(seed)).exit for seed in range(150)} == {MATCH}


def test_the_verifier_names_strata_that_leave_nothing_to_chance() -> None:
    assert verify_bundle(read_folder("1-small")).idle == ("a",)
    assert verify_bundle(read_folder("6-larger")).idle == ()


def test_a_ticket_is_what_sha256sum_prints() -> None:
    key, code = "ab" * 32, "cd" * 16
    assert protocol.slip_ticket(key, code, 7) == hashlib.sha256(f"{key}|{code}|7".encode()).hexdigest()
    assert protocol.team_tickets(key)(code, code, 2) == hashlib.sha256(f"{key}|{code}|{code}|2".encode()).hexdigest()


def test_the_fast_selection_is_the_plain_definition() -> None:
    chance = random.Random(4)
    for count in (1, 2, 30, 700):
        rows = [RosterLine(f"{chance.getrandbits(128):032x}", "a", chance.choice((1, 2, 64))) for _ in range(count)]
        plain = sorted(
            (*min((protocol.slip_ticket("k" * 64, row.code, slip), slip) for slip in range(1, row.slips + 1)), row.code)
            for row in rows
        )
        for wanted in (0, 1, count // 20, count, count + 5):
            found = protocol.smallest_slips("k" * 64, rows, wanted)
            assert [(slip.ticket, slip.slip, slip.code) for slip in found] == plain[:wanted]


def test_a_code_opens_only_with_its_own_parts() -> None:
    parts = ("subject", "91370323MA0000000X", "某某商店", "0" * 32)
    assert re.fullmatch("[0-9a-f]{32}", protocol.blinding_code(*parts))
    with pytest.raises(BadForm):
        protocol.blinding_code("subject", "91370323MA0000000X", "a|b", "0" * 32)
    with pytest.raises(BadForm):
        protocol.blinding_code("subject", "91370323MA0000000X", "某" * 201, "0" * 32)
    assert as_words("a|b\tc\x85") == "a b c "


def test_the_entropy_of_a_form_is_counted_in_integers() -> None:
    assert possibilities("digits:3") == 1000
    assert possibilities("hex:64") == 2**256
    assert possibilities("balls:6/33+1/16") == 1107568 * 16
    assert possibilities("balls:20/80") == 3535316142212174320
    for wrong in (
        "digits:0",
        "digits:03",
        "hex:1000",
        "balls:",
        "balls:5/4",
        "balls:1/100",
        "balls:6/33+",
        "coins:3",
        "",
        "digits:３",
    ):
        assert possibilities(wrong) == 0
    assert public_possibilities([Source("witness", "w", "", "digits:20"), Source("public", "p", "", "digits:3")]) == 1000


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("digits:3", ["000", "987"], ["", "12", "1234", "12a", "１２３", "12\n"]),
        ("hex:4", ["00ff"], ["00FF", "00f", "00ffg"]),
        ("balls:2/16", ["01,16"], ["00,01", "01,17", "16,01", "01,01", "1,16", "01", "01,02,03", "01, 2", "01,１6"]),
        ("balls:2/33+1/16", ["01,33+16"], ["01,33", "01,33+17", "01,33+16+01", "01,33,16"]),
        ("coins:2", [], ["", "01"]),
    ],
)
def test_a_value_is_spelled_as_its_form_wants_it(form: str, right: list[str], wrong: list[str]) -> None:
    assert all(value_fits(form, value) for value in right)
    assert not any(value_fits(form, value) for value in wrong)


def test_moments_are_real_and_at_the_meridian_of_beijing() -> None:
    moment = read_moment("2026-12-31T21:30:00+08:00")
    assert moment is not None
    assert moment == datetime(2026, 12, 31, 13, 30, tzinfo=UTC)
    for wrong in (
        "2026-02-30T00:00:00+08:00",
        "2026-12-31T24:00:00+08:00",
        "2026-12-31T21:30:60+08:00",
        "2026-12-31T21:30:00Z",
        "0000-01-01T00:00:00+08:00",
    ):
        assert read_moment(wrong) is None


def test_an_order_that_breaks_a_rule_is_not_written() -> None:
    order = files.read_order(read_folder("2-tight")["order.txt"])
    dice, beacon = order.sources
    for wrong in (
        order._replace(team=10),
        order._replace(matters=("ZA09@1", "XF10@2", "HB02@5")),
        order._replace(matters=("ZA09@1", "ZA09@1")),
        order._replace(sources=(beacon, dice)),
        order._replace(sources=(dice,)),
        order._replace(sources=(dice._replace(moment=beacon.moment), beacon)),
        order._replace(sources=(dice, beacon._replace(moment="2026-12-31T15:00:00+08:00"))),
        order._replace(sources=(dice, beacon._replace(form="digits:12"))),
        order._replace(planned="2026-12-31T21:29:59+08:00"),
        order._replace(mode="everything"),
    ):
        with pytest.raises(BadForm):
            files.write_order(wrong)


def test_where_all_win_every_quota_is_its_stratum() -> None:
    roster = [RosterLine("0" * 32, "a", 1), RosterLine("1" * 32, "a", 1)]
    order = files.read_order(read_folder("2-tight")["order.txt"])._replace(mode="teams:2026-001", quotas={"a": 2}, reserves=0)
    files.check_order(order, roster)
    for wrong in (order._replace(quotas={"a": 1}), order._replace(reserves=1), order._replace(quotas={"a": 2, "b": 0})):
        with pytest.raises(BadForm):
            files.check_order(wrong, roster)


def test_a_replacement_that_cannot_be_is_refused_and_changes_nothing() -> None:
    standing = standing_of("4-short")
    unstaffed = next(winner for winner, place in standing.places.items() if not place.team)
    staffed = next(winner for winner, place in standing.places.items() if place.team)
    for winner, position, reason in (
        (unstaffed, 1, "absent"),
        (staffed, 3, "absent"),
        (staffed, 1, "does-not-fit"),
        ("0" * 32, 1, "absent"),
    ):
        with pytest.raises(Astray):
            standing.replace_inspector(winner, position, reason)
    assert standing.lines == []


def test_who_left_a_winner_never_comes_back_and_an_empty_place_frees_its_team() -> None:
    standing = standing_of("6-larger")
    winner = next(iter(standing.places))
    left: set[str] = set()
    while inspector := standing.places[winner].team[1]:
        assert inspector not in left
        left.add(inspector)
        standing.replace_inspector(winner, 2, "absent")
    while standing.places[winner].visited:
        standing.replace_subject(winner, "gone")
    assert standing.places[winner].team == []
    held = [code for place in standing.places.values() for code in place.team if code]
    assert +standing.held == {code: held.count(code) for code in set(held)}
