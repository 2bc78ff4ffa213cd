"""The rules of plans, pure: what an item must say, who may approve, how numbers are spelled."""

import datetime as dt
from decimal import Decimal

from registries.ledger.sentences import Sentence, say

SUPERIOR = ("national", "provincial", "municipal")
"""Sources whose tasks carry a document number of their own (guideline 四.1)."""
FIRST_YEAR = 2015
"""国办发〔2015〕58号: there was no double random before."""


def plan_number(word: str, year: int, n: int) -> str:
    """``源公抽查计划〔2026〕1号``: the bureau's word, the year in six-cornered brackets, no leading zero."""
    return f"{word}抽查计划〔{year}〕{n}号"


def item_code(year: int, n: int) -> str:
    """``2026-P01``, as draws name the item."""
    return f"{year}-P{n:02}"


def why_not_year(year: int, today: dt.date) -> Sentence | None:
    """A plan is for a year that is near."""
    if FIRST_YEAR <= year <= today.year + 1:
        return None
    return say("A plan is for a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=today.year + 1)


def why_not_item(
    *,
    planned: bool,
    joint_planned: bool,
    joint_is_lead: bool,
    keeps_unit: bool,
    source: str,
    document_number: str,
    ratio_percent: Decimal | None,
    number: int | None,
    first_month: int,
    last_month: int,
) -> Sentence | None:
    """Why an item cannot stand in a plan. ``planned``: the matters are in the published edition of the matter list."""
    if not planned or not joint_planned:
        return say("Only matters of the published edition of the matter list can be planned.")
    if joint_is_lead:
        return say("The lead matter is not a joint matter too.")
    if not keeps_unit:
        return say("You plan for your own unit. Items of other units are planned by the bureau or by themselves.")
    if (ratio_percent is None) == (number is None):
        return say("Give either a ratio or a number of subjects.")
    if ratio_percent is not None and not 0 < ratio_percent <= 100:
        return say("The ratio lies above 0 and is 100 at most.")
    if number is not None and number < 1:
        return say("At least one subject is planned.")
    if not 1 <= first_month <= last_month <= 12:
        return say("The first month does not come after the last one.")
    if source in SUPERIOR and not document_number:
        return say("A task from above carries its document number.")
    return None


def why_not_approve(*, prepared_by: int, approver: int, had_a_hand: bool) -> Sentence | None:
    """Nobody approves what they prepared."""
    if approver == prepared_by or had_a_hand:
        return say("You prepared this plan or changed it, so another supervisor approves it.")
    return None


def why_not_return(reason: str) -> Sentence | None:
    """Who returns something says why."""
    return None if reason.strip() else say("Say why you return it; the clerk reads it.")


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever acts on a plan must have seen it as it is."""
    return None if seen == now else say("The plan was changed meanwhile. Read it again, then decide.")
