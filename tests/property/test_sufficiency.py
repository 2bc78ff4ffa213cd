"""What is said before the draw about the inspectors, against every outcome there is: small cases, all of them tried."""

import itertools
import random
from collections import Counter

from inspections.draws.files import InspectorLine, RecusalLine, RosterLine
from inspections.draws.sufficiency import Finding, in_a_sentence, judge
from tests.draw_bundles import code
from tests.unit.test_draw_teams import Brute

Case = tuple[list[RosterLine], dict[str, int], list[InspectorLine], set[RecusalLine]]


def small_case(seed: int) -> Case:
    """Up to six entries in two strata and five inspectors, mostly tight."""
    chance = random.Random(seed)
    tagged = chance.random() < 0.4
    roster = [
        RosterLine(code(chance), chance.choice("ab"), 1, ("hotel",) if tagged and chance.random() < 0.5 else ())
        for _ in range(chance.randrange(1, 7))
    ]
    sizes = Counter(row.stratum for row in roster)
    quotas = {stratum: min(size, chance.randrange(3)) for stratum, size in sizes.items()}
    people = [
        InspectorLine(code(chance), chance.random() < 0.6, 0, chance.randrange(1, 4), ("hotel",) if chance.random() < 0.7 else ())
        for _ in range(chance.randrange(1, 6))
    ]
    pairs = {RecusalLine(chance.choice(roster).code, chance.choice(people).code) for _ in range(chance.randrange(4))}
    return roster, quotas, people, pairs


def outcomes(roster: list[RosterLine], quotas: dict[str, int]) -> list[list[RosterLine]]:
    """Every set of winners that can come out."""
    strata = [[row for row in roster if row.stratum == stratum] for stratum in quotas]
    choices = [itertools.combinations(rows, quota) for rows, quota in zip(strata, quotas.values(), strict=True)]
    return [list(itertools.chain(*choice)) for choice in itertools.product(*choices)]


def test_what_is_said_holds_in_every_outcome() -> None:
    seen: Counter[str] = Counter()
    bound: Counter[str] = Counter()
    for seed in range(400):
        roster, quotas, people, pairs = small_case(seed)
        finding = judge(roster, quotas, people, pairs, 2)
        staffed = [len(Brute(winners, people, pairs, 2).staffable()) == len(winners) for winners in outcomes(roster, quotas)]
        seen[finding.verdict] += 1
        bound[finding.binds] += 1
        assert finding.winners == sum(quotas.values())
        match finding.verdict:
            case "always":
                assert all(staffed), seed
            case "never":
                assert not any(staffed), seed
            case "sometimes":
                assert not all(staffed), seed
                assert finding.unstaffed > 0
            case _:
                assert any(staffed), seed
        assert in_a_sentence(finding).text % in_a_sentence(finding).values
    assert min(seen[verdict] for verdict in ("always", "never", "sometimes")) > 20, seen
    assert {"field", "lead", "recusal", "load"} <= bound.keys(), bound


def test_where_all_need_the_same_and_nobody_is_recused_it_is_never_left_open() -> None:
    for seed in range(400):
        roster, quotas, people, _pairs = small_case(seed)
        alike = [row._replace(tags=()) for row in roster]
        finding = judge(alike, quotas, people, (), 2)
        staffed = [len(Brute(winners, people, set(), 2).staffable()) == len(winners) for winners in outcomes(alike, quotas)]
        assert finding.verdict == ("always" if all(staffed) else "never"), seed


def person(number: int, *, lead: bool = True, room: int = 9, tags: tuple[str, ...] = ()) -> InspectorLine:
    return InspectorLine(f"{number:032x}", lead, 0, room, tags)


def entries(count: int, tags: tuple[str, ...] = ()) -> list[RosterLine]:
    return [RosterLine(f"{number + 1000:032x}", "a", 1, tags) for number in range(count)]


def test_each_requirement_that_can_bind_is_named_with_its_figures() -> None:
    twelve = {"a": 12}
    few_leads = [person(0, room=3), *(person(n, lead=False, room=12) for n in range(1, 6))]
    assert judge(entries(20), twelve, few_leads, (), 2) == Finding("never", 12, "lead", 3, 12)
    tired = [person(n, room=3) for n in range(6)]
    assert judge(entries(20), twelve, tired, (), 2) == Finding("never", 12, "load", 18, 24)
    skilled = [person(0, room=12, tags=("hotel",)), *(person(n, room=12) for n in range(1, 6))]
    assert judge(entries(20, ("hotel",)), twelve, skilled, (), 2) == Finding("never", 12, "field", 12, 24)
    helpers = [person(0, room=3, tags=("hotel",)), *(person(n, lead=False, room=12, tags=("hotel",)) for n in range(1, 6)), person(9)]
    assert judge(entries(20, ("hotel",)), twelve, [*helpers, person(8)], (), 2) == Finding("never", 12, "field-lead", 3, 12)
    rows, pair = entries(2), [person(0), person(1)]
    assert judge(rows, {"a": 1}, pair, [RecusalLine(rows[0].code, pair[0].code)], 2) == Finding("sometimes", 1, "recusal", 0, 1, 1)


def test_above_the_most_that_is_tried_only_totals_are_counted() -> None:
    people = [person(n, room=5000) for n in range(3)]
    rows = entries(3000)
    assert judge(rows, {"a": 2500}, people, (), 2).verdict == "totals"
    assert judge(rows, {"a": 2500}, people[:1], (), 2).verdict == "never"
