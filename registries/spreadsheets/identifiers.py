"""Identifiers with a check character: 统一社会信用代码 (GB 32100-2015) and the citizen ID number (GB 11643-1999).

Each check raises `BadCell` with a sentence that says what is wrong: the length, a character, or the check character.
"""

import re
from operator import mul

from django.utils.translation import gettext as _
from stdnum.cn import ric

from registries.spreadsheets.refusals import BadCell

_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_CHARACTERS}]{{2}}[0-9]{{6}}[{_USCC_CHARACTERS}]{{10}}")
_USCC_VALUES = {character: value for value, character in enumerate(_USCC_CHARACTERS)}
_USCC_WEIGHTS = tuple(pow(3, at, 31) for at in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_uscc(text: str) -> None:
    """Refuse what is no 统一社会信用代码: 18 characters, no I O S V Z, digits in 3–8, the check character of GB 32100."""
    if re.fullmatch(r"\d{15}", text):
        raise BadCell(_("15 digits are an old registration number, no credit code."), _("Put it in the column 注册号 and give the credit code of 18 characters."))
    if len(text) != 18:
        raise BadCell(_("The credit code has %(length)s characters, not 18.") % {"length": len(text)}, _remedy(""))
    for position, character in enumerate("" if _USCC.fullmatch(text) else text, start=1):
        if character not in _USCC_CHARACTERS or (position in range(3, 9) and not character.isdecimal()):
            raise BadCell(_("Character %(position)s of the credit code is “%(character)s”, which cannot stand there.") % {"position": position, "character": character}, _remedy(character))
    expected = uscc_check(text[:17])
    if expected != text[17]:
        raise BadCell(
            _("The check character is “%(written)s”, but the other 17 characters give “%(expected)s”: at least one character is wrong.") % {"written": text[17], "expected": expected},
            _remedy(""),
        )


def uscc_check(body: str) -> str:
    """The check character of GB 32100 for the first 17 characters of a credit code."""
    total = sum(map(mul, _USCC_WEIGHTS, map(_USCC_VALUES.__getitem__, body)))
    return _USCC_CHARACTERS[-total % 31]


def _remedy(character: str) -> str:
    if character in {"I", "O", "S", "V", "Z"}:
        return _("The letters I, O, S, V and Z never occur; 1, 0, 5, U or 2 may be meant. Compare it with the licence.")
    return _("Compare it with the licence.")


def why_doubt_uscc(text: str) -> str | None:
    """A doubt about a code that passes GB 32100: its characters 9–17 must also carry the check digit of GB 11714."""
    if text[16] == organisation_check(text[8:16]):
        return None
    return _("The credit code passes its own check, but the organisation code within it (characters 9 to 17) does not.")


def organisation_check(body: str) -> str:
    """The check character of GB 11714 for the eight characters of an organisation code."""
    total = sum(map(mul, _ORGANISATION_WEIGHTS, map(_value, body)))
    return "0123456789X0"[11 - total % 11]


def _value(character: str) -> int:
    return int(character) if character.isdecimal() else ord(character) - 55


def check_id_number(text: str) -> None:
    """Refuse what is no citizen ID number: 17 digits and a digit or X, a real day of birth, the check character."""
    compare = _("Compare it with the identity card.")
    if len(text) != 18:
        raise BadCell(_("The ID number has %(length)s characters, not 18.") % {"length": len(text)}, compare)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise BadCell(_("The ID number contains something other than digits and a final X."), compare)
    if not _born(text):
        raise BadCell(_("The day of birth in the ID number does not exist."), compare)
    if ric.calc_check_digit(text) != text[17]:
        raise BadCell(_("The check character of the ID number does not fit: at least one digit is wrong."), compare)


def _born(text: str) -> bool:
    try:
        return ric.get_birth_date(text).year >= 1900
    except ValueError:
        return False
