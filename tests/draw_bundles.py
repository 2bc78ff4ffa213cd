"""Bundles of draw protocol 1 for the tests: the vectors as they lie in the folder, and whole bundles made from a seed."""

import random
from pathlib import Path

from inspections.draws import files, protocol
from inspections.draws.files import HistoryLine, InspectorLine, Opening, Order, RecusalLine, Result, Reveal, RosterLine, Source
from inspections.draws.history import Standing

VECTORS = Path(__file__).parent / "vectors" / "draw"
GOOD = sorted(folder.name for folder in VECTORS.iterdir() if folder.name[0].isdigit())
BEACON = Source("public", "演示彩 2026001", "2026-12-31T21:30:00+08:00", "balls:20/80")
DICE = Source("witness", "十面骰 20 次", "2026-12-31T16:00:00+08:00", "digits:20")


def read_folder(name: str) -> dict[str, bytes]:
    """The files of one vector."""
    return {path.name: path.read_bytes() for path in (VECTORS / name).iterdir()}


def code(chance: random.Random) -> str:
    """32 hex digits."""
    return f"{chance.getrandbits(128):032x}"


def some_tags(chance: random.Random, each: float) -> tuple[str, ...]:
    """A sorted choice of three tags."""
    return tuple(tag for tag in ("0-x", "blast", "hotel") if chance.random() < each)


def make_roster(chance: random.Random, count: int) -> tuple[list[RosterLine], list[Opening]]:
    """So many entries in strata `10`, `9`, `a`, and their openings."""
    rows, openings = [], []
    for number in range(count):
        parts = ("subject", f"S{number:04}", f"单位{number}", code(chance))
        blinded = protocol.blinding_code(*parts)
        rows.append(RosterLine(blinded, chance.choice(("10", "9", "a")), chance.choice((1, 1, 3, 64)), some_tags(chance, 0.2)))
        openings.append(Opening(blinded, *parts))
    return rows, openings


def make_inspectors(chance: random.Random, count: int) -> list[InspectorLine]:
    """So many inspectors, half of whom may lead."""
    return [
        InspectorLine(code(chance), chance.random() < 0.5, chance.randrange(3), chance.randrange(2, 8), some_tags(chance, 0.8))
        for _ in range(count)
    ]


def make_bundle(seed: int) -> dict[str, bytes]:
    """A right bundle of all eight files."""
    chance = random.Random(seed)
    roster, openings = make_roster(chance, chance.randrange(6, 40))
    inspectors = make_inspectors(chance, chance.randrange(10))
    pairs = {(chance.choice(roster).code, chance.choice(inspectors).code) for _ in range(8 if inspectors else 0)}
    recusals = [RecusalLine(*pair) for pair in sorted(pairs)]
    made = {
        "roster.txt": files.write_roster(roster),
        "inspectors.txt": files.write_inspectors(inspectors),
        "recusals.txt": files.write_recusals(recusals),
    }
    secret = f"{chance.getrandbits(256):064x}"
    order = make_order(chance, roster, made, secret)
    balls = ",".join(f"{ball:02}" for ball in sorted(chance.sample(range(1, 81), 20)))
    values = [f"{chance.randrange(10**20):020}" if source is DICE else balls for source in order.sources]
    result = protocol.draw(order, roster, inspectors, recusals, secret, values)
    standing = Standing(result, roster, inspectors, recusals, protocol.keys_of(order, secret, values).teams)
    return made | {
        "order.txt": files.write_order(order),
        "reveal.txt": files.write_reveal(Reveal(secret, tuple(values))),
        "result.txt": files.write_result(result),
        "openings.txt": files.write_openings(chance.sample(openings, 4)),
        "history.txt": files.write_history(some_history(chance, standing, result)),
    }


def make_order(chance: random.Random, roster: list[RosterLine], made: dict[str, bytes], secret: str) -> Order:
    """An order for these files."""
    sizes = {stratum: sum(row.stratum == stratum for row in roster) for stratum in sorted({row.stratum for row in roster})}
    lot = chance.random() < 0.8
    return Order(
        draw="2026-003",
        bureau="370323",
        plan="2026-P07@2",
        mode="lot" if lot else "adhoc",
        matters=("ZA09@1", "HB02@5") if chance.random() < 0.5 else ("ZA09@1",),
        roster=protocol.digest(made["roster.txt"]),
        inspectors=protocol.digest(made["inspectors.txt"]),
        recusals=protocol.digest(made["recusals.txt"]),
        quotas=make_quotas(chance, sizes) if lot else sizes,
        reserves=chance.randrange(4) if lot else 0,
        team=chance.choice((2, 2, 3)),
        replaces="-",
        secret=protocol.commitment("2026-003", secret),
        sources=(DICE, BEACON) if chance.random() < 0.5 else (BEACON,),
        planned="2027-01-01T09:00:00+08:00",
    )


def make_quotas(chance: random.Random, sizes: dict[str, int]) -> dict[str, int]:
    """Up to four of each stratum, at least one of all: a draw of nobody has a result that follows from anything."""
    quotas = {stratum: chance.randrange(min(size, 4) + 1) for stratum, size in sizes.items()}
    return quotas if any(quotas.values()) else dict.fromkeys(sizes, 1)


def some_history(chance: random.Random, standing: Standing, result: Result) -> list[HistoryLine]:
    """Up to six replacements."""
    for _ in range(6 if result.teams else 0):
        winner = chance.choice(result.teams).winner
        place = standing.places[winner]
        held = [position for position, inspector in enumerate(place.team, 1) if inspector]
        if held and chance.random() < 0.6:
            standing.replace_inspector(winner, chance.choice(held), chance.choice(("recused", "absent")))
        elif place.visited:
            standing.replace_subject(winner, chance.choice(("gone", "out-of-scope")))
    return standing.lines
