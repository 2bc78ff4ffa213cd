"""The permits of the sample county, and a list of permits as another office sends it, with every trouble such a list has."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.demo.county.dice import Dice
from config.demo.county.subjects import Subject

_BY_CATEGORY = {
    "旅馆": ("特种行业许可证（旅馆业）", "源公特旅字"),
    "典当行": ("特种行业许可证（典当业）", "源公特典字"),
    "公章刻制企业": ("特种行业许可证（公章刻制业）", "源公特章字"),
    "保安服务公司": ("保安服务许可证", "示公保服字"),
}
_LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Permit:
    """One row of the sheet 许可证; a last day that is a text is written as it is."""

    subject: str
    name: str
    number: str
    issuer: str
    issued_on: dt.date
    valid_from: dt.date
    valid_until: dt.date | str


def permits(dice: Dice, subjects: Sequence[Subject], today: dt.date) -> list[Permit]:
    """One permit for nearly every hotel, pawnshop, seal maker and security firm; some end soon, some have ended."""
    found = []
    for subject in subjects:
        name, series = _BY_CATEGORY.get(subject.categories[0], ("", ""))
        luck = dice.between(1, 40)
        if not name or luck == 1:
            continue
        issued = today - dt.timedelta(days=dice.between(100, 1000))
        until = issued + dt.timedelta(days=dice.between(900, 1800))
        number = f"{series}（示例）第{int(subject.key[1:]):04d}号"
        found.append(
            Permit(subject.key, name, number, "示例发证机关", issued, issued, _LONG_TERM if luck <= 8 else today + dt.timedelta(days=luck) if luck <= 11 else until)
        )
    return found


def to_try(known: Sequence[Permit], today: dt.date) -> list[Permit]:
    """Of the known permits some as they are, some renewed, new ones, and five rows that cannot be taken."""
    renewed = [replace(one, valid_from=today, valid_until=today + dt.timedelta(days=1095)) for one in known[20:28]]
    new = [replace(one, name="卫生许可证", number=f"示卫字第{at:04d}号", valid_until=_LONG_TERM) for at, one in enumerate(known[40:52], start=1)]
    wrong = [
        replace(known[60], subject="S999999", number="示卫字第0101号"),
        replace(known[61], number="示卫字第0102号", valid_until="2026年2月30日"),
        replace(known[62], number="示卫字第0103号", valid_from=today, valid_until=today - dt.timedelta(days=30)),
        replace(known[63], number="示卫字第0104号"),
        replace(known[63], number="示卫字第0104号"),
    ]
    return [*known[:20], *renewed, *new, *wrong]
