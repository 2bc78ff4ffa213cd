"""Building the roster as the registries stand now: who is in, who is out and why, and who may inspect. Reads only."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from inspections.draws.candidates import REASONS, Facts, full_years_since, why_out
from inspections.draws.caps import drawn_before
from inspections.draws.grammar import as_words
from inspections.draws.matters import needs_of, own_revisions
from inspections.draws.models import Draw
from inspections.draws.slips import slips_of
from inspections.draws.states import SlipRule, Stratify
from registries.codes.models import Code, CodeTable
from registries.inspectors.models import Inspector
from registries.inspectors.queries import choose_inspectors, recusals_on, tags_of
from registries.ledger.sentences import Sentence, say
from registries.matters.models import MatterRevision
from registries.matters.queries import limits_of
from registries.subjects.models import Subject
from registries.subjects.naming import published_name
from registries.subjects.queries import InScope, excluded_on, signalled, subjects_in_scope
from registries.subjects.rules import NO_SIGNALS, is_stale


class Entry(NamedTuple):
    """A subject in the roster. ``tags``: what its inspectors need, sorted."""

    subject_id: int
    public_id: str
    name: str
    stratum: str
    slips: int
    why: dict[str, int]
    tags: tuple[str, ...]
    stale: bool
    last_visit: dt.date | None = None


class Omission(NamedTuple):
    """A subject in scope that is left out, for what reason, and the stratum it would stand in."""

    subject_id: int
    reason: str
    stratum: str


class Person(NamedTuple):
    """An inspector who may be drawn."""

    inspector_id: int
    public_id: str
    name: str
    may_lead: bool
    open_cases: int
    most_open_cases: int
    tags: tuple[str, ...]


class Kept(NamedTuple):
    """An inspector of the chosen units who is not drawn, and why."""

    name: str
    number: str
    unit: str
    why: Sentence


class People(NamedTuple):
    """The inspectors of the chosen units: who may be drawn, who lacks only a required field, and all who are left out with the reason."""

    able: list[Person]
    unfit: list[Person]
    out: list[Kept]


class Roster(NamedTuple):
    """What a submission freezes. ``unfit``: inspectors of the chosen units who lack only a required field; never drawn.

    ``kept_out``: all inspectors of these units who are not drawn, and why.
    """

    entries: list[Entry]
    omissions: list[Omission]
    people: list[Person]
    recusals: list[tuple[int, int]]
    unfit: tuple[Person, ...] = ()
    kept_out: tuple[Kept, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """Stratum → entries, sorted by the stratum's bytes."""
        return dict(sorted(Counter(entry.stratum for entry in self.entries).items()))

    @property
    def reasons(self) -> dict[str, int]:
        """Reason → subjects left out for it."""
        return dict(Counter(omission.reason for omission in self.omissions))

    @property
    def scope(self) -> dict[str, dict[str, Any]]:
        """Stratum → in scope by the registry, left out per reason, entries; strata of which nobody is in the roster too."""
        out: dict[str, Counter[str]] = {}
        for omission in self.omissions:
            out.setdefault(omission.stratum, Counter())[omission.reason] += 1
        return scope_by_stratum(self.sizes, out)

    @property
    def stale(self) -> list[Entry]:
        """Entries not verified for 12 months."""
        return [entry for entry in self.entries if entry.stale]


def build(draw: Draw, today: dt.date) -> Roster:
    """The roster of ``draw`` from the registries as they stand."""
    matters = own_revisions(draw)
    tags = needs_of(matters)
    entries, omissions = subjects(draw, tags, today)
    people = people_of(origin_of(draw), matters, tags, today)
    return Roster(entries, omissions, people.able, recusals_of(entries, people.able, today), tuple(people.unfit), tuple(people.out))


def scope_by_stratum(sizes: Mapping[str, int], out: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, Any]]:
    """The subtraction of each stratum, in scope − left out = entries, from entries per stratum and reasons per stratum."""
    return {
        stratum: {
            "in_scope": sizes.get(stratum, 0) + sum(out.get(stratum, {}).values()),
            "left_out": {reason: out[stratum][reason] for reason in REASONS if out.get(stratum, {}).get(reason)},
            "entries": sizes.get(stratum, 0),
        }
        for stratum in sorted({*sizes, *out})
    }


