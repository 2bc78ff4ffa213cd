"""The writers of plans. An item is changed through its plan: one lock, one version, one ledger entry."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.conf import settings

from inspections.plans import queries, rules, states
from inspections.plans.models import Plan, PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.codes.serials import next_number
from registries.ledger.change import Change, alter, created, leaving, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.queries import had_a_hand
from registries.ledger.sentences import Sentence, say
from registries.matters.queries import limits_of, published_revisions
from registries.matters.rules import why_not_ratio, why_not_share
from registries.people.models import User
from registries.people.queries import keeps
from registries.subjects.queries import in_operation


@dataclass(frozen=True)
class ItemValues:
    """What an item says: matters and unit by primary key; either a ratio in percent or a number of subjects; of a task, its terms."""

    matter_id: int
    unit_id: int
    first_month: int
    last_month: int
    ratio_percent: Decimal | None = None
    number: int | None = None
    source: str = PlanItem.Source.ROUTINE.value
    document_number: str = ""
    joint_matters: tuple[int, ...] = ()
    prescribed_percent: Decimal | None = None
    report_due: dt.date | None = None
    handed_down: bool = False


def _locked(actor: User, plan_id: int, version: int | None, move: str) -> Plan:
    """Lock a plan for a move; refuses the wrong state, another unit's plan and an old version."""
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan_id)
    refuse(states.why_not(plan.state, move))
    if not keeps(actor, plan.unit_id):
        refuse_now(say("This plan is another unit's."))
    if version is not None:
        refuse(rules.why_not_same(seen=version, now=plan.version))
    return plan


@command("inspections.prepare_plan")
def prepare_plan(*, actor: User, year: int, title: str) -> Change:
    """Begin a plan of the actor's unit. Refuses somebody without a unit and a year that is far."""
    if actor.unit_id is None:
        refuse_now(say("Your account belongs to no unit, so it plans for none."))
    refuse(rules.why_not_year(year, clock.today()))
    plan = Plan(year=year, title=title, unit_id=actor.unit_id, prepared_by=actor, prepared_at=clock.now())
    return created(plan)


@command("inspections.change_plan")
def change_plan(
    *, actor: User, plan_id: int, version: int, item_id: int | None = None, item: ItemValues | None = None
) -> Change:
    """Add an item (no ``item_id``), change it, or remove it (no ``item``). Refuses what the rules of items refuse."""
    plan = _locked(actor, plan_id, version, "change")
    row = PlanItem.objects.get(pk=item_id, plan=plan) if item_id is not None else None
    before = _told(row) if row is not None else ""
    gone: tuple[tuple[str, int], ...] = ()
    if row is not None:
        refuse(_why_not_amend_item(row, item))
    if item is None:
        if row is not None:
            gone = leaving([row])
            row.delete()
            row = None
    else:
        refuse(_why_not_item(actor, item, plan.year))
        row = _write(plan, row, item)
    after = _told(row) if row is not None else ""
    alter(plan)
    also = (row,) if row is not None else ()
    return Change(plan, {"item": before} if before else {}, {"item": after} if after else {}, also=also, gone=gone)


def _why_not_amend_item(row: PlanItem, item: ItemValues | None) -> Sentence | None:
    return rules.why_not_amend_item(
        code=row.code,
        drawn_on=queries.drawn_on(row.code),
        removed=item is None,
        same_matter=item is None or item.matter_id == row.matter_id,
        same_unit=item is None or item.unit_id == row.unit_id,
    )


def _why_not_item(actor: User, item: ItemValues, year: int) -> Sentence | None:
    listed = {revision.matter_id: revision for revision in published_revisions()}
    why_not = rules.why_not_item(
        _said(item),
        year=year,
        planned=item.matter_id in listed,
        joint_planned=listed.keys() >= set(item.joint_matters),
        joint_is_lead=item.matter_id in item.joint_matters,
        keeps_unit=keeps(actor, item.unit_id),
    )
    if why_not is not None or item.source in rules.SUPERIOR:
        return why_not  # a task from above carries its own ratio (guideline 四.3)
    limits = limits_of(listed[item.matter_id])
    if item.ratio_percent is not None:
        return why_not_ratio(item.ratio_percent, limits)
    return why_not_share(number=item.number or 0, of=in_operation(listed[item.matter_id].categories.all()), limits=limits)


def _said(item: ItemValues) -> rules.ItemSays:
    of = queries.scope_sizes([item.matter_id]).get(item.matter_id, 0) if item.prescribed_percent is not None else 0
    values = {name: getattr(item, name) for name in rules.ItemSays._fields if name != "of"}
    return rules.ItemSays(**values, of=of)


def _write(plan: Plan, row: PlanItem | None, item: ItemValues) -> PlanItem:
    """Save an item; a new one waits for its code until the plan is approved."""
    row = row or PlanItem(plan=plan, code=f"~{plan.pk}.{plan.version}")
    values = asdict(item)
    joint: Sequence[int] = values.pop("joint_matters")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    row.joint_matters.set(joint)
    return row


def _told(row: PlanItem) -> str:
    """An item as the ledger keeps it, in one line."""
    amount = f"{row.ratio_percent.normalize():f}%" if row.ratio_percent is not None else f"× {row.number}"
    joint = "".join(f"+{code}" for code in row.joint_matters.values_list("code", flat=True))
    months = f"{row.first_month}–{row.last_month}"
    least = f"≥ {row.prescribed_percent.normalize():f}%" if row.prescribed_percent is not None else ""
    due = f"→ {row.report_due}" if row.report_due else ""
    parts = (f"{row.matter.code}{joint}", amount, least, months, row.unit.short_name, row.source, row.document_number, due)
    return " · ".join(part for part in parts if part and part != PlanItem.Source.ROUTINE)


