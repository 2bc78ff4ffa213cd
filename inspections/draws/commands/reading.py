"""That names were read which are secret until the visit."""

from django.db.models import Model

from registries.ledger.change import Change
from registries.ledger.commands import command
from registries.people.models import User


@command("inspections.read_drawn")
def read_drawn(*, actor: User, of: Model, purpose: str, rows: int = 1) -> Change:
    """Say that somebody sees whom a draw has chosen before the visit: on the page of ``of``, so many of them. Nothing changes."""
    return Change(of, {}, {"read": "names", "purpose": purpose, "rows": rows})
