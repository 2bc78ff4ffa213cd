"""What the public pages cost: `python tests/bench/bench_site.py [results] [requests]`.

20,000 disclosed results unless told otherwise. Real servers answer on loopback, each alone in its process tree, and what is shown is the
processor time of that tree per request (with a PostgreSQL: of its processes too), beside a bare Django view of the same list without any
middleware and, where ``DATASETTE`` names its program (0.65, in an environment of its own), Datasette over the same rows.
On SQLite, or on the empty database that ``DATABASE_URL`` names; on a private PostgreSQL with
`python -m config.testing.servers python tests/bench/bench_site.py`. At the end the weight of the pages. Says, never judges.
"""

import contextlib
import datetime as dt
import gzip
import http.client
import itertools
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
PLACES = ["历山", "南麻", "悦庄", "东里", "西里", "大张庄", "中庄", "张家坡", "燕崖", "石桥", "鲁村", "土门"]
WORDS = ["如家", "鑫源", "福临", "鲁中", "沂河", "金盾", "宏达", "兴盛", "平安", "天湖", "汇泉", "龙凤", "春华", "东方", "百合", "长城"]
KINDS = ["旅馆", "宾馆", "茶馆", "网吧", "典当行", "印章店", "汽修厂", "歌厅", "浴池", "废品收购站"]
RESULTS = [("clean", "未发现问题", "clean")] * 7 + [("problem-corrected", "发现问题已责令改正", "problem")] * 2 + [("closed", "已停业", "not-inspectable")]
BARE = '''
import os, django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", USE_TZ=True, INSTALLED_APPS=[], MIDDLEWARE=[],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BARE"], "CONN_MAX_AGE": None}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}])
django.setup()
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpResponse
from django.template import engines
from django.urls import path
class Result(models.Model):
    public_id = models.TextField(); name = models.TextField(); town = models.TextField(); unit = models.TextField()
    label = models.TextField(); matter = models.TextField(); inspected_on = models.DateField()
    class Meta:
        app_label = "bare"; db_table = "results"
PAGE = engines["django"].from_string("""<!DOCTYPE html><html lang="zh"><title>结果</title><p>{{ count }}</p><table>
{% for row in rows %}<tr><td><a href="/{{ row.public_id }}/">{{ row.name }}</a></td><td>{{ row.town }}</td><td>{{ row.unit }}</td>
<td>{{ row.label }}</td><td>{{ row.matter }}</td><td>{{ row.inspected_on }}</td></tr>{% endfor %}</table></html>""")
def listed(request):
    start = 50 * (int(request.GET.get("page", 1)) - 1)
    rows = Result.objects.order_by("-id")[start:start + 50]
    return HttpResponse(PAGE.render({"rows": rows, "count": Result.objects.count()}))
urlpatterns = [path("", listed)]
application = get_wsgi_application()
'''


