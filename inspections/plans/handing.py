"""The writers of files: those that go with a plan, and what a task from above brings along: report and list of subjects."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from inspections.plans import rules, states
from inspections.plans.models import HandedList, HandedSubject, Plan, PlanFile, PlanItem, TaskReport
from inspections.plans.queries import handed_subjects, items_in_force
from registries import clock
from registries.comparisons.comparing import Listed, entries_meant
from registries.ledger.change import Change, alter, leaving, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps


def _task(actor: User, item_id: int, move: str) -> PlanItem:
    """The item, in the version in force; refuses another unit's and one whose plan was amended."""
    item = PlanItem.objects.select_for_update(of=("self",), no_key=True).select_related("plan").filter(pk=item_id).first()
    if item is None or not keeps(actor, item.unit_id):
        refuse_now(say("This item is another unit's."))
    refuse(states.why_not(item.plan.state, move))
    if not items_in_force().filter(pk=item.pk).exists():
        refuse_now(say("This version was amended; open the item in the version in force."))
    return item


@command("inspections.report_task")
def report_task(*, actor: User, item_id: int, reported_on: dt.date, remark: str, file_name: str, content: bytes) -> Change:
    """Keep the report that was sent for a task, which is then reported. A later one is kept beside it."""
    item = _task(actor, item_id, "report")
    asks = item.report_due is not None
    refuse(rules.why_not_report(asks_for_one=asks, reported_on=reported_on, today=clock.today()))
    report = TaskReport(
        item=item,
        reported_on=reported_on,
        remark=remark.strip(),
        file_name=file_name[-200:],
        file=content,
        sha256=hashlib.sha256(content).hexdigest(),
        reported_by=actor,
        reported_at=clock.now(),
    )
    report.save(force_insert=True)
    said = {"item": item.code, "reported_on": reported_on, "file": report.file_name, "sha256": report.sha256, "remark": report.remark}
    return Change(report, {}, said)


@command("inspections.import_handed")
def import_handed(*, actor: User, item_id: int, file_name: str, content: bytes, lines: Sequence[Listed]) -> Change:
    """Attach the subjects of a list to the task that names them. Whoever is known already is not taken twice.

    Lines that nobody in the registry answers to are kept as such: a subject is registered first, then the list is brought again.
    """
    item = _task(actor, item_id, "list")
    refuse(rules.why_not_list(handed_down=item.handed_down, lines=len(lines)))
    known = set(handed_subjects(item).values_list("subject_id", flat=True))
    found = entries_meant(lines)
    handed = HandedList(
        item=item,
        file_name=file_name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        lines=len(lines),
        unknown=[{"row": line.row, "name": line.name, "code": line.code} for line, subject in found if subject is None],
        imported_by=actor,
        imported_at=clock.now(),
    )
    handed.save(force_insert=True)
    first = {subject.pk: line.row for line, subject in reversed(found) if subject is not None and subject.pk not in known}
    rows = [HandedSubject(handed=handed, subject_id=pk, line=row) for pk, row in sorted(first.items(), key=lambda one: one[1])]
    HandedSubject.objects.bulk_create(rows)
    said = {"item": item.code, "file": handed.file_name, "count": len(lines), "added": len(rows), "refused": len(handed.unknown)}
    return Change(handed, {}, said, also=tuple(rows))


def _prepared(actor: User, plan_id: int) -> Plan:
    """The plan, locked; refuses another unit's and one that is not in preparation."""
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan_id)
    if not keeps(actor, plan.unit_id):
        refuse_now(say("This plan is another unit's."))
    refuse(states.why_not(plan.state, "attach"))
    return plan


@command("inspections.attach_plan_file")
def attach_plan_file(*, actor: User, plan_id: int, file_name: str, content: bytes) -> Change:
    """Put a file to a plan in preparation. The same file twice is refused."""
    plan = _prepared(actor, plan_id)
    sha256 = hashlib.sha256(content).hexdigest()
    refuse(rules.why_not_attach(again=plan.files.filter(sha256=sha256).exists(), there=plan.files.count()))
    row = PlanFile(plan=plan, file_name=file_name[-200:], file=content, sha256=sha256, kept_by=actor, kept_at=clock.now())
    row.save(force_insert=True)
    alter(plan)
    return Change(plan, {}, {"file": row.file_name, "sha256": sha256}, also=(row,))


@command("inspections.remove_plan_file")
def remove_plan_file(*, actor: User, plan_id: int, file_id: int) -> Change:
    """Take a file out of a plan in preparation; name and hash stay in the ledger."""
    plan = _prepared(actor, plan_id)
    row = plan.files.filter(pk=file_id).first()
    if row is None:
        refuse_now(say("This file is no longer with the plan."))
    said, gone = {"file": row.file_name, "sha256": row.sha256}, leaving([row])
    row.delete()
    alter(plan)
    return Change(plan, said, {}, gone=gone)
