"""The rules of the yearly review, pure."""

import datetime as dt

from registries.ledger.sentences import Sentence, say


def why_not_start(*, year: int, this_year: int, taken: bool, running: bool, since: dt.date, due_on: dt.date, today: dt.date) -> Sentence | None:
    """One review a year, one at a time, with time to do it."""
    if year != this_year:
        return say("A review is of the present year, %(year)d.", year=this_year)
    if taken:
        return say("The review of %(year)d was started already.", year=year)
    if running:
        return say("Another review is still running; end it first.")
    if since > today:
        return say("%(day)s lies in the future.", day=since.isoformat())
    if due_on <= today:
        return say("Give the units time: the last day must lie after today.")
    return None


def why_not_end(*, ended: bool, left: int, due_on: dt.date, today: dt.date, note: str) -> Sentence | None:
    """A review ends when nothing is left, or with a reason; never twice."""
    if ended:
        return say("This review has ended.")
    if left and not note.strip():
        return say("%(left)d entries are still to be confirmed. Say why the review ends all the same.", left=left)
    return None
