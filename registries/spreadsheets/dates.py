"""Dates as offices write them: 2021年7月15日, 2021.7.15, 2021/7/15, 20210715, 二〇二一年七月十五日, serial numbers, 长期."""

import datetime as dt
import re
import unicodedata
from enum import Enum
from typing import Final

from django.utils.translation import gettext as _

from registries.spreadsheets.columns import Column
from registries.spreadsheets.reading import Cell
from registries.spreadsheets.refusals import BadCell, shown


class Endless(Enum):
    """What `read_date` gives for 长期: no date, and said so."""

    ENDLESS = "endless"


ENDLESS: Final = Endless.ENDLESS

_ENDLESS_WORDS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限", "至今"})
_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119: what a date cell without its format holds
_YEARS = range(1900, 2101)
_WRITTEN = re.compile(r"(\d{4})\s*[年./\-–—]\s*(\d{1,2})\s*[月./\-–—]\s*(\d{1,2})\s*[日号]?(?:[\sT]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"([〇零○一二三四五六七八九]{4})年([元一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?")
_DIGITS = {character: value for value, characters in enumerate(("〇零○", "一", "二", "三", "四", "五", "六", "七", "八", "九")) for character in characters}


def read_date(column: Column, cell: Cell) -> dt.date | Endless:
    """The date of a cell, `ENDLESS` for 长期 and 9999-…, or `BadCell`. A time of day is dropped."""
    if isinstance(cell, dt.datetime):
        day: dt.date | None = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        day = _from_number(cell)
    elif isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        if text in _ENDLESS_WORDS or text.startswith(("9999", "2999")):
            return _endless(column, cell)
        day = _from_text(text)
    else:
        day = None
    if day is None:
        raise _no_date(cell)
    if day.year in {9999, 2999}:
        return _endless(column, cell)
    if day.year not in _YEARS:
        raise BadCell(_("“%(text)s” lies outside the years 1900 to 2100.") % {"text": shown(cell)}, _("Correct the year."))
    return day


def _endless(column: Column, cell: Cell) -> Endless:
    if not column.endless:
        raise BadCell(_("“%(heading)s” needs a day; “%(text)s” is none.") % {"heading": column.heading, "text": shown(cell)}, _("Write the day, for example 2021-07-15."))
    return ENDLESS


def _no_date(cell: Cell) -> BadCell:
    return BadCell(_("“%(text)s” is no date.") % {"text": shown(cell)}, _("Write year, month and day with a year of four digits, for example 2021-07-15."))


def _from_number(number: float) -> dt.date | None:
    whole = int(number) if number == number and abs(number) < 1e9 else 0
    if whole in _SERIALS:
        return _EPOCH + dt.timedelta(days=whole)
    return _from_text(str(whole)) if whole == number else None


def _from_text(text: str) -> dt.date | None:
    found = _WRITTEN.fullmatch(text) or _SOLID.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups())
        return _real(year, month, day)
    chinese = _CHINESE.fullmatch(text)
    if chinese:
        year = int("".join(str(_DIGITS[character]) for character in chinese[1]))
        return _real(year, chinese_number(chinese[2].replace("元", "一")) or 0, chinese_number(chinese[3]) or 0)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _SERIALS:
        return _EPOCH + dt.timedelta(days=int(float(text)))
    return None


def _real(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def chinese_number(text: str) -> int | None:
    """一 … 九十九 as a number, 两 for two; None for anything else."""
    text = text.replace("两", "二")
    tens, ten, ones = text.rpartition("十")
    if any(len(part) > 1 or (part and part not in _DIGITS) for part in (tens, ones)):
        return None
    if not ten:
        return _DIGITS.get(ones)
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
