"""Right bundles with one change each, the same for all three verifiers: seeded, so that the n-th forgery is always the n-th.

Left out, as the protocol says (§8): other reasons in ``history.txt``, lines missing at its end or in ``openings.txt``, members of
teams where the inspectors are not public, and a history that could have happened just as well (``is_another_true_history``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice

from tests.draw_bundles import GOOD, make_bundle, read_folder

HIDDEN = ("inspectors.txt", "recusals.txt", "history.txt")
KINDS = ({b"gone", b"out-of-scope"}, {b"recused", b"absent"})
ALPHABET = "0123456789abcdefLMRWXZ-.,|@:+ \t\n\r０é单\x00\x85\u2028\ufeff"
ODD = [
    "", "-", "0", "00", "1", "65", "999999", "1000000", "１", "team", "W", "R", "L", "M", "a,a", "b,a", "|", "\r", "\x00", "\x85", " ",
    "\ufeff", "é", "名", "subject", "inspector", "gone", "2026-001", "0" * 32, "f" * 64,
]  # fmt: skip


@dataclass(frozen=True)
class Forgery:
    """The right bundle (a name, its files) and what became of one of the files."""

    name: str
    bundle: dict[str, bytes]
    file: str
    data: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """The bundle as forged."""
        return self.bundle | {self.file: self.data}

    @property
    def is_another_true_history(self) -> bool:
        """Only the winner of one `inspector` line is another: he left that one too in the same position, with the same successor or none.

        Such a history could have happened just as well. Only the ledger, which holds the line itself, tells which one did.
        """
        old, new = self.bundle[self.file].split(b"\n"), self.data.split(b"\n")
        differ = [(one.split(b"\t"), other.split(b"\t")) for one, other in zip(old, new, strict=False) if one != other]
        if self.file != "history.txt" or len(old) != len(new) or len(differ) != 1:
            return False
        one, other = differ[0]
        return one[1] == b"inspector" and one[:2] + one[3:] == other[:2] + other[3:]


def bundles() -> dict[str, dict[str, bytes]]:
    """The vectors, whole and as they are public before the visits, and forty made bundles."""
    whole = {name: read_folder(name) for name in GOOD}
    before = {
        f"{name}-subjects": {file: data for file, data in files.items() if file not in HIDDEN} for name, files in whole.items()
    }
    return whole | before | {f"made-{seed}": make_bundle(seed) for seed in range(100, 140)}


def forgeries(number: int, seed: int) -> list[Forgery]:
    """So many forgeries that a verifier of files alone must not let pass."""
    return list(islice(_endless(seed), number))


def _endless(seed: int) -> Iterator[Forgery]:
    chance, originals = random.Random(seed), bundles()
    names = sorted(originals)
    for _ in count():
        name = chance.choice(names)
        file = chance.choice(sorted(originals[name]))
        before = originals[name][file]
        after = _forged(chance, before)
        forgery = Forgery(name, originals[name], file, after)
        if after != before and not _is_left_to_the_ledger(file, before, after) and not _changes_only_hidden_members(forgery):
            yield forgery


def _forged(chance: random.Random, data: bytes) -> bytes:
    """One change of a file: mostly one field, sometimes a line, a byte or its ends."""
    kind = chance.random()
    if kind < 0.15:
        return _changed_bytes(chance, data)
    lines = data.decode().split("\n")[:-1]
    change: Callable[[random.Random, list[str]], None] = _change_lines if kind < 0.3 else _change_field
    change(chance, lines)
    return "".join(line + "\n" for line in lines).encode()


def _changed_bytes(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    any_byte = bytes([chance.randrange(256)])
    return chance.choice(
        [
            *(data[:at] + any_byte + data[at + 1 :], data[:at] + data[at + 1 :], data[:at] + any_byte + data[at:], data[:at]),
            *(data[:-1], data[1:], data + b"\n", data + b"\xff", b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n")),
        ]
    )


def _change_lines(chance: random.Random, lines: list[str]) -> None:
    """A line goes, comes twice, changes its place, loses a field, or an odd one comes."""
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[one]
        case 1:
            lines.insert(two, lines[one])
        case 2:
            lines[one], lines[two] = lines[two], lines[one]
        case 3:
            lines.insert(two, lines.pop(one))
        case 4:
            lines.insert(one, chance.choice(ODD))
        case _:
            lines[one] = lines[one].rpartition("\t")[0]


def _change_field(chance: random.Random, lines: list[str]) -> None:
    at = chance.randrange(len(lines))
    fields = lines[at].split("\t")
    which = chance.randrange(len(fields))
    rows = [line.split("\t") for line in lines]
    neighbours = [row[which] for row in rows if len(row) > which] + chance.choice(rows)
    if "|" in fields[which] and chance.random() < 0.8:
        parts = fields[which].split("|")
        part = chance.randrange(len(parts))
        parts[part] = _changed_text(chance, parts[part], neighbours)
        fields[which] = "|".join(parts)
    else:
        fields[which] = _changed_text(chance, fields[which], neighbours)
    lines[at] = "\t".join(fields)


def _changed_text(chance: random.Random, text: str, neighbours: list[str]) -> str:
    """Another text: one character other, more or fewer, a neighbour's value, another number, or something odd."""
    at = chance.randrange(len(text) + 1)
    return chance.choice(
        [
            text[:at] + chance.choice(ALPHABET) + text[at + 1 :],
            text[:at] + chance.choice(ALPHABET) + text[at:],
            text[:at] + text[at + 1 :],
            text.swapcase(),
            text + chance.choice(ODD),
            chance.choice(ODD),
            chance.choice(neighbours),
            str(int(text) + chance.choice((-1, 1))) if text.isascii() and text.isdigit() and len(text) < 7 else text[::-1],
        ]
    )


def _is_left_to_the_ledger(file: str, before: bytes, after: bytes) -> bool:
    old, new = before.split(b"\n"), after.split(b"\n")
    if file == "openings.txt":
        return new[0] == old[0] and new[-1] == b"" and [line for line in old if line in new] == new
    if file != "history.txt" or new[-1] or len(new) > len(old):
        return False
    rows = [(a.split(b"\t"), b.split(b"\t")) for a, b in zip(old[:-1], new[:-1], strict=False)]
    return all(a == b or (a[:-1] == b[:-1] and any({a[-1], b[-1]} <= kind for kind in KINDS)) for a, b in rows)


def _changes_only_hidden_members(forgery: Forgery) -> bool:
    """Whether nothing but members of teams changed, to others of the right form: unseen while the inspectors are not public."""
    if forgery.file != "result.txt" or "inspectors.txt" in forgery.bundle:
        return False
    order = forgery.bundle["order.txt"].decode()
    size = int(order.partition("\nteam\t")[2].partition("\n")[0])
    member = re.compile(rf"(?:-|[0-9a-f]{{32}}(?:\t[0-9a-f]{{32}}){{{size - 1}}})")
    old, new = forgery.bundle[forgery.file].decode().split("\n"), forgery.data.decode("utf-8", "replace").split("\n")
    return len(old) == len(new) and all(
        a == b
        or (
            a.startswith("team")
            and a[:38] == b[:38]
            and member.fullmatch(b[38:]) is not None
            and len(set(b[38:].split("\t"))) == b[38:].count("\t") + 1
        )
        for a, b in zip(old, new, strict=True)
    )
