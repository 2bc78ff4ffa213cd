"""Codes, subjects, inspectors, matters, and the holidays that deadlines ask for."""

import datetime as dt
from typing import Any

from stdnum.cn import uscc

from registries import clock
from registries.codes.models import Code, CodeTable
from registries.holidays.library import proposed
from registries.holidays.models import HolidayDay, HolidayYear
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.matters.models import ChecklistItem, Edition, LegalBasis, Matter, MatterRevision
from registries.matters.states import EditionState
from registries.people.models import Unit
from registries.people.roles import Role
from registries.subjects import searching
from registries.subjects.commands import Entry
from registries.subjects.models import Exclusion, Permit, Subject, SubjectCategory
from tests.factories.counting import following
from tests.factories.people import some_unit, user


def code(table: str, label: str = "", **columns: Any) -> Code:
    """One row of a code table."""
    n = following()
    columns = {"code": f"c{n}", **columns}
    return Code.objects.create(table=table, label=label or f"代码{n}", **columns)


def town() -> Code:
    """A township."""
    return code(CodeTable.TOWN, f"第{following()}镇")


def category(name: str = "", publicity: str = SubjectCategory.Publicity.BY_NAME, **columns: Any) -> SubjectCategory:
    """A subject category, published by name."""
    n = following()
    columns = {"code": f"K{n}", **columns}
    return SubjectCategory.objects.create(name=name or f"类别{n}", publicity=publicity, **columns)


def credit_code(n: int) -> str:
    """The n-th 统一社会信用代码 with its right check character."""
    body = f"91370323{n:09}"
    return body + str(uscc.calc_check_digit(body))


def subject(
    name: str = "", *, categories: list[SubjectCategory] | None = None, unit: Unit | None = None, **columns: Any
) -> Subject:
    """An enterprise in operation, verified today, of grade B; it gets a unit, a township and a category if none is given."""
    n = following()
    columns = {"key": f"S{n:08}", "uscc": credit_code(n), "kind": Subject.Kind.ENTERPRISE, **columns}
    columns = {"verified_on": clock.today(), "address": f"示例路{n}号", **columns}
    made = Subject(
        name=name or f"沂源示例{n}旅馆",
        unit=unit or some_unit(),
        town=columns.pop("town", None) or town(),
        contact=columns.pop("contact", f"负责人{n}"),
        phone=columns.pop("phone", f"1380533{n % 10000:04}"),
        **columns,
    )
    searching.fill([made])
    made.save()
    made.categories.add(*(categories if categories is not None else [category()]))
    return made


def entry_of(subject: Subject, **different: Any) -> Entry:
    """What the subject says now, as its clerk sends it back with something different."""
    same = {
        "name": subject.name,
        "kind": subject.kind,
        "unit_id": subject.unit_id,
        "town_id": subject.town_id,
        "categories": tuple(subject.categories.values_list("pk", flat=True)),
        "uscc": subject.uscc or "",
        "old_number": subject.old_number,
        "station_id": subject.station_id,
        "graded_on": subject.graded_on,
        "grade_source": subject.grade_source,
        "address": subject.address,
        "contact": subject.contact,
        "phone": subject.phone,
        "risk_grade": subject.risk_grade,
        "status": subject.status,
    }
    return Entry(**{**same, **different})


def permit(subject: Subject, **columns: Any) -> Permit:
    """A permit of the subject, valid from 2020 to 2040."""
    columns = {"name": "特种行业许可证", "number": f"源公特{following():05}", "issuer": "沂源县公安局", **columns}
    columns = {"valid_from": dt.date(2020, 1, 1), "valid_until": dt.date(2040, 1, 1), **columns}
    return Permit.objects.create(subject=subject, recorded_by=columns.pop("recorded_by", None) or user(), **columns)


def exclusion(subject: Subject, **columns: Any) -> Exclusion:
    """The subject is out of scope by law, from long ago and without end."""
    columns = {"basis": "示例规定第一条", "reason": "不在检查范围", "starts_on": dt.date(2020, 1, 1), **columns}
    return Exclusion.objects.create(subject=subject, recorded_by=columns.pop("recorded_by", None) or user(), **columns)


