"""A process beside the running product that brings one draw after the other to the moment before it is drawn.

It reads one word a line and answers one line of JSON: ``prepare`` (a committed draw whose last value one of two people has
typed), ``go`` (the second person types it: the worker's bell rings), ``look`` (where the draw stands), ``ring 50`` (so many messages
more for it). ``stock 10`` makes ten at once that ``prepare`` then takes: they wait for their moments together. ``intents 50`` makes reviewed cases, ``release`` has their clerk release each, ``published`` tells how many are public
and how often each went out. ``session`` is that of a clerk who is signed in. ``heartbeat`` tells how long a new task takes. ``held`` counts work that is held, ``free`` has an administrator release it. Run with ``python -m tests.faults.rounds`` in the product's environment.
"""

import datetime as dt
import json
import sys
import time
from typing import Any

import django

SUBJECTS, INSPECTORS = 3000, 40
VALUE = ",".join(f"{n:02d}" for n in range(1, 21))


class Rounds:
    """A county of 3,000 subjects; each round draws 30 of them on a plan item of its own."""

    def __init__(self) -> None:
        from registries.people.roles import Role
        from registries.subjects.models import Subject
        from tests import factories, tampering

        self.category = factories.category()
        self.revision = factories.matter(categories=[self.category])
        unit, town = self.revision.unit, factories.town()
        columns = {"kind": "enterprise", "unit": unit, "town": town, "risk_grade": "B", "verified_on": dt.date.today() - dt.timedelta(days=30)}  # noqa: DTZ011
        made = Subject.objects.bulk_create(Subject(key=f"R{n:05}", name=f"第{n}家", **columns) for n in range(SUBJECTS))
        through = Subject.categories.through
        through.objects.bulk_create(through(subject=one, subjectcategory=self.category) for one in made)
        for _ in range(INSPECTORS):
            factories.inspector(unit=unit, account=False, most_open_cases=9999)
        self.clerks = [factories.user(Role.CLERK, unit=unit) for _ in range(2)]
        self.supervisor = factories.user(Role.SUPERVISOR)
        self.administrator = factories.user(Role.SYSTEM_ADMIN)
        self.plan = factories.plan(unit)
        self.items: list[Any] = []
        self.ready: list[Any] = []
        self._more_items()
        tampering.adopt()

    def _more_items(self) -> None:
        from django.db import transaction

        from registries.ledger import record
        from registries.ledger.change import Change
        from registries.people.queries import system_user
        from tests import factories

        self.items += [factories.plan_item(self.revision, plan=self.plan, number=30) for _ in range(20)]
        with transaction.atomic():
            record.record_change("tests.adopt", system_user().pk, Change(self.items[0], also=tuple(self.items[1:])))

    def stock(self, count: str) -> dict[str, Any]:
        self.ready = [self._approved() for _ in range(int(count))]
        return {}

    def prepare(self) -> dict[str, Any]:
        from registries import clock

        self.draw = self.ready.pop(0) if self.ready else self._approved()
        time.sleep(max(0.0, (self.draw.planned - clock.now()).total_seconds()) + 0.05)
        self._type(self.clerks[0])
        return self.look()

    def _approved(self) -> Any:
        from inspections.draws import commands
        from inspections.draws.models import Draw
        from inspections.draws.sources import Announced
        from registries import clock

        if not self.items:
            self._more_items()
        clerk, item = self.clerks[0], self.items.pop()
        made = commands.prepare_draw(actor=clerk, plan_item_id=item.pk).obj
        draw = Draw.objects.get(pk=made.pk)
        first = clock.now() + dt.timedelta(seconds=12)
        commands.change_draw(
            actor=clerk, draw_id=draw.pk, version=draw.version, category_ids=[self.category.pk], town_ids=[], grades="ABCD",
            stratify="none", slip_rule="equal", quotas={}, reserves=5, team_size=2, inspector_unit_ids=[draw.unit_id],
            planned=first, sources=[Announced("demo", "1", first)],
        )  # fmt: skip
        draw.refresh_from_db()
        commands.submit_draw(actor=clerk, draw_id=draw.pk, version=draw.version)
        draw.refresh_from_db()
        self._approve(draw)
        return Draw.objects.get(pk=draw.pk)

    def _approve(self, draw: Any) -> None:
        """Approve before the first moment, which is near on a quick machine and further off on one that did not make it."""
        from inspections.draws import commands
        from inspections.draws.models import Draw
        from registries import clock
        from registries.ledger.change import Refused

        for seconds in (3, 10, 30, 90):
            first = clock.now() + dt.timedelta(seconds=seconds)
            draw.sources.update(moment=first)
            Draw.objects.filter(pk=draw.pk).update(planned=first)
            try:
                commands.approve_draw(actor=self.supervisor, draw_id=draw.pk, version=draw.version)
            except Refused as refused:
                reason = refused
            else:
                return
        raise reason

    def _type(self, who: Any) -> None:
        from inspections.draws import commands

        commands.enter_source_value(actor=who, source_id=self.draw.sources.get().pk, value=VALUE, evidence="公告")

    def go(self) -> dict[str, Any]:
        self._type(self.clerks[1])
        return {}

    def ring(self, count: str) -> dict[str, Any]:
        from celery import current_app

        for _ in range(int(count)):
            current_app.send_task("inspections.run_draw", kwargs={"draw_id": self.draw.pk})
        return {}

    def intents(self, count: str) -> dict[str, Any]:
        from registries import clock
        from registries.people.roles import Role
        from tests import factories, many_cases, tampering

        self.cases = many_cases.reviewed(int(count), ended_on=clock.today())
        self.releaser = factories.user(Role.CLERK, unit=self.cases[0].unit)
        tampering.adopt()
        return {}

    def release(self) -> dict[str, Any]:
        from inspections.cases import commands

        took = []
        for case in self.cases:
            start = time.monotonic()
            commands.release_case(actor=self.releaser, case_id=case.pk)
            took.append(time.monotonic() - start)
        return {"slowest": max(took), "first": took[0], "released": len(took)}

    def published(self) -> dict[str, Any]:
        from publicity.disclosures.models import Disclosure
        from registries.ledger.models import LedgerPayload

        entries = LedgerPayload.objects.filter(verb="publicity.publish_case", entry__action__endswith=".change").count()
        return {"published": Disclosure.objects.filter(case__in=self.cases).count(), "entries": entries}

    def session(self) -> dict[str, Any]:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(self.clerks[0], backend="registries.people.backend.Accounts")
        return {"session": client.cookies[settings.SESSION_COOKIE_NAME].value}

    def held(self) -> dict[str, Any]:
        from registries.attempts import queries

        return {"held": queries.held().count()}

    def free(self) -> dict[str, Any]:
        from registries.attempts import commands, queries

        for one in queries.held():
            commands.release_work(actor=self.administrator, attempt_id=one.pk)
        return {}

    def heartbeat(self) -> dict[str, Any]:
        from celery import current_app

        from registries.heartbeats.models import Heartbeat

        asked = dt.datetime.now(dt.UTC)
        current_app.send_task("registries.sweep_heartbeat")
        for _ in range(600):
            if Heartbeat.objects.filter(name="worker", seen_at__gte=asked).exists():
                break
            time.sleep(0.1)
        return {"seconds": (dt.datetime.now(dt.UTC) - asked).total_seconds()}

    def look(self) -> dict[str, Any]:
        from inspections.draws import queries
        from inspections.draws.models import Draw
        from inspections.draws.verify import verify_bundle
        from registries.ledger.models import LedgerPayload

        draw = Draw.objects.get(pk=self.draw.pk)
        bodies = queries.file_bodies(draw)
        facts = [json.loads(body) for body in LedgerPayload.objects.filter(verb="draws.result").values_list("body", flat=True)]
        return {
            "pk": draw.pk,
            "state": draw.state,
            "results": sum(fact["draw"] == draw.number for fact in facts),
            "matches": draw.state == "drawn" and verify_bundle(bodies).matches,
            "cases": draw.cases.count(),
            "certified": draw.certificates.exists(),
            "shards": draw.shards.count(),
            "hashed": draw.shards.exclude(slips=None).count(),
            "again": draw.shards.filter(attempts__gt=1).count(),
        }


def answer(told: dict[str, Any]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer until the input ends."""
    django.setup()
    rounds = Rounds()
    answer({"ready": True})
    from django.db import connections

    for line in sys.stdin:
        connections.close_all()  # a test may have ended them
        word, *told = line.split()
        answer(getattr(rounds, word)(*told))


if __name__ == "__main__":
    main()
