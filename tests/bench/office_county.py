"""The county of ``bench_office.py``, a process beside the product: it lays out the data, signs twenty people in, and starts the two large pieces of work.

It reads one word a line and answers one line of JSON: ``sessions`` (who may ask for which pages), ``go`` (the last value of the large
draw is typed and the columns of the large file are confirmed: both bells ring), ``look`` (where both stand).
Run with ``python -m tests.bench.office_county ENTRIES ROWS`` in the product's environment.
"""

import datetime as dt
import sys
from typing import Any

import django

from tests.faults.rounds import answer

VALUE = ",".join(f"{n:02d}" for n in range(1, 21))
WINNERS, CASES, INSPECTORS = 500, 500, 100


class County:
    """A committed draw of so many entries, a file of so many rows whose columns nobody has confirmed yet, and cases in every stage."""

    def __init__(self, entries: int, rows: int) -> None:
        import time_machine

        from tests.bench import bench_desk

        with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(hours=5), tick=True):
            self._draw(entries)
        self._file(rows)
        self.units, self.reviewer = bench_desk.fill(CASES)

    def _draw(self, entries: int) -> None:
        from inspections.draws import commands
        from inspections.draws.commands.rows import announce
        from inspections.draws.models import Draw
        from inspections.draws.sources import Announced
        from registries import clock
        from registries.people.roles import Role
        from tests import factories
        from tests.bench.bench_whole_draw import fill

        category = factories.category("旅馆")
        revision = factories.matter(categories=[category])
        self.unit = revision.unit
        fill(revision.unit, factories.town(), category, entries)
        for _ in range(INSPECTORS):
            factories.inspector(unit=revision.unit, account=False, most_open_cases=30_000)
        self.clerk, supervisor = factories.user(Role.CLERK, unit=revision.unit), factories.user(Role.SUPERVISOR)
        item = factories.plan_item(revision, number=WINNERS)
        commands.prepare_draw(actor=self.clerk, plan_item_id=item.pk)
        draw = Draw.objects.get()
        first = clock.now() + dt.timedelta(hours=4)
        Draw.objects.filter(pk=draw.pk).update(planned=first, quotas={"B": WINNERS}, slip_rule="equal")
        announce(draw, [Announced("demo", "1", first)])
        commands.submit_draw(actor=self.clerk, draw_id=draw.pk, version=draw.version)
        draw.refresh_from_db()
        commands.approve_draw(actor=supervisor, draw_id=draw.pk, version=draw.version)
        self.draw = draw

    def _file(self, rows: int) -> None:
        from registries.codes.models import CodeTable
        from tests import factories
        from tests.bench import bench_import
        from tests.import_files import upload

        for name in bench_import.CATEGORIES[1:]:
            factories.category(name)
        factories.code(CodeTable.TOWN, "南麻街道")
        self.unit.code = "ZA"
        self.unit.save()
        self.batch = upload(self.clerk, "subjects", bench_import.table(rows))

    def sessions(self) -> dict[str, Any]:
        """Ten clerks, four inspectors, three reviewers, three supervisors: cookie and pages of each; the session and page of the large file; an account."""
        from django.conf import settings
        from django.test import Client

        from inspections.cases.models import Case
        from registries.inspectors.models import Inspector
        from registries.people.roles import Role
        from registries.subjects.models import Subject
        from tests import factories

        def cookie(person: Any) -> str:
            client = Client()
            client.force_login(person, backend="registries.people.backend.Accounts")
            return client.cookies[settings.SESSION_COOKIE_NAME].value

        people = []
        for n, unit in enumerate(self.units[1:11]):
            mine = Subject.objects.filter(unit=unit)[:40]
            cases = Case.objects.filter(unit=unit).values_list("number", flat=True)[:8]
            pages = ["/office/", "/office/cases/", "/office/subjects/", f"/office/subjects/?q=示例{n}", "/office/imports/", "/office/draws/"]
            pages += [f"/office/cases/{number}/" for number in cases]
            people.append({"session": cookie(factories.user(Role.CLERK, unit=unit)), "pages": pages, "confirms": [one.key for one in mine]})
        every = [f"/office/cases/{number}/" for number in Case.objects.values_list("number", flat=True)[:20]]
        for role in (Role.REVIEWER, Role.SUPERVISOR):
            pages = ["/office/", "/office/cases/", "/office/draws/", *every[:6]]
            people += [{"session": cookie(factories.user(role)), "pages": pages, "confirms": []} for _ in range(3)]
        for one in Inspector.objects.exclude(user=None)[:4]:
            people.append({"session": cookie(one.user), "pages": ["/office/", "/office/cases/mine/"], "confirms": []})
        large = {"session": cookie(self.clerk), "page": f"/office/imports/{self.batch.pk}/commit/"}
        return {"people": people, "large": large, "account": factories.user(Role.CLERK, unit=self.unit).username, "password": factories.PASSWORD}

    def go(self) -> dict[str, Any]:
        from inspections.draws import commands
        from registries.people.roles import Role
        from tests import factories
        from tests.import_files import confirm

        for person in (self.clerk, factories.user(Role.REVIEWER)):
            commands.enter_source_value(actor=person, source_id=self.draw.sources.get().pk, value=VALUE, evidence="公告")
        confirm(self.clerk, self.batch)
        return {}

    def look(self) -> dict[str, Any]:
        self.draw.refresh_from_db()
        self.batch.refresh_from_db()
        return {
            "draw": self.draw.state, "certified": self.draw.certificates.exists(), "import": self.batch.state, "version": self.batch.version,
            "counts": self.batch.counts,
        }  # fmt: skip


def main() -> None:
    """Answer until the input ends."""
    django.setup()
    county = County(*map(int, sys.argv[1:3]))
    answer({"ready": True})
    for line in sys.stdin:
        answer(getattr(county, line.strip())())


if __name__ == "__main__":
    main()
