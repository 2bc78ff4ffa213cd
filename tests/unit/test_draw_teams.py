"""Teams against brute force: the sentence of the protocol (§5), tried out literally on small cases."""

import random
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from inspections.draws.files import InspectorLine, RecusalLine, RosterLine
from inspections.draws.protocol import team_tickets
from inspections.draws.teams import staff, suits
from tests.draw_bundles import code, some_tags


class Brute:
    """The protocol's sentence with every way tried: no matching, no flow."""

    def __init__(
        self, winners: Sequence[RosterLine], people: Sequence[InspectorLine], recusals: set[RecusalLine], size: int
    ) -> None:
        self.winners, self.people, self.recusals, self.size = winners, people, recusals, size
        self.given: Counter[str] = Counter()

    def eligible(self, winner: RosterLine, position: int, team: Sequence[str]) -> list[InspectorLine]:
        return [
            person
            for person in self.people
            if suits(winner, person, self.recusals)
            and person.code not in team
            and self.given[person.code] < person.room
            and (position > 1 or person.lead)
        ]

    def fillable(self, winners: Sequence[RosterLine], team: Sequence[str] = ()) -> bool:
        """Whether all positions of these winners, the first with this team so far, can be filled at once."""
        if not winners:
            return True
        if len(team) == self.size:
            return self.fillable(winners[1:])
        return any(
            self.with_given(person, winners, [*team, person.code]) for person in self.eligible(winners[0], len(team) + 1, team)
        )

    def with_given(self, person: InspectorLine, winners: Sequence[RosterLine], team: Sequence[str]) -> bool:
        self.given[person.code] += 1
        found = self.fillable(winners, team)
        self.given[person.code] -= 1
        return found

    def staffable(self) -> list[RosterLine]:
        chosen: list[RosterLine] = []
        for winner in self.winners:
            if self.fillable([*chosen, winner]):
                chosen.append(winner)
        return chosen

    def teams(self, key: str) -> dict[str, tuple[str, ...]]:
        ticket = team_tickets(key)
        staffable = self.staffable()
        teams: dict[str, tuple[str, ...]] = {winner.code: () for winner in self.winners}
        for number, winner in enumerate(staffable):
            team: list[str] = []
            for position in range(1, self.size + 1):
                open_winners = staffable[number:]
                choice = min(
                    (self.given[person.code], ticket(winner.code, person.code, position), person.code)
                    for person in self.eligible(winner, position, team)
                    if self.with_given(person, open_winners, [*team, person.code])
                )[2]
                self.given[choice] += 1
                team.append(choice)
            teams[winner.code] = tuple(team)
        return teams


def small_case(seed: int) -> tuple[list[RosterLine], list[InspectorLine], set[RecusalLine], int]:
    """Up to five winners and six inspectors, mostly tight."""
    chance = random.Random(seed)
    winners = [RosterLine(code(chance), "a", 1, some_tags(chance, 0.2)) for _ in range(chance.randrange(1, 6))]
    people = [
        InspectorLine(code(chance), chance.random() < 0.5, 1, chance.randrange(1, 5), some_tags(chance, 0.75))
        for _ in range(chance.randrange(1, 7))
    ]
    recusals = {RecusalLine(chance.choice(winners).code, chance.choice(people).code) for _ in range(chance.randrange(4))}
    return winners, people, recusals, chance.choice((2, 2, 2, 3))


def test_teams_are_those_of_the_sentence_tried_out_literally() -> None:
    staffed = Counter[bool]()
    for seed in range(1500):
        winners, people, recusals, size = small_case(seed)
        key = f"{seed:064x}"
        teams = {team.winner: team.inspectors for team in staff(winners, people, recusals, size, team_tickets(key))}
        assert teams == Brute(winners, people, recusals, size).teams(key), seed
        staffed.update(bool(team) for team in teams.values())
    assert min(staffed.values()) > 1000


def test_staffing_is_found_whenever_it_exists() -> None:
    """Tight on purpose: as many positions as room, or one fewer."""
    for seed in range(300):
        chance = random.Random(seed)
        people = [InspectorLine(code(chance), True, 0, 2, some_tags(chance, 0.6)) for _ in range(4)]
        winners = [RosterLine(code(chance), "a", 1, some_tags(chance, 0.3)) for _ in range(4 - seed % 2)]
        teams = staff(winners, people, set(), 2, team_tickets("0" * 64))
        possible = {winner.code for winner in Brute(winners, people, set(), 2).staffable()}
        assert {team.winner for team in teams if team.inspectors} == possible


