"""Reading the subject registry: who is in scope, who is excluded on a day, what signals stand against whom."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

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


def subjects_in_scope(categories: Iterable[int]) -> QuerySet[Subject]:
    """Every subject of these categories (primary keys), each once, whatever its status, unit or grade.

    With unit and town; categories prefetched. The caller narrows it and says why somebody stays out.
    """
    members = Subject.categories.through.objects.filter(subjectcategory_id__in=list(categories))
    return (
        Subject.objects.filter(pk__in=members.values("subject_id"))
        .select_related("unit", "town")
        .prefetch_related("categories")
    )


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


def signals(subject_ids: Iterable[int], today: dt.date) -> dict[int, Signals]:
    """For each of these subjects, the upheld complaints of 12 months and the serious violations of 24 up to ``today``."""
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
    flagged = complaints.keys() | violations.keys()
    return {pk: Signals(complaints[pk], violations[pk]) if pk in flagged else NO_SIGNALS for pk in subject_ids}


def stale(rows: QuerySet[Subject], today: dt.date) -> QuerySet[Subject]:
    """Those of ``rows`` last confirmed more than twelve months ago."""
    return rows.filter(verified_on__lt=months_before(today, STALE_AFTER_MONTHS))
