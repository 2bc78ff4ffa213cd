"""What this floor tells of a subject on its page: visits, draws, disclosures, when it may be visited next, its chance and why.

Nothing here gives a drawn list away: only visits that are over count, and a draw is named once all its visits are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.cases.models import Case
from inspections.cases.queries import viewer, visible_cases
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR, full_years_since
from inspections.draws.chances import inclusion_chances
from inspections.draws.models import Draw, DrawnEntry, RosterEntry
from inspections.draws.queries import visible_draws
from inspections.draws.quotas import default_quotas
from inspections.draws.slips import Slips, slips_of
from inspections.draws.states import DrawState, SlipRule
from inspections.plans.models import PlanItem
from inspections.plans.states import PlanState
from registries import clock
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.people.models import User
from registries.subjects import outlook
from registries.subjects.models import Subject
from registries.subjects.outlook import Happening, Section
from registries.subjects.queries import excluded_on, signals

MOST_DRAWS = 50
MOST_ITEMS = 3


def _own(subject: Subject) -> Q:
    """Rows of this entry and of those merged into it."""
    return Q(subject=subject) | Q(subject__merged_into=subject)


def visits(subject: Subject) -> QuerySet[Case]:
    """The visits of a subject that are over, by anybody."""
    return Case.objects.filter(_own(subject), ended_on__isnull=False)


@outlook.never_visited
def never_visited(rows: QuerySet[Subject]) -> QuerySet[Subject]:
    """Entries that nobody ever inspected, as far as visits are over."""
    over = Case.objects.filter(Q(subject=OuterRef("pk")) | Q(subject__merged_into=OuterRef("pk")), ended_on__isnull=False)
    return rows.exclude(Exists(over))


@outlook.happenings
def of_visits(subject: Subject, user: User, today: dt.date) -> Iterator[Happening]:
    """Visits that are over and that this person may read, or that are disclosed to everybody; their disclosures."""
    mine = set(visible_cases(viewer(user)).filter(_own(subject)).values_list("pk", flat=True))
    for case in visits(subject).select_related("disclosure", "unit").order_by("ended_on"):
        disclosure = getattr(case, "disclosure", None)
        if case.pk not in mine and disclosure is None:
            continue
        assert case.ended_on is not None
        url = reverse("case-page", args=[case.number]) if case.pk in mine else ""
        yield Happening(case.ended_on, "", _("Inspected: %(number)s") % {"number": case.number}, str(case.unit), url=url, tone="current")
        if disclosure is not None:
            moment = disclosure.published_at.astimezone(clock.BEIJING)
            link = reverse("public-result", args=[disclosure.public_id])
            title = _("Result disclosed: %(label)s") % {"label": disclosure.result_label}
            yield Happening(moment.date(), f"{moment:%H:%M}", title, url=link, tone="current")


@outlook.happenings
def of_draws(subject: Subject, user: User, today: dt.date) -> Iterator[Happening]:
    """Draws in whose roster it was, once their visits are over: drawn or not."""
    under_way = Case.objects.filter(draw=OuterRef("draw"), ended_on=None)
    waiting = DrawnEntry.objects.filter(draw=OuterRef("draw"), kind=DrawnEntry.Kind.WINNER, case=None)
    rows = (
        RosterEntry.objects.filter(_own(subject), draw__state=DrawState.DRAWN, draw__in=visible_draws(user))
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
def next_inspection(subject: Subject, user: User, today: dt.date) -> Section | None:
    """When it may be visited next by the caps, and its chance in the draws still planned, from the rules the draws use."""
    if subject.merged_into_id is not None:
        return None
    own = signals([subject.pk], today)[subject.pk]
    raised = 1 if any(own) else 0
    over = list(visits(subject).order_by("-ended_on").values_list("ended_on", "matters__revision__matter"))
    this_year = {(day, matter) for day, matter in over if day.year == today.year}
    days = visits(subject).filter(ended_on__year=today.year).count()
    last = over[0][0] if over else None
    full = _slips(SlipRule.FULL, subject.risk_grade, own, last, today)
    context = {
        "last": last,
        "this_year": days,
        "cap": VISITS_PER_YEAR + raised,
        "matter_cap": VISITS_PER_MATTER_AND_YEAR + raised,
        "raised": bool(raised),
        "reached": days >= VISITS_PER_YEAR + raised,
        "next_year": dt.date(today.year + 1, 1, 1),
        "slips": full.total,
        "parts": [(_words(name), slips) for name, slips in full.why.items()],
        "by_grade": slips_of(SlipRule.GRADE, grade=subject.risk_grade).total,
        "operating": subject.status == Subject.Status.ACTIVE,
        "excluded": bool(excluded_on(today, [subject.pk])),
        "chances": _chances(subject, today, Counter(matter for _day, matter in this_year), raised),
    }
    return Section("office/desk/_next_inspection.html", context)


def _words(part: str) -> str:
    return {
        "grade": _("risk grade"),
        "complaints": _("upheld complaints"),
        "violations": _("serious violations"),
        "years": _("full years without a visit"),
    }.get(part, part)


def _slips(rule: str, grade: str, own: tuple[int, int], last: dt.date | None, today: dt.date) -> Slips:
    return slips_of(
        rule,
        grade=grade,
        upheld_complaints=own[0],
        serious_violations=own[1],
        full_years_without_visit=full_years_since(last, None, today),
    )


def _chances(subject: Subject, today: dt.date, on_matter: Counter[Any], raised: int) -> list[Chance]:
    """For the next items of this year's published plans that concern the subject and whose draw is still to come."""
    mine = set(subject.categories.values_list("pk", flat=True))
    revisions = {
        one.matter_id: one
        for one in published_revisions().prefetch_related("categories")
        if one.regulation != MatterRevision.Regulation.FULL and mine & {category.pk for category in one.categories.all()}
    }
    found: list[Chance] = []
    slips = slips_of(SlipRule.GRADE, grade=subject.risk_grade).total
    for item in _items(revisions, today):
        revision = revisions[item.matter_id]
        full = on_matter[item.matter_id] >= VISITS_PER_MATTER_AND_YEAR + raised
        sentence = _("inspected on this matter this year already") if full else ""
        found.append(Chance(item, revision.name, slips, 0.0 if full else _percent(item, revision, subject.risk_grade), sentence))
    return found