@command("inspections.submit_plan")
def submit_plan(*, actor: User, plan_id: int, version: int) -> Change:
    """Hand the plan to the legal review. Refuses an empty plan, matters that left the published list, and an amendment of nothing."""
    plan = _locked(actor, plan_id, version, "submit")
    items = list(plan.items.prefetch_related("joint_matters"))
    if not items:
        refuse_now(say("The plan has no item yet."))
    listed = set(published_revisions().values_list("matter_id", flat=True))
    wanted = {item.matter_id for item in items} | {m.pk for item in items for m in item.joint_matters.all()}
    if not wanted <= listed:
        refuse_now(say("Only matters of the published edition of the matter list can be planned."))
    if plan.replaces_id is not None and not queries.changes(plan):
        refuse_now(say("The amendment changes nothing yet."))
    return alter(plan, state=PlanState.REVIEW, returned_because="", reviewed_by=None, reviewed_at=None, review_remark="")


@command("inspections.review_plan")
def review_plan(*, actor: User, plan_id: int, version: int, remark: str = "") -> Change:
    """Pass a plan in the legal review, with a remark for the supervisor if there is one; then a supervisor decides."""
    plan = _locked(actor, plan_id, version, "review")
    refuse(rules.why_not_review(prepared_by=plan.prepared_by_id, reviewer=actor.pk, had_a_hand=had_a_hand(plan, actor.pk)))
    return alter(plan, state=PlanState.SUBMITTED, reviewed_by=actor, reviewed_at=clock.now(), review_remark=remark.strip())


@command("inspections.approve_plan")
def approve_plan(*, actor: User, plan_id: int, version: int) -> Change:
    """Approve, number and publish a plan or an amendment. New items get their codes, without gaps in the year; changed ones a revision."""
    plan = _locked(actor, plan_id, version, "approve")
    refuse(
        rules.why_not_approve(
            prepared_by=plan.prepared_by_id,
            reviewed_by=plan.reviewed_by_id,
            approver=actor.pk,
            had_a_hand=had_a_hand(plan, actor.pk),
        )
    )
    items = tuple(plan.items.select_related("matter", "unit").prefetch_related("joint_matters").order_by("pk"))
    before = _contents(plan.replaces_id)
    for item in items:
        if queries.is_new(item.code):
            item.code = rules.item_code(plan.year, next_number(f"plan-item-{plan.year}"))
        item.revision = rules.revision_of(before.get(item.code), item.revision, queries.content_of(item, {}))
        item.save(update_fields=["code", "revision"])
    number = rules.plan_number(settings.BUREAU_WORD, plan.year, next_number(f"plan-{plan.year}"))
    change = alter(plan, state=PlanState.PUBLISHED, number=number, approved_by=actor, published_at=clock.now())
    return replace(change, also=items)


def _contents(plan_id: int | None) -> dict[str, dict[str, str]]:
    """Code → what the item says in this version."""
    rows = PlanItem.objects.filter(plan=plan_id).select_related("matter", "unit").prefetch_related("joint_matters")
    return {row.code: queries.content_of(row, {}) for row in rows}


@command("inspections.return_plan")
def return_plan(*, actor: User, plan_id: int, version: int, reason: str) -> Change:
    """Give a plan back to its clerk, with the reason: from the legal review, or from the supervisor's desk."""
    plan = _locked(actor, plan_id, version, "return")
    refuse(rules.why_not_return(reason))
    return alter(plan, state=PlanState.PREPARING, returned_because=reason.strip())


@command("inspections.amend_plan")
def amend_plan(*, actor: User, plan_id: int, reason: str) -> Change:
    """Begin an amendment of the plan in force: a new version with all its items, which goes the way of a plan. The old one stays as it is."""
    plan = _locked(actor, plan_id, None, "amend")
    under_way = Plan.objects.filter(replaces=plan).exclude(state__in=[PlanState.PUBLISHED, PlanState.DROPPED]).first()
    in_force = not Plan.objects.filter(replaces=plan, state=PlanState.PUBLISHED).exists()
    refuse(rules.why_not_amend(in_force=in_force, under_way=str(under_way) if under_way else "", reason=reason))
    draft = Plan(
        year=plan.year,
        title=rules.amended_title(plan.title, plan.amendment + 1),
        unit_id=plan.unit_id,
        prepared_by=actor,
        prepared_at=clock.now(),
        replaces=plan,
        amendment=plan.amendment + 1,
        amended_because=reason.strip(),
    )
    change = created(draft)
    rows = tuple(_copied(item, draft) for item in plan.items.prefetch_related("joint_matters").order_by("pk"))
    return replace(change, also=rows)


@command("inspections.drop_amendment")
def drop_amendment(*, actor: User, plan_id: int, version: int, reason: str) -> Change:
    """Drop an amendment that is not published, with the reason. It stays to be read; the plan in force can be amended anew."""
    plan = _locked(actor, plan_id, version, "drop")
    refuse(rules.why_not_drop(amends=plan.replaces_id is not None, reason=reason))
    return alter(plan, state=PlanState.DROPPED, dropped_because=reason.strip())


def _copied(item: PlanItem, draft: Plan) -> PlanItem:
    """The same item in a new version: its code and revision stay."""
    joint = list(item.joint_matters.all())
    copy = PlanItem(**{field.attname: getattr(item, field.attname) for field in PlanItem._meta.concrete_fields if not field.primary_key})
    copy.plan = draft
    copy.save(force_insert=True)
    copy.joint_matters.set(joint)
    return copy
