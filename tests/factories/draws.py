"""Plans, requests and draws in each state: prepared, committed, drawn."""

import datetime as dt
from typing import Any

from inspections.adhoc.models import AdhocRequest
from inspections.draws.models import Draw, DrawnEntry, RosterEntry, RosterInspector, SeedSource, TeamPlace
from inspections.draws.states import DrawState
from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.chain import sha256_hex
from registries.matters.models import MatterRevision
from registries.people.models import Unit
from registries.people.roles import Role
from registries.subjects.models import Subject
from tests.factories.counting import following
from tests.factories.people import some_unit, user
from tests.factories.registries import inspector, matter, subject


def plan(unit: Unit | None = None, **columns: Any) -> Plan:
    """A published plan of this year."""
    now = clock.now()
    columns = {"year": now.year, "title": f"{now.year}年度抽查计划", "state": PlanState.PUBLISHED, **columns}
    if columns["state"] in (PlanState.SUBMITTED, PlanState.PUBLISHED):
        columns = {"reviewed_by": user(Role.REVIEWER), "reviewed_at": now, **columns}
    if columns["state"] == PlanState.PUBLISHED:
        columns = {
            "number": f"源公抽〔{now.year}〕{following()}号",
            "published_at": now,
            "approved_by": user(Role.SUPERVISOR),
            **columns,
        }
    unit = unit or some_unit()
    prepared_by = columns.pop("prepared_by", None) or user(Role.CLERK, unit=unit)
    return Plan.objects.create(unit=unit, prepared_by=prepared_by, prepared_at=now, **columns)


def plan_item(revision: MatterRevision | None = None, **columns: Any) -> PlanItem:
    """An item of a published plan for the revision's matter and unit: 5 % over the whole year."""
    n = following()
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
    columns = {"ground": "complaint", "document_number": f"信〔2026〕{following()}号", "explanation": "群众反映", **columns}
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
    n = following()
    columns = {"stratum": subject.risk_grade, "slips": 1, "tags": "-", "nonce": f"{n:032x}", "code": f"{n:032x}", **columns}
    return RosterEntry.objects.create(draw=draw, subject=subject, public_id=subject.public_id, name=subject.name, **columns)


def roster_inspector(draw: Draw, inspector: Inspector, **columns: Any) -> RosterInspector:
    """The inspector on the roster of a draw that is not committed yet."""
    n = following()
    columns = {"open_cases": 0, "most_open_cases": inspector.most_open_cases, "tags": "-", **columns}
    columns = {"nonce": f"{n:032x}", "code": f"{n:032x}", "may_lead": inspector.may_lead, **columns}
    return RosterInspector.objects.create(
        draw=draw, inspector=inspector, public_id=inspector.number, name=inspector.name, **columns
    )


def committed_draw(draw: Draw, **columns: Any) -> Draw:
    """Move a draw whose roster stands to committed, approved by a supervisor."""
    n = following()
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
