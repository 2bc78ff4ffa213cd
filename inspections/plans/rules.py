"""The rules of plans, pure: what an item must say, who may approve, how numbers are spelled."""

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

VISITS_PER_YEAR = 2
"""At most so many visits of a subject in a year, over all matters and brigades (product.md §3); a signal raises it by 1."""

SUPERIOR = ("national", "provincial", "municipal")
"""Sources whose tasks carry a document number of their own (guideline 四.1)."""
ROUTINE = "routine"
FIRST_YEAR = 2015
"""国办发〔2015〕58号: there was no double random before."""


def plan_number(word: str, year: int, n: int) -> str:
    """``源公抽查计划〔2026〕1号``: the bureau's word, the year in six-cornered brackets, no leading zero."""
    return f"{word}抽查计划〔{year}〕{n}号"


def amended_title(title: str, n: int) -> str:
    """The title with which amendment it is: ``…计划（第1次调整）``, in place of the one before."""
    return f"{title.partition('（第')[0][:105]}（第{n}次调整）"


def item_code(year: int, n: int) -> str:
    """``2026-P01``, as draws name the item."""
    return f"{year}-P{n:02}"


def why_not_year(year: int, today: dt.date) -> Sentence | None:
    """A plan is for a year that is near."""
    if FIRST_YEAR <= year <= today.year + 1:
        return None
    return say("A plan is for a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=today.year + 1)


class ItemSays(NamedTuple):
    """What an item says, as plain values; ``of``: so many subjects are in the scope of its lead matter now."""

    source: str
    document_number: str
    ratio_percent: Decimal | None
    number: int | None
    first_month: int
    last_month: int
    prescribed_percent: Decimal | None = None
    report_due: dt.date | None = None
    handed_down: bool = False
    of: int = 0


def why_not_item(
    says: ItemSays, *, year: int, planned: bool, joint_planned: bool, joint_is_lead: bool, keeps_unit: bool
) -> Sentence | None:
    """Why an item cannot stand in a plan. ``planned``: the matters are in the published edition of the matter list."""
    if not planned or not joint_planned:
        return say("Only matters of the published edition of the matter list can be planned.")
    if joint_is_lead:
        return say("The lead matter is not a joint matter too.")
    if not keeps_unit:
        return say("You plan for your own unit. Items of other units are planned by the bureau or by themselves.")
    return _why_not_amount(says) or _why_not_task(says, year)


def _why_not_amount(says: ItemSays) -> Sentence | None:
    """A ratio or a number, and months in order."""
    if (says.ratio_percent is None) == (says.number is None):
        return say("Give either a ratio or a number of subjects.")
    if says.ratio_percent is not None and not 0 < says.ratio_percent <= 100:
        return say("The ratio lies above 0 and is 100 at most.")
    if says.number is not None and says.number < 1:
        return say("At least one subject is planned.")
    if not 1 <= says.first_month <= says.last_month <= 12:
        return say("The first month does not come after the last one.")
    return None


def _why_not_task(says: ItemSays, year: int) -> Sentence | None:
    """What a task from above brings along, and what routine supervision cannot have (guideline 四.1, 四.3)."""
    if says.source in SUPERIOR and not says.document_number:
        return say("A task from above carries its document number.")
    if says.source == ROUTINE and (says.prescribed_percent is not None or says.report_due is not None or says.handed_down):
        return say("Routine supervision has no prescribed ratio, no report and no list from above. Choose whose task it is.")
    if says.report_due is not None and says.report_due.year not in (year, year + 1):
        return say("The report of a task of %(year)s is due in that year or the next.", year=str(year))
    if says.handed_down and says.number is None:
        return say("A task that names its subjects says how many they are: give the number.")
    if says.handed_down:
        return None  # the task has chosen them; there is no share to keep
    return why_not_prescribed(says.prescribed_percent, percent=says.ratio_percent, number=says.number, of=says.of)


def why_not_prescribed(prescribed: Decimal | None, *, percent: Decimal | None, number: int | None, of: int) -> Sentence | None:
    """A task's ratio is a least one: neither a smaller ratio nor, of the ``of`` subjects in scope, a smaller number will do."""
    if prescribed is None:
        return None
    if percent is not None and percent < prescribed:
        return say(
            "%(given)s %% is below the prescribed ratio of the task, %(least)s %%.", given=spelled(percent), least=spelled(prescribed)
        )
    least = least_number(prescribed, of)
    if number is not None and number < least:
        return say(
            "%(number)d of %(of)d subjects are below the prescribed ratio of the task, %(least)s %%: at least %(needed)d.",
            number=number,
            of=of,
            least=spelled(prescribed),
            needed=least,
        )
    return None


def least_number(percent: Decimal, of: int) -> int:
    """``percent`` of ``of`` subjects in whole ones, rounded up as draws do (domain.md 3.4.7)."""
    return math.ceil(of * percent / 100)


def spelled(percent: Decimal) -> str:
    """``5``, ``0.5``: without trailing zeros."""
    return f"{percent.normalize():f}"


def why_not_amend_item(*, code: str, drawn_on: bool, removed: bool, same_matter: bool, same_unit: bool) -> Sentence | None:
    """Draws keep pointing at the item they were drawn for, so such an item stays, with its lead matter and its unit."""
    if not drawn_on:
        return None
    if removed:
        return say("Subjects were drawn for item %(code)s, so it stays in the plan.", code=code)
    if not same_matter or not same_unit:
        return say("Subjects were drawn for item %(code)s, so its lead matter and its unit stay.", code=code)
    return None


def why_not_amend(*, in_force: bool, under_way: str, reason: str) -> Sentence | None:
    """Only the version in force is amended, once at a time, and the public reads why."""
    if under_way:
        return say("An amendment is under way already: %(title)s.", title=under_way)
    if not in_force:
        return say("This version was amended; amend the one in force.")
    if not reason.strip():
        return say("Say why the plan is amended; it is public.")
    return None


def why_not_drop(*, amends: bool, reason: str) -> Sentence | None:
    """Only a begun amendment is dropped; the plan in force stays as it is."""
    if not amends:
        return say("Only an amendment is dropped. A first plan is changed until it is right.")
    return None if reason.strip() else say("Say why the amendment is dropped.")


MOST_FILES = 10


def why_not_attach(*, again: bool, there: int) -> Sentence | None:
    """A plan has ten files at most, each once."""
    if again:
        return say("This very file is with the plan already.")
    return say("A plan has at most %(most)s files.", most=MOST_FILES) if there >= MOST_FILES else None


def revision_of(before: Mapping[str, str] | None, revision: int, after: Mapping[str, str]) -> int:
    """The revision of an item in an amendment: the one it had, or the next if it says something else now."""
    return revision if before is None or before == after else revision + 1


def why_not_review(*, prepared_by: int, reviewer: int, had_a_hand: bool) -> Sentence | None:
    """Nobody reviews what they prepared."""
    if reviewer == prepared_by or had_a_hand:
        return say("You prepared this plan or changed it, so another reviewer looks at it.")
    return None


def why_not_approve(*, prepared_by: int, reviewed_by: int | None, approver: int, had_a_hand: bool) -> Sentence | None:
    """Nobody approves what they prepared or reviewed."""
    if reviewed_by is None:
        return say("The legal review has not passed this plan yet.")
    if approver in (prepared_by, reviewed_by) or had_a_hand:
        return say("You prepared this plan, changed or reviewed it, so another supervisor approves it.")
    return None


def why_not_return(reason: str) -> Sentence | None:
    """Who returns something says why."""
    return None if reason.strip() else say("Say why you return it; the clerk reads it.")


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever acts on a plan must have seen it as it is."""
    return None if seen == now else say("The plan was changed meanwhile. Read it again, then decide.")


def why_not_report(*, asks_for_one: bool, reported_on: dt.date, today: dt.date) -> Sentence | None:
    """A report belongs to a task that asks for one, and was sent on a day that has come."""
    if not asks_for_one:
        return say("This item asks for no report.")
    if reported_on > today:
        return say("%(day)s lies in the future.", day=reported_on.isoformat())
    return None


def why_not_list(*, handed_down: bool, lines: int) -> Sentence | None:
    """A list belongs to a task that names its subjects, and has some."""
    if not handed_down:
        return say("This item draws its subjects by lot; a list from above would be a choice. Amend the plan if the task names them.")
    if not lines:
        return say("The list holds no line that can be read.")
    return None


def completion(planned: int, disclosed: int) -> int:
    """Percent of the planned visits that are disclosed, 100 at most: what was not made public is not done (domain.md §1.9)."""
    return min(100, disclosed * 100 // planned) if planned else 0