def test_every_member_is_eligible_and_nobody_goes_beyond_his_room() -> None:
    for seed in range(1500, 2000):
        winners, people, recusals, size = small_case(seed)
        by_code = {person.code: person for person in people}
        teams = staff(winners, people, recusals, size, team_tickets("0" * 64))
        given = Counter(inspector for team in teams for inspector in team.inspectors)
        assert all(count <= by_code[inspector].room for inspector, count in given.items())
        for winner, team in zip(winners, teams, strict=True):
            assert len(set(team.inspectors)) == len(team.inspectors) in (0, size)
            assert all(suits(winner, by_code[inspector], recusals) for inspector in team.inspectors)
            assert not team.inspectors or by_code[team.inspectors[0]].lead


def test_positions_given_differ_by_at_most_one_among_interchangeable_inspectors() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        kinds = [(chance.random() < 0.6, chance.randrange(1, 9), some_tags(chance, 0.7)) for _ in range(3)]
        people = [
            InspectorLine(code(chance), lead, 0, most, tags)
            for lead, most, tags in kinds
            for _ in range(chance.randrange(1, 6))
        ]
        winners = [RosterLine(code(chance), "a", 1, some_tags(chance, 0.2)) for _ in range(chance.randrange(1, 25))]
        teams = staff(winners, people, set(), chance.choice((2, 3)), team_tickets(f"{seed:064x}"))
        given = Counter(inspector for team in teams for inspector in team.inspectors)
        for alike in {(person.lead, person.room, person.tags) for person in people}:
            counts = [given[person.code] for person in people if (person.lead, person.room, person.tags) == alike]
            assert max(counts) - min(counts) <= 1, seed


def test_every_pair_that_leaves_the_rest_staffable_can_meet() -> None:
    chance = random.Random(7)
    winners = [RosterLine(code(chance), "a", 1, ("blast",) if number == 0 else ()) for number in range(3)]
    people = [InspectorLine(code(chance), number < 3, 0, 2, ("blast",) if number != 1 else ()) for number in range(5)]
    recusals = {RecusalLine(winners[1].code, people[0].code)}
    possible = set()
    for winner in winners:
        others = [one for one in winners if one is not winner]
        for person in people:
            brute = Brute(winners, people, recusals, 2)
            for position in (1, 2):
                for partner in brute.eligible(winner, 3 - position, [person.code]):
                    team = [person.code, partner.code] if position == 1 else [partner.code, person.code]
                    brute.given.update(team)
                    if person in brute.eligible(winner, position, team[1:] if position == 1 else team[:1]) and brute.fillable(
                        others
                    ):
                        possible.add((winner.code, person.code))
                    brute.given.subtract(team)
    met = set()
    for key in range(600):
        order = random.Random(key).sample(winners, 3)
        teams = staff(order, people, recusals, 2, team_tickets(f"{key:064x}"))
        met |= {(team.winner, inspector) for team in teams for inspector in team.inspectors}
    assert met == possible
    assert len(met) == 13


def test_without_inspectors_every_winner_is_listed_unstaffed() -> None:
    winners = [RosterLine("0" * 32, "a", 1), RosterLine("1" * 32, "a", 1)]
    assert [team.inspectors for team in staff(winners, [], [], 2, team_tickets("0" * 64))] == [(), ()]


@pytest.mark.parametrize(("size", "most"), [(2, 10), (2, 14), (9, 46)])
def test_five_hundred_winners_and_a_hundred_inspectors_take_no_time(size: int, most: int) -> None:
    chance = random.Random(size)
    winners = [RosterLine(code(chance), "a", 1, some_tags(chance, 0.2)) for _ in range(500)]
    people = [InspectorLine(code(chance), chance.random() < 0.5, 0, most, some_tags(chance, 0.7)) for _ in range(100)]
    recusals = {RecusalLine(chance.choice(winners).code, chance.choice(people).code) for _ in range(500)}
    start = time.process_time()
    teams = staff(winners, people, recusals, size, team_tickets("0" * 64))
    assert time.process_time() - start < 3
    assert sum(bool(team.inspectors) for team in teams) > 400
