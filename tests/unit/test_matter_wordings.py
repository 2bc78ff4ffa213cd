"""Ratio and frequency as matter lists word them (parity.md B3), and what plans are held to by the numbers."""

from decimal import Decimal
from typing import Any

import pytest

from registries.matters.rules import Limits, why_not_limits, why_not_ratio, why_not_share
from registries.matters.wordings import PERMIT, YEARS, Ratio, Times, ratio_of, times_of


@pytest.mark.parametrize(
    ("wording", "least", "most"),
    [
        ("不低于3%", "3", None),
        ("不少于 ５％", "5", None),
        ("5%", "5", None),
        ("不超过5‰", None, "0.5"),
        ("千分之三", "0.3", None),
        ("百分之十以上", "10", None),
        ("20%以内", None, "20"),
        ("3%-5%", "3", "5"),
        ("3～5%", "3", "5"),
        ("不低于3%，不超过10%", "3", "10"),
        ("每年1次20%或每年2次各10%", "20", None),
        ("全覆盖", "100", None),
        ("根据工作需要确定", None, None),
        ("", None, None),
    ],
)
def test_a_ratio_is_read_from_its_words(wording: str, least: str | None, most: str | None) -> None:
    expected = Ratio(Decimal(least) if least else None, Decimal(most) if most else None)
    assert ratio_of(wording) == expected


@pytest.mark.parametrize(
    ("wording", "times"),
    [
        ("每年1次", Times(1, 1, YEARS, 1)),
        ("每年一次", Times(1, 1, YEARS, 1)),
        ("1次/年", Times(1, 1, YEARS, 1)),
        ("每2年不超过1次", Times(None, 1, YEARS, 2)),
        ("每两年至多一次", Times(None, 1, YEARS, 2)),
        ("许可有效期内不超过2次", Times(None, 2, PERMIT, 1)),
        ("每年1次20%或每年2次各10%", Times(1, 2, YEARS, 1)),
        ("每季度不少于1次", Times(4, None, YEARS, 1)),
        ("每半年1次", Times(2, 2, YEARS, 1)),
        ("每年1-2次", Times(1, 2, YEARS, 1)),
        ("每3个月1次", Times(4, 4, YEARS, 1)),
        ("不定期", Times(None, None, YEARS, 1)),
    ],
)
def test_a_frequency_is_read_from_its_words(wording: str, times: Times) -> None:
    assert times_of(wording) == times


def test_a_share_is_held_to_the_least_and_the_highest_ratio() -> None:
    limits = Limits(Decimal(3), Decimal(10))
    assert why_not_ratio(Decimal(3), limits) is None
    assert why_not_ratio(Decimal("2.99"), limits) is not None
    assert why_not_ratio(Decimal("10.01"), limits) is not None
    assert why_not_ratio(Decimal(1), Limits()) is None


@pytest.mark.parametrize(("number", "of", "may"), [(3, 100, True), (2, 100, False), (1, 7, True), (2, 7, False), (11, 100, False), (0, 0, True)])
def test_rounding_up_to_whole_subjects_is_no_excess(number: int, of: int, may: bool) -> None:
    assert (why_not_share(number=number, of=of, limits=Limits(Decimal(3), Decimal(10))) is None) == may


def test_numbers_that_contradict_each_other_are_refused() -> None:
    def said(ratio: str, key: bool = False, **limits: Any) -> str:
        why = why_not_limits(ratio=Decimal(ratio), limits=Limits(**limits), key=key)
        return why.text if why else ""

    assert said("5", ratio_least=Decimal(3), ratio_most=Decimal(10)) == ""
    assert "key matter" in said("5", key=True, ratio_most=Decimal(10))
    assert "below the least" in said("5", ratio_least=Decimal(9), ratio_most=Decimal(3))
    assert "outside" in said("2", ratio_least=Decimal(3))
    assert "fewer" in said("5", least_times=2, most_times=1)
