"""Ratio and frequency as matter lists word them, read as numbers: a proposal that a clerk confirms. Pure.

「不低于3%」, 「每年1次20%或每年2次各10%」, 「每2年不超过1次」, 「许可有效期内不超过2次」, 「1‰」 and their like (parity.md B3).
What is not understood is left open; nothing here refuses or stores.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

YEARS, PERMIT = "years", "permit"
LEAST = "不得低于|不低于|不得少于|不少于|不小于|至少|最少|最低|≥|>="
MOST = "不得超过|不超过|不得高于|不高于|不得多于|不多于|不大于|至多|最多|最高|上限为?|≤|<="
ABOVE, BELOW = "及?以上|起", "及?以下|及?以内"
WHOLE = re.compile("全覆盖|全部检查|逐户检查")

_FIGURES = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2}
_IN_WORDS = re.compile("[零一二两三四五六七八九十]+(?=次|年|个|月|季|%|‰)")
_HUNDREDTHS = re.compile("(百|千)分之([零一二两三四五六七八九十]+|[0-9.]+)")
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_RATIO = re.compile(rf"(?P<before>{LEAST}|{MOST})?(?P<each>各|每次)?{_NUMBER}(?P<unit>%|‰)(?P<after>{ABOVE}|{BELOW})?")
_RATIOS = re.compile(rf"{_NUMBER}(%|‰)?[-~—–至到]+{_NUMBER}(%|‰)")
_TIMES = re.compile(rf"(?P<before>{LEAST}|{MOST})?(?P<low>[0-9]+)(?:[-~—–至到](?P<high>[0-9]+))?次(?!性)(?P<after>{ABOVE}|{BELOW})?")
_SOME_YEARS = re.compile(r"(?<![0-9])([0-9]{1,2})个?年")
_SOME_MONTHS = re.compile(r"([0-9]+)个月")


class Ratio(NamedTuple):
    """Percent of the subjects, at least and at most; None where the words set no limit."""

    least: Decimal | None = None
    most: Decimal | None = None


class Times(NamedTuple):
    """Visits to one subject: at least, at most, and over what they are counted (so many years, or a permit's validity)."""

    least: int | None = None
    most: int | None = None
    period: str = YEARS
    years: int = 1


def plain(wording: str) -> str:
    """The words with half-width signs, without spaces, with figures instead of numerals."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", wording))
    text = _HUNDREDTHS.sub(lambda found: f"{_figure(found[2])}{'%' if found[1] == '百' else '‰'}", text)
    return _IN_WORDS.sub(lambda found: _figure(found[0]), text)


def _figure(numeral: str) -> str:
    """``十二`` → ``12``; figures stay."""
    if numeral[0] not in _FIGURES and numeral[0] != "十":
        return numeral
    tens, ten, ones = numeral.rpartition("十")
    value = (_FIGURES.get(tens, 1) if ten else 0) * 10 + _FIGURES.get(ones, 0)
    return str(value)


def ratio_of(wording: str) -> Ratio:
    """The ratio that the words set. A ratio without a word beside it is a least one; alternatives (或) leave the lower."""
    found = [ratio for part in re.split("或者?", plain(wording)) if (ratio := _ratio_of_part(part)) != Ratio()]
    if not found:
        return Ratio(Decimal(100)) if WHOLE.search(wording) else Ratio()
    if len(found) == 1:
        return found[0]
    return Ratio(_lowest(one.least for one in found), _highest(one.most for one in found))


def _ratio_of_part(text: str) -> Ratio:
    span = _RATIOS.search(text)
    if span is not None:
        return Ratio(_percent(span[1], span[2] or span[4]), _percent(span[3], span[4]))
    least = most = None
    times = _TIMES.search(text)
    for found in _RATIO.finditer(text):
        value = _percent(found[3], found["unit"])
        if found["each"] and times is not None:
            value *= int(times["low"])
        if _is(found["before"], MOST) or _is(found["after"], BELOW):
            most = value
        else:
            least = value if least is None else min(least, value)
    return Ratio(least, most)


def times_of(wording: str) -> Times:
    """How often the words allow or demand a visit. ``1次`` without a word beside it is both least and most."""
    text = plain(wording)
    least: int | None = None
    most: int | None = None
    found = list(_TIMES.finditer(text))
    for one in found:
        low, high = int(one["low"]), int(one["high"] or one["low"])
        if _is(one["before"], MOST) or _is(one["after"], BELOW):
            most = max(most or 0, high)
        elif _is(one["before"], LEAST) or _is(one["after"], ABOVE):
            least = low if least is None else min(least, low)
        else:
            least, most = (low if least is None else min(least, low)), max(most or 0, high)
    if not found:
        return Times()
    if "有效期" in text:
        return Times(least, most, PERMIT, 1)
    factor, years = _period(text)
    return Times(least and least * factor, most and most * factor, YEARS, years)


def _period(text: str) -> tuple[int, int]:
    """How often the period of the words fits into how many years: 每季度 (4, 1), 每2年 (1, 2)."""
    months = _SOME_MONTHS.search(text)
    if months is not None and 12 % int(months[1]) == 0:
        return 12 // int(months[1]), 1
    for word, factor in (("半年", 2), ("季", 4), ("每月", 12), ("每个月", 12)):
        if word in text:
            return factor, 1
    years = _SOME_YEARS.search(text)
    return (1, int(years[1])) if years is not None and 1 <= int(years[1]) <= 10 else (1, 1)


def _is(word: str | None, pattern: str) -> bool:
    return word is not None and re.fullmatch(pattern, word) is not None


def _percent(number: str, unit: str) -> Decimal:
    return Decimal(number) / (10 if unit == "‰" else 1)


def _lowest(values: Iterable[Decimal | None]) -> Decimal | None:
    return min((value for value in values if value is not None), default=None)


def _highest(values: Iterable[Decimal | None]) -> Decimal | None:
    """None when one of the alternatives has no limit."""
    listed = list(values)
    return None if None in listed else max(value for value in listed if value is not None)
