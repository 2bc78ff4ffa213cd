"""The rules of ad-hoc requests, pure."""

from collections.abc import Collection

from registries.ledger.sentences import Sentence, say


def request_code(year: int, n: int) -> str:
    """``2026-A001``: what an ad-hoc order names in place of a plan item."""
    return f"{year}-A{n:03}"


def why_not_ask(
    *, document_number: str, explanation: str, matters: int, keeps_matters: bool, fits: bool, listed: bool, has_file: bool
) -> Sentence | None:
    """``listed``: the matters are in the published edition; ``fits``: each concerns a category of the subject."""
    if not document_number.strip():
        return say("Every ground has its document: give its number.")
    if not explanation.strip():
        return say("Explain why this subject is to be inspected outside the plan.")
    if not matters:
        return say("Choose at least one matter.")
    if not listed:
        return say("Only matters of the published edition of the matter list can be inspected.")
    if not keeps_matters:
        return say("You ask for inspections on matters of your own unit.")
    if not fits:
        return say("A matter does not concern this subject: none of its categories is the subject's.")
    if not has_file:
        return say("Every ground has its document: choose its file.")
    return None


def why_not_ground(ground: str, grounds: Collection[str]) -> Sentence | None:
    """The list is closed."""
    return None if ground in grounds else say("Choose a ground of the list.")


def why_not_cap(*, counts: bool, visits: int, most: int) -> Sentence | None:
    """A ground that counts towards the yearly cap ends at it."""
    if not counts or visits < most:
        return None
    return say(
        "A special inspection counts towards the yearly cap, and this subject has its %(most)s visits of the year.", most=most
    )


def why_not_approve(*, had_a_hand: bool) -> Sentence | None:
    """Nobody approves what they asked for."""
    return say("You asked for this inspection; another supervisor decides.") if had_a_hand else None


def why_not_return(reason: str) -> Sentence | None:
    """Who refuses says why."""
    return None if reason.strip() else say("Say why you refuse it; the clerk reads it.")


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever decides must have seen the request as it is."""
    return None if seen == now else say("The request was changed meanwhile. Read it again, then decide.")