def fill(count: int) -> None:
    """Disclosed results over twelve units and townships and ten matters, with their cases and first versions."""
    from inspections.cases.models import Case
    from publicity.disclosures.models import Disclosure, DisclosureVersion
    from publicity.disclosures.searching import terms_of
    from registries import clock
    from tests import factories

    dice = random.Random(11)
    units = [factories.unit(f"{place}派出所") for place in PLACES]
    matters = [factories.matter(f"{kind}治安检查") for kind in KINDS]
    subject, now = factories.subject(), clock.now()
    for start in range(0, count, 5000):
        numbers = range(start, min(start + 5000, count))
        cases = Case.objects.bulk_create(
            Case(number=f"B{n}", kind="adhoc", subject=subject, unit=units[n % 12], state="closed", opened_at=now, ended_on=now.date(), reviewed_at=now)
            for n in numbers
        )
        rows = []
        for n, case in zip(numbers, cases, strict=True):
            at, kind = dice.randrange(12), n % 10
            code, label, group = dice.choice(RESULTS)
            day = now - dt.timedelta(days=(count - n) * 1800 // count)
            rows.append(
                Disclosure(
                    case=case, named=True, subject_name=f"沂源县{PLACES[at]}{dice.choice(WORDS)}{dice.choice(WORDS)}{KINDS[kind]}{n % 97}号店",
                    subject_code=f"91370323{n:010}", category_name=KINDS[kind], town_name=f"{PLACES[at]}镇", unit_name=units[n % 12].name,
                    matters=[{"code": matters[kind].matter.code, "revision": 1, "name": matters[kind].name}], inspectors_count=2,
                    inspected_on=day.date(), result_code=code, result_label=label, result_group=group,
                    findings="登记簿有漏项，已当场补登。" if group == "problem" else "", draw_number="", plan_item_code=f"2026-P{kind:02}",
                    due_on=day.date() + dt.timedelta(days=20), published_at=day, changed_at=day, shown_until=day.date().replace(day=1),
                )
            )  # fmt: skip
        for row in rows:
            row.terms = terms_of(row)
        Disclosure.objects.bulk_create(rows, batch_size=1000)
        DisclosureVersion.objects.bulk_create(
            [DisclosureVersion(disclosure=row, number=1, made_at=row.published_at, **row.copied()) for row in rows], batch_size=1000
        )


def plain_copy(path: Path) -> None:
    """The same rows as one plain table, for the bare view and for Datasette."""
    from publicity.disclosures.models import Disclosure

    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE results (id INTEGER PRIMARY KEY, public_id TEXT, name TEXT, code TEXT, town TEXT, unit TEXT, label TEXT, matter TEXT, inspected_on TEXT)"
        )
        columns = ("pk", "public_id", "subject_name", "subject_code", "town_name", "unit_name", "result_label", "category_name", "inspected_on")
        rows = Disclosure.objects.order_by("pk").values_list(*columns).iterator(chunk_size=5000)
        database.executemany("INSERT INTO results VALUES (?,?,?,?,?,?,?,?,?)", ((*row[:-1], str(row[-1])) for row in rows))