def subjects(draw: Draw, tags: tuple[str, ...], today: dt.date) -> tuple[list[Entry], list[Omission]]:
    """Who of the matter's scope is in, and who is out, each with its reason."""
    of_matter, chosen, full = _categories(draw)
    towns = {town.pk for town in draw.towns.all()}
    out = excluded_on(today)
    found = signalled(today)
    limits = limits_of(draw.matter)
    on_matter, in_year = drawn_before(draw, limits, today)
    visits = last_visits(scope_of=draw)
    entries: list[Entry] = []
    omissions: list[Omission] = []
    for subject in subjects_in_scope(of_matter):
        mine = [chosen[category] for category in subject.categories if category in chosen]
        complaints, violations = found.get(subject.pk, NO_SIGNALS)
        reason = why_out(
            Facts(
                operating=subject.status == Subject.Status.ACTIVE,
                excluded=subject.pk in out,
                drawn_on_matter=on_matter[subject.pk],
                most_on_matter=limits.most_times,
                drawn_this_year=in_year[subject.pk],
                signals=complaints + violations,
                in_categories=bool(mine),
                in_towns=not towns or subject.town_id in towns,
                in_grades=subject.risk_grade in draw.grades,
                full_coverage=not full.isdisjoint(subject.categories),
            )
        )
        if reason:
            mine = mine or [of_matter[category] for category in subject.categories]
            omissions.append(Omission(subject.pk, reason, _stratum(draw, subject, min(mine))))
            continue
        slips = slips_of(
            draw.slip_rule,
            grade=subject.risk_grade,
            upheld_complaints=complaints,
            serious_violations=violations,
            full_years_without_visit=full_years_since(visits.get(subject.pk), None, today)
            if draw.slip_rule == SlipRule.FULL
            else 0,
        )
        entries.append(
            Entry(
                subject.pk,
                subject.public_id,
                as_words(published_name(subject.kind, subject.name)),
                _stratum(draw, subject, min(mine)),
                slips.total,
                slips.why,
                tags,
                is_stale(subject.verified_on, today),
                visits.get(subject.pk),
            )
        )
    return entries, omissions


def _categories(draw: Draw) -> tuple[dict[int, str], dict[int, str], set[int]]:
    """The categories of the matter, those chosen of them (all where none is), and those watched by full coverage."""
    watched = Exists(MatterRevision.full_coverage.through.objects.filter(matterrevision=draw.matter_id, subjectcategory=OuterRef("pk")))
    ticked = Exists(Draw.categories.through.objects.filter(draw=draw.pk, subjectcategory=OuterRef("pk")))
    rows = list(draw.matter.categories.annotate(watched=watched, ticked=ticked).values_list("pk", "code", "watched", "ticked"))
    of_matter = {pk: code for pk, code, _watched, _ticked in rows}
    chosen = {pk: code for pk, code, _watched, ticked in rows if ticked}
    return of_matter, chosen or of_matter, {pk for pk, _code, watched, _ticked in rows if watched}


def _stratum(draw: Draw, subject: InScope, category: str) -> str:
    """The stratum's name in the files: a grade, a township's or category's code, ``all``, or what it is merged into."""
    match draw.stratify:
        case Stratify.GRADE:
            name = subject.risk_grade
        case Stratify.TOWN:
            name = subject.town_code
        case Stratify.CATEGORY:
            name = category
        case _:
            name = "all"
    merged: dict[str, str] = draw.merged_strata
    return merged.get(name, name)


def last_visits(*, scope_of: Draw) -> dict[int, dt.date]:
    """Subject → day of the last inspection of it or of an entry merged into it, by anybody (cases stand on the same floor, above draws; read by relation)."""
    scope = scope_of.matter.categories.all()
    concerned = Q(categories__in=scope) | Q(merged_into__categories__in=scope)
    visited = Subject.objects.filter(concerned, cases__ended_on__isnull=False).annotate(whose=Coalesce(F("merged_into"), F("pk")))
    return dict(visited.order_by().values_list("whose").annotate(Max("cases__ended_on")))


