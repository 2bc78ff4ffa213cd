"""Release work that was held: the worker tries again, three times at most."""

from registries.attempts import queries
from registries.ledger.change import Change, alter, refuse_now
from registries.ledger.commands import command
from registries.ledger.sentences import say
from registries.people.models import User


@command("registries.release_work")
def release_work(*, actor: User, attempt_id: int) -> Change:
    """Let the worker try a held piece of work again. Refuses what is not held (any more)."""
    held = queries.held().select_for_update(no_key=True).filter(pk=attempt_id).first()
    if held is None:
        refuse_now(say("This work is not held any more. Load the page again."))
    change = alter(held, begun=0)
    return Change(held, change.before, {**change.after, "work": held.work, "row": held.object_id})