@contextlib.contextmanager
def server(command: list[str], env: dict[str, str], port: int, folder: str) -> Iterator[psutil.Process]:
    """A program that answers on ``port``, stopped at the end."""
    with (
        Path(folder, f"{port}.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=log) as process,
    ):
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                    break
                time.sleep(0.1)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def used(processes: Iterable[psutil.Process]) -> float:
    """Seconds of the processor that these process trees have used."""
    total = 0.0
    for process in processes:
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system
    return total


def measure(name: str, port: int, trees: list[psutil.Process], addresses: Iterable[str], headers: dict[str, str] | None = None, wanted: int = 200) -> float:
    """Ask every address once over one connection; processor milliseconds per request."""
    connection, times = http.client.HTTPConnection("127.0.0.1", port), []
    before, size = used(trees), 0
    for address in addresses:
        start = time.perf_counter()
        connection.request("GET", address, headers=headers or {})
        answer = connection.getresponse()
        size = len(answer.read())
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == wanted, (address, answer.status)
    each = (used(trees) - before) * 1000 / len(times)
    times.sort()
    print(f"  {name:34} {each:7.2f} CPU-ms   by the clock: median {statistics.median(times):6.1f}, p95 {times[int(len(times) * 0.95)]:6.1f} ms   {size:,} bytes")
    return each


def in_time(port: int, addresses: list[str], a_second: int = 50, seconds: int = 20) -> None:
    """So many visitors a second come whether those before have been answered or not; by the clock, from the moment each comes."""
    here, began = threading.local(), time.perf_counter() + 0.5

    def visit(number: int) -> float:
        comes = began + number / a_second
        time.sleep(max(0.0, comes - time.perf_counter()))
        if not hasattr(here, "connection"):
            here.connection = http.client.HTTPConnection("127.0.0.1", port)
        here.connection.request("GET", addresses[number % len(addresses)], headers={"Accept-Encoding": "gzip"})
        answer = here.connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return (time.perf_counter() - comes) * 1000

    with ThreadPoolExecutor(16) as visitors:
        times = sorted(visitors.map(visit, range(a_second * seconds)))
    at = {share: times[int(len(times) * share)] for share in (0.5, 0.95, 0.99)}
    told = f"median {at[0.5]:.1f}, p95 {at[0.95]:.1f}, p99 {at[0.99]:.1f}, slowest {times[-1]:.0f} ms"
    print(f"  {a_second} requests a second for {seconds} s, mixed pages: {told}; load {os.getloadavg()[0]:.1f}")


def mixed(ids: list[str]) -> list[str]:
    """What visitors ask for: a third of it kept, the rest another page each time."""
    fresh = [[f"/results/{one}/" for one in ids[7::41]], [f"/results/?after={one}" for one in ids[11::53]], [f"/results/?q={quote(one)}" for one in words(300)]]
    fresh.append([f"/api/v1/results?after={one}" for one in ids[13::59]])
    kept = ["/results/", "/", "/statistics/"]
    return [address for some in zip(*fresh, itertools.cycle(kept), itertools.cycle(kept), strict=False) for address in some]


def asked(port: int, address: str) -> tuple[http.client.HTTPResponse, str]:
    """An answer and its text."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", address)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def words(number: int) -> Iterator[str]:
    """Searches as people type them, all different: one and two characters, several words, codes, initials."""
    made = itertools.chain.from_iterable(
        zip(
            itertools.product(PLACES, WORDS), itertools.product(WORDS, KINDS), itertools.product("沂源历山鑫福鲁金宏兴平天汇龙春东百长", repeat=1),
            strict=False,
        )
    )  # fmt: skip
    plain = ["".join(one) for one in itertools.islice(made, number)]
    codes = [f"91370323{n:010}"[: 12 + n % 7] for n in range(7, 7 + number)]
    initials = [a + b for a in ("yyx", "ls", "nm", "yz", "dl") for b in ("xy", "fl", "yh", "jd", "hd", "xs", "pa", "th")]
    doubles = [" ".join(pair) for pair in itertools.product(WORDS, PLACES)]
    every = [one for some in itertools.zip_longest(plain, codes[:number // 4], initials, WORDS + PLACES + KINDS, doubles[:number]) for one in some if one]
    return iter(every[:number])


def public_pages(port: int, trees: list[psutil.Process], repeats: int) -> None:
    """Every kind of request to the product."""
    from publicity.disclosures.models import Disclosure

    ids = list(Disclosure.objects.order_by("-pk").values_list("public_id", flat=True))
    pages = (len(ids) - 1) // 50
    step = max(1, pages // repeats)
    for address in ("/results/", f"/results/{ids[0]}/", "/", "/statistics/"):
        asked(port, address)
    edges = [ids[50 * n + 49] for n in range(pages)]
    measure("list, another page each time", port, trees, [f"/results/?after={edge}" for edge in edges[1 : 1 + repeats * step : step]])
    measure("list, kept", port, trees, ["/results/"] * repeats * 3)
    tag = asked(port, "/results/")[0].headers["ETag"]
    measure("list, 304", port, trees, ["/results/"] * repeats * 3, {"If-None-Match": tag}, 304)
    near = [f"/results/?after={one}" for one in ids[50 : 50 + repeats]]
    deep = [f"/results/?after={one}" for one in ids[20000 - 50 - repeats : 20000 - 50][:repeats]]
    first = measure("page 2 of the list", port, trees, near)
    print(f"  {'page 400 against page 2':34} {measure('page 400 of the list', port, trees, deep) / first:7.2f} ×")
    measure("one result, another each time", port, trees, [f"/results/{one}/" for one in ids[:: max(1, len(ids) // repeats)][:repeats]])
    measure("search, another each time", port, trees, [f"/results/?q={quote(one)}" for one in words(repeats)])
    first_times = [f"/results/?q={quote(one)}" for one in ("馆", "沂源", "鑫源", "yyx", "91370323", "店")]
    measure("search, commonest words, first time", port, trees, first_times)
    filters = [f"/results/?town={quote(p)}镇&q={quote(w)}".replace("镇", quote("镇")) for p, w in itertools.product(PLACES, WORDS)][:repeats]
    measure("search and township", port, trees, filters)
    days = [f"/results/?since=2023-{m:02}-05&until=2026-{n:02}-20" for m, n in itertools.product(range(1, 13), range(1, 13))][:repeats]
    measure("from day to day", port, trees, days)
    measure("front page, kept", port, trees, ["/"] * repeats)
    measure("statistics, kept", port, trees, ["/statistics/"] * repeats)
    measure("JSON of 50, another page each time", port, trees, [f"/api/v1/results?after={one}" for one in ids[25 : 25 + 50 * repeats : 50]])
    measure("JSON of 50, kept", port, trees, ["/api/v1/results"] * repeats)
    measure("feed of 50, kept", port, trees, ["/feeds/results.atom"] * repeats)
    in_time(port, mixed(ids))


def weights(port: int) -> None:
    """The bytes of a page of fifty and of all it needs."""
    for address in ("/results/", "/", "/statistics/"):
        text = asked(port, address)[1]
        needs = sorted(set(re.findall(r'(?:<link[^>]+(?:stylesheet|icon)"[^>]*href|<script[^>]*src|<img[^>]*src)="([^"]+)"', text)))
        assert not [one for one in needs if urlsplit(one).netloc], needs
        sheets = sum(len(gzip.compress(asked(port, one)[1].encode(), 9)) for one in needs if one.partition("?")[0].endswith((".css", ".js")))
        print(f"  {address:14} {len(gzip.compress(text.encode(), 6)):6,} bytes gzip, CSS and JS {sheets:,}, {1 + len(needs)} requests (and pictures in CSS)")


def free_port() -> int:
    """A port that nobody listens at."""
    from config.demo.serve import free_port as found

    return found()


def database_server() -> list[psutil.Process]:
    """The process tree of the database, where it is a server."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = psutil.Process(cursor.fetchone()[0]).parent()
    return [parent] if parent else []


def main() -> None:
    """Fill a database, start the servers, measure."""
    count, repeats = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 20_000), (2, 150)))
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="sunlot-bench-") as folder:
        os.environ.update(DEMO="1", DATA_DIR=folder, CELERY_BROKER_URL="fsqueue://localhost/", PUBLIC_REQUESTS_PER_MINUTE="0")
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        fill(count)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        print(f"{connection.vendor}: {count:,} results made in {time.perf_counter() - began:.0f} s; {repeats} requests each")
        plain_copy(Path(folder, "plain.sqlite3"))
        Path(folder, "bare.py").write_text(BARE)
        postgres = database_server()
        gunicorn = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "2", "--workers", "1", "--no-control-socket", "-c", "/dev/null"]
        port = free_port()
        with server([*gunicorn, "-b", f"127.0.0.1:{port}", "config.wsgi"], {}, port, folder) as ours:
            public_pages(port, [ours, *postgres], repeats)
            weights(port)
        port = free_port()
        bare = {"PYTHONPATH": folder, "BARE": f"{folder}/plain.sqlite3"}
        with server([*gunicorn, "-b", f"127.0.0.1:{port}", "bare:application"], bare, port, folder) as other:
            measure("bare Django, list", port, [other], [f"/?page={n}" for n in range(1, repeats + 1)])
            measure("bare Django, page 390", port, [other], ["/?page=390"] * repeats)
        beside_datasette(folder, repeats)


def beside_datasette(folder: str, repeats: int) -> None:
    """The same rows in Datasette, as it comes and tuned."""
    if "DATASETTE" not in os.environ:
        print("  Datasette was not asked: DATASETTE names its program.")
        return
    tuned = ["--setting", "suggest_facets", "off", "--setting", "allow_facet", "off"]
    kinds: list[tuple[str, list[str], Callable[[int], str]]] = [
        ("Datasette, list", [], lambda n: f"/plain/results?_size=50&_next={n * 50}"),
        ("Datasette tuned, list", tuned, lambda n: f"/plain/results?_size=50&_nocount=1&_next={n * 50}"),
        ("Datasette tuned, name contains", tuned, lambda n: f"/plain/results?_size=50&name__contains={quote(WORDS[n % 16] + WORDS[n // 16 % 16])}"),
    ]
    for name, options, address in kinds:
        port = free_port()
        command = [os.environ["DATASETTE"], "serve", f"{folder}/plain.sqlite3", "-p", str(port), *options]
        with server(command, {}, port, folder) as other:
            measure(name, port, [other], [address(n) for n in range(1, max(20, repeats // 5))])


if __name__ == "__main__":
    main()
