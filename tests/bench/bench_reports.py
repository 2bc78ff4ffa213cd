"""How long the yearly report takes over many cases: page, workbook and PDF, findings per inspector, the report upwards.

``python tests/bench/bench_reports.py [cases]`` (100,000): a database of its own with twelve units, 27 matters, 200 inspectors and so
many reviewed cases, nine of ten disclosed; every address in process through the whole office stack. Says, never judges.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from registries.inspectors.models import Inspector
    from registries.matters.models import MatterRevision
    from registries.subjects.models import Subject

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared

UNITS, MATTERS, PEOPLE, STEP = 12, 27, 200, 5_000
TODAY = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
YEAR, DAYS = TODAY.year, max(1, TODAY.timetuple().tm_yday - 1)
PAGES = ("", "report.xlsx", "report.pdf", "upward", "upward/upward.xlsx", "overview", "inspectors")


def fill(count: int) -> None:
    """Subjects, people, matters, and for each matter one draw of all its cases."""
    from django.db import transaction

    from registries import clock
    from registries.subjects.models import Subject
    from tests import factories

    dice = random.Random(10)
    units = [factories.unit() for _ in range(UNITS)]
    town = factories.town()
    subjects = Subject.objects.bulk_create(
        (
            Subject(key=f"B{n:07}", name=f"示例{n}", kind=Subject.Kind.ENTERPRISE, unit=units[n % UNITS], town=town, risk_grade="B", verified_on=clock.today())
            for n in range(count // 2)
        ),
        batch_size=STEP,
    )
    team = [factories.inspector(unit=units[n % UNITS], account=False) for n in range(PEOPLE)]
    matters = [factories.matter(unit=units[n % UNITS], published=False) for n in range(MATTERS)]
    factories.edition(*matters)
    for one in matters:
        with transaction.atomic():
            _of_matter(one, dice.sample(subjects, min(len(subjects), count // MATTERS + 1)), dice, team)


def _of_matter(matter: MatterRevision, subjects: list[Subject], dice: random.Random, team: list[Inspector]) -> None:
    from django.conf import settings

    from inspections.cases.models import Assignment, Case, CaseMatter, Record
    from inspections.draws.models import Draw, DrawnEntry, RosterEntry
    from publicity.disclosures.models import Disclosure
    from registries import clock
    from registries.codes.models import Code, CodeTable
    from tests import factories

    now = clock.now()
    draw = factories.draw(matter, unit=matter.unit)
    mark = [f"{matter.pk:08x}{n:024x}" for n in range(len(subjects))]
    entries = RosterEntry.objects.bulk_create(
        RosterEntry(draw=draw, subject=one, public_id=one.key, name=one.name, stratum="B", slips=1, tags="-", nonce=mark[n], code=mark[n])
        for n, one in enumerate(subjects)
    )
    factories.committed_draw(draw)
    won = DrawnEntry.objects.bulk_create(
        DrawnEntry(draw=draw, entry=one, rank=n + 1, kind=DrawnEntry.Kind.WINNER, slip=1, ticket=mark[n] * 2) for n, one in enumerate(entries)
    )
    Draw.objects.filter(pk=draw.pk).update(state="drawn", drawn_at=now, result_hash="0" * 64)
    cases = Case.objects.bulk_create(
        Case(
            number=f"AJ-B-{one.pk}", draw=draw, drawn=one, subject_id=one.entry.subject_id, unit=draw.unit, state="reviewed", opened_at=now,
            ended_on=dt.date(YEAR, 1, 1) + dt.timedelta(days=dice.randrange(DAYS)),
        )
        for one in won
    )  # fmt: skip
    CaseMatter.objects.bulk_create(CaseMatter(case=case, revision=matter) for case in cases)
    pairs = ((case, at, one) for case in cases for at, one in enumerate(dice.sample(team, 2), 1))
    Assignment.objects.bulk_create(Assignment(case=case, inspector=one, position=at, assigned_at=now) for case, at, one in pairs)
    codes = list(Code.objects.filter(table=CodeTable.RESULT, active=True))
    told = [(case, dice.choice(codes), case.ended_on or clock.today()) for case in cases]
    Record.objects.bulk_create(Record(case=case, inspected_on=day, result=code, submitted_at=now, signed_at=now) for case, code, day in told)
    Disclosure.objects.bulk_create(
        Disclosure(
            case=case, named=True, category_name="示例", unit_name="示例", matters=[], inspectors_count=2, inspected_on=day, result_code=code.code,
            result_label=code.label, result_group=code.group, due_on=day + dt.timedelta(days=settings.DISCLOSURE_DAYS),
            published_at=now - dt.timedelta(days=dice.randrange(DAYS)), changed_at=now, shown_until=clock.today(),
        )
        for case, code, day in told if dice.random() < 0.9
    )  # fmt: skip


def main(count: int) -> None:
    """Fill, ask, tell."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from inspections.cases.models import Case
    from publicity.disclosures.models import Disclosure
    from registries.people.roles import Role
    from tests import factories

    fill(count)
    print(f"{Case.objects.count()} cases, {Disclosure.objects.count()} disclosed")
    client = Client(headers={"host": "localhost"})
    client.force_login(factories.user(Role.SUPERVISOR), backend="registries.people.backend.Accounts")
    client.get("/office/reports/?year=2016")
    for page in PAGES:
        address = f"/office/reports/{page}" + ("" if "." in page or not page else "/")
        began, used = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address, {"year": YEAR})
        took, used = time.perf_counter() - began, time.process_time() - used
        assert answer.status_code == 200, (address, answer.status_code)
        print(f"{page or 'figures'}: {took:.2f} s, {used:.2f} s of the processor, {len(asked)} queries, {len(answer.content) // 1024} kB")


if __name__ == "__main__":
    with prepared():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
