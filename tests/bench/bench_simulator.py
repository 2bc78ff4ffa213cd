"""How long the simulator of a plan takes: `python tests/bench/bench_simulator.py [subjects] [repeats]`.

10,000 subjects unless told otherwise, in ten categories, one in five in two of them, four grades; a plan of 27 items of twelve units
with a hundred inspectors and their leaves; twelve of the items have drawn forty subjects each already. The page is asked for in this process through the whole office stack with another ratio
each time, as the slider does. Shows the median, the slowest and the queries. Says, never judges.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspections.plans.models import Plan
    from registries.people.models import User

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared

ITEMS, UNITS, PEOPLE = 27, 12, 100
DRAWS, DRAWN = 12, 40


def fill(count: int) -> tuple[Plan, User]:
    """The registry and the plan."""
    from registries import clock
    from registries.inspectors.models import Leave
    from registries.people.roles import Role
    from registries.subjects.models import Subject
    from tests import factories

    dice = random.Random(5)
    units = [factories.unit() for _ in range(UNITS)]
    town = factories.town()
    categories = [factories.category() for _ in range(10)]
    rows = [
        Subject(
            key=f"B{n:07}", name=f"示例{n}", kind=Subject.Kind.ENTERPRISE, unit=units[n % UNITS], town=town,
            risk_grade=dice.choice("AABBBCD"), verified_on=clock.today(),
        )
        for n in range(count)
    ]  # fmt: skip
    Subject.objects.bulk_create(rows, batch_size=1000)
    through = Subject.categories.through
    pairs = [(row.pk, at) for n, row in enumerate(rows) for at in {n % 10, dice.randrange(10) if n % 5 == 0 else n % 10}]
    through.objects.bulk_create([through(subject_id=pk, subjectcategory_id=categories[at].pk) for pk, at in pairs], batch_size=1000)
    year = clock.today().year
    for n in range(PEOPLE):
        person = factories.inspector(unit=units[n % UNITS], account=False)
        first = dt.date(year, 1 + n % 12, 3)
        Leave.objects.create(inspector=person, kind="annual", starts_on=first, ends_on=first + dt.timedelta(days=9))
    matters = [factories.matter(unit=units[n % UNITS], categories=[categories[n % 10]], published=False) for n in range(ITEMS)]
    factories.edition(*matters)
    plan = factories.plan(units[0], state="preparing")
    for n, matter in enumerate(matters):
        factories.plan_item(matter, plan=plan, ratio_percent=5 + n % 4, first_month=1 + n % 6, last_month=7 + n % 6)
        if n < DRAWS:
            hit = [row for at, row in enumerate(rows) if at % 10 == n % 10][:DRAWN]
            factories.drawn_draw(matter, winners=DRAWN, reserves=0, subjects=hit, teams=[[]], unit=matter.unit, plan_item=plan.items.latest("pk"))
    return plan, factories.user(Role.SUPERVISOR)


def main(count: int, repeats: int) -> None:
    """Fill, ask, tell."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    plan, who = fill(count)
    client = Client(headers={"host": "localhost"})
    client.force_login(who, backend="registries.people.backend.Accounts")
    address = f"/office/plans/{plan.pk}/simulator/"
    client.get(address)
    taken = []
    for n in range(repeats):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address, {"scale": 50 + 10 * n, "stratify": ("grade", "none")[n % 2]})
        taken.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.status_code
    size = len(answer.content) // 1024
    print(f"{count} subjects, {ITEMS} items: median {statistics.median(taken):.2f} s, slowest {max(taken):.2f} s, {len(asked)} queries, {size} kB")


if __name__ == "__main__":
    with prepared():
        main(*(int(one) for one in (sys.argv[1:] + ["10000", "11"][len(sys.argv) - 1 :])[:2]))
