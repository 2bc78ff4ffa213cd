"""That somebody looked for a person by number, or had a report made of what is kept about one. Never the number itself."""

from registries.ledger.change import Change, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.find_person")
def find_person(*, actor: User, purpose: str, found: int) -> Change:
    """Say that this person looked for somebody by ID number or phone, why, and how many entries have it. Refuses without a purpose."""
    return _looked(actor, purpose, {"found": found})


@command("registries.report_person")
def report_person(*, actor: User, purpose: str, people: list[tuple[str, int]]) -> Change:
    """Say that a report was made of what is kept about these rows (table, key), and why. Refuses without a purpose."""
    return _looked(actor, purpose, {"rows": people})


def _looked(actor: User, purpose: str, facts: dict[str, object]) -> Change:
    if not purpose.strip():
        refuse_now(say("Say what it is for. It stands in the ledger."))
    return Change(actor, {}, {"purpose": purpose.strip(), **facts})
