"""What the simulator of a plan reads: the items, who is in their scope with what chance, and what the inspectors can take.

The registry as it stands today, and the year as a whole: what was drawn this year is drawn (``drawn_already.py``), the rest is
reckoned over who may still be drawn. Chances are those of the
draws module, strata and slips as the draws would have them; the rest is formulas (``inspections/plans/simulator.py``).
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max, Value

from inspections.desk.drawn_already import Drawn, drawn_in
from inspections.desk.strength import Strength, strength_of
from inspections.draws.candidates import VISITS_PER_MATTER_AND_YEAR, VISITS_PER_YEAR, full_years_since
from inspections.draws.chances import inclusion_chances
from inspections.draws.quotas import default_quotas
from inspections.draws.slips import slips_of
from inspections.draws.states import SlipRule, Stratify
from inspections.plans.models import Plan, PlanItem
from inspections.plans.simulator import Group, Item, Outcome, simulate
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
    """An item under these terms: subjects in scope, visits, lowest and highest chance of a subject in the draws still to come;
    ``lot`` is False where none is drawn; ``drawn``: subjects drawn for it already."""

    item: PlanItem
    name: str
    scope: int
    visits: int
    least: float
    most: float
    lot: bool
    drawn: int = 0

    @property
    def chance(self) -> str:
        """The chance in percent, or its span."""
        low, high = f"{100 * self.least:.1f}", f"{100 * self.most:.1f}"
        return low if low == high else f"{low}–{high}"


class Simulation(NamedTuple):
    """Everything that the page shows. ``outside``: subjects in operation in no item's scope; ``excluded``: lawfully out of scope;
    ``drawn``: drawn already this year; ``capped``: of these, drawn as often as the year's cap allows."""

    outcome: Outcome
    items: list[ItemFigures]
    strength: dict[tuple[int, int], Strength]
    inspectors: dict[int, int]
    outside: int
    excluded: int
    drawn: int = 0
    capped: int = 0


class Listed(NamedTuple):
    """A matter as published, with the categories it concerns, and those of them that are watched whole."""

    revision: MatterRevision
    categories: set[int]
    watched: set[int]


def simulation(plan: Plan, rows: Sequence[PlanItem], revisions: Mapping[int, Listed], terms: Terms, today: dt.date) -> Simulation:
    """The year of this plan with these items (with matter and unit) under these terms. Nine queries, whatever the sizes."""
    by_lot = [row for row in rows if _drawn(row, revisions)]
    drawn = drawn_in(plan.year, today)
    kinds, total, excluded = _subjects(by_lot, revisions, terms.slip_rule, today, drawn)
    inside = sum(kinds.values())
    plain = _chances(by_lot, kinds, terms, lambda kind: kind.items)
    left = _rest(by_lot, kinds, terms, plain)
    figures = [_figures(row, revisions, plain, left, drawn, terms) for row in rows]
    items = [_item(one, revisions, drawn) for one in figures]
    groups = [_group(kind, size, plain.chances, left.chances, terms) for kind, size in kinds.items()]
    units = {row.unit_id for row in rows}
    strength, inspectors = strength_of(units, plan.year, days_a_month=terms.days, visits_a_day=terms.visits)
    told = (sum(size for kind, size in kinds.items() if kind.times), sum(size for kind, size in kinds.items() if kind.is_capped))
    return Simulation(simulate(items, groups), figures, strength, inspectors, total - inside, excluded, *told)


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
    row: PlanItem, revisions: Mapping[int, Listed], plain: "Reckoned", left: "Reckoned", drawn: Drawn, terms: Terms
) -> ItemFigures:
    found = revisions.get(row.matter_id)
    name = f"{row.matter.code} {found.revision.name}" if found is not None else row.matter.code
    mine = left.chances.get(row.pk, {}).values()
    lot = row.pk in plain.chances
    done = sum(drawn.by_month.get(row.code, {}).values()) if lot else 0
    planned = left.visits.get(row.pk, 0) + done if lot else (_amount(row, terms)[1] or 0) if row.handed_down else 0
    return ItemFigures(row, name, plain.scope.get(row.pk, 0), planned, min(mine, default=0.0), max(mine, default=0.0), lot, done)


def _item(one: ItemFigures, revisions: Mapping[int, Listed], drawn: Drawn) -> Item:
    """What is still to be drawn falls into the months after the item's last draw."""
    row = one.item
    done: Mapping[int, int] = drawn.by_month.get(row.code, Counter()) if one.lot else {}
    first = max([row.first_month, *(month + 1 for month in done)])
    first = min(first, row.last_month)
    visits = one.visits - one.drawn
    if row.matter_id not in revisions:
        return Item(row.pk, row.matter_id, row.unit_id, first, row.last_month, 2, visits)
    revision = revisions[row.matter_id].revision
    return Item(row.pk, row.matter_id, row.unit_id, first, row.last_month, revision.team_size, visits, _most(revision), done)


def _most(revision: MatterRevision) -> int:
    """How often a year a subject may be drawn on a matter, signals apart."""
    limits = limits_of(revision)
    return limits.most_times if limits.most_times is not None and limits.years == 1 else VISITS_PER_MATTER_AND_YEAR


# --- subjects --------------------------------------------------------------------------------------------------------------


