"""The small draw that the page "How a draw works" lets its reader follow: five invented shops, computed as a real draw is.

Nothing here comes from the database; the numbers follow from the words by draw protocol 1, §§3–4. Pure.
"""

from typing import NamedTuple

from inspections.draws.protocol import digest, slip_ticket

SHOPS: tuple[tuple[str, int], ...] = (("阳光旅馆", 1), ("沂河客栈", 2), ("北山宾馆", 1), ("花园酒店", 3), ("春风民宿", 1))
"""Name and slips of each."""
VALUE = "04,12,19,25,32,39"
DRAWN = 2


class Slip(NamedTuple):
    """One slip of a shop: its number from 1, its ticket, and whether it is the shop's smallest."""

    number: int
    ticket: str
    smallest: bool


class Shop(NamedTuple):
    """A shop with its blinded code, its slips, and its place when all are sorted."""

    name: str
    code: str
    slips: list[Slip]
    ticket: str
    rank: int
    drawn: bool


class Example(NamedTuple):
    """The whole draw: the key made from the lottery's value, and the shops by rank."""

    value: str
    key: str
    shops: list[Shop]


def follow() -> Example:
    """Draw two of the five."""
    key = digest(VALUE)
    boxes = []
    for name, count in SHOPS:
        code = digest(name)[:32]
        tickets = [slip_ticket(key, code, number) for number in range(1, count + 1)]
        boxes.append((min(tickets), code, name, tickets))
    shops = [
        Shop(
            name,
            code,
            [Slip(number, ticket, ticket == best) for number, ticket in enumerate(tickets, 1)],
            best,
            rank,
            rank <= DRAWN,
        )
        for rank, (best, code, name, tickets) in enumerate(sorted(boxes), 1)
    ]
    return Example(VALUE, key, shops)
