"""What the simulator of a plan reads: the items, who is in their scope with what chance, and what the inspectors can take.

The registry as it stands today, and the year as a whole: draws that were run already are not taken off. Chances are those of the
draws module, strata and slips as the draws would have them; the rest is formulas (``inspections/plans/simulator.py``).
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import DateField, Max, Value

from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR, full_years_since
from inspections.draws.chances import inclusion_chances
from inspections.draws.quotas import default_quotas
from inspections.draws.slips import slips_of
from inspections.draws.states import SlipRule, Stratify
from inspections.plans.models import Plan, PlanItem
from inspections.plans.simulator import Group, Item, Outcome, simulate
from registries.inspectors.models import Certificate, Inspector, Leave
from registries.matters.models import MatterRevision
from registries.matters.queries import limits_of, published_revisions
from registries.subjects.models import Subject
from registries.subjects.queries import excluded_on, signalled
from registries.subjects.rules import NO_SIGNALS

AT_ONCE = 5000


class Terms(NamedTuple):
    """What the page asks for: every amount in percent of the plan's, own amounts of items (by key), how draws are made, and strength.

    ``days``: days a month that an inspector has for inspections; ``visits``: visits a team makes a day.
    """

    scale: int = 100
    amounts: Mapping[int, Decimal] = {}
    stratify: str = Stratify.GRADE
    slip_rule: str = SlipRule.GRADE
    days: int = 4
    visits: int = 2


class ItemFigures(NamedTuple):
    """An item under these terms: subjects in scope, visits, lowest and highest chance of a subject; ``lot`` is False where none is drawn."""

    item: PlanItem
    name: str
    scope: int
    visits: int
    least: float
    most: float
    lot: bool

    @property
    def chance(self) -> str:
        """The chance in percent, or its span."""
        low, high = f"{100 * self.least:.1f}", f"{100 * self.most:.1f}"
        return low if low == high else f"{low}–{high}"


class Strength(NamedTuple):
    """What a unit's inspectors can take in a month: how many are there on average, and how many places on teams they can fill."""

    people: float
    places: float


class Simulation(NamedTuple):
    """Everything that the page shows. ``outside``: subjects in operation in no item's scope; ``excluded``: lawfully out of scope."""

    outcome: Outcome
    items: list[ItemFigures]
    strength: dict[tuple[int, int], Strength]
    inspectors: dict[int, int]
    outside: int
    excluded: int


class Listed(NamedTuple):
    """A matter as published, with the categories it concerns, and those of them that are watched whole."""

    revision: MatterRevision
    categories: set[int]
    watched: set[int]


def simulation(plan: Plan, rows: Sequence[PlanItem], revisions: Mapping[int, Listed], terms: Terms, today: dt.date) -> Simulation:
    """The year of this plan with these items (with matter and unit) under these terms. Seven queries, whatever the sizes."""
    by_lot = [row for row in rows if _drawn(row, revisions)]
    kinds, total, excluded = _subjects(by_lot, revisions, terms.slip_rule, today)
    inside = sum(kinds.values())
    chances, visits, scope = _chances(by_lot, kinds, terms)
    figures = [_figures(row, revisions, visits, scope, chances, terms) for row in rows]
    items = [_item(one, revisions) for one in figures]
    groups = [_group(kind, size, chances, terms) for kind, size in kinds.items()]
    strength, inspectors = _strength({row.unit_id for row in rows}, plan.year, terms)
    return Simulation(simulate(items, groups), figures, strength, inspectors, total - inside, excluded)


# --- items -----------------------------------------------------------------------------------------------------------------


def listed(rows: Iterable[PlanItem]) -> dict[int, Listed]:
    """Matter → how it stands in the published list, for the lead matters of these items. Two queries."""
    revisions = list(published_revisions().filter(matter_id__in={row.matter_id for row in rows}))
    found = {row.pk: Listed(row, set(), set()) for row in revisions}
    pairs = [
        through._default_manager.filter(matterrevision__in=found).values_list("matterrevision_id", "subjectcategory_id", Value(kind))
        for kind, through in enumerate((MatterRevision.categories.through, MatterRevision.full_coverage.through))
    ]
    for revision, category, kind in pairs[0].union(pairs[1], all=True):
        (found[revision].watched if kind else found[revision].categories).add(category)
    return {row.matter_id: found[row.pk] for row in revisions}


def _drawn(row: PlanItem, revisions: Mapping[int, Listed]) -> bool:
    """Whether the item's subjects are drawn: not where the task names them, nor where everybody is watched."""
    found = revisions.get(row.matter_id)
    return not row.handed_down and found is not None and found.revision.regulation != MatterRevision.Regulation.FULL


