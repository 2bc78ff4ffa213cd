"""What of a draw is public when, when it is overdue, what leaves nothing to chance; differences and the zip."""

import datetime as dt
import functools
import io
import zipfile
from typing import Any

import pytest

from inspections.draws.protocol import digest, slip_ticket
from publicity.site import differing, example, rules
from publicity.site.bundle import Packed, mark, zipped
from publicity.site.differing import Piece

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ALL = set(rules.FILES)


def public(state: str, *, has_result: bool = False, hidden: bool = False, over: bool = False) -> set[str]:
    return set(rules.public_files(state=state, has_result=has_result, cells_hide_roster=hidden, visits_over=over))


@pytest.mark.parametrize("state", ["preparing", "submitted", "nonsense"])
def test_nothing_is_public_before_the_commitment(state: str) -> None:
    assert public(state, has_result=True, over=True) == set()


def test_only_the_order_is_public_from_the_commitment_on() -> None:
    assert public("committed") == {"order.txt"}
    assert public("committed", over=True) == {"order.txt"}


def test_reveal_result_and_roster_come_with_the_draw() -> None:
    assert public("drawn", has_result=True) == {"order.txt", "reveal.txt", "result.txt", "roster.txt"}


def test_small_cells_keep_the_roster_until_the_visits_are_over() -> None:
    assert public("drawn", has_result=True, hidden=True) == {"order.txt", "reveal.txt", "result.txt"}
    assert public("drawn", has_result=True, hidden=True, over=True) == ALL


def test_inspectors_and_recusals_wait_for_the_visits_always() -> None:
    assert public("drawn", has_result=True, over=True) == ALL


def test_a_void_before_the_draw_leaves_the_order_alone_public_for_ever() -> None:
    assert public("voided") == {"order.txt"}
    how: dict[str, Any] = {"state": "voided", "has_result": False, "cells_hide_roster": False, "visits_over": False}
    assert rules.opens("result.txt", **how) == "never"


def test_a_result_stays_public_when_its_order_is_voided_after_the_draw() -> None:
    assert public("voided", has_result=True) == {"order.txt", "reveal.txt", "result.txt", "roster.txt"}


def test_a_file_that_is_none_of_the_bundle_is_never_public() -> None:
    how: dict[str, Any] = {"state": "drawn", "has_result": True, "cells_hide_roster": False, "visits_over": True}
    assert rules.opens("secret.txt", **how) == "never"
    assert rules.opens("../order.txt", **how) == "never"


@pytest.mark.parametrize(
    ("winners", "cases", "unended", "over"),
    [(3, 3, 0, True), (3, 3, 1, False), (3, 2, 0, False), (3, 0, 0, False), (0, 0, 0, False), (3, 4, 0, True)],
)
def test_visits_are_over_when_every_winner_has_a_case_that_ended(winners: int, cases: int, unended: int, over: bool) -> None:
    assert rules.visits_over(winners=winners, cases=cases, unended=unended) is over


def test_an_order_is_overdue_after_half_an_hour_and_not_before() -> None:
    half = dt.timedelta(minutes=30)
    assert not rules.is_overdue("committed", NOON, NOON + half)
    assert rules.is_overdue("committed", NOON, NOON + half + dt.timedelta(microseconds=1))
    assert not rules.is_overdue("drawn", NOON, NOON + 9 * half)
    assert not rules.is_overdue("voided", NOON, NOON + 9 * half)
    assert not rules.is_overdue("committed", None, NOON)


def test_a_stratum_of_which_nobody_or_everybody_is_drawn_leaves_nothing_to_chance() -> None:
    assert rules.idle_strata("lot", {"B": 2, "A": 0, "C": 3}, {"A": 9, "B": 9, "C": 3}) == ["A", "C"]
    assert rules.idle_strata("adhoc", {"C": 3}, {"C": 3}) == []


def test_differences_name_what_changed_and_leave_out_the_rest() -> None:
    assert differing.lines("甲\n乙乙乙乙\n丙", "甲\n乙乙乙丁\n丙") == [
        [Piece("same", "乙乙乙"), Piece("del", "乙"), Piece("add", "丁")]
    ]
    assert differing.lines("甲", "甲") == []
    assert differing.pieces("完全不同", "毫无关系") == [Piece("del", "完全不同"), Piece("add", "毫无关系")]


def test_an_item_that_only_moved_up_has_not_changed() -> None:
    assert differing.lines("1. 甲\n2. 乙\n3. 丙", "1. 甲\n2. 丙") == [[Piece("del", "乙")]]


def test_a_changed_line_stands_beside_the_one_it_was_when_another_went() -> None:
    shown = differing.lines("1. 实名登记是否如实\n2. 境外旅客报送", "1. 实名登记是否及时如实")
    assert shown == [
        [Piece("del", "境外旅客报送")],
        [Piece("same", "实名登记是否"), Piece("add", "及时"), Piece("same", "如实")],
    ]


def test_pieces_put_together_again_are_the_texts() -> None:
    found = differing.pieces("许可与备案、监控", "许可备案、监控与寄存")
    assert "".join(piece.text for piece in found if piece.kind != "add") == "许可与备案、监控"
    assert "".join(piece.text for piece in found if piece.kind != "del") == "许可备案、监控与寄存"


def test_the_zip_is_the_same_bytes_whatever_the_order_of_its_files() -> None:
    bodies = {"b.txt": [b"tw", b"o\n"], "a.txt": [b"one\n"]}
    files = [Packed(name, 4, digest(b"".join(pieces)), functools.partial(iter, pieces)) for name, pieces in bodies.items()]
    made = b"".join(zipped(files, "draw-1"))
    assert made == b"".join(zipped(reversed(files), "draw-1"))
    assert mark(files, "draw-1") == mark(reversed(files), "draw-1") != mark(files[1:], "draw-1")
    archive = zipfile.ZipFile(io.BytesIO(made))
    assert archive.namelist() == ["draw-1/a.txt", "draw-1/b.txt"]
    assert archive.read("draw-1/b.txt") == b"two\n"
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_example_is_a_draw_that_anybody_can_follow() -> None:
    shown = example.follow()
    assert shown.key == digest(shown.value)
    assert [shop.rank for shop in shown.shops] == [1, 2, 3, 4, 5]
    assert sum(shop.drawn for shop in shown.shops) == example.DRAWN
    assert [shop.ticket for shop in shown.shops] == sorted(shop.ticket for shop in shown.shops)
    for shop in shown.shops:
        assert [slip.ticket for slip in shop.slips] == [slip_ticket(shown.key, shop.code, slip.number) for slip in shop.slips]
        assert min(slip.ticket for slip in shop.slips) == shop.ticket
