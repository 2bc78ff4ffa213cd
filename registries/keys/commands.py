"""The two ends of a key rotation. What lies between them changes no value, so it has no entries of its own."""

from collections.abc import Mapping

from registries import clock
from registries.fields import writing_key
from registries.keys.models import KeyRotation
from registries.ledger.change import Change, alter, created, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.begin_rotation")
def begin_rotation(*, actor: User) -> Change:
    """Open a rotation to the key that writes, or turn the one that is open to it. Refuses when just that one is open."""
    name = writing_key()[0]
    row = KeyRotation.objects.select_for_update(no_key=True).filter(finished_at=None).first()
    if row is None:
        return created(KeyRotation(key_name=name, started_at=clock.now()))
    if row.key_name == name:
        refuse_now(say("A rotation to this key is open already."))
    return alter(row, key_name=name)


@command("registries.finish_rotation")
def finish_rotation(*, actor: User, rotation_id: int, moved: Mapping[str, int]) -> Change:
    """Close it, with how many values of which column were moved."""
    row = KeyRotation.objects.select_for_update(no_key=True).get(pk=rotation_id, finished_at=None)
    change = alter(row, finished_at=clock.now())
    return Change(row, change.before, {**change.after, "values": sum(moved.values()), "places": dict(moved)})
