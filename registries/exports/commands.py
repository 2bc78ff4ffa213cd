"""The commands of exports: they write nothing but the ledger's entries that a registry is taken as a file, and that it was taken whole."""

from registries.exports.rules import why_not_persons
from registries.ledger.change import Change, refuse
from registries.ledger.commands import command
from registries.people.models import User


@command("registries.export_registry")
def export_registry(*, actor: User, kind: str, file_name: str, query: str, rows: int, persons: bool) -> Change:
    """Record that this person takes these rows; with ``persons`` their telephones and natural persons come along."""
    refuse(why_not_persons(asked=persons, keeps=actor.has_perm("registries.import_registry")))
    facts = {"kind": kind, "file": file_name, "query": query[:500], "rows": rows, "persons": persons}
    return Change(actor, {}, facts)


@command("registries.complete_export")
def complete_export(*, actor: User, file_name: str, sha256: str) -> Change:
    """Record the hash of a file that was sent to its end. One that broke off has no such entry."""
    return Change(actor, {}, {"file": file_name, "sha256": sha256})
