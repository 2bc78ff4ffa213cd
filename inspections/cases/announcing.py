"""The notice of a visit as the case asks for it: handed over before the visit begins or at the door, or a reason why there is none.

The notice itself belongs to a room above (papers), which adds here how it is handed over; nothing is imported upward.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db.models import Exists, Model, OuterRef

from inspections.cases import rules
from inspections.cases.models import Case
from registries.ledger.change import refuse
from registries.people.models import User

MADE, SERVED = "made", "served"


class Handed(NamedTuple):
    """A notice handed over at the door: how (``received``, or ``refused`` before a ``witness``), and to whom."""

    service: str
    served_to: str
    witness: str = ""


class Shown(NamedTuple):
    """What was written of the notice as the visit began: its row and what the ledger says of it; nothing where it was served before."""

    rows: tuple[Model, ...]
    said: Mapping[str, str]
    because: str = ""


HandOver = Callable[[Case, Handed, User, dt.date], Shown]
DOOR: list[HandOver] = []
"""How a notice is handed over at the door: the one writer that the room of the notices adds."""


def served() -> Exists:
    """For a query of cases: whether a notice that is not void was handed over."""
    return Exists(Case.objects.filter(pk=OuterRef("pk"), notices__number__voided_at=None, notices__served_at__isnull=False))


def made() -> Exists:
    """For a query of cases: whether there is a notice that is not void."""
    return Exists(Case.objects.filter(pk=OuterRef("pk"), notices__isnull=False, notices__number__voided_at=None))


def state_of(case: Case) -> str:
    """``served``, ``made`` or empty."""
    told = Case.objects.filter(pk=case.pk).annotate(made=made(), served=served()).values_list("made", "served").get()
    return SERVED if told[1] else MADE if told[0] else ""


def announced(case: Case, *, handed: Handed | None, because: str, actor: User, today: dt.date) -> Shown:
    """Let a visit begin whose notice was served, or is now; or keep the reason why there is none. Refused without either."""
    if state_of(case) == SERVED:
        return Shown((), {})
    because = because.strip()
    refuse(rules.why_not_unannounced(handed=handed is not None, because=because))
    if handed is not None:
        return DOOR[0](case, handed, actor, today)
    return Shown((), {}, because)
