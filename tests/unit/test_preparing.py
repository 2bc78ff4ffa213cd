"""The pure parts of a preparation: cures of small cells, quotas as a calculation, the spelling of source values, evidence."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from inspections.draws.cells import Cure, Slot, cures, members_of, merge, merged_name, read, spelled
from inspections.draws.grammar import STRATUM, fits, value_fits
from inspections.draws.quotas import default_quotas, merged_quota, reckoned
from inspections.draws.slips import MOST_SLIPS, TABLE, slips_of
from inspections.draws.sources import GAMES
from inspections.draws.spelling import MOST_BYTES, example, in_words, kind_of, why_not_keep


def slots(*kinds: tuple[str, int, int, int]) -> list[Slot]:
    """``(stratum, slips, slips by grade, how many)``."""
    return [Slot(stratum, slips, grade, ()) for stratum, slips, grade, count in kinds for _ in range(count)]


def applied(entries: list[Slot], rule: str, cure: Cure) -> list[int]:
    """The cells after a cure."""
    into = merge({}, cure.groups)
    return list(
        Counter(
            (into.get(e.stratum, e.stratum), e.slips if cure.rule == rule else 1 if cure.rule == "equal" else e.by_grade, e.tags)
            for e in entries
        ).values()
    )


def test_no_cure_where_there_is_no_small_cell() -> None:
    assert cures(slots(("A", 1, 1, 5), ("B", 2, 2, 9)), "grade") == []


def test_slips_by_grade_cure_what_many_slip_classes_brought() -> None:
    full = slots(("A", 1, 1, 4), ("A", 2, 1, 3), ("B", 2, 2, 6))
    assert cures(full, "full") == [Cure("grade")]


def test_strata_are_merged_where_a_township_is_small() -> None:
    towns = slots(("t1", 1, 1, 3), ("t2", 1, 1, 4), ("t3", 1, 1, 40))
    assert cures(towns, "equal") == [Cure("equal", (("t1", "t2"),))]


def test_four_entries_in_all_are_past_cure() -> None:
    assert cures(slots(("A", 1, 1, 2), ("B", 2, 2, 2)), "grade") == []


def test_every_cure_leaves_no_small_cell() -> None:
    chance = random.Random(3)
    for _ in range(300):
        rule = chance.choice(("full", "grade", "equal"))
        entries = []
        for _entry in range(chance.randrange(4, 60)):
            grade = 1 if rule == "equal" else chance.randrange(1, 5)
            entries.append(Slot(chance.choice("ABCD"), grade + (chance.randrange(3) if rule == "full" else 0), grade, ()))
        found = cures(entries, rule)
        small = min(Counter(entries).values()) < 5
        assert bool(found) == (small and len(entries) >= 5)
        for cure in found:
            assert min(applied(entries, rule, cure)) >= 5
            assert read(spelled(cure), "ABCD") == cure


def test_names_of_merged_strata_fit_the_protocol_and_can_be_merged_again() -> None:
    assert merged_name(["A", "B"]) == "A.B"
    towns = [f"3703231{n:02}000" for n in range(12)]
    assert fits(STRATUM, merged_name(towns))
    merged = merge(merge({}, [("A", "B")]), [("A.B", "C")])
    assert merged == dict.fromkeys("ABC", "A.B.C")
    assert members_of("A.B.C", merged) == ["A", "B", "C"]


@pytest.mark.parametrize("value", ["", "odd", "grade;A", "grade;A,Z", "grade;A,B;B,C", "full;"])
def test_a_cure_of_another_page_is_not_read(value: str) -> None:
    assert read(value, "ABC") is None


def test_a_quota_is_shown_as_its_calculation() -> None:
    assert reckoned(123, 400, percent=Decimal("5.00"), number=None) == "5 % × 123 = 6.15 → 7"
    assert reckoned(3, 400, percent=Decimal(5), number=None) == "5 % × 3 = 0.15 → 1"
    assert reckoned(123, 456, percent=None, number=20) == "20 × 123 ÷ 456 = 5.39 → 6"


def test_the_calculation_ends_in_the_quota_that_acts() -> None:
    chance = random.Random(5)
    for _ in range(500):
        sizes = {stratum: chance.randrange(1, 300) for stratum in "abc"}
        asked = {"percent": Decimal(chance.randrange(1, 10000)) / 100, "number": None}
        if chance.random() < 0.5:
            asked = {"percent": None, "number": Decimal(chance.randrange(1, 200))}
        number = int(asked["number"]) if asked["number"] is not None else None
        quotas = default_quotas(sizes, percent=asked["percent"], number=number)
        for stratum, size in sizes.items():
            line = reckoned(size, sum(sizes.values()), percent=asked["percent"], number=number)
            assert line.endswith(f"→ {quotas[stratum]}"), line


def test_merged_strata_take_the_sum_of_typed_quotas_or_the_plans_own() -> None:
    assert merged_quota({"A": 2, "B": 1}, {"A": 2, "B": 1}) is None
    assert merged_quota({"A": 4, "B": 1}, {"A": 2, "B": 1}) == 5


@pytest.mark.parametrize("form", sorted({game.form for game in GAMES.values()}))
def test_the_example_of_every_source_is_spelled_as_its_form_wants(form: str) -> None:
    assert value_fits(form, example(form))
    said = in_words(form)
    assert said.text % said.values


def test_evidence_is_known_by_its_content() -> None:
    assert kind_of(b"\x89PNG\r\n\x1a\n....") == "image/png"
    assert kind_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert kind_of(b"%PDF-1.7") == "application/pdf"
    assert kind_of(b"<html>") is None
    assert why_not_keep(b"%PDF-1.7") is None
    for wrong in (b"", b"MZ....", b"%PDF-" + bytes(MOST_BYTES)):
        assert why_not_keep(wrong) is not None


def test_the_published_table_is_the_one_that_acts() -> None:
    rows = {row.part: row for row in TABLE}
    for grade in "ABCD":
        assert slips_of("grade", grade=grade).total == rows[f"grade-{grade}"].each
    many = {"upheld_complaints": 99, "serious_violations": 99, "full_years_without_visit": 99}
    parts = slips_of("full", grade="D", **many).why
    assert {part: parts[part] for part in ("complaints", "violations", "years")} == {
        part: rows[part].most for part in ("complaints", "violations", "years")
    }
    assert slips_of("full", grade="D", **many).total <= MOST_SLIPS
