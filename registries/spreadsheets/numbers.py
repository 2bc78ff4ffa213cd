"""Numbers as offices write them: full-width digits, thousands separators, 次 and 人 behind, percent cells."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from registries.spreadsheets.columns import Column
from registries.spreadsheets.dates import chinese_number
from registries.spreadsheets.reading import Cell
from registries.spreadsheets.refusals import BadCell, shown

_DECIMAL = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,9})?")


def read_integer(column: Column, cell: Cell) -> int:
    """The whole number of a cell within the column's bounds, or `BadCell`; 每年一次 is 1 when the column names the affixes."""
    number = _decimal(column, cell)
    if number is None or number != number.to_integral_value():
        raise BadCell(_("“%(text)s” is no whole number.") % {"text": shown(cell)}, _("Write it in digits, for example 2."))
    return int(_within(column, number, cell))


def read_decimal(column: Column, cell: Cell) -> Decimal:
    """The number of a cell within the column's bounds, or `BadCell`."""
    number = _decimal(column, cell)
    if number is None:
        raise BadCell(_("“%(text)s” is no number.") % {"text": shown(cell)}, _("Write it in digits, for example 2.5."))
    return _within(column, number, cell)


def read_percent(column: Column, cell: Cell) -> Decimal:
    """A share in percent: 5 for “5”, “5%” and a cell 0.05 in percent format; above 0 and within the column's bounds.

    A number cell of exactly 1 is refused: it is 1 % when typed and 100 % when the cell is in percent format.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell == 1:
            raise BadCell(_("The number 1 can mean one percent or the whole."), _("Format the cell as text and write the number with a percent sign."))
        if 0 < cell < 1:
            cell = str(round(Decimal(repr(cell)) * 100, 4))
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else cell
    number = _decimal(column, text.removesuffix("%") if isinstance(text, str) else text)
    if number is None or number <= 0:
        raise BadCell(_("“%(text)s” is no share in percent above 0.") % {"text": shown(cell)}, _("Write it in digits, for example 5."))
    return _within(column, number, cell)


def _decimal(column: Column, cell: Cell) -> Decimal | None:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = repr(cell) if isinstance(cell, float) else unicodedata.normalize("NFKC", str(cell))
    text = re.sub(r"[\s,_]", "", text)
    for affix in column.affixes:
        text = text.removeprefix(affix).removesuffix(affix)
    chinese = chinese_number(text) if text else None
    if chinese is not None:
        return Decimal(chinese)
    return Decimal(text).normalize() + 0 if _DECIMAL.fullmatch(text) else None


def _within(column: Column, number: Decimal, cell: Cell) -> Decimal:
    least, most = column.least, column.most
    if (least is not None and number < least) or (most is not None and number > most):
        raise BadCell(
            _("“%(heading)s” is %(text)s; it must lie between %(least)s and %(most)s.") % {"heading": column.heading, "text": shown(cell), "least": least, "most": most},
            _("Correct the number."),
        )
    return number
