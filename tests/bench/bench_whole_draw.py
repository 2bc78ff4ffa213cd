"""How long a whole draw takes: `python tests/bench/bench_whole_draw.py [entries …] [--winners N]` (10,000 and 1,000,000 unless told).

On a private PostgreSQL that is started and thrown away, each count in a process of its own. By the clock: submitting (registry to roster),
approving (which commits), drawing and the certificate, by the product's own commands, in one worker; large rosters are hashed in
shards as the worker would, one after the other. 5 % are drawn unless told how many. Beside it the peak memory of the process, and
how long the bundle takes to leave. Says, never judges.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspections.draws.models import Draw
    from registries.codes.models import Code
    from registries.people.models import Unit
    from registries.subjects.models import SubjectCategory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

INSPECTORS = 100
VALUE = ",".join(f"{n:02d}" for n in range(1, 21))
CHUNK = 10_000


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long the block takes by the clock and of this process's processor time, and its peak memory."""
    start, processor = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    used = time.process_time() - processor
    say(f"  {name:<34}{time.perf_counter() - start:9.2f} s{used:9.2f} s processor{peak:9.0f} MiB")


def main() -> None:
    """Start the server and measure each count beside it."""
    from config.testing.servers import fresh_database, services

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="*", type=int, default=[10_000, 1_000_000])
    parser.add_argument("--winners", type=int, default=0)
    asked = parser.parse_args()
    with services() as running, tempfile.TemporaryDirectory(prefix="sunlot-bench-") as folder:
        for count in asked.entries:
            url = fresh_database(running.env["DATABASE_URL"], f"bench_{uuid.uuid4().hex[:12]}")
            env = {
                "DATABASE_URL": url, "CELERY_BROKER_URL": running.env["CELERY_BROKER_URL"], "DATA_DIR": folder, "DEMO": "1",
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.testing.settings"),
            }  # fmt: skip
            command = [sys.executable, "-c", "from tests.bench.bench_whole_draw import one; import sys; one(*map(int, sys.argv[1:]))"]
            subprocess.run([*command, str(count), str(asked.winners or count // 20)], env={**os.environ, **env}, check=True)


def one(entries: int, winners: int) -> None:
    """One draw on the empty database that the environment names."""
    import django

    django.setup()
    import time_machine
    from django.core.management import call_command

    from inspections.draws import commands, tasks
    from inspections.draws.commands.rows import announce
    from inspections.draws.models import Draw
    from inspections.draws.sources import Announced
    from registries import clock
    from registries.people.roles import Role
    from tests import factories

    call_command("migrate", verbosity=0)
    category = factories.category()
    revision = factories.matter(categories=[category])
    fill(revision.unit, factories.town(), category, entries)
    for _ in range(INSPECTORS):
        factories.inspector(unit=revision.unit, account=False, most_open_cases=30000)
    clerk, supervisor = factories.user(Role.CLERK, unit=revision.unit), factories.user(Role.SUPERVISOR)
    item = factories.plan_item(revision, number=winners)
    say(f"{entries:,} entries, {winners:,} winners, {INSPECTORS} inspectors")
    with timed("preparing (registry to preview)"):
        commands.prepare_draw(actor=clerk, plan_item_id=item.pk)
    draw = Draw.objects.get()
    first = clock.now() + dt.timedelta(hours=2)
    Draw.objects.filter(pk=draw.pk).update(planned=first, quotas={"B": winners}, slip_rule="equal")
    announce(draw, [Announced("demo", "1", first)])
    with timed("submitting (registry to roster)"):
        commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
    draw.refresh_from_db()
    with timed("approving (roster to files)"):
        commands.approve_draw(actor=supervisor, draw_id=draw.pk, version=draw.version)
    with time_machine.travel(first + dt.timedelta(seconds=5), tick=True):
        for person in (clerk, factories.user(Role.REVIEWER)):
            commands.enter_source_value(actor=person, source_id=draw.sources.get().pk, value=VALUE, evidence="公告")
        draw.refresh_from_db()
        with timed("drawing (files to result)"):
            run(draw)
        with timed("certificate"):
            tasks.issue_certificate(draw.pk)
    draw.refresh_from_db()
    assert draw.state == "drawn"
    leave(draw)


def fill(unit: Unit, town: Code, category: SubjectCategory, entries: int) -> None:
    """So many subjects of one category."""
    from registries.subjects.models import Subject

    through = Subject.categories.through
    day = dt.datetime.now(dt.UTC).date()
    for start in range(0, entries, CHUNK):
        made = Subject.objects.bulk_create(
            Subject(key=f"R{n:08}", name=f"第{n}家", kind="enterprise", unit=unit, town=town, risk_grade="B", verified_on=day)
            for n in range(start, min(start + CHUNK, entries))
        )
        through.objects.bulk_create(through(subject=subject, subjectcategory=category) for subject in made)


def run(draw: Draw) -> None:
    """What the worker does once the last value is in; shards one after the other."""
    from inspections.draws import shards, tasks
    from registries import clock

    tasks.run_draw(draw.pk)
    for pk in list(shards.free(clock.now()).filter(draw=draw).values_list("pk", flat=True)):
        tasks.hash_shard(pk)
    if draw.shards.exists():
        tasks.run_draw(draw.pk)


def leave(draw: Draw) -> None:
    """The public bundle, streamed to nobody."""
    from inspections.draws import shelf

    with timed("bundle read as a stream"):
        size = sum(len(piece) for file in shelf.kept(draw) for piece in shelf.stream(draw, file.name))
    say(f"  {size:,} bytes in {shelf.kept(draw).count()} files")


if __name__ == "__main__":
    main()
