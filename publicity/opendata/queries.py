"""Which files there are, what is public now in one mark, and the bytes of a kept file."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from inspections.draws.models import Draw
from inspections.draws.queries import PUBLIC_STATES
from publicity.disclosures import index
from publicity.disclosures.models import Disclosure
from publicity.disclosures.owed import PenaltyDisclosure
from publicity.opendata.models import Snapshot, SnapshotFile, SnapshotPart
from publicity.site import queries as site
from registries import clock

HOLDING_RESULTS = ("results", "versions")
"""Datasets whose old files have to go when a result in them is taken down."""


def mark() -> str:
    """What is public now, in one hash: it changes with every disclosure, version, removal, edition, plan and draw.

    What it does not see (the progress of a plan, say, through a withdrawn paper) is found by the nightly making at the latest.
    """
    told = (
        index.mark(),
        *PenaltyDisclosure.objects.aggregate(Count("pk"), Count("removed_at")).values(),
        site.last_published(),
        *Draw.objects.filter(state__in=PUBLIC_STATES).order_by("state").values_list("state").annotate(Count("pk")),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()


def newest() -> Snapshot | None:
    """The newest snapshot: the last one made, whatever the clock said."""
    return Snapshot.objects.order_by("-id").first()


def is_due(now: dt.datetime) -> bool:
    """Whether the files are to be made: something changed, or none were made today yet; never ahead of a clock that went back."""
    last = newest()
    return last is None or last.mark != mark() or last.made_at.astimezone(clock.BEIJING).date() != now.date()


def files_of(snapshot: Snapshot | None) -> QuerySet[SnapshotFile]:
    """The files of a snapshot."""
    return SnapshotFile.objects.filter(snapshot=snapshot).select_related("snapshot").order_by("pk")


def file(name: str) -> SnapshotFile | None:
    """The newest file of this name (``results.csv``)."""
    dataset, _dot, form = name.partition(".")
    return SnapshotFile.objects.filter(snapshot=newest(), dataset=dataset, form=form).first()


def older() -> list[Snapshot]:
    """The last snapshot of every month before the newest one's, newest first."""
    last = newest()
    found: dict[tuple[int, int], Snapshot] = {}
    for snapshot in Snapshot.objects.order_by("-id"):
        found.setdefault(month_of(snapshot.made_at), snapshot)
    return [snapshot for month, snapshot in found.items() if last is None or month != month_of(last.made_at)]


def month_of(moment: dt.datetime) -> tuple[int, int]:
    """Year and month in Beijing."""
    local = moment.astimezone(clock.BEIJING)
    return local.year, local.month


def file_of_month(year: int, month: int, name: str) -> SnapshotFile | None:
    """The file of this name in the last snapshot of a month."""
    snapshot = next((one for one in Snapshot.objects.order_by("-id") if month_of(one.made_at) == (year, month)), None)
    dataset, _dot, form = name.partition(".")
    return SnapshotFile.objects.filter(snapshot=snapshot, dataset=dataset, form=form).first() if snapshot else None


def to_close(today: dt.date) -> QuerySet[SnapshotFile]:
    """Files that hold a result or a penalty which was taken down, or whose term ended, after they were made."""
    made = OuterRef("snapshot__made_at")
    results = Disclosure.objects.filter(published_at__lte=made, removed_at__gt=made)
    over = Q(removed_at__gt=made) | Q(removed_at=None, shown_until__lt=today)
    penalties = PenaltyDisclosure.objects.filter(over, published_at__lte=made)
    held = Q(Exists(results), dataset__in=HOLDING_RESULTS) | Q(Exists(penalties), dataset="penalties")
    return SnapshotFile.objects.filter(held, closed_at=None)


def pieces(sha256: str) -> Iterator[bytes]:
    """The kept bytes, part by part; one row a query, so that no slow reader holds a cursor."""
    at = 0
    while True:
        body = SnapshotPart.objects.filter(sha256=sha256, position=at).values_list("body", flat=True).first()
        if body is None:
            return
        yield bytes(body)
        at += 1
