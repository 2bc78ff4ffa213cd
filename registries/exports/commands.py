"""The one command of exports: it writes nothing but the ledger's entry that a registry was taken as a file."""

from registries.exports.rules import why_not_persons
from registries.ledger.change import Change, refuse
from registries.ledger.commands import command
from registries.people.models import User


@command("registries.export_registry")
def export_registry(*, actor: User, kind: str, form: str, query: str, rows: int, persons: bool) -> Change:
    """Record that this person takes these rows; with ``persons`` their telephones and natural persons come along."""
    refuse(why_not_persons(asked=persons, keeps=actor.has_perm("registries.import_registry")))
    facts = {"kind": kind, "form": form, "query": query[:500], "rows": rows, "persons": persons}
    return Change(actor, {}, facts)
