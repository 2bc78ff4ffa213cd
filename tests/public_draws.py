"""Draws for the public pages, each brought through its own commands to where a test wants it; disclosures as plain rows.

Time is travelled, because an order stands before its sources are known.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import time_machine

from inspections.cases.models import Case
from inspections.draws import commands
from inspections.draws.models import Draw, DrawnEntry
from inspections.draws.sources import Announced
from publicity.disclosures import rules
from publicity.disclosures.models import Disclosure, DisclosureVersion
from registries import clock
from registries.people.models import User
from registries.people.roles import Role
from registries.subjects.models import SubjectCategory
from tests import factories

DICE = "31415926535897932384"
BALLS = "02,05,09,14,17,21,26,28,33,36,41,45,48,52,57,61,66,70,74,79"


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Be at this moment, with the clock running on."""
    with time_machine.travel(moment, tick=True):
        yield


def committed(
    *,
    entries: int = 12,
    quota: int = 3,
    grades: str = "B",
    category: SubjectCategory | None = None,
    before_preparing: Callable[[], None] = lambda: None,
    **asked: Any,
) -> Draw:
    """A committed order over ``entries`` subjects of each grade, ``quota`` drawn from each, with dice and the demo lottery.

    ``before_preparing`` is called when registry and plan stand and the draw does not.
    """
    category = category or factories.category()
    revision = asked.pop("revision", None) or factories.matter(categories=[category])
    unit = revision.unit
    item = factories.plan_item(revision, unit=unit)
    for grade in grades:
        for _ in range(entries):
            factories.subject(categories=[category], unit=unit, risk_grade=grade, **asked)
    for _ in range(8):
        factories.inspector(unit=unit)
    clerk, supervisor = factories.user(Role.CLERK, unit=unit), factories.user(Role.SUPERVISOR)
    before_preparing()
    commands.prepare_draw(actor=clerk, plan_item_id=item.pk)
    draw = Draw.objects.get(plan_item=item)
    now = clock.now().replace(microsecond=0)
    commands.change_draw(
        actor=clerk, draw_id=draw.pk, version=draw.version, category_ids=[category.pk], town_ids=[], grades="ABCD",
        stratify="grade", slip_rule="grade", quotas=dict.fromkeys(grades, quota), reserves=2, team_size=2,
        inspector_unit_ids=[unit.pk], planned=now + dt.timedelta(minutes=80),
        sources=[
            Announced("dice", "三楼会议室", now + dt.timedelta(minutes=40)),
            Announced("demo", "0001", now + dt.timedelta(minutes=60)),
        ],
    )  # fmt: skip
    commands.submit_draw(actor=clerk, draw_id=draw.pk, version=_version(draw))
    commands.approve_draw(actor=supervisor, draw_id=draw.pk, version=_version(draw))
    draw.refresh_from_db()
    return draw


def plan_number(draw: Draw) -> str:
    """The document number of the plan that a draw of subjects carries out."""
    assert draw.plan_item is not None
    return draw.plan_item.plan.number


def _version(draw: Draw) -> int:
    draw.refresh_from_db()
    return draw.version


def typed(draw: Draw) -> None:
    """Both values typed by two people, each a minute after it became known."""
    people: list[User] = [factories.user(Role.CLERK, unit=draw.unit), factories.user(Role.REVIEWER)]
    for source, value in zip(draw.sources.all(), (DICE, BALLS), strict=True):
        with at(source.moment + dt.timedelta(minutes=1)):
            for person in people:
                commands.enter_source_value(actor=person, source_id=source.pk, value=value, evidence="照片1")


def drawn(draw: Draw | None = None, **asked: Any) -> Draw:
    """A drawn one: both values typed by two people, drawn by the system at its planned moment."""
    draw = draw or committed(**asked)
    assert draw.planned is not None
    typed(draw)
    with at(draw.planned + dt.timedelta(minutes=1)):
        commands.run_draw(actor=factories.system(), draw_id=draw.pk)
    draw.refresh_from_db()
    return draw


def visited(draw: Draw, count: int | None = None) -> list[Case]:
    """Cases for all winners; the first ``count`` of them (all unless said) reviewed."""
    winners = draw.drawn.filter(kind=DrawnEntry.Kind.WINNER).count()
    cases = [factories.case(draw) for _ in range(winners)]
    for case in cases[: winners if count is None else count]:
        factories.reviewed_case(case)
    return cases


def disclosed(case: Case, *, named: bool = True, **columns: Any) -> Disclosure:
    """The frozen copy of a reviewed case."""
    case.refresh_from_db()
    assert case.ended_on is not None
    subject, matters = case.subject, case.matters.select_related("revision__matter")
    columns = {
        "category_name": "旅馆",
        "unit_name": case.unit.name,
        "matters": [{"code": m.revision.matter.code, "name": m.revision.name} for m in matters],
        "inspectors_count": 2,
        "inspected_on": case.ended_on,
        "result_code": "clean",
        "result_label": "未发现问题",
        "result_group": "clean",
        "draw_number": case.draw.number if case.draw else "",
        "plan_item_code": case.draw.plan.code or "" if case.draw else "",
        "due_on": case.ended_on + dt.timedelta(days=20),
        "published_at": clock.now(),
        **columns,
    }
    if named:
        columns = {"subject_name": subject.name, "subject_code": subject.public_id, "town_name": subject.town.label, **columns}
    moment = columns["published_at"]
    columns = {"changed_at": moment, "shown_until": rules.shown_until(moment.date(), person=False), **columns}
    shown = Disclosure.objects.create(case=case, named=named, **columns)
    DisclosureVersion.objects.create(disclosure=shown, number=1, made_at=moment, **shown.copied())
    return shown
