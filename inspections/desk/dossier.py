"""What this floor tells of a subject on its page: visits, draws, disclosures, when it may be visited next, its chance and why.

Nothing here gives a drawn list away: only visits that are over count, and a draw is named once all its visits are.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.models import Case
from inspections.cases.queries import viewer, visible_cases
from inspections.cases.states import CaseKind
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR, full_years_since
from inspections.draws.caps import by_permit, first_day
from inspections.draws.chances import inclusion_chances
from inspections.draws.models import Draw, DrawnEntry, RosterEntry
from inspections.draws.queries import visible_draws
from inspections.draws.quotas import default_quotas
from inspections.draws.slips import slips_of
from inspections.draws.states import DrawState, SlipRule
from inspections.plans.models import PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.matters.models import MatterRevision
from registries.matters.queries import limits_of, published_revisions
from registries.people.models import User
from registries.subjects import outlook
from registries.subjects.models import Subject
from registries.subjects.outlook import Happening, Known, Section
from registries.subjects.queries import about, having, permitted_since

MOST_DRAWS = 50
MOST_ITEMS = 3


def visits(subject: Subject) -> QuerySet[Case]:
    """The visits of a subject that are over, by anybody; one that covered several cases once."""
    return Case.objects.filter(about(subject.pk), ended_on__isnull=False, joined_to=None)


@outlook.never_visited
def never_visited(rows: QuerySet[Subject]) -> QuerySet[Subject]:
    """Entries that nobody ever inspected, as far as visits are over."""
    return rows.exclude(having(Case.objects.filter(ended_on__isnull=False)))


@outlook.happenings
def of_visits(subject: Subject, user: User) -> Iterator[Happening]:
    """Visits that are over and that this person may read, or that are disclosed to everybody; their disclosures."""
    mine = set(visible_cases(viewer(user)).filter(about(subject.pk)).values_list("pk", flat=True))
    for case in visits(subject).select_related("disclosure", "unit").order_by("ended_on"):
        disclosure = getattr(case, "disclosure", None)
        if case.ended_on is None or (case.pk not in mine and disclosure is None):
            continue
        url = reverse("case-page", args=[case.number]) if case.pk in mine else ""
        yield Happening(case.ended_on, "", _("Inspected: %(number)s") % {"number": case.number}, str(case.unit), url=url, tone="current")
        if disclosure is not None:
            moment = disclosure.published_at.astimezone(clock.BEIJING)
            link = reverse("public-result", args=[disclosure.public_id])
            title = _("Result disclosed: %(label)s") % {"label": disclosure.result_label}
            yield Happening(moment.date(), f"{moment:%H:%M}", title, url=link, tone="current")


@outlook.happenings
def of_draws(subject: Subject, user: User) -> Iterator[Happening]:
    """Draws in whose roster it was, once their visits are over: drawn or not."""
    under_way = Case.objects.filter(draw=OuterRef("draw"), ended_on=None)
    waiting = DrawnEntry.objects.filter(draw=OuterRef("draw"), kind=DrawnEntry.Kind.WINNER, case=None)
    rows = (
        RosterEntry.objects.filter(about(subject.pk), draw__state=DrawState.DRAWN, draw__in=visible_draws(user))
        .exclude(Exists(under_way))
        .exclude(Exists(waiting))
        .annotate(won=Exists(DrawnEntry.objects.filter(entry=OuterRef("pk"), kind=DrawnEntry.Kind.WINNER)))
        .select_related("draw__matter")
        .order_by("-draw__drawn_at")[:MOST_DRAWS]
    )
    for row in rows:
        moment = row.draw.drawn_at.astimezone(clock.BEIJING) if row.draw.drawn_at else clock.now()
        named = {"number": row.draw.number, "matter": row.draw.matter.name}
        title = _("Drawn in %(number)s (%(matter)s)") if row.won else _("In the roster of %(number)s (%(matter)s), not drawn")
        url = reverse("draw-page", args=[row.draw_id])
        slips = _("%(slips)d slips") % {"slips": row.slips}
        yield Happening(moment.date(), f"{moment:%H:%M}", title % named, slips, url=url, tone="current")


class Chance(NamedTuple):
    """What a plan item means for a subject: its matter, the months, the slips, the chance in per cent, or why there is none."""

    item: PlanItem
    matter: str
    slips: int
    percent: float
    sentence: str


@outlook.section
def next_inspection(known: Known) -> Section | None:
    """When it may be visited next by the caps, and its chance in the draws still planned, from the rules the draws use."""
    subject, today = known.subject, known.today
    if subject.merged_into_id is not None:
        return None
    raised = 1 if any(known.signals) else 0
    over = list(visits(subject).order_by("-ended_on").values_list("pk", "ended_on", "matters__revision__matter", "kind"))
    this_year = [(pk, matter) for pk, day, matter, kind in over if day and day.year == today.year and kind == CaseKind.RANDOM]
    done = len({pk for pk, _matter in this_year})
    last = over[0][1] if over else None
    full = slips_of(
        SlipRule.FULL,
        grade=subject.risk_grade,
        upheld_complaints=known.signals.upheld_complaints_12m,
        serious_violations=known.signals.serious_violations_24m,
        full_years_without_visit=full_years_since(last, None, today),
    )
    context = {
        "last": last,
        "this_year": done,
        "cap": VISITS_PER_YEAR + raised,
        "matter_cap": VISITS_PER_MATTER_AND_YEAR + raised,
        "raised": bool(raised),
        "reached": done >= VISITS_PER_YEAR + raised,
        "next_year": dt.date(today.year + 1, 1, 1),
        "slips": full.total,
        "parts": [(_words(name), slips) for name, slips in full.why.items()],
        "by_grade": slips_of(SlipRule.GRADE, grade=subject.risk_grade).total,
        "operating": subject.status == Subject.Status.ACTIVE,
        "excluded": known.excluded,
        "chances": _chances(known, [(matter, day) for _pk, day, matter, kind in over if day is not None and kind == CaseKind.RANDOM], raised),
    }
    return Section("office/desk/_next_inspection.html", context)


def _words(part: str) -> str:
    return {
        "grade": _("risk grade"),
        "complaints": _("upheld complaints"),
        "violations": _("serious violations"),
        "years": _("full years without a visit"),
    }.get(part, part)


def _chances(known: Known, visited: Sequence[tuple[Any, dt.date]], raised: int) -> list[Chance]:
    """For the next items of this year's published plans that concern the subject and whose draw is still to come.

    ``visited``: (matter, day) of each visit that is over.
    """
    items = _items(known)
    revisions = {row.matter_id: row for row in published_revisions().filter(matter__in=[item.matter_id for item in items])} if items else {}
    sizes, grade = _sizes(items, revisions), known.subject.risk_grade
    slips = slips_of(SlipRule.GRADE, grade=grade).total
    found: list[Chance] = []
    for item in items:
        revision = revisions[item.matter_id]
        full = _why_full(known, revision, [day for matter, day in visited if matter == item.matter_id], raised)
        percent = 0.0 if full else _percent(item, sizes[item.pk], grade, slips)
        found.append(Chance(item, revision.name, slips, percent, full))
    return found


def _why_full(known: Known, revision: MatterRevision, days: Sequence[dt.date], raised: int) -> str:
    """Why the frequency of the matter keeps it out of the next draw, in words; nothing where it does not."""
    limits = limits_of(revision)
    since = first_day(limits, known.today)
    if by_permit(limits) and days:
        since = permitted_since([known.subject.pk], known.today).get(known.subject.pk, since)
    most = VISITS_PER_MATTER_AND_YEAR if limits.most_times is None else limits.most_times
    if sum(day >= since for day in days) < most + raised:
        return ""
    if limits.most_times is None:
        return _("inspected on this matter this year already")
    return _("inspected on this matter as often as the matter list allows")


def _items(known: Known) -> list[PlanItem]:
    """The next plan items whose matter, as published, is drawn among one of the subject's categories."""
    begun = Draw.objects.filter(plan_item=OuterRef("pk"), state__in=[DrawState.COMMITTED, DrawState.DRAWN])
    revisions = published_revisions().filter(matter=OuterRef("matter"))
    mine = revisions.filter(categories__in=list(known.categories)).exclude(regulation=MatterRevision.Regulation.FULL)
    return list(
        PlanItem.objects.filter(plan__state=PlanState.PUBLISHED, plan__year=known.today.year, last_month__gte=known.today.month)
        .filter(Exists(mine))
        .exclude(Exists(begun))
        .select_related("plan", "unit")
        .order_by("first_month", "code")[:MOST_ITEMS]
    )


