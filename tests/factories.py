"""Rows for tests, built directly: units, people with roles, matters, subjects, inspectors, plans, draws, cases.

Each function makes one thing with whatever it needs, and takes any column by name. Reaching a situation *through*
commands belongs in ``scenarios.py``. Nothing here is random; numbers only count up.
"""

import datetime as dt
import functools
import itertools
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from stdnum.cn import uscc

from inspections.adhoc.models import AdhocRequest
from inspections.cases.models import Assignment, Case, CaseMatter, Record, RecordAnswer, Review, Signature
from inspections.cases.states import Answer, CaseState, Decision
from inspections.draws.models import Draw, DrawnEntry, RosterEntry, RosterInspector, SeedSource, TeamPlace
from inspections.draws.states import DrawState
from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.codes.models import Code, CodeTable
from registries.holidays.library import proposed
from registries.holidays.models import HolidayDay, HolidayYear
from registries.inspectors.models import Certificate, Inspector, Recusal
from registries.ledger.chain import sha256_hex
from registries.matters.models import ChecklistItem, Edition, LegalBasis, Matter, MatterRevision
from registries.matters.states import EditionState
from registries.people.models import Unit, User
from registries.people.roles import Role
from registries.subjects import searching
from registries.subjects.commands import Entry
from registries.subjects.models import Exclusion, Permit, Subject, SubjectCategory

PASSWORD = "correct horse battery staple"
"""The password of every account made here."""

_counter = itertools.count(1)


def _next() -> int:
    return next(_counter)


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)


# --- people ----------------------------------------------------------------------------------------------------------


def unit(name: str = "", kind: str = Unit.Kind.BRIGADE, **columns: Any) -> Unit:
    """A brigade, unless ``kind`` says otherwise."""
    n = _next()
    name = name or f"第{n}大队"
    columns = {"code": f"U{n:04}", "short_name": name[:20], "document_word": "治", **columns}
    return Unit.objects.create(name=name, kind=kind, **columns)


def some_unit() -> Unit:
    """Any brigade; the name ``unit`` is an argument of most factories."""
    return unit()


def user(*roles: Role, unit: Unit | None = None, **columns: Any) -> User:
    """An account with these roles; its password is :data:`PASSWORD`."""
    n = _next()
    columns = {"username": f"user{n}", "name": f"用户{n}", "created_at": clock.now(), "password": _hashed(), **columns}
    account = User.objects.create(unit=unit, **columns)
    account.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    return account


def system() -> User:
    """The timers' actor, made after every migration."""
    return User.objects.get(username="system")


# --- registries ------------------------------------------------------------------------------------------------------


def code(table: str, label: str = "", **columns: Any) -> Code:
    """One row of a code table."""
    n = _next()
    columns = {"code": f"c{n}", **columns}
    return Code.objects.create(table=table, label=label or f"代码{n}", **columns)


def town() -> Code:
    """A township."""
    return code(CodeTable.TOWN, f"第{_next()}镇")


def category(name: str = "", publicity: str = SubjectCategory.Publicity.BY_NAME, **columns: Any) -> SubjectCategory:
    """A subject category, published by name."""
    n = _next()
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
    n = _next()
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
    columns = {"name": "特种行业许可证", "number": f"源公特{_next():05}", "issuer": "沂源县公安局", **columns}
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
    n = _next()
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
    return Certificate.objects.create(inspector=inspector, kind="人民警察证", number=f"{_next():06}", **columns)


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
    n = _next()
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
    draft.number = _next()
    draft.state = EditionState.PUBLISHED
    draft.approved_by = user(Role.SUPERVISOR)
    draft.published_at = now
    draft.save()
    return draft


# --- plans and draws -------------------------------------------------------------------------------------------------


def plan(unit: Unit | None = None, **columns: Any) -> Plan:
    """A published plan of this year."""
    now = clock.now()
    columns = {"year": now.year, "title": f"{now.year}年度抽查计划", "state": PlanState.PUBLISHED, **columns}
    if columns["state"] in (PlanState.SUBMITTED, PlanState.PUBLISHED):
        columns = {"reviewed_by": user(Role.REVIEWER), "reviewed_at": now, **columns}
    if columns["state"] == PlanState.PUBLISHED:
        columns = {
            "number": f"源公抽〔{now.year}〕{_next()}号",
            "published_at": now,
            "approved_by": user(Role.SUPERVISOR),
            **columns,
        }
    unit = unit or some_unit()
    prepared_by = columns.pop("prepared_by", None) or user(Role.CLERK, unit=unit)
    return Plan.objects.create(unit=unit, prepared_by=prepared_by, prepared_at=now, **columns)


def plan_item(revision: MatterRevision | None = None, **columns: Any) -> PlanItem:
    """An item of a published plan for the revision's matter and unit: 5 % over the whole year."""
    n = _next()
    revision = revision or matter()
    columns = {"code": f"RW-370323-{clock.now().year}-{n:03}", "first_month": 1, "last_month": 12, **columns}
    if "number" not in columns:
        columns = {"ratio_percent": 5, **columns}
    columns = {"unit": revision.unit, "plan": None, **columns}
    columns["plan"] = columns["plan"] or plan(columns["unit"])
    return PlanItem.objects.create(matter=revision.matter, **columns)


