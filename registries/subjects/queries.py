"""Reading the subject registry: who is in scope, who is excluded on a day, what signals stand against whom."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.db.models import Q, QuerySet, Value

from registries.subjects.models import Complaint, Exclusion, Subject, Violation
from registries.subjects.rules import (
    COMPLAINT_MONTHS,
    NO_SIGNALS,
    STALE_AFTER_MONTHS,
    VIOLATION_MONTHS,
    Signals,
    months_before,
)

AT_ONCE = 5000


class InScope(NamedTuple):
    """What a draw reads of a subject; ``categories`` are those of the matter that it belongs to, by primary key."""

    pk: int
    public_id: str
    kind: str
    name: str
    status: str
    risk_grade: str
    verified_on: dt.date
    town_id: int
    town_code: str
    categories: tuple[int, ...]


def subjects_in_scope(categories: Iterable[int]) -> Iterator[InScope]:
    """Every subject of these categories (primary keys), each once, by key, whatever its status, unit or grade.

    Plain rows, a few thousand in memory at a time: a register may be of any size.
    """
    wanted = list(categories)
    columns = ("pk", "uscc", "key", "kind", "name", "status", "risk_grade", "verified_on", "town_id", "town__code")
    members = Subject.categories.through.objects.filter(subjectcategory_id__in=wanted)
    scope = Subject.objects.filter(pk__in=members.values("subject_id")).order_by("key").values_list(*columns)
    rows = scope.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        of: defaultdict[int, list[int]] = defaultdict(list)
        pairs = members.filter(subject_id__in=[row[0] for row in some]).values_list("subject_id", "subjectcategory_id")
        for subject, category in pairs:
            of[subject].append(category)
        for pk, uscc, key, kind, name, status, grade, verified_on, town_id, town_code in some:
            yield InScope(pk, uscc or key, kind, name, status, grade, verified_on, town_id, town_code, tuple(of[pk]))


def _standing_on(day: dt.date) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


def excluded_on(day: dt.date) -> set[int]:
    """The primary keys of the subjects lawfully out of scope on ``day``."""
    return set(_standing_on(day).values_list("subject_id", flat=True))


def exclusion_on(subject_id: int, day: dt.date) -> Exclusion | None:
    """The exclusion that keeps this subject out on ``day``, if one does."""
    return _standing_on(day).filter(subject_id=subject_id).first()


def exclusions_on(subject_ids: Iterable[int], day: dt.date) -> dict[int, Exclusion]:
    """Subject → the exclusion that keeps it out on ``day``, for those of these subjects that one does."""
    return {one.subject_id: one for one in _standing_on(day).filter(subject_id__in=list(subject_ids)).order_by("-pk")}


def signalled(today: dt.date) -> dict[int, Signals]:
    """:func:`signals` of every subject that has any."""
    upheld = Complaint.objects.filter(
        upheld=True, received_on__gte=months_before(today, COMPLAINT_MONTHS), received_on__lte=today
    )
    serious = Violation.objects.filter(
        serious=True, found_on__gte=months_before(today, VIOLATION_MONTHS), found_on__lte=today
    )
    kinds = [rows.order_by().values_list("subject_id", Value(kind)) for kind, rows in (("upheld", upheld), ("serious", serious))]
    complaints, violations = Counter[int](), Counter[int]()
    for pk, kind in kinds[0].union(kinds[1], all=True):
        (complaints if kind == "upheld" else violations)[pk] += 1
    return {pk: Signals(complaints[pk], violations[pk]) for pk in complaints.keys() | violations.keys()}


def signals(subject_ids: Iterable[int], today: dt.date) -> dict[int, Signals]:
    """For each of these subjects, the upheld complaints of 12 months and the serious violations of 24 up to ``today``."""
    found = signalled(today)
    return {pk: found.get(pk, NO_SIGNALS) for pk in subject_ids}


def stale(rows: QuerySet[Subject], today: dt.date) -> QuerySet[Subject]:
    """Those of ``rows`` last confirmed more than twelve months ago."""
    return rows.filter(verified_on__lt=months_before(today, STALE_AFTER_MONTHS))
