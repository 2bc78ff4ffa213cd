"""Small pure rules of the registries: masks, numbers of plans, differences of contents, legal bases."""

import datetime as dt

import pytest

from inspections.plans.rules import item_code, plan_number, why_not_year
from registries.matters.rules import Basis, Difference, differences, why_not_draw_on
from registries.people.masking import masked_id, masked_name, masked_phone
from registries.people.passwords import one_time

DAY = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13812345678", "138****5678"), ("0533-3251234", "053*****1234"), ("110", "*10"), ("", "")],
)
def test_phones_keep_their_ends(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


def test_id_numbers_lose_the_day_of_birth_and_names_the_given_name() -> None:
    assert masked_id("370323198001011234") == "370323********1234"
    assert masked_id("12345") == "*****"
    assert masked_name("王小明") == "王**"
    assert masked_name("") == ""


def test_documents_are_numbered_as_offices_do() -> None:
    assert plan_number("源公", 2026, 1) == "源公抽查计划〔2026〕1号"
    assert item_code(2026, 1) == "2026-P01"
    assert item_code(2026, 123) == "2026-P123"


@pytest.mark.parametrize(("year", "fits"), [(2014, False), (2015, True), (2027, True), (2028, False)])
def test_a_plan_is_for_a_near_year(year: int, fits: bool) -> None:
    assert (why_not_year(year, DAY) is None) == fits


def test_a_difference_of_many_lines_names_only_those_that_went_and_came() -> None:
    before = {"name": "甲", "items": "一\n二\n三", "gone": "x"}
    after = {"name": "甲", "items": "一\n三\n四", "new": "y"}
    assert differences(before, after) == [
        Difference("items", "二", "四"),
        Difference("new", "", "y"),
        Difference("gone", "x", ""),
    ]


def test_a_changed_order_is_a_difference_too() -> None:
    assert differences({"items": "一\n二"}, {"items": "二\n一"}) == [Difference("items", "一\n二", "二\n一")]


@pytest.mark.parametrize(
    ("bases", "may"),
    [
        ([], False),
        ([Basis("甲", None, None)], True),
        ([Basis("甲", None, DAY)], True),
        ([Basis("甲", None, DAY - dt.timedelta(days=1))], False),
        ([Basis("甲", DAY, None)], True),
        ([Basis("甲", DAY + dt.timedelta(days=1), None)], False),
        ([Basis("甲", None, None), Basis("乙", None, dt.date(2020, 1, 1))], False),
    ],
)
def test_a_matter_is_drawn_on_only_while_all_its_bases_are_in_force(bases: list[Basis], may: bool) -> None:
    assert (why_not_draw_on(bases, DAY) is None) == may


def test_one_time_passwords_differ_and_can_be_read_out() -> None:
    made = {one_time() for _ in range(100)}
    assert len(made) == 100
    assert all(not set(password) & set("Oo0lI1i") - set("01") for password in made)
