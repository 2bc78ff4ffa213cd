"""How long the desks take while 5,000 cases are open: ``python tests/bench/bench_desk.py [cases] [repeats]``.

A database of its own (SQLite; the empty one that ``DATABASE_URL`` names; a private PostgreSQL with ``python -m config.testing.servers``
before it): twelve units, 27 matters, 200 inspectors, cases in every stage, one in four with a follow-up. Desk, list and one case for
everybody who works on cases, in process through the whole office stack: median, slowest, processor time, queries. Says, never judges.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from inspections.cases.models import Case
    from registries.inspectors.models import Inspector
    from registries.matters.models import MatterRevision
    from registries.people.models import Unit, User
    from registries.subjects.models import Subject

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.stand import prepared

UNITS, MATTERS, PEOPLE = 12, 27, 200
STAGES = ("assigned", "assigned", "begun", "to-sign", "recorded", "reviewed", "reviewed", "reviewed")


def fill(count: int) -> tuple[list[Unit], User]:
    """Units, people and matters, and for each matter one draw of its share of the cases."""
    from registries import clock
    from registries.people.models import Unit
    from registries.people.roles import Role
    from registries.subjects.models import Subject
    from tests import factories

    dice = random.Random(11)
    bureau = factories.unit("县局", Unit.Kind.BUREAU)
    units = [factories.unit(parent=bureau) for _ in range(UNITS)]
    team = [factories.inspector(unit=units[n % UNITS], account=n < UNITS) for n in range(PEOPLE)]
    matters = [factories.matter(unit=units[n % UNITS], published=False, secrecy_check=n % 3 == 0) for n in range(MATTERS)]
    factories.edition(*matters)
    reviewer = factories.user(Role.REVIEWER)
    town = factories.town()
    for at, one in enumerate(matters):
        share = count // MATTERS + (at < count % MATTERS)
        subjects = Subject.objects.bulk_create(
            Subject(
                key=f"B{at:03}{n:05}", name=f"示例{at}-{n}", kind=Subject.Kind.ENTERPRISE, unit=one.unit, town=town, risk_grade="B", verified_on=clock.today()
            )
            for n in range(share)
        )  # fmt: skip
        cases = _cases(one, subjects, dice, team)
        _recorded(cases, dice, reviewer)
    return [bureau, *units], reviewer


def _cases(matter: MatterRevision, subjects: list[Subject], dice: random.Random, team: list[Inspector]) -> list[Case]:
    from inspections.cases.models import Assignment, Case, CaseMatter
    from inspections.draws.models import Draw, DrawnEntry, RosterEntry
    from registries import clock
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
        Case(number=f"AJ-B-{one.pk}", draw=draw, drawn=one, subject_id=one.entry.subject_id, unit=draw.unit, state="assigned", opened_at=now) for one in won
    )
    CaseMatter.objects.bulk_create(CaseMatter(case=case, revision=matter, position=1) for case in cases)
    pairs = ((case, at, one) for case in cases for at, one in enumerate(dice.sample(team, 2), 1))
    Assignment.objects.bulk_create(Assignment(case=case, inspector=one, position=at, assigned_at=now) for case, at, one in pairs)
    return cases


def _recorded(cases: list[Case], dice: random.Random, reviewer: User) -> None:
    """Bring the cases to their stages: a record each, some signed, some reviewed, some followed up."""
    from inspections.cases.models import Case, Record, RecordAnswer, Review, Signature
    from inspections.followups.models import FollowUp
    from registries import clock
    from tests import factories

    now, results = clock.now(), {name: factories.result(name) for name in ("clean", "problem-pending")}
    items = list(cases[0].matters.get().revision.items.all())
    for case in cases:
        stage = dice.choice(STAGES)
        if stage == "assigned":
            continue
        day = clock.today() - dt.timedelta(days=dice.randrange(25))
        Case.objects.filter(pk=case.pk).update(state="on-site")
        name = dice.choice(["clean", "problem-pending"])
        record = Record.objects.create(case=case, round=1, inspected_on=day, result=results[name], findings="示例", saved_at=now)
        RecordAnswer.objects.bulk_create(RecordAnswer(record=record, item=item, answer="yes") for item in items)
        if stage == "begun":
            continue
        Record.objects.filter(pk=record.pk).update(submitted_at=now)
        if stage == "to-sign":
            continue
        people = [place.inspector for place in case.assignments.select_related("inspector")]
        Signature.objects.bulk_create(
            Signature(record=record, inspector=one, signed_by=reviewer, signed_at=now, content_hash="0" * 64) for one in people
        )
        Record.objects.filter(pk=record.pk).update(signed_at=now)
        Case.objects.filter(pk=case.pk).update(state="recorded", ended_on=day)
        if stage == "recorded":
            continue
        Review.objects.create(case=case, record=record, reviewer=reviewer, decision="accept", reviewed_at=now)
        Case.objects.filter(pk=case.pk).update(state="reviewed", reviewed_at=now)
        if name != "clean" and dice.random() < 0.7:
            due = clock.today() + dt.timedelta(days=dice.randrange(-3, 20))
            FollowUp.objects.create(case=case, kind="rectification", what="示例", number="1号", due_on=due, ordered_by=reviewer, ordered_at=now)


def people_of(units: list[Unit], reviewer: User) -> dict[str, User]:
    """Everybody whose desk shows cases."""
    from registries.inspectors.models import Inspector
    from registries.people.roles import Role
    from tests import factories

    inspector = Inspector.objects.exclude(user=None)[0].user
    assert inspector is not None
    return {
        "clerk of the bureau": factories.user(Role.CLERK, unit=units[0]), "clerk of a unit": factories.user(Role.CLERK, unit=units[1]),
        "reviewer": factories.user(Role.REVIEWER), "supervisor": factories.user(Role.SUPERVISOR), "inspector": inspector, "auditor": factories.user(Role.AUDITOR),
        "reviewer of all so far": reviewer,
    }  # fmt: skip


def tell(client: Client, name: str, address: str, repeats: int) -> None:
    """One line for one page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, (name, address)
        queries = len(asked)  # the next request empties the log
    if os.environ.get("SLOW_QUERIES"):
        for one in sorted(asked.captured_queries, key=lambda one: -float(one["time"]))[:2]:
            print(f"    {one['time']} {one['sql'][:900]}")
    times, works = [], []
    for _ in range(repeats):
        began, used = time.perf_counter(), time.process_time()
        client.get(address)
        times.append((time.perf_counter() - began) * 1000)
        works.append((time.process_time() - used) * 1000)
    print(f"{name:38} median {statistics.median(times):5.0f} ms, slowest {max(times):5.0f} ms, processor {statistics.median(works):5.0f} ms, {queries} queries", flush=True)


def main(count: int, repeats: int) -> None:
    """Fill, ask, tell."""
    from django.db import connection
    from django.test import Client

    from inspections.cases.models import Case
    from inspections.followups.models import FollowUp

    units, reviewer = fill(count)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"{connection.vendor}: {Case.objects.count()} open cases, {FollowUp.objects.count()} follow-ups; {repeats} requests each", flush=True)
    case = Case.objects.filter(state="reviewed", followups__isnull=False, unit=units[1])[0]
    for name, person in people_of(units, reviewer).items():
        client = Client(headers={"host": "localhost"})
        client.force_login(person, backend="registries.people.backend.Accounts")
        tell(client, f"desk, {name}", "/office/", repeats)
        if person.has_perm("inspections.view_cases"):
            tell(client, f"list, {name}", "/office/cases/", repeats)
            tell(client, f"case, {name}", f"/office/cases/{case.number}/", repeats)


if __name__ == "__main__":
    with prepared():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, int(sys.argv[2]) if len(sys.argv) > 2 else 10)
