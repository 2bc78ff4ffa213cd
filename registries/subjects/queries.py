"""Reading the subject registry: who is in scope, who is excluded on a day, what signals stand against whom."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from registries.ledger.sentences import Sentence, say
from registries.subjects.models import Complaint, Exclusion, Permit, Subject, SubjectCategory, Violation
from registries.subjects.rules import (
    COMPLAINT_MONTHS,
    NO_SIGNALS,
    STALE_AFTER_MONTHS,
    VIOLATION_MONTHS,
    Signals,
    months_before,
)

AT_ONCE = 5000
"""So many rows are in memory at a time; of up to so many subjects, only their own signals are read."""


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
    """Every subject of these categories (primary keys), each once, by key, whatever its status, unit or grade; no merged ones.

    Plain rows, a few thousand in memory at a time: a register may be of any size.
    """
    wanted = list(categories)
    columns = ("pk", "uscc", "key", "kind", "name", "status", "risk_grade", "verified_on", "town_id", "town__code")
    members = Subject.categories.through.objects.filter(subjectcategory_id__in=wanted)
    scope = Subject.objects.filter(pk__in=members.values("subject_id"), merged_into=None).order_by("key").values_list(*columns)
    rows = scope.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        of: defaultdict[int, list[int]] = defaultdict(list)
        pairs = members.filter(subject_id__in=[row[0] for row in some]).values_list("subject_id", "subjectcategory_id")
        for subject, category in pairs:
            of[subject].append(category)
        for pk, uscc, key, kind, name, status, grade, verified_on, town_id, town_code in some:
            yield InScope(pk, uscc or key, kind, name, status, grade, verified_on, town_id, town_code, tuple(of[pk]))


def in_operation(categories: Iterable[SubjectCategory]) -> int:
    """How many subjects of these categories are in operation."""
    members = Subject.categories.through.objects.filter(subjectcategory__in=list(categories))
    return Subject.objects.filter(pk__in=members.values("subject_id"), merged_into=None, status=Subject.Status.ACTIVE).count()


def _standing_on(day: dt.date) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


_WHOSE = Coalesce(F("subject__merged_into"), F("subject"))
"""Whose row it is: what stands against a merged entry stands against the one it was merged into."""


def excluded_on(day: dt.date, subject_ids: Iterable[int] | None = None) -> set[int]:
    """The primary keys of the subjects lawfully out of scope on ``day``, of these or of all."""
    rows = _standing_on(day)
    if subject_ids is not None:
        rows = _of(rows, subject_ids)
    return set(rows.annotate(whose=_WHOSE).values_list("whose", flat=True))


def _of(rows: QuerySet[Any], subject_ids: Iterable[int]) -> QuerySet[Any]:
    ids = list(subject_ids)
    return rows.filter(Q(subject_id__in=ids) | Q(subject__merged_into_id__in=ids))


def is_excluded_on(day: dt.date) -> Exists:
    """Whether the entry of a row is out of scope on ``day``, to annotate entries with."""
    mine = Q(subject=OuterRef("pk")) | Q(subject__merged_into=OuterRef("pk"))
    return Exists(_standing_on(day).filter(mine))


def exclusion_on(subject_id: int, day: dt.date) -> Exclusion | None:
    """The exclusion that keeps this subject out on ``day``, if one does."""
    return _of(_standing_on(day), [subject_id]).first()


def why_not_inspect(subject_id: int, day: dt.date) -> Sentence | None:
    """Why nothing may lead to an inspection of this subject on ``day``, a complaint included (guideline 三.4); else None."""
    subject = Subject.objects.filter(pk=subject_id).select_related("merged_into").first()
    if subject is not None and subject.merged_into is not None:
        return say("This entry was merged into %(name)s. Use that one.", name=subject.merged_into.name)
    found = exclusion_on(subject_id, day)
    if found is not None:
        return say(
            "%(name)s is out of scope by law (%(basis)s): it can be neither drawn nor inspected.",
            name=subject.name if subject else "",
            basis=found.basis,
        )
    return None


def exclusions_on(subject_ids: Iterable[int], day: dt.date) -> dict[int, Exclusion]:
    """Subject → the exclusion that keeps it out on ``day``, for those of these subjects that one does."""
    rows = _of(_standing_on(day), subject_ids).annotate(whose=_WHOSE).order_by("-pk")
    return {one.whose: one for one in rows}


def signalled(today: dt.date) -> dict[int, Signals]:
    """Every subject with a signal that counts on ``today``, with its signals."""
    return _counted(today, None)


def signals(subject_ids: Iterable[int], today: dt.date) -> dict[int, Signals]:
    """For each of these subjects, the upheld complaints of 12 months and the serious violations of 24 up to ``today``."""
    wanted = list(subject_ids)
    found = _counted(today, wanted if len(wanted) <= AT_ONCE else None)
    return {pk: found.get(pk, NO_SIGNALS) for pk in wanted}


def _counted(today: dt.date, only: list[int] | None) -> dict[int, Signals]:
    upheld = Complaint.objects.filter(
        upheld=True, received_on__gte=months_before(today, COMPLAINT_MONTHS), received_on__lte=today
    )
    serious = Violation.objects.filter(
        serious=True, withdrawn_on=None, found_on__gte=months_before(today, VIOLATION_MONTHS), found_on__lte=today
    )
    kinds = [
        (rows if only is None else _of(rows, only)).order_by().annotate(whose=_WHOSE).values_list("whose", Value(kind))
        for kind, rows in (("upheld", upheld), ("serious", serious))
    ]
    complaints, violations = Counter[int](), Counter[int]()
    for pk, kind in kinds[0].union(kinds[1], all=True):
        (complaints if kind == "upheld" else violations)[pk] += 1
    return {pk: Signals(complaints[pk], violations[pk]) for pk in complaints.keys() | violations.keys()}


def parts_of(subject: Subject) -> dict[str, list[int]]:
    """Table label → keys of the entry, of those merged into it and of all their parts, for its history. One query."""
    kinds = (Permit, Complaint, Violation, Exclusion)
    parts = [_of(kind._default_manager.all(), [subject.pk]).order_by().values_list(Value(kind._meta.label_lower), "pk") for kind in kinds]
    merged = Subject.objects.filter(merged_into=subject).order_by().values_list(Value(Subject._meta.label_lower), "pk")
    found: dict[str, list[int]] = {Subject._meta.label_lower: [subject.pk]}
    for label, pk in merged.union(*parts, all=True):
        found.setdefault(label, []).append(pk)
    return found


def permitted_since(subject_ids: Iterable[int], day: dt.date) -> dict[int, dt.date]:
    """Subject → from when on it holds a permit that is in force on ``day`` and says from when; of several the earliest."""
    ends = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    standing = Permit.objects.filter(ends, Q(ended_on=None) | Q(ended_on__gt=day), subject__in=list(subject_ids), valid_from__lte=day)
    return dict(standing.order_by().values_list("subject").annotate(Min("valid_from")))


def permits_of(subject: Subject) -> QuerySet[Permit]:
    """The permits of an entry and of those merged into it."""
    return Permit.objects.filter(Q(subject=subject) | Q(subject__merged_into=subject)).select_related("recorded_by")


def complaints_of(subject: Subject) -> QuerySet[Complaint]:
    """The complaints about it, the newest first, with those about entries merged into it."""
    return Complaint.objects.filter(Q(subject=subject) | Q(subject__merged_into=subject)).select_related("recorded_by")


def violations_of(subject: Subject) -> QuerySet[Violation]:
    """Its violations, the newest first, with those of entries merged into it."""
    return Violation.objects.filter(Q(subject=subject) | Q(subject__merged_into=subject)).select_related("recorded_by")


def exclusions_of(subject: Subject) -> QuerySet[Exclusion]:
    """Its exclusions, with those of entries merged into it."""
    return Exclusion.objects.filter(Q(subject=subject) | Q(subject__merged_into=subject)).select_related("recorded_by")


def stale(rows: QuerySet[Subject], today: dt.date) -> QuerySet[Subject]:
    """Those of ``rows`` last confirmed more than twelve months ago."""
    return rows.filter(verified_on__lt=months_before(today, STALE_AFTER_MONTHS))