def _amount(row: PlanItem, terms: Terms) -> tuple[Decimal | None, int | None]:
    """(percent, number) of the item under these terms."""
    own = terms.amounts.get(row.pk)
    if row.ratio_percent is not None:
        percent = (row.ratio_percent if own is None else own) * terms.scale / 100
        return min(Decimal(100), percent), None
    number = (row.number or 0) if own is None else int(own)
    return None, math.ceil(number * terms.scale / 100)


def _figures(
    row: PlanItem,
    revisions: Mapping[int, Listed],
    visits: Mapping[int, int],
    scope: Mapping[int, int],
    chances: Mapping[int, Mapping[tuple[str, int], float]],
    terms: Terms,
) -> ItemFigures:
    found = revisions.get(row.matter_id)
    name = f"{row.matter.code} {found.revision.name}" if found is not None else row.matter.code
    mine = chances.get(row.pk, {}).values()
    lot = row.pk in chances
    planned = visits.get(row.pk, 0) if lot else (_amount(row, terms)[1] or 0) if row.handed_down else 0
    return ItemFigures(row, name, scope.get(row.pk, 0), planned, min(mine, default=0.0), max(mine, default=0.0), lot)


def _item(one: ItemFigures, revisions: Mapping[int, Listed]) -> Item:
    row = one.item
    if row.matter_id not in revisions:
        return Item(row.pk, row.matter_id, row.unit_id, row.first_month, row.last_month, 2, one.visits)
    revision = revisions[row.matter_id].revision
    limits = limits_of(revision)
    most = limits.most_times if limits.most_times is not None and limits.years == 1 else VISITS_PER_MATTER_AND_YEAR
    return Item(row.pk, row.matter_id, row.unit_id, row.first_month, row.last_month, revision.team_size, one.visits, most)


# --- subjects --------------------------------------------------------------------------------------------------------------


class Kind(NamedTuple):
    """What makes subjects alike: the items they are in the scope of, grade, slips, and by how much a signal raises their caps."""

    items: tuple[int, ...]
    grade: str
    slips: int
    raised: int


def _subjects(
    rows: Sequence[PlanItem], revisions: Mapping[int, Listed], slip_rule: str, today: dt.date
) -> tuple[Counter[Kind], int, int]:
    """Kind → subjects in the scope of an item; all subjects in operation that the law does not exclude; those it does."""
    scope_of = _scopes(rows, revisions)
    categories = _categories_of({category for category, _watched in scope_of})
    out, found = excluded_on(today), signalled(today)
    visits = _last_visits() if slip_rule == SlipRule.FULL else {}
    kinds: Counter[Kind] = Counter()
    items_of: dict[frozenset[int], tuple[int, ...]] = {}
    total = excluded = 0
    for pk, grade in Subject.objects.filter(status=Subject.Status.ACTIVE).order_by().values_list("pk", "risk_grade").iterator(AT_ONCE):
        if pk in out:
            excluded += 1
            continue
        total += 1
        mine = categories.get(pk)
        if mine is None:
            continue
        if mine not in items_of:
            items_of[mine] = _items_for(mine, scope_of)
        if not items_of[mine]:
            continue
        complaints, violations = found.get(pk, NO_SIGNALS)
        slips = slips_of(
            slip_rule,
            grade=grade,
            upheld_complaints=complaints,
            serious_violations=violations,
            full_years_without_visit=full_years_since(visits.get(pk), None, today),
        )
        kinds[Kind(items_of[mine], grade, slips.total, 1 if complaints + violations else 0)] += 1
    return kinds, total, excluded


Scopes = dict[tuple[int, bool], list[int]]
"""(category, whether it is watched whole) → items whose matter concerns it."""


def _scopes(rows: Sequence[PlanItem], revisions: Mapping[int, Listed]) -> Scopes:
    found: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in rows:
        matter = revisions[row.matter_id]
        for category in matter.categories:
            found[category, category in matter.watched].append(row.pk)
    return dict(found)


def _items_for(categories: frozenset[int], scope_of: Scopes) -> tuple[int, ...]:
    """The items that these categories together are in the scope of: one category that is watched whole takes them out of it."""
    inside = {key for category in categories for key in scope_of.get((category, False), ())}
    watched = {key for category in categories for key in scope_of.get((category, True), ())}
    return tuple(sorted(inside - watched))


