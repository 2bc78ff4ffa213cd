"""What must always hold of disclosures: what is due is out, and what is out is the reviewed result of its case."""

import datetime as dt
from collections.abc import Iterator

from inspections.cases.queries import cases_awaiting_disclosure
from inspections.cases.states import CaseState
from publicity.disclosures.models import Disclosure
from registries import clock
from registries.ledger.findings import Finding, invariant
from registries.ledger.sentences import Sentence, say

RELEASED_WITHIN = dt.timedelta(hours=1)


@invariant("disclosures")
def disclosures() -> Iterator[Sentence | Finding]:
    """Cases that were due yesterday or released an hour ago and are not out; results out before their review."""
    now = clock.now()
    waiting = cases_awaiting_disclosure(now.date() - dt.timedelta(days=1)).exclude(released_at__gt=now - RELEASED_WITHIN)
    for number in waiting.values_list("number", flat=True):
        yield say("The result of case %(number)s is due and not public.", number=number)
    early = Disclosure.objects.exclude(case__state__in=[CaseState.REVIEWED, CaseState.CLOSED])
    for number in early.values_list("case__number", flat=True):
        yield say("The result of case %(number)s is public, but the case is not reviewed.", number=number)
