"""Forgery: whatever one field of a right bundle is changed to, the verifier says mismatch or refuses; it never matches, never breaks.

Left out, as the protocol says (§8): other reasons in `history.txt`, and lines missing at its end or in `openings.txt`; and a
history that could have happened just as well (see `is_another_true_history`).
"""

import random
from collections import Counter

import pytest

from inspections.draws.files import FILES
from inspections.draws.verify import MATCH, MISMATCH, REFUSED, verify_bundle
from tests.draw_bundles import GOOD, make_bundle, read_folder

REASONS = ({"gone", "out-of-scope"}, {"recused", "absent"})
ODD = [
    "",
    "-",
    "0",
    "00",
    "1",
    "65",
    "999999",
    "1000000",
    "１",
    "team",
    "W",
    "R",
    "L",
    "M",
    "a,a",
    "b,a",
    "|",
    "\r",
    "\x00",
    "\x85",
    " ",
    "\ufeff",
    "é",
    "名",
    "subject",
    "inspector",
    "gone",
    "2026-001",
    "0" * 32,
    "f" * 64,
]


def changed_text(chance: random.Random, text: str, others: list[str]) -> str:
    """Another text: one character other, more or fewer, a neighbour's value, or something odd."""
    at = chance.randrange(len(text) + 1)
    return chance.choice(
        [
            text[:at] + chance.choice("0123456789abcdefLMWRXZ-.,|@:+ ") + text[at + 1 :],
            text[:at] + chance.choice("0123456789abcdef,") + text[at:],
            text[:at] + text[at + 1 :],
            text.swapcase(),
            text + chance.choice(ODD),
            chance.choice(ODD),
            chance.choice(others),
            str(int(text) + chance.choice((-1, 1))) if text.isascii() and text.isdigit() and len(text) < 7 else text[::-1],
        ]
    )


def changed_lines(chance: random.Random, lines: list[str]) -> list[str]:
    """A line missing, twice, moved or odd."""
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    moved = [*lines]
    moved.insert(to, moved.pop(at))
    return chance.choice(
        [
            lines[:at] + lines[at + 1 :],
            [*lines[:at], lines[at], *lines[at:]],
            moved,
            [*lines[:at], chance.choice(ODD), *lines[at:]],
        ]
    )


def forge(chance: random.Random, data: bytes) -> bytes:
    """One change of a file: mostly one field, sometimes a line or its ends."""
    lines = data.decode().split("\n")[:-1]
    what = chance.random()
    if what < 0.05:
        return chance.choice(
            [data[:-1], data + b"\n", b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data[1:], b"", data + b"\xff"]
        )
    if what < 0.15:
        return ("\n".join(changed_lines(chance, lines)) + "\n").encode()
    at = chance.randrange(len(lines))
    fields = lines[at].split("\t")
    field = chance.randrange(len(fields))
    others = [row[field] for row in (line.split("\t") for line in lines) if len(row) > field]
    if "|" in fields[field] and chance.random() < 0.8:
        parts = fields[field].split("|")
        part = chance.randrange(len(parts))
        parts[part] = changed_text(chance, parts[part], others)
        fields[field] = "|".join(parts)
    else:
        fields[field] = changed_text(chance, fields[field], others)
    lines[at] = "\t".join(fields)
    return ("\n".join(lines) + "\n").encode()


def is_left_to_the_ledger(file: str, before: bytes, after: bytes) -> bool:
    """What a verifier of files alone cannot see (§8)."""
    old, new = before.split(b"\n"), after.split(b"\n")
    if file == "openings.txt":
        return (
            len(new) < len(old)
            and new[0] == old[0]
            and set(new) <= set(old)
            and new == sorted(new[:1]) + sorted(new[1:-1]) + [b""]
        )
    if file != "history.txt":
        return False
    if new[-1] == b"" and new[:-1] == old[: len(new) - 1]:
        return len(new) < len(old) and b"does-not-fit" not in old[len(new) - 1]
    differ = [(one.split(b"\t"), other.split(b"\t")) for one, other in zip(old, new, strict=False) if one != other]
    return (
        len(old) == len(new)
        and len(differ) == 1
        and differ[0][0][:-1] == differ[0][1][:-1]
        and any({field.decode(errors="replace") for field in (differ[0][0][-1], differ[0][1][-1])} == pair for pair in REASONS)
    )


def is_another_true_history(file: str, before: bytes, after: bytes) -> bool:
    """Only the winner of one `inspector` line is another: he left that one too in the same position, with the same successor or none.

    Such a history could have happened just as well. Only the ledger, which holds the line itself, tells which one did.
    """
    old, new = before.split(b"\n"), after.split(b"\n")
    differ = [(one.split(b"\t"), other.split(b"\t")) for one, other in zip(old, new, strict=False) if one != other]
    if file != "history.txt" or len(old) != len(new) or len(differ) != 1:
        return False
    one, other = differ[0]
    return one[1] == b"inspector" and one[:2] + one[3:] == other[:2] + other[3:]


def forge_many(bundles: list[dict[str, bytes]], times: int, seed: int) -> Counter[tuple[str, int]]:
    """Forge so often; every verdict is a mismatch or a refusal with its place and reason. Counted by file and exit."""
    chance = random.Random(seed)
    seen: Counter[tuple[str, int]] = Counter()
    while seen.total() < times:
        bundle = chance.choice(bundles)
        file = chance.choice(FILES)
        forged = forge(chance, bundle[file])
        if forged == bundle[file] or is_left_to_the_ledger(file, bundle[file], forged):
            continue
        verdict = verify_bundle(bundle | {file: forged})
        if verdict.exit == MATCH and is_another_true_history(file, bundle[file], forged):
            continue
        assert verdict.exit in (MISMATCH, REFUSED), (file, forged)
        assert verdict.reason
        assert verdict.file in FILES
        seen[file, verdict.exit] += 1
    return seen


def test_no_forgery_of_a_vector_matches() -> None:
    seen = forge_many([read_folder(name) for name in GOOD], 4000, seed=1)
    assert set(seen) >= {(file, MISMATCH) for file in FILES}
    assert {file for file, code in seen if code == REFUSED} >= set(FILES) - {"result.txt"}


def test_no_forgery_of_a_made_bundle_matches() -> None:
    forge_many([make_bundle(seed) for seed in range(40)], 2000, seed=2)


def test_no_forgery_matches_where_only_the_subjects_are_checked() -> None:
    """Without inspectors only what the subjects rest on is seen: `team` lines are checked for their form alone."""
    chance = random.Random(3)
    for name in GOOD:
        bundle = read_folder(name)
        for file in ("inspectors.txt", "recusals.txt", "history.txt"):
            del bundle[file]
        for _ in range(300):
            file = chance.choice(("order.txt", "roster.txt", "reveal.txt"))
            forged = forge(chance, bundle[file])
            assert forged == bundle[file] or verify_bundle(bundle | {file: forged}).exit in (MISMATCH, REFUSED)


@pytest.mark.full
def test_a_hundred_thousand_forgeries_never_match() -> None:
    bundles = [read_folder(name) for name in GOOD] + [make_bundle(seed) for seed in range(100, 140)]
    assert forge_many(bundles, 100_000, seed=4).total() == 100_000
