"""Cells made into values, and refusals that say what is wrong and what to do."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from registries.spreadsheets import layouts
from registries.spreadsheets.cleaning import clean_cell, clean_row
from registries.spreadsheets.columns import Choice, Column, Kind
from registries.spreadsheets.dates import Endless
from registries.spreadsheets.reading import Cell
from registries.spreadsheets.refusals import BadCell

VALID_USCC = ("91350100M000100Y43", "11370322004222209B", "113703030042170202")


def column(kind: Kind, **more: Any) -> Column:
    return Column("x", ("某列",), kind, **more)


def refusal(kind: Kind, cell: Cell, **more: Any) -> BadCell:
    with pytest.raises(BadCell) as caught:
        clean_cell(column(kind, **more), cell)
    assert caught.value.sentence
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "cell",
    [
        "2021年7月15日", "2021.7.15", "2021/7/15", "2021-07-15", "20210715", 20210715, 20210715.0, "２０２１年７月１５日", " 2021 年 7 月 15 日 ",
        44392, 44392.0, 44392.75, "44392", dt.date(2021, 7, 15), dt.datetime.fromisoformat("2021-07-15T08:30"), "2021-07-15 08:30:00", "2021-7-15T08:30",
        "二〇二一年七月十五日", "2021年7月15号",
    ],
)
def test_every_spelling_of_a_day_is_the_same_day(cell: Cell) -> None:
    assert clean_cell(column(Kind.DATE), cell) == dt.date(2021, 7, 15)


@pytest.mark.parametrize("cell", ["2021年2月30日", "21.7.15", "7/15/2021", "2021", 2021, "昨天", True, dt.time(8), "1800-01-01", "2021-13-01", 5e9, float("nan")])
def test_what_is_no_day_is_refused(cell: Cell) -> None:
    refusal(Kind.DATE, cell)


@pytest.mark.parametrize("cell", ["长期", "9999-09-09", "长期有效", dt.date(9999, 9, 9), "99990909"])
def test_long_term_is_an_answer_only_where_it_may_be_one(cell: Cell) -> None:
    assert clean_cell(column(Kind.DATE, endless=True), cell) is Endless.ENDLESS
    refusal(Kind.DATE, cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [(13970000001.0, "13970000001"), (13970000001, "13970000001"), ("13970000001.0", "13970000001"), (" ０５３３－0000 001", "0533-0000001"), ("007", "007")],
)
def test_a_code_keeps_its_digits_however_the_program_typed_it(cell: Cell, code: str) -> None:
    assert clean_cell(column(Kind.CODE), cell) == code


@pytest.mark.parametrize("cell", [3.7032300000000001e17, 1.5, True, dt.date(2021, 7, 15), "3.7E+17"])
def test_a_code_whose_digits_are_lost_is_refused(cell: Cell) -> None:
    refusal(Kind.CODE, cell)


@pytest.mark.parametrize("code", VALID_USCC)
def test_real_credit_codes_pass_in_any_dress(code: str) -> None:
    wide = code.translate({ordinal: ordinal + 0xFEE0 for ordinal in range(0x21, 0x7F)})
    for dress in (code, code.lower(), f" {code[:8]} {code[8:]}", f"{code[:2]}-{code[2:]}", wide):
        assert clean_cell(column(Kind.USCC), dress) == code


def test_a_bad_credit_code_says_what_is_wrong_with_it() -> None:
    assert "17" in refusal(Kind.USCC, VALID_USCC[0][:-1]).sentence
    assert "O" in refusal(Kind.USCC, "91350100MO00100Y43").sentence
    assert "3" in refusal(Kind.USCC, "91X50100M000100Y43").sentence
    wrong = refusal(Kind.USCC, "91350100M000100Y4Z")
    assert "Z" in wrong.sentence
    check = refusal(Kind.USCC, "91350100M000100Y44").sentence
    assert "4" in check
    assert "3" in check
    assert "15" in refusal(Kind.USCC, "370323000000123").sentence


def test_every_single_wrong_character_of_a_credit_code_is_noticed() -> None:
    for code in VALID_USCC:
        for at, right in enumerate(code):
            for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
                if other != right:
                    refusal(Kind.USCC, code[:at] + other + code[at + 1 :])


def test_an_id_number_is_checked_and_never_shown_whole_in_a_refusal() -> None:
    assert clean_cell(column(Kind.ID_NUMBER), "11010519491231002x") == "11010519491231002X"
    for bad in ("110105194912310021", "11010519491331002X", "1101051949123100", "11010519491231ABCD", 110105194912310020):
        refusal(Kind.ID_NUMBER, bad)
    cleaned = clean_row(4, {"x": "110105194912310021"}, [column(Kind.ID_NUMBER)])
    assert cleaned.refusals[0].value == "110105**********21"


def test_whole_numbers_may_carry_the_words_their_column_knows() -> None:
    team = column(Kind.INTEGER, affixes=("不少于", "名", "人"), least=2, most=9)
    for cell in (2, 2.0, "2", "２人", "不少于2名", "二", "两人"):
        assert clean_cell(team, cell) == 2
    for bad in (1, 10, 2.5, "若干", True, "2+1"):
        refusal(Kind.INTEGER, bad, affixes=("人",), least=2, most=9)


@pytest.mark.parametrize(("cell", "share"), [("5%", 5), ("５％", 5), (5, 5), (5.0, 5), (0.05, 5), (0.29, 29), ("100%", 100), ("1%", 1), ("0.5%", Decimal("0.5")), ("7.25", Decimal("7.25"))])
def test_a_share_is_read_in_percent_from_text_and_from_percent_cells(cell: Cell, share: Decimal) -> None:
    assert clean_cell(column(Kind.PERCENT, least=0, most=100), cell) == share


@pytest.mark.parametrize("cell", [1, 1.0, 0, -5, "0%", "101%", "根据实际情况确定", "NaN", "1e2"])
def test_a_share_that_is_none_or_could_be_two_is_refused(cell: Cell) -> None:
    refusal(Kind.PERCENT, cell, least=0, most=100)


def test_choices_take_their_synonyms_and_refuse_others_with_the_list() -> None:
    answers = (Choice("m", "男", ("male", "1")), Choice("f", "女"))
    for cell in ("男", "M", " 男 ", 1.0, "Male"):
        assert clean_cell(column(Kind.CHOICE, choices=answers), cell) == "m"
    assert "男、女" in refusal(Kind.CHOICE, "不详", choices=answers).remedy
    assert clean_cell(column(Kind.FLAG, choices=layouts.YES_NO), True) is True
    assert clean_cell(column(Kind.FLAG, choices=layouts.YES_NO), "√") is True
    assert clean_cell(column(Kind.FLAG, choices=layouts.YES_NO), "否") is False
    assert clean_cell(column(Kind.FLAG, choices=layouts.YES_NO), "") is None


def test_several_labels_in_one_cell_may_be_divided_in_many_ways() -> None:
    for cell in ("旅馆、民宿", "旅馆，民宿", " 旅馆 ; 民宿；", "旅馆\n民宿", "旅馆、民宿、旅馆"):
        assert clean_cell(column(Kind.LABELS), cell) == ("旅馆", "民宿")


def test_text_keeps_its_look_but_no_control_characters() -> None:
    assert clean_cell(column(Kind.TEXT), "　沂源（示例）１号\u200b ") == "沂源（示例）１号"
    assert clean_cell(column(Kind.TEXT), "一\r\n二") == "一 二"
    assert clean_cell(column(Kind.TEXT, longest=1000), "一\r\n二") == "一\n二"
    assert clean_cell(column(Kind.TEXT), 12.0) == "12"
    for bad in ("a\x07b", "a\u202eb", "a\ud800b", "x" * 201):
        refusal(Kind.TEXT, bad)


def test_a_row_gives_every_reason_at_once_with_row_column_value_and_remedy() -> None:
    record: dict[str, Cell] = {"key": "S000001", "name": " ", "uscc": "91350100M000100Y44", "kind": "公司", "categories": "旅馆", "unit": "ZA", "town": "南麻街道", "status": "在营", "verified_on": "2021.2.30"}
    cleaned = clean_row(17, record, layouts.SUBJECTS.columns)
    assert [(refusal.row, refusal.heading, refusal.value) for refusal in cleaned.refusals] == [
        (17, "名称", ""), (17, "统一社会信用代码", "91350100M000100Y44"), (17, "核实日期", "2021.2.30"),
    ]
    assert all(refusal.sentence and refusal.remedy for refusal in cleaned.refusals)
    assert cleaned.values["kind"] == "enterprise"
    assert cleaned.values["status"] == "active"
    assert "address" not in cleaned.values


def test_a_credit_code_with_a_doubtful_organisation_code_is_a_caution_and_no_refusal() -> None:
    from stdnum.cn import uscc

    head = "91370323MAXX00010"
    cleaned = clean_row(2, {"x": head + uscc.calc_check_digit(head)}, [column(Kind.USCC)])
    assert not cleaned.refusals
    assert len(cleaned.cautions) == 1
    assert not clean_row(2, {"x": ""}, [column(Kind.USCC)]).cautions
