"""The rules of what a person keeps for a list, pure."""

from collections.abc import Iterable

from registries.ledger.sentences import Sentence, say

MOST_SEARCHES = 20


def why_not_keep_search(*, known: bool, name: str, query: str, kept: int) -> Sentence | None:
    """A search has a name and something to search for."""
    if not known:
        return say("There is no such list.")
    if not name.strip():
        return say("Give the search a name.")
    if not query:
        return say("Filter the list first, then keep the filters under a name.")
    if len(query) > 1000:
        return say("These filters are too long to be kept.")
    if kept >= MOST_SEARCHES:
        return say("You keep %(most)d searches of this list already; drop one first.", most=MOST_SEARCHES)
    return None


def why_not_columns(*, known: bool, unknown: Iterable[str]) -> Sentence | None:
    """Only columns that the list has."""
    if not known:
        return say("There is no such list.")
    for code in unknown:
        return say("The list has no column %(code)s.", code=code)
    return None
