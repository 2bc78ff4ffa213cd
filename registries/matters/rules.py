"""The rules of the matter list, pure: when a legal basis carries a matter, what a revision changes, who decides."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say

WARN_DAYS = 60
"""So many days ahead the office is told that a legal basis lapses."""

METHODS: dict[str, tuple[str, ...]] = {
    "site": ("现场", "实地"),
    "paper": ("书面", "书式", "台账", "查阅"),
    "findings": ("行政部门", "专业意见", "行政检查结果"),
    "test": ("检验", "检测"),
    "third": ("第三方", "审计", "验资", "评估", "委托"),
    "network": ("网络", "在线"),
}
"""The six ways of inspection (parity.md §1.1), each with the words by which lists name it."""


class Basis(NamedTuple):
    """A citation with the days from and until which it is in force (both included; None is open)."""

    text: str
    in_force_from: dt.date | None
    in_force_until: dt.date | None


def is_lapsed(in_force_until: dt.date | None, today: dt.date) -> bool:
    """Whether a basis is past its effective date."""
    return in_force_until is not None and in_force_until < today


def lapses_soon(in_force_until: dt.date | None, today: dt.date) -> bool:
    """Whether a basis still in force lapses within the days of warning."""
    return in_force_until is not None and today <= in_force_until <= today + dt.timedelta(days=WARN_DAYS)


class Limits(NamedTuple):
    """What a revision sets in numbers: percent of the subjects, visits to one subject over so many years (None: a permit)."""

    ratio_least: Decimal | None = None
    ratio_most: Decimal | None = None
    least_times: int | None = None
    most_times: int | None = None
    years: int | None = 1


def why_not_limits(*, ratio: Decimal, limits: Limits, key: bool) -> Sentence | None:
    """Numbers that contradict each other. A key matter (重点检查事项) has no highest ratio."""
    least, most = limits.ratio_least, limits.ratio_most
    if key and most is not None:
        return say("A key matter has no highest ratio. Leave it empty, or make the matter a general one.")
    if least is not None and most is not None and most < least:
        return say("The highest ratio is below the least one.")
    if why_not_ratio(ratio, limits) is not None:
        return say("The default ratio lies outside the least and the highest ratio.")
    if limits.least_times is not None and limits.most_times is not None and limits.most_times < limits.least_times:
        return say("The times at most are fewer than the times at least.")
    return None


def why_not_ratio(percent: Decimal, limits: Limits) -> Sentence | None:
    """Why a planned or drawn share of the subjects (in percent) does not keep what the matter list sets."""
    if limits.ratio_least is not None and percent < limits.ratio_least:
        return say(
            "%(given)s %% is below the least ratio of the matter list, %(least)s %%.",
            given=spelled(percent),
            least=spelled(limits.ratio_least),
        )
    if limits.ratio_most is not None and percent > limits.ratio_most:
        return say(
            "%(given)s %% is above the highest ratio of the matter list, %(most)s %%.",
            given=spelled(percent),
            most=spelled(limits.ratio_most),
        )
    return None


def why_not_share(*, number: int, of: int, limits: Limits) -> Sentence | None:
    """:func:`why_not_ratio` of ``number`` subjects out of ``of``. Rounding up to whole subjects is no excess."""
    if not of:
        return None
    if limits.ratio_most is not None and number <= math.ceil(of * limits.ratio_most / 100):
        limits = limits._replace(ratio_most=None)
    return why_not_ratio((Decimal(number) * 100 / of).quantize(Decimal("0.01")), limits)


def spelled(percent: Decimal) -> str:
    """``5``, ``0.5``: without trailing zeros."""
    return f"{percent.normalize():f}"


def why_not_draw_on(bases: Iterable[Basis], today: dt.date, *, active: bool = True) -> Sentence | None:
    """Why no new draw may run on a matter that stands on these bases; None when it is in use and all of them are in force."""
    if not active:
        return say("The matter is retired: it leaves the list with the next edition, and no new draw runs on it.")
    standing = list(bases)
    if not standing:
        return say("The matter names no legal basis. Add one in a new revision of the matter.")
    for basis in standing:
        if is_lapsed(basis.in_force_until, today):
            return say(
                "The legal basis %(basis)s lapsed on %(day)s. Revise the matter and publish a new edition before the next draw.",
                basis=basis.text,
                day=str(basis.in_force_until),
            )
        if basis.in_force_from is not None and basis.in_force_from > today:
            return say(
                "The legal basis %(basis)s is in force only from %(day)s.",
                basis=basis.text,
                day=basis.in_force_from.isoformat(),
            )
    return None


class Difference(NamedTuple):
    """One field that is not what it was: its name, the text before and after ("" where there was none)."""

    field: str
    before: str
    after: str


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """What changed between two contents (field name → text), in the order of the newer one.

    Of texts of several lines only the lines that went and came, unless merely their order changed.
    """
    names = [*after, *(name for name in before if name not in after)]
    return [
        _difference(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _difference(name: str, before: str, after: str) -> Difference:
    old, new = before.splitlines(), after.splitlines()
    gone = [line for line in old if line not in new]
    come = [line for line in new if line not in old]
    return Difference(name, "\n".join(gone), "\n".join(come)) if gone or come else Difference(name, before, after)


def why_not_revise(*, keeps: bool, unit: str, seen: int, newest: int) -> Sentence | None:
    """A clerk revises the matters of the own unit, and only what they have seen."""
    if not keeps:
        return say("This matter is kept by %(unit)s. Ask a clerk of that unit or of the bureau to revise it.", unit=unit)
    if seen != newest:
        return say("The matter was revised meanwhile. Read it again, then make your revision.")
    return None


def why_not_content(*, bases: int, items: int, categories: int, team_size: int) -> Sentence | None:
    """What every revision of a matter must hold (guideline 三.1)."""
    if not categories:
        return say("Say which categories of subjects the matter concerns.")
    if not bases:
        return say("Name at least one legal basis.")
    if not items:
        return say("Name at least one checklist item.")
    if not 2 <= team_size <= 9:
        return say("Two to nine inspectors make a visit.")
    return None


def why_not_full_coverage(*, regulation: str, categories: Iterable[int], full_coverage: Iterable[int]) -> Sentence | None:
    """Classes watched by full coverage are classes of the matter, not all of them, and only of a matter of both modes."""
    classes, watched = set(categories), set(full_coverage)
    if not watched:
        return None
    if regulation != "RF":
        return say("Classes watched by full coverage go with the mode “general subjects at random, key subjects directed” only.")
    if not watched <= classes:
        return say("A class watched by full coverage must be one of the subject categories of the matter.")
    if watched == classes:
        return say("If every class is watched by full coverage, choose that mode of regulation for the whole matter.")
    return None


def why_not_lists(*, materials: Iterable[str], outcomes: Iterable[tuple[int, int | None]]) -> Sentence | None:
    """No material and no result (with the same disposal) stands twice."""
    names, pairs = list(materials), list(outcomes)
    if len(set(names)) < len(names):
        return say("A material stands twice in the list.")
    if len(set(pairs)) < len(pairs):
        return say("A result stands twice with the same disposal.")
    return None


def why_not_retire(*, keeps: bool, active: bool, reason: str) -> Sentence | None:
    """A matter is retired once, by its unit, with a reason."""
    if not keeps:
        return say("This matter is kept by another unit. Ask a clerk of that unit or of the bureau.")
    if not active:
        return say("This matter is retired already.")
    return None if reason.strip() else say("Say why; the reason is kept with the matter.")


def why_not_restore(*, keeps: bool, active: bool, reason: str) -> Sentence | None:
    """Only a retired matter comes back, with a reason."""
    if not keeps:
        return say("This matter is kept by another unit. Ask a clerk of that unit or of the bureau.")
    if active:
        return say("This matter is in use already.")
    return None if reason.strip() else say("Say why; the reason is kept with the matter.")


def why_not_approve(*, prepared_by: int, approver: int, had_a_hand: bool) -> Sentence | None:
    """Nobody approves what they prepared."""
    if approver == prepared_by or had_a_hand:
        return say("You prepared this edition, so another supervisor approves it.")
    return None


def why_not_return(reason: str) -> Sentence | None:
    """Who returns something says why."""
    return None if reason.strip() else say("Say why you return it; the clerk reads it.")


def why_not_same(*, seen: int, now: int) -> Sentence | None:
    """Whoever acts on an edition must have seen it as it is."""
    return None if seen == now else say("The edition was changed meanwhile. Read it again, then decide.")
