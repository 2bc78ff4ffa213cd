"""How many slips an entry has in the box, and why: the published rule table (product.md, registries). Pure.

Signals and years without a visit raise an entry's slips; nothing lowers them to zero.
"""

from typing import NamedTuple

BY_GRADE: dict[str, int] = {"A": 1, "B": 2, "C": 3, "D": 4}
PER_UPHELD_COMPLAINT, MOST_FOR_COMPLAINTS = 1, 3
PER_SERIOUS_VIOLATION, MOST_FOR_VIOLATIONS = 2, 4
PER_YEAR_WITHOUT_VISIT, MOST_FOR_YEARS = 1, 3
MOST_SLIPS = 16


class Row(NamedTuple):
    """A line of the published table: what gives slips, how many each, at most how many of them."""

    part: str
    each: int
    most: int


TABLE: tuple[Row, ...] = (
    *(Row(f"grade-{grade}", slips, slips) for grade, slips in BY_GRADE.items()),
    Row("complaints", PER_UPHELD_COMPLAINT, MOST_FOR_COMPLAINTS),
    Row("violations", PER_SERIOUS_VIOLATION, MOST_FOR_VIOLATIONS),
    Row("years", PER_YEAR_WITHOUT_VISIT, MOST_FOR_YEARS),
)
"""The rule table as it acts, for the public page."""


class Slips(NamedTuple):
    """The slips of an entry and the parts they are made of."""

    total: int
    why: dict[str, int]


def slips_of(
    rule: str, *, grade: str, upheld_complaints: int = 0, serious_violations: int = 0, full_years_without_visit: int = 0
) -> Slips:
    """The slips under ``rule`` (``equal``, ``grade`` or ``full``).

    Complaints count when upheld in the last 12 months, violations when serious in the last 24.
    """
    if rule == "equal":
        return Slips(1, {"equal": 1})
    why = {"grade": BY_GRADE[grade]}
    if rule == "full":
        parts = {
            "complaints": min(upheld_complaints * PER_UPHELD_COMPLAINT, MOST_FOR_COMPLAINTS),
            "violations": min(serious_violations * PER_SERIOUS_VIOLATION, MOST_FOR_VIOLATIONS),
            "years": min(full_years_without_visit * PER_YEAR_WITHOUT_VISIT, MOST_FOR_YEARS),
        }
        why |= {name: slips for name, slips in parts.items() if slips}
    return Slips(min(sum(why.values()), MOST_SLIPS), why)
