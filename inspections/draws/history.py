"""After the draw (draw protocol 1, §6): who steps in when a subject is gone or an inspector cannot go.

`Standing` holds who visits whom now and computes the lines of a replacement; `follow` compares a history with what it had
to be, line by line. Pure.
"""

from collections import Counter, deque
from collections.abc import Iterable

from inspections.draws.files import HistoryLine, InspectorLine, RecusalLine, Result, RosterLine
from inspections.draws.protocol import team_tickets
from inspections.draws.teams import suits


class Astray(Exception):
    """A line that does not follow. `number` is that of the history line; 0 where a line is missing at the end."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(number, reason)
        self.number = number
        self.reason = reason


class Place:
    """The place of one winner: the code visited now (None: nobody), its team by position, and who has left it."""

    def __init__(self, visited: str, team: Iterable[str]) -> None:
        self.visited: str | None = visited
        self.team: list[str | None] = list(team)
        self.left: set[str] = set()


class Standing:
    """Who visits whom now: the result, and the lines that came after it. Starts as drawn."""

    def __init__(
        self,
        result: Result,
        roster: Iterable[RosterLine],
        inspectors: Iterable[InspectorLine],
        recusals: Iterable[RecusalLine],
        key: str,
    ) -> None:
        """`key` is `K_teams`."""
        self._inspectors = {row.code: row for row in inspectors}
        self._recused = set(recusals)
        self._ticket = team_tickets(key)
        drawn = {row.code: row for row in result.drawn}
        self._subjects = {row.code: row for row in roster if row.code in drawn}
        self._reserves: dict[str, deque[str]] = {row.stratum: deque() for row in result.drawn}
        for row in result.drawn:
            if not row.winner:
                self._reserves[row.stratum].append(row.code)
        self.places = {team.winner: Place(team.winner, team.inspectors) for team in result.teams}
        self.held = Counter(code for team in result.teams for code in team.inspectors)
        self.lines: list[HistoryLine] = []

    def next_reserve(self, winner: str) -> str | None:
        """Who would take this winner's place: the next reserve of its stratum of those listed (§6)."""
        reserves = self._reserves[self._subjects[winner].stratum]
        return reserves[0] if reserves else None

    def next_inspector(self, winner: str, position: int) -> str | None:
        """Who takes an empty position: eligible, never left this winner, first by (positions held now, ticket, code) (§6)."""
        place = self.places[winner]
        if place.visited is None:
            return None
        subject = self._subjects[place.visited]
        choices = [
            (self.held[code], self._ticket(subject.code, code, position), code)
            for code, person in self._inspectors.items()
            if (position > 1 or person.lead)
            and self.held[code] < person.room
            and code not in place.left
            and code not in place.team
            and suits(subject, person, self._recused)
        ]
        return min(choices)[2] if choices else None

    def misfits(self, winner: str) -> list[int]:
        """The positions whose inspector does not suit the code visited now (tags, recusal), in order (§6)."""
        place = self.places[winner]
        if place.visited is None:
            return []
        subject = self._subjects[place.visited]
        return [
            position
            for position, code in enumerate(place.team, 1)
            if code is not None and not suits(subject, self._inspectors[code], self._recused)
        ]

    def place_visiting(self, code: str) -> str | None:
        """The winner whose place this code has now: itself, or the one it stepped in for; None where it is nobody's."""
        return next((winner for winner, place in self.places.items() if place.visited == code), None)

    def position_of(self, winner: str, inspector: str) -> int | None:
        """The position this inspector holds in a place, or None."""
        team = self.places[winner].team
        return team.index(inspector) + 1 if inspector in team else None

    def replace_subject(self, winner: str, reason: str) -> list[HistoryLine]:
        """The subject is `gone` or `out-of-scope`: its line, and a line for each member whom the reserve does not suit (§6)."""
        place = self._place(winner)
        out = place.visited
        if out is None:
            raise self._astray("nobody is left in this place")
        place.visited = self.next_reserve(winner)
        if place.visited is None:
            self.held.subtract(code for code in place.team if code is not None)
            place.team = []
        else:
            self._reserves[self._subjects[winner].stratum].popleft()
        line = self._write("subject", winner, None, out, place.visited, reason)
        return [line, *(self._replace_member(place, winner, position, "does-not-fit") for position in self.misfits(winner))]

    def replace_inspector(self, winner: str, position: int, reason: str) -> HistoryLine:
        """The inspector of this position is `recused` or `absent`: the line that says who goes instead (§6)."""
        place = self._place(winner)
        if reason == "does-not-fit":
            raise self._astray("does-not-fit only where a reserve does not suit")
        if not 1 <= position <= len(place.team) or place.team[position - 1] is None:
            raise self._astray("nobody holds this position")
        return self._replace_member(place, winner, position, reason)

    def follow(self, lines: Iterable[HistoryLine]) -> None:
        """Go on by the lines of a history, each of which must be the one that had to come; else `Astray`."""
        due: deque[HistoryLine] = deque()
        for line in lines:
            if not due:
                due.extend(self._lines_of(line))
            _compare(line, due.popleft())
        if due:
            raise Astray(0, "a member whom the reserve does not suit stays on")

    def _lines_of(self, line: HistoryLine) -> list[HistoryLine]:
        if line.position is None:
            return self.replace_subject(line.winner, line.reason)
        return [self.replace_inspector(line.winner, line.position, line.reason)]

    def _replace_member(self, place: Place, winner: str, position: int, reason: str) -> HistoryLine:
        """Take the inspector of a position out and fill it; `-` stays for good, for nobody fills an empty position later."""
        out = place.team[position - 1]
        if out is None:
            raise self._astray("nobody holds this position")
        place.team[position - 1] = None
        place.left.add(out)
        self.held[out] -= 1
        into = self.next_inspector(winner, position)
        if into is not None:
            place.team[position - 1] = into
            self.held[into] += 1
        return self._write("inspector", winner, position, out, into, reason)

    def _place(self, winner: str) -> Place:
        if winner not in self.places:
            raise self._astray("not a winner of this draw")
        return self.places[winner]

    def _write(self, kind: str, winner: str, position: int | None, out: str, into: str | None, reason: str) -> HistoryLine:
        line = HistoryLine(len(self.lines) + 1, kind, winner, position, out, into, reason)
        self.lines.append(line)
        return line

    def _astray(self, reason: str) -> Astray:
        return Astray(len(self.lines) + 1, reason)


def _compare(line: HistoryLine, due: HistoryLine) -> None:
    """Refuse a line that is not the one due, naming the first field that differs."""
    if line == due:
        return
    if due.reason == "does-not-fit" and (line.winner, line.position) != (due.winner, due.position):
        raise Astray(line.number, "a member whom the reserve does not suit stays on")
    words = {
        "number": "number",
        "kind": "kind",
        "winner": "winner",
        "position": "position",
        "out": "code out",
        "into": "code in",
    }
    for field, word in words.items():
        if getattr(line, field) != getattr(due, field):
            raise Astray(line.number, word)
    raise Astray(line.number, "reason")
