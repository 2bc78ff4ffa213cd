"""What open data cost: ``python tests/bench/bench_opendata.py [results] [database file]`` (20,000).

The CSV of all results as a stream, the files of all datasets, their keeping; JSON of 50, deep pages, one result, 304 and the feed through
the whole stack in process, beside an address that does nothing, in processor time a request. With a database file it is filled and left
there, to be served. Says, never judges.
"""

import datetime as dt
import hashlib
import os
import random
import resource
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
FOLDER = tempfile.TemporaryDirectory(prefix="sunlot-bench-")
FILE = sys.argv[2] if len(sys.argv) > 2 else f"{FOLDER.name}/bench.sqlite3"
os.environ.update(DEMO="1", DATA_DIR=FOLDER.name, CELERY_BROKER_URL="fsqueue://localhost/", PUBLIC_REQUESTS_PER_MINUTE="0")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FILE}")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.testing.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from inspections.cases.models import Case, CaseMatter  # noqa: E402
from inspections.draws.models import Draw, DrawnEntry, RosterEntry  # noqa: E402
from publicity.disclosures.models import Disclosure, DisclosureVersion  # noqa: E402
from publicity.opendata import tasks  # noqa: E402
from publicity.opendata.datasets import RESULTS  # noqa: E402
from publicity.opendata.writing import csv_pieces, written  # noqa: E402
from registries import clock  # noqa: E402
from registries.codes.models import Code  # noqa: E402
from registries.subjects.models import Subject  # noqa: E402
from tests import factories  # noqa: E402

UNITS, TIMES = 12, 300
FOUND = "查验登记簿时发现3名住宿人员未登记身份信息，监控录像保存不足30日，已当场责令改正。"
OUTCOMES = (("clean", "未发现问题", "clean"), ("problem-corrected", "发现问题已责令改正", "problem"), ("unreachable", "通过登记的住所无法联系", "not-inspectable"))


