"""How long the list and search of the subject registry take: `python tests/bench/bench_lists.py [subjects] [repeats]`.

100,000 entries unless told otherwise, made by bulk_create; every page asked for in this process through the whole office stack,
signed in as a bureau clerk. Shows the median, the 95th percentile, processor time (this process and its database server) and the
queries of each page; they must not grow with the registry.
On a SQLite file of its own, or on the empty database that ``DATABASE_URL`` names (then it is filled); on a private PostgreSQL with
`python -m config.testing.servers python tests/bench/bench_lists.py`. With ``SLOW_QUERIES=1`` the two longest queries of each page are shown.
Says, never judges.
"""

import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

PLACES = ["历山", "南麻", "悦庄", "东里", "西里", "大张庄", "中庄", "张家坡", "燕崖", "石桥", "鲁村", "土门"]
WORDS = ["如家", "鑫源", "福临", "鲁中", "沂河", "金盾", "宏达", "兴盛", "平安", "天湖", "汇泉", "龙凤", "春华", "东方", "百合", "长城"]
KINDS = ["旅馆", "宾馆", "茶馆", "网吧", "典当行", "印章店", "汽修厂", "歌厅", "浴池", "废品收购站"]


def fill(count: int) -> None:
    """Made-up subjects over twelve units, twelve townships and ten categories, with permits, complaints and stale entries."""
    from registries import clock
    from registries.people.models import Unit
    from registries.subjects import searching
    from registries.subjects.models import Complaint, Permit, Subject
    from tests import factories

    dice = random.Random(4)
    units = [factories.unit(f"{place}派出所", Unit.Kind.STATION) for place in PLACES]
    towns = [factories.code("town", f"{place}镇") for place in PLACES]
    categories = [factories.category(kind) for kind in KINDS]
    today = clock.today()
    for start in range(0, count, 5000):
        rows = []
        for n in range(start, min(start + 5000, count)):
            at = dice.randrange(len(PLACES))
            rows.append(
                Subject(
                    key=f"B{n:07}",
                    name=f"沂源县{PLACES[at]}{dice.choice(WORDS)}{dice.choice(WORDS)}{KINDS[n % 10]}{n % 97}号店",
                    uscc=f"91370323{n:010}",
                    kind=Subject.Kind.ENTERPRISE,
                    unit=units[at],
                    town=towns[at],
                    address=f"{PLACES[at]}镇{dice.choice(WORDS)}路{n % 300}号",
                    contact="张三",
                    phone="13805330000",
                    risk_grade=dice.choice("AABBBCD"),
                    status=dice.choice([Subject.Status.ACTIVE] * 9 + [Subject.Status.CLOSED]),
                    verified_on=today - dt.timedelta(days=dice.choice([50, 200, 300, 500])),
                )
            )
        searching.fill(rows)
        Subject.objects.bulk_create(rows, batch_size=1000)
        through = Subject.categories.through
        through.objects.bulk_create(
            [through(subject_id=row.pk, subjectcategory_id=categories[int(row.key[1:]) % 10].pk) for row in rows], batch_size=1000
        )
        clerk = factories.user()
        Permit.objects.bulk_create(
            [
                Permit(subject=row, name="特种行业许可证", number=row.key, valid_until=today + dt.timedelta(days=dice.randrange(-100, 900)), recorded_by=clerk)
                for row in rows[::3]
            ],
            batch_size=1000,
        )
        Complaint.objects.bulk_create(
            [Complaint(subject=row, received_on=today, channel="110报警", content="x", upheld=True, recorded_by=clerk) for row in rows[::50]]
        )


def database_process() -> psutil.Process | None:
    """The server process of this connection, where the database is one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def processor(server: psutil.Process | None) -> float:
    """Seconds of the processor that this process and its database server have used; other work on the machine leaves them alone."""
    used = server.cpu_times() if server else None
    return time.process_time() + (used.user + used.system if used else 0)


def questions(count: int) -> dict[str, str]:
    """What the list is asked: a name for it, and the query of its address."""
    from registries.people.models import Unit
    from registries.subjects.models import Subject

    unit = Unit.objects.filter(name__startswith="历山").values_list("pk", flat=True)[0]
    town = Subject.objects.values_list("town_id", flat=True)[0]
    category = Subject.categories.through.objects.values_list("subjectcategory_id", flat=True)[0]
    return {
        "first page": "",
        "last page": f"page={count // 50}",
        "name, 2 characters": "q=鑫源",
        "name, 1 character": "q=馆",
        "name, many words": "q=历山 鑫源 旅馆",
        "initials": "q=lsxy",
        "code": f"q=B{count - 7:07}",
        "place": "q=如家路17号",
        "nothing found": "q=没有这个名字",
        "unit": f"unit={unit}",
        "township and grade": f"town={town}&grade=D",
        "category and status": f"category={category}&status=active",
        "stale": "freshness=stale&status=active",
        "with signals": "remark=signals",
        "permit ending": "remark=expiring",
        "never visited": "remark=never-visited",
        "search and filters": f"q=旅馆&unit={unit}&grade=C&freshness=stale",
    }


def measure(count: int, repeats: int) -> None:
    """Fill, ask, show."""
    from django.core.management import call_command
    from django.db import connection, connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from registries.people.models import Unit
    from registries.people.roles import Role
    from tests import factories

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    fill(count)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"{connection.vendor}: {count:,} subjects made in {time.perf_counter() - began:.0f} s; {repeats} requests each")
    client = Client(headers={"host": "localhost"})
    clerk = factories.user(Role.CLERK, unit=factories.unit("县局", Unit.Kind.BUREAU))
    client.force_login(clerk, backend="registries.people.backend.Accounts")
    server = database_process()
    everything: list[float] = []
    for name, query in questions(count).items():
        client.get(f"/office/subjects/?{query}")
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(f"/office/subjects/?{query}").status_code == 200
            count_queries = len(queries)
        if os.environ.get("SLOW_QUERIES"):
            for one in sorted(queries.captured_queries, key=lambda one: -float(one["time"]))[:2]:
                print(f"    {one['time']} {one['sql'][:1500]}")
        times, works = [], []
        for _ in range(repeats):
            start, work = time.perf_counter(), processor(server)
            client.get(f"/office/subjects/?{query}")
            times.append((time.perf_counter() - start) * 1000)
            works.append((processor(server) - work) * 1000)
        everything += times
        times.sort()
        print(
            f"{name:22} median {statistics.median(times):5.0f} ms, p95 {times[int(len(times) * 0.95)]:5.0f} ms, "
            f"processor {statistics.median(works):5.0f} ms, {count_queries} queries"
        )
    everything.sort()
    print(f"{'all':22} median {statistics.median(everything):6.0f} ms, p95 {everything[int(len(everything) * 0.95)]:6.0f} ms")


def main() -> None:
    """Set the program up on an empty database, then measure."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as folder:
        os.environ.update(DEMO="1", DATA_DIR=folder, CELERY_BROKER_URL="fsqueue://localhost/")
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.testing.settings"
        import django

        django.setup()
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 20)


if __name__ == "__main__":
    main()
