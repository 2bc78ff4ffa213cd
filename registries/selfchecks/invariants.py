"""What must always hold of the ledger and of the protected rows of every floor."""

import json
from collections.abc import Callable, Iterator

from django.db.models import Model

from registries.ledger.findings import Finding, invariant
from registries.ledger.models import LedgerPayload
from registries.ledger.protected import rows_astray
from registries.ledger.sentences import Sentence, say
from registries.ledger.verifying import Newest, verify

SHOWN_JUMPS = 5
"""How many of the clock's jumps a self-check repeats, the last ones."""


def watch(stands: Callable[[Model], bool]) -> None:
    """Add the check; ``stands`` says of a row without an entry whether the program itself makes it so."""

    @invariant("ledger")
    def ledger() -> Iterator[Sentence | Finding]:
        """One pass over the ledger serves both: the chain with its checkpoints, and the rows against their last digest."""
        newest = Newest()
        verified = verify(newest)
        yield from verified.wrong
        for what in rows_astray(newest, stands):
            yield Finding("rows", what)
        for jump in verified.jumps[-SHOWN_JUMPS:]:
            yield Finding("clock", jump.what, warning=True)
        count = verified.without_payload - forgotten()
        if count > 0:
            yield Finding("ledger", say("%(count)s entries have lost their payload", count=count), warning=True)


def forgotten() -> int:
    """How many entries about reading have lost what they say because their time was over: by the entries of that."""
    rows = LedgerPayload.objects.filter(verb="registries.forget_due", body__contains='"line":"reads"').values_list("body", flat=True)
    return sum(int(json.loads(body)["after"]["rows"]) for body in rows)
