"""Who inspects whom: teams for the winners, exactly as draw protocol 1, §5 says.

A matching of all positions still open is kept at every step, so that a choice that would leave a later position empty is seen
before it is made. Sets of inspectors and of winners are integers, a bit per index: asking whether a choice is possible then
touches every winner at most once. Pure; tickets come from the caller.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from inspections.draws.files import InspectorLine, RecusalLine, RosterLine, Team

Ticket = Callable[[str, str, int], str]
"""Winner, inspector, position → ticket."""


def staff(
    winners: Sequence[RosterLine],
    inspectors: Iterable[InspectorLine],
    recusals: Iterable[RecusalLine],
    size: int,
    ticket: Ticket,
) -> tuple[Team, ...]:
    """A team of `size` for each winner, in the order given (ticket, code); without inspectors where it is not staffable (§5)."""
    people = sorted(inspectors)
    matching = _Matching(people, _suitable(winners, people, recusals), size)
    staffable = [matching.add(winner) for winner in range(len(winners))]
    given = [0] * len(people)
    teams = []
    for winner, row in enumerate(winners):
        team = []
        for position in range(1, size + 1) if staffable[winner] else ():
            eligible = matching.suitable[winner] & (matching.leads if position == 1 else -1)
            tickets = partial(_ticket_of, ticket, people, row.code, position)
            ranked = _ranked(_members(eligible), given, tickets)
            choice = _choose(matching, winner, ranked)
            given[choice] += 1
            team.append(people[choice].code)
        teams.append(Team(row.code, tuple(team)))
    return tuple(teams)


def staffable(
    winners: Sequence[RosterLine], inspectors: Iterable[InspectorLine], recusals: Iterable[RecusalLine], size: int
) -> list[bool]:
    """Which of the winners, in the order given, can be staffed together with all staffable ones before them (§5)."""
    people = sorted(inspectors)
    matching = _Matching(people, _suitable(winners, people, recusals), size)
    return [matching.add(winner) for winner in range(len(winners))]


def suits(subject: RosterLine, inspector: InspectorLine, recused: set[RecusalLine]) -> bool:
    """Whether the subject's tags are among the inspector's and the pair is not recused (§5)."""
    return set(subject.tags) <= set(inspector.tags) and RecusalLine(subject.code, inspector.code) not in recused


def _suitable(winners: Sequence[RosterLine], people: Sequence[InspectorLine], recusals: Iterable[RecusalLine]) -> list[int]:
    """Per winner the set of inspectors with its tags and not recused from it."""
    index = {person.code: number for number, person in enumerate(people)}
    tagged = {
        tags: sum(1 << number for number, person in enumerate(people) if set(tags) <= set(person.tags))
        for tags in {winner.tags for winner in winners}
    }
    recused = dict.fromkeys((winner.code for winner in winners), 0)
    for pair in recusals:
        if pair.subject in recused:
            recused[pair.subject] |= 1 << index[pair.inspector]
    return [tagged[winner.tags] & ~recused[winner.code] for winner in winners]


def _ranked(eligible: Iterable[int], given: Sequence[int], ticket: Callable[[int], str]) -> Iterator[int]:
    """By positions given, then ticket, then code (§5); a ticket is made only when its turn comes."""
    alike: dict[int, list[int]] = {}
    for number in eligible:
        alike.setdefault(given[number], []).append(number)
    for _, numbers in sorted(alike.items()):
        yield from sorted(numbers, key=lambda number: (ticket(number), number))


def _ticket_of(ticket: Ticket, people: Sequence[InspectorLine], winner: str, position: int, number: int) -> str:
    return ticket(winner, people[number].code, position)


def _choose(matching: "_Matching", winner: int, ranked: Iterable[int]) -> int:
    """The first of the ranked inspectors with whom all positions still open can be filled; the position is given to him (§5)."""
    search = _Search(matching, matching.spare | matching.promised[winner])
    for number in ranked:
        if matching.give(winner, number, search):
            return number
    raise AssertionError("a staffable winner has an inspector for every position")


def _members(numbers: int) -> Iterator[int]:
    """The indexes of the bits that are set."""
    while numbers:
        lowest = numbers & -numbers
        yield lowest.bit_length() - 1
        numbers ^= lowest


class _Matching:
    """Every open position of the staffable winners filled at once: who is promised to whom. Nothing is decided by it."""

    def __init__(self, people: Sequence[InspectorLine], suitable: list[int], size: int) -> None:
        self.size = size
        self.suitable = suitable
        self.leads = sum(1 << number for number, person in enumerate(people) if person.lead)
        self.left = [person.room for person in people]
        self.spare = sum(1 << number for number, person in enumerate(people) if person.room)
        self.promised = [0] * len(suitable)
        self.holders = [0] * len(people)
        self.needs_lead = [True] * len(suitable)

    def add(self, winner: int) -> bool:
        """Fill all positions of one more winner besides those filled before, or leave it out."""
        for _ in range(self.size):
            search = _Search(self, self.spare)
            end = search.from_winner(winner)
            if end is None:
                for number in _members(self.promised[winner]):
                    self._drop(winner, number)
                    self._use(number, -1)
                return False
            self._follow(search, end)
            self._use(end, 1)
        return True

    def give(self, winner: int, number: int, search: "_Search") -> bool:
        """Give an open position of this winner to this inspector for good, if all other open ones can still be filled."""
        if self.promised[winner] >> number & 1:
            freed = number
        elif self.spare >> number & 1:
            self._use(number, 1)
            freed = self._release(winner)
        else:
            end = search.from_inspector(number)
            if end is None:
                return False
            self._follow(search, end)
            freed = end if self.promised[winner] >> end & 1 else self._release(winner, taken=end)
        self._drop(winner, freed)
        self.suitable[winner] &= ~(1 << number)
        self.needs_lead[winner] = False
        return True

    def exchange(self, winner: int, dropped: int | None) -> int:
        """Whom a winner could take instead of `dropped` (None: besides the others) and still have a lead for position 1."""
        free = self.suitable[winner] & ~self.promised[winner]
        if not self.needs_lead[winner] or (dropped is not None and not self.leads >> dropped & 1):
            return free
        members = (self.promised[winner] & ~self.leads).bit_count()
        return free if members < self.size - 1 else free & self.leads

    def _release(self, winner: int, taken: int | None = None) -> int:
        """Free the room of one inspector promised to the winner; `taken` has used its room instead."""
        if taken is not None:
            self._use(taken, 1)
        freed = next(_members(self.promised[winner]))
        self._use(freed, -1)
        return freed

    def _follow(self, search: "_Search", end: int) -> None:
        """Make the exchanges of the way found: each winner on it takes the next inspector for the one before."""
        number: int | None = end
        while number is not None and (step := search.steps[number]) is not None:
            winner, dropped = step
            self.promised[winner] |= 1 << number
            self.holders[number] |= 1 << winner
            if dropped is not None:
                self._drop(winner, dropped)
            number = dropped

    def _drop(self, winner: int, number: int) -> None:
        self.promised[winner] &= ~(1 << number)
        self.holders[number] &= ~(1 << winner)

    def _use(self, number: int, positions: int) -> None:
        self.left[number] -= positions
        if self.left[number]:
            self.spare |= 1 << number
        else:
            self.spare &= ~(1 << number)


class _Search:
    """A breadth-first search over exchanges for an inspector of `goal`. What failed once is not searched again."""

    def __init__(self, matching: _Matching, goal: int) -> None:
        self.matching = matching
        self.goal = goal
        self.steps: dict[int, tuple[int, int | None] | None] = {}
        self.seen = 0
        self.done = 0

    def from_winner(self, winner: int) -> int | None:
        """An inspector of the goal that makes room for one more position of this winner."""
        return self._spread([], self._take(winner, None))

    def from_inspector(self, number: int) -> int | None:
        """An inspector of the goal that can stand in, by exchanges, for a promise of this one."""
        if self.seen >> number & 1:
            return None
        self.seen |= 1 << number
        self.steps[number] = None
        return self._spread([number], 0)

    def _spread(self, queue: list[int], found: int) -> int | None:
        if found & self.goal:
            return next(_members(found & self.goal))
        queue.extend(_members(found))
        for number in queue:
            for winner in _members(self.matching.holders[number] & ~self.done):
                found = self._take(winner, number)
                if found & self.goal:
                    return next(_members(found & self.goal))
                queue.extend(_members(found))
        return None

    def _take(self, winner: int, dropped: int | None) -> int:
        """The inspectors not seen before that the winner could take for the one dropped."""
        free = self.matching.exchange(winner, dropped)
        if free == self.matching.suitable[winner] & ~self.matching.promised[winner]:
            self.done |= 1 << winner
        found = free & ~self.seen
        self.seen |= found
        for number in _members(found):
            self.steps[number] = (winner, dropped)
        return found
