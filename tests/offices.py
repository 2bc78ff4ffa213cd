"""Offices with everything a draw needs: their people, matter, plan, subjects and inspectors; and the ways through a draw."""

import datetime as dt
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings

from inspections.adhoc import commands as adhoc
from inspections.adhoc.models import AdhocRequest
from inspections.cases import tasks as case_tasks
from inspections.cases.models import Case
from inspections.draws import after, commands, queries, tasks
from inspections.draws.models import Draw
from inspections.draws.sources import Announced
from registries import clock
from registries.inspectors.models import Inspector
from registries.ledger.models import LedgerEntry, LedgerPayload
from registries.people.models import Unit, User
from registries.people.roles import Role
from tests import factories as make

VALUE = ",".join(f"{n:02d}" for n in range(1, 21))
PAPER = b"%PDF-1.7 one letter"
VERIFIER = Path(settings.BASE_DIR) / "static" / "verify" / "verify_draw.py"


class Office:
    """A brigade with a published matter, a plan item, forty hotels and six inspectors."""

    def __init__(self) -> None:
        self.unit = make.unit()
        self.clerk = make.user(Role.CLERK, unit=self.unit)
        self.second = make.user(Role.CLERK, unit=self.unit)
        self.supervisor = make.user(Role.SUPERVISOR, unit=self.unit)
        self.category = make.category()
        self.revision = make.matter(unit=self.unit, categories=[self.category])
        self.item = make.plan_item(self.revision, ratio_percent=10)
        self.subjects = [
            make.subject(categories=[self.category], unit=self.unit, risk_grade="AB"[n % 2]) for n in range(40)
        ]
        self.inspectors = [make.inspector(unit=self.unit) for _ in range(6)]

    def prepared(self, *, lead: float = 5) -> Draw:
        """A draw whose one public source is known ``lead`` seconds from now."""
        draw = commands.prepare_draw(actor=self.clerk, plan_item_id=self.item.pk).obj
        assert isinstance(draw, Draw)
        self.change(draw, lead=lead)
        return draw

    def change(self, draw: Draw, *, lead: float = 5, **different: Any) -> None:
        draw.refresh_from_db()
        moment = clock.now() + dt.timedelta(seconds=lead)
        arguments: dict[str, Any] = {
            "category_ids": [self.category.pk],
            "town_ids": [],
            "grades": "ABCD",
            "stratify": "grade",
            "slip_rule": "grade",
            "quotas": {},
            "reserves": 3,
            "team_size": 2,
            "inspector_unit_ids": [self.unit.pk],
            "planned": moment,
            "sources": [Announced("demo", "0001", moment)],
        }
        commands.change_draw(actor=self.clerk, draw_id=draw.pk, version=draw.version, **arguments | different)
        draw.refresh_from_db()

    def submitted(self, *, lead: float = 5) -> Draw:
        draw = self.prepared(lead=lead)
        commands.submit_draw(actor=self.clerk, draw_id=draw.pk, version=draw.version)
        draw.refresh_from_db()
        return draw

    def committed(self, time_machine: Any) -> Draw:
        """Committed, and the clock beyond its source and planned moment."""
        draw = self.submitted()
        commands.approve_draw(actor=self.supervisor, draw_id=draw.pk, version=draw.version)
        time_machine.move_to(clock.now() + dt.timedelta(seconds=10), tick=True)
        draw.refresh_from_db()
        return draw

    def drawn(self, time_machine: Any) -> Draw:
        draw = self.committed(time_machine)
        source = draw.sources.get()
        for who in (self.clerk, self.second):
            commands.enter_source_value(actor=who, source_id=source.pk, value=VALUE, evidence="公告")
        commands.run_draw(actor=make.system(), draw_id=draw.pk)
        draw.refresh_from_db()
        return draw