def _categories_of(wanted: set[int]) -> dict[int, frozenset[int]]:
    """Subject → those of its categories that any item concerns."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    members = Subject.categories.through.objects.filter(subjectcategory_id__in=wanted)
    for subject, category in members.order_by().values_list("subject_id", "subjectcategory_id").iterator(AT_ONCE):
        found[subject].add(category)
    same: dict[frozenset[int], frozenset[int]] = {}
    return {pk: same.setdefault(frozenset(mine), frozenset(mine)) for pk, mine in found.items()}


def _last_visits() -> dict[int, dt.date]:
    rows = Subject.objects.filter(cases__ended_on__isnull=False).order_by().values_list("pk")
    return dict(rows.annotate(last=Max("cases__ended_on")))


# --- chances ---------------------------------------------------------------------------------------------------------------


Chances = dict[int, dict[tuple[str, int], float]]
"""Item → (stratum, slips) → the chance to be drawn for it."""


def _chances(rows: Sequence[PlanItem], kinds: Mapping[Kind, int], terms: Terms) -> tuple[Chances, dict[int, int], dict[int, int]]:
    """The chances, and per item its visits and the subjects in its scope."""
    slips: dict[int, defaultdict[str, Counter[int]]] = {row.pk: defaultdict(Counter) for row in rows}
    for kind, size in kinds.items():
        for key in kind.items:
            slips[key][_stratum(kind, terms)][kind.slips] += size
    chances: Chances = {}
    visits: dict[int, int] = {}
    scope: dict[int, int] = {}
    for row in rows:
        strata = slips[row.pk]
        sizes = {stratum: counts.total() for stratum, counts in strata.items()}
        percent, number = _amount(row, terms)
        nothing = not (percent or number)
        quotas = dict.fromkeys(sizes, 0) if nothing else default_quotas(sizes, percent=percent, number=number)
        chances[row.pk] = {
            (stratum, count): chance
            for stratum, counts in strata.items()
            for count, chance in inclusion_chances(counts, quotas[stratum]).items()
        }
        visits[row.pk], scope[row.pk] = sum(quotas.values()), sum(sizes.values())
    return chances, visits, scope


def _stratum(kind: Kind, terms: Terms) -> str:
    return kind.grade if terms.stratify == Stratify.GRADE else "all"


def _group(kind: Kind, size: int, chances: Chances, terms: Terms) -> Group:
    mine = tuple((key, chances[key][_stratum(kind, terms), kind.slips]) for key in kind.items)
    return Group(size, kind.grade, VISITS_PER_YEAR + kind.raised, kind.raised, mine)


# --- inspectors ------------------------------------------------------------------------------------------------------------


def _strength(units: Iterable[int], year: int, terms: Terms) -> tuple[dict[tuple[int, int], Strength], dict[int, int]]:
    """(unit, month) → what its inspectors can take: certificates and leaves as recorded, Mondays to Fridays; and how many there are."""
    wanted = list(units)
    people = dict(Inspector.objects.filter(unit_id__in=wanted, status=Inspector.Status.ACTIVE).values_list("pk", "unit_id"))
    valid, away = _spans(people)
    days = _weekdays(year)
    present: Counter[tuple[int, int]] = Counter()
    count: Counter[int] = Counter()
    for one, unit in people.items():
        count[unit] += 1
        for month, month_days in days.items():
            present[unit, month] += sum(_within(day, valid[one]) and not _within(day, away[one]) for day in month_days)
    found = {}
    for unit in wanted:
        for month, month_days in days.items():
            there = present[unit, month] / len(month_days)
            found[unit, month] = Strength(there, there * terms.days * terms.visits)
    return found, dict(count)


Spans = defaultdict[int, list[tuple[dt.date, dt.date]]]


def _spans(people: Iterable[int]) -> tuple[Spans, Spans]:
    """Inspector → when a certificate is valid, and when the inspector is away. One query."""
    wanted = list(people)
    cards = Certificate.objects.filter(inspector__in=wanted).order_by()
    leaves = Leave.objects.filter(inspector__in=wanted).order_by()
    nothing = Value(None, output_field=DateField())
    rows = cards.values_list("inspector_id", "valid_from", "valid_until", "ended_on", Value(0)).union(
        leaves.values_list("inspector_id", "starts_on", "ends_on", nothing, Value(1)), all=True
    )
    valid, away = Spans(list), Spans(list)
    for inspector, first, last, ended, kind in rows:
        until = last if ended is None else min(last, ended - dt.timedelta(days=1))
        (away if kind else valid)[inspector].append((first, until))
    return valid, away


def _weekdays(year: int) -> dict[int, list[dt.date]]:
    first = dt.date(year, 1, 1)
    found: defaultdict[int, list[dt.date]] = defaultdict(list)
    for n in range(366):
        day = first + dt.timedelta(days=n)
        if day.year == year and day.weekday() < 5:
            found[day.month].append(day)
    return dict(found)


def _within(day: dt.date, spans: Sequence[tuple[dt.date, dt.date]]) -> bool:
    return any(first <= day <= last for first, last in spans)