def adhoc_request(revision: MatterRevision | None = None, **columns: Any) -> AdhocRequest:
    """A request waiting for approval: a complaint about a subject of the matter's category; one further matter."""
    revision = revision or matter()
    columns = {"ground": "complaint", "document_number": f"信〔2026〕{_next()}号", "explanation": "群众反映", **columns}
    made = AdhocRequest.objects.create(
        subject=columns.pop("subject", None) or subject(categories=list(revision.categories.all()), unit=revision.unit),
        unit=revision.unit,
        matter=revision,
        asked_by=columns.pop("asked_by", None) or user(Role.CLERK, unit=revision.unit),
        asked_at=clock.now(),
        **columns,
    )
    made.joint_matters.set([matter(unit=revision.unit, published=False)])
    return made


def draw(revision: MatterRevision | None = None, **columns: Any) -> Draw:
    """A draw being prepared for the revision, by a clerk of its unit, planned in an hour, with two announced sources."""
    revision = revision or matter()
    now = clock.now()
    columns = {"unit": revision.unit, "planned": now + dt.timedelta(hours=1), "quotas": {"B": 2}, **columns}
    sources = columns.pop("sources", 2)
    made = Draw.objects.create(
        plan_item=columns.pop("plan_item", None) or plan_item(revision, unit=columns["unit"]),
        matter=revision,
        prepared_by=columns.pop("prepared_by", None) or user(Role.CLERK, unit=columns["unit"]),
        prepared_at=now,
        **columns,
    )
    made.categories.set(revision.categories.all())
    made.inspector_units.set([made.unit])
    for position in range(1, sources + 1):
        SeedSource.objects.create(
            draw=made,
            position=position,
            kind=SeedSource.Kind.WITNESS if position == 1 else SeedSource.Kind.PUBLIC,
            game="dice" if position == 1 else "demo",
            what=f"示例来源{position}",
            moment=now + dt.timedelta(minutes=40 + position),
            form="digits:20",
        )
    return made


def roster_entry(draw: Draw, subject: Subject, **columns: Any) -> RosterEntry:
    """The subject on the roster of a draw that is not committed yet, blinded with a plain counter."""
    n = _next()
    columns = {"stratum": subject.risk_grade, "slips": 1, "tags": "-", "nonce": f"{n:032x}", "code": f"{n:032x}", **columns}
    return RosterEntry.objects.create(draw=draw, subject=subject, public_id=subject.public_id, name=subject.name, **columns)


def roster_inspector(draw: Draw, inspector: Inspector, **columns: Any) -> RosterInspector:
    """The inspector on the roster of a draw that is not committed yet."""
    n = _next()
    columns = {"open_cases": 0, "most_open_cases": inspector.most_open_cases, "tags": "-", **columns}
    columns = {"nonce": f"{n:032x}", "code": f"{n:032x}", "may_lead": inspector.may_lead, **columns}
    return RosterInspector.objects.create(
        draw=draw, inspector=inspector, public_id=inspector.number, name=inspector.name, **columns
    )


def committed_draw(draw: Draw, **columns: Any) -> Draw:
    """Move a draw whose roster stands to committed, approved by a supervisor."""
    n = _next()
    values = {
        "state": DrawState.COMMITTED,
        "number": f"CQ-370323-{clock.now().year}-{n:04}",
        "submitted_at": clock.now(),
        "approved_by": user(Role.SUPERVISOR),
        "committed_at": clock.now(),
        "roster_digest": sha256_hex(f"roster {n}"),
        "order_hash": sha256_hex(f"order {n}"),
        "commitment": sha256_hex(f"secret {n}"),
        **columns,
    }
    for name, value in values.items():
        setattr(draw, name, value)
    draw.save()
    return draw


def drawn_draw(
    revision: MatterRevision | None = None,
    *,
    winners: int = 2,
    reserves: int = 1,
    teams: list[list[Inspector]] | None = None,
    subjects: list[Subject] | None = None,
    joint: list[MatterRevision] | None = None,
    **columns: Any,
) -> Draw:
    """A drawn draw: ``winners`` and ``reserves`` of its roster, each winner with a team of two inspectors of its own.

    ``teams`` gives the team of each winner instead (an empty list is an unstaffed one); ``subjects`` the whole roster.
    """
    made = draw(revision, **columns)
    made.joint_matters.set(joint or [])
    if subjects is None:
        kinds = list(made.categories.all())
        subjects = [subject(categories=kinds, unit=made.unit) for _ in range(winners + reserves)]
    if teams is None:
        teams = [[inspector(unit=made.unit), inspector(unit=made.unit)] for _ in range(winners)]
    entries = [roster_entry(made, one) for one in subjects]
    everybody = {one.pk: one for team in teams for one in team}
    places = {pk: roster_inspector(made, one) for pk, one in everybody.items()}
    committed_draw(made)
    for n, entry in enumerate(entries[: winners + reserves]):
        won = n < winners
        drawn = DrawnEntry.objects.create(
            draw=made,
            entry=entry,
            rank=n + 1 if won else n + 1 - winners,
            kind=DrawnEntry.Kind.WINNER if won else DrawnEntry.Kind.RESERVE,
            slip=1,
            ticket=sha256_hex(f"ticket {entry.pk}"),
        )
        for position, member in enumerate(teams[n] if won and n < len(teams) else [], start=1):
            TeamPlace.objects.create(drawn=drawn, position=position, inspector=places[member.pk])
    made.state = DrawState.DRAWN
    made.drawn_at = clock.now()
    made.result_hash = sha256_hex(f"result {made.pk}")
    made.save()
    return made