class Kind(NamedTuple):
    """What makes subjects alike: the items they are in the scope of, grade, slips, and by how much a signal raises their caps; times
    drawn this year, by (matter, times) of the plan's, the items drawn for, and those that may still draw them."""

    items: tuple[int, ...]
    grade: str
    slips: int
    raised: int
    times: int = 0
    on: tuple[tuple[int, int], ...] = ()
    drawn_for: tuple[int, ...] = ()
    left: tuple[int, ...] = ()

    @property
    def is_capped(self) -> bool:
        """Whether the cap of the year is used."""
        return self.times >= VISITS_PER_YEAR + self.raised


def _subjects(
    rows: Sequence[PlanItem], revisions: Mapping[int, Listed], slip_rule: str, today: dt.date, drawn: Drawn
) -> tuple[Counter[Kind], int, int]:
    """Kind → subjects in the scope of an item; all subjects in operation that the law does not exclude; those it does."""
    scope_of = _scopes(rows, revisions)
    categories = _categories_of({category for category, _watched in scope_of})
    out, found = excluded_on(today), signalled(today)
    visits = _last_visits() if slip_rule == SlipRule.FULL else {}
    of = {row.pk: row for row in rows}
    most = {row.pk: _most(revisions[row.matter_id].revision) for row in rows}
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
        plain = Kind(items_of[mine], grade, slips.total, 1 if complaints + violations else 0)
        kinds[_after(plain, pk, of, most, drawn)] += 1
    return kinds, total, excluded


def _after(kind: Kind, subject: int, of: Mapping[int, PlanItem], most: Mapping[int, int], drawn: Drawn) -> Kind:
    """The same after the draws of this year: items whose cap, or the year's, the subject has used draw it no more."""
    times = drawn.times.get(subject, 0)
    matters = drawn.by_matter.get(subject, Counter())
    if not times and not matters:
        return kind._replace(left=kind.items)
    on = {of[key].matter_id: matters[of[key].matter_id] for key in kind.items}
    capped = times >= VISITS_PER_YEAR + kind.raised
    left = () if capped else tuple(key for key in kind.items if on[of[key].matter_id] < most[key] + kind.raised)
    codes = drawn.items.get(subject, ())
    drawn_for = tuple(key for key in kind.items if of[key].code in codes)
    return kind._replace(times=times, on=tuple(sorted((m, n) for m, n in on.items() if n)), drawn_for=drawn_for, left=left)


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


class Reckoned(NamedTuple):
    """The chances, and per item its visits, by stratum too, and the subjects in its scope."""

    chances: Chances
    quotas: dict[int, dict[str, int]]
    scope: dict[int, int]

    @property
    def visits(self) -> dict[int, int]:
        """Item → visits."""
        return {key: sum(quotas.values()) for key, quotas in self.quotas.items()}


Slips = dict[int, defaultdict[str, Counter[int]]]
"""Item → stratum → slips → subjects."""


def _slips(rows: Sequence[PlanItem], kinds: Mapping[Kind, int], terms: Terms, items: Callable[[Kind], Iterable[int]]) -> Slips:
    slips: Slips = {row.pk: defaultdict(Counter) for row in rows}
    for kind, size in kinds.items():
        for key in items(kind):
            slips[key][_stratum(kind, terms)][kind.slips] += size
    return slips


def _chances(rows: Sequence[PlanItem], kinds: Mapping[Kind, int], terms: Terms, items: Callable[[Kind], Iterable[int]]) -> Reckoned:
    """A whole year as the plan says, with these items of each kind."""
    slips = _slips(rows, kinds, terms, items)
    quotas = {}
    for row in rows:
        sizes = {stratum: counts.total() for stratum, counts in slips[row.pk].items()}
        percent, number = _amount(row, terms)
        nothing = not (percent or number)
        quotas[row.pk] = dict.fromkeys(sizes, 0) if nothing else default_quotas(sizes, percent=percent, number=number)
    return _of_quotas(slips, quotas)


def _rest(rows: Sequence[PlanItem], kinds: Mapping[Kind, int], terms: Terms, plain: Reckoned) -> Reckoned:
    """What is left of the year: the quotas less who was drawn, over who may still be drawn."""
    if not any(kind.times or kind.on for kind in kinds):
        return plain
    slips = _slips(rows, kinds, terms, lambda kind: kind.left)
    taken: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for kind, size in kinds.items():
        for key in kind.drawn_for:
            taken[key][_stratum(kind, terms)] += size
    quotas = {
        row.pk: {
            stratum: min(counts.total(), max(0, plain.quotas[row.pk].get(stratum, 0) - taken[row.pk][stratum]))
            for stratum, counts in slips[row.pk].items()
        }
        for row in rows
    }
    return _of_quotas(slips, quotas)


def _of_quotas(slips: Slips, quotas: dict[int, dict[str, int]]) -> Reckoned:
    chances = {
        key: {
            (stratum, count): chance
            for stratum, counts in strata.items()
            for count, chance in inclusion_chances(counts, quotas[key][stratum]).items()
        }
        for key, strata in slips.items()
    }
    return Reckoned(chances, quotas, {key: sum(counts.total() for counts in strata.values()) for key, strata in slips.items()})


def _stratum(kind: Kind, terms: Terms) -> str:
    return kind.grade if terms.stratify == Stratify.GRADE else "all"


def _group(kind: Kind, size: int, plain: Chances, left: Chances, terms: Terms) -> Group:
    at = _stratum(kind, terms), kind.slips
    still = tuple((key, left[key][at]) for key in kind.left)
    whole = tuple((key, plain[key][at]) for key in kind.items)
    return Group(size, kind.grade, VISITS_PER_YEAR + kind.raised, kind.raised, still, whole, kind.times, kind.on)
