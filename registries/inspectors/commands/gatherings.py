"""Writing groups of inspectors, training sessions with their attendance, and assistants."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from registries import clock
from registries.inspectors import rules
from registries.inspectors.commands.entries import set_many
from registries.inspectors.models import Assistant, Inspector, InspectorGroup, Training
from registries.ledger.change import Change, alter, created, refuse, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.people.queries import keeps


@command("registries.save_group")
def save_group(
    *,
    actor: User,
    name: str,
    unit_id: int,
    members: Iterable[int],
    assistants: Iterable[int] = (),
    leader_id: int | None = None,
    remarks: str = "",
    active: bool = True,
    group_id: int | None = None,
    version: int = 0,
) -> Change:
    """Make a group (no ``group_id``) or change one; ``active`` False retires it."""
    chosen = set(members)
    group = InspectorGroup.objects.select_for_update(no_key=True).get(pk=group_id) if group_id is not None else None
    unit = group.unit_id if group is not None else unit_id
    refuse(rules.why_not_keep(keeps=keeps(actor, unit), seen=version, now=group.version if group is not None else version))
    taken = InspectorGroup.objects.filter(name=name).exclude(pk=group_id or 0).exists()
    refuse(rules.why_not_group(name_taken=taken, members=chosen, leader=leader_id))
    values: dict[str, Any] = {"name": name, "unit_id": unit_id, "leader_id": leader_id, "remarks": remarks, "active": active}
    change = alter(group, **values) if group is not None else created(InspectorGroup(**values))
    before, after = set_many(change.obj, {"members": tuple(chosen), "assistants": tuple(assistants)})
    return Change(change.obj, {**change.before, **before}, {**change.after, **after})


@command("registries.save_training")
def save_training(
    *,
    actor: User,
    held_on: dt.date,
    topic: str,
    hours: Decimal,
    unit_id: int,
    attended: Iterable[int],
    place: str = "",
    training_id: int | None = None,
    version: int = 0,
) -> Change:
    """Record a training session with who attended it, or correct one. Refuses a day that has not come."""
    training = Training.objects.select_for_update(no_key=True).get(pk=training_id) if training_id is not None else None
    unit = training.unit_id if training is not None else unit_id
    refuse(rules.why_not_keep(keeps=keeps(actor, unit), seen=version, now=training.version if training is not None else version))
    if held_on > clock.today():
        refuse_now(say("Attendance is recorded once the session was held."))
    values: dict[str, Any] = {"held_on": held_on, "topic": topic, "hours": hours, "place": place, "unit_id": unit_id}
    change = alter(training, **values) if training is not None else created(Training(recorded_by=actor, **values))
    before, after = set_many(change.obj, {"attended": tuple(attended)})
    return Change(change.obj, {**change.before, **before}, {**change.after, **after})


@command("registries.save_assistant")
def save_assistant(
    *,
    actor: User,
    number: str,
    name: str,
    unit_id: int,
    phone: str = "",
    remarks: str = "",
    active: bool = True,
    assistant_id: int | None = None,
    version: int = 0,
) -> Change:
    """Enter an assistant (辅警) or change the entry; ``active`` False when they left. An empty phone keeps the one there is."""
    if assistant_id is None:
        refuse(rules.why_not_keep(keeps=keeps(actor, unit_id), seen=0, now=0))
        taken = (
            Assistant.objects.filter(number=number).exists() or Inspector.objects.filter(number=number).exists()
        )
        refuse(rules.why_not_number(number=number, taken=taken))
        return created(Assistant(number=number, name=name, unit_id=unit_id, phone=phone, remarks=remarks, active=active))
    assistant = Assistant.objects.select_for_update(no_key=True).get(pk=assistant_id)
    refuse(rules.why_not_keep(keeps=keeps(actor, assistant.unit_id), seen=version, now=assistant.version))
    values: dict[str, Any] = {"name": name, "unit_id": unit_id, "remarks": remarks, "active": active, **({"phone": phone} if phone else {})}
    return alter(assistant, **values)