def _items(matters: Iterable[int], today: dt.date) -> list[PlanItem]:
    begun = Draw.objects.filter(plan_item=OuterRef("pk"), state__in=[DrawState.COMMITTED, DrawState.DRAWN])
    return list(
        PlanItem.objects.filter(
            matter__in=list(matters), plan__state=PlanState.PUBLISHED, plan__year=today.year, last_month__gte=today.month
        )
        .exclude(Exists(begun))
        .select_related("plan", "unit")
        .order_by("first_month", "code")[:MOST_ITEMS]
    )


def _percent(item: PlanItem, revision: MatterRevision, grade: str) -> float:
    """The chance in per cent with slips and strata by grade, among the entries in operation of the matter's categories.

    Nobody is taken out for a visit of this year: who was drawn and not visited yet is nobody's business.
    """
    through = Subject.categories.through.objects
    members = through.filter(subjectcategory__in=[category.pk for category in revision.categories.all()]).values("subject_id")
    rows = Subject.objects.filter(pk__in=members, status=Subject.Status.ACTIVE).order_by()
    sizes = dict(rows.values_list("risk_grade").annotate(Count("pk")))
    quota = default_quotas(sizes, percent=item.ratio_percent, number=item.number).get(grade, 0)
    slips = slips_of(SlipRule.GRADE, grade=grade).total
    return 100 * inclusion_chances({slips: sizes[grade]}, quota)[slips] if sizes.get(grade) else 0.0
