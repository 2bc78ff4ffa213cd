"""No forged bundle passes the offline verifier, and none makes it crash: seeded mutations of the vectors, in process.

What the protocol leaves to the ledger is not a forgery here: reasons in the history, lines missing at its end or among
the openings. Bundles without inspectors (``-subjects``) leave the members of a team open too.
"""

from __future__ import annotations

import importlib.util
import random
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors" / "draw"
SMALL = ["1-small", "2-tight", "3-three-each", "4-short", "5-nobody"]
BUNDLES = [*SMALL, *SMALL, *(f"{name}-subjects" for name in SMALL), "6-larger"]
ALPHABET = "0123456789abcdefLMRWZ.,-|@:+\t\n\r ０é单\x00\u2028\ufeff"


def load() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("verify_draw", ROOT / "static" / "verify" / "verify_draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_draw"] = module
    spec.loader.exec_module(module)
    return module


def bundle(name: str) -> dict[str, bytes]:
    """The files of a vector; with ``-subjects`` at its end, only those that are public before the visits."""
    files = {path.stem: path.read_bytes() for path in (VECTORS / name.removesuffix("-subjects")).glob("*.txt")}
    hidden = {"inspectors", "recusals", "history"} if name.endswith("-subjects") else set()
    return {file: data for file, data in files.items() if file not in hidden}


def change_field(chance: random.Random, lines: list[str]) -> None:
    """One field becomes another's, loses or gains something, or is another number."""
    at = chance.randrange(len(lines))
    fields = lines[at].split("\t")
    which = chance.randrange(len(fields))
    field = fields[which]
    other = chance.choice(lines).split("\t")
    spot = chance.randrange(len(field) + 1)
    fields[which] = chance.choice(
        [
            other[min(which, len(other) - 1)],
            chance.choice(other),
            field[:spot] + chance.choice(ALPHABET) + field[spot + 1 :],
            field[:spot] + chance.choice(ALPHABET) + field[spot:],
            field[:spot] + field[spot + 1 :],
            field[::-1],
            "",
            "-",
            str(int(field) + chance.choice([-1, 1])) if field.isdigit() and len(field) < 9 else "0" + field,
        ]
    )
    lines[at] = "\t".join(fields)


def change_lines(chance: random.Random, lines: list[str]) -> None:
    """A line goes, comes twice, changes its place or loses a field."""
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(two, lines[one])
        case 2:
            lines[one], lines[two] = lines[two], lines[one]
        case _:
            lines[one] = lines[one].rpartition("\t")[0]


def change_bytes(chance: random.Random, data: bytes) -> bytes:
    """One byte becomes another, goes or comes, or the file ends early."""
    at = chance.randrange(len(data))
    any_byte = bytes([chance.randrange(256)])
    return chance.choice(
        [data[:at] + any_byte + data[at + 1 :], data[:at] + data[at + 1 :], data[:at] + any_byte + data[at:], data[:at]]
    )


def mutate(chance: random.Random, data: bytes) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return change_bytes(chance, data)
    lines = data.decode().split("\n")[:-1]
    (change_lines if kind == 1 else change_field)(chance, lines)
    return "".join(line + "\n" for line in lines).encode()


def left_to_the_ledger(name: str, before: bytes, after: bytes) -> bool:
    """Whether the change is one that the protocol leaves to the ledger, or none at all."""
    old, new = before.split(b"\n"), after.split(b"\n")
    if name == "openings":
        return new[0] == old[0] and new[-1] == b"" and [line for line in old if line in new] == new
    if name == "history":
        kinds = [{b"gone", b"out-of-scope"}, {b"recused", b"absent"}]
        same = [
            a == b or (a[:-1] == b[:-1] and any({a[-1], b[-1]} <= kind for kind in kinds))
            for a, b in _fields(old[:-1], new[:-1])
        ]
        return new[-1] == b"" and all(same) and len(new) <= len(old)
    return False


def members_only(before: bytes, after: bytes, size: int) -> bool:
    """Whether nothing but members of teams changed, and those to right ones: that is unseen without inspectors."""
    member = rf"(?:-|[0-9a-f]{{32}}(?:\t[0-9a-f]{{32}}){{{size - 1}}})"
    old, new = before.decode().split("\n"), after.decode("utf-8", "replace").split("\n")
    return len(old) == len(new) and all(
        a == b
        or (
            a[:38] == b[:38]
            and a.startswith("team")
            and re.fullmatch(member, b[38:])
            and len(set(b[38:].split("\t"))) == b[38:].count("\t") + 1
        )
        for a, b in zip(old, new, strict=True)
    )


def _fields(old: list[bytes], new: list[bytes]) -> list[tuple[list[bytes], list[bytes]]]:
    return [(a.split(b"\t"), b.split(b"\t")) for a, b in zip(old, new, strict=False)]


def forge(count: int, seed: int) -> Counter[int]:
    """How often each exit code came of so many forgeries; what was accepted is reported with its change."""
    script, chance = load(), random.Random(seed)
    originals = {name: bundle(name) for name in BUNDLES}
    codes: Counter[int] = Counter()
    unnamed = 0
    while codes.total() < count:
        name = chance.choice(BUNDLES)
        file = chance.choice(sorted(originals[name]))
        before = originals[name][file]
        after = mutate(chance, before)
        if after == before or left_to_the_ledger(file, before, after):
            continue
        if file == "result" and name.endswith("-subjects") and members_only(before, after, 3 if name.startswith("3") else 2):
            continue
        try:
            script.verify({**originals[name], file: after})
        except script.FaultError as fault:
            codes[fault.code] += 1
            unnamed += not fault.file.endswith(".txt")
        else:
            pytest.fail(f"accepted: {name}/{file}.txt\n{after!r}")
    assert unnamed == 0
    return codes


def test_no_forgery_is_accepted_and_none_crashes() -> None:
    codes = forge(4000, 20261231)
    assert codes[1] > 500
    assert codes[2] > 500


@pytest.mark.full
def test_no_forgery_of_a_hundred_thousand_is_accepted_and_none_crashes() -> None:
    forge(100_000, 7)