def _sizes(items: Sequence[PlanItem], revisions: Mapping[Any, MatterRevision]) -> dict[int, dict[str, int]]:
    """Item → grade → entries in operation of its matter's categories. One query for all items.

    Nobody is taken out for a draw of this year: who was drawn and not visited yet is nobody's business.
    """
    asked = []
    for item in items:
        categories = MatterRevision.categories.through.objects.filter(matterrevision=revisions[item.matter_id])
        members = Subject.categories.through.objects.filter(subjectcategory__in=categories.values("subjectcategory_id"))
        rows = Subject.objects.filter(pk__in=members.values("subject_id"), status=Subject.Status.ACTIVE).order_by()
        asked.append(rows.values_list(Value(item.pk), "risk_grade").annotate(Count("pk")))
    sizes: dict[int, dict[str, int]] = {item.pk: {} for item in items}
    for pk, grade, count in asked[0].union(*asked[1:], all=True) if asked else ():
        sizes[pk][grade] = count
    return sizes


def _percent(item: PlanItem, sizes: Mapping[str, int], grade: str, slips: int) -> float:
    """The chance in per cent with slips and strata by grade."""
    quota = default_quotas(sizes, percent=item.ratio_percent, number=item.number).get(grade, 0)
    return 100 * inclusion_chances({slips: sizes[grade]}, quota)[slips] if sizes.get(grade) else 0.0
