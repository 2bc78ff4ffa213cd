"""The rules of the matter list, pure: when a legal basis carries a matter, what a revision changes, who decides."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from registries.ledger.sentences import Sentence, say


class Basis(NamedTuple):
    """A citation with the days from and until which it is in force (both included; None is open)."""

    text: str
    in_force_from: dt.date | None
    in_force_until: dt.date | None


def is_lapsed(in_force_until: dt.date | None, today: dt.date) -> bool:
    """Whether a basis is past its effective date."""
    return in_force_until is not None and in_force_until < today


def why_not_draw_on(bases: Iterable[Basis], today: dt.date) -> Sentence | None:
    """Why no new draw may run on a matter that stands on these bases; None when all of them are in force."""
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
