"""Building the roster as the registries stand now: who is in, who is out and why, and who may inspect. Reads only."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from inspections.draws.candidates import REASONS, Facts, full_years_since, why_out
from inspections.draws.grammar import as_words
from inspections.draws.matters import needs_of, own_revisions
from inspections.draws.models import Draw
from inspections.draws.replaced import meant_to_be_visited
from inspections.draws.slips import slips_of
from inspections.draws.states import Mode, SlipRule, Stratify
from registries.inspectors.models import Inspector
from registries.inspectors.queries import eligible_inspectors, recusals_on, tags_of
from registries.matters.models import MatterRevision
from registries.subjects.models import Subject
from registries.subjects.naming import published_name
from registries.subjects.queries import InScope, excluded_on, signalled, subjects_in_scope, whose
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


class Roster(NamedTuple):
    """What a submission freezes. ``unfit``: eligible inspectors of the chosen units who lack a required field; never drawn."""

    entries: list[Entry]
    omissions: list[Omission]
    people: list[Person]
    recusals: list[tuple[int, int]]
    unfit: tuple[Person, ...] = ()

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
    tags = needs_of(own_revisions(draw))
    entries, omissions = subjects(draw, tags, today)
    people, unfit = people_of(draw, tags, today)
    return Roster(entries, omissions, people, recusals_of(entries, people, today), unfit)


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
    on_matter, in_year = _drawn_this_year(draw, today)
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
                drawn_on_matter_this_year=on_matter[subject.pk],
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


def _drawn_this_year(draw: Draw, today: dt.date) -> tuple[Counter[int], Counter[int]]:
    """Subject → times drawn this year, on this matter and over all matters and brigades (results that stand).

    What a merged entry was drawn for counts for the one that stayed. Who was replaced does not count, who stepped in does (draw protocol 1, §6); a visit begun under a struck result does. Lots alone
    count: ad-hoc cases are exempt from the caps, and an order for teams draws nobody.
    """
    same = Draw.objects.filter(Q(matter__matter=draw.matter.matter_id) | Q(joint_matters__matter=draw.matter.matter_id), pk=OuterRef("draw"))
    winners = meant_to_be_visited().filter(draw__mode=Mode.LOT, draw__drawn_at__year=today.year).annotate(same=Exists(same))
    rows = list(winners.annotate(whose=whose("entry__subject")).values_list("whose", "same"))
    return Counter(pk for pk, same_matter in rows if same_matter), Counter(pk for pk, _same in rows)


def last_visits(*, scope_of: Draw) -> dict[int, dt.date]:
    """Subject → day of the last inspection of it or of an entry merged into it, by anybody (cases stand on the same floor, above draws; read by relation)."""
    scope = scope_of.matter.categories.all()
    concerned = Q(categories__in=scope) | Q(merged_into__categories__in=scope)
    visited = Subject.objects.filter(concerned, cases__ended_on__isnull=False).annotate(whose=Coalesce(F("merged_into"), F("pk")))
    return dict(visited.order_by().values_list("whose").annotate(Max("cases__ended_on")))


def people_of(draw: Draw, tags: tuple[str, ...], today: dt.date) -> tuple[list[Person], tuple[Person, ...]]:
    """Eligible inspectors of the chosen units with the cases they have open now: who has what the matters require, and who lacks it."""
    eligible = [(one, tags_of(one)) for one in eligible_inspectors([unit.pk for unit in draw.inspector_units.all()], today)]
    load = _open_cases([inspector.pk for inspector, _ in eligible])
    people = [
        Person(
            inspector.pk,
            inspector.number,
            as_words(inspector.name),
            inspector.may_lead,
            load.get(inspector.pk, 0),
            inspector.most_open_cases,
            tuple(sorted(have)),
        )
        for inspector, have in eligible
    ]
    able = [person for person in people if set(tags) <= set(person.tags)]
    return able, tuple(person for person in people if not set(tags) <= set(person.tags))


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