def fill(count: int) -> None:
    """Twelve units with a matter and a draw each; all their visits disclosed."""
    dice = random.Random(11)
    towns = [factories.town() for _n in range(UNITS)]
    for place in range(UNITS):
        matter = factories.matter(f"第{place + 1}类场所治安管理检查", items=3)
        _of_matter(matter, place, count // UNITS + (place < count % UNITS), dice, towns)


def _of_matter(matter: Any, place: int, count: int, dice: random.Random, towns: list[Code]) -> None:
    now, draw = clock.now(), factories.draw(matter, unit=matter.unit)
    subjects = Subject.objects.bulk_create(
        [
            Subject(
                key=f"B{place:02}{n:06}", name=f"沂源县示例{place}区{n}号旅馆", kind=Subject.Kind.ENTERPRISE, unit=matter.unit, town=dice.choice(towns),
                uscc=f"91370323{place:02}{n:08}", risk_grade="B", verified_on=clock.today(),
            )
            for n in range(count)
        ],
        batch_size=2000,
    )  # fmt: skip
    marks = [f"{matter.pk:08x}{n:024x}" for n in range(count)]
    entries = RosterEntry.objects.bulk_create(
        [
            RosterEntry(draw=draw, subject=one, public_id=one.uscc or "", name=one.name, stratum="B", slips=1, tags="-", nonce=mark, code=mark)
            for one, mark in zip(subjects, marks, strict=True)
        ],
        batch_size=2000,
    )
    factories.committed_draw(draw)
    won = DrawnEntry.objects.bulk_create(
        [
            DrawnEntry(draw=draw, entry=one, rank=n + 1, kind=DrawnEntry.Kind.WINNER, slip=1, ticket=marks[n] * 2)
            for n, one in enumerate(entries)
        ],
        batch_size=2000,
    )
    Draw.objects.filter(pk=draw.pk).update(state="drawn", drawn_at=now, result_hash="0" * 64)
    ended = clock.today() - dt.timedelta(days=30)
    cases = Case.objects.bulk_create(
        [
            Case(
                number=f"AJ-B-{one.pk}", draw=draw, drawn=one, subject_id=one.entry.subject_id, unit=draw.unit, state="reviewed", opened_at=now,
                ended_on=ended - dt.timedelta(days=dice.randrange(300)),
            )
            for one in won
        ],
        batch_size=2000,
    )  # fmt: skip
    CaseMatter.objects.bulk_create([CaseMatter(case=case, revision=matter) for case in cases], batch_size=2000)
    _disclose(cases, draw, matter, dice)


def _disclose(cases: list[Case], draw: Draw, matter: Any, dice: random.Random) -> None:
    rows = []
    for case in cases:
        code, label, group = dice.choice(OUTCOMES)
        day = case.ended_on or clock.today()
        moment = dt.datetime.combine(day + dt.timedelta(days=dice.randrange(1, 22)), dt.time(9, dice.randrange(60)), clock.BEIJING)
        rows.append(
            Disclosure(
                case=case, named=True, subject_name=case.subject.name, subject_code=case.subject.public_id, category_name="旅馆",
                town_name=case.subject.town.label, unit_name=draw.unit.name, matters=[{"code": matter.matter.code, "revision": 1, "name": matter.name}],
                inspectors_count=2, inspected_on=day, result_code=code, result_label=label, result_group=group,
                findings=FOUND if group == "problem" else "", draw_number=draw.number or "", plan_item_code=draw.plan.code or "",
                due_on=day + dt.timedelta(days=20), published_at=moment, changed_at=moment, shown_until=day + dt.timedelta(days=5 * 365),
            )
        )  # fmt: skip
    made = Disclosure.objects.bulk_create(rows, batch_size=500)
    DisclosureVersion.objects.bulk_create(
        [DisclosureVersion(disclosure=one, number=1, made_at=one.published_at, **one.copied()) for one in made], batch_size=500
    )


def timed(what: str, do: Callable[[], Any], times: int = TIMES) -> float:
    """Processor milliseconds of one, best of three rounds."""
    do()
    best = 1e9
    for _round in range(3):
        used = time.process_time()
        for _n in range(times // 3):
            do()
        best = min(best, (time.process_time() - used) * 1000 / (times // 3))
    print(f"{what}: {best:.2f} CPU-ms")
    return best


def stream() -> None:
    """The CSV of all results, read and thrown away piece by piece; then once more with its memory counted."""
    for traced in (False, True):
        hashed, size, began, used = hashlib.sha256(), 0, time.perf_counter(), time.process_time()
        if traced:
            tracemalloc.start()
        for piece in csv_pieces(RESULTS, RESULTS.rows()):
            hashed.update(piece)
            size += len(piece)
        if traced:
            print(f"CSV: peak of its own memory {tracemalloc.get_traced_memory()[1] / 2**20:.1f} MiB")
            tracemalloc.stop()
        else:
            took, used = time.perf_counter() - began, time.process_time() - used
            print(f"CSV of the results: {took:.2f} s by the clock, {used:.2f} s of the processor, {size / 2**20:.1f} MiB")


def main(count: int) -> None:
    """Fill, make, ask, tell."""
    call_command("migrate", verbosity=0)
    if not Disclosure.objects.exists():
        fill(count)
    print(f"{Disclosure.objects.count()} results; load {os.getloadavg()[0]:.1f}")
    stream()
    began, used = time.perf_counter(), time.process_time()
    with written() as files:
        took, used = time.perf_counter() - began, time.process_time() - used
        print(f"all files of all datasets: {took:.1f} s by the clock, {used:.1f} s of the processor, {sum(one.size for one in files) / 2**20:.0f} MiB")
    began = time.perf_counter()
    tasks.sweep_opendata()
    print(f"sweep: made and kept in {time.perf_counter() - began:.1f} s; peak of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    client = Client(headers={"host": "localhost"})
    asked = Disclosure.objects.order_by("-published_at", "-id").values_list("public_id", flat=True)
    deep, tag = asked[min(count - 51, 399 * 50)], client.get("/api/v1/results").headers["ETag"]
    nothing = timed("nothing (an address that is refused)", lambda: client.get("/api/v1/nothing"))
    timed("bare page of text (robots.txt)", lambda: client.get("/robots.txt"))
    fifty = timed("JSON of 50", lambda: client.get("/api/v1/results"))
    print(f"  of it beyond an address that does nothing: {fifty - nothing:.2f}")
    timed("JSON of 50, page 400", lambda: client.get(f"/api/v1/results?after={deep}"))
    timed("JSON of 50, one unit", lambda: client.get("/api/v1/results", {"town": towns_first()}))
    timed("304", lambda: client.get("/api/v1/results", headers={"If-None-Match": tag}))
    timed("one result", lambda: client.get(f"/api/v1/results/{deep}"))
    timed("feed of 50", lambda: client.get("/feeds/results.atom"))


def towns_first() -> str:
    """A township that has results."""
    return str(Disclosure.objects.values_list("town_name", flat=True)[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