class Bureau(Office):
    """The brigade of the draws' tests, with a second brigade and a department outside it whose matters it may join."""

    def __init__(self) -> None:
        super().__init__()
        self.partner = make.unit("县消防救援大队", kind=Unit.Kind.PARTNER)
        self.partner_user = make.user(Role.PARTNER, unit=self.partner)
        self.partner_matter = make.matter("消防安全检查", unit=self.partner, categories=[self.category], published=False, items=2)
        self.other = make.unit()
        self.other_clerk = make.user(Role.CLERK, unit=self.other)
        make.edition(self.revision, self.partner_matter)
        self.reviewer = make.user(Role.REVIEWER)

    def joint(self) -> None:
        self.item.joint_matters.add(self.partner_matter.matter)

    def hurried(self, time_machine: Any, draw: Draw) -> Draw:
        """Submit, approve, wait, type, draw, and let the worker do what follows."""
        commands.submit_draw(actor=self.preparer(draw), draw_id=draw.pk, version=fresh(draw).version)
        commands.approve_draw(actor=self.supervisor, draw_id=draw.pk, version=fresh(draw).version)
        return self.finished(time_machine, draw)

    def finished(self, time_machine: Any, draw: Draw) -> Draw:
        time_machine.move_to(clock.now() + dt.timedelta(seconds=10), tick=True)
        for source in draw.sources.all():
            for who in (self.supervisor, self.reviewer):
                commands.enter_source_value(actor=who, source_id=source.pk, value=VALUE, evidence="公告")
        commands.run_draw(actor=make.system(), draw_id=draw.pk)
        tasks.issue_certificate(draw.pk)
        case_tasks.open_cases(draw.pk)
        return fresh(draw)

    def preparer(self, draw: Draw) -> User:
        return draw.prepared_by

    def announced(self, draw: Draw, *units: Unit, team_size: int = 2, lead: float = 5, **more: Any) -> Draw:
        moment = clock.now() + dt.timedelta(seconds=lead)
        commands.change_staffing(
            actor=draw.prepared_by,
            draw_id=draw.pk,
            version=fresh(draw).version,
            team_size=team_size,
            inspector_unit_ids=[unit.pk for unit in units or (draw.unit,)],
            planned=moment,
            sources=[Announced("demo", "0002", moment)],
            **more,
        )
        return fresh(draw)

    def understaffed(self, time_machine: Any) -> Draw:
        """A draw of four whose inspectors have room for three visits: the last winner waits."""
        Inspector.objects.update(most_open_cases=1)
        draw = self.drawn(time_machine)
        case_tasks.open_cases(draw.pk)
        return draw

    def staffing(self, draw: Draw, actor: User | None = None, unit: Unit | None = None) -> Draw:
        made = commands.prepare_staffing(actor=actor or self.clerk, draw_id=draw.pk, unit_id=(unit or self.unit).pk).obj
        assert isinstance(made, Draw)
        return made

    def asked(self, **different: Any) -> AdhocRequest:
        arguments: dict[str, Any] = {
            "subject_id": self.subjects[0].pk,
            "ground": "complaint",
            "document_number": "信〔2026〕12号",
            "explanation": "群众反映登记不实",
            "matter_ids": [self.revision.pk],
            "file": PAPER,
            "file_name": "信访件.pdf",
        }
        made = adhoc.ask_adhoc(actor=self.clerk, **arguments | different).obj
        assert isinstance(made, AdhocRequest)
        return made

    def approved(self, **different: Any) -> AdhocRequest:
        asked = self.asked(**different)
        adhoc.approve_adhoc(actor=self.supervisor, request_id=asked.pk, version=asked.version)
        asked.refresh_from_db()
        return asked

    def adhoc_order(self, **different: Any) -> Draw:
        made = commands.prepare_adhoc(actor=self.clerk, request_id=self.approved(**different).pk).obj
        assert isinstance(made, Draw)
        return self.announced(made)


def bundle(draw: Draw) -> dict[str, bytes]:
    return queries.file_bodies(draw)


def fresh(draw: Draw) -> Draw:
    return Draw.objects.get(pk=draw.pk)


def members(case: Case) -> list[tuple[int, int]]:
    """(position, unit of the inspector) of those on the case now."""
    rows = case.assignments.filter(ended_at=None).order_by("position")
    return list(rows.values_list("position", "inspector__unit_id"))


def leader_of(case: Case) -> User:
    user = case.assignments.get(position=1).inspector.user
    assert user is not None
    return user


def by_the_script(draw: Draw, folder: Path) -> subprocess.CompletedProcess[str]:
    """The offline verifier over the whole bundle and the exported ledger."""
    bundle, ledger = folder / f"{draw.number}.zip", folder / "ledger.jsonl"
    with zipfile.ZipFile(bundle, "w") as packed:
        for name, body in after.whole_bundle(draw).items():
            packed.writestr(name, body)
    payloads = dict(LedgerPayload.objects.filter(public=True).values_list("entry_id", "body"))
    columns = ("seq", "time", "action", "previous", "payload_hash", "entry_hash")
    with ledger.open("w", encoding="utf-8") as stream:
        for row in LedgerEntry.objects.order_by("seq").values(*columns):
            kept = {"payload": payloads[row["seq"]]} if row["seq"] in payloads else {}
            stream.write(json.dumps({**row, **kept}, ensure_ascii=False) + "\n")
    return subprocess.run(
        [sys.executable, str(VERIFIER), str(bundle), "--ledger", str(ledger)], capture_output=True, text=True, check=False
    )
