"""How long the yearly report takes over many cases: page, workbook and PDF, findings per inspector, the report upwards.

``python tests/bench/bench_reports.py [cases]`` (100,000): a database of its own with twelve units, 27 matters, 200 inspectors and so
many reviewed cases, nine of ten disclosed; every address in process through the whole office stack. Says, never judges.
"""

import datetime as dt
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
FOLDER = tempfile.TemporaryDirectory(prefix="sunlot-bench-")
os.environ.update(DEMO="1", DATA_DIR=FOLDER.name, CELERY_BROKER_URL="fsqueue://localhost/")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.testing.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from inspections.cases.models import Assignment, Case, CaseMatter, Record  # noqa: E402
from inspections.draws.models import Draw, DrawnEntry, RosterEntry  # noqa: E402
from publicity.disclosures.models import Disclosure  # noqa: E402
from registries import clock  # noqa: E402
from registries.codes.models import Code, CodeTable  # noqa: E402
from registries.inspectors.models import Inspector  # noqa: E402
from registries.matters.models import MatterRevision  # noqa: E402
from registries.people.roles import Role  # noqa: E402
from registries.subjects.models import Subject  # noqa: E402
from tests import factories  # noqa: E402

UNITS, MATTERS, PEOPLE, STEP = 12, 27, 200, 5_000
YEAR = clock.today().year
DAYS = max(1, (clock.today() - dt.date(YEAR, 1, 1)).days)
PAGES = ("", "report.xlsx", "report.pdf", "upward", "upward/upward.xlsx", "overview", "inspectors")


def fill(count: int) -> None:
    """Subjects, people, matters, and for each matter one draw of all its cases."""
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
    call_command("migrate", verbosity=0)
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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
