"""The 80 inspectors of the sample county, their certificates, and the conflicts they declared."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.cn import ric

from config.demo.county.dice import Dice
from config.demo.county.subjects import Subject

Skill = tuple[str, str]

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_SAMPLES = "示例样演"
_GIVEN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "安", "平")

# unit, how many, (fields, specialties) in turn
_STAFF: tuple[tuple[str, int, tuple[Skill, ...]], ...] = (
    ("ZA", 32, (
        ("治安", "旅馆业管理、特种行业管理、寄递物流"),
        ("治安", "旅馆业管理、娱乐场所管理"),
        ("治安、民爆", "爆破安全、危险化学品、枪支管理"),
        ("治安", "旅馆业管理、寄递物流"),
        ("治安", "特种行业管理、保安内保、娱乐场所管理"),
        ("治安、民爆", "危险化学品、爆破安全"),
        ("治安", "旅馆业管理、保安内保、大型活动安保"),
        ("治安、民爆", "枪支管理、爆破安全、大型活动安保"),
    )),
    ("WA", 9, (("网安", "网络技术"),)),
    ("JD", 7, (("禁毒", "易制毒管理"),)),
    ("JJ", 13, (("交通", "车辆与运输"),)),
    ("CRJ", 5, (("出入境", "外国人管理"),)),
    ("NB", 8, (("内保", "保安内保"), ("内保、治安", "保安内保、大型活动安保"))),
    ("PCS", 6, (("治安", "旅馆业管理、特种行业管理"), ("治安", "旅馆业管理、娱乐场所管理"))),
)
_EXPIRED = frozenset({6, 13, 37, 44, 57, 71})
_AWAY = frozenset({4, 27, 52, 66})
_LEFT = frozenset({20, 60})


@dataclass(frozen=True, slots=True)
class Inspector:
    """One row of the sheet 执法检查人员."""

    number: str
    name: str
    sex: str
    post: str
    unit: str
    specialties: str
    fields: str
    may_lead: bool
    most_open: int
    status: str
    phone: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """One row of the sheet 证件."""

    inspector: str
    kind: str
    number: str
    issuer: str
    valid_from: dt.date
    valid_until: dt.date


def make_inspectors(dice: Dice) -> list[Inspector]:
    """All 80, unit by unit; the first of each unit lead."""
    inspectors: list[Inspector] = []
    for unit, count, skills in _STAFF:
        for rank in range(count):
            number = len(inspectors) + 1
            fields, specialties = skills[rank % len(skills)]
            post = _post(rank, count)
            inspectors.append(
                Inspector(
                    number=f"990{number:03d}",
                    name=_SURNAMES[(number - 1) % 32] + _SAMPLES[(number - 1) // 20] + _GIVEN[(number - 1) % 12],
                    sex="女" if number % 4 == 0 else "男",
                    post=post,
                    unit=unit,
                    specialties=specialties,
                    fields=fields,
                    may_lead=post != "民警" or rank % 2 == 0,
                    most_open=6 if post == "大队长" else 10,
                    status="离岗" if number in _AWAY else "调离" if number in _LEFT else "在岗",
                    phone=f"1991111{number:04d}",
                    id_number=_id_number(dice, number),
                )
            )
    return inspectors


def certificates(dice: Dice, inspectors: list[Inspector], today: dt.date) -> Iterator[Certificate]:
    """Every inspector's police certificate, a few of them expired, and a second certificate for every third."""
    for number, inspector in enumerate(inspectors, start=1):
        until = today - dt.timedelta(days=dice.between(10, 200)) if number in _EXPIRED else today + dt.timedelta(days=dice.between(200, 1500))
        yield Certificate(inspector.number, "人民警察证", f"SL{inspector.number}", "示例公安机关", until - dt.timedelta(days=1826), until)
        if number % 3 == 0 and number not in _EXPIRED:
            ends = today + dt.timedelta(days=dice.between(100, 900))
            yield Certificate(inspector.number, "行政执法证", f"15000000{number:03d}", "示例发证机关", ends - dt.timedelta(days=1461), ends)


def recusals(dice: Dice, inspectors: list[Inspector], subjects: list[Subject], today: dt.date) -> Iterator[tuple[str, str, str, dt.date, dt.date | None]]:
    """Declared conflicts: inspector, subject, relation, from, until. Every second inspector has one; some have ended."""
    relations = ("本人或近亲属是当事人", "本人或近亲属有利害关系", "其他关系")
    for at, inspector in enumerate(inspectors[::2]):
        nearby = [subject for subject in subjects if subject.unit == inspector.unit]
        start = today - dt.timedelta(days=dice.between(100, 900))
        until = today - dt.timedelta(days=20) if at % 8 == 7 else None
        yield inspector.number, dice.one(nearby).key, relations[at % 3], start, until


def _post(rank: int, count: int) -> str:
    if rank == 0:
        return "大队长"
    if rank == 1:
        return "教导员"
    if rank <= 1 + count // 6:
        return "副大队长" if rank % 2 == 0 else "中队长"
    return "民警"


def _id_number(dice: Dice, number: int) -> str:
    born = dt.date(1970, 1, 1) + dt.timedelta(days=dice.between(0, 10_500))
    head = f"370323{born:%Y%m%d}{900 + number}"
    return head + ric.calc_check_digit(f"{head}0")