def inspector(
    name: str = "", *, unit: Unit | None = None, account: bool = True, certified: bool = True, **columns: Any
) -> Inspector:
    """An inspector on duty who may lead, with an account of the role inspector and a certificate valid from 2020 to 2040."""
    n = following()
    unit = unit or some_unit()
    name = name or f"检查员{n}"
    if account and "user" not in columns:
        columns["user"] = user(Role.INSPECTOR, unit=unit, name=name)
    columns = {"number": f"I{n:05}", "sex": Inspector.Sex.MALE, "post": "民警", "may_lead": True, **columns}
    made = Inspector.objects.create(name=name, unit=unit, **columns)
    if certified:
        certificate(made)
    return made


def certificate(inspector: Inspector, **columns: Any) -> Certificate:
    """A certificate valid from 2020 to 2040."""
    columns = {"valid_from": dt.date(2020, 1, 1), "valid_until": dt.date(2040, 12, 31), **columns}
    return Certificate.objects.create(inspector=inspector, kind="人民警察证", number=f"{following():06}", **columns)


def recusal(inspector: Inspector, subject: Subject, **columns: Any) -> Recusal:
    """A conflict declared long ago, without end."""
    columns = {"relation": "近亲属", "starts_on": dt.date(2020, 1, 1), **columns}
    return Recusal.objects.create(inspector=inspector, subject=subject, **columns)


def matter(
    name: str = "",
    *,
    unit: Unit | None = None,
    categories: list[SubjectCategory] | None = None,
    items: int = 3,
    published: bool = True,
    **columns: Any,
) -> MatterRevision:
    """The first revision of a matter with one legal basis and ``items`` checklist items, in a published edition."""
    n = following()
    unit = unit or some_unit()
    columns = {
        "content": "登记查验、安全管理",
        "method": "现场检查",
        "regulation": MatterRevision.Regulation.RANDOM,
        "inspecting_body": "县公安局",
        "ratio_percent": 5,
        "frequency": "每年一次",
        "created_at": clock.now(),
        **columns,
    }
    revision = MatterRevision.objects.create(
        matter=Matter.objects.create(code=f"ZA{n:03}"),
        number=1,
        name=name or f"示例事项{n}检查",
        unit=unit,
        created_by=columns.pop("created_by", None) or user(Role.CLERK, unit=unit),
        **columns,
    )
    revision.categories.set(categories if categories is not None else [category()])
    LegalBasis.objects.create(revision=revision, instrument="旅馆业治安管理办法", article="第四条")
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            revision=revision,
            position=i,
            title=f"检查项{i}",
            content=f"是否做到第{i}项",
            guidance=f"查看第{i}项的台账",
            article=f"第{i}条",
        )
        for i in range(1, items + 1)
    )
    if published:
        edition(revision)
    return revision


def edition(*revisions: MatterRevision, **columns: Any) -> Edition:
    """A published edition of the matter list with these revisions."""
    now = clock.now()
    draft = Edition.objects.create(
        title="随机抽查事项清单",
        prepared_by=columns.pop("prepared_by", None) or user(Role.CLERK),
        prepared_at=now,
        state=EditionState.SUBMITTED,
        **columns,
    )
    draft.revisions.set(revisions)
    draft.number = following()
    draft.state = EditionState.PUBLISHED
    draft.approved_by = user(Role.SUPERVISOR)
    draft.published_at = now
    draft.save()
    return draft


def holidays(*years: int) -> None:
    """The holidays of these years as the built-in list knows them, in their first edition."""
    for year in years:
        held = HolidayYear.objects.create(year=year, edition=1, notice="示例通知", saved_by=user(Role.SYSTEM_ADMIN), saved_at=clock.now())
        HolidayDay.objects.bulk_create(HolidayDay(held=held, day=one.day, works=one.works, name=one.name) for one in proposed(year))
