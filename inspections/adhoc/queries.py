"""Reading ad-hoc requests: whose they are, which matters may be asked for, which subjects a search finds."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from inspections.adhoc.models import AdhocRequest
from inspections.adhoc.states import COUNTING, Ground, RequestState
from inspections.plans.rules import VISITS_PER_YEAR
from registries.lists.searching import words
from registries.matters.models import MatterRevision
from registries.matters.queries import published_revisions
from registries.people.models import User
from registries.people.queries import own_units
from registries.subjects.models import Subject
from registries.subjects.queries import about, signals
from registries.subjects.searching import fitting


def visible_requests(user: User) -> QuerySet[AdhocRequest]:
    """The requests of the units this person keeps, attempts on excluded subjects among them; newest first."""
    requests = AdhocRequest.objects.defer("file").select_related("subject", "unit", "matter__matter", "asked_by", "approved_by", "plan_item")
    units = own_units(user)
    return requests if units is None else requests.filter(unit_id__in=units)


def matters_to_ask_for(user: User) -> QuerySet[MatterRevision]:
    """The published matters of the units this person keeps."""
    rows = published_revisions()
    units = own_units(user)
    return rows if units is None else rows.filter(unit_id__in=units)


def open_request(subject: Subject, matters: Sequence[MatterRevision]) -> AdhocRequest | None:
    """A request for this subject on one of these matters that waits, or whose visit is not over (cases are read by relation)."""
    return open_requests(subject, matters).order_by("pk").first()


def open_requests(subject: Subject, matters: Sequence[MatterRevision]) -> QuerySet[AdhocRequest]:
    """All of them: those for this subject, and those for a list that names it."""
    same = Q(matter__matter__in=[m.matter_id for m in matters]) | Q(joint_matters__matter__in=[m.matter_id for m in matters])
    ended = Q(draws__cases__ended_on__isnull=False) | Q(draws__cases__state="called-off")
    over = AdhocRequest.objects.filter(ended, about(subject.pk, "draws__cases__subject"))
    whose = about(subject.pk) | Q(subjects=subject.pk)
    waiting = AdhocRequest.objects.filter(same, whose, state__in=[RequestState.SUBMITTED, RequestState.APPROVED])
    return waiting.exclude(pk__in=over.values("pk"))


class Figures(NamedTuple):
    """What became of the requests of one ground: asked for, approved, visited, with problems, disclosed."""

    ground: str
    label: str
    counts: bool
    asked: int
    approved: int
    visited: int
    problems: int
    disclosed: int


def figures_by_ground(requests: QuerySet[AdhocRequest], year: int) -> list[Figures]:
    """The requests of a year by ground, in the order of the list; grounds that nobody used are left out. Cases by relation."""
    over = Q(draws__cases__ended_on__isnull=False)
    bad = Q(draws__cases__disclosure__result_group="problem")
    rows = requests.filter(asked_at__year=year).order_by().values("ground").annotate(
        asked=Count("pk", distinct=True),
        approved=Count("pk", filter=Q(state=RequestState.APPROVED), distinct=True),
        visited=Count("draws__cases", filter=over, distinct=True),
        problems=Count("draws__cases", filter=bad, distinct=True),
        disclosed=Count("draws__cases", filter=Q(draws__cases__disclosure__isnull=False), distinct=True),
    )
    columns = ("ground", "asked", "approved", "visited", "problems", "disclosed")
    found = {ground: figures for ground, *figures in rows.values_list(*columns)}
    for ground, state, named in _named(requests.filter(asked_at__year=year)):
        found[ground][0] += named - 1
        found[ground][1] += named - 1 if state == RequestState.APPROVED else 0
    return [Figures(g.value, str(g.label), g.value in COUNTING, *found[g.value]) for g in Ground if g.value in found]


def _named(requests: QuerySet[AdhocRequest]) -> list[tuple[str, str, int]]:
    """(ground, state, subjects) of each request for a list: counted are inspections asked for, not sheets of paper."""
    rows = requests.order_by().filter(subject=None).values_list("pk").annotate(named=Count("subjects", distinct=True))
    return [(ground, state, named) for _pk, ground, state, named in rows.values_list("pk", "ground", "state", "named")]


def visits_counted(subject: Subject, today: dt.date) -> tuple[int, int]:
    """(visits of this year, held or to come, that count towards the yearly cap; how many there may be) of a subject.

    Draws and cases stand above and are read by relation. A joint visit is one; a signal raises the cap by one.
    """
    drawn = Q(cases__draw__mode="lot") | Q(cases__draw__mode="adhoc", cases__draw__request__ground__in=COUNTING)
    stands = ~Q(cases__state__in=["called-off", "joined"]) & Q(cases__draw__drawn_at__year=today.year)
    rows = Subject.objects.filter(Q(pk=subject.pk) | Q(merged_into=subject.pk)).aggregate(visits=Count("cases", filter=drawn & stands))
    return rows["visits"], VISITS_PER_YEAR + (1 if any(signals([subject.pk], today)[subject.pk]) else 0)


def subjects_found(text: str) -> list[Subject]:
    """At most twenty subjects whose name, initials, codes or address hold these words; nothing for an empty search."""
    if not words(text):
        return []
    return list(fitting(Subject.objects.filter(merged_into=None), text).select_related("unit", "town").order_by("key")[:20])
