"""What would cure small cells (draw protocol 1, §1): slips by another rule, strata merged, or both. Pure.

A cell is what shares stratum, slips and tags; one of fewer than five entries would give its owner away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

LEAST = 5
RULES = ("full", "grade", "equal")
"""The slip rules, the one with most classes first."""
LONGEST = 32
"""Signs of a stratum's name (protocol grammar)."""


class Slot(NamedTuple):
    """An entry as far as cells are concerned; ``by_grade``: the slips that the rule ``grade`` would give it."""

    stratum: str
    slips: int
    by_grade: int
    tags: tuple[str, ...]


class Cure(NamedTuple):
    """A slip rule and the strata to merge; with both, no small cell is left."""

    rule: str
    groups: tuple[tuple[str, ...], ...] = ()


Cells = dict[str, Counter[tuple[int, tuple[str, ...]]]]


def cures(slots: Iterable[Slot], rule: str, least: int = LEAST) -> list[Cure]:
    """The cures, the mildest rule first; none where there is nothing to cure or fewer than ``least`` entries in all.

    Rules coarser than one that needs no merging are not named: they would only lose more.
    """
    kinds = Counter(slots)
    found: list[Cure] = []
    for candidate in RULES[RULES.index(rule) :]:
        groups = _merging(_cells(kinds, rule, candidate), least)
        if groups is None:
            continue
        if candidate == rule and not groups:
            return []
        found.append(Cure(candidate, groups))
        if not groups:
            break
    return found


def _cells(kinds: Mapping[Slot, int], rule: str, candidate: str) -> Cells:
    cells: Cells = {}
    for slot, count in kinds.items():
        slips = slot.slips if candidate == rule else 1 if candidate == "equal" else slot.by_grade
        cells.setdefault(slot.stratum, Counter())[slips, slot.tags] += count
    return cells


def _small(cell: Counter[tuple[int, tuple[str, ...]]], least: int) -> int:
    return sum(count < least for count in cell.values())


def _merging(cells: Cells, least: int) -> tuple[tuple[str, ...], ...] | None:
    """Groups of strata whose merging leaves no small cell, few and small; () where none is needed, None where none helps."""
    groups = {(stratum,): cell for stratum, cell in cells.items()}
    while bad := [group for group, cell in groups.items() if _small(cell, least)]:
        if len(groups) == 1:
            return None
        group = min(bad, key=lambda one: (groups[one].total(), one))
        partner = min(
            (one for one in groups if one != group),
            key=lambda one: (
                _small(groups[group] + groups[one], least) - _small(groups[one], least),
                groups[one].total(),
                one,
            ),
        )
        groups[tuple(sorted((*group, *partner)))] = groups.pop(group) + groups.pop(partner)
    return tuple(sorted(group for group in groups if len(group) > 1))


# --- names of merged strata ----------------------------------------------------------------------------------------------


def merged_name(members: Sequence[str]) -> str:
    """The name of a merged stratum: its members joined by full stops, or the first and how many more."""
    joined = ".".join(members)
    return joined if len(joined) <= LONGEST else f"{members[0][:20]}.{len(members) - 1}-more"


def members_of(name: str, merged: Mapping[str, str]) -> list[str]:
    """The strata that a merged one is made of; itself where it is none."""
    return sorted(stratum for stratum, into in merged.items() if into == name) or [name]


def merge(merged: Mapping[str, str], groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """``merged`` (stratum → merged one) with these groups merged too; a group may name strata that are merged already."""
    result = dict(merged)
    for group in groups:
        members = sorted({one for stratum in group for one in members_of(stratum, merged)})
        result |= dict.fromkeys(members, merged_name(members))
    return result


def spelled(cure: Cure) -> str:
    """A cure as the value of its button."""
    return ";".join((cure.rule, *(",".join(group) for group in cure.groups)))


def read(text: str, strata: Iterable[str]) -> Cure | None:
    """A button's value read back; None where it names a rule or a stratum that there is not."""
    rule, *groups = text.split(";")
    known = set(strata)
    members = [tuple(group.split(",")) for group in groups]
    named = [stratum for group in members for stratum in group]
    fits = rule in RULES and known.issuperset(named) and len(named) == len(set(named)) and all(len(group) > 1 for group in members)
    return Cure(rule, tuple(members)) if fits else None
