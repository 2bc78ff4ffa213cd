"""What must always hold of cases: one for every winner, soon after the draw, each with the one thing its state asks for."""

import datetime as dt
from collections.abc import Iterator

from inspections.cases import queries
from inspections.cases.models import Case, Review
from inspections.cases.states import CaseState, Decision
from registries import clock
from registries.ledger.findings import Finding, invariant
from registries.ledger.sentences import Sentence, say

OPENED_WITHIN = dt.timedelta(seconds=60)


@invariant("cases")
def cases() -> Iterator[Sentence | Finding]:
    """Winners without a case; teams drawn that are not on theirs; cases said to be reviewed that nobody accepted."""
    waiting = queries.winners_without_case().filter(draw__drawn_at__lt=clock.now() - OPENED_WITHIN)
    for number, code in waiting.values_list("draw__number", "entry__code"):
        yield say("The winner %(code)s of draw %(number)s has no case.", number=number, code=code)
    unstaffed = queries.draws_awaiting_staffing().filter(drawn_at__lt=clock.now() - OPENED_WITHIN)
    for number in unstaffed.values_list("number", flat=True):
        yield say("A team drawn by order %(number)s is not on its case.", number=number)
    accepted = Review.objects.filter(decision=Decision.ACCEPT).values("case")
    for number in Case.objects.filter(state__in=[CaseState.REVIEWED, CaseState.CLOSED]).exclude(pk__in=accepted).values_list("number", flat=True):
        yield say("Case %(number)s counts as reviewed, but nobody accepted its record.", number=number)
