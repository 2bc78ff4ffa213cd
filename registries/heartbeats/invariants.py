"""What the self-check says of the processes: a worker that is silent is a warning (whoever runs the check is another process)."""

from collections.abc import Iterator

from registries import clock
from registries.heartbeats import beating, rules
from registries.ledger.findings import Finding, invariant, late
from registries.ledger.sentences import Sentence


@invariant("heartbeats")
def heartbeats() -> Iterator[Sentence | Finding]:
    """Silent for ten minutes, where it was ever seen: an office without a worker yet has nothing to be silent about."""
    beating.forget()
    found = beating.seen()
    silent = rules.told(found.get(beating.WORKER), found.get(beating.BEAT), clock.now()) if found else None
    if silent is not None:
        yield late("heartbeats", silent)
