"""What the self-check says of held work: a warning, because somebody has to look."""

from collections.abc import Iterator

from registries.attempts import kinds, queries
from registries.ledger.findings import Finding, invariant, late
from registries.ledger.sentences import Sentence, say


@invariant("held work")
def held_work() -> Iterator[Sentence | Finding]:
    """Work that broke off too often."""
    for one in queries.held():
        yield late("held work", say("%(work)s of row %(row)s broke off %(times)s times and is held.", work=one.work, row=one.object_id, times=kinds.MOST))
