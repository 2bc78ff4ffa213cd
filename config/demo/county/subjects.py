"""The 1,500 subjects of the sample county, and what is known of them: exclusions, complaints, serious violations.

Hotels and guesthouses are dealt out by hand rather than by chance: every class of grade and signals among those in scope has at
least 5, so that the demo's draw by grade can publish its roster at once (draw protocol, §1), and none of them is stale.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from stdnum.cn import uscc

from config.demo.county.codes import TOWNS
from config.demo.county.dice import Dice
from config.demo.county.kinds import KINDS, Kind, names
from registries.spreadsheets.identifiers import organisation_check

_TOWN_WEIGHTS = (16, 30, 8, 9, 10, 6, 5, 5, 4, 5, 4, 6)
_GRADES = (("A", 40), ("B", 34), ("C", 17), ("D", 8), ("", 1))
_SURNAMES = "张王李刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_SAMPLES = "示例样演"
_GIVEN = "一二三四五六七八九安平和顺明清文华"
_PREFIXES = {"企业": "91", "个体工商户": "92", "社会组织": "52", "机关事业单位": "12"}


@dataclass(slots=True)
class Subject:
    """One row of the sheet 检查对象, and its signals. Dates are real dates; how they are spelt is left to the workbook."""

    key: str
    name: str
    uscc: str
    old_number: str
    kind: str
    categories: tuple[str, ...]
    unit: str
    town: str
    address: str
    contact: str
    phone: str
    grade: str
    graded_on: dt.date | None
    verified_on: dt.date
    status: str = "在业"
    excluded: bool = False
    upheld: int = 0
    rejected: int = 0
    serious: int = 0
    old_violations: int = 0
    days: list[int] = field(default_factory=list)


def make_subjects(dice: Dice, today: dt.date) -> list[Subject]:
    """All 1,500 subjects, in registry order."""
    subjects: list[Subject] = []
    for kind in KINDS:
        batch = [_subject(dice, today, kind, name, len(subjects) + at) for at, name in enumerate(names(kind), start=1)]
        if kind.lodging:
            _deal_lodgings(batch, kind)
        else:
            _deal(dice, today, batch)
        subjects += batch
    return subjects


def exclusions(subjects: list[Subject], today: dt.date) -> Iterator[tuple[str, str, str, dt.date, dt.date | None]]:
    """Rows of 不在检查范围: subject, basis, reason, from, until. The last three ended long ago and exclude nobody today."""
    for at, subject in enumerate(subject for subject in subjects if subject.excluded):
        basis, reason = _exclusion(subject)
        yield subject.key, basis, reason, today - dt.timedelta(days=200 + 11 * at), None if at % 3 else today + dt.timedelta(days=400 + at)
    for subject in [subject for subject in subjects if not subject.excluded and "旅馆" not in subject.categories][7:900:300]:
        basis, reason = _exclusion(subject)
        yield subject.key, basis, f"{reason}（已恢复）", today - dt.timedelta(days=900), today - dt.timedelta(days=500)


def complaints(dice: Dice, subjects: list[Subject], today: dt.date) -> Iterator[tuple[str, dt.date, str, str, str]]:
    """Rows of 投诉举报: subject, received on, channel, content, upheld (是, 否 or blank while it is looked into)."""
    channels = ("12345热线", "110报警", "来信来访", "网上举报", "转办交办")
    contents = ("反映未落实实名登记", "反映夜间经营噪声扰民", "反映监控设施损坏未修复", "反映治安管理制度未落实", "反映人员管理不到位")
    for subject in subjects:
        for at in range(subject.upheld + subject.rejected):
            upheld = "是" if at < subject.upheld else dice.one(("否", "否", ""))
            text = f"{dice.one(contents)}（示例第{at + 1}件）"
            yield subject.key, today - dt.timedelta(days=dice.between(20, 280)), dice.one(channels), text, upheld


def violations(dice: Dice, subjects: list[Subject], today: dt.date) -> Iterator[tuple[str, dt.date, str, str, str]]:
    """Rows of 严重违法: subject, day, facts, number of the decision, serious or not."""
    facts = ("未按规定查验登记，拒不改正", "未落实安全防范措施，造成隐患", "未按规定报送信息，情节较重", "超出许可范围经营")
    number = 0
    for subject in subjects:
        spans = [(60, 520)] * subject.serious + [(800, 1000)] * subject.old_violations
        for low, high in spans:
            number += 1
            day = today - dt.timedelta(days=dice.between(low, high))
            yield subject.key, day, f"{dice.one(facts)}（示例）", f"源公(示)行罚决字〔{day.year}〕{number}号", "是" if subject.serious or number % 2 else "否"


def _subject(dice: Dice, today: dt.date, kind: Kind, name: str, number: int) -> Subject:
    _code, town = dice.weighted(tuple(zip(TOWNS, _TOWN_WEIGHTS, strict=True)))
    subject_kind = kind.kinds[number % len(kind.kinds)]
    grade = dice.weighted(_GRADES)
    coded = subject_kind in _PREFIXES and not (kind.uncoded and number % kind.uncoded == 0)
    return Subject(
        key=f"S{number:06d}",
        name=name,
        uscc=_uscc(_PREFIXES[subject_kind], number) if coded else "",
        old_number=f"370323{number:09d}" if not coded and subject_kind == "企业" else "",
        kind=subject_kind,
        categories=(kind.name, *((kind.also,) if kind.also and number % 14 == 0 else ())),
        unit=kind.unit if not kind.stations or number % 5 else "PCS",
        town=town,
        address=f"沂源县{town}示例路{number % 199 + 1}号",
        contact=_SURNAMES[number % 20] + _SAMPLES[number % 4] + _GIVEN[number % 17],
        phone=f"1990000{number:04d}" if number % 6 else f"0533-000{number:04d}",
        grade=grade,
        graded_on=today - dt.timedelta(days=dice.between(20, 330)) if grade else None,
        verified_on=today - dt.timedelta(days=dice.between(5, 240)),
    )


def _deal_lodgings(batch: list[Subject], kind: Kind) -> None:
    """Grades and signals by table; what is left over after the table is grade A, and some of it is out of scope."""
    at = 0
    for grade, upheld, serious, count in kind.lodging:
        for subject in batch[at : at + count]:
            subject.grade, subject.upheld, subject.serious = grade, upheld, serious
            subject.graded_on = subject.verified_on
        at += count
    for subject in batch[at:]:
        subject.grade, subject.graded_on = "A", subject.verified_on
    for subject in batch[-6:]:
        subject.excluded = True
    for subject, status in zip(batch[-12:-6], ("停业", "停业", "注销", "注销", "迁出", "吊销"), strict=True):
        subject.status = status
    for subject in batch[: len(batch) // 2 : 9]:
        subject.rejected = 1


def _deal(dice: Dice, today: dt.date, batch: list[Subject]) -> None:
    for subject in batch:
        luck = dice.between(1, 100)
        if luck <= 6:
            subject.verified_on = today - dt.timedelta(days=dice.between(400, 620))
        elif luck <= 8:
            subject.excluded = True
        elif luck <= 11:
            subject.status = dice.one(("停业", "注销", "吊销", "迁出"))
        elif luck <= 17:
            subject.upheld = 1 + (luck == 12)
        elif luck <= 21:
            subject.rejected = 1
        elif luck <= 24 and subject.grade in {"C", "D"}:
            subject.serious = 1
        elif luck == 25:
            subject.old_violations = 1


def _exclusion(subject: Subject) -> tuple[str, str]:
    if subject.categories[0] in {"旅馆", "民宿"}:
        return "旅馆业治安管理办法第二条", "单位内部接待用房，不对外经营，不属于旅馆业"
    if subject.categories[0] == "治安保卫重点单位":
        return "企业事业单位内部治安保卫条例第二十条", "武装警察部队守卫单位，另有规定"
    return "法律、法规、规章规定的适用范围", "经核实不从事该项经营活动，依法不在检查范围"


def _uscc(prefix: str, number: int) -> str:
    body = f"MAXX{number:04d}"
    head = f"{prefix}370323{body}{organisation_check(body)}"
    return head + uscc.calc_check_digit(head)
