"""Letting go what has passed its time, a line of the table at a time."""

from registries.ledger.change import Change, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User
from registries.retention.lines import LINES


@command("registries.forget_due")
def forget_due(*, actor: User, line: str, most: int = 1000) -> Change:
    """Let at most ``most`` of what is due in a line go; the entry says how many went, never what. Refuses a line that nothing goes from."""
    known = LINES.get(line)
    if known is None or known.forget is None:
        refuse_now(say("Nothing of this is ever deleted."))
    gone = known.forget(most)
    if not gone:
        refuse_now(say("Nothing of this is due."))
    return Change(actor, {}, {"line": line, "rows": gone})