class Origin(NamedTuple):
    """From which units inspectors are taken, and from which groups of them only, by key."""

    units: list[int]
    groups: list[int]


def origin_of(draw: Draw) -> Origin:
    """Where the inspectors of this draw come from. One query."""
    units = Draw.inspector_units.through.objects.filter(draw=draw).values_list(Value("units"), "unit_id")
    groups = Draw.inspector_groups.through.objects.filter(draw=draw).values_list(Value("groups"), "inspectorgroup_id")
    rows = sorted(units.union(groups, all=True))
    return Origin([pk for kind, pk in rows if kind == "units"], [pk for kind, pk in rows if kind == "groups"])


def people_of(origin: Origin, matters: Iterable[MatterRevision], tags: tuple[str, ...], today: dt.date) -> People:
    """The inspectors of these units and groups with the cases they have open now: who may be sent on these matters, who not and why."""
    wanted = [revision.matter_id for revision in matters]
    chosen = choose_inspectors(origin.units, today, matter_ids=wanted, group_ids=origin.groups)
    load = _open_cases([inspector.pk for inspector in chosen.able])
    people = People([], [], [Kept(one.name, one.number, one.unit.short_name, why) for one, why in chosen.out])
    names: dict[str, str] = {}
    for inspector in chosen.able:
        person = _person(inspector, load.get(inspector.pk, 0))
        missing = sorted(set(tags) - set(person.tags))
        if not missing:
            people.able.append(person)
            continue
        names = names or _names_of(tags)
        lacks = say("lacks what the matter requires: %(codes)s", codes="、".join(names.get(tag, tag) for tag in missing))
        people.unfit.append(person)
        people.out.append(Kept(inspector.name, inspector.number, inspector.unit.short_name, lacks))
    return people


def _person(inspector: Inspector, open_cases: int) -> Person:
    return Person(
        inspector.pk,
        inspector.number,
        as_words(inspector.name),
        inspector.may_lead,
        open_cases,
        inspector.most_open_cases,
        tuple(sorted(tags_of(inspector))),
    )


def _names_of(tags: Iterable[str]) -> dict[str, str]:
    """Fields and specialties by code."""
    rows = Code.objects.filter(table__in=(CodeTable.FIELD, CodeTable.SPECIALTY), code__in=list(tags))
    return dict(rows.values_list("code", "label"))


def _open_cases(inspector_ids: list[int]) -> dict[int, int]:
    """Inspector → cases they are on that are not reviewed yet (cases stand above draws; read by relation)."""
    rows = (
        Inspector.objects.filter(
            pk__in=inspector_ids,
            assignments__ended_at__isnull=True,
            assignments__case__state__in=("assigned", "on-site", "recorded"),
        )
        .values("pk")
        .annotate(count=Count("assignments"))
    )
    return {row["pk"]: row["count"] for row in rows}


def recusals_of(entries: Iterable[Entry], people: Iterable[Person], today: dt.date) -> list[tuple[int, int]]:
    """(subject, inspector) pairs in force today, both in the draw."""
    subjects = {entry.subject_id for entry in entries}
    pairs = recusals_on([person.inspector_id for person in people], today)
    return sorted((subject, inspector) for inspector, subject in pairs if subject in subjects)


def digest(entries: Iterable[tuple[str, ...]], people: Iterable[tuple[str, ...]], recusals: Iterable[tuple[str, str]]) -> str:
    """The digest of a roster as submitted, before anything is blinded: rows of plain texts, given sorted."""
    hashed = hashlib.sha256()
    for label, rows in (("entry", entries), ("inspector", people), ("recusal", recusals)):
        for row in rows:
            hashed.update(("\t".join((label, *row)) + "\n").encode())
    return hashed.hexdigest()
