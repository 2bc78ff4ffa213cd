"""Reading the subject registry: who is in scope, who is excluded on a day, what signals stand against whom."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
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


def whose(path: str = "subject") -> Coalesce:
    """Whose row it is, by the ``path`` from it to an entry: what a merged entry has counts for the one it was merged into.

    Looked up row by row, since joining would read the whole registry for a few rows.
    """
    into = Subject.objects.filter(pk=OuterRef(path), merged_into__isnull=False).values("merged_into")
    return Coalesce(Subquery(into), F(path), output_field=BigIntegerField())


def same_as(subject_ids: Iterable[int]) -> QuerySet[Any]:
    """The primary keys of these entries and of those merged into them, found by two indexes before anything is joined."""
    ids = list(subject_ids)
    return Subject.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).order_by().values("pk")


def having(rows: QuerySet[Any]) -> Q:
    """The entries to which one of these rows belongs, itself or through an entry merged into it."""
    through = rows.filter(subject__merged_into__isnull=False)
    return Q(pk__in=rows.order_by().values("subject")) | Q(pk__in=through.order_by().values("subject__merged_into"))


def about(subject_id: int, path: str = "subject") -> Q:
    """The rows of this entry and of those merged into it; ``path`` leads from the row to its entry."""
    return Q(**{f"{path}__in": same_as([subject_id])})


def excluded_on(day: dt.date, subject_ids: Iterable[int] | None = None) -> set[int]:
    """The primary keys of the subjects lawfully out of scope on ``day``, of these or of all.

    Merged entries go with the one that stayed: a visit to one of them is a visit to the other.
    """
    rows = _standing_on(day)
    if subject_ids is not None:
        rows = _of(rows, subject_ids)
    same = rows.order_by().values_list("subject_id", "subject__merged_into_id", "subject__merged", "subject__merged_into__merged")
    return {pk for row in same for pk in row if pk is not None}


def _of(rows: QuerySet[Any], subject_ids: Iterable[int]) -> QuerySet[Any]:
    """The rows of these entries and of those merged into them."""
    return rows.filter(subject__in=same_as(subject_ids))


def is_excluded_on(day: dt.date) -> Exists:
    """Whether the entry of a row is out of scope on ``day``, to annotate entries with."""
    mine = Q(subject=OuterRef("pk")) | Q(subject__merged_into=OuterRef("pk"))
    return Exists(_standing_on(day).filter(mine))


def exclusion_on(subject_id: int, day: dt.date) -> Exclusion | None:
    """The exclusion that keeps this subject out on ``day``, if one does."""
    into = Subject.objects.filter(pk=subject_id, merged_into__isnull=False).values("merged_into")
    return _standing_on(day).filter(about(subject_id) | Q(subject__in=into)).order_by("pk").first()


def why_not_inspect(subject_id: int, day: dt.date) -> Sentence | None:
    """Why nothing may lead to an inspection of this subject on ``day``, a complaint included (guideline 三.4); else None."""
    return whys_not_inspect([subject_id], day).get(subject_id)


def whys_not_inspect(subject_ids: Iterable[int], day: dt.date) -> dict[int, Sentence]:
    """Subject → :func:`why_not_inspect`, for those of these subjects where something speaks against it."""
    found: dict[int, Sentence] = {}
    left = iter(set(subject_ids))
    while some := list(islice(left, AT_ONCE)):
        out = exclusions_on(some, day)
        rows = Subject.objects.filter(Q(merged_into__isnull=False) | Q(pk__in=list(out)), pk__in=some).select_related("merged_into")
        for row in rows:
            if row.merged_into is not None:
                found[row.pk] = say("This entry was merged into %(name)s. Use that one.", name=row.merged_into.name)
            else:
                found[row.pk] = say(
                    "%(name)s is out of scope by law (%(basis)s): it can be neither drawn nor inspected.",
                    name=row.name,
                    basis=out[row.pk].basis,
                )
    return found


def exclusions_on(subject_ids: Iterable[int], day: dt.date) -> dict[int, Exclusion]:
    """Subject → the exclusion that keeps it out on ``day``, for those of these subjects that one does."""
    rows = _of(_standing_on(day), subject_ids).annotate(whose=whose()).order_by("-pk")
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
        (rows if only is None else _of(rows, only)).order_by().annotate(whose=whose()).values_list("whose", Value(kind))
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
    """Subject → from when on it or an entry merged into it holds a permit in force on ``day`` that says from when; of several the earliest."""
    ends = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    standing = Permit.objects.filter(ends, Q(ended_on=None) | Q(ended_on__gt=day), valid_from__lte=day).annotate(whose=whose())
    return dict(standing.filter(whose__in=list(subject_ids)).order_by().values_list("whose").annotate(Min("valid_from")))


def permits_of(subject: Subject) -> QuerySet[Permit]:
    """The permits of an entry and of those merged into it."""
    return Permit.objects.filter(about(subject.pk)).select_related("recorded_by")


def complaints_of(subject: Subject) -> QuerySet[Complaint]:
    """The complaints about it, the newest first, with those about entries merged into it."""
    return Complaint.objects.filter(about(subject.pk)).select_related("recorded_by")


def violations_of(subject: Subject) -> QuerySet[Violation]:
    """Its violations, the newest first, with those of entries merged into it."""
    return Violation.objects.filter(about(subject.pk)).select_related("recorded_by")


def exclusions_of(subject: Subject) -> QuerySet[Exclusion]:
    """Its exclusions, with those of entries merged into it."""
    return Exclusion.objects.filter(about(subject.pk)).select_related("recorded_by")


def stale(rows: QuerySet[Subject], today: dt.date) -> QuerySet[Subject]:
    """Those of ``rows`` last confirmed more than twelve months ago."""
    return rows.filter(verified_on__lt=months_before(today, STALE_AFTER_MONTHS))
