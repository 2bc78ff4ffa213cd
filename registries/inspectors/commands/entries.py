"""Writing entries of the inspector registry, their status, and the reading of their personal data."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Model

from registries import clock
from registries.inspectors import rules
from registries.inspectors.models import Inspector
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps

MANY = ("fields", "specialties", "experts", "matters")
SEALED = ("phone", "id_number")
"""An empty one in an entry means: keep what is there."""


@dataclass(frozen=True)
class Entry:
    """What the registry says of an inspector; unit, fields, specialties, expert types and matters by primary key."""

    number: str
    name: str
    sex: str
    post: str
    unit_id: int
    fields: tuple[int, ...] = ()
    specialties: tuple[int, ...] = ()
    experts: tuple[int, ...] = ()
    matters: tuple[int, ...] = ()
    may_lead: bool = False
    most_open_cases: int = 6
    duty: str = ""
    level: str = ""
    district: str = ""
    in_post_since: dt.date | None = None
    education: str = ""
    major: str = ""
    title: str = ""
    office_phone: str = ""
    phone: str = ""
    id_number: str = ""


def locked(actor: User, inspector_id: int, version: int | None = None) -> Inspector:
    """Lock an inspector of a unit that the actor keeps; refuses others', and an old version if one is given."""
    inspector = Inspector.objects.select_for_update(no_key=True).get(pk=inspector_id)
    seen = inspector.version if version is None else version
    refuse(rules.why_not_keep(keeps=keeps(actor, inspector.unit_id), seen=seen, now=inspector.version))
    return inspector


@command("registries.save_inspector")
def save_inspector(*, actor: User, entry: Entry, inspector_id: int | None = None, version: int = 0) -> Change:
    """Make an entry (no ``inspector_id``) or change one. The staff number never changes.

    Refuses other units' entries, a number or ID number that is taken, an old version. Moving somebody to another unit
    is the business of the unit that has the entry now.
    """
    values = asdict(entry)
    many = {name: values.pop(name) for name in MANY}
    others = Inspector.objects.exclude(pk=inspector_id or 0)
    if others.filter(id_number__whole=entry.id_number).exists():
        refuse_now(say("This ID number stands with another inspector."))
    if inspector_id is None:
        refuse(rules.why_not_keep(keeps=keeps(actor, entry.unit_id), seen=0, now=0))
        refuse(rules.why_not_number(number=entry.number, taken=others.filter(number=entry.number).exists()))
        change = created(Inspector(status_since=clock.today(), **values))
        inspector = change.obj
    else:
        inspector = locked(actor, inspector_id, version)
        values.pop("number")
        for name in SEALED:
            if not values[name]:
                values.pop(name)
        change = alter(inspector, **values)
    before, after = set_many(inspector, many)
    return Change(inspector, {**change.before, **before}, {**change.after, **after})


def set_many(obj: Model, many: dict[str, tuple[int, ...]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write relations; returns what they lost and gained, by name, as the ledger tells it."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, keys in many.items():
        relation = getattr(obj, name)
        was = {row.pk: str(row) for row in relation.all()}
        relation.set(keys)
        now = {row.pk: str(row) for row in relation.all()}
        if was != now:
            before[name] = [was[pk] for pk in was.keys() - now.keys()]
            after[name] = [now[pk] for pk in now.keys() - was.keys()]
    return before, after


@command("registries.change_inspector_status")
def change_inspector_status(*, actor: User, inspector_id: int, version: int, status: str, reason: str) -> Change:
    """Suspend somebody, let them leave, or take them on duty again, with the reason. Refuses the status they have."""
    inspector = locked(actor, inspector_id, version)
    if inspector.status == status:
        refuse_now(say("This is the status already."))
    refuse(rules.why_not_reason(reason))
    return alter(inspector, status=status, status_because=reason.strip(), status_since=clock.today())


@command("registries.read_inspector_data")
def read_inspector_data(*, actor: User, inspector_id: int) -> Change:
    """Say that phone and ID number of an inspector are read in full now. Nothing changes; that they were read is the entry.

    A clerk reads those of the own unit only.
    """
    inspector = Inspector.objects.get(pk=inspector_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, inspector.unit_id), seen=0, now=0))
    return Change(inspector, {}, {"read": list(SEALED)})


@command("registries.find_inspector")
def find_inspector(*, actor: User, inspector_id: int | None) -> Change:
    """Say that somebody looked for an inspector by ID number, and whose entry has it, if one has. Never the number."""
    row = Inspector.objects.filter(pk=inspector_id or 0).first()
    return Change(row or actor, {}, {"read": "whose ID number it is", "found": int(row is not None)})