# --- cases -----------------------------------------------------------------------------------------------------------


def case(draw: Draw | None = None, *, team: list[Inspector] | None = None, **columns: Any) -> Case:
    """The case of a winner that has none yet, assigned to its drawn team; from a draw of one winner unless one is given."""
    if draw is None:
        draw = drawn_draw(winners=1, reserves=0, teams=None if team is None else [team])
    won = DrawnEntry.objects.filter(draw=draw, kind=DrawnEntry.Kind.WINNER, case=None).order_by("rank")[0]
    now = columns.setdefault("opened_at", clock.now())
    columns = {"number": f"AJ-370323-{now.year}-{_next() + 90000}", "unit": draw.unit, **columns}
    made = Case.objects.create(draw=draw, drawn=won, subject=won.entry.subject, **columns)
    for position, revision in enumerate([draw.matter, *draw.joint_matters.order_by("matter__code")], start=1):
        CaseMatter.objects.create(case=made, revision=revision, position=position)
    for place in won.team.select_related("inspector__inspector"):
        Assignment.objects.create(case=made, inspector=place.inspector.inspector, position=place.position, assigned_at=now)
    return made


def team_of(case: Case) -> list[Inspector]:
    """Who is on the case's team now, the leader first."""
    return [one.inspector for one in case.assignments.filter(ended_at=None).select_related("inspector__user")]


def result(code: str = "clean") -> Code:
    """An official result, by its code."""
    return Code.objects.get(table=CodeTable.RESULT, code=code)


def record(case: Case, *, answered: bool = True, signed: int = 0, **columns: Any) -> Record:
    """A record of a case being recorded: all answers *yes*, found clean today; with ``signed`` signatures it is submitted."""
    Case.objects.filter(pk=case.pk).update(state=CaseState.ON_SITE)
    case.refresh_from_db()
    today, now = clock.today(), clock.now()
    columns = {"round": case.records.count() + 1, "inspected_on": today, "saved_at": now, **columns}
    if answered:
        columns.setdefault("result", result())
    team = team_of(case)
    columns.setdefault("saved_by", team[0].user if team else None)
    if signed:
        columns.setdefault("submitted_at", now)
    made = Record.objects.create(case=case, **columns)
    if answered:
        items = ChecklistItem.objects.filter(revision__in=[one.revision_id for one in case.matters.all()])
        RecordAnswer.objects.bulk_create(RecordAnswer(record=made, item=item, answer=Answer.YES) for item in items)
    for member in team[:signed]:
        assert member.user is not None
        Signature.objects.create(
            record=made, inspector=member, signed_by=member.user, signed_at=now, content_hash=sha256_hex(f"record {made.pk}")
        )
    return made


def recorded_case(case_: Case | None = None, **columns: Any) -> Case:
    """A case whose whole team has signed; ``inspected_on``, ``result``, ``findings`` go to the record."""
    made = case_ or case()
    signed = record(made, signed=len(team_of(made)), **columns)
    Record.objects.filter(pk=signed.pk).update(signed_at=clock.now())
    made.state = CaseState.RECORDED
    made.ended_on = signed.inspected_on
    made.save()
    return made


def reviewed_case(case_: Case | None = None, *, released: bool = False, **columns: Any) -> Case:
    """A recorded case that a reviewer has accepted, released by its clerk if wanted."""
    made = recorded_case(case_, **columns)
    last = made.records.order_by("-round")[0]
    now = clock.now()
    Review.objects.create(case=made, record=last, reviewer=user(Role.REVIEWER), decision=Decision.ACCEPT, reviewed_at=now)
    made.state = CaseState.REVIEWED
    made.reviewed_at = now
    made.released_at = now if released else None
    made.save()
    return made


# --- deadlines -------------------------------------------------------------------------------------------------------


def holidays(*years: int) -> None:
    """The holidays of these years as the built-in list knows them, in their first edition."""
    for year in years:
        held = HolidayYear.objects.create(year=year, edition=1, notice="示例通知", saved_by=user(Role.SYSTEM_ADMIN), saved_at=clock.now())
        HolidayDay.objects.bulk_create(HolidayDay(held=held, day=one.day, works=one.works, name=one.name) for one in proposed(year))
