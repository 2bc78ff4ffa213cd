"""Many entries at once: confirming them, giving them to another unit, marking them as gone. One change for the ledger, every row named in it."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from registries import clock
from registries.ledger.change import Change, refuse, refuse_now, shown
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import Unit, User
from registries.people.queries import own_units
from registries.subjects import rules
from registries.subjects.models import Subject

MOST_AT_ONCE = 5000
GONE = (Subject.Status.CLOSED, Subject.Status.DEREGISTERED, Subject.Status.REVOKED, Subject.Status.MOVED)
"""What may become of many entries at once."""


def sight_of(rows: Iterable[tuple[int, int]]) -> str:
    """Binds a decision to the rows as they were seen: (primary key, version) of each."""
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def _locked(actor: User, subject_ids: Sequence[int], sight: str) -> list[Subject]:
    """Lock entries in order; refuses other units' entries, merged ones, too many, and what changed since they were seen."""
    wanted = sorted(set(subject_ids))
    rows = Subject.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "station")
    found = list(rows.filter(pk__in=wanted[: MOST_AT_ONCE + 1]).order_by("pk"))
    seen = sight_of((row.pk, row.version) for row in found) == sight
    refuse(rules.why_not_several(count=len(wanted), most=MOST_AT_ONCE, seen_as_now=seen or len(wanted) > MOST_AT_ONCE))
    units = own_units(actor)
    for row in found:
        refuse(rules.why_not_keep(keeps=units is None or row.unit_id in units, unit=str(row.unit)))
        if row.merged_into_id is not None:
            refuse_now(say("%(name)s was merged into another entry; leave it out.", name=row.name))
    return found


def _set(rows: Sequence[Subject], note: str, **values: Any) -> Change:
    """Set columns of many rows. The first is the object of the change, the others stand beside it; ``each``: what every one was."""
    each = {str(row.pk): shown(row, list(values)) for row in rows}
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    Subject.objects.bulk_update(rows, [*values, "version"], batch_size=500)
    after = {**shown(rows[0], list(values)), "count": len(rows), "keys": [row.key for row in rows]}
    return Change(rows[0], {"each": each}, after, note, also=tuple(rows[1:]))


@command("registries.verify_subjects")
def verify_subjects(*, actor: User, subject_ids: Sequence[int], sight: str) -> Change:
    """Confirm these entries as of today, as the person saw them (``sight_of``)."""
    return _set(_locked(actor, subject_ids, sight), "", verified_on=clock.today())


@command("registries.assign_subjects")
def assign_subjects(
    *, actor: User, subject_ids: Sequence[int], sight: str, unit_id: int, reason: str, station_id: int | None = None
) -> Change:
    """Give these entries to another responsible unit (分级负责), and to a station on the spot if one is named."""
    if not reason.strip():
        refuse_now(say("Say why you change the entry; it stands in its history."))
    rows = _locked(actor, subject_ids, sight)
    station = {"station": Unit.objects.get(pk=station_id)} if station_id else {}
    return _set(rows, reason, unit=Unit.objects.get(pk=unit_id), **station)


@command("registries.mark_subjects_gone")
def mark_subjects_gone(
    *, actor: User, subject_ids: Sequence[int], sight: str, status: str, since: dt.date | None, reason: str
) -> Change:
    """Say that these entries closed, were deregistered, lost their licence or moved away, on a day and for a reason."""
    refuse(rules.why_not_gone(known=status in GONE, reason=reason, since=since, today=clock.today()))
    rows = _locked(actor, subject_ids, sight)
    if any(row.status == status for row in rows):
        refuse_now(say("The entry has this status already."))
    return _set(rows, reason, status=status, status_since=since, status_reason=reason)
