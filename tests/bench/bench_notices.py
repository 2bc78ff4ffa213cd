"""How long the notices of a draw take, made and printed in one file: `python tests/bench/bench_notices.py [cases]`.

200 cases unless told otherwise, on a SQLite file of its own: the command that takes the numbers and freezes what stands on the
notices, then the worker's task in a process of its own, whose memory is told. Says, never judges. The aims: 60 s, 400 MB.
"""

import datetime as dt
import multiprocessing
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared


def fill(count: int) -> tuple[int, int]:
    """A drawn order with so many cases of one unit; returns its key and its clerk's."""
    from registries.people.roles import Role
    from tests import factories

    unit = factories.unit("沂源县公安局治安大队")
    kind = factories.category("旅馆业")
    revision = factories.matter("旅馆业治安管理检查", unit=unit, categories=[kind])
    subjects = [factories.subject(f"沂源县示例{n}号旅馆", categories=[kind], unit=unit) for n in range(count)]
    people = [factories.inspector(unit=unit, account=False) for _ in range(20)]
    teams = [[people[2 * n % 20], people[(2 * n + 1) % 20]] for n in range(count)]
    draw = factories.drawn_draw(revision, winners=count, reserves=0, subjects=subjects, teams=teams)
    for _ in range(count):
        factories.case(draw)
    return draw.pk, factories.user(Role.CLERK, unit=unit).pk


def worker(bundle_id: int) -> None:
    """What the worker's process does, and what it took."""
    import django

    django.setup()  # a new process, in the same surroundings
    from inspections.papers import tasks

    began, used = time.monotonic(), time.process_time()
    tasks.print_papers(bundle_id)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"printed: {time.monotonic() - began:.1f} s, {time.process_time() - used:.1f} s of the processor, peak {memory:.0f} MB")


def main(count: int) -> None:
    """Fill, make, print."""
    from inspections.papers import commands
    from inspections.papers.models import Bundle
    from registries import clock
    from registries.people.models import User

    draw_id, clerk_id = fill(count)
    clerk = User.objects.get(pk=clerk_id)
    began, used = time.monotonic(), time.process_time()
    today = clock.today()
    change = commands.make_notices(actor=clerk, draw_id=draw_id, first_day=today, last_day=today + dt.timedelta(days=2))
    print(f"{count} notices made: {time.monotonic() - began:.1f} s, {time.process_time() - used:.1f} s of the processor")
    process = multiprocessing.get_context("spawn").Process(target=worker, args=(change.obj.pk,))
    process.start()
    process.join()
    bundle = Bundle.objects.get()
    print(f"{bundle.state}: {bundle.done} documents, {bundle.pages} pages, {len(bytes(bundle.pdf)) / 1e6:.1f} MB")


if __name__ == "__main__":
    with prepared(sqlite=True):
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
