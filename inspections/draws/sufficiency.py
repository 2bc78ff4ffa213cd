"""Whether the inspectors suffice, asked before anybody knows who wins, and if not, which requirement binds. Pure.

Who is staffable is defined by the matching of ``teams.py`` and nowhere else. Before the draw the winners are not known, so
four things can honestly be said:

- ``always``: winners harder to staff than any that can come out (every recusal of a stratum at once) all get a team;
- ``never``: the totals of room and of leads are short for those who must win whatever comes out (exact, no winner tried);
- ``sometimes``: the hardest winners found that can come out do not all get a team;
- ``tried``: those do, but harder ones may exist: neither proved nor disproved.

Above ``MOST_TRIED`` winners only the totals are counted (``totals``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from inspections.draws.files import InspectorLine, RecusalLine, RosterLine
from inspections.draws.teams import staffable
from registries.ledger.sentences import Sentence, say

MOST_TRIED = 2000
"""Winners up to which teams are tried out."""


class Finding(NamedTuple):
    """What was found. ``have`` and ``need`` are places on teams (``lead``, ``field-lead``: places of those who may lead)."""

    verdict: str
    winners: int
    binds: str = ""
    have: int = 0
    need: int = 0
    unstaffed: int = 0

    @property
    def suffices(self) -> bool:
        """Whether nothing is known against it."""
        return self.verdict in ("always", "tried", "totals")


class Force(NamedTuple):
    """The inspectors that may be drawn, who is recused from whom, and how many make a visit."""

    inspectors: Sequence[InspectorLine]
    recusals: frozenset[RecusalLine]
    size: int


def judge(
    roster: Sequence[RosterLine],
    quotas: Mapping[str, int],
    inspectors: Iterable[InspectorLine],
    recusals: Iterable[RecusalLine],
    size: int,
) -> Finding:
    """What can be said before the draw. ``inspectors`` may hold people without the tags: they show whether a field binds."""
    force = Force(sorted(inspectors), frozenset(recusals), size)
    strata: dict[str, list[RosterLine]] = defaultdict(list)
    for row in roster:
        strata[row.stratum].append(row)
    wanted = {stratum: min(quotas.get(stratum, 0), len(rows)) for stratum, rows in strata.items()}
    winners = sum(wanted.values())
    short = _totals(strata, wanted, force)
    if short is not None:
        return Finding("never", winners, *short)
    if winners > MOST_TRIED:
        return Finding("totals", winners)
    if not _unstaffed(*_harder_than_any(strata, wanted, force), force):
        return Finding("always", winners)
    hardest = _hardest(strata, wanted, force)
    unstaffed = _unstaffed(hardest, force.recusals, force)
    if unstaffed:
        return Finding("sometimes", winners, _binding(hardest, force), winners - unstaffed, winners, unstaffed)
    return Finding("tried", winners)


# --- totals: exact, and enough where everybody needs the same and nobody is recused ------------------------------------


def _totals(
    strata: Mapping[str, list[RosterLine]], wanted: Mapping[str, int], force: Force
) -> tuple[str, int, int] | None:
    """Which total is short for the winners who need these tags whatever comes out: (what binds, have, need), or None."""
    for tags in sorted({row.tags for rows in strata.values() for row in rows}):
        forced = sum(
            max(0, wanted[stratum] - sum(not set(tags) <= set(row.tags) for row in rows)) for stratum, rows in strata.items()
        )
        able = [one for one in force.inspectors if set(tags) <= set(one.tags)]
        short = _short(able, forced, force.size)
        if short is not None:
            if _short(force.inspectors, forced, force.size) is None:
                return ("field-lead" if short[0] == "lead" else "field", *short[1:])
            return short
    return None


def _short(people: Iterable[InspectorLine], winners: int, size: int) -> tuple[str, int, int] | None:
    """Whether leads or places are short for so many winners; nobody stands twice on a team."""
    rooms = [(one.lead, min(one.room, winners)) for one in people]
    leads, places = sum(room for lead, room in rooms if lead), sum(room for _, room in rooms)
    if leads < winners:
        return "lead", leads, winners
    return ("load", places, winners * size) if places < winners * size else None


# --- outcomes tried with the matching of the draw ------------------------------------------------------------------------


def _unstaffed(winners: Sequence[RosterLine], recusals: Iterable[RecusalLine], force: Force) -> int:
    return staffable(winners, force.inspectors, recusals, force.size).count(False)


def _harder_than_any(
    strata: Mapping[str, list[RosterLine]], wanted: Mapping[str, int], force: Force
) -> tuple[list[RosterLine], list[RecusalLine]]:
    """Made-up winners of whom each real outcome asks less: all tags of the stratum, all its recusals where there is any."""
    recused: dict[str, set[str]] = defaultdict(set)
    for pair in force.recusals:
        recused[pair.subject].add(pair.inspector)
    winners: list[RosterLine] = []
    recusals: list[RecusalLine] = []
    for stratum, rows in sorted(strata.items()):
        tags = tuple(sorted({tag for row in rows for tag in row.tags}))
        touched = [recused[row.code] for row in rows if row.code in recused]
        for number in range(wanted[stratum]):
            code = f"{stratum}/{number}"
            winners.append(RosterLine(code, stratum, 1, tags))
            if number < len(touched):
                recusals += [RecusalLine(code, one) for one in sorted(set().union(*touched))]
    return winners, recusals


def _hardest(strata: Mapping[str, list[RosterLine]], wanted: Mapping[str, int], force: Force) -> list[RosterLine]:
    """Winners that can come out: in each stratum those whom the least room suits, of leads first."""
    room = {one.code: (one.room if one.lead else 0, one.room) for one in force.inspectors}
    tagged = {
        tags: {one.code for one in force.inspectors if set(tags) <= set(one.tags)}
        for tags in {row.tags for rows in strata.values() for row in rows}
    }
    whole = {tags: _sum(room[code] for code in codes) for tags, codes in tagged.items()}
    lost: dict[str, list[str]] = defaultdict(list)
    for pair in force.recusals:
        lost[pair.subject].append(pair.inspector)

    def ease(row: RosterLine) -> tuple[int, int, str]:
        gone = _sum(room[code] for code in lost.get(row.code, ()) if code in tagged[row.tags])
        return whole[row.tags][0] - gone[0], whole[row.tags][1] - gone[1], row.code

    return [row for stratum, rows in sorted(strata.items()) for row in sorted(rows, key=ease)[: wanted[stratum]]]


def _sum(rooms: Iterable[tuple[int, int]]) -> tuple[int, int]:
    leads = places = 0
    for lead, room in rooms:
        leads, places = leads + lead, places + room
    return leads, places


def _binding(winners: Sequence[RosterLine], force: Force) -> str:
    """The requirement without which these winners would all get a team; load where no single one would do."""
    every = tuple(sorted({tag for row in winners for tag in row.tags}))
    eased = {
        "recusal": force._replace(recusals=frozenset()),
        "field": force._replace(inspectors=[one._replace(tags=every) for one in force.inspectors]),
        "lead": force._replace(inspectors=[one._replace(lead=True) for one in force.inspectors]),
    }
    return next((name for name, easier in eased.items() if not _unstaffed(winners, easier.recusals, easier)), "load")


# --- in a sentence -------------------------------------------------------------------------------------------------------

SAID: dict[tuple[str, str], Sentence] = {
    ("always", ""): say("All %(winners)d winners get a team, whatever comes out."),
    ("tried", ""): say(
        "The hardest winners that were tried out all get a team; not every outcome was tried, recusals could still leave one without."
    ),
    ("totals", ""): say("There is room and there are leads for all %(winners)d winners; recusals were not tried out."),
    ("never", "load"): say("The eligible inspectors can take only %(have)d more places on teams; %(need)d are needed."),
    ("never", "lead"): say("Inspectors who may lead can take only %(have)d more visits; %(need)d are needed."),
    ("never", "field"): say(
        "Inspectors with the required fields can take only %(have)d more places on teams; %(need)d are needed. The others lack a field or specialty."
    ),
    ("never", "field-lead"): say(
        "Inspectors with the required fields who may lead can take only %(have)d more visits; %(need)d are needed. The others lack a field or specialty."
    ),
    ("sometimes", "recusal"): say(
        "Because of recusals %(unstaffed)d of %(winners)d winners can stay without a team, if those come out whom the fewest may visit."
    ),
    ("sometimes", "field"): say(
        "Because of the required fields %(unstaffed)d of %(winners)d winners can stay without a team, if those come out whom the fewest may visit."
    ),
    ("sometimes", "lead"): say(
        "Because too few may lead, %(unstaffed)d of %(winners)d winners can stay without a team, if those come out whom the fewest may visit."
    ),
    ("sometimes", "load"): say(
        "Because of the load %(unstaffed)d of %(winners)d winners can stay without a team, if those come out whom the fewest may visit."
    ),
}


def in_a_sentence(finding: Finding) -> Sentence:
    """The finding as a sentence with its figures."""
    said = SAID[finding.verdict, finding.binds]
    return Sentence(said.text, {name: value for name, value in finding._asdict().items() if f"%({name})" in said.text})
