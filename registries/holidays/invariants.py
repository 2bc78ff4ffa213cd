"""What the self-check says of the holiday table: a year that should have been entered by now is a warning."""

from collections.abc import Iterator

from registries import clock
from registries.holidays import queries
from registries.ledger.findings import Finding, invariant, late
from registries.ledger.sentences import Sentence, say


@invariant("holidays")
def holidays() -> Iterator[Sentence | Finding]:
    """Years without an arrangement: dates that need working days read unknown until it is entered."""
    for year in queries.missing(clock.today()):
        yield late("holidays", say("The holidays of %(year)s are not entered: dates by working days are unknown.", year=year))
