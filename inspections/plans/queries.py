"""Reading plans: which of them somebody sees, which are in force, which items are open for draws, what an amendment changes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.plans import rules
from inspections.plans.models import HandedList, HandedSubject, Plan, PlanFile, PlanItem, TaskReport
from inspections.plans.states import PlanState
from registries.matters.queries import published_revisions, revision_names
from registries.matters.rules import Difference, differences
from registries.people.models import User
from registries.people.queries import of_own_units, own_units
from registries.people.roles import Role
from registries.subjects.models import Subject

PROMISED = ("committed", "drawn")
"""States of a draw that stands: it promises visits, or has them (draws stand above plans and are read by relation)."""


def visible_plans(user: User) -> QuerySet[Plan]:
    """All published plans, and those in preparation of the units this person keeps (everybody's for who reads all)."""
    plans = Plan.objects.select_related("unit", "prepared_by", "reviewed_by", "approved_by", "replaces")
    units = own_units(user) if Role.PARTNER not in user.role_codes else set()
    if units is None:
        return plans
    return plans.filter(Q(state=PlanState.PUBLISHED) | Q(unit_id__in=units))


def plans_fitting(plans: QuerySet[Plan], wanted: Mapping[str, Any]) -> QuerySet[Plan]:
    """Those of these that a filter asks for (``PlanFilterForm``); what an item says, some item of the plan must say."""
    plans = plans.filter(**{name: wanted[name] for name in ("year", "state", "unit") if wanted[name]})
    if wanted["q"]:
        named = published_revisions().filter(name__icontains=wanted["q"]).values("matter")
        text = Q(title__icontains=wanted["q"]) | Q(number__icontains=wanted["q"])
        plans = plans.filter(text | _some(Q(code=wanted["q"]) | Q(document_number__icontains=wanted["q"]) | Q(matter__in=named)))
    if wanted["source"]:
        plans = plans.filter(_some(Q(source=wanted["source"])))
    if wanted["named"]:
        plans = plans.filter(_some(Q(handed_down=wanted["named"] == "named")))
    if wanted["month"]:
        plans = plans.filter(_some(Q(first_month__lte=wanted["month"], last_month__gte=wanted["month"])))
    several = Q(pk__in=of_several(plans).values("pk"))
    return plans.filter(several if wanted["side"] == "joint" else ~several) if wanted["side"] else plans


def _some(items: Q) -> Q:
    return Q(Exists(PlanItem.objects.filter(items, plan=OuterRef("pk"))))


def of_several(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Those of these with an item that several departments carry out: a joint matter of another unit than the lead's."""
    others = published_revisions().exclude(unit=OuterRef("unit")).filter(matter=OuterRef("joint_matters"))
    return plans.filter(Exists(PlanItem.objects.filter(Exists(others), plan=OuterRef("pk"))))


def plans_in_force() -> QuerySet[Plan]:
    """The published plans that no published amendment replaces."""
    return Plan.objects.filter(state=PlanState.PUBLISHED).exclude(amendments__state=PlanState.PUBLISHED)


def items_in_force() -> QuerySet[PlanItem]:
    """The items of the plans in force, by code. With plan, lead matter, unit; joint matters prefetched."""
    rows = PlanItem.objects.filter(plan__in=plans_in_force()).select_related("plan", "matter", "unit")
    return rows.prefetch_related("joint_matters").order_by("code")


def open_items(user: User) -> QuerySet[PlanItem]:
    """The items in force that this person may prepare draws for: those of the own units, by code.

    A clerk of the bureau itself sees every unit's. Whose subjects a task names are not among them: nothing is drawn there.
    """
    return items_in_force().filter(of_own_units(user), handed_down=False)


def versions(plan: Plan) -> list[Plan]:
    """All versions of a plan that the year's first one began, oldest first. One query."""
    rows = Plan.objects.filter(year=plan.year, unit=plan.unit_id).exclude(state=PlanState.DROPPED).select_related("unit")
    of_year = {row.pk: row for row in rows}
    first = of_year.get(plan.pk, plan)
    while first.replaces_id in of_year:
        first = of_year[first.replaces_id]
    after = {row.replaces_id: row for row in of_year.values() if row.replaces_id}
    found = [first]
    while found[-1].pk in after:
        found.append(after[found[-1].pk])
    return found


def now_in_force(item: PlanItem) -> tuple[int, int] | None:
    """(plan, item), by key, as which this item is in force now; None where it is not."""
    rows = PlanItem.objects.filter(plan__in=plans_in_force(), code=item.code)
    return rows.values_list("plan_id", "pk").first()


def amended_since(item: PlanItem) -> bool:
    """Whether the plan was amended since, so that this item says something else now, or is gone."""
    now = items_in_force().filter(code=item.code).first()
    return now is None or now.revision != item.revision


def drawn_on(code: str) -> bool:
    """Whether an order that stands was committed for this item, in whatever version."""
    return not is_new(code) and PlanItem.objects.filter(code=code, draws__state__in=PROMISED).exists()


def is_new(code: str) -> bool:
    """Whether an item waits for its code."""
    return code.startswith("~")


def scope_sizes(matter_ids: Iterable[int]) -> dict[int, int]:
    """Matter → subjects in operation in the categories of its published revision. One query."""
    wanted = set(matter_ids)
    if not wanted:
        return {}
    rows = published_revisions().filter(matter_id__in=wanted).order_by().values_list("matter_id")
    counted = Count("categories__subjects", filter=Q(categories__subjects__status=Subject.Status.ACTIVE), distinct=True)
    return dict(rows.annotate(size=counted))


def planned_number(item: PlanItem, sizes: Mapping[int, int]) -> int:
    """So many subjects the item plans, by the registry as it stands where it gives a ratio."""
    if item.number is not None:
        return item.number
    return rules.least_number(item.ratio_percent, sizes.get(item.matter_id, 0)) if item.ratio_percent is not None else 0


def titles_of(items: Iterable[PlanItem]) -> dict[int, str]:
    """Matter → its name, for every matter these items plan (joint ones prefetched)."""
    wanted = {matter.pk for item in items for matter in (item.matter, *item.joint_matters.all())}
    return revision_names(wanted)


class Line(NamedTuple):
    """An item with the names of its matters, as a table shows it."""

    item: PlanItem
    code: str
    name: str
    joint: list[str]


def lines(plan: Plan) -> list[Line]:
    """The items of a plan with names, in order. Items not approved yet have no code. Four queries."""
    return lines_of(plan.items.select_related("matter", "unit").prefetch_related("joint_matters").order_by("pk"))


def lines_of(rows: Iterable[PlanItem]) -> list[Line]:
    """These items with names, in their order."""
    items = list(rows)
    names = titles_of(items)
    return [
        Line(
            item,
            "" if is_new(item.code) else item.code,
            f"{item.matter.code} {names[item.matter_id]}",
            [f"{matter.code} {names[matter.pk]}" for matter in item.joint_matters.all()],
        )
        for item in items
    ]


# --- what an amendment changes ---------------------------------------------------------------------------------------------


class ItemChange(NamedTuple):
    """What an amendment does to one item: ``kind`` is "new", "changed" or "gone"; ``fields`` say what of it."""

    kind: str
    code: str
    name: str
    fields: list[Difference]


def amount(item: PlanItem) -> str:
    """The ratio or the number, in words."""
    if item.ratio_percent is not None:
        return f"{rules.spelled(item.ratio_percent)} %"
    return ngettext("%(number)s subject", "%(number)s subjects", item.number or 0) % {"number": item.number}


def content_of(item: PlanItem, names: Mapping[int, str]) -> dict[str, str]:
    """What an item says, label → text; ``names``: matter → name. Joint matters are read."""
    matters = [item.matter, *sorted(item.joint_matters.all(), key=lambda one: one.code)]
    return {
        _("Matter"): "\n".join(f"{one.code} {names.get(one.pk, '')}" for one in matters),
        _("Responsible unit"): item.unit.short_name,
        _("How many"): amount(item),
        _("Months"): f"{item.first_month}–{item.last_month}",
        _("Source of the task"): item.get_source_display(),
        _("Document number of the task"): item.document_number,
        _("Prescribed ratio"): f"{rules.spelled(item.prescribed_percent)} %" if item.prescribed_percent is not None else "",
        _("Report due"): f"{item.report_due:%Y-%m-%d}" if item.report_due else "",
        _("Subjects"): _("named by the task") if item.handed_down else "",
    }


def changes(plan: Plan) -> list[ItemChange]:
    """What an amendment changes against the version it replaces, by code, new items last. Three queries; nothing for a first version."""
    if plan.replaces_id is None:
        return []
    both = PlanItem.objects.filter(plan__in=[plan.pk, plan.replaces_id]).select_related("matter", "unit").prefetch_related("joint_matters")
    rows = list(both.order_by("code", "pk"))
    names = titles_of(rows)
    old, new = ({row.code: row for row in rows if row.plan_id == pk} for pk in (plan.replaces_id, plan.pk))
    found = []
    for code in sorted(old.keys() | new.keys(), key=lambda one: (is_new(one), one)):
        was, now = old.get(code), new.get(code)
        row = now or was
        assert row is not None  # noqa: S101  (of one of the two)
        fields = differences(content_of(was, names) if was else {}, content_of(now, names) if now else {})
        kind = "new" if was is None else "gone" if now is None else "changed"
        if fields:
            label = "" if is_new(code) else code
            found.append(ItemChange(kind, label, f"{row.matter.code} {names[row.matter_id]}", [] if kind == "gone" else fields))
    return found


# --- tasks from above ------------------------------------------------------------------------------------------------------


def tasks_to_report(user: User) -> QuerySet[PlanItem]:
    """The items in force of the own units that owe a report nobody has recorded, the first due first."""
    reported = TaskReport.objects.filter(item__code=OuterRef("code"))
    rows = items_in_force().filter(of_own_units(user), ~Exists(reported), report_due__isnull=False)
    return rows.order_by("report_due", "code")


def reports_of(item: PlanItem) -> QuerySet[TaskReport]:
    """What was reported on this item, in whatever version of the plan; the newest first. Without the files."""
    return TaskReport.objects.filter(item__code=item.code).select_related("reported_by").defer("file").order_by("-pk")


def lists_of(item: PlanItem) -> QuerySet[HandedList]:
    """The lists handed down for this item, in whatever version of the plan; the newest first."""
    return HandedList.objects.filter(item__code=item.code).select_related("imported_by").order_by("-pk")


def handed_subjects(item: PlanItem) -> QuerySet[HandedSubject]:
    """Every subject that the lists of this item name, once (by its first line), with its unit."""
    rows = HandedSubject.objects.filter(handed__item__code=item.code)
    earlier = rows.filter(subject=OuterRef("subject"), pk__lt=OuterRef("pk"))
    return rows.exclude(Exists(earlier)).select_related("subject__unit").order_by("handed_id", "line")


def files_of(plan: Plan) -> QuerySet[PlanFile]:
    """The files that go with a plan, without their bytes."""
    return plan.files.defer("file").select_related("kept_by").order_by("pk")


class Asked(NamedTuple):
    """A request by which a named subject is inspected (requests stand above plans and are read by relation)."""

    pk: int
    code: str | None
    state: str


def asked_for(item: PlanItem) -> dict[int, Asked]:
    """Subject → the newest request for it on this task, in whatever version of the plan."""
    rows = PlanItem.objects.filter(code=item.code).order_by()
    told = ("requests__pk", "requests__code", "requests__state")
    alone = rows.filter(requests__subject__isnull=False).values_list("requests__subject_id", *told)
    listed = rows.filter(requests__subjects__isnull=False).values_list("requests__subjects", *told)
    return {subject: Asked(*found) for subject, *found in sorted(alone.union(listed, all=True), key=lambda row: row[1])}
