"""Many entries at once: confirming them, giving them to another unit. One change for the ledger, every row named in it."""

import hashlib
from collections.abc import Iterable, Sequence

from registries import clock
from registries.ledger.change import Change, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import Unit, User
from registries.people.queries import own_units
from registries.subjects import rules
from registries.subjects.models import Subject

MOST_AT_ONCE = 5000
OF_MANY = ("registries.verify_subjects", "registries.assign_subjects")
"""The commands whose one ledger entry is about many entries; the page of each of them tells it."""


def sight_of(rows: Iterable[tuple[int, int]]) -> str:
    """Binds a decision to the rows as they were seen: (primary key, version) of each."""
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def _locked(actor: User, subject_ids: Sequence[int], sight: str) -> list[Subject]:
    """Lock entries in order; refuses other units' entries, merged ones, too many, and what changed since they were seen."""
    wanted = sorted(set(subject_ids))
    found = list(Subject.objects.select_for_update().filter(pk__in=wanted[: MOST_AT_ONCE + 1]).order_by("pk"))
    seen = sight_of((row.pk, row.version) for row in found) == sight
    refuse(rules.why_not_several(count=len(wanted), most=MOST_AT_ONCE, seen_as_now=seen or len(wanted) > MOST_AT_ONCE))
    units = own_units(actor)
    for row in found:
        refuse(rules.why_not_keep(keeps=units is None or row.unit_id in units, unit=str(row.unit)))
        if row.merged_into_id is not None:
            refuse_now(say("%(name)s was merged into another entry; leave it out.", name=row.name))
    return found


def _change(rows: Sequence[Subject], after: dict[str, object], note: str) -> Change:
    """The change of many rows: the first as its object, the others beside it."""
    return Change(rows[0], {}, {**after, "count": len(rows), "keys": [row.key for row in rows]}, note, also=tuple(rows[1:]))


@command("registries.verify_subjects")
def verify_subjects(*, actor: User, subject_ids: Sequence[int], sight: str) -> Change:
    """Confirm these entries as of today, as the person saw them (``sight_of``)."""
    rows, today = _locked(actor, subject_ids, sight), clock.today()
    for row in rows:
        row.verified_on = today
        row.version += 1
    Subject.objects.bulk_update(rows, ["verified_on", "version"], batch_size=500)
    return _change(rows, {"verified_on": today}, "")


@command("registries.assign_subjects")
def assign_subjects(
    *, actor: User, subject_ids: Sequence[int], sight: str, unit_id: int, reason: str, station_id: int | None = None
) -> Change:
    """Give these entries to another responsible unit (分级负责), and to a station on the spot if one is named."""
    if not reason.strip():
        refuse_now(say("Say why you change the entry; it stands in its history."))
    rows = _locked(actor, subject_ids, sight)
    unit = Unit.objects.get(pk=unit_id)
    for row in rows:
        row.unit = unit
        row.station_id = station_id or row.station_id
        row.version += 1
    Subject.objects.bulk_update(rows, ["unit", "station", "version"], batch_size=500)
    return _change(rows, {"unit": unit.pk, **({"station": station_id} if station_id else {})}, reason)
